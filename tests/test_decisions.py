"""What a person decided, and what a model said before, in the way of a photo through the stages: fakes everywhere."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeCaptioner, FakeWriter
from pipeline_library import C, F, Library, U, kinds, made_up

from tagger.core.records import Action, ChangeState, Correction, OutcomeKind, Photo, State, Tag
from tagger.recovery import recover
from tagger.restore import undo
from tagger.review import Edit, Reviewing
from tagger.run_options import RunOptions
from tagger.stages import unsure

PHOTO = made_up(1)[0]


@pytest.fixture
def tagged() -> Library:
    library = Library()
    library.run([PHOTO])
    return library


def reviewing(library: Library, run: str = "p1", **options: bool) -> Reviewing:
    return Reviewing(library.writer, library.index, library.journal, run, **options)


def another_model(library: Library, name: str = "fake 2") -> FakeCaptioner:
    class Other(FakeCaptioner):
        def generate(self, batch):
            return [replace(c, text=f"{name} says {c.text}") for c in super().generate(batch)]

    library.captioner = Other(model_id=name)
    return library.captioner


def row(library: Library, photo: Photo = PHOTO):
    found = library.index.get(photo.path)
    assert found is not None
    return found


def test_each_decision_is_a_change_in_the_journal(tagged: Library) -> None:
    before = dict(tagged.writer.metadata)
    for kind, outcome in (
        (OutcomeKind.APPROVED, reviewing(tagged, "p1").approve(PHOTO)),
        (OutcomeKind.EDITED, reviewing(tagged, "p2").edit(PHOTO, Edit("mine", add=("me",)))),
        (OutcomeKind.REJECTED, reviewing(tagged, "p3").reject(PHOTO)),
    ):
        assert outcome.kind is kind
        assert outcome.before is not None
    assert [record.intent.action for record in tagged.journal.records] == [
        Action.TAG, Action.APPROVE, Action.EDIT, Action.REJECT,
    ]  # fmt: skip
    assert row(tagged).state is State.REJECTED
    for record in list(tagged.journal.changes()):
        if record.intent.action is not Action.TAG:
            assert kinds(undo([record], tagged.writer, tagged.index, tagged.journal, threading.Event())) == [
                OutcomeKind.RESTORED
            ]
    assert tagged.writer.metadata == before
    assert row(tagged).state is State.MACHINE


@pytest.mark.parametrize("happened", [True, False])
def test_a_decision_that_a_crash_cut_off(tagged: Library, *, happened: bool) -> None:
    """It was made, with its row, or it was not."""
    reviewing(tagged).approve(PHOTO)
    record = tagged.journal.records[-1]
    tagged.journal.resolve(record.id, ChangeState.PENDING)
    tagged.index.put(replace(row(tagged), state=State.MACHINE))
    if not happened:
        tagged.writer.revert(record.change)
    (outcome,) = recover(tagged.writer, tagged.index, tagged.journal)
    assert outcome.kind is (OutcomeKind.APPROVED if happened else OutcomeKind.UNCHANGED)
    assert row(tagged).state is (State.APPROVED if happened else State.MACHINE)
    assert tagged.journal.pending() == []


def test_decisions_stand_against_another_model(tagged: Library) -> None:
    reviewing(tagged).edit(PHOTO, Edit("mine"))
    another_model(tagged)
    for options in ({}, {"decoding": "e"}, {"policy": "q"}, {"keep_approved": False}, {"write": False}):
        assert kinds(tagged.run([PHOTO], run="r2", **options)) == [U]
    assert tagged.captioner.prepared == []
    assert (row(tagged).caption.text, row(tagged).state) == ("mine", State.APPROVED)
    touched = replace(PHOTO, mtime_ns=2)  # by another program
    (outcome,) = tagged.run([touched], run="r3")
    assert (outcome.kind, outcome.reason) == (U, "approved by a person")
    assert row(tagged).photo == touched
    assert tagged.captioner.prepared == []


def test_approved_captions_of_the_machine_can_be_given_up(tagged: Library) -> None:
    reviewing(tagged).approve(PHOTO)
    reviewing(tagged, "p2").reject(PHOTO, tags=(row(tagged).caption.tags[0].label,))
    assert row(tagged).state is State.APPROVED
    another_model(tagged)
    assert kinds(tagged.run([PHOTO], run="r2", keep_approved=False)) == [C]
    now = row(tagged)
    assert (now.state, now.model, now.caption.tags) == (State.MACHINE, "fake 2", ())
    assert len(now.correction.rejected) == 1


def test_rejected_stays_even_then(tagged: Library) -> None:
    reviewing(tagged).reject(PHOTO)
    another_model(tagged)
    assert kinds(tagged.run([PHOTO], run="r2", keep_approved=False)) == [U]
    assert row(tagged).state is State.REJECTED


def test_a_rejected_tag_stays_out_and_the_rest_goes_on(tagged: Library) -> None:
    label = row(tagged).caption.tags[0].label
    outcome = reviewing(tagged).reject(PHOTO, tags=(label.upper(),))
    assert outcome.kind is OutcomeKind.REJECTED
    assert row(tagged).state is State.MACHINE
    another_model(tagged)
    (outcome,) = tagged.run([PHOTO], run="r2")
    assert outcome.caption is not None
    assert outcome.caption.tags == ()
    assert "fake 2 says" in row(tagged).caption.text
    assert [tag.label for tag in row(tagged).correction.rejected] == [label]
    assert kinds(tagged.run([PHOTO], run="r3")) == [U]


def test_a_person_s_words_are_no_model_s(tmp_path: Path) -> None:
    """A copy of the photo gets what the model says, without asking it again, and not what a person wrote."""
    photo, copy = (Photo(tmp_path / name, 3, 1) for name in ("a.jpg", "copy.jpg"))
    photo.path.write_bytes(b"red")
    copy.path.write_bytes(b"red")
    library = Library()
    library.run([photo])
    said = row(library, photo).caption
    reviewing(library).edit(photo, Edit("mine", add=("me",)))
    library.run([copy], run="r2")
    assert (row(library, copy).caption, row(library, copy).state) == (said, State.MACHINE)
    assert library.captioner.batches == [1]


def test_going_back_to_an_earlier_model_asks_nothing(tagged: Library) -> None:
    first = row(tagged)
    other = another_model(tagged)
    assert kinds(tagged.run([PHOTO], run="r2")) == [C]
    assert other.batches == [1]
    tagged.captioner = again = FakeCaptioner()
    assert kinds(tagged.run([PHOTO], run="r3")) == [C]
    assert (again.prepared, again.batches) == ([], [])
    assert row(tagged).caption == first.caption
    tagged.index.rows.clear()  # as after an undo
    tagged.writer.metadata.clear()
    tagged.captioner = again = FakeCaptioner()
    assert kinds(tagged.run([PHOTO], run="r4")) == [C]
    assert (again.prepared, row(tagged).caption) == ([], first.caption)


def test_scores_of_other_labels_are_of_no_use(tagged: Library) -> None:
    class Strange(FakeCaptioner):
        def tags(self, scores: bytes) -> tuple[Tag, ...] | None:
            return None

    tagged.captioner = Strange()
    tagged.index.rows.clear()
    tagged.writer.metadata.clear()
    assert kinds(tagged.run([PHOTO], run="r2")) == [C]
    assert tagged.captioner.batches == [1]


def test_failures_are_remembered_until_they_are_gone() -> None:
    library = Library(FakeCaptioner(broken={"1.jpg"}), FakeWriter(failing={"3.jpg"}))
    photos = made_up(5)
    assert kinds(library.run(photos)).count(F) == 2
    failures = list(library.index.failures())
    assert [failure.photo for failure in failures] == [photos[1], photos[3]]
    assert failures[0].cause == "cannot read the picture (the fake was told so)"
    assert failures[0].failed_at.endswith("+00:00")
    library.captioner.broken.clear()
    library.writer.failing.clear()
    assert kinds(library.run(photos, run="r2")).count(C) == 2
    assert list(library.index.failures()) == []


def test_a_dry_run_remembers_nothing() -> None:
    library = Library(FakeCaptioner(broken={"0.jpg"}))
    assert kinds(library.run([PHOTO], dry_run=True)) == [F]
    assert list(library.index.failures()) == []
    reviewing(library, dry_run=True).reject(PHOTO)
    assert (library.index.rows, library.journal.records) == ({}, [])


def test_unsure_captions_wait_for_a_person(tagged: Library) -> None:
    score = row(tagged).caption.score
    assert 0 < score < 1
    assert kinds(tagged.run([PHOTO], run="r2", policy="q", review_below=score + 0.01)) == [C]
    assert row(tagged).state is State.REVIEW
    assert reviewing(tagged).approve(PHOTO).kind is OutcomeKind.APPROVED
    assert kinds(tagged.run([PHOTO], run="r3", review_below=1.0)) == [U]
    assert row(tagged).state is State.APPROVED


def test_captions_that_the_bundle_is_not_sure_of_wait(tagged: Library) -> None:
    caption = row(tagged).caption
    for confidence, below, state in (
        (None, 0.9, State.MACHINE),  # of a bundle that does not say it
        (0.5, 0.4, State.MACHINE),
        (0.5, 0.6, State.REVIEW),
    ):
        options = RunOptions("r2", unsure_below=below)
        assert unsure(replace(caption, confidence=confidence), options) == (state is State.REVIEW)
    assert unsure(replace(caption, confidence=0.5), RunOptions("r2", review_below=0.6))


def test_what_stands_is_read_from_the_photo_not_from_an_older_index(tagged: Library) -> None:
    old = row(tagged)
    reviewing(tagged).edit(PHOTO, Edit("mine"))
    tagged.index.put(old)
    outcome = reviewing(tagged, "p2").edit(PHOTO, Edit(add=("me",)))
    assert outcome.caption is not None
    assert (outcome.caption.text, row(tagged).correction) == ("mine", Correction(old.caption.text, (), ("me",)))
