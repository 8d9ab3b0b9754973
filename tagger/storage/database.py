"""One SQLite file: opening it, transactions from any thread, and SQLite's errors in words for the user.

One connection guarded by a lock serves every thread: a statement takes microseconds, so nobody waits long, and there
is one place that can be closed. No cursor outlives its transaction: readers that stream fetch page by page.
Which tables there are is the business of ``index`` and ``journal``.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Literal, Self

from tagger.core.errors import RunError, StorageFull
from tagger.storage.migrations import Step, migrate
from tagger.storage.text import fold

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0


class Database:
    """An open database file of the newest schema. Close it, or use it as a context manager.

    ``synchronous`` is SQLite's: NORMAL may lose the last transactions when the power fails (never the file),
    FULL loses none. ``damaged_hint`` tells the user what to do when the file is corrupt. ``busy_seconds`` is how
    long to wait for another program before giving up. Raises RunError.
    """

    def __init__(
        self,
        file: Path,
        steps: Sequence[Step],
        *,
        synchronous: Literal["NORMAL", "FULL"],
        damaged_hint: str,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.file = file
        self._damaged_hint = damaged_hint
        self._lock = Lock()
        with translated_errors(file, damaged_hint):
            self._connection = sqlite3.connect(
                file, timeout=busy_seconds, isolation_level=None, check_same_thread=False
            )
            try:
                self._connection.create_function("fold", 1, fold, deterministic=True)
                # A library may come from somebody else: its schema may run no functions with side effects.
                self._connection.execute("PRAGMA trusted_schema = OFF")
                self._connection.execute("PRAGMA foreign_keys = ON")
                prefer_write_ahead_log(self._connection, file)
                self._connection.execute(f"PRAGMA synchronous = {synchronous}")
                migrate(self._connection, file, steps)
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A transaction in which every statement sees the same state. Raises RunError."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that happens completely or, when an exception leaves it, not at all. Raises RunError."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, translated_errors(self.file, self._damaged_hint):
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def damaged(self, what: str) -> RunError:
        """The error for content that SQLite can read and we cannot."""
        return RunError(f"{self.file} is damaged: {what}", self._damaged_hint)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def prefer_write_ahead_log(connection: sqlite3.Connection, file: Path) -> str:
    """Ask for a write-ahead log, in which readers and a writer do not wait for each other; returns what came of it.

    Network drives cannot have one (no shared memory): then the classic rollback journal serves. When another
    program is just opening the same file, the mode stays what that program makes it.
    """
    try:
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError as error:
        code = _primary_code(error)
        if code == sqlite3.SQLITE_BUSY:
            return "unknown"
        if code not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_CANTOPEN):
            raise
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "wal":
        log.info("%s: no write-ahead log here, journal mode is %s", file, mode)
    return str(mode)


@contextmanager
def translated_errors(file: Path, damaged_hint: str) -> Iterator[None]:
    """Turn what the environment does to ``file`` into RunError; errors of ours pass as they are."""
    try:
        yield
    except sqlite3.Error as error:
        code = _primary_code(error)
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RunError(f"{file} is in use by another program", "wait until it is done, or close it") from error
        no_room_for_shared_memory = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_IOERR_SHMSIZE
        if code == sqlite3.SQLITE_FULL or no_room_for_shared_memory:
            raise StorageFull(f"the disk is full: cannot write {file}", "free some space and try again") from error
        if code == sqlite3.SQLITE_IOERR:
            raise RunError(
                f"cannot read or write {file}: {error}", "is the disk full, or the drive disconnected?"
            ) from error
        # Python's own complaint, which has no code: a text that is not UTF-8.
        undecodable = code is None and str(error).startswith("Could not decode")
        if undecodable or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise RunError(f"{file} is damaged: {error}", damaged_hint) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL):
            raise RunError(
                f"cannot open {file} for writing: {error}", "check that its folder exists and that you may write there"
            ) from error
        raise


def _primary_code(error: sqlite3.Error) -> int | None:
    """SQLite's result code without the detail in its upper bits; None when the error is not SQLite's own."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
