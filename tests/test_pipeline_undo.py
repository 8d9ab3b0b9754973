"""Undo and recovery with fakes at every boundary."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeWriter
from pipeline_library import C, F, Library, U, kinds, made_up

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoError
from tagger.core.records import ChangeState, Outcome, OutcomeKind
from tagger.recovery import recover
from tagger.restore import undo
from tagger.scan import scan

R = OutcomeKind.RESTORED


def undo_all(library: Library, stop: Any = None, **which: Any) -> list[Outcome]:
    records = library.journal.changes(**which)
    return list(undo(records, library.writer, library.index, library.journal, stop or threading.Event()))


def recovered(library: Library) -> list[Outcome]:
    return list(recover(library.writer, library.index, library.journal))


@pytest.fixture
def tagged() -> Library:
    library = Library()
    for photo in made_up(3):  # one by one: the two writers would record them in any order
        library.run([photo])
    return library


def test_undo(tagged: Library) -> None:
    outcomes = undo_all(tagged)
    assert kinds(outcomes) == [R] * 3
    assert [outcome.path.name for outcome in outcomes] == ["2.jpg", "1.jpg", "0.jpg"]  # newest first
    assert set(tagged.writer.metadata.values()) == {""}
    assert tagged.index.rows == {}
    assert {record.state for record in tagged.journal.records} == {ChangeState.UNDONE}
    assert undo_all(tagged) == []


def test_undo_of_one_run_and_path(tagged: Library) -> None:
    tagged.run([*made_up(5)[3:]], run="r2")
    assert kinds(undo_all(tagged, run="r2")) == [R, R]
    assert [outcome.path.name for outcome in undo_all(tagged, path=Path("/photos/1.jpg"))] == ["1.jpg"]


def test_undo_leaves_what_others_changed(tagged: Library) -> None:
    path = Path("/photos/1.jpg")
    tagged.writer.metadata[path] = '{"description": "by a person"}'
    outcomes = undo_all(tagged)
    assert kinds(outcomes) == [R, U, R]
    assert outcomes[1].reason == "another program has taken our words out already"
    assert "by a person" in tagged.writer.metadata[path]
    assert tagged.index.get(path) is None
    assert [record.state for record in tagged.journal.changes(path=path)] == [ChangeState.UNDONE]


def test_undo_of_what_is_gone_or_back(tagged: Library) -> None:
    tagged.writer.missing.add(Path("/photos/0.jpg"))
    tagged.writer.metadata[Path("/photos/1.jpg")] = ""
    tagged.writer.failing.add("2.jpg")
    outcomes = undo_all(tagged)
    assert [(o.kind, o.reason.partition(" (")[0]) for o in outcomes] == [
        (F, "cannot write the file"),
        (U, "is as it was before the run already"),
        (F, "is not there any more"),
    ]
    assert [record.state for record in tagged.journal.records] == [
        ChangeState.COMMITTED, ChangeState.UNDONE, ChangeState.COMMITTED,
    ]  # fmt: skip


def test_undo_follows_a_move(tagged: Library) -> None:
    old, new = Path("/photos/1.jpg"), Path("/photos/new.jpg")
    tagged.writer.missing.add(old)
    tagged.writer.metadata[new] = tagged.writer.metadata.pop(old)
    row = tagged.index.rows.pop(old)
    tagged.index.put(replace(row, photo=replace(row.photo, path=new)))
    outcomes = undo_all(tagged)
    assert (outcomes[1].kind, outcomes[1].path) == (R, new)
    assert tagged.index.rows == {}


def test_undo_stops(tagged: Library) -> None:
    stop = threading.Event()
    outcomes = undo(tagged.journal.changes(), tagged.writer, tagged.index, tagged.journal, stop)
    assert next(outcomes).path.name == "2.jpg"
    stop.set()
    assert list(outcomes) == []
    assert len(tagged.writer.reverted) == 1


def test_undo_of_what_may_not_be_looked_at(tagged: Library) -> None:
    class Closed(FakeWriter):
        def compare(self, change: MetadataChange) -> str:
            if change.path.name == "1.jpg":
                raise PhotoError(change.path, "permission denied")
            return super().compare(change)

    tagged.writer.__class__ = Closed
    outcomes = undo_all(tagged)
    assert [(outcome.kind, outcome.reason) for outcome in outcomes] == [(R, ""), (F, "permission denied"), (R, "")]


def reopen(library: Library, state: str) -> Path:
    """As if the program had died at the middle photo, which is now as ``state`` says."""
    record = library.journal.records[1]
    library.journal.resolve(record.id, ChangeState.PENDING)
    path = record.change.path
    library.index.remove(path)
    if state == "missing":
        library.writer.missing.add(path)
    elif state != "after":
        library.writer.metadata[path] = "" if state == "before" else '{"description": "by a person"}'
    return path


@pytest.mark.parametrize(
    ("state", "kind", "settled"),
    [
        ("after", C, ChangeState.COMMITTED),
        ("before", U, ChangeState.ROLLED_BACK),
        ("other", F, ChangeState.CONFLICT),
        ("missing", F, ChangeState.CONFLICT),
    ],
)
def test_recover(tmp_path: Path, state: str, kind: OutcomeKind, settled: ChangeState) -> None:
    tagged = Library()
    for name in ("0.jpg", "1.jpg", "2.jpg"):
        (tmp_path / name).write_text(name)
    tagged.run(scan([tmp_path]))
    path = reopen(tagged, state)
    (outcome,) = recovered(tagged)
    assert (outcome.kind, outcome.path) == (kind, path)
    assert "interrupted run" in outcome.reason
    assert tagged.journal.records[1].state is settled
    assert (tagged.index.get(path) is not None) is (state == "after")
    assert tagged.writer.discarded == [path]
    assert recovered(tagged) == []


def test_recover_nothing(tagged: Library) -> None:
    assert recovered(tagged) == []
    assert tagged.writer.discarded == []


def test_recover_of_what_cannot_be_looked_at_waits(tagged: Library) -> None:
    reopen(tagged, "after")

    class Closed(FakeWriter):
        def compare(self, change: MetadataChange) -> str:
            raise PhotoError(change.path, "permission denied")

    tagged.writer.__class__ = Closed
    (outcome,) = recovered(tagged)
    assert (outcome.kind, outcome.reason) == (F, "permission denied")
    assert len(tagged.journal.pending()) == 1
