"""What can be done with the selected photos: the same actions in the menu, by keys, and at the right mouse button."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.session import Captioners
from tagger_gui.wiring import PhotoWorkspace

from tagger.core.records import IndexEntry, OutcomeKind, State


@pytest.fixture
def window(tmp_path: Path, photos: Path, qtbot: Any) -> Iterator[MainWindow]:
    """Three photos, captioned into the index only."""
    window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
    window.quitting.confirm_stop = lambda _: True
    window.show()
    window.activateWindow()
    window.actions_of.review_first.setChecked(True)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        window.take_in([photos])
    qtbot.waitUntil(lambda: workspace(window).view.model.rowCount() == 3, timeout=20_000)
    yield window
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    window.deleteLater()


def workspace(window: MainWindow) -> PhotoWorkspace:
    shown = window.workspace
    assert isinstance(shown, PhotoWorkspace)
    return shown


def choose(window: MainWindow, qtbot: Any, *names: str) -> None:
    one = workspace(window)
    one.view.grid.clearSelection()
    if len(names) == 3:
        one.view.grid.selectAll()
    else:
        assert one.view.select(one.session.root / names[0])
    qtbot.waitUntil(lambda: sorted(path.name for path in one.chosen) == sorted(names))
    if len(names) == 1:
        qtbot.waitUntil(lambda: one.inspector.words.entry is not None, timeout=20_000)


def done(window: MainWindow, qtbot: Any, action: QAction) -> Any:
    assert action.isEnabled()
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000) as ended:
        action.trigger()
    return ended.args[1]


def row(window: MainWindow, name: str) -> IndexEntry | None:
    session = workspace(window).session
    with session.reading() as library:
        return library.index.get(session.root / name)


def state(window: MainWindow, name: str) -> State | None:
    entry = row(window, name)
    return entry.state if entry is not None else None


def test_the_context_menu_is_made_of_the_menus_own_actions(window: MainWindow) -> None:
    offered = workspace(window).view.grid.actions()
    assert set(offered) == set(window.actions_of.of_grid()) or set(window.actions_of.of_photos()) <= set(offered)
    menus = [menu for action in window.menuBar().actions() if (menu := action.menu()) is not None]
    in_menus = {action for menu in menus for action in menu.actions()}
    named = [action for action in offered if not action.isSeparator()]
    assert len(named) >= 16
    assert not [action.text() for action in named if action not in in_menus]


def test_nothing_is_offered_without_a_photo_or_for_too_many(window: MainWindow, qtbot: Any) -> None:
    actions = window.actions_of
    workspace(window).view.grid.clearSelection()
    qtbot.waitUntil(lambda: not actions.approve_chosen.isEnabled())
    assert not any(action.isEnabled() for action in (*actions.of_photos(), *actions.of_one))
    choose(window, qtbot, "red.jpg")
    assert all(action.isEnabled() for action in (*actions.of_photos(), *actions.of_one))
    choose(window, qtbot, "red.jpg", "green.jpg", "blue.jpg")
    assert all(action.isEnabled() for action in actions.of_photos())
    assert not any(action.isEnabled() for action in actions.of_one)


def test_the_right_button_is_about_the_photo_below_it(window: MainWindow, qtbot: Any) -> None:
    one = workspace(window)
    one.view.grid.clearSelection()
    at = one.view.grid.visualRect(one.view.model.index(2)).center()
    offered: list[QAction] = []
    closing = QTimer()
    closing.timeout.connect(lambda: close_menu(offered))
    closing.start(100)
    QTest.mousePress(one.view.grid.viewport(), Qt.MouseButton.RightButton, pos=at)
    viewport = one.view.grid.viewport()
    QApplication.sendEvent(
        viewport, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    )  # comes back when the menu is closed
    closing.stop()
    assert [path.name for path in one.chosen] == [one.view.shown[2].name]
    assert window.actions_of.approve_chosen in offered
    assert window.actions_of.approve_chosen.isEnabled()


def close_menu(offered: list[QAction]) -> None:
    menu = QApplication.activePopupWidget()
    if isinstance(menu, QMenu):
        offered += menu.actions()
        menu.close()


def test_approve_and_reject_by_keys(window: MainWindow, qtbot: Any) -> None:
    choose(window, qtbot, "red.jpg")
    grid = workspace(window).view.grid
    grid.setFocus()
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        QTest.keyClick(grid, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert state(window, "red.jpg") is State.APPROVED
    choose(window, qtbot, "green.jpg")
    grid.setFocus()
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        QTest.keyClick(grid, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
    assert state(window, "green.jpg") is State.REJECTED
    assert state(window, "sub/blue.jpg") is State.MACHINE


def test_what_was_typed_is_approved_with_the_photo(window: MainWindow, qtbot: Any) -> None:
    choose(window, qtbot, "red.jpg")
    workspace(window).inspector.words.caption.type("My own words")
    assert done(window, qtbot, window.actions_of.approve_chosen).counts == {OutcomeKind.EDITED: 1}
    entry = row(window, "red.jpg")
    assert entry is not None
    assert entry.caption.text == "My own words"
    qtbot.waitUntil(lambda: not workspace(window).session.drafts.paths)


def test_several_are_rejected_only_when_that_is_meant(window: MainWindow, qtbot: Any) -> None:
    asked: list[int] = []
    window.commands.confirm_reject = lambda _, count: asked.append(count) is None and len(asked) > 1
    choose(window, qtbot, "red.jpg", "green.jpg", "blue.jpg")
    window.actions_of.reject_chosen.trigger()
    assert (asked, window.libraries.is_busy) == ([3], False)
    assert done(window, qtbot, window.actions_of.reject_chosen).counts == {OutcomeKind.REJECTED: 3}


def test_edit_and_add_a_tag_go_where_that_is_typed(window: MainWindow, qtbot: Any) -> None:
    inspector = workspace(window).inspector
    choose(window, qtbot, "red.jpg")
    window.side_dock.hide()
    inspector.tabs.setCurrentIndex(2)
    window.actions_of.edit_caption.trigger()
    qtbot.waitUntil(inspector.words.caption.edit.hasFocus)
    assert window.side_dock.isVisible()
    window.actions_of.add_tag.trigger()
    qtbot.waitUntil(inspector.words.tags.entry.hasFocus)
    choose(window, qtbot, "red.jpg", "green.jpg", "blue.jpg")
    window.actions_of.add_tag.trigger()
    qtbot.waitUntil(inspector.batch.added.hasFocus)


def test_captions_and_paths_are_copied(window: MainWindow, qtbot: Any) -> None:
    choose(window, qtbot, "red.jpg", "green.jpg", "blue.jpg")
    window.actions_of.copy_paths.trigger()
    chosen = workspace(window).chosen
    assert QGuiApplication.clipboard().text().splitlines() == [str(path) for path in chosen]
    window.actions_of.copy_captions.trigger()
    expected = [entry.caption.text for path in chosen if (entry := row(window, str(path))) is not None]
    assert len(expected) == 3
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().splitlines() == expected)


def test_a_photo_is_opened_elsewhere(window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    choose(window, qtbot, "red.jpg")
    window.actions_of.open_outside.trigger()
    window.actions_of.show_in_folder.trigger()
    root = workspace(window).session.root
    assert opened == [str(root / "red.jpg"), str(root)]


def test_similar_photos(window: MainWindow, qtbot: Any) -> None:
    choose(window, qtbot, "red.jpg")
    window.actions_of.find_similar.trigger()
    qtbot.waitUntil(workspace(window).view.bar.back_button.isVisible, timeout=20_000)


def test_only_photos_that_are_gone_are_taken_off_the_list(window: MainWindow, qtbot: Any, photos: Path) -> None:
    asked: list[int] = []
    window.commands.confirm_forget = lambda _, count: asked.append(count) is None and len(asked) > 1
    choose(window, qtbot, "red.jpg", "green.jpg", "blue.jpg")
    (photos / "red.jpg").unlink()
    window.actions_of.forget_chosen.trigger()
    assert (asked, window.libraries.is_busy) == ([3], False)
    job = done(window, qtbot, window.actions_of.forget_chosen)
    assert sorted(one.path.name for one in job.failures) == ["blue.jpg", "green.jpg"]
    assert ".taggerignore" in job.failures[0].reason
    assert row(window, "red.jpg") is None
    qtbot.waitUntil(lambda: workspace(window).view.model.rowCount() == 2, timeout=20_000)
    assert (photos / "green.jpg").exists()


def test_delete_means_photos_only_where_the_photos_are(window: MainWindow, qtbot: Any) -> None:
    asked: list[int] = []
    window.commands.confirm_forget = lambda _, count: bool(asked.append(count))
    choose(window, qtbot, "red.jpg")
    edit = workspace(window).inspector.words.caption.edit
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    window.history_dock.show()
    window.history_dock.raise_()
    window.history.list.setFocus()
    QTest.keyClick(window.history.list, Qt.Key.Key_Delete)
    assert asked == []
    workspace(window).view.grid.setFocus()
    QTest.keyClick(workspace(window).view.grid, Qt.Key.Key_Delete)
    assert asked == [1]


def test_no_two_actions_have_the_same_keys(window: MainWindow) -> None:
    keys = [
        action.shortcut().toString(QKeySequence.SequenceFormat.PortableText)
        for action in window.findChildren(QAction)
        if not action.shortcut().isEmpty()
    ]
    assert sorted(keys) == sorted(set(keys))


def test_a_double_click_shows_one_and_the_arrows_walk_through_all(window: MainWindow, qtbot: Any) -> None:
    one = workspace(window)
    view, review = one.view, one.going_through
    every = [path.name for path in view.shown]
    assert len(every) == 3
    view.select(view.shown[1])
    at = view.grid.visualRect(view.grid.currentIndex()).center()
    QTest.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.centre.currentWidget() is one.reviewing
    assert review.page.counter.text() == "2 of 3"
    seen = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(review, key)
        assert review.path is not None
        seen.append(review.path.name)
    assert seen == [every[0], every[0], every[1], every[2], every[2]]
    assert not window.actions_of.approve_chosen.isEnabled()  # what is shown is not what is selected
    QTest.keyClick(review, Qt.Key.Key_Escape)
    assert window.centre.currentWidget() is one.centre
    assert view.current is not None
    assert view.current.name == every[2]


def test_a_photo_that_is_shown_is_approved_by_enter_and_the_next_one_comes(window: MainWindow, qtbot: Any) -> None:
    one = workspace(window)
    review = one.going_through
    last = one.view.shown[2]
    one.view.select(last)
    window.actions_of.look_large.setEnabled(True)
    window.actions_of.look_large.trigger()
    qtbot.waitUntil(lambda: review.words.entry is not None, timeout=20_000)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        QTest.keyClick(review, Qt.Key.Key_Return)
    assert review.path == last  # behind the last one there is none
    entry = row(window, str(last))
    assert entry is not None
    assert entry.state is State.APPROVED
