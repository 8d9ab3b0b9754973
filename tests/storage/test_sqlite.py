"""What is particular to the index and the journal in SQLite."""

import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from contracts.examples import DOG, LIGHT, change_of, entry_of

from tagger.core.changes import Splice
from tagger.core.errors import RunError
from tagger.core.records import Action, Caption, ChangeState, Photo
from tagger.storage.index import SqliteIndex
from tagger.storage.journal import RunSummary, SqliteJournal


def test_full_text_index_keeps_step(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    with SqliteIndex(tmp_path, file) as index:
        for number in range(20):
            index.put(entry_of(tmp_path / f"{number % 10}.jpg", f"text {number}", DOG, LIGHT))
        for number in range(5):
            index.remove(tmp_path / f"{number}.jpg")
    with closing(sqlite3.connect(file)) as raw:
        photos = raw.execute("SELECT id, caption FROM photos ORDER BY id").fetchall()
        assert [caption for _, caption in photos] == [f"text {number}" for number in range(15, 20)]
        assert raw.execute("SELECT rowid, caption FROM words ORDER BY rowid").fetchall() == photos
        raw.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        ids = {photo for photo, _ in photos}
        assert {row[0] for row in raw.execute("SELECT photo FROM tags")} == ids
        assert {row[0] for row in raw.execute("SELECT photo FROM alternatives")} == ids
        assert raw.execute("SELECT count(*) FROM labels").fetchone() == (2,)


def test_failed_put_changes_nothing(tmp_path: Path) -> None:
    good = entry_of(tmp_path / "a.jpg", "a dog", DOG)
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        index.put(good)
        with pytest.raises(OverflowError):
            index.put(entry_of(tmp_path / "a.jpg", "a cat", photo=Photo(tmp_path / "a.jpg", 2**80, 0)))
        assert index.get(tmp_path / "a.jpg") == good
        assert list(index.search("dog")) == [good]


def test_five_thousand_rows(tmp_path: Path) -> None:
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        for number in range(5000):
            index.put(entry_of(tmp_path / f"{number % 50}/{number}.jpg", f"dog number {number}", DOG))
        assert index.count() == 5000
        assert sum(1 for _ in index.search("dog")) == 5000
        assert len(list(index.search('"number 4999"'))) == 1


def test_library_may_move(tmp_path: Path) -> None:
    with SqliteIndex(tmp_path / "old", tmp_path / "index.db") as index:
        index.put(entry_of(tmp_path / "old/x/a.jpg"))
    with SqliteIndex(tmp_path / "new", tmp_path / "index.db") as index:
        assert index.get(tmp_path / "new/x/a.jpg") == entry_of(tmp_path / "new/x/a.jpg")


def test_root_by_another_name(tmp_path: Path) -> None:
    (tmp_path / "real/x").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    with SqliteIndex(tmp_path / "link", tmp_path / "index.db") as index:
        index.put(entry_of(tmp_path / "real/x/a.jpg"))
        expected = entry_of(tmp_path / "real/x/a.jpg")
        for path in ("link/x/a.jpg", "real/x/../x/a.jpg", "real/x/a.jpg"):
            assert index.get(tmp_path / path) == expected


def test_not_a_number(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / "a.jpg", caption=Caption("", float("nan")))
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        index.put(entry)
        found = index.get(tmp_path / "a.jpg")
    assert found is not None
    assert repr(found) == repr(entry)


@pytest.mark.parametrize("path", [b"../../etc/passwd", b"/etc/passwd", b""])
def test_paths_never_lead_out_of_the_library(tmp_path: Path, path: bytes) -> None:
    with SqliteJournal(tmp_path, tmp_path / "journal.db") as journal:
        journal.begin("run", change_of(tmp_path / "a.jpg"), entry_of(tmp_path / "a.jpg"))
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw, raw:
        raw.execute("UPDATE records SET path = ?", (path,))
    leads_out = pytest.raises(RunError, match="leads out of the library")
    with SqliteJournal(tmp_path, tmp_path / "journal.db") as journal, leads_out as caught:
        journal.pending()
    assert "delete" not in caught.value.hint


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE splices SET old = x'00'",
        "UPDATE splices SET new = 'text'",
        "UPDATE records SET entry = '{'",
        "UPDATE records SET entry = '{}'",
        "UPDATE records SET fields = '[1]'",
        "UPDATE records SET state = 'unheard of'",
        "UPDATE records SET run = CAST(x'ff' AS TEXT)",
    ],
)
def test_damaged_record(tmp_path: Path, damage: str) -> None:
    with SqliteJournal(tmp_path, tmp_path / "journal.db") as journal:
        journal.begin("run", change_of(tmp_path / "a.jpg"), entry_of(tmp_path / "a.jpg"))
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw, raw:
        raw.execute(damage)
    with SqliteJournal(tmp_path, tmp_path / "journal.db") as journal, pytest.raises(RunError, match="is damaged"):
        list(journal.changes())


def test_bytes_are_compressed(tmp_path: Path) -> None:
    change = change_of(tmp_path / "a.jpg", splices=(Splice(0, b"a" * 60_000, b"b" * 60_000),))
    with SqliteJournal(tmp_path, tmp_path / "journal.db") as journal:
        journal.begin("run", change, entry_of(tmp_path / "a.jpg"))
    with closing(sqlite3.connect(tmp_path / "journal.db")) as raw:
        ((old, size),) = raw.execute("SELECT old, length(old) + length(new) FROM splices").fetchall()
    assert zlib.decompress(old) == b"a" * 60_000
    assert size < 1000


def test_runs(tmp_path: Path) -> None:
    moments = iter(datetime(2024, 5, day, tzinfo=UTC) for day in range(1, 9))
    with SqliteJournal(tmp_path, tmp_path / "journal.db", clock=lambda: next(moments)) as journal:
        assert journal.runs() == []
        states = [ChangeState.COMMITTED, ChangeState.COMMITTED, ChangeState.UNDONE, ChangeState.PENDING]
        for number, state in enumerate(states):
            record = journal.begin("first", change_of(tmp_path / f"{number}.jpg"), entry_of(tmp_path / f"{number}.jpg"))
            journal.resolve(record, state)
        journal.begin("second", change_of(tmp_path / "a.jpg"), entry_of(tmp_path / "a.jpg"))
        second, first = journal.runs()
    assert second == RunSummary("second", Action.TAG, "2024-05-05T00:00:00+00:00", {ChangeState.PENDING: 1})
    counts = {ChangeState.COMMITTED: 2, ChangeState.UNDONE: 1, ChangeState.PENDING: 1}
    assert first == RunSummary("first", Action.TAG, "2024-05-01T00:00:00+00:00", counts)
    assert (first.changes, first.undoable, second.undoable) == (4, 2, 0)
