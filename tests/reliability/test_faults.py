"""Every call of the write path fails in turn; the photo is exactly before or exactly after, the journal knows which."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import osfaults
import pytest
import variety
from osfaults import SHORT, OsFaults, every_call

BENCHMARKS = Path(variety.__file__).parent
JPEG = {"photo.jpg": variety.samples.samples()["all three"]}
GIF = {"photo.gif": variety.saved(variety.picture("P"), "GIF")}
BOTH = {"photo.png": variety.pngs()["PNG exif"], "photo.png.xmp": variety.SIDECAR}
OTHERS = {
    "PNG": {"photo.png": variety.pngs()["PNG xmp"]},
    "WebP": {"photo.webp": variety.webps()["WebP both"]},
    "TIFF": {"photo.tif": variety.tiffs()["TIFF xmp"]},
    "AVIF": {"photo.avif": next(iter(variety.avifs().values()), b"")},
}


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_every_call_on_a_jpeg(error: int, lasting: bool) -> None:
    faults, problems = every_call(JPEG, error=error, lasting=lasting)
    assert problems == []
    assert faults > 20


@pytest.mark.parametrize("runs", [1, 2], ids=["made", "changed"])
def test_every_call_on_a_sidecar(runs: int) -> None:
    faults, problems = every_call(GIF, error=errno.EIO, runs=runs)
    assert problems == []
    assert faults > 15


def test_every_call_on_a_photo_and_its_sidecar() -> None:
    """Two changes of one photo: where the second fails, the journal still says right of each."""
    faults, problems = every_call(BOTH, error=errno.ENOSPC, lasting=True)
    assert problems == []
    assert faults > 40


@pytest.mark.parametrize("files", [JPEG, GIF, BOTH], ids=["photo", "sidecar", "both"])
def test_a_file_that_another_program_holds(files: dict[str, bytes]) -> None:
    """Windows refuses to replace a file that somebody has open; antivirus may hold the temporary one as well."""
    for only in (("replace", "link", "rename"), ("replace", "link", "rename", "unlink", "remove")):
        faults, problems = every_call(files, error=errno.EACCES, lasting=True, only=only)
        assert problems == []
        assert faults >= 1


def test_short_writes_are_continued() -> None:
    faults, problems = every_call(JPEG, error=SHORT, lasting=True, only=("write",))
    assert problems == []
    assert faults >= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_every_call_on_other_formats(name: str, lasting: bool) -> None:
    if not all(OTHERS[name].values()):
        pytest.skip("this machine cannot make one")
    faults, problems = every_call(OTHERS[name], error=errno.EIO, lasting=lasting)
    assert problems == []
    assert faults > 20


def test_the_fault_is_really_injected(tmp_path: Path) -> None:
    faults = OsFaults(tmp_path, nth=2, error=errno.EIO)
    with faults.injected():
        descriptor = os.open(tmp_path / "a", os.O_CREAT | os.O_WRONLY)
        with pytest.raises(OSError, match="Input/output"):
            os.write(descriptor, b"a")
        os.write(descriptor, b"b")
        os.close(descriptor)
        os.stat(os.devnull)  # noqa: PTH116 - elsewhere: does not count
    assert faults.calls == ["open", "write", "write", "close"]
    assert faults.fired == ["write"]
    assert (tmp_path / "a").read_bytes() == b"b"
    assert osfaults.leftovers(tmp_path) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="needs gcc and glibc")
def test_faults_below_python_and_sqlite() -> None:
    summary = measured("faults.py", "--photos", "3", "--stride", "17")
    assert summary["problems"] == 0
    assert summary["faults injected"] > 60
    assert summary["exit code 1"]
    assert summary["exit code 2"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_kills() -> None:
    summary = measured("kill.py", "--kills", "10", "--photos", "60")
    assert summary["problems"] == 0
    assert summary["files back to the original bytes"] > 60


def measured(script: str, *options: str) -> dict[str, int]:
    """The last line of a script of benchmarks/reliability, which says in JSON what was counted."""
    command = [sys.executable, str(BENCHMARKS / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))
