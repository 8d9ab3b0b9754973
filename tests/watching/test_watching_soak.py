"""Thousands of arrivals: none lost, none captioned twice, and memory stays flat."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks/watch.py"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")]


@pytest.mark.parametrize("more", [[], ["--mixed"]], ids=["arrivals", "mixed"])
def test_two_thousand_arrivals(bundle_folder: Path, more: list[str]) -> None:
    command = [sys.executable, str(BENCHMARK), "--count", "2000", "--bundle", str(bundle_folder), "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr == ""
    figures = json.loads(done.stdout)
    assert (figures["lost"], figures["twice"], figures["exit code"]) == (0, 0, 0)
    assert figures["arrivals"] >= 2000
    assert figures["growth after warm-up, MB"] < 8
