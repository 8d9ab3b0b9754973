"""An index as a window looks at it: all photos that match, in order; counts by tag, state and folder.

Everything is answered as a whole: the names of 100,000 photos take 10 MB, their rows would take 200. Knows no window.
"""

import json
import os
import sqlite3
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tagger.storage.conditions import Condition, condition, joined
from tagger.storage.index import SqliteIndex
from tagger.storage.query import parse
from tagger.storage.row_sets import divided
from tagger.storage.searching import Order, matching
from tagger.storage.terms import Every
from tagger.storage.text import restored

_AT_ONCE = 500  # SQLite takes 999 values at least
_FEW = 5000  # names that are looked up one by one rather than all read
_MANY = 20_000  # photos, from which on it is quicker to look at every tag than to look these up


@dataclass(frozen=True, slots=True)
class Selected:
    """Photos in order: their ids, and their paths relative to the root (bytes, ``/`` between names)."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    names: list[bytes] = field(default_factory=list)


class Browsing:
    """Ways of reading an open index. Every method raises RunError, also for a malformed query.

    ``below`` is a folder relative to the root, ``/`` between names: photos elsewhere are left out.
    """

    def __init__(self, index: SqliteIndex) -> None:
        self._index = index

    def select(self, query: str, *, order: Order = Order.PATH, descending: bool = False, below: str = "") -> Selected:
        """The photos that match ``query`` (docs/search.md)."""
        folder = os.fsencode(below) + b"/" if below else b""
        found = Selected()
        with self._index.reading() as connection:
            ids = matching(connection, parse(query), order=order, descending=descending, limit=None)
            names = _names(connection, ids)
        for photo in ids:
            name = names[photo]
            if name.startswith(folder):
                found.ids.append(photo)
                found.names.append(name)
        return found

    def these(self, names: Sequence[bytes]) -> Selected:
        """Those of these photos that have a row, in the order given."""
        rows = self._files(names)
        known = [name for name in names if name in rows]
        return Selected(array("q", (rows[name][0] for name in known)), known)

    def labels(self, query: str = "", *, below: str = "") -> dict[str, int]:
        """How many of the photos that match have each tag, the most frequent first."""
        with self._index.reading() as connection:
            of = _condition(connection, query, below, "tags.photo")
            rows = connection.execute(
                "SELECT labels.label, count(*) FROM tags JOIN labels ON labels.id = tags.label"  # noqa: S608
                f" WHERE {of.sql} GROUP BY labels.label ORDER BY 2 DESC, 1",
                of.values,
            )
            return {restored(label): count for label, count in rows}

    def states(self, query: str = "", *, below: str = "") -> dict[str, int]:
        """How many of the photos that match are in each state."""
        with self._index.reading() as connection:
            of = _condition(connection, query, below, "photos.id")
            rows = connection.execute(
                f"SELECT photos.state, count(*) FROM photos WHERE {of.sql} GROUP BY 1",  # noqa: S608
                of.values,
            )
            return {str(state): count for state, count in rows}

    def folders(self) -> dict[str, int]:
        """How many photos each folder holds itself, by its path relative to the root (``/`` between names)."""
        counts: Counter[bytes] = Counter()
        with self._index.reading() as connection:
            for (name,) in connection.execute("SELECT path FROM photos"):
                counts[name.rpartition(b"/")[0]] += 1
        return {os.fsdecode(folder): count for folder, count in sorted(counts.items())}

    def files(self, names: Sequence[bytes] | None = None) -> dict[bytes, tuple[int, int]]:
        """Size (bytes) and time (nanoseconds) of photos' files at our last look; of all, or of ``names``."""
        return {name: (size, mtime_ns) for name, (_, size, mtime_ns) in self._files(names).items()}

    def failures(self) -> dict[bytes, str]:
        """Why photos could not be captioned, by their path relative to the root."""
        with self._index.reading() as connection:
            rows = connection.execute("SELECT path, cause FROM failures")
            return {name: restored(cause) for name, cause in rows}

    def _files(self, names: Sequence[bytes] | None) -> dict[bytes, tuple[int, int, int]]:
        found: dict[bytes, tuple[int, int, int]] = {}
        columns = "SELECT path, id, size, mtime_ns FROM photos"
        with self._index.reading() as connection:
            if names is None:
                return {name: (photo, size, mtime_ns) for name, photo, size, mtime_ns in connection.execute(columns)}
            for start in range(0, len(names), _AT_ONCE):
                some = names[start : start + _AT_ONCE]
                holes = ", ".join("?" * len(some))
                for name, photo, size, mtime_ns in connection.execute(f"{columns} WHERE path IN ({holes})", some):
                    found[name] = (photo, size, mtime_ns)
        return found


def _names(connection: sqlite3.Connection, ids: "array[int]") -> dict[int, bytes]:
    if len(ids) > _FEW:
        return dict(connection.execute("SELECT id, path FROM photos"))
    wanted = json.dumps(ids.tolist())
    return dict(
        connection.execute("SELECT id, path FROM photos WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
    )


def _condition(connection: sqlite3.Connection, query: str, below: str, column: str) -> Condition:
    """True where ``column`` is the id of a photo that matches."""
    found, rest = divided(connection, parse(query))
    inside = [] if rest == Every(()) else [condition(rest)]
    if below:
        folder = os.fsencode(below)
        # "0" comes right after "/".
        inside.append(Condition("photos.path > ? AND photos.path < ?", [folder + b"/", folder + b"0"]))
    if found is not None and len(found) <= _MANY:
        inside.append(Condition(f"photos.id IN ({found.source().sql})", found.source().values))
    elif found is not None and inside:
        inside.append(found.condition())
    if not inside:
        return Condition("TRUE", []) if found is None else found.condition(column)
    where = joined(" AND ", inside)
    if column == "photos.id":
        return where
    return Condition(f"{column} IN (SELECT photos.id FROM photos WHERE {where.sql})", where.values)  # noqa: S608
