"""How one photo of the grid is drawn: picture, badge, caption. Knows no model beyond the roles of a row."""

from collections import OrderedDict
from functools import cached_property

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tagger.storage.text import printable
from tagger_gui import texts
from tagger_gui.library.badges import BADGE, badge_pixmap
from tagger_gui.library.rows import Role
from tagger_gui.theme import RADIUS, SPACE, Colours, PhotoState, colours_of

SMALLEST, LARGEST, USUAL = 96, 320, 176
"""Widths of a picture, in device-independent pixels."""
_LINES = 2
_SHAPE = 0.75  # height of the picture's box by its width: most photos are 4:3 or 3:2
_KEPT_TEXTS = 4000


class TileDelegate(QStyledItemDelegate):
    """Draws a photo into its cell; ``width`` is that of the picture."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.width = USUAL
        self._view = view
        self._texts: OrderedDict[tuple[str, int], tuple[str, ...]] = OrderedDict()

    @cached_property
    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._view.font())

    def font_changed(self) -> None:
        """Measure anew."""
        self.__dict__.pop("_metrics", None)
        self._texts.clear()

    @property
    def cell(self) -> QSize:
        """The smallest cell that a photo fits in."""
        return QSize(self.width + 2 * SPACE, self._box_height + 3 * SPACE + _LINES * self._metrics.lineSpacing())

    def box(self, ratio: float) -> tuple[int, int]:
        """Width and height of the largest picture, in pixels of a screen with ``ratio`` of them a unit."""
        return round(self.width * ratio), round(self._box_height * ratio)

    @property
    def _box_height(self) -> int:
        return round(self.width * _SHAPE)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        """The cell: all are alike."""
        return self.cell

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one photo."""
        colours = colours_of()
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        self._ground(painter, cell, state, colours)
        box = QRect(cell.center().x() - self.width // 2, cell.top() + SPACE, self.width, self._box_height)
        pixmap = index.data(Role.THUMBNAIL)
        shown = self._picture(painter, box, pixmap, colours) if pixmap is not None else box
        if pixmap is None:
            self._placeholder(painter, box, bool(index.data(Role.PROBLEM)), colours)
        badge = index.data(Role.STATE)
        if badge is not None:
            self._badge(painter, shown, PhotoState(badge), colours)  # Qt makes plain text of it
        below = QRect(box.left(), box.bottom() + SPACE, box.width(), cell.bottom() - box.bottom() - SPACE)
        self._caption(painter, below, index, colours)

    def _ground(self, painter: QPainter, cell: QRect, state: QStyle.StateFlag, colours: Colours) -> None:
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if not (chosen or focused or hovered):
            return
        fill = colours.selection if chosen else colours.hover if hovered else None
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.accent), 2) if chosen or focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(cell).adjusted(2, 2, -2, -2), RADIUS, RADIUS)

    def _picture(self, painter: QPainter, box: QRect, pixmap: QPixmap, colours: Colours) -> QRect:
        size = pixmap.deviceIndependentSize().toSize()
        if size.width() != box.width() and size.height() != box.height():  # made for another size, and on its way
            size = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRect(
            box.left() + (box.width() - size.width()) // 2,
            box.top() + (box.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        painter.drawPixmap(shown, pixmap)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(colours.border))
        painter.drawRect(QRectF(shown).adjusted(0.5, 0.5, -0.5, -0.5))
        return shown

    def _placeholder(self, painter: QPainter, box: QRect, broken: bool, colours: Colours) -> None:
        painter.setPen(QColor(colours.border))
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(QPen(QColor(colours.muted), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle, side = QPointF(box.center()), min(box.width(), box.height()) / 6
        if broken:  # a cross: nothing can be shown
            painter.drawLine(middle + QPointF(-side, -side), middle + QPointF(side, side))
            painter.drawLine(middle + QPointF(-side, side), middle + QPointF(side, -side))

    def _badge(self, painter: QPainter, shown: QRect, state: PhotoState, colours: Colours) -> None:
        pixmap = badge_pixmap(state, colours, self._view.devicePixelRatioF())
        painter.drawPixmap(max(shown.left(), shown.right() - BADGE - 4), shown.top() + 5, pixmap)

    def _caption(
        self, painter: QPainter, below: QRect, index: QModelIndex | QPersistentModelIndex, colours: Colours
    ) -> None:
        text = index.data(Role.CAPTION)
        painter.setPen(QColor(colours.text if text else colours.muted))
        text = text or printable_name(index)
        baseline = below.top() + self._metrics.ascent()
        for line in self._lines(text, below.width()):
            painter.drawText(below.left(), baseline, line)
            baseline += self._metrics.lineSpacing()

    def _lines(self, text: str, width: int) -> tuple[str, ...]:
        """``text`` in at most two lines, the second one cut short where it must be."""
        key = (text, width)
        lines = self._texts.get(key)
        if lines is None:
            lines = self._texts[key] = self._broken(text, width)
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.popitem(last=False)
        return lines

    def _broken(self, text: str, width: int) -> tuple[str, ...]:
        text = texts.shown(" ".join(text[:500].split()))
        layout = QTextLayout(text, self._view.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        lines: list[str] = []
        layout.beginLayout()
        while len(lines) < _LINES and (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            start = line.textStart()
            last = len(lines) == _LINES - 1
            lines.append(text[start:] if last else text[start : start + line.textLength()].rstrip())
        layout.endLayout()
        if len(lines) == _LINES:
            lines[-1] = self._metrics.elidedText(lines[-1], Qt.TextElideMode.ElideRight, width)
        return tuple(lines)


def printable_name(index: QModelIndex | QPersistentModelIndex) -> str:
    """The file name of a row's photo."""
    path = index.data(Role.PATH)
    return printable(path.name.encode("utf-8", "surrogateescape")) if path is not None else ""
