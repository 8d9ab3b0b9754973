"""Undo where others wrote too, or later runs did, or a photo has a sidecar: fakes at every boundary."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeCaptioner
from pipeline_library import F, Library, U, kinds, made_up

from tagger.core.records import Action, ChangeState, Intent, Outcome, OutcomeKind
from tagger.restore import undo
from tagger.upkeep import Cleaning

R = OutcomeKind.RESTORED
PATH, SIDECAR = Path("/photos/0.jpg"), Path("/photos/0.jpg.xmp")


def undone(library: Library, run: str, **options: Any) -> list[Outcome]:
    records = library.journal.changes(run=run)
    journal, stop = library.journal, threading.Event()
    return list(undo(records, library.writer, library.index, journal, stop, run="u1", **options))


def states(library: Library) -> list[tuple[str, ChangeState]]:
    return [(record.run, record.state) for record in library.journal.records]


def edit(library: Library, path: Path = PATH, **values: Any) -> None:
    """What another program does: it keeps what it does not know."""
    library.writer.metadata[path] = json.dumps(json.loads(library.writer.metadata[path]) | values)


def held(library: Library, path: Path = PATH) -> dict[str, Any]:
    text = library.writer.metadata.get(path, "")
    return json.loads(text) if text else {}


@pytest.fixture
def once() -> Library:
    library = Library()
    library.run(made_up(1))
    return library


@pytest.fixture
def twice(once: Library) -> Library:
    """Tagged by run r1, then by run r2 with another model, which says something else."""

    class Other(FakeCaptioner):
        def generate(self, batch: Any) -> Any:
            return [replace(caption, text=f"other {caption.text}") for caption in super().generate(batch)]

    once.captioner = Other(model_id="fake 2")
    once.run(made_up(1), run="r2")
    return once


def test_theirs_stays(once: Library) -> None:
    edit(once, description="by a person")
    (outcome,) = undone(once, "r1")
    assert (outcome.kind, outcome.reason) == (R, "what others changed since stays, the caption too")
    assert held(once) == {"description": "by a person", "keywords": []}
    assert once.index.rows == {}
    assert states(once) == [("r1", ChangeState.UNDONE), ("u1", ChangeState.COMMITTED)]
    assert once.journal.records[1].intent == Intent(Action.UNDO, (1,), indexed=False)


def test_the_merge_can_be_undone_too(once: Library) -> None:
    row = once.index.get(PATH)
    edit(once, description="by a person")
    edited = once.writer.metadata[PATH]
    undone(once, "r1")
    (outcome,) = undone(once, "u1")
    assert (outcome.kind, once.writer.metadata[PATH]) == (R, edited)
    assert states(once) == [("r1", ChangeState.COMMITTED), ("u1", ChangeState.UNDONE)]
    assert once.index.get(PATH) == row
    assert kinds(undone(once, "r1")) == [R]
    assert held(once) == {"description": "by a person", "keywords": []}


def test_the_row_of_the_run_before_comes_back(twice: Library) -> None:
    (outcome,) = undone(twice, "r2")
    assert outcome.kind is R
    row = twice.index.get(PATH)
    assert row is not None
    assert (row.run, row.model, row.caption.text) == ("r1", "fake 1", held(twice)["description"])


def test_words_of_the_run_before_come_back(twice: Library) -> None:
    """Others wrote since: what run r1 had said is planned anew, and theirs stays."""
    edit(twice, description="by a person")
    (outcome,) = undone(twice, "r2")
    first, second, third = twice.journal.records
    assert outcome.kind is R
    assert (held(twice)["description"], held(twice)["ours"]) == ("by a person", first.entry.caption.text)
    assert held(twice)["run"] == "r1"
    row = twice.index.get(PATH)
    assert row is not None
    assert (row.run, row.caption) == ("r1", first.entry.caption)
    assert (first.state, second.state, third.state) == (
        ChangeState.COMMITTED, ChangeState.UNDONE, ChangeState.COMMITTED,
    )  # fmt: skip
    (outcome,) = undone(twice, "r1", with_later=True)
    assert held(twice) == {"description": "by a person", "keywords": []}
    assert {record.state for record in twice.journal.records[:3]} == {ChangeState.UNDONE}
    assert twice.index.rows == {}


def test_later_runs_first(twice: Library) -> None:
    before = twice.writer.metadata[PATH]
    (outcome,) = undone(twice, "r1")
    assert (outcome.kind, outcome.reason) == (
        F, "was changed since by run r2 (undo that first, or undo --with-later)",
    )  # fmt: skip
    assert twice.writer.metadata[PATH] == before
    assert states(twice) == [("r1", ChangeState.COMMITTED), ("r2", ChangeState.COMMITTED)]


@pytest.mark.parametrize("edited", [False, True])
def test_with_later(twice: Library, edited: bool) -> None:
    if edited:
        edit(twice, description="by a person")
    (outcome,) = undone(twice, "r1", with_later=True)
    assert outcome.kind is R
    assert held(twice) == ({"description": "by a person", "keywords": []} if edited else {})
    assert [state for _, state in states(twice)][:2] == [ChangeState.UNDONE] * 2
    assert twice.index.rows == {}


def test_run_before_was_forgotten(twice: Library) -> None:
    edit(twice, description="by a person")
    before = twice.writer.metadata[PATH]
    twice.journal.records[0] = replace(twice.journal.records[0], run="elsewhere")
    (outcome,) = undone(twice, "r2")
    assert outcome.kind is F
    assert "run r1 before it is not in the journal any more" in outcome.reason
    assert twice.writer.metadata[PATH] == before
    assert twice.journal.records[1].state is ChangeState.COMMITTED


def test_another_picture_gets_no_words_of_the_old_one(twice: Library) -> None:
    edit(twice, description="by a person")
    before = twice.writer.metadata[PATH]
    read = twice.writer.read
    twice.writer.read = lambda photo: replace(read(photo), identity="of another picture")
    (outcome,) = undone(twice, "r2")
    assert (outcome.kind, outcome.reason.partition(" (")[0]) == (F, "holds another picture now")
    assert twice.writer.metadata[PATH] == before


def test_words_of_an_unknown_run(once: Library) -> None:
    edit(once, run="of another computer")
    (outcome,) = undone(once, "r1")
    assert outcome.kind is F
    assert "the words of run of another computer, unknown to this journal" in outcome.reason
    assert once.writer.applied == [PATH]


def test_approved_since(once: Library) -> None:
    edit(once, description="by a person")
    once.writer.approved.add(PATH)
    (outcome,) = undone(once, "r1")
    assert (outcome.kind, "approved" in outcome.reason) == (F, True)
    assert once.writer.applied == [PATH]


def test_our_record_is_gone_and_our_words_are_not(once: Library) -> None:
    text = held(once)["description"]
    once.writer.metadata[PATH] = json.dumps({"description": text, "keywords": []})
    (outcome,) = undone(once, "r1")
    assert (outcome.kind, "our record in it is gone" in outcome.reason) == (F, True)
    assert held(once)["description"] == text
    assert states(once) == [("r1", ChangeState.COMMITTED)]


def test_merge_that_cannot_be_written(once: Library) -> None:
    edit(once, description="by a person")
    before = once.writer.metadata[PATH]
    once.writer.failing.add("0.jpg")
    (outcome,) = undone(once, "r1")
    assert (outcome.kind, once.writer.metadata[PATH]) == (F, before)
    assert states(once) == [("r1", ChangeState.COMMITTED), ("u1", ChangeState.ROLLED_BACK)]
    once.writer.failing.clear()
    assert kinds(undone(once, "r1")) == [R]


@pytest.fixture
def accompanied() -> Library:
    library = Library()
    library.writer.accompanied.add(PATH)
    library.run(made_up(1))
    assert library.writer.applied == [SIDECAR, PATH]
    return library


def test_both_files_in_reverse_order(accompanied: Library) -> None:
    (outcome,) = undone(accompanied, "r1")
    assert (outcome.kind, [change.target for change in outcome.changes]) == (R, [PATH, SIDECAR])
    assert accompanied.writer.reverted == [PATH, SIDECAR]
    assert accompanied.writer.metadata == {PATH: ""}
    assert {state for _, state in states(accompanied)} == {ChangeState.UNDONE}


@pytest.mark.parametrize("edited", [SIDECAR, PATH], ids=["sidecar", "photo"])
def test_one_file_edited(accompanied: Library, edited: Path) -> None:
    """The other one goes back to the byte, this one is merged."""
    edit(accompanied, edited, description="by a person")
    (outcome,) = undone(accompanied, "r1")
    assert outcome.kind is R
    assert held(accompanied, edited) == {"description": "by a person", "keywords": []}
    other = PATH if edited == SIDECAR else SIDECAR
    assert accompanied.writer.reverted == [other]
    assert held(accompanied, other) == {}
    assert [state for _, state in states(accompanied)] == [
        ChangeState.UNDONE, ChangeState.UNDONE, ChangeState.COMMITTED,
    ]  # fmt: skip
    assert accompanied.index.rows == {}


def test_sidecar_removed_by_hand(accompanied: Library) -> None:
    """We had made it: without it the photo is half as before already."""
    del accompanied.writer.metadata[SIDECAR]
    assert kinds(undone(accompanied, "r1")) == [R]
    assert accompanied.writer.metadata == {PATH: ""}


def test_changed_sidecar_is_gone(accompanied: Library) -> None:
    """It was there before us and somebody deleted it: its bytes cannot come back into nothing."""
    first = accompanied.journal.records[0]
    accompanied.journal.records[0] = replace(first, change=replace(first.change, before_sha256="12" * 32))
    del accompanied.writer.metadata[SIDECAR]
    (outcome,) = undone(accompanied, "r1")
    assert (outcome.kind, outcome.reason.partition(" (")[0]) == (F, "its sidecar 0.jpg.xmp is not there any more")
    assert accompanied.writer.reverted == []


@pytest.mark.parametrize("name", ["0.jpg.xmp", "0.XMP"])
def test_moved_with_its_sidecar(accompanied: Library, name: str) -> None:
    moved = {"0.jpg.xmp": "new.jpeg.xmp", "0.XMP": "new.XMP"}[name]
    writer = accompanied.writer
    first = accompanied.journal.records[0]
    sidecar = PATH.with_name(name)
    accompanied.journal.records[0] = replace(first, change=replace(first.change, sidecar=sidecar))
    writer.metadata[PATH.with_name(moved)] = writer.metadata.pop(SIDECAR)
    writer.metadata[PATH.with_name("new.jpeg")] = writer.metadata.pop(PATH)
    writer.missing.add(PATH)
    (outcome,) = undone(accompanied, "r1", places={first.change.identity: PATH.with_name("new.jpeg")})
    assert (outcome.kind, outcome.path.name) == (R, "new.jpeg")
    assert writer.metadata == {PATH.with_name("new.jpeg"): ""}
    assert accompanied.index.rows == {}


def test_moved_and_edited(once: Library) -> None:
    new = PATH.with_name("new.jpg")
    once.writer.metadata[new] = once.writer.metadata.pop(PATH)
    once.writer.missing.add(PATH)
    edit(once, new, description="by a person")
    identity = once.journal.records[0].change.identity
    (outcome,) = undone(once, "r1", places={identity: new})
    assert (outcome.kind, outcome.path) == (R, new)
    assert held(once, new) == {"description": "by a person", "keywords": []}


def cleaned(library: Library, **options: Any) -> Outcome:
    cleaning = Cleaning(library.writer, library.index, library.journal, "c1", **options)
    return cleaning.clean(made_up(1)[0])


def test_clean_and_back(twice: Library) -> None:
    row, before = twice.index.get(PATH), twice.writer.metadata[PATH]
    assert cleaned(twice, dry_run=True).kind is OutcomeKind.CLEANED
    assert (twice.writer.metadata[PATH], twice.index.get(PATH)) == (before, row)
    assert cleaned(twice).kind is OutcomeKind.CLEANED
    assert (held(twice), twice.index.rows) == ({}, {})
    (later,) = undone(twice, "r2")
    assert "was changed since by run c1" in later.reason
    assert kinds(undone(twice, "c1")) == [R]
    assert (twice.writer.metadata[PATH], twice.index.get(PATH)) == (before, row)
    assert cleaned(twice).kind is OutcomeKind.CLEANED
    assert (cleaned(twice).kind, cleaned(twice).reason) == (U, "holds nothing of ours")


def test_clean_and_then_somebody_wrote(once: Library) -> None:
    cleaned(once)
    once.writer.metadata[PATH] = json.dumps({"description": "by a person", "keywords": []})
    assert kinds(undone(once, "c1")) == [R]
    text = once.journal.records[0].entry.caption.text
    assert (held(once)["description"], held(once)["ours"], held(once)["run"]) == ("by a person", text, "r1")
    row = once.index.get(PATH)
    assert row is not None
    assert (row.run, row.caption.text) == ("r1", text)


def test_clean_leaves_what_a_person_approved(once: Library) -> None:
    once.writer.approved.add(PATH)
    outcome = cleaned(once)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.SKIPPED, "approved by a person")
    assert once.index.get(PATH) is not None
    assert cleaned(once, approved=True).kind is OutcomeKind.CLEANED


def test_clean_without_any_row(once: Library) -> None:
    once.index.rows.clear()
    once.journal.records.clear()
    assert cleaned(once).kind is OutcomeKind.CLEANED
    assert kinds(undone(once, "c1")) == [R]
    row = once.index.get(PATH)
    assert row is not None
    assert (row.run, row.caption.text) == ("r1", held(once)["description"])
