"""Finding photos by any part of their path: every three letters in a row are a word of a full-text index.

Writing a path there takes longer than the whole row, unless many are written at once: new rows wait in a list of
their own until there are ``BATCH``, and a search looks at those one by one. A part that ends with ``/`` is looked for
in the names of folders alone, of which there are few. Source: https://sqlite.org/fts5.html, "The Trigram Tokenizer".
"""

import sqlite3

from tagger.storage.text import fold, printable

SHORTEST = 3
"""Parts of fewer letters are not in the index."""
BATCH = 256

_WAITING = (
    " UNION ALL SELECT waiting.id FROM paths_waiting"
    " CROSS JOIN photos AS waiting ON waiting.id = paths_waiting.photo WHERE instr(fold(waiting.path_text), ?) > 0"
)
_ANYWHERE = "SELECT rowid FROM paths WHERE paths MATCH ?"
_BELOW = (
    "SELECT inside.id FROM folders CROSS JOIN photos AS inside INDEXED BY sqlite_autoindex_photos_1"
    " ON inside.path > folders.path AND inside.path < folders.beyond WHERE instr(folders.folded, ?) > 0"
)


def is_of_folders(part: str) -> bool:
    """Whether a part can stand in the names of folders only."""
    return len(part) >= SHORTEST and part.endswith("/")


def find(part: str) -> tuple[str, list[str | int | float | bytes]]:
    """A statement that gives ids, some maybe twice, and its values, for a folded part of at least SHORTEST letters."""
    if is_of_folders(part):
        return _BELOW + _WAITING, [part, part]
    return _ANYWHERE + _WAITING, ['"' + part.replace('"', '""') + '"', part]


def create_folders(connection: sqlite3.Connection) -> None:
    """Make the table of folders, from the rows that there are."""
    connection.execute(
        """
        CREATE TABLE folders (                  -- that hold photos, or once did
            path BLOB PRIMARY KEY,              -- as in photos, with '/' at the end
            beyond BLOB NOT NULL,               -- what comes after every path below
            folded TEXT NOT NULL                -- the path as searches compare it
        ) WITHOUT ROWID
        """
    )
    _add_folders(connection, "")


def add(connection: sqlite3.Connection, photo: int) -> None:
    """Take in the path of a new row."""
    connection.execute("INSERT INTO paths_waiting (photo) VALUES (?)", (photo,))
    if photo % BATCH == 0:
        connection.execute(
            "INSERT INTO paths (rowid, path)"
            " SELECT id, fold(path_text) FROM photos WHERE id IN (SELECT photo FROM paths_waiting)"
        )
        _add_folders(connection, "WHERE id IN (SELECT photo FROM paths_waiting)")
        connection.execute("DELETE FROM paths_waiting")


def remove(connection: sqlite3.Connection, photo: int, path_text: str) -> None:
    """Forget the path of a row that is going."""
    if connection.execute("DELETE FROM paths_waiting WHERE photo = ?", (photo,)).rowcount == 0:
        connection.execute("INSERT INTO paths (paths, rowid, path) VALUES ('delete', ?, ?)", (photo, fold(path_text)))


def _add_folders(connection: sqlite3.Connection, where: str) -> None:
    folders: set[bytes] = set()
    for (name,) in connection.execute(f"SELECT path FROM photos {where}"):  # noqa: S608
        folders.add(name.rpartition(b"/")[0])
    connection.executemany(
        "INSERT OR IGNORE INTO folders (path, beyond, folded) VALUES (?, ?, ?)",
        # "0" comes right after "/".
        [(folder + b"/", folder + b"0", fold(printable(folder + b"/"))) for folder in sorted(folders) if folder],
    )
