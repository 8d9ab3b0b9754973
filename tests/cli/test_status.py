"""``tagger status``: what watchers wrote down, running or not."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cli.conftest import Cli
from tagger.watching.status import Trouble, all_statuses, status_file, write_status


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def test_status_of_nothing(cli: Cli) -> None:
    assert cli("status").code == 1
    assert cli("status", "--json").out == ""


def test_a_dead_watcher_is_not_running(cli: Cli, photos: Path) -> None:
    cli("watch", "--once", "--settle", "0.1", "--name", "mine", photos)
    (status,) = all_statuses()
    child = subprocess.Popen(["true"])
    child.wait()
    write_status(status_file("mine"), replace(status, pid=child.pid))
    done = cli("status")
    assert (done.code, "not running" in done.out, "mine" in done.out) == (1, True, True)


def test_everything_that_is_told(cli: Cli, photos: Path) -> None:
    import os

    cli("watch", "--once", "--settle", "0.1", "--name", "mine", photos)
    (status,) = all_statuses()
    troubles = (Trouble(status.since, "/p/\udcff\x1b.jpg", "not a picture"),)
    write_status(status_file("mine"), replace(status, pid=os.getpid(), paused="on battery", rate=7, errors=troubles))
    done = cli("status")
    assert done.code == 0
    for words in (
        "on battery",
        "7 photos in the last minute",
        "\\xff\\x1b.jpg: not a picture",
        "tiny 1",
        "3 captioned",
    ):
        assert words in done.out
    (record,) = cli("status", "--json").records
    assert (record["running"], record["queue"], record["rate"]) == (True, 0, 7)
