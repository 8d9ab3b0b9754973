"""Texts and cards below each other in a narrow place: what does not fit is scrolled, never cut."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from tagger_gui import theme
from tagger_gui.inspector.texts import lines


class _Column(QWidget):
    """As high as it has to be at its width: a minimum worked out for the smallest width would scroll for nothing."""

    def minimumSizeHint(self) -> QSize:
        """A width; the height follows from it."""
        return QSize(super().minimumSizeHint().width(), 0)


class ScrolledColumn(QScrollArea):
    """Widgets below each other, as wide as their place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def refill(self) -> tuple[QWidget, QVBoxLayout]:
        """Empty it; returns the holder of what comes next, and its layout."""
        holder = _Column(self)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, theme.SPACE * 3 // 2, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.SPACE)
        self.setWidget(holder)
        return holder, layout


class NameLabel(QLabel):
    """A file name on one line; of one that is too long the middle is left out, so that its ending stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "heading")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw what there is room for."""
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter = QPainter(self)
        self.style().drawItemText(
            painter, self.rect(), Qt.AlignmentFlag.AlignVCenter, self.palette(), True, text, self.foregroundRole()
        )


class _Wrapped(QLabel):
    """A text as high as its lines are at its width; Qt's own guess, at no width, is higher."""

    def minimumSizeHint(self) -> QSize:
        """One line; more follow from the width."""
        return QSize(40, self.fontMetrics().height())

    def sizeHint(self) -> QSize:
        """As high as it is at the width that it has."""
        return QSize(200, self.heightForWidth(self.width() if self.width() > 100 else 300))


def plain_label(text: str, parent: QWidget) -> QLabel:
    """A text that is broken to its place, and never taken for HTML: captions and names are anybody's."""
    label = _Wrapped(lines(text), parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
