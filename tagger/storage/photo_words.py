"""The words of photos in the index: tags, other captions, and the full-text index over caption and tags.

Knows the tables of words, and photos by their ids alone.
"""

import json
import math
import sqlite3

from tagger.core.records import Alternative, Caption, Tag
from tagger.storage.text import fold, restored, searchable, storable

# Stands between tags in the full-text index, so that no phrase matches across two of them: a private-use
# character counts as a word of its own there.
_BETWEEN = " \ue000 "


def add(connection: sqlite3.Connection, photo: int, caption: Caption) -> None:
    """Put in the words of a photo that has none."""
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


def remove(connection: sqlite3.Connection, photo: int) -> None:
    """Take out the words of a photo."""
    connection.execute("DELETE FROM tags WHERE photo = ?", (photo,))
    connection.execute("DELETE FROM alternatives WHERE photo = ?", (photo,))
    connection.execute("DELETE FROM words WHERE rowid = ?", (photo,))


def tags(connection: sqlite3.Connection, wanted: str) -> dict[int, list[Tag]]:
    """The tags of the photos in ``wanted``, a JSON list of ids. Raises ValueError or TypeError for damaged rows."""
    found: dict[int, list[Tag]] = {}
    for photo, label, ancestors, score in connection.execute(
        "SELECT photo, labels.label, ancestors, score FROM tags JOIN labels ON labels.id = tags.label"
        " WHERE photo IN (SELECT value FROM json_each(?)) ORDER BY photo, position",
        (wanted,),
    ):
        tag = Tag(restored(label), number(score), tuple(json.loads(ancestors)))
        found.setdefault(photo, []).append(tag)
    return found


def alternatives(connection: sqlite3.Connection, wanted: str) -> dict[int, list[Alternative]]:
    """The other captions of the photos in ``wanted``, a JSON list of ids."""
    found: dict[int, list[Alternative]] = {}
    for photo, text, log_probability in connection.execute(
        "SELECT photo, text, log_probability FROM alternatives"
        " WHERE photo IN (SELECT value FROM json_each(?)) ORDER BY photo, position",
        (wanted,),
    ):
        found.setdefault(photo, []).append(Alternative(restored(text), number(log_probability)))
    return found


def number(value: float | None) -> float:
    """A number as the index holds it: SQLite has no NaN and stores NULL for it."""
    return math.nan if value is None else value


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
