"""What every Journal promises: the same tests for the fake and for SQLite."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fakes import FakeJournal
from hypothesis import HealthCheck, given, settings

from contracts.examples import change_of, changes, entries, entry_of
from tagger.core.changes import MetadataChange, Splice
from tagger.core.records import Action, ChangeState, IndexEntry, Intent, JournalRecord
from tagger.storage.journal import SqliteJournal

AJournal = FakeJournal | SqliteJournal
ROOT = Path("/photos")
OPEN = (ChangeState.PENDING, ChangeState.UNDOING)
NOW = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["fake", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AJournal]:
    if request.param == "fake":
        yield FakeJournal(lambda: NOW)
    else:
        clock = NOW.astimezone(timezone(timedelta(hours=2)))
        with SqliteJournal(ROOT, tmp_path / "journal.db", clock=lambda: clock) as real:
            yield real


def begin(journal: AJournal, name: str, run: str = "run-1") -> int:
    return journal.begin(run, change_of(ROOT / name), entry_of(ROOT / name, run=run))


class TestJournal:
    def test_begin_is_pending(self, journal: AJournal) -> None:
        change, entry = change_of(ROOT / "a.jpg"), entry_of(ROOT / "a.jpg")
        record = journal.begin("run-1", change, entry)
        expected = JournalRecord(record, "run-1", ChangeState.PENDING, "2024-05-01T12:30:00+00:00", change, entry)
        assert journal.pending() == [expected]
        assert list(journal.changes()) == [expected]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(change=changes(ROOT), entry=entries(ROOT))
    def test_any_round_trip(self, journal: AJournal, change: MetadataChange, entry: IndexEntry) -> None:
        record = journal.begin("run", change, entry)
        newest = next(journal.changes(run="run"))
        assert (newest.id, newest.change, newest.entry) == (record, change, entry)
        assert next(journal.changes(path=change.path)).id == record

    @pytest.mark.parametrize("state", [state for state in ChangeState if state not in OPEN])
    def test_resolve(self, journal: AJournal, state: ChangeState) -> None:
        record, other = begin(journal, "a.jpg"), begin(journal, "b.jpg")
        journal.resolve(record, state)
        assert [pending.id for pending in journal.pending()] == [other]
        assert [(change.id, change.state) for change in journal.changes()] == [
            (other, ChangeState.PENDING),
            (record, state),
        ]

    def test_a_change_that_is_being_put_back_is_pending_too(self, journal: AJournal) -> None:
        first, second = begin(journal, "a.jpg"), begin(journal, "b.jpg")
        journal.resolve(first, ChangeState.UNDOING)
        assert [(record.id, record.state) for record in journal.pending()] == [
            (first, ChangeState.UNDOING), (second, ChangeState.PENDING),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "intent",
        [Intent(), Intent(Action.CLEAN, indexed=False), Intent(Action.UNDO, (3, 1)), Intent(Action.UNDO, (7,), False)],
        ids=str,
    )
    def test_intent(self, journal: AJournal, intent: Intent) -> None:
        journal.begin("run-1", change_of(ROOT / "a.jpg"), entry_of(ROOT / "a.jpg"), intent)
        assert next(journal.changes()).intent == intent

    def test_sidecar(self, journal: AJournal) -> None:
        """One that is made, one that is changed, one that is removed; and the row that names it."""
        path, sidecar = ROOT / "a.jpg", ROOT / "a.jpg.xmp"
        made = change_of(path, sidecar=sidecar, before_sha256="", splices=(Splice(0, b"", b"<x/>"),))
        changed = change_of(path, sidecar=sidecar)
        removed = change_of(path, sidecar=sidecar, after_sha256="", splices=(Splice(0, b"<x/>", b""),))
        entry = entry_of(path, sidecar=sidecar)
        for change in (made, changed, removed):
            journal.begin("run-1", change, entry)
        records = list(journal.changes(path=path))
        assert [record.change for record in records] == [removed, changed, made]
        assert {record.entry for record in records} == {entry}

    def test_resolve_twice(self, journal: AJournal) -> None:
        record = begin(journal, "a.jpg")
        journal.resolve(record, ChangeState.COMMITTED)
        journal.resolve(record, ChangeState.UNDONE)
        assert next(journal.changes()).state is ChangeState.UNDONE

    def test_unknown_record(self, journal: AJournal) -> None:
        with pytest.raises(KeyError):
            journal.resolve(7, ChangeState.COMMITTED)

    def test_pending_is_oldest_first(self, journal: AJournal) -> None:
        ids = [begin(journal, name) for name in ("b.jpg", "a.jpg", "c.jpg")]
        assert [record.id for record in journal.pending()] == ids == sorted(ids)

    def test_changes_of_a_run_and_of_a_path(self, journal: AJournal) -> None:
        first, second = begin(journal, "a.jpg"), begin(journal, "b.jpg")
        third = begin(journal, "a.jpg", "run-2")
        assert [record.id for record in journal.changes()] == [third, second, first]
        assert [record.id for record in journal.changes(run="run-1")] == [second, first]
        assert [record.id for record in journal.changes(path=ROOT / "a.jpg")] == [third, first]
        assert [record.id for record in journal.changes(run="run-1", path=ROOT / "a.jpg")] == [first]
        assert list(journal.changes(run="run-3")) == []
        other = journal.begin("run-2", change_of(ROOT / "b.jpg", identity="12" * 32), entry_of(ROOT / "b.jpg"))
        assert [record.id for record in journal.changes(identity="12" * 32)] == [other]
        assert [record.id for record in journal.changes(identity="ab" * 32, run="run-2")] == [third]
        assert list(journal.changes(path=ROOT / "c.jpg")) == []

    def test_records_may_be_resolved_while_they_are_read(self, journal: AJournal) -> None:
        ids = [begin(journal, f"{number}.jpg") for number in range(100)]
        seen = []
        for record in journal.changes(run="run-1"):
            journal.resolve(record.id, ChangeState.UNDONE)
            begin(journal, "later.jpg")
            seen.append(record.id)
        assert seen == ids[::-1]
        assert {record.state for record in journal.changes() if record.id in ids} == {ChangeState.UNDONE}

    def test_names_that_are_no_text(self, journal: AJournal) -> None:
        path = Path(os.fsdecode(b"/photos/caf\xe9\n\xff.jpg"))
        journal.begin("run", change_of(path), entry_of(path))
        (record,) = journal.changes(path=path)
        assert record.change.path == record.entry.photo.path == path
