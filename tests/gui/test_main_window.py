"""The whole window: photos come in, are captioned, undone, reviewed; it remembers, and ends without losing anything."""

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from captioning.pictures import photo
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QPushButton, QTabBar, QToolButton, QWidget
from tagger_gui.dropping import mime_of
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.notice import FailuresDialog
from tagger_gui.running import JobState
from tagger_gui.session import Captioners
from tagger_gui.theme import is_dark
from tagger_gui.wiring import PhotoWorkspace

from tagger.core.errors import RunError
from tagger.core.records import OutcomeKind

Make = Callable[[], MainWindow]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.jpg")}


@pytest.fixture
def make(qtbot: Any, tmp_path: Path) -> Iterator[Make]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
        window.quitting.confirm_stop = lambda _: True
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.close()
        qtbot.waitUntil(lambda window=window: not window.isVisible(), timeout=20_000)
        window.deleteLater()


@pytest.fixture
def window(make: Make) -> MainWindow:
    return make()


def quiet(window: MainWindow, qtbot: Any) -> None:
    """Wait until nothing runs and the history is read."""
    qtbot.waitUntil(lambda: not window.libraries.is_busy, timeout=60_000)


def taken_in(window: MainWindow, qtbot: Any, *paths: Path) -> None:
    """Hand over photos as a drop does, and wait until they are done."""
    with qtbot.waitSignal(
        window.history.refreshed, timeout=60_000, check_params_cb=lambda: bool(window.history.summaries)
    ):
        window.take_in(list(paths))
    quiet(window, qtbot)


def run_action(window: MainWindow, qtbot: Any, action: QAction) -> None:
    """Trigger an action that makes one job, and wait until the history knows of it."""
    qtbot.waitUntil(action.isEnabled)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        action.trigger()
    with qtbot.waitSignal(window.history.refreshed):
        pass


def test_the_first_day_begins_with_the_welcome_page(window: MainWindow) -> None:
    assert window.centre.currentWidget() is window.welcome
    assert window.workspace is None
    assert not window.side_dock.isVisible()
    assert not window.actions_of.undo.isEnabled()
    assert window.actions_of.open_folder.isEnabled()
    assert not window.strip.isVisible()


def test_a_dropped_folder_becomes_a_library_and_is_captioned(window: MainWindow, qtbot: Any, photos: Path) -> None:
    before = digests(photos)
    window.dropping.dropped.emit([photos])
    qtbot.waitUntil(lambda: window.workspace is not None)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        pass
    assert (photos / ".tagger").is_dir()
    assert not set(digests(photos).values()) & set(before.values())
    assert window.windowTitle() == "photos — tagger"
    assert window.strip.title.text() == "Captioning: done"
    assert window.strip.figures.text() == "3 captioned"
    assert window.side_dock.isVisible()


def test_undo_and_redo_go_back_and_forth_to_the_byte(window: MainWindow, qtbot: Any, photos: Path) -> None:
    blank = digests(photos)
    taken_in(window, qtbot, photos)
    written = digests(photos)
    run_action(window, qtbot, window.actions_of.undo)
    assert digests(photos) == blank
    assert not window.actions_of.undo.isEnabled()
    run_action(window, qtbot, window.actions_of.redo)
    assert digests(photos) == written
    assert not window.actions_of.redo.isEnabled()
    run_action(window, qtbot, window.actions_of.undo)
    assert digests(photos) == blank


def test_runs_are_undone_newest_first_and_redone_in_their_order(window: MainWindow, qtbot: Any, photos: Path) -> None:
    states = [digests(photos)]
    for name in ("red.jpg", "green.jpg"):
        taken_in(window, qtbot, photos / name)
        qtbot.waitUntil(lambda: len(window.history.summaries) == len(states))
        states.append(digests(photos))
    undo, redo = window.actions_of.undo, window.actions_of.redo
    for action, expected in ((undo, 1), (undo, 0), (redo, 1), (redo, 2), (undo, 1)):
        run_action(window, qtbot, action)
        assert digests(photos) == states[expected]


def test_yesterdays_run_is_undone_from_the_history(make: Make, qtbot: Any, photos: Path) -> None:
    blank = digests(photos)
    first = make()
    taken_in(first, qtbot, photos)
    first.close()
    second = make()
    with qtbot.waitSignal(second.history.refreshed, check_params_cb=lambda: bool(second.history.summaries)):
        second.open_library(photos)
    qtbot.waitUntil(lambda: second.history.preview.topLevelItemCount() == 3)
    item = second.history.preview.topLevelItem(0)
    assert item is not None
    assert item.text(0) in ("red.jpg", "green.jpg", "sub/blue.jpg")
    assert any("XMP" in item.child(row).text(0) for row in range(item.childCount()))
    with qtbot.waitSignal(second.libraries.job_ended, timeout=60_000):
        second.history.undo.click()
    assert digests(photos) == blank
    qtbot.waitUntil(second.history.redo.isEnabled)
    assert "undone" in second.history.list.item(0).text()


def test_photos_of_two_libraries_go_each_to_its_own(
    window: MainWindow, qtbot: Any, photos: Path, examples: Path
) -> None:
    window.take_in([photos / "red.jpg", next(examples.glob("*.jpg"))])
    qtbot.waitUntil(lambda: len(window.libraries.open_ones) == 2, timeout=20_000)
    quiet(window, qtbot)
    assert (photos / ".tagger").is_dir()
    assert (examples / ".tagger").is_dir()


def test_what_is_no_photo_is_said_in_a_sentence(window: MainWindow, qtbot: Any, photos: Path) -> None:
    (photos / "notes.txt").write_text("no photo")
    window.take_in([photos / "notes.txt"])
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.cause.text() == "notes.txt: no photo and no folder."
    assert window.notice.hint.text().startswith("Drop photos")
    assert window.workspace is None
    window.notice.close_button.click()
    assert not window.notice.isVisible()


def test_a_library_that_is_gone_is_said_and_offered_no_more(window: MainWindow, tmp_path: Path) -> None:
    Memory(tmp_path / "window.ini").keep_recent(tmp_path / "gone")
    assert window.open_library(tmp_path / "gone") is None
    assert "is not there" in window.notice.cause.text()
    assert Memory(tmp_path / "window.ini").recent == []


def test_settings_that_cannot_be_used_are_a_sentence(window: MainWindow, photos: Path, settings_file: Path) -> None:
    settings_file.write_text('device = "toaster"\n')
    assert window.open_library(photos) is None
    assert "toaster" in window.notice.cause.text()


def test_a_job_that_cannot_go_on_says_why(window: MainWindow, qtbot: Any, photos: Path) -> None:
    workspace = window.open_library(photos)
    assert workspace is not None

    def work(*_: object) -> Iterator[Any]:
        raise RunError("the disk is full", "free some space")
        yield

    with qtbot.waitSignal(window.libraries.job_ended):
        workspace.session.start("tag", "Captioning", work, create=True)
    assert (window.notice.cause.text(), window.notice.hint.text()) == ("The disk is full.", "Free some space.")


def test_a_bug_in_a_job_is_told_as_one(window: MainWindow, qtbot: Any, photos: Path) -> None:
    workspace = window.open_library(photos)
    assert workspace is not None
    with qtbot.waitSignal(window.bug_found) as found:
        workspace.session.start("tag", "Captioning", lambda *_: 1 // 0, create=True)  # type: ignore[arg-type]
    assert isinstance(found.args[0], ZeroDivisionError)


def test_failures_are_listed_with_their_reasons(window: MainWindow, qtbot: Any, photos: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    taken_in(window, qtbot, photos)
    assert window.strip.failed.isVisible()
    window.strip.failed.click()
    dialog = window.findChild(FailuresDialog)
    assert dialog is not None
    item = dialog.list.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "broken.jpg"
    assert item.text(1).endswith(".")
    dialog.reject()


def test_where_the_model_really_ran_is_said_when_it_is_over(
    window: MainWindow, qtbot: Any, photos: Path, settings_file: Path
) -> None:
    with settings_file.open("a") as settings:
        settings.write('device = "cuda"\n')  # which no machine of these tests has
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000) as ended:
        window.take_in([photos])
    job = ended.args[1]
    if job.error is not None:  # with the wheel for graphics cards, and no card
        assert "CUDA" in str(job.error)
        return
    assert "CUDA was asked for but is not there" in job.remark
    assert window.strip.file.toolTip() == job.remark


def test_the_strip_pauses_and_stops(window: MainWindow, qtbot: Any, photos: Path) -> None:
    window.take_in([photos])
    qtbot.waitUntil(lambda: window.strip.job is not None)
    job = window.strip.job
    assert job is not None
    window.strip.pause.click()
    assert job.state is JobState.PAUSED
    assert window.strip.pause.text() == "Go on"
    window.strip.stop.click()
    qtbot.waitUntil(lambda: job.is_over, timeout=20_000)
    assert job.state is JobState.STOPPED
    assert window.strip.title.text().startswith("Captioning: stopped")


def test_approve_first_writes_nothing_until_somebody_approved(window: MainWindow, qtbot: Any, photos: Path) -> None:
    blank = digests(photos)
    window.open_library(photos)
    window.actions_of.review_first.trigger()
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        window.actions_of.caption_all.trigger()
    assert digests(photos) == blank
    window.actions_of.review.trigger()
    workspace = window.workspace
    assert workspace is not None
    assert window.centre.currentWidget() is workspace.reviewing
    assert not window.side_dock.isVisible()
    workspace.review_left.emit()
    assert window.centre.currentWidget() is workspace.centre
    assert window.side_dock.isVisible()


def test_approve_first_holds_for_every_library_and_the_next_day(
    make: Make, qtbot: Any, photos: Path, examples: Path
) -> None:
    first = make()
    first.actions_of.review_first.trigger()
    first.close()
    second = make()
    blank = digests(photos)
    with qtbot.waitSignal(second.libraries.job_ended, timeout=60_000):
        second.take_in([photos])
    assert digests(photos) == blank
    second.actions_of.review_first.trigger()
    with qtbot.waitSignal(second.libraries.job_ended, timeout=60_000):
        second.actions_of.caption_all.trigger()
    assert not set(digests(photos).values()) & set(blank.values())
    assert not Memory(photos.parent / "window.ini").approve_first


def test_selected_photos_are_cleaned_and_undone_alone(window: MainWindow, qtbot: Any, photos: Path) -> None:
    blank = digests(photos)
    taken_in(window, qtbot, photos)
    workspace = window.workspace
    assert workspace is not None
    workspace.choose([photos / "red.jpg"])
    run_action(window, qtbot, window.actions_of.undo_chosen)
    workspace.choose([photos / "green.jpg"])
    run_action(window, qtbot, window.actions_of.clean_chosen)
    assert digests(photos)["red.jpg"] == blank["red.jpg"]
    assert digests(photos)["blue.jpg"] != blank["blue.jpg"]
    with workspace.session.reading() as library:
        assert [entry.photo.path.name for entry in library.index.search("")] == ["blue.jpg"]
    workspace.choose([])
    assert not window.actions_of.clean_chosen.isEnabled()


def test_what_was_copied_is_captioned(window: MainWindow, qtbot: Any, photos: Path) -> None:
    QApplication.clipboard().setMimeData(mime_of([photos / "red.jpg"]))
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000) as ended:
        window.actions_of.paste.trigger()
    assert ended.args[1].counts == {OutcomeKind.CAPTIONED: 1}


def test_the_end_comes_when_the_photos_in_hand_are_finished(window: MainWindow, qtbot: Any, photos: Path) -> None:
    answers = [False, True]
    asked: list[QWidget] = []

    def answer(parent: QWidget) -> bool:
        asked.append(parent)
        return answers[len(asked) - 1]

    window.quitting.confirm_stop = answer
    window.take_in([photos])
    qtbot.waitUntil(lambda: window.libraries.is_busy)
    job = window.strip.job
    assert job is not None
    job.pause()
    assert not window.close()
    assert window.isVisible()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    assert len(asked) == 2
    assert job.state in (JobState.STOPPED, JobState.DONE)


def test_it_comes_back_as_it_was(make: Make, qtbot: Any, photos: Path, qapp: QApplication) -> None:
    first = make()
    first.open_library(photos)
    first.history_dock.show()
    first.resize(first.width(), 650)
    first.actions_of.theme_choices["dark"].trigger()
    assert is_dark()
    first.close()
    second = make()
    assert second.height() == first.height() == 650
    assert second.actions_of.theme_choices["dark"].isChecked()
    second.reopen()
    qtbot.waitUntil(lambda: second.workspace is not None)
    assert second.history_dock.isVisible()
    qtbot.wait(100)
    assert not (photos / ".tagger").exists()
    second.actions_of.theme_choices["light"].trigger()
    assert not is_dark()


def test_a_library_is_closed_and_another_one_shown(
    window: MainWindow, qtbot: Any, photos: Path, examples: Path
) -> None:
    window.open_library(examples)
    window.open_library(photos)
    window.actions_of.close_library.trigger()
    assert window.workspace is not None
    assert window.workspace.session.root == examples
    window.actions_of.close_library.trigger()
    assert window.workspace is None
    assert window.centre.currentWidget() is window.welcome
    names = [button.text() for button in window.welcome.findChildren(QPushButton)]
    assert any("examples" in name for name in names)


def test_no_key_does_two_things(window: MainWindow) -> None:
    keys = [action.shortcut().toString() for action in window.findChildren(QAction) if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))
    assert QKeySequence(QKeySequence.StandardKey.Undo).toString() in keys


def test_everything_that_can_be_pressed_has_a_name(window: MainWindow, photos: Path) -> None:
    window.open_library(photos)
    for kind in (QPushButton, QToolButton):
        for button in window.findChildren(kind):
            inside = button.parent()
            qts_own = button.objectName().startswith("qt_") or isinstance(inside, QTabBar | QLineEdit | QDockWidget)
            assert qts_own or button.accessibleName() or button.text() or button.toolTip(), inside


def test_the_keyboard_reaches_the_tools(window: MainWindow, qtbot: Any, photos: Path) -> None:
    window.open_library(photos)
    reached: set[str] = set()
    for _ in range(60):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if isinstance(focused, QToolButton):
            reached.add(focused.text())
    assert {"Open a folder", "Review", "Approve first"} <= reached


def test_the_embedded_model_captions_real_photos_and_undo_restores_them(
    window: MainWindow, qtbot: Any, examples: Path, settings_file: Path
) -> None:
    settings_file.write_text("")
    chosen = sorted(examples.glob("*.jpg"))[:2]
    blank = digests(examples)
    taken_in(window, qtbot, *chosen)
    workspace = window.workspace
    assert workspace is not None
    with workspace.session.reading() as library:
        captions = {entry.photo.path: entry.caption.text for entry in library.index.search("")}
    assert set(captions) == set(chosen)
    assert all(len(text.split()) > 3 for text in captions.values())
    run_action(window, qtbot, window.actions_of.undo)
    assert digests(examples) == blank


def test_the_windows_thread_never_computes_for_long(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    """Its own time, which no other program can lengthen; benchmarks/gui_busy.py measures what a person feels."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number}.jpg").write_bytes(photo((number, 90, 200), seed=number))
    window.open_library(folder)
    qtbot.wait(300)
    computed: list[float] = []
    before = [time.thread_time()]

    def beat() -> None:
        now = time.thread_time()
        computed.append(now - before[0])
        before[0] = now

    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(5)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=120_000) as ended:
        window.take_in([folder])
    timer.stop()
    assert ended.args[1].counts == {OutcomeKind.CAPTIONED: 150}
    assert len(computed) > 20
    assert max(computed) < 0.05
