"""The photos of one library on the screen, as a user goes through them."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from captioning.pictures import photo as picture
from tiny_bundle import COLOURS

pytest.importorskip("PySide6")

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication
from tagger_gui.library.rows import Role
from tagger_gui.library.thumbnail_cache import ThumbnailCache
from tagger_gui.library.view import LibraryView
from tagger_gui.library.wanted import Wanted
from tagger_gui.running import Job
from tagger_gui.session import LibrarySession
from tagger_gui.theme import PhotoState

from tagger.core.records import Photo, State
from tagger.storage.index import SqliteIndex
from tagger.storage.library import Library
from tagger.storage.searching import Order


@pytest.fixture
def view(session: LibrarySession, tmp_path: Path, qtbot: Any) -> Iterator[LibraryView]:
    """The view of the library, in which nothing was captioned yet, with its three photos."""
    view = LibraryView(session, cache=ThumbnailCache(tmp_path / "thumbnails.db"))
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    yield view
    view.end()


@pytest.fixture
def captioned(view: LibraryView, session: LibrarySession, ended: Callable[[Job], Job], qtbot: Any) -> LibraryView:
    """The same, captioned."""
    ended(session.tag([session.root]))
    qtbot.waitUntil(lambda: states(view) == [PhotoState.MACHINE] * 3)
    return view


def states(view: LibraryView) -> list[PhotoState | None]:
    return [view.model.index(row).data(Role.STATE) for row in range(view.model.rowCount())]


def names(view: LibraryView) -> list[str]:
    return [view.model.path_of(row).name for row in range(view.model.rowCount())]


def test_new_photos_are_shown_before_they_are_captioned(view: LibraryView) -> None:
    assert states(view) == [PhotoState.NEW] * 3
    assert sorted(names(view)) == ["blue.jpg", "green.jpg", "red.jpg"]
    assert view.bar.count.text() == "3 photos"


def test_captions_appear_as_photos_are_captioned(captioned: LibraryView) -> None:
    assert names(captioned) == ["green.jpg", "red.jpg", "blue.jpg"]
    for row in range(3):
        index = captioned.model.index(row)
        entry = index.data(Role.ENTRY)
        assert index.data(Role.CAPTION) == entry.caption.text != ""
        assert index.data(Role.TAGS) == entry.caption.tags
        assert index.data(Role.PATH) == entry.photo.path
        assert entry.caption.text in index.data(Qt.ItemDataRole.AccessibleTextRole)
        assert "By the model" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_thumbnails_come_by_themselves(view: LibraryView, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: all(view.model.index(row).data(Role.THUMBNAIL) for row in range(3)))
    row = names(view).index("red.jpg")
    colour = view.model.index(row).data(Role.THUMBNAIL).toImage().pixelColor(5, 5)
    assert colour.red() > 150 > 100 > colour.green()


def test_search_as_you_type(captioned: LibraryView, qtbot: Any) -> None:
    qtbot.keyClicks(captioned.filters.search, "re pho")
    qtbot.waitUntil(lambda: names(captioned) == ["red.jpg"])
    captioned.filters.search.setFocus()
    qtbot.keyClick(captioned.filters.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 3)


def test_wrong_search_says_why_and_keeps_the_photos(captioned: LibraryView, qtbot: Any) -> None:
    captioned.filters.search.setText("colour:red")
    qtbot.waitUntil(captioned.filters.problem.isVisible)
    assert "not something to search by" in captioned.filters.problem.text()
    assert captioned.model.rowCount() == 3
    captioned.filters.search.setText("")
    qtbot.waitUntil(lambda: not captioned.filters.problem.isVisible())


def test_nothing_found(captioned: LibraryView, qtbot: Any) -> None:
    captioned.search(Wanted(text="zebra"))
    qtbot.waitUntil(captioned.nothing.isVisible)
    assert "No photo matches" in captioned.nothing.text()
    qtbot.mouseClick(captioned.all_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 3)
    assert captioned.grid.isVisible()


def test_wrong_date(captioned: LibraryView, qtbot: Any) -> None:
    captioned.filters.since.setText("2024-13")
    qtbot.waitUntil(captioned.filters.problem.isVisible)
    assert "2024-13 is no date" in captioned.filters.problem.text()
    captioned.filters.since.setText("2999")
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 0)
    assert captioned.model.wanted.since == "2999"


def test_states_to_filter_by(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    approve(session.root / "red.jpg", session.root)
    captioned.refresh([session.root / "red.jpg"])
    qtbot.waitUntil(lambda: PhotoState.APPROVED in states(captioned))
    qtbot.waitUntil(lambda: captioned.filters.states.model().rowCount() == 2)
    click(qtbot, captioned.filters.states, "Approved")
    qtbot.waitUntil(lambda: names(captioned) == ["red.jpg"])
    click(qtbot, captioned.filters.states, "By the model")
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 3)


def test_tags_to_filter_by(captioned: LibraryView, qtbot: Any) -> None:
    rows = captioned.filters.tags.model()
    qtbot.waitUntil(lambda: rows.rowCount() > 0)
    tag = rows.index(0, 0).data()
    tagged = [
        name
        for row, name in enumerate(names(captioned))
        if tag in {one.label for one in captioned.model.index(row).data(Role.TAGS)}
    ]
    click(qtbot, captioned.filters.tags, tag)
    qtbot.waitUntil(lambda: captioned.model.wanted.tags == (tag,) and names(captioned) == tagged)
    captioned.filters.tag_search.setText("no such tag")
    assert [rows.index(row, 0).data() for row in range(rows.rowCount())] == [tag]  # what is chosen stays


def test_folders_to_filter_by(captioned: LibraryView, qtbot: Any) -> None:
    folders = captioned.filters.folders
    qtbot.waitUntil(folders.isVisible)
    top = folders.topLevelItem(0)
    assert top is not None
    sub = top.child(0)
    assert sub is not None and sub.text(0) == "sub"
    folders.setCurrentItem(sub)
    qtbot.waitUntil(lambda: names(captioned) == ["blue.jpg"])
    folders.setCurrentItem(top)
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 3)


def test_sorting(captioned: LibraryView, qtbot: Any) -> None:
    captioned.bar.down.click()
    qtbot.waitUntil(lambda: names(captioned) == ["blue.jpg", "red.jpg", "green.jpg"])
    captioned.bar.order.setCurrentIndex(captioned.bar.order.findData(Order.CAPTIONED))
    qtbot.waitUntil(lambda: captioned.model.wanted.order is Order.CAPTIONED)
    assert captioned.model.wanted.descending


def test_changed_outside(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    os.utime(session.root / "red.jpg", (1, 1))
    captioned.look_around()
    qtbot.waitUntil(lambda: states(captioned).count(PhotoState.OUTSIDE) == 1)
    assert names(captioned)[states(captioned).index(PhotoState.OUTSIDE)] == "red.jpg"


def test_everything_may_have_changed(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    path = session.root / "red.jpg"
    qtbot.waitUntil(lambda: captioned.thumbnails.pixmap(path) is not None)
    path.write_bytes(picture(COLOURS["blue"]))
    session.changed.emit([])
    qtbot.waitUntil(lambda: PhotoState.OUTSIDE in states(captioned))

    def colour() -> Any:
        pixmap = captioned.thumbnails.pixmap(path)
        return pixmap.toImage().pixelColor(5, 5) if pixmap else None

    qtbot.waitUntil(lambda: colour().blue() > 150 > 100 > colour().red())


def test_photo_that_appears_and_one_that_goes(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    (session.root / "later.jpg").write_bytes(picture((9, 9, 9)))
    (session.root / "green.jpg").unlink()
    captioned.look_around()
    qtbot.waitUntil(lambda: names(captioned) == ["later.jpg", "green.jpg", "red.jpg", "blue.jpg"])
    assert states(captioned)[:2] == [PhotoState.NEW, PhotoState.OUTSIDE]


def test_failed_photo_says_why(view: LibraryView, session: LibrarySession, qtbot: Any, ended: Any) -> None:
    (session.root / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a photo")
    ended(session.tag([session.root]))
    qtbot.waitUntil(lambda: PhotoState.FAILED in states(view))
    index = view.model.index(states(view).index(PhotoState.FAILED))
    assert index.data(Role.PATH).name == "broken.jpg"
    assert index.data(Role.PROBLEM)
    view.search(Wanted(states=frozenset({PhotoState.FAILED})))
    qtbot.waitUntil(lambda: names(view) == ["broken.jpg"])


def test_selection_stays_while_rows_come_and_go(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    assert captioned.select(session.root / "red.jpg")
    assert not captioned.select(session.root / "unknown.jpg")
    (session.root / "a.jpg").write_bytes(picture((9, 9, 9)))
    captioned.refresh([session.root / "a.jpg"])
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 4)
    assert list(captioned.chosen) == [session.root / "red.jpg"]
    assert captioned.current == session.root / "red.jpg"


def test_selection_is_told_once_it_rests(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    with qtbot.waitSignal(captioned.selection_changed) as told:
        captioned.grid.selectAll()
    assert list(told.args[0]) == [session.root / name for name in ("green.jpg", "red.jpg", "sub/blue.jpg")]
    assert captioned.bar.count.text() == "3 photos, 3 selected"


def test_keyboard(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    captioned.filters.search.setFocus()
    qtbot.keyClick(captioned.filters.search, Qt.Key.Key_Down)
    assert captioned.grid.hasFocus() or QApplication.focusWidget() is None
    grid = captioned.grid
    assert captioned.current == session.root / "green.jpg"
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert captioned.current == session.root / "red.jpg"
    qtbot.keyClick(grid, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert [path.name for path in captioned.chosen] == ["red.jpg", "blue.jpg"]
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert [path.name for path in captioned.chosen] == ["green.jpg"]
    with qtbot.waitSignal(captioned.activated) as told:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert told.args == [session.root / "green.jpg"]


def test_mouse(captioned: LibraryView, qtbot: Any) -> None:
    grid = captioned.grid
    points = [grid.visualRect(captioned.model.index(row)).center() for row in range(3)]
    left, viewport = Qt.MouseButton.LeftButton, grid.viewport()
    qtbot.mouseClick(viewport, left, pos=points[2])
    assert [path.name for path in captioned.chosen] == ["blue.jpg"]
    qtbot.mouseClick(viewport, left, Qt.KeyboardModifier.ShiftModifier, pos=points[0])
    assert len(captioned.chosen) == 3
    qtbot.mouseClick(viewport, left, Qt.KeyboardModifier.ControlModifier, pos=points[1])
    assert [path.name for path in captioned.chosen] == ["green.jpg", "blue.jpg"]
    qtbot.mouseClick(viewport, left, pos=QPoint(viewport.width() - 2, viewport.height() - 2))
    assert len(captioned.chosen) == 0
    qtbot.mouseClick(viewport, left, pos=points[0])
    with qtbot.waitSignal(captioned.activated):
        qtbot.mouseDClick(viewport, left, pos=points[0])


def test_rubber_band(captioned: LibraryView, qtbot: Any) -> None:
    grid, left = captioned.grid, Qt.MouseButton.LeftButton
    first, second = (grid.visualRect(captioned.model.index(row)) for row in (0, 1))
    start = QPoint(2, grid.viewport().height() - 20)
    qtbot.mousePress(grid.viewport(), left, pos=start)
    for point in (first.bottomLeft(), first.center(), second.center()):
        qtbot.mouseMove(grid.viewport(), point)
    qtbot.mouseRelease(grid.viewport(), left, pos=second.center())
    assert [path.name for path in captioned.chosen] == ["green.jpg", "red.jpg"]


def test_dragging_hands_over_files(captioned: LibraryView) -> None:
    captioned.grid.selectAll()
    dragged = captioned.model.mimeData(captioned.grid.selectionModel().selectedIndexes())
    assert [Path(url.toLocalFile()) for url in dragged.urls()] == list(captioned.chosen)


def test_size_of_pictures(captioned: LibraryView, session: LibrarySession, tmp_path: Path, qtbot: Any) -> None:
    captioned.bar.size_slider.setValue(300)
    assert captioned.grid.picture_width == 300
    captioned.bar.order.setCurrentIndex(captioned.bar.order.findData(Order.DATE))
    captioned.end()
    again = LibraryView(session, cache=ThumbnailCache(tmp_path / "thumbnails2.db"))
    qtbot.addWidget(again)
    assert again.grid.picture_width == again.bar.size_slider.value() == 300
    assert again.model.wanted.order is Order.DATE
    again.end()


def test_similar_photos(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    captioned.select(session.root / "red.jpg")
    captioned.find_similar(session.root / "red.jpg")
    qtbot.waitUntil(lambda: names(captioned)[:1] == ["red.jpg"], timeout=20_000)
    assert captioned.bar.back_button.isVisible()
    assert list(captioned.chosen) == [session.root / "red.jpg"]
    assert "red.jpg" in captioned.bar.similar_to.text()
    assert sorted(names(captioned)) == ["blue.jpg", "green.jpg", "red.jpg"]
    qtbot.mouseClick(captioned.bar.back_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(captioned) == ["green.jpg", "red.jpg", "blue.jpg"])
    assert not captioned.bar.back_button.isVisible()


def test_photos_that_were_not_compared_yet(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    with closing(sqlite3.connect(Library(session.root).index_file)) as raw:
        raw.execute("DELETE FROM features")
        raw.commit()
    captioned.find_similar(session.root / "red.jpg")
    qtbot.waitUntil(lambda: names(captioned) == ["red.jpg"], timeout=20_000)
    assert captioned.bar.others_button.isVisible()
    qtbot.mouseClick(captioned.bar.others_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: captioned.model.rowCount() == 3, timeout=20_000)
    qtbot.waitUntil(lambda: not captioned.bar.others_button.isVisible())


def test_similar_to_a_photo_that_is_gone(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    captioned.find_similar(session.root / "gone.jpg")
    qtbot.waitUntil(captioned.filters.problem.isVisible, timeout=20_000)
    assert "annot read gone.jpg" in captioned.filters.problem.text()
    assert not captioned.bar.similar_to.isVisible()


def test_layout_survives_an_index_that_was_deleted(captioned: LibraryView, session: LibrarySession, qtbot: Any) -> None:
    captioned.grid.selectionModel().setCurrentIndex(
        captioned.model.index(2), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    for file in Library(session.root).folder.glob("index.db*"):
        file.unlink()
    captioned.look_around()
    qtbot.waitUntil(lambda: states(captioned) == [PhotoState.NEW] * 3)


def click(qtbot: Any, chooser: Any, text: str) -> None:
    rows = chooser.model()
    index = next(rows.index(row, 0) for row in range(rows.rowCount()) if rows.index(row, 0).data() == text)
    qtbot.mouseClick(chooser.viewport(), Qt.MouseButton.LeftButton, pos=chooser.visualRect(index).center())


def approve(path: Path, root: Path) -> None:
    """As another program would: behind the session's back."""
    from dataclasses import replace

    with SqliteIndex(root, Library(root).index_file) as index:
        entry = index.get(path)
        assert entry is not None
        info = path.stat()
        index.put(replace(entry, state=State.APPROVED, photo=Photo(path, info.st_size, info.st_mtime_ns)))
