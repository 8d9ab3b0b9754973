"""The first thing that is seen: what the program does, and where to drop photos."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tagger_gui import texts
from tagger_gui.icons import icon
from tagger_gui.theme import RADIUS, SPACE, colours_of

_WIDTH = 620
_ICON = 56
_RECENT = 5


class Welcome(QWidget):
    """The page that is shown while no library is open."""

    folder_wanted = Signal()
    photos_wanted = Signal()
    library_wanted = Signal(object)
    """The root of a library that was open before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Captions and tags for your photos"))
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title.setWordWrap(True)  # in some languages it is longer than the place
        promise = QLabel(
            self.tr(
                "Every photo gets a sentence and tags, written where other photo programs read them.\n"
                "Nothing leaves this computer, and everything can be undone to the byte."
            )
        )
        promise.setProperty("role", "muted")
        promise.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        promise.setWordWrap(True)
        self.area = _DropArea()
        self.area.folder.clicked.connect(self.folder_wanted)
        self.area.photos.clicked.connect(self.photos_wanted)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(SPACE // 2)
        self.recent_title = QLabel(self.tr("Opened before"))
        self.recent_title.setProperty("role", "heading")
        column = QVBoxLayout()
        column.setSpacing(3 * SPACE)
        column.addStretch(2)
        for widget in (title, promise, self.area):
            column.addWidget(widget)
        column.addWidget(self.recent_title)
        column.addLayout(self._recent)
        column.addStretch(3)
        middle = QWidget()
        middle.setLayout(column)
        middle.setMaximumWidth(_WIDTH)
        line = QHBoxLayout(self)
        line.addStretch(1)
        line.addWidget(middle, 100)
        line.addStretch(1)
        self.show_recent([])

    def show_recent(self, roots: Sequence[Path]) -> None:
        """Offer these libraries, the latest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for root in roots[:_RECENT]:
            button = _LibraryButton(root)
            button.chosen.connect(self.library_wanted)
            self._recent.addWidget(button)
        self.recent_title.setVisible(bool(roots))


class _DropArea(QFrame):
    """A dashed frame that says what to drop; the whole window takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(30 * SPACE)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words = QLabel(self.tr("Drop photos or a folder here"))
        words.setProperty("role", "heading")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.folder = QPushButton(self.tr("Open a folder…"))
        self.folder.setProperty("role", "primary")
        self.photos = QPushButton(self.tr("Choose photos…"))
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.folder)
        buttons.addWidget(self.photos)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        column.addWidget(self._icon)
        column.addWidget(words)
        column.addLayout(buttons)
        column.addStretch(1)
        self._draw_icon()

    def _draw_icon(self) -> None:
        self._icon.setPixmap(icon("drop", "accent").pixmap(_ICON, _ICON))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw the frame."""
        colours = colours_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colours.color("surface"))
        painter.setPen(QPen(colours.color("muted"), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 2 * RADIUS, 2 * RADIUS)


class _LibraryButton(QPushButton):
    """A library that was open before: its name and where it is."""

    chosen = Signal(object)

    def __init__(self, root: Path) -> None:
        super().__init__(icon("library"), texts.shown(f"{root.name or root}   {root.parent}").replace("&", "&&"))
        self.setProperty("role", "quiet")
        self.setStyleSheet("text-align: left;")
        self.setToolTip(texts.shown(str(root)))
        self._root = root
        self.clicked.connect(self._choose)

    def _choose(self) -> None:
        self.chosen.emit(self._root)
