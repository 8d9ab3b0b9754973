"""A photo that was just read is not read again to be planned, unless anything about it changed."""

import os
from pathlib import Path

import pytest
import trial

from tagger.core.errors import PhotoChanged
from tagger.metadata import files, looks
from tagger.metadata.looks import Look
from tagger.metadata.recent import RecentLooks


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(trial.PICTURE)
    return path


def look(path: Path) -> Look:
    return looks.look(path, files.read(path))


def test_planning_reads_no_file_that_was_just_read(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = trial.writer()
    metadata = writer.read(trial.photo(photo))
    reads: list[Path] = []
    read = files.read
    monkeypatch.setattr(files, "read", lambda path, **options: reads.append(path) or read(path, **options))
    (change,) = writer.plan(metadata, trial.DOG, model="test 1", run="run-1")
    assert reads == []
    assert writer.plan(metadata, trial.DOG, model="test 1", run="run-1") == (change,)  # taken once: read again
    assert reads == [photo]


def test_a_photo_that_changed_is_not_planned_on_what_it_was(photo: Path) -> None:
    writer = trial.writer()
    metadata = writer.read(trial.photo(photo))
    photo.write_bytes(trial.PICTURE + b"more")
    with pytest.raises(PhotoChanged, match="changed since it was read"):
        writer.plan(metadata, trial.DOG, model="test 1", run="run-1")


def test_a_change_that_no_stat_tells_is_seen_before_the_file_is_replaced(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = trial.writer()
    metadata = writer.read(trial.photo(photo))
    other = trial.PICTURE[:-3] + bytes([trial.PICTURE[-3] ^ 1]) + trial.PICTURE[-2:]
    monkeypatch.setattr(files, "revision", lambda status: "always the same")
    kept = writer.read(trial.photo(photo))
    photo.write_bytes(other)
    (change,) = writer.plan(kept, trial.DOG, model="test 1", run="run-1")
    with pytest.raises(PhotoChanged):
        writer.apply(change)
    assert photo.read_bytes() == other
    assert metadata.identity == kept.identity


def test_a_look_is_taken_once_and_not_when_anything_changed(photo: Path) -> None:
    recent = RecentLooks()
    recent.keep(look(photo))
    assert recent.take(photo) is not None
    assert recent.take(photo) is None
    recent.keep(look(photo))
    os.utime(photo, ns=(1, 1))
    assert recent.take(photo) is None
    recent.keep(look(photo))
    photo.with_name("photo.jpg.xmp").write_bytes(b"")
    assert recent.take(photo) is None
    photo.with_name("photo.jpg.xmp").unlink()
    recent.keep(look(photo))
    photo.unlink()
    assert recent.take(photo) is None


def test_another_file_behind_the_same_link_is_another_photo(photo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.jpg"
    os.link(photo, other)  # the same file by another name: only the link tells
    link = tmp_path / "link.jpg"
    link.symlink_to(photo)
    recent = RecentLooks()
    recent.keep(look(link))
    link.unlink()
    link.symlink_to(other)
    assert recent.take(link) is None


def test_memory_is_bounded(tmp_path: Path) -> None:
    size = len(trial.PICTURE)
    recent = RecentLooks(5 * size)
    paths = [tmp_path / f"{number}.jpg" for number in range(8)]
    for path in paths:
        path.write_bytes(trial.PICTURE)
        recent.keep(look(path))
    assert [recent.take(path) is not None for path in paths] == [False] * 3 + [True] * 5
    large = RecentLooks(3 * size)
    large.keep(look(paths[0]))
    assert large.take(paths[0]) is None
