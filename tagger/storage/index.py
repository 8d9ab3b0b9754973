"""What is known of every photo of a library, in SQLite: captions, tags, full-text search.

A cache of what the photos themselves say: the file may be deleted and rebuilt at any time. So it trades the last
transactions before a power failure (never its own soundness) for speed.
"""

import json
import math
import sqlite3
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tagger.core.records import Alternative, Caption, IndexEntry, Photo, State, Tag
from tagger.storage import query as search_language
from tagger.storage.database import BUSY_SECONDS, Database
from tagger.storage.migrations import INDEX_STEPS
from tagger.storage.text import RelativePaths, fold, printable, restored, searchable, storable

_PAGE = 200
# Stands between tags in the full-text index, so that no phrase matches across two of them: a private-use
# character counts as a word of its own there.
_BETWEEN = " \ue000 "
_COLUMNS = (
    "path, path_text, size, mtime_ns, identity, caption, log_probability, model, settings, run, captioned_at,"
    " taken_at, state, written, sidecar"
)


@dataclass(frozen=True, slots=True)
class IndexStatistics:
    """Counts over an index: photos, of which written, approved, with a sidecar; photos a model and a tag.

    ``first`` and ``last`` say when photos were captioned (ISO 8601, UTC).
    """

    photos: int
    written: int
    approved: int
    sidecars: int
    models: dict[str, int]
    tags: dict[str, int]
    first: str
    last: str


class SqliteIndex:
    """The index of the photos below ``root``, in ``file``. Safe to use from several threads. Raises RunError."""

    def __init__(self, root: Path, file: Path, *, busy_seconds: float = BUSY_SECONDS, reading: bool = False) -> None:
        self._paths = RelativePaths(root)
        self._database = Database(
            file,
            INDEX_STEPS,
            synchronous="NORMAL",
            damaged_hint="it is only a cache: delete it, then run tagger index rebuild",
            busy_seconds=busy_seconds,
            reading=reading,
        )

    def get(self, path: Path) -> IndexEntry | None:
        """The row of ``path``."""
        name = self._paths.encode(path)
        with self._database.reading() as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM photos WHERE path = ?", (name,))]
            return next(iter(self._entries(connection, ids)), None)

    def find(self, identity: str) -> list[IndexEntry]:
        """Rows with this picture data, wherever they were last seen, by path."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM photos WHERE identity = ? ORDER BY path", (identity,))
            return self._entries(connection, [row[0] for row in rows])

    def put(self, entry: IndexEntry) -> None:
        """Insert or replace the row of ``entry.photo.path``; it survives a crash of the program on return."""
        name = self._paths.encode(entry.photo.path)
        with self._database.writing() as connection:
            (photo,) = connection.execute(
                f"INSERT INTO photos ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
                " ON CONFLICT (path) DO UPDATE SET path_text = excluded.path_text, size = excluded.size,"
                " mtime_ns = excluded.mtime_ns, identity = excluded.identity, caption = excluded.caption,"
                " log_probability = excluded.log_probability, model = excluded.model, settings = excluded.settings,"
                " run = excluded.run, captioned_at = excluded.captioned_at, taken_at = excluded.taken_at,"
                " state = excluded.state, written = excluded.written, sidecar = excluded.sidecar RETURNING id",
                (*_values(name, entry), None if entry.sidecar is None else self._paths.encode(entry.sidecar)),
            ).fetchone()
            _remove_words(connection, photo)
            _insert_words(connection, photo, entry.caption)

    def remove(self, path: Path) -> None:
        """Forget ``path``; nothing happens when it is unknown."""
        name = self._paths.encode(path)
        with self._database.writing() as connection:
            for (photo,) in connection.execute("SELECT id FROM photos WHERE path = ?", (name,)).fetchall():
                _remove_words(connection, photo)
                connection.execute("DELETE FROM photos WHERE id = ?", (photo,))

    def search(self, query: str, *, limit: int | None = None) -> Iterator[IndexEntry]:
        """Rows that match every term (docs/search.md), by path; all for an empty query. Raises RunError.

        The rows that match are found at once, their content is read page by page: rows may be changed meanwhile,
        and a row that is removed before its turn is left out.
        """
        where, values = search_language.condition(search_language.parse(query))
        sql = f"SELECT photos.id FROM photos WHERE {where} ORDER BY photos.path LIMIT ?"  # noqa: S608
        with self._database.reading() as connection:
            rows = connection.execute(sql, [*values, -1 if limit is None else max(0, limit)])
            ids = array("q", (row[0] for row in rows))
        return self._pages(ids)

    def count(self) -> int:
        """How many photos the index knows."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM photos").fetchone()[0])

    def statistics(self, *, tags: int = 10) -> "IndexStatistics":
        """Counts over all rows, and the ``tags`` most frequent tags."""
        with self._database.reading() as connection:
            photos, written, approved, sidecars, first, last = connection.execute(
                "SELECT count(*), coalesce(sum(written), 0), coalesce(sum(state = ?), 0), count(sidecar),"
                " min(captioned_at), max(captioned_at) FROM photos",
                (State.APPROVED.value,),
            ).fetchone()
            models = connection.execute("SELECT model, count(*) FROM photos GROUP BY model ORDER BY 2 DESC, 1")
            frequent = connection.execute(
                "SELECT labels.label, count(*) FROM tags JOIN labels ON labels.id = tags.label"
                " GROUP BY labels.label ORDER BY 2 DESC, 1 LIMIT ?",
                (tags,),
            )
            return IndexStatistics(
                photos=photos,
                written=written,
                approved=approved,
                sidecars=sidecars,
                models={restored(model): count for model, count in models},
                tags={restored(label): count for label, count in frequent},
                first=restored(first or ""),
                last=restored(last or ""),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _pages(self, ids: "array[int]") -> Iterator[IndexEntry]:
        for start in range(0, len(ids), _PAGE):
            with self._database.reading() as connection:
                page = self._entries(connection, ids[start : start + _PAGE].tolist())
            yield from page

    def _entries(self, connection: sqlite3.Connection, ids: list[int]) -> list[IndexEntry]:
        """The rows with these ids, in their order; unknown ids are left out."""
        if not ids:
            return []
        wanted = json.dumps(ids)
        rows = connection.execute(
            f"SELECT id, {_COLUMNS} FROM (SELECT key, value FROM json_each(?)) AS page"  # noqa: S608
            " JOIN photos ON photos.id = page.value ORDER BY page.key",
            (wanted,),
        ).fetchall()
        try:
            tags = _tags(connection, wanted)
            alternatives = _alternatives(connection, wanted)
            return [self._entry(row, alternatives.get(row[0], []), tags.get(row[0], [])) for row in rows]
        except (ValueError, TypeError) as error:
            raise self._database.damaged(str(error)) from error

    def _entry(self, row: tuple[Any, ...], alternatives: list[Alternative], tags: list[Tag]) -> IndexEntry:
        (_, name, _, size, mtime_ns, identity, caption, log_probability, model, settings, run, captioned_at) = row[:12]
        taken_at, state, written, sidecar = row[12:]
        return IndexEntry(
            photo=Photo(self._paths.decode(name), size, mtime_ns),
            identity=identity,
            caption=Caption(restored(caption), _number(log_probability), tuple(alternatives), tuple(tags)),
            model=restored(model),
            settings=restored(settings),
            run=restored(run),
            captioned_at=restored(captioned_at),
            taken_at=None if taken_at is None else restored(taken_at),
            state=State(state),
            written=bool(written),
            sidecar=None if sidecar is None else self._paths.decode(sidecar),
        )


def _tags(connection: sqlite3.Connection, wanted: str) -> dict[int, list[Tag]]:
    """The tags of the photos in ``wanted``, a JSON list of ids."""
    tags: dict[int, list[Tag]] = {}
    for photo, label, ancestors, score in connection.execute(
        "SELECT photo, labels.label, ancestors, score FROM tags JOIN labels ON labels.id = tags.label"
        " WHERE photo IN (SELECT value FROM json_each(?)) ORDER BY photo, position",
        (wanted,),
    ):
        tag = Tag(restored(label), _number(score), tuple(json.loads(ancestors)))
        tags.setdefault(photo, []).append(tag)
    return tags


def _alternatives(connection: sqlite3.Connection, wanted: str) -> dict[int, list[Alternative]]:
    """The other captions of the photos in ``wanted``, a JSON list of ids."""
    alternatives: dict[int, list[Alternative]] = {}
    for photo, text, log_probability in connection.execute(
        "SELECT photo, text, log_probability FROM alternatives"
        " WHERE photo IN (SELECT value FROM json_each(?)) ORDER BY photo, position",
        (wanted,),
    ):
        alternatives.setdefault(photo, []).append(Alternative(restored(text), _number(log_probability)))
    return alternatives


def _number(value: float | None) -> float:
    """SQLite has no NaN and stores NULL for it."""
    return math.nan if value is None else value


def _values(name: bytes, entry: IndexEntry) -> tuple[object, ...]:
    return (
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
    )


def _remove_words(connection: sqlite3.Connection, photo: int) -> None:
    connection.execute("DELETE FROM tags WHERE photo = ?", (photo,))
    connection.execute("DELETE FROM alternatives WHERE photo = ?", (photo,))
    connection.execute("DELETE FROM words WHERE rowid = ?", (photo,))


def _insert_words(connection: sqlite3.Connection, photo: int, caption: Caption) -> None:
    connection.executemany(
        "INSERT INTO tags (photo, position, label, score) VALUES (?, ?, ?, ?)",
        [(photo, position, _label(connection, tag), tag.score) for position, tag in enumerate(caption.tags)],
    )
    connection.executemany(
        "INSERT INTO alternatives (photo, position, text, log_probability) VALUES (?, ?, ?, ?)",
        [
            (photo, position, storable(other.text), other.log_probability)
            for position, other in enumerate(caption.alternatives)
        ],
    )
    names = dict.fromkeys(name for tag in caption.tags for name in (tag.label, *tag.ancestors))
    connection.execute(
        "INSERT INTO words (rowid, caption, tags) VALUES (?, ?, ?)",
        (photo, searchable(caption.text), _BETWEEN.join(map(searchable, names))),
    )


def _label(connection: sqlite3.Connection, tag: Tag) -> int:
    """The id of a label with its ancestors. Ids stay for good: models know few labels, photos are many."""
    key = (storable(tag.label), json.dumps(tag.ancestors))
    row = connection.execute("SELECT id FROM labels WHERE label = ? AND ancestors = ?", key).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO labels (label, ancestors) VALUES (?, ?) RETURNING id", key).fetchone()
        names = {fold(searchable(name)).strip() for name in (tag.label, *tag.ancestors)}
        connection.executemany(
            "INSERT INTO label_names (name, label) VALUES (?, ?)", [(name, row[0]) for name in names]
        )
    return int(row[0])
