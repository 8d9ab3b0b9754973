"""A journal within its limits: what goes, what stays, what is said of it."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from contracts.examples import change_of, entry_of

from tagger.core.changes import Splice
from tagger.core.records import Action, ChangeState, Intent
from tagger.storage import pruning
from tagger.storage.journal import SqliteJournal
from tagger.storage.migrations import m001_create_records, migrate
from tagger.storage.pruning import Forgotten, Pruned

NOW = datetime(2024, 6, 1, tzinfo=UTC)
CHANGE = 10_000  # bytes, incompressible


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def journal_of(root: Path, clock: Clock) -> SqliteJournal:
    return SqliteJournal(root, root / "journal.db", clock=clock)


def add(
    journal: SqliteJournal,
    root: Path,
    run: str,
    count: int,
    state: ChangeState | None = ChangeState.COMMITTED,
    size: int = CHANGE,
) -> None:
    for number in range(count):
        path = root / f"{number}.jpg"
        change = change_of(path, splices=(Splice(0, os.urandom(size), b""),))
        record = journal.begin(run, change, entry_of(path, run=run))
        if state is not None:
            journal.resolve(record, state)


def runs(journal: SqliteJournal) -> dict[str, int]:
    return {summary.run: summary.changes for summary in journal.runs()}


def test_by_age(tmp_path: Path, clock: Clock) -> None:
    with journal_of(tmp_path, clock) as journal:
        for days, run in ((400, "oldest"), (366, "old"), (10, "new")):
            clock.now = NOW - timedelta(days=days)
            add(journal, tmp_path, run, 3)
        clock.now = NOW
        done = journal.prune(older_than=timedelta(days=365))
        assert (done.runs, done.changes) == (2, 6)
        assert runs(journal) == {"new": 3}
        day = "2024-06-01T00:00:00+00:00"
        assert journal.forgotten() == [Forgotten("old", 3, day), Forgotten("oldest", 3, day)]
        assert journal.prune(older_than=timedelta(days=365)) == Pruned()


def test_a_run_that_went_on_is_as_old_as_its_end(tmp_path: Path, clock: Clock) -> None:
    with journal_of(tmp_path, clock) as journal:
        clock.now = NOW - timedelta(days=400)
        add(journal, tmp_path, "long", 2)
        clock.now = NOW
        add(journal, tmp_path, "long", 2)
        assert journal.prune(older_than=timedelta(days=365)).changes == 0


def test_by_size_whole_runs(tmp_path: Path, clock: Clock) -> None:
    with journal_of(tmp_path, clock) as journal:
        for run in ("first", "second", "third"):
            add(journal, tmp_path, run, 20)
        done = journal.prune(keep_bytes=60 * CHANGE)
        assert runs(journal) == {"second": 20, "third": 20}
        assert journal.size() <= 60 * CHANGE
        assert done.freed >= 20 * CHANGE
        assert (tmp_path / "journal.db").stat().st_size <= 60 * CHANGE
        assert all(len(record.change.splices[0].old) == CHANGE for record in journal.changes())


def test_of_the_newest_run_only_as_much_as_it_takes(tmp_path: Path, clock: Clock) -> None:
    with journal_of(tmp_path, clock) as journal:
        add(journal, tmp_path, "old", 5)
        add(journal, tmp_path, "large", 120)
        journal.prune(keep_bytes=110 * CHANGE)
        left = [record.id for record in journal.changes()]
        assert 20 <= len(left) < 110
        assert left == list(range(125, 125 - len(left), -1))  # the newest ones
        assert {gone.run for gone in journal.forgotten()} == {"old", "large"}
        assert journal.size() <= 110 * CHANGE


def test_what_recovery_needs_stays(tmp_path: Path, clock: Clock) -> None:
    with journal_of(tmp_path, clock) as journal:
        clock.now = NOW - timedelta(days=900)
        add(journal, tmp_path, "crashed", 2)
        add(journal, tmp_path, "crashed", 1, None)
        add(journal, tmp_path, "crashed", 1, ChangeState.UNDOING)
        add(journal, tmp_path, "other", 2)
        clock.now = NOW
        journal.prune(older_than=timedelta(days=1))
        assert runs(journal) == {"crashed": 4}
        journal.prune(keep_bytes=0)
        assert runs(journal) == {"crashed": 2}
        assert len(journal.pending()) == 2


def test_forgotten_twice_is_counted_together(tmp_path: Path, clock: Clock) -> None:
    with journal_of(tmp_path, clock) as journal:
        for moment in (NOW, NOW + timedelta(days=1)):
            clock.now = moment
            add(journal, tmp_path, "run", 3)
            journal.prune(keep_bytes=0)
        assert journal.forgotten() == [Forgotten("run", 6, "2024-06-02T00:00:00+00:00")]


def version_1(root: Path, count: int) -> None:
    """A journal as version 0.1 left it."""
    with closing(sqlite3.connect(root / "journal.db", isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        migrate(raw, root / "journal.db", [m001_create_records])
        entry = (
            '{"path": "a.jpg", "size": 1, "mtime_ns": 2, "identity": "i", "caption": "a dog", "log_probability": -1.0,'
            ' "alternatives": [], "tags": [], "model": "m", "settings": "s", "run": "old", "captioned_at": "2024",'
            ' "taken_at": null, "state": "machine", "written": true}'
        )
        for _ in range(count):
            values: list[Any] = ["old", "committed", "2024-01-01T00:00:00+00:00", b"a.jpg", "i", "b", "a", 1, 2, "[]"]
            raw.execute(
                "INSERT INTO records (run, state, begun_at, path, identity, before_sha256, after_sha256, before_size,"
                " before_mtime_ns, fields, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*values, entry],
            )
            record = raw.execute("SELECT max(id) FROM records").fetchone()[0]
            raw.execute(
                "INSERT INTO splices (record, position, offset, old, new) VALUES (?, 0, 0, ?, ?)",
                (record, b"x\x9c\x03\x00\x00\x00\x00\x01", os.urandom(CHANGE)),
            )
        raw.execute("UPDATE splices SET new = old")


def test_journal_of_version_1(tmp_path: Path, clock: Clock) -> None:
    version_1(tmp_path, 3)
    with journal_of(tmp_path, clock) as journal:
        records = list(journal.changes())
        assert [record.intent for record in records] == [Intent(Action.TAG)] * 3
        assert records[0].change.sidecar is records[0].entry.sidecar is None
        assert (records[0].change.splices, records[0].entry.caption.text) == ((Splice(0, b"", b""),), "a dog")
        assert journal.pending() == []


def test_compact_rewrites_a_file_of_version_1(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "journal.db"
    version_1(tmp_path, 1)
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("CREATE TABLE large AS SELECT randomblob(1000000) AS x")
        raw.execute("DROP TABLE large")
    before = file.stat().st_size
    with journal_of(tmp_path, clock) as journal:
        journal.prune(keep_bytes=1 << 30)
        assert file.stat().st_size >= before  # not without being asked: it needs room
        done = journal.prune(keep_bytes=1 << 30, compact=True)
        assert done.freed > 900_000
        assert file.stat().st_size < before - 900_000
        assert len(list(journal.changes())) == 1
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_automatic_pruning_needs_little_room(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log beside the file stays small while many pages are given back."""
    monkeypatch.setattr(pruning, "_PAGES", 50)
    with journal_of(tmp_path, clock) as journal:
        add(journal, tmp_path, "old", 5, size=40 * CHANGE)
        add(journal, tmp_path, "new", 1)
        size = journal.size()
        assert size > 200 * CHANGE
        journal.prune(keep_bytes=20 * CHANGE)
        log = tmp_path / "journal.db-wal"
        assert (tmp_path / "journal.db").stat().st_size < size / 10
        assert not log.exists() or log.stat().st_size < size
        assert runs(journal) == {"new": 1}
