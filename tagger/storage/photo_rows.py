"""Rows of the index's table of photos, and the values that they stand for. Commits nothing."""

import json
import math
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tagger.core.natural import natural_key
from tagger.core.records import Caption, IndexEntry, Photo, State
from tagger.storage import photo_words
from tagger.storage.entries import correction_from_json, correction_to_json
from tagger.storage.text import RelativePaths, printable, restored, storable

_COLUMNS = (
    "path, path_text, size, mtime_ns, identity, caption, log_probability, model, settings, run, captioned_at,"
    " taken_at, state, written, sidecar, correction, confidence"
)


def find(connection: sqlite3.Connection, ids: Sequence[int], paths: RelativePaths) -> list[IndexEntry]:
    """The rows with these ids, in their order; unknown ids are left out.

    Raises ValueError or TypeError for rows that no version of tagger wrote.
    """
    if not ids:
        return []
    wanted = json.dumps(list(ids))
    rows = connection.execute(
        f"SELECT id, {_COLUMNS} FROM (SELECT key, value FROM json_each(?)) AS page"  # noqa: S608
        " JOIN photos ON photos.id = page.value ORDER BY page.key",
        (wanted,),
    ).fetchall()
    tags = photo_words.tags(connection, wanted)
    alternatives = photo_words.alternatives(connection, wanted)
    return [
        _entry(
            row,
            Caption(
                restored(row[6]),
                photo_words.number(row[7]),
                tuple(alternatives.get(row[0], ())),
                tuple(tags.get(row[0], ())),
                confidence=row[17],
            ),
            paths.decode(row[1]),
            paths,
        )
        for row in rows
    ]


def find_wordless(connection: sqlite3.Connection, names: dict[bytes, Path], paths: RelativePaths) -> list[IndexEntry]:
    """The rows of those of ``names`` (with the paths that they stand for) that have one, their captions empty."""
    marks = ",".join("?" * len(names))
    rows = connection.execute(f"SELECT id, {_COLUMNS} FROM photos WHERE path IN ({marks})", [*names])  # noqa: S608
    wordless = Caption("", math.nan)
    return [_entry(row, wordless, names[row[1]], paths) for row in rows]


def put(connection: sqlite3.Connection, entry: IndexEntry, paths: RelativePaths) -> int:
    """Insert or replace the row of ``entry.photo.path``, without its words; returns its id."""
    name = paths.encode(entry.photo.path)
    (photo,) = connection.execute(
        f"INSERT INTO photos ({_COLUMNS}, score, sort_key)"  # noqa: S608
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (path) DO UPDATE SET path_text = excluded.path_text, size = excluded.size,"
        " mtime_ns = excluded.mtime_ns, identity = excluded.identity, caption = excluded.caption,"
        " log_probability = excluded.log_probability, model = excluded.model, settings = excluded.settings,"
        " run = excluded.run, captioned_at = excluded.captioned_at, taken_at = excluded.taken_at,"
        " state = excluded.state, written = excluded.written, sidecar = excluded.sidecar,"
        " correction = excluded.correction, confidence = excluded.confidence, score = excluded.score RETURNING id",
        (
            name,
            printable(name),
            entry.photo.size,
            entry.photo.mtime_ns,
            entry.identity,
            storable(entry.caption.text),
            entry.caption.log_probability,
            storable(entry.model),
            storable(entry.settings),
            storable(entry.run),
            storable(entry.captioned_at),
            None if entry.taken_at is None else storable(entry.taken_at),
            entry.state.value,
            entry.written,
            None if entry.sidecar is None else paths.encode(entry.sidecar),
            correction_to_json(entry.correction),
            entry.caption.confidence,
            entry.caption.log_score if math.isfinite(entry.caption.log_score) else None,
            natural_key(name),
        ),
    ).fetchone()
    return int(photo)


def _entry(row: tuple[Any, ...], caption: Caption, path: Path, paths: RelativePaths) -> IndexEntry:
    (_, _, _, size, mtime_ns, identity, _, _, model, settings, run, captioned_at) = row[:12]
    taken_at, state, written, sidecar, correction = row[12:17]
    return IndexEntry(
        photo=Photo(path, size, mtime_ns),
        identity=identity,
        caption=caption,
        model=restored(model),
        settings=restored(settings),
        run=restored(run),
        captioned_at=restored(captioned_at),
        taken_at=None if taken_at is None else restored(taken_at),
        state=State(state),
        written=bool(written),
        sidecar=None if sidecar is None else paths.decode(sidecar),
        correction=correction_from_json(correction),
    )
