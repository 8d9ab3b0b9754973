"""How a database file reaches the newest schema: append-only numbered steps, each one transaction with its own record.

A step that has been released is never edited: a change of the schema is a new step at the end of the list. This file
knows neither what a photo is nor how a database is opened.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tagger.core.errors import RunError
from tagger.core.natural import natural_key
from tagger.storage import path_parts, postings
from tagger.storage.text import fold

Step = Callable[[sqlite3.Connection], None]
"""One migration. The name of the function is its record."""


def m001_create_photos(connection: sqlite3.Connection) -> None:
    """Photos with their captions and tags, and the words to search in."""
    for statement in (
        """
        CREATE TABLE photos (
            id INTEGER PRIMARY KEY,
            path BLOB NOT NULL UNIQUE,          -- relative to the root, '/' between names, the file system's own bytes
            path_text TEXT NOT NULL,            -- the same for people; bytes that are no text as \\xNN
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            identity TEXT NOT NULL,
            caption TEXT NOT NULL,
            log_probability REAL,               -- NULL: not a number
            model TEXT NOT NULL,
            settings TEXT NOT NULL,
            run TEXT NOT NULL,
            captioned_at TEXT NOT NULL,
            taken_at TEXT,
            state TEXT NOT NULL,
            written INTEGER NOT NULL
        )
        """,
        "CREATE INDEX photos_by_identity ON photos (identity)",
        """
        CREATE TABLE labels (
            id INTEGER PRIMARY KEY,
            label TEXT NOT NULL,
            ancestors TEXT NOT NULL,            -- JSON list, nearest first
            UNIQUE (label, ancestors)
        )
        """,
        """
        CREATE TABLE label_names (              -- the label and its ancestors, case folded: what tag: looks up
            name TEXT NOT NULL,
            label INTEGER NOT NULL REFERENCES labels,
            PRIMARY KEY (name, label)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE tags (
            photo INTEGER NOT NULL REFERENCES photos ON DELETE CASCADE,
            position INTEGER NOT NULL,
            label INTEGER NOT NULL REFERENCES labels,
            score REAL,
            PRIMARY KEY (photo, position)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX tags_by_label ON tags (label)",
        """
        CREATE TABLE alternatives (
            photo INTEGER NOT NULL REFERENCES photos ON DELETE CASCADE,
            position INTEGER NOT NULL,
            text TEXT NOT NULL,
            log_probability REAL,
            PRIMARY KEY (photo, position)
        ) WITHOUT ROWID
        """,
        """
        CREATE VIRTUAL TABLE words USING fts5 (
            caption, tags, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
        )
        """,
    ):
        connection.execute(statement)


def m001_create_records(connection: sqlite3.Connection) -> None:
    """Changes of files, and the bytes that each of them replaced."""
    for statement in (
        """
        CREATE TABLE records (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL,
            state TEXT NOT NULL,
            begun_at TEXT NOT NULL,             -- ISO 8601, UTC
            path BLOB NOT NULL,                 -- relative to the root, '/' between names, the file system's own bytes
            identity TEXT NOT NULL,
            before_sha256 TEXT NOT NULL,
            after_sha256 TEXT NOT NULL,
            before_size INTEGER NOT NULL,
            before_mtime_ns INTEGER NOT NULL,
            fields TEXT NOT NULL,               -- JSON list of [name, before, after]
            entry TEXT NOT NULL                 -- JSON: the index row that belongs to the change
        )
        """,
        "CREATE INDEX records_by_run ON records (run, id)",
        "CREATE INDEX records_by_path ON records (path, id)",
        "CREATE INDEX records_pending ON records (id) WHERE state = 'pending'",
        """
        CREATE TABLE splices (
            id INTEGER PRIMARY KEY,
            record INTEGER NOT NULL REFERENCES records ON DELETE CASCADE,
            position INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            old BLOB NOT NULL,                  -- zlib
            new BLOB NOT NULL,                  -- zlib
            UNIQUE (record, position)
        )
        """,
    ):
        connection.execute(statement)


def m002_add_sidecars(connection: sqlite3.Connection) -> None:
    """Which sidecar holds a photo's words too."""
    connection.execute("ALTER TABLE photos ADD COLUMN sidecar BLOB")  # a path like the photo's; NULL: none


def m002_add_intents(connection: sqlite3.Connection) -> None:
    """Sidecars, what each change was for, changes that are being put back, and which runs were forgotten."""
    for statement in (
        "ALTER TABLE records ADD COLUMN sidecar BLOB",  # the file that changes where it is not the photo
        "ALTER TABLE records ADD COLUMN action TEXT NOT NULL DEFAULT 'tag'",
        "ALTER TABLE records ADD COLUMN undoes TEXT NOT NULL DEFAULT '[]'",  # JSON list of records
        "ALTER TABLE records ADD COLUMN indexed INTEGER NOT NULL DEFAULT 1",
        "DROP INDEX records_by_run",
        "CREATE INDEX records_by_run ON records (run, id, state, begun_at, action)",  # covers the list of runs
        "DROP INDEX records_pending",
        "CREATE INDEX records_open ON records (id) WHERE state IN ('pending', 'undoing')",
        "CREATE INDEX records_by_identity ON records (identity, id)",
        """
        CREATE TABLE forgotten (                -- runs whose records were deleted to save space
            run TEXT PRIMARY KEY,
            changes INTEGER NOT NULL,
            forgotten_at TEXT NOT NULL          -- ISO 8601, UTC
        )
        """,
    ):
        connection.execute(statement)


def m003_add_reviews(connection: sqlite3.Connection) -> None:
    """What persons corrected, which photos failed, and what models said before any word was left out."""
    for statement in (
        "ALTER TABLE photos ADD COLUMN correction TEXT",  # JSON, see entries.py; NULL: none
        """
        CREATE TABLE failures (
            path BLOB PRIMARY KEY,              -- as in photos
            path_text TEXT NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            cause TEXT NOT NULL,
            failed_at TEXT NOT NULL             -- ISO 8601, UTC
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE makers (
            id INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            decoding TEXT NOT NULL,
            UNIQUE (model, decoding)
        )
        """,
        """
        CREATE TABLE results (                  -- a cache, see results.py; the latest ones have the highest ids
            id INTEGER PRIMARY KEY,
            identity TEXT NOT NULL,
            maker INTEGER NOT NULL REFERENCES makers,
            words TEXT NOT NULL,                -- JSON of caption and alternatives
            scores BLOB NOT NULL,               -- float16 of every label
            UNIQUE (identity, maker)
        )
        """,
    ):
        connection.execute(statement)


def m004_add_lookups(connection: sqlite3.Connection) -> None:
    """What makes searches quick in large libraries: dates, scores, parts of paths; and what photos look like."""
    connection.create_function("fold", 1, fold, deterministic=True)
    for statement in (
        # The natural log of the geometric mean of a caption's words' probabilities; NULL: not known.
        "ALTER TABLE photos ADD COLUMN score REAL",
        "UPDATE photos SET score = log_probability / (length(caption) - length(replace(caption, ' ', '')) + 1)",
        "CREATE INDEX photos_by_date ON photos (coalesce(nullif(taken_at, ''), captioned_at))",
        "CREATE INDEX photos_by_captioning ON photos (captioned_at)",
        "CREATE INDEX photos_by_score ON photos (score)",
        "CREATE INDEX photos_by_model ON photos (model)",
        "CREATE INDEX photos_by_decision ON photos (state) WHERE state <> 'machine'",
        """
        CREATE VIRTUAL TABLE paths USING fts5 (
            path, tokenize = 'trigram case_sensitive 1', content = '', columnsize = 0
        )
        """,
        "INSERT INTO paths (rowid, path) SELECT id, fold(path_text) FROM photos",
        "CREATE TABLE paths_waiting (photo INTEGER PRIMARY KEY)",  # rows that are not in ``paths`` yet
        "CREATE TABLE models (id INTEGER PRIMARY KEY, model TEXT NOT NULL UNIQUE)",
        """
        CREATE TABLE features (                 -- of a picture, wherever its file is
            id INTEGER PRIMARY KEY,
            model INTEGER NOT NULL REFERENCES models,
            identity TEXT NOT NULL,
            vector BLOB NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX features_by_identity ON features (identity, model)",
    ):
        connection.execute(statement)


def m005_add_sort_keys(connection: sqlite3.Connection) -> None:
    """What sorts photos by their names as people do."""
    connection.create_function("natural_key", 1, natural_key, deterministic=True)
    for statement in (
        "ALTER TABLE photos ADD COLUMN sort_key BLOB NOT NULL DEFAULT x''",  # of the path
        "UPDATE photos SET sort_key = natural_key(path)",
        "CREATE INDEX photos_by_name ON photos (sort_key)",
    ):
        connection.execute(statement)


def m006_add_postings(connection: sqlite3.Connection) -> None:
    """Which photos have a tag or are of a year, as sets; and the folders. Takes about 10 s for a million photos."""
    postings.create(connection)
    path_parts.create_folders(connection)


def m007_add_confidence(connection: sqlite3.Connection) -> None:
    """How likely a caption is right, from models that say so."""
    connection.execute("ALTER TABLE photos ADD COLUMN confidence REAL")


def m008_add_sidecar_looks(connection: sqlite3.Connection) -> None:
    """How sidecars looked when they said nothing new."""
    connection.execute(
        """
        CREATE TABLE sidecar_looks (
            path BLOB PRIMARY KEY,              -- as in photos
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            ctime_ns INTEGER NOT NULL
        ) WITHOUT ROWID
        """
    )


INDEX_STEPS: tuple[Step, ...] = (
    m001_create_photos,
    m002_add_sidecars,
    m003_add_reviews,
    m004_add_lookups,
    m005_add_sort_keys,
    m006_add_postings,
    m007_add_confidence,
    m008_add_sidecar_looks,
)
JOURNAL_STEPS: tuple[Step, ...] = (m001_create_records, m002_add_intents)


def migrate(connection: sqlite3.Connection, file: Path, steps: Sequence[Step]) -> None:
    """Bring the database to the last of ``steps``. Raises RunError for a newer or a foreign database.

    ``connection`` is in autocommit mode. Two programs may do this at once: each looks again inside its transaction.
    """
    names = [step.__name__ for step in steps]
    done = _check(_applied(connection), names, file)
    while done < len(steps):
        connection.execute("BEGIN IMMEDIATE")
        try:
            done = _check(_applied(connection), names, file)
            if done < len(steps):
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)"
                )
                steps[done](connection)
                now = datetime.now(UTC).isoformat(timespec="seconds")
                connection.execute("INSERT INTO migrations (name, applied_at) VALUES (?, ?)", (names[done], now))
                done += 1
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _applied(connection: sqlite3.Connection) -> list[str] | None:
    """Names of the steps that the file has had, in order; None when it holds tables but no record of steps."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return []
    if "migrations" not in tables:
        return None
    return [name for (name,) in connection.execute("SELECT name FROM migrations ORDER BY rowid")]


def _check(applied: list[str] | None, names: list[str], file: Path) -> int:
    """How many of ``names`` the file has had already."""
    if applied is None or applied[: len(names)] != names[: len(applied)]:
        raise RunError(
            f"{file} is not the database that belongs there",
            "it was made by another program, or moved there from elsewhere: move it away and try again",
        )
    if len(applied) > len(names):
        raise RunError(
            f"{file} was written by a newer version of tagger (database version {len(applied)}, "
            f"this program knows up to {len(names)})",
            "update tagger to open this library",
        )
    return len(applied)
