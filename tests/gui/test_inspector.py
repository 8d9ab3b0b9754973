"""The inspector on a real library with the tiny bundle: what it shows of one photo and of many, and what it decides."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox
from tagger_gui.inspector.inspector import Inspector
from tagger_gui.running import Job
from tagger_gui.session import LibrarySession
from tagger_gui.theme import PhotoState

from tagger.core.records import IndexEntry, OutcomeKind, State

Ended = Callable[[Job], Job]


@pytest.fixture
def inspector(session: LibrarySession, qtbot: Any) -> Iterator[Inspector]:
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    inspector.resize(380, 800)
    inspector.show()
    yield inspector
    inspector.close_threads()


@pytest.fixture
def jobs(inspector: Inspector) -> list[Job]:
    found: list[Job] = []
    inspector.started.connect(found.append)
    return found


def show(qtbot: Any, inspector: Inspector, path: Path) -> None:
    inspector.inspect([path])
    qtbot.waitUntil(lambda: inspector.dossier is not None and inspector.dossier.path == path, timeout=10_000)


def row(session: LibrarySession, path: Path) -> IndexEntry:
    with session.reading() as library:
        entry = library.index.get(path)
    assert entry is not None
    return entry


def texts(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def description(session: LibrarySession, path: Path) -> str:
    from tagger.core.records import Photo

    with session.reading() as library:
        return library.writer.read(Photo(path, path.stat().st_size, path.stat().st_mtime_ns)).description


def test_without_a_photo_it_says_what_to_do(inspector: Inspector) -> None:
    assert inspector.pages.currentIndex() == 0
    assert "Choose a photo" in texts(inspector.pages.currentWidget().parentWidget())


def test_a_new_photo_is_shown_and_nothing_can_be_decided(qtbot: Any, inspector: Inspector, photos: Path) -> None:
    show(qtbot, inspector, photos / "red.jpg")
    qtbot.waitUntil(lambda: inspector.picture.picture_size == (24, 16))
    assert inspector.state.state is PhotoState.NEW
    assert not inspector.decisions.approve.isEnabled()
    assert not inspector.words.isEnabled()
    assert "no caption yet" in texts(inspector.changes)
    assert "24 × 16" in texts(inspector.details)


def test_a_captioned_photo_shows_words_history_and_details(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    job = ended(session.tag([photos]))
    show(qtbot, inspector, photos / "red.jpg")
    entry = row(session, photos / "red.jpg")
    assert inspector.words.caption.text == entry.caption.text
    assert len(inspector.words.caption.choices) == 1 + len(entry.caption.alternatives)
    assert [chip.tag for chip in inspector.words.tags.chips] == list(entry.caption.tags)
    assert inspector.state.state is PhotoState.MACHINE
    assert len(inspector.history.buttons) == 1
    assert "tagger:State" not in texts(inspector.changes)
    assert job.run_id in texts(inspector.details)


def test_the_changes_of_a_draft_are_shown_before_anything_is_written(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    path = photos / "red.jpg"
    show(qtbot, inspector, path)
    before = path.read_bytes()
    inspector.words.caption.type("Grandmother's <b>wall</b>")
    inspector.words.tags.add("Berlin")
    qtbot.waitUntil(lambda: "+ Grandmother's <b>wall</b>" in texts(inspector.changes), timeout=10_000)
    assert "− " + row(session, path).caption.text in texts(inspector.changes)
    assert "Berlin" in texts(inspector.changes)
    assert path.read_bytes() == before
    assert inspector.decisions.approve.text() == "Save"


def test_saving_writes_the_edit_and_approves(
    qtbot: Any, inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    path = photos / "red.jpg"
    show(qtbot, inspector, path)
    said = row(session, path).caption
    inspector.words.caption.edit.selectAll()
    QTest.keyClicks(inspector.words.caption.edit, "Our red wall")
    inspector.words.tags.add("Berlin")
    inspector.words.tags.reject("red")
    QTest.keyClick(inspector.words.caption.edit, Qt.Key.Key_Return)
    assert ended(jobs[0]).counts == {OutcomeKind.EDITED: 1}
    entry = row(session, path)
    assert (entry.caption.text, entry.state) == ("Our red wall", State.APPROVED)
    assert "Berlin" in [tag.label for tag in entry.caption.tags]
    assert "red" not in [tag.label for tag in entry.caption.tags]
    assert entry.correction.caption == said.text
    assert description(session, path) == "Our red wall"
    qtbot.waitUntil(lambda: inspector.state.state is PhotoState.APPROVED, timeout=10_000)
    assert inspector.words.draft.is_empty
    assert not inspector.decisions.approve.isEnabled()
    assert said.text in [choice.text() for choice in inspector.words.caption.choices]
    assert ended(session.tag([photos])).counts == {OutcomeKind.UNCHANGED: 3}
    assert row(session, path).caption.text == "Our red wall"


def test_one_change_of_a_photo_is_undone_from_its_history(
    qtbot: Any, inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    path = photos / "red.jpg"
    machine, said = path.read_bytes(), row(session, path).caption.text
    show(qtbot, inspector, path)
    inspector.words.caption.type("Our red wall")
    inspector.decisions.approve.click()
    ended(jobs[0])
    qtbot.waitUntil(lambda: len(inspector.history.buttons) == 2, timeout=10_000)
    inspector.history.buttons[0].click()
    assert ended(jobs[1]).counts == {OutcomeKind.RESTORED: 1}
    assert path.read_bytes() == machine
    qtbot.waitUntil(lambda: inspector.words.caption.text == said, timeout=10_000)
    qtbot.waitUntil(lambda: len(inspector.history.buttons) == 1, timeout=10_000)


def test_rejecting_takes_the_words_out_and_they_can_be_chosen_again(
    qtbot: Any, inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    path = photos / "red.jpg"
    show(qtbot, inspector, path)
    said = row(session, path).caption.text
    inspector.decisions.reject.click()
    assert ended(jobs[0]).counts == {OutcomeKind.REJECTED: 1}
    qtbot.waitUntil(lambda: inspector.state.state is PhotoState.REJECTED, timeout=10_000)
    assert description(session, path) == ""
    assert not inspector.decisions.approve.isEnabled()
    assert not inspector.decisions.reject.isEnabled()
    choice = next(choice for choice in inspector.words.caption.choices if choice.text() == said)
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    assert inspector.decisions.approve.isEnabled()
    inspector.decisions.approve.click()
    ended(jobs[1])
    assert row(session, path).state is State.APPROVED
    assert description(session, path) == said


def test_an_empty_caption_cannot_be_approved(
    qtbot: Any, inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    show(qtbot, inspector, photos / "red.jpg")
    inspector.words.caption.type("")
    assert not inspector.decisions.approve.isEnabled()
    QTest.keyClick(inspector.words.caption.edit, Qt.Key.Key_Return)
    assert jobs == []


def test_what_was_typed_is_there_when_the_photo_is_shown_again(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    show(qtbot, inspector, photos / "red.jpg")
    inspector.words.caption.type("Half a sente")
    inspector.words.tags.add("Berlin")
    show(qtbot, inspector, photos / "green.jpg")
    assert inspector.words.draft.is_empty
    show(qtbot, inspector, photos / "red.jpg")
    assert inspector.words.caption.text == "Half a sente"
    assert inspector.words.draft.added == ("Berlin",)
    inspector.decisions.revert.click()
    assert inspector.words.draft.is_empty
    show(qtbot, inspector, photos / "green.jpg")
    show(qtbot, inspector, photos / "red.jpg")
    assert inspector.words.draft.is_empty


def test_a_job_that_changes_the_photo_does_not_take_what_is_being_typed(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    path = photos / "red.jpg"
    show(qtbot, inspector, path)
    inspector.words.caption.type("Half a sente")
    ended(session.undo_photos([path]))
    ended(session.tag([path]))
    qtbot.waitUntil(lambda: len(inspector.dossier.records if inspector.dossier else ()) > 1, timeout=10_000)
    assert inspector.words.caption.text == "Half a sente"


def test_a_photo_that_another_program_changed_says_so(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    path = photos / "red.jpg"
    path.write_bytes(path.read_bytes() + b"\0")
    show(qtbot, inspector, path)
    assert inspector.state.state is PhotoState.OUTSIDE


def test_a_damaged_and_a_missing_photo_are_sentences(
    qtbot: Any, inspector: Inspector, session: LibrarySession, photos: Path
) -> None:
    broken = photos / "<b>broken.jpg"
    broken.write_bytes(b"\xff\xd8 nothing")
    show(qtbot, inspector, broken)
    qtbot.waitUntil(lambda: inspector.picture.accessibleName().startswith("<b>broken.jpg"), timeout=10_000)
    assert inspector.state.state is PhotoState.FAILED
    assert inspector.name.textFormat() == Qt.TextFormat.PlainText
    show(qtbot, inspector, photos / "gone.jpg")
    assert "gone.jpg" in texts(inspector.changes)
    assert not inspector.decisions.approve.isEnabled()


def test_pointing_at_a_word_shows_where_it_comes_from(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    show(qtbot, inspector, photos / "red.jpg")
    qtbot.waitUntil(lambda: inspector.picture.picture_size == (24, 16))
    word = inspector.words.words.index("red")
    inspector.words.caption.edit.point(word)
    qtbot.waitUntil(lambda: "red" in inspector.picture.note, timeout=30_000)
    assert inspector.picture.has_heat == inspector.picture.note.startswith("Where")
    inspector.words.caption.edit.point(-1)
    assert not inspector.picture.has_heat
    assert inspector.picture.note == ""
    inspector.words.caption.type("Grandmother")
    inspector.words.caption.edit.point(0)
    qtbot.waitUntil(lambda: "not a word of the model" in inspector.picture.note, timeout=10_000)


def test_tags_that_the_model_is_not_sure_of_are_offered_on_demand(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    show(qtbot, inspector, photos / "red.jpg")
    qtbot.waitUntil(lambda: inspector.words.tags.entry.completer().model().rowCount() == 6, timeout=10_000)
    inspector.words.tags.more.click()
    assert not inspector.words.tags.more.isEnabled()
    qtbot.waitUntil(inspector.words.tags.more.isEnabled, timeout=30_000)
    assert inspector.words.draft.is_empty


def test_many_photos_are_counted_and_approved_at_once(
    qtbot: Any, inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    paths = [photos / "red.jpg", photos / "green.jpg"]
    inspector.inspect(paths)
    qtbot.waitUntil(lambda: "2 by the model" in inspector.selection.states.text(), timeout=10_000)
    assert inspector.selection.title.text() == "2 photos selected"
    assert "red 1" in inspector.selection.tags.text()
    inspector.batch.approve.click()
    assert ended(jobs[0]).counts == {OutcomeKind.APPROVED: 2}
    qtbot.waitUntil(lambda: "2 approved" in inspector.selection.states.text(), timeout=10_000)
    assert row(session, photos / "sub/blue.jpg").state is State.MACHINE


def test_only_captions_that_are_sure_enough_are_approved(
    inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    inspector.inspect([photos / "red.jpg", photos / "green.jpg"])
    inspector.batch.share.setValue(95)
    assert "95%" in inspector.batch.approve_sure.text()
    inspector.batch.approve_sure.click()
    assert ended(jobs[0]).counts == {OutcomeKind.UNCHANGED: 2}
    inspector.batch.share.setValue(5)
    inspector.batch.approve_sure.click()
    assert ended(jobs[1]).counts == {OutcomeKind.APPROVED: 2}


def test_a_tag_goes_into_and_out_of_many_photos(
    inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    paths = [photos / "red.jpg", photos / "green.jpg"]
    inspector.inspect(paths)
    assert not inspector.batch.add.isEnabled()
    QTest.keyClicks(inspector.batch.added, "Berlin")
    QTest.keyClick(inspector.batch.added, Qt.Key.Key_Return)
    assert ended(jobs[0]).counts == {OutcomeKind.EDITED: 2}
    assert all("Berlin" in [tag.label for tag in row(session, path).caption.tags] for path in paths)
    inspector.batch.removed.setText("red")
    inspector.batch.remove.click()
    job = ended(jobs[1])
    assert not job.failures
    assert "red" not in [tag.label for tag in row(session, photos / "red.jpg").caption.tags]
    assert "green" in [tag.label for tag in row(session, photos / "green.jpg").caption.tags]


def test_many_are_undone_and_cleaned(
    inspector: Inspector, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    before = (photos / "red.jpg").read_bytes()
    ended(session.tag([photos]))
    inspector.inspect([photos / "red.jpg", photos / "green.jpg"])
    inspector.batch.undo.click()
    assert ended(jobs[0]).counts == {OutcomeKind.RESTORED: 2}
    assert (photos / "red.jpg").read_bytes() == before
    inspector.batch.retag.click()
    assert ended(jobs[1]).counts[OutcomeKind.CAPTIONED] == 2
    inspector.batch.clean.click()
    assert ended(jobs[2]).counts == {OutcomeKind.CLEANED: 2}


def test_rejecting_many_asks_first(
    inspector: Inspector,
    session: LibrarySession,
    jobs: list[Job],
    ended: Ended,
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended(session.tag([photos]))
    inspector.inspect([photos / "red.jpg", photos / "green.jpg"])
    pressed = [QMessageBox.ButtonRole.RejectRole, QMessageBox.ButtonRole.AcceptRole]

    def answer(box: QMessageBox) -> int:
        role = pressed.pop(0)
        next(button for button in box.buttons() if box.buttonRole(button) is role).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    inspector.batch.reject.click()
    assert jobs == []
    inspector.batch.reject.click()
    assert ended(jobs[0]).counts == {OutcomeKind.REJECTED: 2}


def test_everything_has_a_name_for_those_who_hear_the_window(inspector: Inspector) -> None:
    from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit

    for kind in (QAbstractButton, QLineEdit, QPlainTextEdit):
        for widget in inspector.findChildren(kind):
            named = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert named or widget.objectName().startswith("qt_") or not widget.isVisibleTo(inspector), widget


def test_a_large_selection_is_counted_in_part_and_says_so(
    qtbot: Any, inspector: Inspector, session: LibrarySession, ended: Ended, photos: Path
) -> None:
    ended(session.tag([photos]))
    inspector.inspect([photos / "red.jpg", *(photos / f"{number}.jpg" for number in range(2500))])
    qtbot.waitUntil(lambda: "1 by the model" in inspector.selection.states.text(), timeout=20_000)
    assert inspector.selection.states.text().startswith("The first 2000: 1999 new")
    assert inspector.selection.title.text() == "2501 photos selected"
