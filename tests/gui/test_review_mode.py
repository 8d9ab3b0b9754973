"""The review by keys: one photo after the other, nothing written before it is decided."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tagger_gui.inspector.review import Review
from tagger_gui.running import Job
from tagger_gui.session import LibrarySession
from tagger_gui.theme import PhotoState

from tagger.core.records import IndexEntry, OutcomeKind, State

Ended = Callable[[Job], Job]
Key = Qt.Key


@pytest.fixture
def review(session: LibrarySession, qtbot: Any, ended: Ended) -> Iterator[Review]:
    """Three photos captioned into the index only, and a review that has begun with the first."""
    session.set_review_first(True)
    ended(session.tag([session.root]))
    review = Review(session)
    qtbot.addWidget(review)
    review.resize(1000, 700)
    review.show()
    review.activateWindow()
    review.start()
    qtbot.waitUntil(lambda: review.waiting == 3, timeout=10_000)
    read(qtbot, review)
    yield review
    review.close_threads()


@pytest.fixture
def jobs(review: Review) -> list[Job]:
    found: list[Job] = []
    review.started.connect(found.append)
    return found


def read(qtbot: Any, review: Review) -> None:
    qtbot.waitUntil(lambda: review.words.entry is not None, timeout=10_000)


def press(review: Review, key: Qt.Key) -> None:
    QTest.keyClick(review, key)


def row(session: LibrarySession, path: Path) -> IndexEntry:
    with session.reading() as library:
        entry = library.index.get(path)
    assert entry is not None
    return entry


def names(review: Review) -> str:
    return "" if review.path is None else review.path.name


def test_the_photos_that_wait_are_found_in_their_order(review: Review, photos: Path) -> None:
    assert names(review) == "green.jpg"
    assert review.page.counter.text() == "1 of 3 · 3 to decide"
    assert review.page.name.text() == "green.jpg"
    assert review.page.state.state is PhotoState.MACHINE


def test_enter_writes_and_goes_on(
    qtbot: Any, review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    before = {path: path.read_bytes() for path in photos.rglob("*.jpg")}
    press(review, Key.Key_Return)
    assert names(review) == "red.jpg"
    assert ended(jobs[0]).counts == {OutcomeKind.APPROVED: 1}
    assert (photos / "green.jpg").read_bytes() != before[photos / "green.jpg"]
    assert (photos / "red.jpg").read_bytes() == before[photos / "red.jpg"]
    entry = row(session, photos / "green.jpg")
    assert (entry.state, entry.written) == (State.APPROVED, True)
    assert review.page.counter.text() == "2 of 3 · 2 to decide"


def test_right_and_left_decide_nothing(qtbot: Any, review: Review, jobs: list[Job]) -> None:
    press(review, Key.Key_Left)
    assert names(review) == "green.jpg"
    for expected in ("red.jpg", "blue.jpg"):
        press(review, Key.Key_Right)
        assert names(review) == expected
    press(review, Key.Key_Left)
    assert names(review) == "red.jpg"
    assert review.waiting == 3
    assert jobs == []


def test_backspace_rejects_and_the_machine_leaves_it_alone(
    review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    press(review, Key.Key_Backspace)
    assert ended(jobs[0]).counts == {OutcomeKind.REJECTED: 1}
    assert row(session, photos / "green.jpg").state is State.REJECTED
    session.set_review_first(False)
    ended(session.tag([photos / "green.jpg"]))
    assert row(session, photos / "green.jpg").state is State.REJECTED


def test_e_edits_and_enter_in_the_text_saves(
    qtbot: Any, review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    press(review, Key.Key_E)
    edit = review.words.caption.edit
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClicks(edit, "Elephants")
    QTest.keyClick(edit, Key.Key_Backspace)  # a letter, not the photo
    QTest.keyClick(edit, Key.Key_Left)
    assert (names(review), jobs) == ("green.jpg", [])
    QTest.keyClick(edit, Key.Key_Return)
    assert ended(jobs[0]).counts == {OutcomeKind.EDITED: 1}
    assert row(session, photos / "green.jpg").caption.text == "Elephant"
    assert names(review) == "red.jpg"
    read(qtbot, review)
    assert review.words.draft.is_empty


def test_u_takes_the_last_decision_back_with_every_byte_and_word(
    qtbot: Any, review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    path = photos / "green.jpg"
    before, said = path.read_bytes(), row(session, path).caption
    for key in (Key.Key_Return, Key.Key_Backspace):
        press(review, key)
        ended(jobs[-1])
        read(qtbot, review)
        press(review, Key.Key_U)
        assert ended(jobs[-1]).counts == {OutcomeKind.RESTORED: 1}
        assert path.read_bytes() == before
        assert names(review) == "green.jpg"
        found = row(session, path)
        assert (found.caption.text, found.caption.tags) == (said.text, said.tags)
        assert (found.state, found.written) == (State.MACHINE, False)
        qtbot.waitUntil(lambda: review.words.caption.text == said.text, timeout=10_000)
    press(review, Key.Key_U)
    assert len(jobs) == 4


def test_a_decision_that_cannot_be_written_is_told_and_counts_as_none(
    qtbot: Any, review: Review, jobs: list[Job], photos: Path
) -> None:
    (photos / "green.jpg").unlink()
    press(review, Key.Key_Return)
    assert review.waiting == 2
    qtbot.waitUntil(lambda: review.page.notice.text().startswith("green.jpg:"), timeout=20_000)
    assert review.waiting == 3
    assert review.page.notice.isVisibleTo(review)


def test_the_end_says_what_was_done(qtbot: Any, review: Review, jobs: list[Job], ended: Ended) -> None:
    left: list[bool] = []
    review.left.connect(lambda: left.append(True))
    press(review, Key.Key_Return)
    press(review, Key.Key_Right)
    press(review, Key.Key_Right)
    assert review.path is None
    assert review.page.pages.currentIndex() == 1
    assert review.page.empty.text() == "That was all: 1 decided, 2 left undecided."
    press(review, Key.Key_Return)
    assert (len(jobs), left) == (1, [True])
    ended(jobs[0])
    review.page.again.click()
    qtbot.waitUntil(lambda: review.waiting == 2, timeout=10_000)
    press(review, Key.Key_Right)
    press(review, Key.Key_Right)
    review.page.back.click()
    assert left == [True, True]


def test_nothing_waiting_says_so(session: LibrarySession, qtbot: Any) -> None:
    review = Review(session)
    qtbot.addWidget(review)
    review.start()
    qtbot.wait(100)
    assert review.path is None
    assert "No photo waits" in review.page.empty.text()
    review.close_threads()


def test_a_library_that_cannot_be_read_says_so(session: LibrarySession, qtbot: Any, photos: Path) -> None:
    (photos / ".tagger").mkdir()
    (photos / ".tagger/index.db").write_bytes(b"no database" * 100)
    review = Review(session)
    qtbot.addWidget(review)
    review.start()
    assert review.page.empty.text().startswith("Looking")
    qtbot.waitUntil(lambda: "index.db" in review.page.empty.text(), timeout=10_000)
    review.close_threads()


def test_a_selection_can_be_reviewed(qtbot: Any, review: Review, photos: Path) -> None:
    shown: list[Path] = []
    review.shown_photo.connect(shown.append)
    review.start_with([photos / "sub/blue.jpg"])
    assert shown == [photos / "sub/blue.jpg"]
    assert review.page.counter.text() == "1 of 1 · 1 to decide"


def test_what_was_typed_waits_for_its_photo(qtbot: Any, review: Review) -> None:
    review.words.caption.type("Half a sente")
    press(review, Key.Key_Right)
    read(qtbot, review)
    assert review.words.draft.is_empty
    press(review, Key.Key_Left)
    read(qtbot, review)
    assert review.words.caption.text == "Half a sente"


def test_keys_before_a_photo_is_read_decide_nothing(review: Review, jobs: list[Job]) -> None:
    press(review, Key.Key_Right)
    press(review, Key.Key_Return)
    press(review, Key.Key_Backspace)
    assert jobs == []
    assert names(review) == "red.jpg"


def test_a_library_that_is_not_to_be_written_stays_unwritten(
    review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    session.settings = session.settings.replace(write=False)
    before = (photos / "green.jpg").read_bytes()
    press(review, Key.Key_Return)
    assert ended(jobs[0]).counts == {OutcomeKind.APPROVED: 1}
    assert (photos / "green.jpg").read_bytes() == before
    assert row(session, photos / "green.jpg").state is State.APPROVED


def test_enter_in_the_field_for_tags_adds_the_tag_and_decides_nothing(
    qtbot: Any, review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    entry = review.words.tags.entry
    entry.setFocus()
    qtbot.waitUntil(entry.hasFocus)
    QTest.keyClicks(entry, "umber e")
    QTest.keyClick(entry, Key.Key_Return)
    assert (names(review), jobs) == ("green.jpg", [])
    assert review.words.draft.added == ("umber e",)
    QTest.keyClick(entry, Key.Key_Return)
    assert ended(jobs[0]).counts == {OutcomeKind.EDITED: 1}
    assert "umber e" in [tag.label for tag in row(session, photos / "green.jpg").caption.tags]


def test_enter_on_a_button_that_was_reached_by_keys_is_that_button(
    qtbot: Any, review: Review, jobs: list[Job], ended: Ended
) -> None:
    review.decisions.reject.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(review.decisions.reject.hasFocus)
    QTest.keyClick(review.decisions.reject, Key.Key_Return)
    assert ended(jobs[0]).counts == {OutcomeKind.REJECTED: 1}


def test_after_a_click_on_another_caption_enter_approves_it(
    qtbot: Any, review: Review, session: LibrarySession, jobs: list[Job], ended: Ended, photos: Path
) -> None:
    choice = review.words.caption.choices[1]
    text = choice.text()
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    assert not choice.hasFocus()
    press(review, Key.Key_Return)
    ended(jobs[0])
    assert row(session, photos / "green.jpg").caption.text == text


def test_escape_ends_editing_first_and_the_review_then(qtbot: Any, review: Review) -> None:
    left: list[bool] = []
    review.left.connect(lambda: left.append(True))
    press(review, Key.Key_E)
    edit = review.words.caption.edit
    qtbot.waitUntil(edit.hasFocus)
    QTest.keyClicks(edit, "nonsense")
    QTest.keyClick(edit, Key.Key_Escape)
    assert review.words.draft.is_empty
    assert left == []
    qtbot.waitUntil(review.page.picture.hasFocus)
    QTest.keyClick(review.page.picture, Key.Key_Escape)
    assert left == [True]
    review.page.close_review.click()
    assert left == [True, True]
