"""Databases on a disk that cannot be written: reading works all the same."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from contracts.examples import DOG, change_of, entry_of

from storage.test_pruning import version_1
from storage.unprivileged import unprivileged
from tagger.core.errors import RunError
from tagger.storage.index import SqliteIndex
from tagger.storage.journal import SqliteJournal

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may reach; ``seal`` makes it read-only."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


def seal(folder: Path) -> None:
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)


def test_reading(folder: Path) -> None:
    entry = entry_of(folder / "a.jpg", "a dog", DOG)
    with SqliteIndex(folder, folder / "index.db") as index, SqliteJournal(folder, folder / "journal.db") as journal:
        index.put(entry)
        journal.begin("run", change_of(folder / "a.jpg"), entry)
    seal(folder)
    with unprivileged():
        with pytest.raises(RunError, match="for writing"):
            SqliteIndex(folder, folder / "index.db")
        with SqliteIndex(folder, folder / "index.db", reading=True) as index:
            assert list(index.search("dog")) == [entry]
            with pytest.raises(RunError, match="for writing"):
                index.put(entry)
        with SqliteJournal(folder, folder / "journal.db", reading=True) as journal:
            assert [record.entry for record in journal.changes()] == [entry]
    assert sorted(path.name for path in folder.iterdir()) == ["index.db", "journal.db"]


def test_transactions_that_are_only_in_the_log(folder: Path) -> None:
    """The drive was pulled in the middle of a run: what the log beside the file holds counts."""
    with SqliteIndex(folder, folder / "index.db") as index:
        index.put(entry_of(folder / "a.jpg", "a dog"))
        with tempfile.TemporaryDirectory() as name:
            for file in folder.iterdir():
                shutil.copy(file, name)
            (folder / "pulled").mkdir()
            for part in ("index.db", "index.db-wal"):
                shutil.copy(Path(name) / part, folder / "pulled" / part)
    pulled = folder / "pulled"
    assert (pulled / "index.db-wal").stat().st_size > 0
    seal(pulled)
    with unprivileged(), SqliteIndex(folder, pulled / "index.db", reading=True) as index:
        assert len(list(index.search("dog"))) == 1
        copy = Path(index._database._copy.name)  # type: ignore[union-attr]
        assert copy.is_dir()
    assert not copy.exists()
    pulled.chmod(0o777)


def test_of_an_older_version(folder: Path) -> None:
    version_1(folder, 2)
    seal(folder)
    with unprivileged(), SqliteJournal(folder, folder / "journal.db", reading=True) as journal:
        assert len(list(journal.changes())) == 2
    with closing(sqlite3.connect(f"file:{folder}/journal.db?immutable=1", uri=True)) as raw:
        assert raw.execute("SELECT count(*) FROM migrations").fetchone() == (1,)


def test_of_a_newer_version(folder: Path) -> None:
    SqliteIndex(folder, folder / "index.db").close()
    with closing(sqlite3.connect(folder / "index.db")) as raw, raw:
        raw.execute("INSERT INTO migrations VALUES ('m999_later', '2099-01-01')")
    seal(folder)
    with unprivileged(), pytest.raises(RunError, match="newer version"):
        SqliteIndex(folder, folder / "index.db", reading=True)


def test_damaged(folder: Path) -> None:
    (folder / "index.db").write_bytes(b"This is a letter. " * 1000)
    seal(folder)
    with unprivileged(), pytest.raises(RunError, match="is damaged"):
        SqliteIndex(folder, folder / "index.db", reading=True)


def test_may_not_be_read_either(folder: Path) -> None:
    SqliteIndex(folder, folder / "index.db").close()
    (folder / "index.db").chmod(0)
    folder.chmod(0o555)
    with unprivileged(), pytest.raises(RunError):
        SqliteIndex(folder, folder / "index.db", reading=True)
