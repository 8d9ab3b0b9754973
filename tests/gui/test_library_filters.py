"""The sidebar's parts by themselves, the reading thread, and what is drawn of a photo."""

import sys
import threading
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from contracts.examples import DOG, entry_of

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from tagger_gui.library.badges import badge_pixmap
from tagger_gui.library.chosen import Chosen
from tagger_gui.library.filters import Filters
from tagger_gui.library.folders import FolderTree
from tagger_gui.library.grid import PhotoGrid
from tagger_gui.library.reader import Reader
from tagger_gui.library.rows import PhotoListModel
from tagger_gui.library.searching import Counts, Found
from tagger_gui.library.thumbnail_cache import ThumbnailCache
from tagger_gui.library.thumbnails import Thumbnails
from tagger_gui.library.tile import TileDelegate
from tagger_gui.library.wanted import Wanted
from tagger_gui.library.words import tip
from tagger_gui.photo_states import state_name, state_sentence
from tagger_gui.theme import DARK, LIGHT, PhotoState

from tagger.core.errors import RunError
from tagger.storage.index import SqliteIndex
from tagger.storage.library import Library


@pytest.fixture
def filters(qtbot: Any) -> Filters:
    filters = Filters()
    qtbot.addWidget(filters)
    filters.show()
    filters.count(Counts({"dog": 3, "cat": 2}, {PhotoState.MACHINE: 4, PhotoState.NEW: 1}, {"": 1, "a": 2, "a/b": 2}))
    return filters


def test_choosing_is_silent_and_complete(filters: Filters, qtbot: Any) -> None:
    wanted = Wanted("dog", frozenset({PhotoState.NEW}), ("cat", "no count"), "a/b", "2023", "2024-05")
    with qtbot.assertNotEmitted(filters.changed, wait=300):
        filters.choose(wanted)
    assert filters.wanted == wanted
    assert filters.clear_button.isVisible()
    with qtbot.waitSignal(filters.changed) as told:
        qtbot.mouseClick(filters.clear_button, Qt.MouseButton.LeftButton)
    assert told.args == [Wanted()] and filters.wanted == Wanted()
    assert not filters.clear_button.isVisible()


def test_typing_is_told_once_it_rests(filters: Filters, qtbot: Any) -> None:
    told: list[Wanted] = []
    filters.changed.connect(told.append)
    qtbot.keyClicks(filters.search, "beach")
    qtbot.waitUntil(lambda: bool(told))
    assert told == [Wanted("beach")]
    qtbot.keyClicks(filters.search, "es")
    qtbot.keyClick(filters.search, Qt.Key.Key_Return)  # at once
    assert told == [Wanted("beach"), Wanted("beaches")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("2024", "2024"), ("2024-5", "2024-05"), (" 2024-05-31 ", "2024-05-31"), ("24", ""), ("2024-02-30", "")],
)
def test_dates(filters: Filters, typed: str, meant: str) -> None:
    filters.since.setText(typed)
    qt_return(filters)
    assert filters.wanted.since == meant
    assert filters.problem.isVisible() is not bool(meant)


def qt_return(filters: Filters) -> None:
    filters.since.returnPressed.emit()


def test_chosen_tag_stays_listed_without_photos(filters: Filters) -> None:
    filters.tags.set_chosen(["cat"])
    filters.count(Counts({"dog": 3}))
    rows = filters.tags.model()
    assert [rows.index(row, 0).data() for row in range(rows.rowCount())] == ["cat", "dog"]
    assert rows.index(0, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert rows.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "dog, 3"


def test_tags_by_keyboard(filters: Filters, qtbot: Any) -> None:
    filters.tags.setCurrentIndex(filters.tags.model().index(0, 0))
    qtbot.keyClick(filters.tags, Qt.Key.Key_Down)
    with qtbot.waitSignal(filters.changed) as told:
        qtbot.keyClick(filters.tags, Qt.Key.Key_Space)
    assert told.args == [Wanted(tags=("cat",))]
    filters.count(Counts({"cat": 2}))
    assert filters.tags.currentIndex().data() == "cat"


def test_tags_can_be_narrowed(filters: Filters) -> None:
    filters.tag_search.setText(" CA")
    rows = filters.tags.model()
    assert [rows.index(row, 0).data() for row in range(rows.rowCount())] == ["cat"]


def test_folders_are_hidden_where_there_are_none(filters: Filters) -> None:
    assert filters.folders.isVisible()
    filters.count(Counts(folders={"": 5}))
    assert not filters.folders.isVisible()


def test_folder_tree(qtbot: Any) -> None:
    tree = FolderTree()
    qtbot.addWidget(tree)
    folders = {"": 1, **{f"{year}/{month:02}": 2 for year in range(2000, 2020) for month in range(1, 13)}}
    tree.set_counts(folders)
    top = tree.topLevelItem(0)
    assert top is not None and top.childCount() == 20
    assert top.child(0).childCount() == 0  # nothing below what is folded
    with qtbot.assertNotEmitted(tree.chosen_changed):
        tree.set_chosen("2003/07")
    assert tree.chosen == "2003/07"
    tree.set_counts({**folders, "2003/13": 1})  # what is chosen and unfolded stays so
    assert tree.chosen == "2003/07"
    with qtbot.waitSignal(tree.chosen_changed):
        tree.set_counts({"": 1})
    assert tree.chosen == ""


def test_damaged_index_is_told(session: Any, qtbot: Any) -> None:
    Library(session.root).create()
    Library(session.root).index_file.write_bytes(b"no database " * 1000)
    reader = Reader(session)
    with qtbot.waitSignal(reader.failed) as told:
        reader.search(Wanted())
    assert isinstance(told.args[0], RunError) and "index.db" in told.args[0].cause
    reader.close()


def test_only_the_last_search_is_answered(session: Any, qtbot: Any) -> None:
    Library(session.root).create()
    with SqliteIndex(session.root, Library(session.root).index_file) as index:
        index.put(entry_of(session.root / "red.jpg", "a dog", DOG))
    reader = Reader(session)
    answers: list[Found] = []
    reader.found.connect(answers.append)
    for number in range(200):
        reader.search(Wanted(f"word{number}"))
    reader.search(Wanted("dog"))
    qtbot.waitUntil(lambda: bool(answers) and answers[-1].wanted == Wanted("dog"))
    assert answers[-1].photos.names == [b"red.jpg"]
    assert len(answers) < 50
    reader.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "tagger-rows"]


def test_chosen_paths(tmp_path: Path) -> None:
    chosen = Chosen(tmp_path, [b"a.jpg", b"sub/\xff.jpg"])
    assert len(chosen) == 2 and chosen[0] == tmp_path / "a.jpg"
    assert chosen == [tmp_path / "a.jpg", tmp_path / "sub" / "\udcff.jpg"]
    assert list(chosen[1:]) == [tmp_path / "sub" / "\udcff.jpg"]
    assert chosen != [tmp_path / "a.jpg"]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_badges_differ_in_shape(colours: Any, qtbot: Any) -> None:
    """Not in colour alone: seen in two tones, each has a drawing of its own."""

    def drawing(state: PhotoState) -> tuple[bool, ...]:
        image = badge_pixmap(state, colours, 2.0).toImage()
        surface = QColor(colours.surface).lightness()
        middle = range(8, 28)
        return tuple(abs(image.pixelColor(x, y).lightness() - surface) < 40 for y in middle for x in middle)

    drawings = {state: drawing(state) for state in PhotoState}
    for one, other in combinations(PhotoState, 2):
        assert sum(a != b for a, b in zip(drawings[one], drawings[other], strict=True)) > 15, (one, other)


def test_every_state_has_words() -> None:
    assert len({state_name(state) for state in PhotoState}) == len(PhotoState)
    assert all(state_sentence(state) for state in PhotoState)


def test_tooltip_takes_nothing_for_html(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / "a.jpg", "<img src=x>\u202e & more", DOG)
    text = tip(b"<b>.jpg", PhotoState.FAILED, entry, "<i>why</i>")
    assert "<img" not in text and "<i>" not in text and "\u202e" not in text
    assert "&lt;img src=x&gt;" in text and "&lt;b&gt;.jpg" in text


def test_captions_take_two_lines(qtbot: Any) -> None:
    grid = PhotoGrid()
    qtbot.addWidget(grid)
    tiles = grid.itemDelegate()
    assert isinstance(tiles, TileDelegate)
    assert tiles._lines("a dog", 170) == ("a dog",)
    lines = tiles._lines("a dog that runs along a beach with a ball in its mouth and another dog behind", 170)
    assert len(lines) == 2 and lines[0].startswith("a dog") and lines[1].endswith("…")
    assert len(tiles._lines("w" * 10_000, 170)) == 2
    assert tiles._lines("", 170) == ("",)
    assert "\u202e" not in tiles._lines("a\u202eb", 170)[0]


@pytest.fixture
def disk_touched() -> Iterator[list[str]]:
    """What the window's thread asks of the file system while the test is in its ``touched`` part."""
    touched: list[str] = []
    active = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        events = ("open", "os.listdir", "os.scandir", "sqlite3.connect")
        if active and event in events and threading.current_thread() is threading.main_thread():
            touched.append(f"{event} {arguments[0]}")

    sys.addaudithook(hook)
    yield touched
    active = False


def test_drawing_touches_no_disk(session: Any, tmp_path: Path, qtbot: Any, disk_touched: list[str]) -> None:
    reader, thumbnails = Reader(session), Thumbnails(ThumbnailCache(tmp_path / "cache.db"), threads=1)
    grid, model = PhotoGrid(), PhotoListModel(reader, thumbnails)
    qtbot.addWidget(grid)
    grid.setModel(model)
    grid.resize(900, 700)
    grid.show()
    reader.look_around()
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    grid.grab()
    disk_touched.clear()
    for _ in range(5):
        grid.grab()
        grid.selectAll()
    assert disk_touched == []
    reader.close()
    thumbnails.close()
