"""A journal that does not grow for ever: the oldest settled records go, and what was forgotten stays known.

Source: https://www.sqlite.org/pragma.html#pragma_incremental_vacuum. Knows the table of records, not what is in them.
"""

import json
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from tagger.storage.database import Database

OPEN = "state IN ('pending', 'undoing')"
"""Which records recovery still needs: never forgotten."""

_BATCH = 50  # records a transaction
_PAGES = 2000  # given back at a time: the write-ahead log grows by no more
_INCREMENTAL = 2  # PRAGMA auto_vacuum
_ROOM = 2  # times its own size: what a rewrite of the file needs beside it


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A run of which ``changes`` records were deleted, the last of them at ``forgotten_at`` (ISO 8601, UTC)."""

    run: str
    changes: int
    forgotten_at: str


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one pruning did: runs that it took records of, records, bytes given back to the disk."""

    runs: int = 0
    changes: int = 0
    freed: int = 0


def forgotten(database: Database) -> list[Forgotten]:
    """Runs of which records were deleted, the latest first."""
    with database.reading() as connection:
        rows = connection.execute("SELECT run, changes, forgotten_at FROM forgotten ORDER BY forgotten_at DESC, run")
        return [Forgotten(*row) for row in rows]


def used_bytes(database: Database) -> int:
    """Bytes of the file that hold something."""
    with database.reading() as connection:
        return _used(connection)


def prune(
    database: Database, now: datetime, *, older_than: timedelta | None, keep_bytes: int | None, compact: bool
) -> Pruned:
    """Forget what is too old, then the oldest of what is too much; give the room back."""
    before = _file_bytes(database)
    changes: dict[str, int] = {}
    if older_than is not None:
        _forget_old(database, now, (now - older_than).isoformat(timespec="seconds"), changes)
    if keep_bytes is not None and used_bytes(database) > keep_bytes:
        _forget_runs(database, now, keep_bytes, changes)
        _forget_records(database, now, keep_bytes, changes)
    _give_back(database, compact=compact)
    return Pruned(len(changes), sum(changes.values()), max(0, before - _file_bytes(database)))


def _forget_old(database: Database, now: datetime, before: str, changes: dict[str, int]) -> None:
    """Forget every run that ended ``before`` and has nothing open."""
    kept: list[str] = []
    while (oldest := _oldest_run(database, kept)) is not None:
        run, first, last, settled = oldest
        if first >= before:
            return
        if last < before and settled:
            _forget_run(database, now, run, changes)
        else:
            kept.append(run)


def _forget_runs(database: Database, now: datetime, keep_bytes: int, changes: dict[str, int]) -> None:
    """Forget whole runs, the oldest first, until little enough is left; never the newest."""
    kept: list[str] = []
    while used_bytes(database) > keep_bytes and (oldest := _oldest_run(database, kept)) is not None:
        run, _, _, settled = oldest
        newest = _oldest_run(database, [*kept, run]) is None
        if settled and not newest:
            _forget_run(database, now, run, changes)
        else:
            kept.append(run)


def _forget_records(database: Database, now: datetime, keep_bytes: int, changes: dict[str, int]) -> None:
    """Forget single records, the oldest first, until little enough is left."""
    while used_bytes(database) > keep_bytes:
        with database.writing() as connection:
            rows = connection.execute(
                f"SELECT id, run FROM records WHERE NOT {OPEN} ORDER BY id LIMIT {_BATCH}"  # noqa: S608
            ).fetchall()
            for run in {run for _, run in rows}:
                _delete(connection, now, run, [record for record, of in rows if of == run], changes)
        if not rows:
            return


def _oldest_run(database: Database, but: list[str]) -> tuple[str, str, str, bool] | None:
    """The run with the oldest record: its name, when it began, when it ended, whether nothing of it is open."""
    with database.reading() as connection:
        first = connection.execute(
            "SELECT run, begun_at FROM records WHERE run NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT 1",
            (json.dumps(but),),
        ).fetchone()
        if first is None:
            return None
        run, began = first
        (ended,) = connection.execute(
            "SELECT begun_at FROM records WHERE run = ? ORDER BY id DESC LIMIT 1", (run,)
        ).fetchone()
        still_open = connection.execute(f"SELECT 1 FROM records WHERE {OPEN} AND run = ? LIMIT 1", (run,))  # noqa: S608
        return run, began, ended, still_open.fetchone() is None


def _forget_run(database: Database, now: datetime, run: str, changes: dict[str, int]) -> None:
    while True:
        with database.writing() as connection:
            rows = connection.execute("SELECT id FROM records WHERE run = ? ORDER BY id LIMIT ?", (run, _BATCH))
            records = [record for (record,) in rows]
            if not records:
                return
            _delete(connection, now, run, records, changes)


def _delete(
    connection: sqlite3.Connection, now: datetime, run: str, records: list[int], changes: dict[str, int]
) -> None:
    connection.execute("DELETE FROM records WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(records),))
    connection.execute(
        "INSERT INTO forgotten (run, changes, forgotten_at) VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE SET"
        " changes = changes + excluded.changes, forgotten_at = excluded.forgotten_at",
        (run, len(records), now.isoformat(timespec="seconds")),
    )
    changes[run] = changes.get(run, 0) + len(records)


def _give_back(database: Database, *, compact: bool) -> None:
    """Cut free pages off the file, a few at a time: that needs next to no room on a disk that may be full."""
    with database.maintaining() as connection:
        if connection.execute("PRAGMA freelist_count").fetchone()[0] == 0:
            return
        (mode,) = connection.execute("PRAGMA auto_vacuum").fetchone()
        if mode == _INCREMENTAL:
            while free := connection.execute("PRAGMA freelist_count").fetchone()[0]:
                connection.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                if connection.execute("PRAGMA freelist_count").fetchone()[0] >= free:
                    return
        elif compact and shutil.disk_usage(database.file.parent).free > _ROOM * _used(connection):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _used(connection: sqlite3.Connection) -> int:
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return int(size * (pages - free))


def _file_bytes(database: Database) -> int:
    with database.reading() as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        return int(size * pages)
