"""The photos that were found as Qt's model: their order is known at once, their rows come page by page.

``data`` never waits: what is not there yet is asked for and announced by ``dataChanged`` when it comes. Knows no
widget; what a search is, ``searching`` knows.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    QUrl,
    Signal,
)

from tagger_gui.library import words
from tagger_gui.library.chosen import Chosen
from tagger_gui.library.searching import Found
from tagger_gui.library.survey import name_of, path_of
from tagger_gui.library.wanted import Wanted
from tagger_gui.theme import PhotoState

if TYPE_CHECKING:
    from tagger.core.records import IndexEntry
    from tagger_gui.library.reader import Reader
    from tagger_gui.library.thumbnails import Thumbnails

KEPT_ROWS = 4000
"""Rows in memory, about 3 kB each: those looked at last."""
AT_ONCE = 400  # rows of one request: more than a screen holds
_GATHER_MILLISECONDS = 8
_AGAIN_MILLISECONDS = 400  # between two searches while a run changes photos

_Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What a row can be asked for."""

    PATH = Qt.ItemDataRole.UserRole + 1
    """Path."""
    CAPTION = PATH + 1
    """str, empty where there is none or it is not read yet."""
    STATE = PATH + 2
    """PhotoState; None while it is not read yet."""
    TAGS = PATH + 3
    """Tuple of Tag."""
    ENTRY = PATH + 4
    """IndexEntry; None where there is none or it is not read yet."""
    THUMBNAIL = PATH + 5
    """QPixmap; None while there is none."""
    PROBLEM = PATH + 6
    """Why the photo failed, or its thumbnail: a sentence, or empty."""


class PhotoListModel(QAbstractListModel):
    """The photos that match ``wanted``."""

    problem = Signal(object)
    """The RunError that the last search ended in; the photos of before stay."""
    found = Signal(object)
    """A Found, once the model shows it."""
    counted = Signal(object)
    """A Counts."""

    def __init__(self, reader: "Reader", thumbnails: "Thumbnails", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wanted = Wanted()
        self._reader, self._thumbnails = reader, thumbnails
        self._only: list[bytes] | None = None
        self._found = Found(self.wanted)
        self._entries: OrderedDict[bytes, IndexEntry] = OrderedDict()
        self._stale: set[bytes] = set()
        self._missed: dict[int, None] = {}
        self._asked: set[bytes] = set()
        self._shown_only: list[bytes] | None = None
        self._gathering = _timer(self, _GATHER_MILLISECONDS, self._ask)
        self._again = _timer(self, _AGAIN_MILLISECONDS, self._search)
        reader.found.connect(self._show)
        reader.loaded.connect(self._take)
        reader.failed.connect(self.problem)
        reader.counted.connect(self.counted)
        reader.surveyed.connect(self._search)
        thumbnails.ready.connect(self._redraw)

    def search(self, wanted: Wanted, *, only: Iterable[Path] | None = None) -> None:
        """Show what matches; ``only`` shows these photos in this order instead."""
        self.wanted = wanted
        self._only = None if only is None else [name_of(self._reader.root, path) for path in only]
        self._again.stop()
        self._search()

    def refresh(self, paths: Sequence[Path]) -> None:
        """These photos, or all, may have changed: read their rows again, and search again soon."""
        names = [name_of(self._reader.root, path) for path in paths if path.is_relative_to(self._reader.root)]
        self._reader.look_again(names)
        self._stale.update(names if paths else self._entries)
        if not self._again.isActive():
            self._again.start()

    def path_of(self, row: int) -> Path:
        """The photo of a row."""
        return path_of(self._reader.root, self._found.photos.names[row])

    def row_of(self, path: Path) -> int:
        """The row of a photo, -1 where it is not among those found."""
        if not path.is_relative_to(self._reader.root):
            return -1
        return self._found.rows.get(name_of(self._reader.root, path), -1)

    def chosen(self, ranges: Iterable[tuple[int, int]]) -> Chosen:
        """The photos of these rows, each range from its first to its last."""
        names = self._found.photos.names
        return Chosen(self._reader.root, (name for first, last in ranges for name in names[first : last + 1]))

    def look_at(self, rows: Sequence[int], box: tuple[int, int], ratio: float) -> None:
        """Say which rows are on the screen, the most wanted first, and how large; see ``Thumbnails.want``."""
        self._thumbnails.want([self.path_of(row) for row in rows], box, ratio=ratio)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """How many photos were found."""
        return 0 if parent.isValid() else len(self._found.photos.names)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is known of a photo now; see Role."""
        row = index.row()
        if not 0 <= row < len(self._found.photos.names):
            return None
        name = self._found.photos.names[row]
        if role == Role.PATH:
            return path_of(self._reader.root, name)
        if role == Role.THUMBNAIL:
            return self._thumbnails.pixmap(path_of(self._reader.root, name))
        if role == Role.PROBLEM:
            cause = self._found.failed.get(name, "")
            return cause or self._thumbnails.problem(path_of(self._reader.root, name))
        entry = self._entry(row, name)
        if role == Role.ENTRY:
            return entry
        if role == Role.STATE:
            return self._state(row, name, entry)
        if role in (Role.CAPTION, Qt.ItemDataRole.DisplayRole):
            return entry.caption.text if entry else ""
        if role == Role.TAGS:
            return entry.caption.tags if entry else ()
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.tip(name, self._state(row, name, entry), entry, self._found.failed.get(name, ""))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.spoken(name, self._state(row, name, entry), entry)
        return None

    def mimeTypes(self) -> list[str]:
        """Photos can be dragged to other programs, as files."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files of these photos."""
        dragged = QMimeData()
        dragged.setUrls([QUrl.fromLocalFile(str(self.path_of(index.row()))) for index in indexes])
        return dragged

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Every photo can be chosen and dragged."""
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren

    def _search(self) -> None:
        self._reader.search(self.wanted, only=self._only)

    def _state(self, row: int, name: bytes, entry: "IndexEntry | None") -> PhotoState | None:
        if entry is None and self._found.photos.ids[row]:
            return None
        return self._found.state(name, entry.state.value if entry else None)

    def _entry(self, row: int, name: bytes) -> "IndexEntry | None":
        """The row's entry; what is not there, or not sure any more, is asked for."""
        if not self._found.photos.ids[row]:
            return None
        entry = self._entries.get(name)
        if entry is not None:
            self._entries.move_to_end(name)
        if (entry is None or name in self._stale) and name not in self._asked:
            self._missed[row] = None
            if not self._gathering.isActive():
                self._gathering.start()
        return entry

    def _ask(self) -> None:
        """Request the rows that were missed, and those around them that a scroll would show next."""
        names, ids = self._found.photos.names, self._found.photos.ids
        missed = [row for row in self._missed if row < len(names)][-AT_ONCE:]
        self._missed.clear()
        if not missed:
            return
        first, last = min(missed), max(missed)
        more = (AT_ONCE - len(missed)) // 2
        around = [*range(last + 1, min(len(names), last + 1 + more)), *range(first - 1, max(-1, first - 1 - more), -1)]
        rows = missed + [row for row in around if ids[row] and names[row] not in self._entries]
        self._asked = {names[row] for row in rows}
        self._reader.load([ids[row] for row in rows])

    def _take(self, entries: "dict[bytes, IndexEntry]") -> None:
        self._asked.clear()
        for name, entry in entries.items():
            self._entries[name] = entry
            self._entries.move_to_end(name)
            self._stale.discard(name)
        while len(self._entries) > KEPT_ROWS:
            name, _ = self._entries.popitem(last=False)
            self._stale.discard(name)
        rows = [self._found.rows[name] for name in entries if name in self._found.rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))

    def _show(self, found: Found) -> None:
        if found.wanted != self.wanted:
            return  # something else was asked for meanwhile
        before, again = self._found, found.wanted == self._found.wanted and self._only == self._shown_only
        self._shown_only = self._only
        if not again:
            self.beginResetModel()
            self._forget(found)
            self.endResetModel()
        elif found.photos.names == before.photos.names:
            self._forget(found)
            if found.photos.names:
                self.dataChanged.emit(self.index(0), self.index(len(found.photos.names) - 1))
        else:
            self._move(found)
        self.found.emit(found)

    def _move(self, found: Found) -> None:
        """Show other rows for the same search: what is chosen stays chosen."""
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        names = [self._found.photos.names[index.row()] for index in kept]
        self._forget(found)
        rows = [found.rows.get(name) for name in names]
        self.changePersistentIndexList(kept, [QModelIndex() if row is None else self.index(row) for row in rows])
        self.layoutChanged.emit()

    def _forget(self, found: Found) -> None:
        self._found = found
        self._missed.clear()
        self._asked.clear()

    def _redraw(self, path: Path) -> None:
        row = self.row_of(path)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [Role.THUMBNAIL])


def _timer(parent: QObject, milliseconds: int, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer
