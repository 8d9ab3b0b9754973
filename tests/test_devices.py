"""Arguments on different disks take turns, so that both disks work; on one disk, order is as ever."""

import threading
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeCaptioner
from pipeline_library import C, Library, kinds

from tagger.core.records import Outcome, Photo
from tagger.scan import scan


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def disk_of(path: Path) -> int:
    """Two disks: what is below a folder ``b``, and everything else."""
    if not path.exists():
        raise FileNotFoundError(path)
    return int("b" in path.parts)


def seen(root: Path, *given: str) -> list[str]:
    found = scan([root / name for name in given], device=disk_of)
    return [("!" if isinstance(item, Outcome) else "") + item.path.relative_to(root).as_posix() for item in found]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["a", "c"], ["a/1.jpg", "a/2.jpg", "a/3.jpg", "c/1.jpg"]),
        (["a", "b"], ["a/1.jpg", "b/1.jpg", "a/2.jpg", "b/2.jpg", "a/3.jpg"]),
        (["a", "b", "c"], ["a/1.jpg", "b/1.jpg", "a/2.jpg", "b/2.jpg", "a/3.jpg", "c/1.jpg"]),
        (["b", "a/2.jpg", "a"], ["b/1.jpg", "a/2.jpg", "b/2.jpg", "a/1.jpg", "a/3.jpg"]),
        (["b/2.jpg", "", "b"], ["b/2.jpg", "a/1.jpg", "b/1.jpg", "a/2.jpg", "a/3.jpg", "c/1.jpg"]),
        (["", "b"], ["a/1.jpg", "a/2.jpg", "a/3.jpg", "b/1.jpg", "b/2.jpg", "c/1.jpg"]),
        (["b", "nowhere.jpg", "a/*1.jpg"], ["b/1.jpg", "b/2.jpg", "!nowhere.jpg", "a/1.jpg"]),
    ],
)
def test_each_photo_once_and_in_turn(tmp_path: Path, given: list[str], found: list[str]) -> None:
    make(tmp_path, "a/1.jpg", "a/2.jpg", "a/3.jpg", "b/1.jpg", "b/2.jpg", "c/1.jpg")
    assert seen(tmp_path, *given) == found


class TwoDisks(FakeCaptioner):
    """Each disk serves one photo at a time, and only while the other is at work too."""

    def __init__(self) -> None:
        super().__init__()
        self.both = threading.Barrier(2, timeout=20)
        self.busy = [threading.Lock(), threading.Lock()]

    def prepare(self, photo: Photo) -> Any:
        with self.busy[disk_of(photo.path)]:
            self.both.wait()
            return super().prepare(photo)


def test_both_disks_are_read_at_once(tmp_path: Path) -> None:
    """With two loaders, each photo of the one disk is read while one of the other is: else the barrier breaks."""
    names = [f"{disk}/{number}.jpg" for disk in "ab" for number in range(10)]
    make(tmp_path, *names)
    photos = scan([tmp_path / "a", tmp_path / "b"], device=disk_of)
    outcomes = Library(TwoDisks()).run(photos, jobs=2, batch_size=4)
    assert kinds(outcomes) == [C] * 20
