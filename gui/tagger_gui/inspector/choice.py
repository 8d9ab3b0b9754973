"""A sentence to choose: a button as wide as its place and as high as its text, with a share beside it."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from tagger_gui import theme

_SHARE_WIDTH = "100%"
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ChoiceButton(QAbstractButton):
    """One of several sentences; the checked one is the one in use. ``share`` is shown before it, as ``62%``."""

    def __init__(self, sentence: str, share: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(sentence)
        self.setCheckable(True)
        self._share = share
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # drawn anew when the mouse comes and goes
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Enter is not about this sentence
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(self.tr("probability {share}").format(share=share) if share else "")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def nextCheckState(self) -> None:
        """Whether it is checked follows from the caption, not from the click."""

    def hasHeightForWidth(self) -> bool:
        """The text is broken to the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the broken text with its edges."""
        metrics = QFontMetrics(self.font())
        room = self._place(QRect(0, 0, max(120, width), 10_000))
        return metrics.boundingRect(room, _FLAGS, self.text()).height() + theme.SPACE

    def sizeHint(self) -> QSize:
        """A usual width, and the height that belongs to it."""
        return QSize(260, self.heightForWidth(self.width() if self.width() > 100 else 260))

    def minimumSizeHint(self) -> QSize:
        """Narrow if need be."""
        return QSize(120, self.heightForWidth(120) if self.width() < 120 else self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw a rounded row: share, sentence; a bar on the left where it is the one in use."""
        colours = theme.colours_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.rect().adjusted(1, 1, -1, -1)
        painter.setPen(colours.color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(colours.color("hover") if self.underMouse() or self.isDown() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(room, theme.RADIUS, theme.RADIUS)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.color("accent"))
            painter.drawRoundedRect(QRect(room.left(), room.top() + 3, 3, room.height() - 6), 1.5, 1.5)
        share = QRect(room.left() + theme.SPACE, room.top(), self._left() - theme.SPACE * 2, room.height())
        painter.setPen(colours.color("muted"))
        painter.drawText(share, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._share)
        painter.setPen(colours.color("text"))
        painter.drawText(self._place(self.rect()), _FLAGS, self.text())

    def _place(self, whole: QRect) -> QRect:
        """Where the sentence is: measured and drawn at the same width, or a line would be missing."""
        return whole.adjusted(self._left() + 1, 1, -theme.SPACE - 1, -1)

    def _left(self) -> int:
        """Where the sentence begins."""
        return QFontMetrics(self.font()).horizontalAdvance(_SHARE_WIDTH) + 2 * theme.SPACE
