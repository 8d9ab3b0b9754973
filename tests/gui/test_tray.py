"""The icon beside the clock: it pauses, and tells once what a piece of work came to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.running import JobState
from tagger_gui.session import Captioners
from tagger_gui.tray import Tray
from tagger_gui.watching_page import NAME
from tagger_gui.wiring import PhotoWorkspace
from test_watching_page import status

from tagger.watching.pauses import pause_file, want_pause
from tagger.watching.status import status_file, write_status


@pytest.fixture
def window(tmp_path: Path, qtbot: Any) -> Iterator[MainWindow]:
    window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
    window.quitting.confirm_stop = lambda _: True
    window.show()
    yield window
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    window.deleteLater()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The notifications, of which a machine without a screen shows none."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(Tray, "_notify", lambda _, title, words: told.append((title, words)))
    return told


@pytest.fixture
def tray(window: MainWindow, told: list[tuple[str, str]], tmp_path: Path) -> Iterator[Tray]:
    tray = Tray(window, state=tmp_path)
    yield tray
    tray.end()


def test_one_notification_for_a_run_not_one_a_photo(
    tray: Tray,
    window: MainWindow,
    told: list[tuple[str, str]],
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
) -> None:
    monkeypatch.setattr(window, "isActiveWindow", lambda: False)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        window.take_in([photos])
    assert told == [("Captioning — photos", "3 captioned")]


def test_nobody_is_told_of_what_they_see(
    tray: Tray,
    window: MainWindow,
    told: list[tuple[str, str]],
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
) -> None:
    monkeypatch.setattr(window, "isActiveWindow", lambda: True)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        window.take_in([photos])
    assert told == []


def test_pause_and_go_on(tray: Tray, window: MainWindow, photos: Path, qtbot: Any) -> None:
    assert not tray.pause.isEnabled()
    window.take_in([photos])
    qtbot.waitUntil(lambda: window.libraries.is_busy)
    tray.refresh()
    tray.pause.trigger()
    (workspace,) = window.libraries.open_ones
    (job,) = workspace.session.jobs.running
    assert job.state is JobState.PAUSED
    assert tray.pause.text() == "Go on"
    tray.pause.trigger()
    qtbot.waitUntil(lambda: not window.libraries.is_busy, timeout=60_000)
    tray.refresh()
    assert not tray.pause.isEnabled()


def test_what_the_service_did_is_told_when_nothing_waits(
    tray: Tray, told: list[tuple[str, str]], photos: Path, tmp_path: Path
) -> None:
    file = status_file(NAME, tmp_path)
    write_status(file, status(photos, counts={"captioned": 4}))
    tray.refresh()
    assert told == []
    assert "Watching; 5 wait." in tray.icon.toolTip()
    write_status(file, status(photos, counts={"captioned": 9}, places=()))
    tray.refresh()
    tray.refresh()
    assert told == [("Watched folders", "9 captioned")]
    write_status(file, status(photos, counts={"captioned": 2}, places=()))
    tray.refresh()
    assert told[1:] == [("Watched folders", "2 captioned")]


def test_the_service_is_paused_from_the_icon(tray: Tray, photos: Path, tmp_path: Path) -> None:
    assert not tray.pause_watching.isVisible()
    write_status(status_file(NAME, tmp_path), status(photos))
    tray.refresh()
    assert tray.pause_watching.isVisible()
    tray.pause_watching.trigger()
    assert pause_file(NAME, tmp_path).exists()
    assert tray.pause_watching.text() == "Go on watching"
    assert "Watching is paused; 5 wait." in tray.icon.toolTip()
    tray.pause_watching.trigger()
    assert not pause_file(NAME, tmp_path).exists()
    assert "Watching; 5 wait." in tray.icon.toolTip()


def test_a_pause_of_the_service_outlives_it(tray: Tray, photos: Path, tmp_path: Path) -> None:
    want_pause(pause_file(NAME, tmp_path), True)
    tray.refresh()
    assert tray.pause_watching.isVisible()
    assert tray.pause_watching.text() == "Go on watching"
