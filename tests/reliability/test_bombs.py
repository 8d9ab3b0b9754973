"""Bombs: refused, or written safely, in bounded time and memory; the photo is whole either way."""

import gc
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import harness
import pytest
from bombs import BOMBS, GIF, XMP
from cli.conftest import Cli
from targets import DOG
from variety import picture, saved

from tagger.core.errors import PhotoError
from tagger.core.records import Photo

SECONDS = 2.0  # processor time
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""  # in a small process between: a child's peak begins with the memory of the process that it was forked from
ROOM = 384 << 20  # bytes beyond what the process has at the start


def planned(path: Path) -> str:
    """What the writer says of a file, within the bounds; runs in a process of its own."""

    def work() -> tuple[str, float]:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGESIZE") + ROOM, resource.RLIM_INFINITY))
        writer, status = harness.make_writer(), path.stat()
        gc.freeze()  # what the process that runs the tests holds is not to be searched
        began = time.process_time()
        try:
            metadata = writer.read(Photo(path, status.st_size, status.st_mtime_ns))
            changes = writer.plan(metadata, DOG, model="test 1", run="run-1")
            writer.plan_clean(metadata)
            answer = f"{len(changes)} changes"
        except PhotoError as error:
            answer = str(error)
        return answer, time.process_time() - began

    answer, seconds = harness.run(work, 60)
    assert seconds < SECONDS
    return answer


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(tmp_path: Path, name: str) -> None:
    suffix, content = BOMBS[name]
    path = tmp_path / f"bomb{suffix}"
    path.write_bytes(content)
    answer = planned(path)
    assert answer
    assert "\n" not in answer
    assert "please report" not in answer
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", XMP)
def test_bomb_in_a_sidecar(tmp_path: Path, name: str) -> None:
    path, sidecar = tmp_path / "photo.gif", tmp_path / "photo.gif.xmp"
    path.write_bytes(GIF)
    sidecar.write_bytes(XMP[name])
    answer = planned(path)
    assert "sidecar" in answer or name == "wide", answer  # very many attributes are odd, but XMP
    assert (path.read_bytes(), sidecar.read_bytes()) == (GIF, XMP[name])


def test_sidecars_that_lead_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside.xmp"
    outside.write_bytes(b"secret")
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, target in enumerate((outside, Path("/etc/passwd"), Path("/dev/zero"), folder / "gone.xmp")):
        path = folder / f"photo {number}.gif"
        path.write_bytes(GIF)
        path.with_name(path.name + ".xmp").symlink_to(target)
        assert "symbolic link" in planned(path)
    path = folder / "pipe.gif"
    path.write_bytes(GIF)
    os.mkfifo(path.with_name("pipe.gif.xmp"))
    assert "not a regular file" in planned(path)
    path = folder / "large.gif"
    path.write_bytes(GIF)
    with path.with_name("large.gif.xmp").open("wb") as file:
        file.truncate(1 << 40)  # sparse: takes no room
    assert "16 MiB" in planned(path)
    assert outside.read_bytes() == b"secret"


REFUSED = (
    "zip bomb in PNG iTXt", "PNG chunk of 4 GB", "WebP of 4 GB", "JPEG segment past the end",
    "TIFF strips, 4 G of them", "HEIC box of 4 GB", "AVIF box of 4 GB", "PNG in name only",
)  # fmt: skip


def test_folder_of_bombs(cli: Cli, settings_file: Path, tmp_path: Path) -> None:
    """``tagger tag`` as a user runs it: one line each, the sound photo captioned, nothing else changed."""
    folder = tmp_path / "bombs"
    folder.mkdir()
    files = {folder / f"{name}{BOMBS[name][0]}": BOMBS[name][1] for name in REFUSED}
    for path, content in files.items():
        path.write_bytes(content)
    beside = folder / "entities.png"  # a sound picture whose XMP is not touched: our words go beside it
    beside.write_bytes(BOMBS["xmp entities in a PNG"][1])
    (folder / "good.jpg").write_bytes(saved(picture(size=(64, 48)), "JPEG"))
    began = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, "-m", "tagger", "tag", str(folder)],
        capture_output=True,
        text=True,
    )
    lines = process.stderr.splitlines()
    assert process.returncode == 1, lines
    assert time.monotonic() - began < 60
    assert int(process.stdout) < 1 << 20  # KiB
    for path, content in files.items():
        about = [line for line in lines if path.name in line]
        assert len(about) == 1, lines
        assert about[0].partition(": failed: ")[2]
        assert path.read_bytes() == content
    assert "Traceback" not in "\n".join(lines)
    assert cli("show", folder / "good.jpg").code == 0
    assert beside.read_bytes() == BOMBS["xmp entities in a PNG"][1]
    made = {path.name for path in folder.iterdir()} - {path.name for path in files}
    assert made == {".tagger", "entities.png", "entities.png.xmp", "good.jpg"}
