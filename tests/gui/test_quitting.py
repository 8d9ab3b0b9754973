"""The end of the window: what was decided is written, what was typed is kept, and a person is told."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tagger_gui.inspector import deciding
from tagger_gui.inspector.draft import Draft
from tagger_gui.inspector.drafts import Drafts, drafts_file
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.running import Job, JobState
from tagger_gui.session import Captioners
from tagger_gui.wiring import PhotoWorkspace

from tagger.core.errors import RunError
from tagger.core.records import IndexEntry, State

Make = Callable[[], MainWindow]


@pytest.fixture
def make(qtbot: Any, tmp_path: Path) -> Iterator[Make]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Captioners(), Memory(tmp_path / "window.ini"), PhotoWorkspace)
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.quitting.at_once()
        qtbot.waitUntil(lambda window=window: not window.isVisible(), timeout=20_000)
        window.deleteLater()


@pytest.fixture
def window(make: Make, photos: Path, qtbot: Any) -> MainWindow:
    """Three photos, captioned into the index only."""
    window = make()
    window.actions_of.review_first.setChecked(True)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        window.take_in([photos])
    return window


def workspace(window: MainWindow) -> PhotoWorkspace:
    shown = window.workspace
    assert isinstance(shown, PhotoWorkspace)
    return shown


def shown(window: MainWindow, qtbot: Any, name: str) -> PhotoWorkspace:
    one = workspace(window)
    qtbot.waitUntil(lambda: one.view.select(one.session.root / name), timeout=20_000)
    qtbot.waitUntil(lambda: one.inspector.words.entry is not None, timeout=20_000)
    return one


def row(one: PhotoWorkspace, name: str) -> IndexEntry:
    with one.session.reading() as library:
        entry = library.index.get(one.session.root / name)
    assert entry is not None
    return entry


def held(one: PhotoWorkspace, command: str = "tag") -> Job:
    """A job that goes on until it is stopped."""

    def work(_library: Any, labour: Any) -> Iterator[Any]:
        labour.stop.wait(60)
        yield from ()

    return one.session.start(command, "Working", work, create=True)


def test_decisions_that_wait_are_written_before_the_window_goes(window: MainWindow, qtbot: Any, photos: Path) -> None:
    one = workspace(window)
    working = held(one)
    jobs = [deciding.approve(one.session, [photos / name]) for name in ("red.jpg", "green.jpg")]
    jobs.append(deciding.reject(one.session, [photos / "sub/blue.jpg"]))
    asked: list[object] = []
    window.quitting.confirm_stop = lambda parent: asked.append(parent) is None
    assert not window.close()
    dialog = window.quitting.finishing
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.count.text() in ("3 still to be written", "4 still to be written")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert len(asked) == 1
    assert working.state is JobState.STOPPED
    assert all(job.state is JobState.DONE for job in jobs)
    assert [row(one, name).state for name in ("red.jpg", "green.jpg", "sub/blue.jpg")] == [
        State.APPROVED,
        State.APPROVED,
        State.REJECTED,
    ]


def test_decisions_alone_are_finished_without_a_question(window: MainWindow, qtbot: Any, photos: Path) -> None:
    one = workspace(window)
    job = deciding.approve(one.session, [photos / "red.jpg"])
    job.pause()
    window.quitting.confirm_stop = lambda _: pytest.fail("nobody has to be asked")
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert row(one, "red.jpg").state is State.APPROVED


def test_who_wants_to_go_on_after_all_goes_on(window: MainWindow, qtbot: Any, photos: Path) -> None:
    one = workspace(window)
    held(one, "approve")  # which lasts
    assert not window.close()
    dialog = window.quitting.finishing
    assert dialog is not None
    dialog.stay.click()
    assert window.quitting.finishing is None
    assert not window.quitting.is_closing
    assert window.isVisible()
    one.session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not window.libraries.is_busy, timeout=20_000)
    assert window.isVisible()


def test_who_cannot_wait_leaves_the_rest_undecided(window: MainWindow, qtbot: Any, photos: Path) -> None:
    one = workspace(window)
    held(one, "approve")
    left = deciding.approve(one.session, [photos / "red.jpg"])
    assert not window.close()
    dialog = window.quitting.finishing
    assert dialog is not None
    dialog.given_up.click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    assert left.state is JobState.STOPPED
    assert row(one, "red.jpg").state is State.MACHINE


def test_a_library_is_left_when_its_decisions_are_written(window: MainWindow, qtbot: Any, photos: Path) -> None:
    one = workspace(window)
    deciding.approve(one.session, [photos / "red.jpg"])
    window.actions_of.close_library.trigger()
    qtbot.waitUntil(lambda: window.workspace is None, timeout=60_000)
    assert window.isVisible()
    assert row(one, "red.jpg").state is State.APPROVED


def test_the_window_goes_where_all_was_done_while_somebody_read_the_question(window: MainWindow, qtbot: Any) -> None:
    held(workspace(window))

    def read(_: object) -> bool:
        window.libraries.cancel_all()
        qtbot.waitUntil(lambda: not window.libraries.is_busy, timeout=20_000)
        return True

    window.quitting.confirm_stop = read
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)


def test_a_signal_asks_nobody_and_a_second_one_does_not_wait(window: MainWindow, qtbot: Any) -> None:
    held(workspace(window), "approve")
    window.quitting.confirm_stop = lambda _: pytest.fail("nobody is there")
    window.quitting.at_once()
    assert window.isVisible()
    window.quitting.at_once()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)


def test_what_was_typed_is_there_again_at_the_next_start(make: Make, window: MainWindow, qtbot: Any) -> None:
    one = shown(window, qtbot, "red.jpg")
    one.inspector.words.caption.type("Half a sente")
    one.inspector.words.tags.add("unusual")
    window.quitting.confirm_stop = lambda _: pytest.fail("nothing runs")
    window.close()
    assert not window.isVisible()
    again = make()
    again.open_library(one.session.root)
    one = shown(again, qtbot, "red.jpg")
    qtbot.waitUntil(lambda: one.inspector.words.caption.text == "Half a sente")
    assert one.inspector.words.draft.added == ("unusual",)
    assert one.view.bar.drafts_button.text() == "1 not saved"
    one.view.bar.drafts_button.click()
    qtbot.waitUntil(lambda: one.view.model.rowCount() == 1, timeout=20_000)
    assert one.view.shown[0].name == "red.jpg"
    one.inspector.words.revert()
    assert one.view.bar.drafts_button.isHidden()
    one.view.bar.back_button.click()
    qtbot.waitUntil(lambda: one.view.model.rowCount() == 3, timeout=20_000)


def test_a_draft_is_the_same_in_the_inspector_and_in_the_review(window: MainWindow, qtbot: Any) -> None:
    one = shown(window, qtbot, "red.jpg")
    one.inspector.words.caption.type("Typed beside the grid")
    window.actions_of.look_large.trigger()
    qtbot.waitUntil(lambda: one.going_through.words.caption.text == "Typed beside the grid", timeout=20_000)
    one.going_through.words.caption.type("Typed in the review")
    assert one.inspector.words.caption.text == "Typed in the review"
    qtbot.waitUntil(lambda: one.going_through.decisions.approve.isEnabled(), timeout=20_000)
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        one.going_through.approve()
    assert row(one, "red.jpg").caption.text == "Typed in the review"
    qtbot.waitUntil(lambda: not one.session.drafts.paths)


def test_a_draft_of_a_decision_that_could_not_be_written_stays(window: MainWindow, qtbot: Any, photos: Path) -> None:
    one = shown(window, qtbot, "red.jpg")
    one.inspector.words.caption.type("Too late")
    draft = one.inspector.words.draft
    (photos / "red.jpg").unlink()
    with qtbot.waitSignal(window.libraries.job_ended, timeout=60_000):
        deciding.approve(one.session, [photos / "red.jpg"], draft)
    assert one.session.drafts.of(photos / "red.jpg") == draft


def test_what_cannot_be_kept_is_told_before_the_end(window: MainWindow, qtbot: Any) -> None:
    one = shown(window, qtbot, "red.jpg")
    file = drafts_file(one.session.root, Path(os.environ["XDG_STATE_HOME"]) / "tagger")
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.write_text("in the way")
    one.inspector.words.caption.type("Lost?")
    told: list[str] = []
    window.quitting.confirm_loss = lambda _, problem: told.append(problem) is not None
    assert not window.close()
    assert "cannot keep what you typed" in told[0]
    file.parent.unlink()
    assert window.close()
    assert json.loads(file.read_text())["drafts"]["red.jpg"]["caption"] == "Lost?"


def test_drafts_are_kept_while_typing(tmp_path: Path, qtbot: Any) -> None:
    file = drafts_file(tmp_path, tmp_path / "state")
    drafts = Drafts(tmp_path, file)
    drafts.keep(tmp_path / "a.jpg", Draft("A dog", ("dog",), ("cat",)))
    qtbot.waitUntil(file.exists, timeout=5_000)
    again = Drafts(tmp_path, file)
    assert again.paths == (tmp_path / "a.jpg",)
    assert again.of(tmp_path / "a.jpg") == Draft("A dog", ("dog",), ("cat",))
    again.forget(tmp_path / "a.jpg", Draft("Another"))
    assert again.paths
    again.forget(tmp_path / "a.jpg")
    again.save()
    assert not file.exists()


def test_names_of_any_bytes_are_kept(tmp_path: Path, qtbot: Any) -> None:
    file, name = drafts_file(tmp_path, tmp_path / "state"), tmp_path / "\udcff\udc80 ü.jpg"
    drafts = Drafts(tmp_path, file)
    drafts.keep(name, Draft("Lone \ud800 half"))
    drafts.save()
    assert Drafts(tmp_path, file).of(name) == Draft("Lone \ud800 half")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", "{", '{"drafts": {"a": 1}}', '{"drafts": {"a": {"caption": 1, "added": [], "removed": []}}}'],
)
def test_a_file_that_makes_no_sense_is_put_aside(tmp_path: Path, qtbot: Any, text: str) -> None:
    file = drafts_file(tmp_path, tmp_path / "state")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert Drafts(tmp_path, file).paths == ()
    assert file.with_name(file.name + ".damaged").read_text() == text
    assert not file.exists()


def test_saving_says_why_it_cannot(tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "state").write_text("a file")
    drafts = Drafts(tmp_path, drafts_file(tmp_path, tmp_path / "state"))
    drafts.keep(tmp_path / "a.jpg", Draft("A dog"))
    with pytest.raises(RunError, match="cannot keep what you typed"):
        drafts.save()
