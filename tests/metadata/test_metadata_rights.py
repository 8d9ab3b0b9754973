"""What goes over to the new file besides its bytes, and what forbids to replace it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from trial import DOG, PICTURE, photo, plan, write, writer

from tagger.metadata import file_flags

NODUMP = 0x40


def flagged(path: Path, flag: str) -> bool:
    """Set a flag with chattr, where there is one, and the file system and our rights allow it."""
    if shutil.which("chattr") is None:
        return False
    return subprocess.run(["chattr", flag, path], capture_output=True).returncode == 0


def test_attributes(path: Path) -> None:
    labels = {"user.xdg.tags": "Köln,sea".encode(), "user.empty": b"", "user.long": bytes(range(256)) * 8}
    try:
        for name, value in labels.items():
            os.setxattr(path, name, value)
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    change = write(path)
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == labels
    writer().revert(change)
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == labels


@pytest.mark.skipif(shutil.which("setfacl") is None, reason="no setfacl")
def test_access_control_lists(path: Path) -> None:
    path.chmod(0o640)
    if subprocess.run(["setfacl", "-m", "u:1234:rw,g:2345:r", path], capture_output=True).returncode:
        pytest.skip("no access control lists here")

    def listed() -> str:
        return subprocess.run(["getfacl", "-n", path], capture_output=True, text=True, check=True).stdout

    before, mode = listed(), path.stat().st_mode
    assert "user:1234:rw-" in before
    change = write(path)
    assert (listed(), path.stat().st_mode) == (before, mode)
    writer().revert(change)
    assert (listed(), path.stat().st_mode) == (before, mode)


def test_flags(path: Path) -> None:
    if not flagged(path, "+d"):
        pytest.skip("no file flags here")
    write(path)
    assert file_flags._linux(path) & NODUMP


def test_immutable(path: Path) -> None:
    if not flagged(path, "+i"):
        pytest.skip("files cannot be made immutable here")
    try:
        assert file_flags.is_immutable(path)
        change = plan(path)
        assert change.note == "into a sidecar: file is marked as immutable"
        writer().apply(change)
        assert path.read_bytes() == PICTURE
    finally:
        flagged(path, "-i")
    assert not file_flags.is_immutable(path)


def test_times(path: Path) -> None:
    os.utime(path, ns=(10**18 + 7, 10**18 + 123))
    write(path, keep_time=True)
    assert path.stat().st_mtime_ns == 10**18 + 123


def test_set_user_id_bits(path: Path) -> None:
    path.chmod(0o4755)
    write(path)
    assert path.stat().st_mode & 0o7777 == 0o4755


def test_rights_taken_away_after_the_plan(path: Path) -> None:
    ours = writer()
    (change,) = ours.plan(ours.read(photo(path)), DOG, model="m", run="r")
    path.chmod(0o444)
    with pytest.raises(Exception, match="read-only"):
        ours.apply(change)
    assert path.read_bytes() == PICTURE
