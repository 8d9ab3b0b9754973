"""Finding photos by any part of their path: every three letters in a row are a word of a full-text index.

Writing a path there takes longer than the whole row, unless many are written at once: new rows wait in a list of
their own until there are ``BATCH``, and a search looks at those one by one. Source: https://sqlite.org/fts5.html,
"The Trigram Tokenizer".
"""

import sqlite3

from tagger.storage.text import fold

SHORTEST = 3
"""Parts of fewer letters are not in the index."""
BATCH = 256

CONDITION = (
    "photos.id IN (SELECT rowid FROM paths WHERE paths MATCH ? UNION ALL SELECT waiting.id FROM paths_waiting"
    " CROSS JOIN photos AS waiting ON waiting.id = paths_waiting.photo WHERE instr(fold(waiting.path_text), ?) > 0)"
)
"""Of a part as ``match`` has it, and of the part itself."""


def match(part: str) -> str:
    """The full-text query for a folded part of at least SHORTEST letters."""
    return '"' + part.replace('"', '""') + '"'


def add(connection: sqlite3.Connection, photo: int) -> None:
    """Take in the path of a new row."""
    connection.execute("INSERT INTO paths_waiting (photo) VALUES (?)", (photo,))
    if photo % BATCH == 0:
        connection.execute(
            "INSERT INTO paths (rowid, path)"
            " SELECT id, fold(path_text) FROM photos WHERE id IN (SELECT photo FROM paths_waiting)"
        )
        connection.execute("DELETE FROM paths_waiting")


def remove(connection: sqlite3.Connection, photo: int, path_text: str) -> None:
    """Forget the path of a row that is going."""
    if connection.execute("DELETE FROM paths_waiting WHERE photo = ?", (photo,)).rowcount == 0:
        connection.execute("INSERT INTO paths (paths, rowid, path) VALUES ('delete', ?, ?)", (photo, fold(path_text)))
