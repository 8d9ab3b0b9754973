"""``tagger watch`` as a program: once, until it is told to stop, alone, with settings read again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, write
from tagger.cli.watch import main as watch
from tagger.watching.status import all_statuses


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder / "tagger"


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)


@contextmanager
def watching(*arguments: object) -> "Iterator[subprocess.Popen[str]]":
    """The program, ended by SIGTERM."""
    command = [sys.executable, "-m", "tagger", "watch", "--settle", "0.2", *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            until(lambda: process.poll() is not None or any(s.pid == process.pid for s in all_statuses()))
            yield process
        finally:
            process.terminate()


def captioned(pid: int) -> int:
    return sum(status.counts.get("captioned", 0) for status in all_statuses() if status.pid == pid)


def test_once(cli: Cli, photos: Path, state: Path) -> None:
    first = cli("watch", "--once", "--settle", "0.1", photos)
    assert (first.code, first.err.splitlines()[-1]) == (0, "3 captioned")
    again = cli("watch", "--once", "--settle", "0.1", photos)
    assert (again.code, again.err.splitlines()[-1]) == (0, "3 unchanged")
    assert cli("search", "red", "--library", photos, "--paths").out.strip().endswith("red.jpg")
    (log,) = state.glob("watch-*.log")
    assert "INFO" in log.read_text()
    assert "A red photo" in log.read_text()


def test_once_waits_for_fresh_files(cli: Cli, photos: Path) -> None:
    (photos / "fresh.jpg").write_bytes(photo(COLOURS["grey"]))
    assert cli("watch", "--once", "--settle", "0.3", photos).err.splitlines()[-1] == "4 captioned"


def test_once_with_a_damaged_one(cli: Cli, photos: Path) -> None:
    write(photos / "bad.jpg", b"nothing\xff\xd9")
    done = cli("watch", "--once", "--settle", "0.1", photos)
    assert (done.code, done.err.splitlines()[-1]) == (1, "3 captioned, 1 failed")


def test_once_in_quiet_hours(cli: Cli, photos: Path) -> None:
    quiet = "00:00-12:00" if time.localtime().tm_hour < 12 else "12:00-00:00"
    done = cli("watch", "--once", "--quiet-hours", quiet, photos)
    assert (done.code, done.err.splitlines()[-1]) == (0, "no photos found")
    assert f"pausing: quiet hours {quiet}" in done.err


def test_once_gives_up_on_a_file_that_is_still_written(cli: Cli, photos: Path) -> None:
    growing = photos / "grows.jpg"
    stop = threading.Event()

    def grow() -> None:
        while not stop.wait(0.03):
            with growing.open("ab") as file:
                file.write(b"x")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        done = cli("watch", "--once", "--settle", "0.2", photos)
    finally:
        stop.set()
        thread.join()
    assert "1 files are still being written: left for the next time" in done.err
    assert done.err.splitlines()[-1] == "3 captioned"


def test_what_it_cannot_watch(cli: Cli, photos: Path) -> None:
    assert "no such folder" in cli("watch", photos / "missing").err
    assert "is not a folder" in cli("watch", photos / "red.jpg").err
    assert cli("watch", "--once", "--existing", photos / "missing").code == 2
    assert cli("watch", "--bundle", photos, photos).code == 2
    assert not (photos / ".tagger").exists()
    for option in (("--settle", "0"), ("--quiet-hours", "22-7"), ("--name", "../x"), ("--poll", "nan")):
        assert cli("watch", *option, photos).code == 2


def test_a_service_makes_no_library(cli: Cli, photos: Path) -> None:
    """Where the drive is not connected, the folder in its place stays as it is."""
    done = cli("watch", "--once", "--existing", photos)
    assert (done.code, "is its drive connected?" in done.err) == (2, True)
    assert not (photos / ".tagger").exists()


def test_until_it_is_told_to_stop(cli: Cli, photos: Path) -> None:
    with watching(photos) as process:
        until(lambda: captioned(process.pid) == 3)
        running = cli("status")
        assert running.code == 0
        assert f"pid {process.pid}" in running.out
        assert "told by the system" in running.out
        second = cli("watch", photos)
        assert (second.code, "is watched already" in second.err) == (2, True)
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr
        said = process.stderr.read()
    assert said.startswith(f"watching {photos}, told by the system\n")
    assert "3 captioned; tagger undo --run " in said
    stopped = cli("status")
    assert (stopped.code, "not running" in stopped.out) == (1, True)
    assert cli("status", "--json", "--all").records[0]["counts"] == {"captioned": 3, "unchanged": 3}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
def test_settings_are_read_again(cli: Cli, photos: Path, settings_file: Path) -> None:
    with watching(photos) as process:
        until(lambda: captioned(process.pid) == 3)
        good = settings_file.read_text()
        settings_file.write_text("device = 7\n")
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        settings_file.write_text(good + 'caption_policy = "append"\n')
        process.send_signal(signal.SIGHUP)
        (photos / "late.jpg").write_bytes(photo(COLOURS["grey"]))
        until(lambda: captioned(process.pid) >= 4)
        process.terminate()
        assert process.stderr
        said = process.stderr.read()
    assert "the settings stay what they were" in said
    assert "settings read again" in said
    assert cli("tag", photos).err.startswith("4 unchanged")


def test_names_cannot_steer_the_terminal(cli: Cli, photos: Path) -> None:
    write(photos / "a\x1b[2J\n.jpg", photo(COLOURS["grey"]))
    done = cli("watch", "--once", "--settle", "0.1", photos)
    assert "\x1b" not in done.err
    assert "a\\x1b[2J\\n.jpg: A grey photo" in done.err


def test_priority(photos: Path, settings_file: Path) -> None:
    code = (
        "import os, sys\nfrom tagger.watching.priority import lower_priority\n"
        "lower_priority()\nlower_priority()\nprint(os.nice(0))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == max(10, os.nice(0))


def test_options_in_a_thread_of_another_program(photos: Path, settings_file: Path) -> None:
    """Outside the main thread signals are left alone."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(watch(["--once", "--settle", "0.1", str(photos)])))
    thread.start()
    thread.join(60)
    assert codes == [0]
