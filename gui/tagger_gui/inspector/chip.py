"""One tag as a chip: its word, how sure the model is, what it belongs to, and whether it stays."""

import html
from enum import StrEnum

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tagger.core.records import Tag
from tagger_gui import theme

_HEIGHT = 28
_CROSS = 22  # width of the part that rejects or takes back


class ChipState(StrEnum):
    """What is to become of a tag."""

    KEPT = "kept"
    REJECTED = "rejected"
    ADDED = "added"  # by the person who looks at it
    OFFERED = "offered"  # the model is not sure enough: nothing is written unless it is accepted


class Chip(QWidget):
    """A tag. A click on an offered one accepts it; the mark at its end, or Delete, rejects; the same takes it back.

    ``accepted`` and ``rejected`` tell what the user wants; what then becomes of it is the panel's part.
    """

    accepted = Signal()
    rejected = Signal()

    def __init__(self, tag: Tag, state: ChipState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tag = tag
        self._state = state
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # drawn anew when the mouse comes and goes
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._describe()

    @property
    def state(self) -> ChipState:
        """What is to become of the tag."""
        return self._state

    @state.setter
    def state(self, state: ChipState) -> None:
        self._state = state
        self._describe()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The width of its texts."""
        plain = QFontMetrics(self.font())
        widths = (plain.horizontalAdvance(text) for text in (self._parent_text(), self._score_text()) if text)
        label = QFontMetrics(self._label_font()).horizontalAdvance(self.tag.label)
        return QSize(2 * theme.SPACE + label + sum(width + 5 for width in widths) + self._mark_width(), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Long words are cut rather than pushing the panel wide."""
        return QSize(min(self.sizeHint().width(), 140), _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click decides."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        on_mark = event.position().x() >= self.width() - self._mark_width() - 4
        if self._state is ChipState.OFFERED or self._state is ChipState.REJECTED:
            self.accepted.emit()
        elif on_mark:
            self.rejected.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space toggles, Delete rejects."""
        if event.key() == Qt.Key.Key_Space:
            (self.accepted if self._state in (ChipState.OFFERED, ChipState.REJECTED) else self.rejected).emit()
        elif event.key() == Qt.Key.Key_Delete and self._state in (ChipState.KEPT, ChipState.ADDED):
            self.rejected.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw ground, parent, word, share and mark."""
        colours = theme.colours_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rejected, offered = self._state is ChipState.REJECTED, self._state is ChipState.OFFERED
        edge = QPen(colours.color("accent" if self.hasFocus() else "border"), 2 if self.hasFocus() else 1)
        if (rejected or offered) and not self.hasFocus():
            edge.setStyle(Qt.PenStyle.DashLine)
        ground = {ChipState.KEPT: "surface", ChipState.ADDED: "selection"}.get(self._state, "window")
        painter.setPen(edge)
        painter.setBrush(colours.color("hover" if self.underMouse() else ground))
        room = self.rect().adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(room, _HEIGHT / 2 - 1, _HEIGHT / 2 - 1)
        centre = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        x, end = theme.SPACE + 2, self.width() - self._mark_width() - 4
        score = self._score_text()
        plain = QFontMetrics(self.font())
        score_width = plain.horizontalAdvance(score) + 5 if score else 0
        painter.setPen(colours.color("muted"))
        if parent := self._parent_text():
            width = plain.horizontalAdvance(parent)
            painter.drawText(QRect(x, 0, width, self.height()), centre, parent)
            x += width + 5
        font = self._label_font()
        painter.setFont(font)
        painter.setPen(colours.color("muted" if rejected or offered else "text"))
        metrics = QFontMetrics(font)
        label = metrics.elidedText(self.tag.label, Qt.TextElideMode.ElideRight, max(20, end - x - score_width))
        painter.drawText(QRect(x, 0, end - x, self.height()), centre, label)
        x += metrics.horizontalAdvance(label) + 5
        painter.setFont(self.font())
        painter.setPen(colours.color("muted"))
        painter.drawText(QRect(x, 0, score_width, self.height()), centre, score)
        self._paint_mark(painter)

    def _paint_mark(self, painter: QPainter) -> None:
        """A cross where it rejects, a plus where it accepts, an arrow back where it takes back."""
        colours = theme.colours_of()
        middle = QRect(self.width() - _CROSS - 3, 0, _CROSS, self.height()).center()
        pen = QPen(colours.color("text" if self.underMouse() else "muted"), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y, r = middle.x(), middle.y() + 1, 3
        if self._state in (ChipState.KEPT, ChipState.ADDED):
            painter.drawLine(x - r, y - r, x + r, y + r)
            painter.drawLine(x - r, y + r, x + r, y - r)
        else:
            painter.drawLine(x - r - 1, y, x + r + 1, y)
            painter.drawLine(x, y - r - 1, x, y + r + 1)

    def _mark_width(self) -> int:
        return _CROSS

    def _label_font(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.Medium)
        font.setStrikeOut(self._state is ChipState.REJECTED)
        return font

    def _parent_text(self) -> str:
        return f"{self.tag.ancestors[0]} ›" if self.tag.ancestors else ""

    def _score_text(self) -> str:
        return "" if self._state is ChipState.ADDED or self.tag.score != self.tag.score else f"{self.tag.score:.0%}"

    def _describe(self) -> None:
        """Say to people who hear the window what those who see it see."""
        path = " › ".join((*reversed(self.tag.ancestors), self.tag.label))
        states = {
            ChipState.KEPT: self.tr("{path}: {score}. Delete leaves it out."),
            ChipState.REJECTED: self.tr("{path}: left out. Space takes it back in."),
            ChipState.ADDED: self.tr("{path}: added by you. Delete removes it."),
            ChipState.OFFERED: self.tr("{path}: {score}, not sure enough. Space adds it."),
        }
        text = states[self._state].format(path=path, score=self._score_text() or self.tr("of unknown probability"))
        self.setAccessibleName(text)
        self.setToolTip(html.escape(text))
