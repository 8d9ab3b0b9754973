"""What real programs do to a watched folder: each photo is captioned once, none before it is whole, none is lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from watched import SETTLE, Watched, assert_each_once, jpeg, put, records, rows

from tagger import bootstrap
from tagger.config import Settings
from tagger.core.records import OutcomeKind

POLL: dict[str, Any] = {"poll": 0.3}
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("how", [{}, POLL], ids=["told", "polling"])]


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True)


def write_slowly(path: Path, content: bytes, *, pieces: int = 6, seconds: float = 0.2) -> None:
    """As a slow network does: in pieces, the file open all the while."""
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(content), len(content) // pieces + 1):
            file.write(content[start : start + len(content) // pieces + 1])
            time.sleep(seconds)


def test_what_is_there_and_what_arrives(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    put(root / "before", 1, 2)
    with Watched(root, **how) as watched:
        watched.until_captioned(2)
        outside = put(tmp_path / "outside", *range(10, 15))
        run("cp", *outside, root)
        run("cp", "-a", tmp_path / "outside", root / "copied as a folder")
        watched.until_captioned(7)
        watched.until_calm()
    made = records(root)
    assert len({record.change.identity for record in made}) == 7
    # The second copies are recognised: they get the same words, written into them once, and are not captioned.
    assert len(made) == len({record.change.path for record in made}) == 12
    assert len(rows(root)) == 12


def test_a_slow_writer(root: Path, how: dict[str, Any]) -> None:
    content = jpeg(1)
    with Watched(root, **how) as watched:
        write_slowly(root / "slow.jpg", content)
        watched.until_captioned(1)
        watched.until_calm()
    (record,) = records(root)
    assert record.change.before_size == len(content)
    assert watched.counts[OutcomeKind.FAILED] == 0


def test_a_writer_that_stalls(root: Path, how: dict[str, Any]) -> None:
    """Longer than photos need to settle; what is missing is the end."""
    content = jpeg(1)
    with Watched(root, **how) as watched, (root / "stalls.jpg").open("wb", buffering=0) as file:
        file.write(content[:-100])
        time.sleep(3 * SETTLE)
        assert not watched.counts
        file.write(content[-100:])
        watched.until_captioned(1)
        watched.until_calm()
    (record,) = records(root)
    assert record.change.before_size == len(content)


def test_a_file_that_is_made_at_its_full_size_first(root: Path, how: dict[str, Any]) -> None:
    content = jpeg(1)
    with Watched(root, **how) as watched:
        with (root / "whole size.jpg").open("wb", buffering=0) as file:
            file.truncate(len(content))
            time.sleep(3 * SETTLE)
            file.write(content)
        watched.until_captioned(1)
        watched.until_calm()
    assert_each_once(root, 1)
    assert watched.counts[OutcomeKind.FAILED] == 0


def test_a_nested_folder_is_moved_here(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    for part in range(6):
        put(tmp_path / "outside" / f"{part}/deeper/and deeper", *range(10 * part, 10 * part + 10))
    with Watched(root, **how) as watched:
        run("mv", tmp_path / "outside", root / "moved")
        watched.until_captioned(60)
        watched.until_calm()
    assert_each_once(root, 60)


def test_three_hundred_in_nested_folders(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    for part in range(30):
        put(tmp_path / "outside" / "/".join(["a"] * (part % 5 + 1)) / str(part), *range(10 * part, 10 * part + 10))
    with Watched(root, **how) as watched:
        run("mv", tmp_path / "outside", root / "moved")
        watched.until_captioned(300)
        watched.until_calm()
    assert_each_once(root, 300)


def test_folders_made_while_files_come(root: Path, how: dict[str, Any]) -> None:
    """Files may be there before the system watches their folder."""
    with Watched(root, **how) as watched:
        for number in range(40):
            put(root / f"{number % 4}/{number}/x/y", number)
        watched.until_captioned(40)
        watched.until_calm()
    assert_each_once(root, 40)


def test_moved_and_renamed_inside(root: Path, how: dict[str, Any]) -> None:
    """The rows follow; nothing is captioned again."""
    put(root / "old", *range(8))
    with Watched(root, **how) as watched:
        watched.until_captioned(8)
        watched.until_calm()
        (root / "old").rename(root / "new")
        watched.until(lambda: set(rows(root)) == {f"new/{number:05}.jpg" for number in range(8)})
        (root / "new/00003.jpg").rename(root / "three.jpg")
        watched.until(lambda: "three.jpg" in rows(root) and "new/00003.jpg" not in rows(root))
        watched.until_calm()
    assert_each_once(root, 8)
    assert watched.counts[OutcomeKind.CAPTIONED] == 8


def test_unzip(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for number in range(20):
            archive.writestr(f"from a camera/{number % 3}/{number}.jpg", jpeg(number))
    with Watched(root, **how) as watched:
        run(sys.executable, "-m", "zipfile", "-e", tmp_path / "photos.zip", root)
        watched.until_captioned(20)
        watched.until_calm()
    assert_each_once(root, 20)


@pytest.mark.skipif(not shutil.which("rsync"), reason="no rsync here")
def test_rsync(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    put(tmp_path / "outside", *range(20))
    with Watched(root, **how) as watched:
        run("rsync", "-a", "--bwlimit=2000", f"{tmp_path / 'outside'}/", root)
        watched.until_captioned(20)
        watched.until_calm()
    assert_each_once(root, 20)


@pytest.mark.parametrize("temporary", ["x.jpg.part", "x.jpg.crdownload", ".x.jpg.AbC123", "x.tmp.jpg"])
def test_a_download(root: Path, how: dict[str, Any], temporary: str) -> None:
    """Written under another name and renamed when it is done: never touched under the first one."""
    with Watched(root, **how) as watched:
        (root / temporary).write_bytes(jpeg(1))
        time.sleep(4 * SETTLE)
        assert not watched.counts
        (root / temporary).rename(root / "done.jpg")
        watched.until_captioned(1)
        watched.until_calm()
    assert_each_once(root, 1)


@pytest.mark.skipif(not shutil.which("exiftool"), reason="no ExifTool here")
def test_exiftool_edits_a_watched_photo(root: Path, how: dict[str, Any]) -> None:
    """Its edit stays, and is no reason for a new caption."""
    (path,) = put(root, 1)
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        run("exiftool", "-overwrite_original", "-Artist=somebody", path)
        size = path.stat().st_size
        watched.until(lambda: rows(root)[path.name].photo.size == size)
        watched.until_calm()
    assert len(records(root)) == 1
    assert b"somebody" in path.read_bytes()


@pytest.mark.parametrize("backup", [False, True])
def test_an_editor_saves_another_picture(root: Path, how: dict[str, Any], backup: bool) -> None:
    """By renaming, with or without keeping the one before: it is another picture, and captioned as such."""
    (path,) = put(root, 1)
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        new = root / ".goutputstream-X1Y2Z3"
        new.write_bytes(jpeg(2))
        if backup:
            path.rename(root / f"{path.name}~")
        new.rename(path)
        watched.until_captioned(2)
        watched.until_calm()
    assert_each_once(root, 2)


def test_deleted_and_restored(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    """The row outlives the photo, which comes back without being captioned."""
    paths = put(root, 1, 2, 3)
    with Watched(root, **how) as watched:
        watched.until_captioned(3)
        watched.until_calm()
        kept = tmp_path / "kept.jpg"
        paths[0].rename(kept)
        paths[1].unlink()
        watched.until_calm()
        assert set(rows(root)) == {path.name for path in paths}
        kept.rename(root / "sub.jpg")
        watched.until(lambda: "sub.jpg" in rows(root))
        watched.until_calm()
    assert len(records(root)) == 3
    assert set(rows(root)) == {"00002.jpg", "00003.jpg", "sub.jpg"}


def test_damaged_ones_are_tried_once(root: Path, how: dict[str, Any]) -> None:
    bad = root / "bad.jpg"
    bad.write_bytes(b"no picture at all\xff\xd9")
    put(root, 1)
    with Watched(root, **how) as watched:
        watched.until(lambda: watched.counts[OutcomeKind.FAILED] == 1)
        watched.until_captioned(1)
        watched.places[0].go_through()
        os.utime(root / "00001.jpg")
        watched.until_calm()
        assert watched.counts[OutcomeKind.FAILED] == 1
        bad.write_bytes(jpeg(2))
        watched.until_captioned(2)
        watched.until_calm()
    assert_each_once(root, 2)


def test_undo_is_not_undone(root: Path, how: dict[str, Any]) -> None:
    """What a person took back stays as it is, but another picture under its name is captioned."""
    (path,) = put(root, 1)
    before = path.read_bytes()
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        watched.until_calm()
        (record,) = records(root)
        run(sys.executable, "-m", "tagger", "undo", "--run", record.run, "--library", root)
        assert path.read_bytes() == before
        watched.places[0].go_through()
        watched.until_calm()
        assert path.read_bytes() == before
        path.write_bytes(jpeg(2))
        watched.until_captioned(2)
    assert path.read_bytes() != jpeg(2)


def test_killed_and_started_again(root: Path, how: dict[str, Any]) -> None:
    put(root, *range(40))
    poll = ["--poll", str(how["poll"])] if how else []
    command = [sys.executable, "-m", "tagger", "watch", str(root), "--settle", str(SETTLE), *poll]

    def begun() -> bool:
        return (root / ".tagger/journal.db").exists() and len(records(root)) >= 5

    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for(begun)
        process.send_signal(signal.SIGKILL)
    put(root, *range(40, 50))
    with Watched(root, **how) as watched:
        watched.until(lambda: len(rows(root)) == 50)
        watched.until_calm()
    assert_each_once(root, 50)


def test_other_commands_get_their_turn(root: Path, how: dict[str, Any]) -> None:
    put(root, *range(30))
    with Watched(root, **how) as watched:
        watched.until_captioned(1)
        run(sys.executable, "-m", "tagger", "tag", root)
        watched.until_calm()
    assert_each_once(root, 30)


def test_a_folder_that_goes_and_comes_back(root: Path, tmp_path: Path, how: dict[str, Any]) -> None:
    """As a drive does: an empty folder in its place says nothing about its photos."""
    put(root, 1, 2)
    with Watched(root, **how) as watched:
        watched.until_captioned(2)
        watched.until_calm()
        root.rename(tmp_path / "elsewhere")
        watched.until(lambda: watched.places[0].away)
        root.mkdir()
        time.sleep(4 * SETTLE)
        assert watched.places[0].away
        assert not list(root.iterdir())
        root.rmdir()
        put(tmp_path / "elsewhere", 3)
        (tmp_path / "elsewhere").rename(root)
        watched.until_captioned(3)
        put(root, 4)
        watched.until_captioned(4)
        watched.until_calm()
    assert_each_once(root, 4)


def test_too_much_at_once_is_gone_through(root: Path, how: dict[str, Any]) -> None:
    """More arrivals than are remembered: memory is bounded, and nothing is lost."""
    with Watched(root, limit=5, **how) as watched:
        put(root, *range(40))
        watched.until_captioned(40)
        watched.until_calm()
    assert_each_once(root, 40)


def test_several_libraries(tmp_path: Path, how: dict[str, Any]) -> None:
    roots = [tmp_path / name for name in ("first", "second")]
    for at, folder in enumerate(roots):
        put(folder, at)
        with bootstrap.open_library(folder, Settings(), create=True):
            pass
    with Watched(*roots, **how) as watched:
        for at, folder in enumerate(roots):
            put(folder / "new", 10 + at)
        watched.until_captioned(4)
        watched.until_calm()
    for folder in roots:
        assert_each_once(folder, 2)


def wait_for(holds: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.02)
