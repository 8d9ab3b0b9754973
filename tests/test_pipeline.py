"""The way of a photo through the stages, with fakes at every boundary: what is done, and what is left alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeCaptioner, FakeWriter, caption_of
from pipeline_library import C, Library, S, U, kinds, made_up

from tagger.core.records import ChangeState, Outcome, Photo, State


@pytest.mark.parametrize("count", [0, 1, 4, 5, 50])
@pytest.mark.parametrize("jobs", [1, 3])
def test_one_outcome_a_photo_in_order(count: int, jobs: int) -> None:
    library, photos = Library(), made_up(count)
    outcomes = library.run(photos, jobs=jobs)
    assert [outcome.path for outcome in outcomes] == [photo.path for photo in photos]
    assert set(kinds(outcomes)) <= {C}
    assert sum(library.captioner.batches) == count
    assert library.captioner.batches == [4] * (count // 4) + ([count % 4] if count % 4 else [])
    assert [library.index.get(photo.path).caption for photo in photos] == [outcome.caption for outcome in outcomes]
    assert {record.state for record in library.journal.records} <= {ChangeState.COMMITTED}
    assert all(
        outcome.caption == caption_of(library.captioner.prepare(p)) for outcome, p in zip(outcomes, photos, strict=True)
    )


def test_second_run_changes_nothing() -> None:
    library, photos = Library(), made_up(9)
    library.run(photos)
    again = replace_captioner(library)
    outcomes = library.run(photos, run="r2")
    assert kinds(outcomes) == [U] * 9
    assert all(outcome.caption for outcome in outcomes)
    assert (again.prepared, again.batches, len(library.journal.records)) == ([], [], 9)


def replace_captioner(library: Library, **options: Any) -> FakeCaptioner:
    library.captioner = FakeCaptioner(**options)
    return library.captioner


@pytest.mark.parametrize(
    ("changes", "inferred"),
    [({"policy": "other"}, False), ({"decoding": "other"}, True), ({"write": False}, False)],
    ids=str,
)
def test_what_is_done_again(changes: dict[str, Any], inferred: bool) -> None:
    """Another policy needs no model, another decoding does; what is in the photo is in the index too."""
    library, photos = Library(), made_up(3)
    library.run(photos)
    again = replace_captioner(library)
    library.run(photos, **{"run": "r2"} | changes)
    assert (again.batches == [3]) is inferred
    assert kinds(library.run(photos, **{"run": "r3"} | changes)) == [U] * 3


def test_another_model() -> None:
    library, photos = Library(), made_up(3)
    library.run(photos)
    replace_captioner(library, model_id="fake 2")
    library.run(photos)
    assert {entry.model for entry in library.index.rows.values()} == {"fake 2"}
    assert library.captioner.batches == [3]


def test_failures_are_values() -> None:
    library = Library(FakeCaptioner(broken={"1.jpg"}), FakeWriter(failing={"3.jpg"}))
    library.writer.missing.add(Path("/photos/5.jpg"))
    skipped = Outcome(S, Path("/photos/x.png"), "PNG is not written yet")
    photos = made_up(7)
    outcomes = library.run([*photos[:2], skipped, *photos[2:]])
    assert len(outcomes) == 8
    assert {outcome.path.name: outcome.reason for outcome in outcomes if outcome.kind is not C} == {
        "1.jpg": "cannot read the picture (the fake was told so)",
        "x.png": "PNG is not written yet",
        "3.jpg": "cannot write the file (the fake was told so)",
        "5.jpg": "no such file",
    }
    assert [record.state for record in library.journal.changes(path=Path("/photos/3.jpg"))] == [ChangeState.ROLLED_BACK]
    assert library.index.get(Path("/photos/3.jpg")) is None
    assert library.journal.pending() == []


def test_approved_photos_are_left_alone() -> None:
    library, photos = Library(), made_up(2)
    library.run(photos)
    entry = library.index.get(photos[0].path)
    library.index.put(replace(entry, state=State.APPROVED))
    replace_captioner(library, model_id="fake 2")
    assert kinds(library.run(photos)) == [U, U]
    assert library.captioner.prepared == [photos[1].path]  # the other one is redone, with the same result

    class Approved(FakeWriter):
        def read(self, photo: Photo) -> Any:
            metadata = super().read(photo)
            return replace(metadata, provenance=replace(metadata.provenance, state=State.APPROVED))

    library.writer.__class__ = Approved
    library.index.rows.clear()
    (outcome,) = library.run(photos[:1], run="r3")
    assert (outcome.kind, outcome.reason) == (U, "approved by a person")


def test_dry_run_writes_nothing() -> None:
    library, photos = Library(), made_up(5)
    outcomes = library.run(photos, dry_run=True)
    assert kinds(outcomes) == [C] * 5
    assert all(outcome.changes[0].fields[0].after == outcome.caption.text for outcome in outcomes if outcome.changes)
    assert (library.index.rows, library.journal.records, library.writer.metadata) == ({}, [], {})
    assert kinds(library.run(photos, dry_run=True, write=False)) == [C] * 5
    assert library.index.rows == {}
    library.run(photos)
    library.index.rows.clear()
    assert kinds(library.run(photos, dry_run=True)) == [U] * 5


def test_index_only_and_later_into_the_photos() -> None:
    library, photos = Library(), made_up(3)
    assert kinds(library.run(photos, write=False)) == [C] * 3
    assert (library.writer.metadata, library.journal.records) == ({}, [])
    assert {entry.written for entry in library.index.rows.values()} == {False}
    assert kinds(library.run(photos, write=False)) == [U] * 3
    again = replace_captioner(library)
    assert kinds(library.run(photos)) == [C] * 3
    assert again.prepared == []
    assert {entry.written for entry in library.index.rows.values()} == {True}
    assert all(entry.caption.text in library.writer.metadata[path] for path, entry in library.index.rows.items())


def test_moved_and_copied(tmp_path: Path) -> None:
    def photo(name: str) -> Photo:
        return Photo(tmp_path / name, 5, 1)

    library = Library()
    (tmp_path / "a.jpg").write_bytes(b"pixel")
    (first,) = library.run([photo("a.jpg")])
    again = replace_captioner(library)
    (tmp_path / "b.jpg").write_bytes(b"pixel")
    (copy,) = library.run([photo("b.jpg")])
    assert (copy.kind, copy.caption) == (C, first.caption)
    (tmp_path / "a.jpg").rename(tmp_path / "c.jpg")
    library.writer.metadata[tmp_path / "c.jpg"] = library.writer.metadata.pop(tmp_path / "a.jpg")
    (moved,) = library.run([photo("c.jpg")])
    assert (moved.kind, moved.caption, moved.reason) == (U, first.caption, f"moved from {tmp_path / 'a.jpg'}")
    assert sorted(path.name for path in library.index.rows) == ["b.jpg", "c.jpg"]
    (tmp_path / "d.jpg").write_bytes(b"pixel")
    library.writer.metadata[tmp_path / "d.jpg"] = library.writer.metadata[tmp_path / "b.jpg"]
    (copied,) = library.run([photo("d.jpg")])
    assert copied.reason == f"a copy of {tmp_path / 'b.jpg'}"
    assert again.prepared == []
