"""Where photos are in the grid, for any number of them, and what keys and leaps do in a large one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from tagger_gui.library.grid import PhotoGrid
from tagger_gui.library.lattice import Lattice
from tagger_gui.library.reader import Reader
from tagger_gui.library.rows import KEPT_ROWS, PhotoListModel, Role
from tagger_gui.library.searching import Found
from tagger_gui.library.thumbnail_cache import ThumbnailCache
from tagger_gui.library.thumbnails import Thumbnails
from tagger_gui.library.tile import LARGEST, SMALLEST
from tagger_gui.library.wanted import Wanted

lattices = st.builds(
    Lattice,
    count=st.integers(0, 10**6),
    columns=st.integers(1, 40),
    width=st.integers(400, 4000),
    cell_height=st.integers(20, 400),
    margin=st.integers(0, 16),
)


@given(lattices, st.data())
def test_every_cell_is_where_it_is_looked_for(lattice: Lattice, data: st.DataObject) -> None:
    if not lattice.count:
        assert lattice.row_at(QPoint(10, 10)) == -1
        return
    row = data.draw(st.integers(0, lattice.count - 1))
    cell = lattice.cell(row)
    for point in (cell.topLeft(), cell.center(), cell.bottomRight()):
        assert lattice.row_at(point) == row
    assert row in lattice.between(cell.top(), cell.bottom())
    assert cell.bottom() < lattice.height
    assert (row, row) in list(lattice.touched(QRect(cell.center(), cell.center()), 1))


@given(lattices, st.integers(-500, 10**8), st.integers(1, 5000))
def test_rows_between_are_those_that_reach_in(lattice: Lattice, top: int, height: int) -> None:
    rows = lattice.between(top, top + height)
    assert 0 <= rows.start <= lattice.count and 0 <= rows.stop <= lattice.count
    for row in (rows.start - 1, rows.stop):
        if rows and 0 <= row < lattice.count:
            assert lattice.cell(row).bottom() < top or lattice.cell(row).top() > top + height


def test_beside_the_cells(qtbot: Any) -> None:
    lattice = Lattice(5, 3, 316, 100, 8)
    assert lattice.row_at(QPoint(3, 50)) == lattice.row_at(QPoint(312, 50)) == lattice.row_at(QPoint(50, 4)) == -1
    assert lattice.row_at(QPoint(250, 150)) == -1  # the last line is not full
    assert lattice.height == 216
    assert list(lattice.touched(QRect(90, 50, 150, 100), 8)) == [(0, 2), (3, 4)]


def test_thumbnails_of_the_next_screen_come_before_those_of_the_last(qtbot: Any) -> None:
    lattice = Lattice(12, 2, 316, 100, 8)
    assert lattice.around(range(4, 8)) == [4, 5, 6, 7, 8, 9, 10, 11, 3, 2]
    assert lattice.around(range(8, 12)) == [8, 9, 10, 11, 7, 6]
    assert Lattice().around(range(0)) == []


@pytest.fixture
def large(session: Any, tmp_path: Path, qtbot: Any) -> Iterator[PhotoGrid]:
    """A grid of 100,000 photos, as a search would have found them."""
    reader, thumbnails = Reader(session), Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=1)
    model = PhotoListModel(reader, thumbnails)
    grid = PhotoGrid()
    qtbot.addWidget(grid)
    grid.setModel(model)
    grid.resize(1000, 700)
    grid.show()
    found = Found(Wanted(), rows={f"{number}.jpg".encode(): number for number in range(100_000)})
    found.photos.names.extend(found.rows)
    found.photos.ids.extend([0] * 100_000)
    reader.found.emit(found)
    yield grid
    reader.close()
    thumbnails.close()


def test_ends_of_a_large_grid(large: PhotoGrid, qtbot: Any) -> None:
    qtbot.keyClick(large, Qt.Key.Key_End)
    assert large.currentIndex().row() == 99_999
    assert 99_999 in large.rows_in_sight()
    assert len(large.rows_in_sight()) < 60
    qtbot.keyClick(large, Qt.Key.Key_PageUp)
    assert 99_900 < large.currentIndex().row() < 99_999
    assert large.currentIndex().row() in large.rows_in_sight()
    qtbot.keyClick(large, Qt.Key.Key_Home)
    assert large.currentIndex().row() == 0 and large.verticalScrollBar().value() == 0
    qtbot.keyClick(large, Qt.Key.Key_Up)
    qtbot.keyClick(large, Qt.Key.Key_Left)
    assert large.currentIndex().row() == 0


def test_up_and_down_stay_in_their_column(large: PhotoGrid, qtbot: Any) -> None:
    large.choose(1)
    left = large.visualRect(large.currentIndex()).left()
    qtbot.keyClick(large, Qt.Key.Key_Down)
    assert large.currentIndex().row() > 1
    assert large.visualRect(large.currentIndex()).left() == left
    qtbot.keyClick(large, Qt.Key.Key_Up)
    assert large.currentIndex().row() == 1


def test_letters_and_backspace_are_left_to_the_window(large: PhotoGrid, qtbot: Any) -> None:
    large.choose(7)
    for key in (Qt.Key.Key_1, Qt.Key.Key_E, Qt.Key.Key_Backspace):
        qtbot.keyClick(large, key)
    assert large.currentIndex().row() == 7


def test_size_keeps_what_is_looked_at_in_sight(large: PhotoGrid) -> None:
    large.choose(50_000)
    large.set_picture_width(10_000)
    assert large.picture_width == LARGEST
    assert 50_000 in large.rows_in_sight()
    large.set_picture_width(1)
    assert large.picture_width == SMALLEST
    assert 50_000 in large.rows_in_sight()


def test_resizing_keeps_the_first_photo_in_sight(large: PhotoGrid, qtbot: Any) -> None:
    large.verticalScrollBar().setValue(large.verticalScrollBar().maximum() // 2)
    first = large.rows_in_sight().start
    large.resize(640, 700)
    qtbot.wait(10)
    assert first in large.rows_in_sight()


def test_rows_in_memory_are_bounded(large: PhotoGrid, session: Any) -> None:
    from contracts.examples import entry_of

    model = large.model()
    assert isinstance(model, PhotoListModel)
    for start in range(0, 3 * KEPT_ROWS, 500):
        entries = {
            f"{number}.jpg".encode(): entry_of(session.root / f"{number}.jpg", f"photo {number}")
            for number in range(start, start + 500)
        }
        model._reader.loaded.emit(entries)
    assert len(model._entries) == KEPT_ROWS


def test_nothing_is_read_where_nothing_is_shown(large: PhotoGrid) -> None:
    model = large.model()
    assert model.index(5).data(Role.CAPTION) == ""
    assert model.index(200_000).data(Role.CAPTION) is None
