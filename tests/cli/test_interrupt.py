"""Ctrl-C in the middle of a run."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write


@pytest.mark.parametrize(("number", "count"), [(signal.SIGINT, 300), (signal.SIGTERM, 100)])
def test_interrupted(cli: Cli, tmp_path: Path, number: signal.Signals, count: int) -> None:
    content = photo(COLOURS["red"])
    for i in range(count):  # a trailer, so that no file is like another
        write(tmp_path / f"{i}.jpg", content + i.to_bytes(2, "big"))
    before = snapshot(tmp_path)
    command = [sys.executable, "-m", "tagger", "tag", "-v", "--batch-size", "2", "--jobs", "1", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        shown = [process.stdout.readline() for _ in range(3)]
        process.send_signal(number)
        shown += process.stdout.readlines()
        errors = process.stderr.read()
    assert process.returncode == 1
    assert errors.endswith("stopped; run the same command again to do what is left\n")
    assert "Traceback" not in errors
    assert 3 <= len(shown) < count // 2

    after = snapshot(tmp_path)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {Path(line.partition(":")[0]).name for line in shown}
    assert not list(tmp_path.rglob("*.tagger-tmp"))

    again = cli("tag", "--json", tmp_path)
    assert again.code == 0
    assert {name for name, outcome in again.outcomes.items() if outcome == "unchanged"} == changed
    assert {name for name, outcome in again.outcomes.items() if outcome == "captioned"} == before.keys() - changed
    assert snapshot(tmp_path).items() >= {name: after[name] for name in changed}.items()


def test_interrupted_twice(photos: Path, settings_file: Path) -> None:
    """The second Ctrl-C does not wait for the photo in hand."""
    code = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it\n"
        "from tagger.cli import main as program\n"
        "from tagger.cli.interrupt import stop_on_interrupt\n"
        "with stop_on_interrupt() as stop:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    assert stop.is_set()\n"
        "    try:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n"
        "        print('at once')\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "at once\n"), done.stderr
