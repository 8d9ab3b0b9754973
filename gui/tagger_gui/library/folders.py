"""The folders of a library as a tree, each with how many photos are in it and below; one can be chosen."""

import os
from collections import defaultdict
from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from tagger.core.natural import natural_key
from tagger_gui import texts
from tagger_gui.theme import SPACE, colours_of

_FOLDER = Qt.ItemDataRole.UserRole + 1
_COUNT = Qt.ItemDataRole.UserRole + 2
_Index = QModelIndex | QPersistentModelIndex


class FolderTree(QTreeWidget):
    """Folders by their path relative to the library's root (``/`` between names); empty is the whole library.

    Only what is unfolded has items, so that ten thousand folders cost nothing.
    """

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(2 * SPACE)
        self.setItemDelegate(_Counting(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._below: dict[str, list[str]] = {}
        self._totals: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._filling = False
        self.itemExpanded.connect(self._fill)
        self.currentItemChanged.connect(self._tell)

    @property
    def chosen(self) -> str:
        """The folder that is chosen; empty for the whole library."""
        item = self.currentItem()
        return str(item.data(0, _FOLDER)) if item is not None else ""

    def set_chosen(self, folder: str) -> None:
        """Choose a folder, silently; one that is not there chooses the whole library."""
        item = self._reached(folder) or self.topLevelItem(0)
        if item is not None:
            self._filling = True
            self.setCurrentItem(item)
            self._filling = False

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show these folders, each with the number of photos in the folder itself."""
        if counts == self._counts and self.topLevelItemCount():
            return
        chosen, unfolded = self.chosen, self._unfolded()
        self._counts = dict(counts)
        self._totals, self._below = _totals(counts)
        self._filling = True
        self.clear()
        top = self._item("", self.tr("All folders"))
        self.addTopLevelItem(top)
        top.setExpanded(True)
        for folder in sorted(unfolded):
            if (item := self._reached(folder)) is not None:
                item.setExpanded(True)
        self.setCurrentItem(self._reached(chosen) or top)
        self._filling = False
        if self.chosen != chosen:
            self.chosen_changed.emit()

    def _item(self, folder: str, name: str = "") -> QTreeWidgetItem:
        item = QTreeWidgetItem([name or texts.shown(folder.rpartition("/")[2])])
        item.setData(0, _FOLDER, folder)
        item.setData(0, _COUNT, self._totals.get(folder, 0))
        item.setToolTip(0, texts.shown(folder))
        if self._below.get(folder):
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        return item

    def _fill(self, item: QTreeWidgetItem) -> None:
        if not item.childCount():
            item.addChildren([self._item(folder) for folder in self._below.get(item.data(0, _FOLDER), ())])

    def _reached(self, folder: str) -> QTreeWidgetItem | None:
        """The item of a folder, unfolding what is above it."""
        item = self.topLevelItem(0)
        if item is None or (folder and folder not in self._totals):
            return None
        at = 0
        while folder and at < len(folder) and item is not None:
            item.setExpanded(True)
            self._fill(item)
            at = folder.find("/", at + 1) % (len(folder) + 1)  # -1 becomes the end
            children = (item.child(row) for row in range(item.childCount()))
            item = next((child for child in children if child and child.data(0, _FOLDER) == folder[:at]), None)
        return item

    def _unfolded(self) -> list[str]:
        found, items = [], [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        while items:
            item = items.pop()
            if item is not None and item.isExpanded():
                found.append(str(item.data(0, _FOLDER)))
                items += [item.child(row) for row in range(item.childCount())]
        return found

    def _tell(self) -> None:
        if not self._filling:
            self.chosen_changed.emit()


class _Counting(QStyledItemDelegate):
    """Draws a folder's count at the right of its line."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        room = option.rect.width() - option.fontMetrics.horizontalAdvance(texts.number(index.data(_COUNT))) - 4 * SPACE
        option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setPen(colours_of().color("muted"))
        right = QRect(option.rect).adjusted(0, 0, -SPACE, 0)
        count = texts.number(index.data(_COUNT))
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
        painter.restore()


def _totals(counts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Photos in each folder and below, and the folders in each folder."""
    totals: defaultdict[str, int] = defaultdict(int)
    below: defaultdict[str, set[str]] = defaultdict(set)
    for folder, count in counts.items():
        totals[""] += count
        names = folder.split("/") if folder else []
        for depth in range(1, len(names) + 1):
            path, above = "/".join(names[:depth]), "/".join(names[: depth - 1])
            totals[path] += count
            below[above].add(path)
    by_name = lambda path: natural_key(os.fsencode(path))  # noqa: E731
    return dict(totals), {folder: sorted(paths, key=by_name) for folder, paths in below.items()}
