"""A list of things to filter by, each with how many photos it has: any number of them can be chosen."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tagger_gui import texts
from tagger_gui.theme import RADIUS, SPACE, colours_of

_LINE = 26
_COUNT = Qt.ItemDataRole.UserRole + 1
_KEY = Qt.ItemDataRole.UserRole + 2
_Index = QModelIndex | QPersistentModelIndex


class CountedList(QListView):
    """Things by their key, with a name and a count; what is chosen stays listed even where it has none."""

    chosen_changed = Signal()

    def __init__(
        self,
        *,
        name_of: Callable[[str], str] = texts.shown,
        mark_of: Callable[[str], QPixmap] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows = _Rows(name_of, self)
        self.setModel(self._rows)
        self.setItemDelegate(_Line(self, mark_of))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.clicked.connect(self._toggle)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys that are chosen, in the order in which they were."""
        return tuple(self._rows.chosen)

    def set_chosen(self, keys: Iterable[str]) -> None:
        """Choose these and no others, silently."""
        self._rows.choose(keys)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """List these, in this order; what is chosen comes first."""
        current = self.currentIndex().data(_KEY) if self.currentIndex().isValid() else None
        self._rows.count(counts)
        if current in self._rows.keys:
            self.setCurrentIndex(self._rows.index(self._rows.keys.index(current)))

    def narrow(self, text: str) -> None:
        """List only what has ``text`` in its name, and what is chosen."""
        self._rows.narrow(text)

    def height_of_all(self) -> int:
        """What it takes to show every line, in device-independent pixels."""
        return self._rows.rowCount() * _LINE + SPACE // 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter choose."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _toggle(self, index: QModelIndex) -> None:
        self._rows.toggle(index.row())
        self.chosen_changed.emit()


class _Rows(QAbstractListModel):
    def __init__(self, name_of: Callable[[str], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.chosen: dict[str, None] = {}
        self.keys: list[str] = []
        self._counts: dict[str, int] = {}
        self._name_of, self._text = name_of, ""

    def count(self, counts: Mapping[str, int]) -> None:
        self._counts = dict(counts)
        self._list()

    def choose(self, keys: Iterable[str]) -> None:
        self.chosen = dict.fromkeys(keys)
        self._list()

    def narrow(self, text: str) -> None:
        self._text = text.strip().casefold()
        self._list()

    def toggle(self, row: int) -> None:
        key = self.keys[row]
        if key in self.chosen:
            del self.chosen[key]
        else:
            self.chosen[key] = None
        self.dataChanged.emit(self.index(row), self.index(row))

    def _list(self) -> None:
        listed = [key for key in self._counts if key not in self.chosen]
        if self._text:
            listed = [key for key in listed if self._text in self._name_of(key).casefold()]
        self.beginResetModel()
        self.keys = [*self.chosen, *listed]
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self.keys)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        key = self.keys[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._name_of(key)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._name_of(key)}, {texts.number(self._counts.get(key, 0))}"
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if key in self.chosen else Qt.CheckState.Unchecked
        return {_COUNT: self._counts.get(key, 0), _KEY: key}.get(role)


class _Line(QStyledItemDelegate):
    """A name with its count at the right; a tick before it where it is chosen."""

    def __init__(self, view: QWidget, mark_of: Callable[[str], QPixmap] | None) -> None:
        super().__init__(view)
        self._view, self._mark_of = view, mark_of

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(80, _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours, rect = colours_of(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        focused = self._view.hasFocus() and bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered or focused:
            painter.setPen(QPen(QColor(colours.accent), 1) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection if chosen else colours.hover if hovered else colours.surface))
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5), RADIUS, RADIUS)
        inner = rect.adjusted(SPACE, 0, -SPACE, 0)
        if self._mark_of is not None:
            mark = self._mark_of(index.data(_KEY))
            high = round(mark.height() / mark.devicePixelRatio())
            painter.drawPixmap(inner.left(), inner.center().y() - high // 2 + 1, mark)
            inner.setLeft(inner.left() + high + SPACE)
        count = texts.number(index.data(_COUNT))
        metrics = option.fontMetrics
        if chosen:
            count = f"{count}  \N{CHECK MARK}"
        painter.setPen(QColor(colours.text if chosen else colours.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
        room = inner.width() - metrics.horizontalAdvance(count) - SPACE
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(colours.text))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()
