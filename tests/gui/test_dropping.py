"""What is dropped on the window, pasted, or shown on the first page."""

import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from tagger_gui.dropping import Dropping, mime_of, pasted_paths, paths_in
from tagger_gui.opening import sort_out
from tagger_gui.welcome import Welcome

COPY, BUTTON, KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drag(window: QWidget, mime: QMimeData) -> QDragEnterEvent:
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDragEnterEvent(QPoint(5, 5), actions, mime, BUTTON, KEYS)
    QApplication.sendEvent(window, event)
    return event


def drop(window: QWidget, mime: QMimeData) -> QDropEvent:
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(5, 5), actions, mime, BUTTON, KEYS)
    QApplication.sendEvent(window, event)
    return event


@pytest.fixture
def window(qtbot: Any) -> QWidget:
    window = QWidget()
    window.resize(400, 300)
    qtbot.addWidget(window)
    window.show()
    return window


def test_only_files_of_this_computer_count_and_each_once() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("file:///photos/a.jpg"), QUrl("https://example.org/b.jpg"), QUrl("file:///photos/a.jpg")])
    assert paths_in(mime) == [Path("/photos/a.jpg")]
    assert paths_in(None) == paths_in(QMimeData()) == []


def test_odd_names_survive_the_way(tmp_path: Path) -> None:
    odd = [tmp_path / "a #1 %20 ü?.jpg", tmp_path / "日本 \N{GRINNING FACE}", Path(os.fsdecode(b"/no utf-8 \xff.jpg"))]
    assert paths_in(mime_of(odd)) == odd


def test_a_drop_is_taken_as_a_copy_and_never_as_a_move(window: QWidget) -> None:
    dropped: list[Path] = []
    dropping = Dropping(window)
    dropping.dropped.connect(dropped.extend)
    mime = mime_of([Path("/photos/a.jpg"), Path("/photos/2024")])
    assert drag(window, mime).isAccepted()
    assert dropping.veil.isVisible()
    event = drop(window, mime)
    assert event.dropAction() is COPY
    assert dropped == [Path("/photos/a.jpg"), Path("/photos/2024")]
    assert not dropping.veil.isVisible()


def test_what_holds_no_files_is_not_taken(window: QWidget) -> None:
    dropping = Dropping(window)
    mime = QMimeData()
    mime.setText("only words")
    assert not drag(window, mime).isAccepted()
    assert not dropping.veil.isVisible()


def test_what_was_copied_in_a_file_manager_can_be_pasted(qapp: QApplication) -> None:
    QGuiApplication.clipboard().setMimeData(mime_of([Path("/photos/a.jpg")]))
    assert pasted_paths() == [Path("/photos/a.jpg")]


def test_paths_are_sorted_by_library_and_what_is_no_photo_is_named(photos: Path) -> None:
    (photos / "notes.txt").write_text("no photo")
    found = sort_out([photos / "red.jpg", photos / "sub", photos / "notes.txt", photos / "gone.jpg"])
    assert found.groups == {photos: [photos / "red.jpg", photos / "sub"]}
    assert found.refused == (photos / "notes.txt", photos / "gone.jpg")
    assert found.refusal is not None
    assert "notes.txt, gone.jpg" in found.refusal.cause
    assert sort_out([photos]).refusal is None


def test_the_first_page_offers_what_was_open_before(qtbot: Any) -> None:
    welcome = Welcome()
    qtbot.addWidget(welcome)
    assert welcome.recent_title.isHidden()
    welcome.show_recent([Path("/photos/family & friends"), Path("/archive")])
    buttons = [one for one in welcome.findChildren(QPushButton) if "archive" in one.text()]
    with qtbot.waitSignal(welcome.library_wanted) as wanted:
        buttons[0].click()
    assert wanted.args == [Path("/archive")]
    with qtbot.waitSignal(welcome.folder_wanted):
        welcome.area.folder.click()
    with qtbot.waitSignal(welcome.photos_wanted):
        welcome.area.photos.click()
