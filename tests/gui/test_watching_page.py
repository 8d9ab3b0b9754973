"""Watched folders: the dialogue runs the real command, and shows what the watcher says of itself."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tagger_gui.watching_page import NAME, ServiceCommand, WatchingDialog

from tagger.watching.pauses import BY_USER, pause_file
from tagger.watching.status import PlaceStatus, Status, now, status_file, write_status


@pytest.fixture
def dialog(tmp_path: Path, photos: Path, qtbot: Any) -> Iterator[WatchingDialog]:
    dialog = WatchingDialog(ServiceCommand(), [photos], state=tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.done(0)


def status(folder: Path, **parts: Any) -> Status:
    values: dict[str, Any] = {
        "name": NAME, "pid": os.getpid(), "host": socket.gethostname(), "version": "1", "since": now(),
        "updated": now(), "model": "tiny 1",
        "places": (PlaceStatus(str(folder), str(folder), "watching", "events", 2, 3),),
    }  # fmt: skip
    return Status(**{**values, **parts})


@pytest.mark.skipif(sys.platform != "linux", reason="the file is systemd's")
def test_the_service_is_installed_and_removed(
    dialog: WatchingDialog, settings_file: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, qtbot: Any
) -> None:
    monkeypatch.setenv("PATH", "")  # no systemctl: nothing of this machine is started
    unit = settings_file.parents[1] / "systemd/user/tagger-watch.service"
    with qtbot.waitSignal(dialog.service.done, timeout=30_000):
        dialog.start.click()
    assert f'"{photos}"' in unit.read_text()
    assert (photos / ".tagger").is_dir()
    assert "systemctl --user" in dialog.said.text()
    with qtbot.waitSignal(dialog.service.done, timeout=30_000):
        dialog.stop.click()
    assert not unit.exists()


def test_what_cannot_be_is_said(dialog: WatchingDialog, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    monkeypatch.setenv("PATH", "")
    with qtbot.waitSignal(dialog.service.failed, timeout=30_000):
        dialog.stop.click()
    assert dialog.notice.isVisible()
    assert "no service is installed" in (dialog.notice.cause.text() + dialog.notice.hint.text()).lower()


def test_a_program_that_is_not_there_is_said(tmp_path: Path, qtbot: Any) -> None:
    service = ServiceCommand([str(tmp_path / "none")])
    with qtbot.waitSignal(service.failed) as failed:
        service.run(["status"])
    assert "cannot run" in str(failed.args[0])
    assert not service.is_running


def test_the_list_takes_each_folder_once(dialog: WatchingDialog, photos: Path, tmp_path: Path) -> None:
    dialog.add_folder(photos)
    dialog.add_folder(tmp_path)
    assert dialog.folders == [str(photos), str(tmp_path)]
    dialog.remove.click()
    dialog.remove.click()
    assert dialog.folders == []
    assert not dialog.start.isEnabled()


def test_it_says_what_the_watcher_does(tmp_path: Path, photos: Path, qtbot: Any) -> None:
    file = status_file(NAME, tmp_path)
    write_status(file, status(photos, counts={"captioned": 7, "failed": 1}, paused="on battery"))
    dialog = WatchingDialog(ServiceCommand(), state=tmp_path)
    qtbot.addWidget(dialog)
    assert dialog.folders == [str(photos)]
    assert dialog.state.text() == "Watching; 5 wait. Paused: on battery. So far: 7 captioned, 1 failed."
    write_status(file, status(photos, pid=0))
    dialog._look()
    assert dialog.state.text() == "Nothing is watched now."
    dialog.done(0)


def test_watching_is_paused_and_goes_on(tmp_path: Path, photos: Path, qtbot: Any) -> None:
    file, pause = status_file(NAME, tmp_path), pause_file(NAME, tmp_path)
    dialog = WatchingDialog(ServiceCommand(), state=tmp_path)
    qtbot.addWidget(dialog)
    assert not dialog.pause.isEnabled()
    write_status(file, status(photos))
    dialog._look()
    dialog.pause.click()
    assert pause.exists()
    assert dialog.pause.text() == "Go on"
    assert dialog.state.text() == "Watching; 5 wait. Paused by you: photos that arrive wait."
    write_status(file, status(photos, paused=BY_USER))
    dialog._look()
    assert dialog.state.text() == "Watching; 5 wait. Paused by you: photos that arrive wait."
    dialog.pause.click()
    assert not pause.exists()
    dialog.done(0)


def test_a_pause_that_cannot_be_is_said(tmp_path: Path, photos: Path, qtbot: Any) -> None:
    write_status(status_file(NAME, tmp_path), status(photos))
    dialog = WatchingDialog(ServiceCommand(), state=tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    pause_file(NAME, tmp_path).mkdir()  # in the way
    dialog._look()
    dialog.pause.click()
    assert "cannot remove" in dialog.notice.cause.text().lower()
    dialog.done(0)
