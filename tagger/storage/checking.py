"""Whether an index is sound: SQLite's own checks, and that what is derived from the rows is in step with them."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from tagger.storage import postings

_IN_STEP = {
    "{} rows that no search for words finds": "SELECT count(*) FROM photos WHERE id NOT IN (SELECT rowid FROM words)",
    "{} rows in the index of words that belong to no photo": (
        "SELECT count(*) FROM words WHERE rowid NOT IN (SELECT id FROM photos)"
    ),
    "{} rows that are found by another caption than their own": (
        "SELECT count(*) FROM photos JOIN words ON words.rowid = photos.id WHERE typeof(photos.caption) = 'text'"
        " AND instr(CAST(photos.caption AS BLOB), x'00') = 0 AND photos.caption <> words.caption"
    ),
    "{} tags that belong to no photo or label": (
        "SELECT count(*) FROM tags WHERE photo NOT IN (SELECT id FROM photos) OR label NOT IN (SELECT id FROM labels)"
    ),
    "{} paths that wait for no photo": "SELECT count(*) FROM paths_waiting WHERE photo NOT IN (SELECT id FROM photos)",
}


class _Database(Protocol):
    def reading(self) -> AbstractContextManager[sqlite3.Connection]: ...


def problems(database: _Database) -> Iterator[str]:
    """What is wrong, in words; nothing where all is well. Changes nothing. Raises RunError for a damaged file."""
    for table in ("words", "paths"):
        # The question has the form of a change: a transaction each, so that another program's writing does not hinder.
        with database.reading() as connection:
            found = _full_text(connection, table)
        if found:
            yield found
    with database.reading() as connection:
        texts = [text for (text,) in connection.execute("PRAGMA integrity_check(10)").fetchall() if text != "ok"]
        sets = postings.wrong(connection)
        counts = {what: connection.execute(sql).fetchone()[0] for what, sql in _IN_STEP.items()}
    yield from (f"SQLite: {text}" for text in texts)
    yield from (what.format(count) for what, count in counts.items() if count)
    if sets:
        yield f"{sets} blocks of rows that are found by other tags, or in other years, than their own"


def _full_text(connection: sqlite3.Connection, table: str) -> str:
    try:
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:  # on a read-only disk that cannot be asked
            raise
    except sqlite3.DatabaseError as error:
        return f"the index of {table} is damaged: {error}"
    return ""
