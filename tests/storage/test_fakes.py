"""The fakes of captioner and writer do what the protocols say."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeCaptioner, FakeWriter

from tagger.core.errors import PhotoChanged, PhotoError
from tagger.core.records import Photo

PHOTO = Photo(Path("/photos/a.jpg"), 100, 200)


def test_captions_follow_from_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"same")
    (tmp_path / "b.jpg").write_bytes(b"same")
    (tmp_path / "c.jpg").write_bytes(b"other")
    captioner = FakeCaptioner(broken=["d.jpg"])
    batch = [captioner.prepare(Photo(tmp_path / name, 0, 0)) for name in ("a.jpg", "b.jpg", "c.jpg")]
    first, second, third = captioner.generate(batch)
    assert first == second != third
    with pytest.raises(PhotoError):
        captioner.prepare(Photo(tmp_path / "d.jpg", 0, 0))


def test_writer_there_and_back() -> None:
    writer = FakeWriter()
    (caption,) = FakeCaptioner().generate([FakeCaptioner().prepare(PHOTO)])
    before = writer.read(PHOTO)
    (change,) = writer.plan(before, caption, model="m", run="r")
    assert writer.compare(change) == "before"
    writer.apply(change)
    assert writer.compare(change) == "after"
    after = writer.read(PHOTO)
    assert (after.description, after.keywords) == (caption.text, tuple(tag.label for tag in caption.tags))
    assert after.provenance is not None
    assert writer.plan(after, caption, model="m", run="r") == ()
    with pytest.raises(PhotoChanged):
        writer.apply(change)
    writer.revert(change)
    assert writer.read(PHOTO) == before
    writer.metadata[PHOTO.path] = '{"by": "somebody else"}'
    assert writer.compare(change) == "other"
    writer.missing.add(PHOTO.path)
    assert writer.compare(change) == "missing"


def test_writer_fails_where_told() -> None:
    writer = FakeWriter(failing=["a.jpg"])
    (caption,) = FakeCaptioner().generate([FakeCaptioner().prepare(PHOTO)])
    (change,) = writer.plan(writer.read(PHOTO), caption, model="m", run="r")
    with pytest.raises(PhotoError):
        writer.apply(change)
    writer.apply(replace(change, path=Path("/photos/b.jpg")))
