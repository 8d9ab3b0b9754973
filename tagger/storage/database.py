"""One SQLite file: opening it, transactions from any thread, and SQLite's errors in words for the user.

One connection guarded by a lock serves every thread: a statement takes microseconds, so nobody waits long, and there
is one place that can be closed. No cursor outlives its transaction: readers that stream fetch page by page.
Which tables there are is the business of ``index`` and ``journal``.
"""

import logging
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import TracebackType
from typing import Literal, Self

from tagger.core.errors import RunError, StorageFull
from tagger.storage.migrations import Step, migrate
from tagger.storage.text import fold

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
_LOGS = ("-wal", "-journal")  # what SQLite keeps beside the file for transactions that are not in it yet
_BESIDE = (*_LOGS, "-shm")


class Database:
    """An open database file of the newest schema. Close it, or use it as a context manager.

    ``synchronous`` is SQLite's: NORMAL may lose the last transactions when the power fails (never the file),
    FULL loses none. ``damaged_hint`` tells the user what to do when the file is corrupt. ``busy_seconds`` is how
    long to wait for another program before giving up. ``shrinking`` lets a new file give room back to the disk page
    by page. With ``reading``, a file that cannot be written (a read-only disk) will do. Raises RunError.
    """

    def __init__(
        self,
        file: Path,
        steps: Sequence[Step],
        *,
        synchronous: Literal["NORMAL", "FULL"],
        damaged_hint: str,
        busy_seconds: float = BUSY_SECONDS,
        shrinking: bool = False,
        reading: bool = False,
    ) -> None:
        self.file = file
        self._damaged_hint = damaged_hint
        self._lock = Lock()
        self._copy: TemporaryDirectory[str] | None = None
        with translated_errors(file, damaged_hint):
            try:
                self._connection = _connect(file, busy_seconds)
                with _on_error(self._connection.close):
                    if shrinking:  # has to come before anything is written
                        self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                    prefer_write_ahead_log(self._connection, file)
                    self._connection.execute(f"PRAGMA synchronous = {synchronous}")
                    migrate(self._connection, file, steps)
            except sqlite3.Error as error:
                if not (reading and _primary_code(error) in _UNWRITABLE and file.exists()):
                    raise
                self._connection = self._read_only(steps, busy_seconds)

    def _read_only(self, steps: Sequence[Step], busy_seconds: float) -> sqlite3.Connection:
        """The file as it is, where it is of the newest schema and complete; else a copy that can be brought there."""
        if not any(_holds_something(self.file.with_name(self.file.name + log)) for log in _LOGS):
            connection = _connect(self.file, busy_seconds, "?immutable=1")
            try:
                with _on_error(connection.close):
                    migrate(connection, self.file, steps)
                return connection
            except sqlite3.OperationalError as error:
                if _primary_code(error) != sqlite3.SQLITE_READONLY:
                    raise
        self._copy = TemporaryDirectory(prefix="tagger-")
        copy = Path(self._copy.name) / self.file.name
        with _on_error(self._copy.cleanup):
            try:
                for log in ("", *_LOGS):
                    if (original := self.file.with_name(self.file.name + log)).exists():
                        shutil.copyfile(original, copy.with_name(copy.name + log))
            except OSError as error:
                raise RunError(
                    f"cannot copy {self.file} to read it: {error.strerror}", "is there room for temporary files?"
                ) from error
            connection = _connect(copy, busy_seconds)
            with _on_error(connection.close):
                migrate(connection, self.file, steps)
            return connection

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
    def maintaining(self) -> Iterator[sqlite3.Connection]:
        """Outside any transaction, as SQLite wants it for the upkeep of its file. Raises RunError."""
        with self._lock, translated_errors(self.file, self._damaged_hint):
            yield self._connection

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
            if self._copy is not None:
                self._copy.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


def _connect(file: Path, busy_seconds: float, options: str = "") -> sqlite3.Connection:
    name = file.absolute().as_uri() + options if options else str(file)
    connection = sqlite3.connect(
        name, timeout=busy_seconds, isolation_level=None, check_same_thread=False, uri=bool(options)
    )
    with _on_error(connection.close):
        connection.create_function("fold", 1, fold, deterministic=True)
        # A library may come from somebody else: its schema may run no functions with side effects.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA foreign_keys = ON")
    return connection


@contextmanager
def _on_error(tidy: Callable[[], object]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        tidy()
        raise


def _holds_something(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def discard(file: Path) -> None:
    """Delete a closed database and what SQLite kept beside it. Raises RunError."""
    try:
        for rest in ("", *_BESIDE):
            file.with_name(file.name + rest).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"cannot delete {file}: {error.strerror}") from error


def swap_in(new: Path, file: Path) -> None:
    """Put the closed database ``new`` in the place of ``file``, which may be missing or damaged. Raises RunError."""
    try:
        with closing(_connect(new, BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # one file, complete
        with suppress(sqlite3.Error), closing(_connect(file, BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for log in _BESIDE:  # another file's log must never meet the new one
            file.with_name(file.name + log).unlink(missing_ok=True)
        new.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise RunError(f"cannot replace {file}: {error}", "is another program using the library?") from error


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
