"""Short forms of benchmarks/reliability/watch_programs.py and watch_kills.py: the same code, fewer arrivals."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks/reliability"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs cp, mv and SIGKILL")]
NONE = {"lost": 0, "twice": 0, "incomplete": 0, "failed": 0, "violations": 0}


def figures(script: str, *options: str) -> dict[str, Any]:
    """What the script says; its exit code is that of its own verdict."""
    done = subprocess.run([sys.executable, str(BENCHMARKS / script), *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert {name: found[name] for name in NONE} == NONE
    assert found["captioned"] == found["arrivals"]
    return found


@pytest.mark.skipif(not shutil.which("rsync"), reason="no rsync here")
@pytest.mark.skipif(not shutil.which("unzip"), reason="no unzip here")
@pytest.mark.parametrize("more", [(), ("--poll", "0.5")], ids=["told", "polling"])
def test_real_programs(more: tuple[str, ...]) -> None:
    found = figures("watch_programs.py", "--count", "150", "--slow-seconds", "3", "--settle", "0.5", *more)
    assert found["arrivals"] >= 150
    assert min(found["rsync"], found["rsync --inplace"], found["unzip"], found["moved inside, no new caption"]) > 0


def test_killed_again_and_again() -> None:
    found = figures("watch_kills.py", "--kills", "4", "--photos", "10")
    assert found["arrivals"] == found["taken back"] == 40
