"""The dialogues that the Edit menu opens: what is chosen in them reaches the libraries that are open."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox
from tagger_gui.dropping import mime_of
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.models_page import ModelsDialog
from tagger_gui.session import Captioners
from tagger_gui.settings_dialog import SettingsDialog
from tagger_gui.watching_page import WatchingDialog
from tagger_gui.wiring import PhotoWorkspace
from tiny_bundle import write_bundle, zipped

from tagger.bootstrap import settings_for


@pytest.fixture
def window(tmp_path: Path, photos: Path, qtbot: Any) -> Iterator[MainWindow]:
    """The window with a library open in it."""
    window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
    window.show()
    assert window.open_library(photos) is not None
    yield window
    window.close()
    window.deleteLater()


def test_settings_of_the_open_library_hold_at_once(window: MainWindow, photos: Path, qtbot: Any) -> None:
    window.actions_of.settings.trigger()
    dialog = window.preferences.open_dialog
    assert isinstance(dialog, SettingsDialog)
    dialog.scope.setCurrentIndex(1)
    box = dialog.rows["caption_policy"].editor.widget
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData("replace"))
    box.activated.emit(box.currentIndex())
    dialog.save.click()
    assert window.workspace is not None
    assert window.workspace.session.settings.caption_policy == "replace"
    qtbot.waitUntil(lambda: window.preferences.open_dialog is None)


def test_settings_that_cannot_be_read_are_said(window: MainWindow, settings_file: Path) -> None:
    settings_file.write_text("jobs = \n")
    for action in (window.actions_of.settings, window.actions_of.models):
        window.notice.hide()
        action.trigger()
        assert window.preferences.open_dialog is None
        assert window.notice.isVisible()
        assert "not valid TOML" in window.notice.cause.text()


def test_the_library_that_is_open_is_offered_for_watching(window: MainWindow, photos: Path) -> None:
    window.actions_of.watching.trigger()
    dialog = window.preferences.open_dialog
    assert isinstance(dialog, WatchingDialog)
    assert dialog.folders == [str(photos)]
    dialog.reject()


def test_a_model_is_dropped_as_one_file_and_used(
    window: MainWindow, settings_file: Path, tmp_path: Path, qtbot: Any
) -> None:
    file = zipped(write_bundle(tmp_path / "other", name="other", version="2"), tmp_path / "other.taggerbundle")
    window.actions_of.models.trigger()
    dialog = window.preferences.open_dialog
    assert isinstance(dialog, ModelsDialog)
    mime = mime_of([file])
    parts = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(9, 9), *parts)
    QApplication.sendEvent(dialog, enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(dialog.taking.answered, timeout=30_000):
        QApplication.sendEvent(dialog, QDropEvent(QPointF(9, 9), *parts))
    dialog.use.click()
    assert settings_for(None).bundle == settings_file.parent / "models/other-2.taggerbundle"
    assert window.workspace is not None
    assert window.workspace.session.captioner().model_id == "other 2"
    dialog.reject()


def test_the_wheel_scrolls_the_page_and_changes_nothing(window: MainWindow, qtbot: Any) -> None:
    window.actions_of.settings.trigger()
    dialog = window.preferences.open_dialog
    assert isinstance(dialog, SettingsDialog)
    dialog.list.setCurrentRow(3)
    box = dialog.rows["device"].editor.widget
    assert isinstance(box, QComboBox)
    box.clearFocus()
    before = box.currentIndex()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(box.mapToGlobal(QPoint(5, 5))), QPoint(0, 0), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert box.currentIndex() == before
    assert not dialog.file.is_changed
    dialog.reject()
