"""Where a photo stands, as a word with a coloured dot."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tagger_gui import theme
from tagger_gui.inspector.dossier import Dossier
from tagger_gui.photo_states import state_name
from tagger_gui.theme import STATE_COLOURS, PhotoState

_DOT = 8


def state_of(dossier: Dossier) -> PhotoState:
    """The state of a photo of which everything is known."""
    entry = dossier.entry
    if entry is None:
        return PhotoState.FAILED if dossier.metadata is None and dossier.problem else PhotoState.NEW
    if dossier.changed_outside:
        return PhotoState.OUTSIDE
    return PhotoState(entry.state.value)


class StateLabel(QWidget):
    """The state of the photo that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = PhotoState.NEW
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_state(PhotoState.NEW)

    @property
    def state(self) -> PhotoState:
        """What is shown."""
        return self._state

    def show_state(self, state: PhotoState) -> None:
        """Show a state."""
        self._state = state
        self.setAccessibleName(state_name(state))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Dot and word."""
        metrics = QFontMetrics(self.font())
        return QSize(_DOT + theme.SPACE + metrics.horizontalAdvance(state_name(self._state)) + 2, metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw both."""
        colour = theme.colours_of().color(STATE_COLOURS[self._state])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(0, (self.height() - _DOT) // 2, _DOT, _DOT)
        painter.setPen(colour)
        painter.drawText(
            self.rect().adjusted(_DOT + theme.SPACE - 2, 0, 0, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            state_name(self._state),
        )
