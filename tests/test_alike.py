"""Photos that look alike, over a real index and a captioner that sees only coarse colours."""

import threading
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from captioning.pictures import jpeg
from contracts.examples import entry_of
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from tagger.alike import Group, Likeness
from tagger.captioning.features import describe_all
from tagger.core.errors import PhotoError
from tagger.core.records import OutcomeKind, Photo
from tagger.storage.index import SqliteIndex


class Eyes:
    """What ``Likeness`` needs of a captioner; ``described`` counts the photos that a model looked at."""

    model_id = "eyes 1"

    def __init__(self) -> None:
        self.described = 0

    def prepare(self, photo: Photo) -> NDArray[np.float32]:
        try:
            with Image.open(photo.path) as image:
                return np.asarray(image.convert("RGB").resize((64, 64)), np.float32) / 255
        except OSError as error:
            raise PhotoError(photo.path, "cannot be read") from error

    def describe(self, batch: Sequence[NDArray[np.float32]]) -> list[bytes]:
        self.described += len(batch)
        pooled = [np.asarray(values.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3)).ravel() - 0.5) for values in batch]
        return describe_all(np.stack(pooled).astype(np.float32), list(batch)) if batch else []


def landscape(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A smooth random picture: no two seeds look alike."""
    noise = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        yield index


def add(index: SqliteIndex, path: Path, image: Image.Image, *, identity: str = "", **options: int) -> None:
    path.write_bytes(jpeg(image, **options))
    info = path.stat()
    photo = Photo(path, info.st_size, info.st_mtime_ns)
    index.put(entry_of(path, photo=photo, identity=identity or path.name.ljust(64, "0")))


def likeness(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> Likeness:
    found = Likeness(tmp_path, index, eyes)  # type: ignore[arg-type]
    outcomes = list(found.update(found.missing(), threading.Event()))
    assert all(outcome.kind is OutcomeKind.INDEXED for outcome in outcomes)
    return found


def names(group: Group) -> list[str]:
    return [member.entry.photo.path.stem for member in group.members]


def test_nearest(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    for seed in range(30):
        add(index, tmp_path / f"{seed}.jpg", landscape(seed))
    add(index, tmp_path / "dark.jpg", ImageEnhance.Brightness(landscape(7)).enhance(0.7))
    looks = likeness(tmp_path, index, eyes)
    seven = index.get(tmp_path / "7.jpg")
    assert seven is not None
    before = eyes.described
    own = looks.features(seven.photo)
    assert eyes.described == before, "the features of a known photo are in the index"
    found = looks.nearest(own, limit=3, without=seven.photo.path)
    assert found[0].entry.photo.path.name == "dark.jpg"
    assert len(found) == 3
    assert found[0].similarity > found[1].similarity + 0.1
    assert looks.nearest(own, limit=1)[0].similarity == pytest.approx(1)


def test_a_photo_from_elsewhere(
    tmp_path: Path, index: SqliteIndex, eyes: Eyes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    add(index, tmp_path / "a.jpg", landscape(1))
    add(index, tmp_path / "b.jpg", landscape(2))
    looks = likeness(tmp_path, index, eyes)
    outside = tmp_path_factory.mktemp("elsewhere") / "x.jpg"
    outside.write_bytes(jpeg(landscape(2, (200, 150))))
    found = looks.nearest(looks.features(Photo(outside, 1, 1)), limit=1)
    assert found[0].entry.photo.path.name == "b.jpg"


def test_a_file_that_changed_is_looked_at_again(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    add(index, tmp_path / "a.jpg", landscape(1))
    add(index, tmp_path / "b.jpg", landscape(2))
    looks = likeness(tmp_path, index, eyes)
    (tmp_path / "a.jpg").write_bytes(jpeg(landscape(2)))
    found = looks.nearest(looks.features(Photo(tmp_path / "a.jpg", 1, 1)), limit=1)
    assert found[0].entry.photo.path.name == "b.jpg"


def test_update_goes_on_where_it_stopped(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    for seed in range(40):
        add(index, tmp_path / f"{seed}.jpg", landscape(seed))
    (tmp_path / "3.jpg").unlink()
    looks, stop = Likeness(tmp_path, index, eyes), threading.Event()  # type: ignore[arg-type]
    outcomes = []
    for outcome in looks.update(looks.missing(), stop):
        outcomes.append(outcome)
        stop.set()
    assert 1 <= len(outcomes) < 40
    left = looks.missing()
    assert len(left) == 40 - sum(outcome.kind is OutcomeKind.INDEXED for outcome in outcomes)
    rest = list(looks.update(left, threading.Event()))
    assert [o.path.name for o in (*outcomes, *rest) if o.kind is OutcomeKind.FAILED] in (["3.jpg"], ["3.jpg"] * 2)
    assert len(looks.missing()) == 1
    assert eyes.described == 39


def test_moved_photos_keep_their_features(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    add(index, tmp_path / "a.jpg", landscape(1))
    looks = likeness(tmp_path, index, eyes)
    entry = index.get(tmp_path / "a.jpg")
    assert entry is not None
    index.remove(entry.photo.path)
    index.put(replace(entry, photo=replace(entry.photo, path=tmp_path / "moved.jpg")))
    assert looks.missing() == array("q")
    assert index.features.prune() == 0
    index.remove(tmp_path / "moved.jpg")
    assert index.features.prune() == 1


def test_copies(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    for name in ("b", "a", "c"):
        add(index, tmp_path / f"{name}.jpg", landscape(1), identity="same")
    add(index, tmp_path / "other.jpg", landscape(2))
    (group,) = Likeness(tmp_path, index, eyes).copies()  # type: ignore[arg-type]
    assert (names(group), group.exact) == (["a", "b", "c"], True)
    assert group.members[0].dimensions == (320, 240)
    assert eyes.described == 0


def test_versions(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    original = landscape(1)
    for seed in range(2, 40):
        add(index, tmp_path / f"other{seed}.jpg", landscape(seed))
    add(index, tmp_path / "small.jpg", original.resize((160, 120)))
    add(index, tmp_path / "original.jpg", original)
    add(index, tmp_path / "coarse.jpg", original, quality=30)
    add(index, tmp_path / "bright.jpg", ImageEnhance.Brightness(original).enhance(1.2))
    add(index, tmp_path / "cropped.jpg", original.crop((5, 4, 315, 236)))
    add(index, tmp_path / "again.jpg", landscape(5), identity="other5.jpg".ljust(64, "0"))
    looks = likeness(tmp_path, index, eyes)
    found = list(looks.versions(threading.Event()))
    shares = [item for item in found if isinstance(item, float)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    groups = [item for item in found if isinstance(item, Group)]
    versions, copy = sorted(groups, key=lambda group: -len(group.members))
    assert set(names(versions)) == {"small", "original", "coarse", "bright", "cropped"}
    assert names(versions)[0] in ("original", "bright")
    assert names(versions)[-1] == "small"
    assert not versions.exact
    assert set(names(copy)) == {"other5", "again"}
    assert copy.exact


def test_nothing_to_compare(tmp_path: Path, index: SqliteIndex, eyes: Eyes) -> None:
    looks = likeness(tmp_path, index, eyes)
    assert list(looks.versions(threading.Event())) == []
    assert looks.nearest(b"\1\0" + bytes(10), limit=5) == []
