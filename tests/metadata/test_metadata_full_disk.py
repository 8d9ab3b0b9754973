"""Faults at the boundary to the system: full disks, limits, a kill in the middle."""

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from trial import PICTURE, leftovers, plan, writer

from tagger.core.errors import PhotoChanged, PhotoError
from tagger.metadata.files import photo_error


def test_file_size_limit_in_the_middle_of_the_write(path: Path) -> None:
    """The system refuses part of the bytes, for real: what a full disk or quota looks like to us."""
    change = plan(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(PICTURE) // 2, hard))
    try:
        with pytest.raises(PhotoError, match="larger than the system allows"):
            writer().apply(change)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == PICTURE
    assert leftovers(path) == []


FULL = """
import errno, os, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from trial import plan, writer
from tagger.core.errors import PhotoError
change = plan(Path(sys.argv[1]))
real, room = os.write, 700
def write(descriptor, data):
    global room
    if room <= 0:
        raise OSError(errno.ENOSPC, "No space left on device")
    done = real(descriptor, data[:min(room, 500)])  # short writes, too
    room -= done
    return done
if sys.argv[3] == "write":
    os.write = write
else:
    def fsync(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")
    os.fsync = fsync
try:
    writer().apply(change)
except PhotoError as error:
    assert type(error) is PhotoError and "the disk is full" in str(error), repr(error)
    sys.exit(7)
"""


@pytest.mark.parametrize("where", ["write", "fsync"])
def test_full_disk(path: Path, where: str) -> None:
    command = [sys.executable, "-c", FULL, str(path), str(Path(__file__).parent), where]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
    assert path.read_bytes() == PICTURE
    assert leftovers(path) == []


def test_killed_in_the_middle_leaves_the_photo_and_a_name_that_we_know(path: Path) -> None:
    change = plan(path)
    killing = FULL.replace('raise OSError(errno.ENOSPC, "No space left on device")', "os.kill(os.getpid(), 9)")
    command = [sys.executable, "-c", killing, str(path), str(Path(__file__).parent), "write"]
    assert subprocess.run(command, capture_output=True).returncode == -9
    assert path.read_bytes() == PICTURE
    assert writer().compare(change) == "before"
    assert len(leftovers(path)) == 1
    writer().discard_leftovers(change)
    assert leftovers(path) == []


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EACCES, "permission denied"),
        (errno.EPERM, "permit"),
        (errno.EROFS, "read-only"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.ENOENT, "vanished"),
        (errno.EXDEV, os.strerror(errno.EXDEV)),
    ],
)
def test_errors_of_the_system_are_said_in_words(number: int, cause: str) -> None:
    error = photo_error(Path("a.jpg"), OSError(number, os.strerror(number)))
    assert cause in error.cause
    assert isinstance(error, PhotoChanged) == (number == errno.ENOENT)
