"""What both databases do when the environment does not play along."""

import errno
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from contracts.examples import DOG, change_of, entry_of

from storage.unprivileged import unprivileged
from tagger.core.errors import RunError, StorageFull
from tagger.storage.database import Database, prefer_write_ahead_log, translated_errors
from tagger.storage.index import SqliteIndex
from tagger.storage.journal import SqliteJournal
from tagger.storage.migrations import INDEX_STEPS, JOURNAL_STEPS, migrate

Opener = Callable[..., SqliteIndex | SqliteJournal]
OPENERS: list[Opener] = [SqliteIndex, SqliteJournal]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may reach; pytest's own are for the owner alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


def write(database: SqliteIndex | SqliteJournal, root: Path) -> None:
    path = root / "a.jpg"
    if isinstance(database, SqliteIndex):
        database.put(entry_of(path, "a dog", DOG))
    else:
        database.begin("run", change_of(path), entry_of(path))


@pytest.mark.parametrize("opener", OPENERS)
class TestBoth:
    def test_reopened(self, opener: Opener, tmp_path: Path) -> None:
        for _ in range(2):
            with opener(tmp_path, tmp_path / "x.db") as database:
                write(database, tmp_path)
        with opener(tmp_path, tmp_path / "x.db") as database:
            if isinstance(database, SqliteIndex):
                assert database.count() == 1
            else:
                assert len(database.pending()) == 2
            database.close()

    def test_write_ahead_log(self, opener: Opener, tmp_path: Path) -> None:
        with opener(tmp_path, tmp_path / "x.db"):
            pass
        with closing(sqlite3.connect(tmp_path / "x.db")) as raw:
            assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    def test_newer_version(self, opener: Opener, tmp_path: Path) -> None:
        file = tmp_path / "x.db"
        opener(tmp_path, file).close()
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("INSERT INTO migrations VALUES ('m999_from_the_future', '2030-01-01')")
        known = len(INDEX_STEPS if opener is SqliteIndex else JOURNAL_STEPS)
        message = rf"x\.db was written by a newer version .*version {known + 1}.*up to {known}\)"
        with pytest.raises(RunError, match=message) as caught:
            opener(tmp_path, file)
        assert "update tagger" in caught.value.hint

    def test_database_of_another_program(self, opener: Opener, tmp_path: Path) -> None:
        file = tmp_path / "x.db"
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("CREATE TABLE birds (name)")
        with pytest.raises(RunError, match="not the database that belongs there"):
            opener(tmp_path, file)

    def test_not_a_database(self, opener: Opener, tmp_path: Path) -> None:
        file = tmp_path / "x.db"
        file.write_bytes(b"This is a letter, not a database. " * 100)
        with pytest.raises(RunError, match="is damaged") as caught:
            opener(tmp_path, file)
        assert ("delete" in caught.value.hint) == (opener is SqliteIndex)
        assert file.read_bytes().startswith(b"This is a letter")

    def test_damaged_pages(self, opener: Opener, tmp_path: Path) -> None:
        file = tmp_path / "x.db"
        with opener(tmp_path, file) as database:
            for _ in range(50):
                write(database, tmp_path)
        content = bytearray(file.read_bytes())
        content[4096 * 3 :] = b"\x5a" * (len(content) - 4096 * 3)
        file.write_bytes(content)
        with pytest.raises(RunError, match="is damaged"), opener(tmp_path, file) as database:
            write(database, tmp_path)
            list(database.search("dog") if isinstance(database, SqliteIndex) else database.changes())

    def test_locked_by_a_writer(self, opener: Opener, tmp_path: Path) -> None:
        file = tmp_path / "x.db"
        with opener(tmp_path, file, busy_seconds=0.01) as database, closing(sqlite3.connect(file)) as raw:
            raw.execute("BEGIN EXCLUSIVE")
            with pytest.raises(RunError, match="in use by another program"):
                write(database, tmp_path)
            raw.rollback()
            write(database, tmp_path)

    def test_locked_while_opening(self, opener: Opener, tmp_path: Path) -> None:
        file = tmp_path / "x.db"
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("BEGIN EXCLUSIVE")
            with pytest.raises(RunError, match="in use by another program"):
                opener(tmp_path, file, busy_seconds=0.01)

    def test_no_such_folder(self, opener: Opener, tmp_path: Path) -> None:
        with pytest.raises(RunError, match="cannot open") as caught:
            opener(tmp_path, tmp_path / "nowhere" / "x.db")
        assert "folder exists" in caught.value.hint

    def test_read_only_folder(self, opener: Opener, open_folder: Path) -> None:
        open_folder.chmod(0o555)
        with unprivileged(), pytest.raises(RunError, match="cannot open"):
            opener(open_folder, open_folder / "x.db")

    def test_read_only_file(self, opener: Opener, open_folder: Path) -> None:
        file = open_folder / "x.db"
        opener(open_folder, file).close()
        file.chmod(0o444)
        open_folder.chmod(0o555)
        cannot_open = pytest.raises(RunError, match=r"cannot open .* for writing")
        with unprivileged(), cannot_open, opener(open_folder, file) as database:
            write(database, open_folder)

    def test_path_outside_the_root(self, opener: Opener, tmp_path: Path) -> None:
        root = tmp_path / "root"
        root.mkdir()
        with opener(root, tmp_path / "x.db") as database:
            for path in (tmp_path, root / ".." / "elsewhere", root):
                with pytest.raises(RunError, match="not inside the library"):
                    write(database, path.parent if path == root else path)

    def test_opened_by_many_at_once(self, opener: Opener, tmp_path: Path) -> None:
        failures: list[Exception] = []

        def run() -> None:
            try:
                with opener(tmp_path, tmp_path / "x.db") as database:
                    write(database, tmp_path)
            except (RunError, sqlite3.Error) as error:
                failures.append(error)

        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    def test_root_that_is_no_text(self, opener: Opener, tmp_path: Path) -> None:
        root = tmp_path / os.fsdecode(b"caf\xe9")
        root.mkdir()
        with opener(root, root / "x.db") as database:
            write(database, root)


def test_failed_migration_leaves_nothing(tmp_path: Path) -> None:
    def m999_breaks(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        connection.execute("this is no SQL")

    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as raw:
        with pytest.raises(sqlite3.OperationalError):
            migrate(raw, tmp_path / "x.db", [*INDEX_STEPS, m999_breaks])
        names = {name for (name,) in raw.execute("SELECT name FROM sqlite_master")}
        assert "photos" in names
        assert "half" not in names
        assert raw.execute("SELECT name FROM migrations").fetchall() == [(step.__name__,) for step in INDEX_STEPS]


def test_migrations_go_on_where_they_stopped(tmp_path: Path) -> None:
    def m999_add(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE photos ADD COLUMN colour TEXT")

    file = tmp_path / "x.db"
    SqliteIndex(tmp_path, file).close()
    steps = [*INDEX_STEPS, m999_add]
    with (
        Database(file, steps, synchronous="NORMAL", damaged_hint="") as database,
        database.reading() as connection,
    ):
        names = [name for (name,) in connection.execute("SELECT name FROM migrations ORDER BY name")]
    assert names == [step.__name__ for step in steps]


def test_steps_are_numbered_in_order() -> None:
    assert [step.__name__[:4] for step in INDEX_STEPS] == [f"m{n:03}" for n in range(1, len(INDEX_STEPS) + 1)]


def test_index_in_place_of_the_journal(tmp_path: Path) -> None:
    SqliteIndex(tmp_path, tmp_path / "x.db").close()
    with pytest.raises(RunError, match="not the database that belongs there"):
        SqliteJournal(tmp_path, tmp_path / "x.db")


def test_full_disk(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with Database(file, INDEX_STEPS, synchronous="NORMAL", damaged_hint="") as database:
        with database.reading() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageFull, match="the disk is full"), database.writing() as connection:
            connection.execute("CREATE TABLE large AS SELECT zeroblob(100000)")
        with database.reading() as connection:
            assert connection.execute("SELECT count(*) FROM photos").fetchone() == (0,)


@pytest.mark.skipif(os.name == "nt", reason="a way of locking that only POSIX systems have")
def test_drive_without_shared_memory(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with closing(sqlite3.connect(f"file:{file}?vfs=unix-dotfile", uri=True, isolation_level=None)) as connection:
        assert prefer_write_ahead_log(connection, file) == "delete"
        migrate(connection, file, INDEX_STEPS)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_PROTOCOL])
def test_drive_on_which_the_log_fails(tmp_path: Path, code: int) -> None:
    class Drive(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if "WAL" in sql:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = code
                raise error
            return super().execute(sql, *values)

    with closing(sqlite3.connect(tmp_path / "x.db", factory=Drive)) as connection:
        assert prefer_write_ahead_log(connection, tmp_path / "x.db") == "delete"


def test_bugs_are_not_disguised(tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as raw:  # noqa: SIM117
        with pytest.raises(sqlite3.OperationalError), translated_errors(tmp_path, ""):
            raw.execute("SELECT no_such_column")


def test_exception_rolls_back(tmp_path: Path) -> None:
    with Database(tmp_path / "x.db", INDEX_STEPS, synchronous="NORMAL", damaged_hint="") as database:
        with pytest.raises(OSError, match="out"), database.writing() as connection:
            connection.execute("INSERT INTO labels (label, ancestors) VALUES ('dog', '[]')")
            raise OSError(errno.EIO, "out")
        with database.reading() as connection:
            assert connection.execute("SELECT count(*) FROM labels").fetchone() == (0,)
