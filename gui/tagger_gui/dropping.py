"""Photos and folders that come from outside: dropped on the window, pasted, or opened by a dialogue."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QEvent, QMimeData, QObject, QRect, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QWidget

from tagger.core.formats import PHOTO_SUFFIXES
from tagger_gui.icons import icon
from tagger_gui.theme import RADIUS, SPACE, colours_of


def paths_in(mime: QMimeData | None) -> list[Path]:
    """The files and folders of this computer that a drop or the clipboard holds, each once, in its order."""
    if mime is None or not mime.hasUrls():
        return []
    return list(dict.fromkeys(_local(url) for url in mime.urls() if url.isLocalFile()))


def _local(url: QUrl) -> Path:
    """The path that a file: address means, also where its bytes are no UTF-8: Qt would replace those."""
    if os.name == "nt":
        return Path(url.toLocalFile())
    return Path(os.fsdecode(unquote_to_bytes(url.path(QUrl.ComponentFormattingOption.FullyEncoded))))


def pasted_paths() -> list[Path]:
    """The files and folders that were copied in a file manager."""
    return paths_in(QGuiApplication.clipboard().mimeData())


def mime_of(paths: Iterable[Path]) -> QMimeData:
    """What a file manager offers when these are dragged or copied."""
    mime = QMimeData()
    mime.setUrls([QUrl(path.as_uri()) for path in paths])
    return mime


def choose_folder(parent: QWidget, start: Path | None = None) -> list[Path]:
    """Ask for a folder; empty where none is chosen."""
    chosen = QFileDialog.getExistingDirectory(parent, parent.tr("Open a folder of photos"), str(start or Path.home()))
    return [Path(chosen)] if chosen else []


def choose_photos(parent: QWidget, start: Path | None = None) -> list[Path]:
    """Ask for photos; empty where none are chosen."""
    suffixes = " ".join(f"*{suffix}" for suffix in sorted(PHOTO_SUFFIXES))
    both = " ".join([suffixes, suffixes.upper()])
    kinds = parent.tr("Photos ({suffixes})").format(suffixes=both)
    chosen, _ = QFileDialog.getOpenFileNames(parent, parent.tr("Caption photos"), str(start or Path.home()), kinds)
    return [Path(name) for name in chosen]


class Dropping(QObject):
    """Makes a window take files and folders that are dropped on it, and say so while they hover."""

    dropped = Signal(object)
    """The list of their paths."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.veil = _Veil(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what concerns dropping from the window's events."""
        if watched is not self._window:
            return False
        if isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.DragEnter:
            if paths_in(event.mimeData()) and event.source() is None:
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                self.veil.cover()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.veil.hide()
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self.veil.hide()
            if paths := paths_in(event.mimeData()):
                event.setDropAction(Qt.DropAction.CopyAction)  # a move would let the file manager delete them
                event.accept()
                self.dropped.emit(paths)
            return True
        return False


class _Veil(QWidget):
    """Lies over the window while something hovers over it that can be dropped."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Drop to caption"))
        self.hide()

    def cover(self) -> None:
        """Cover the window."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw a dashed frame and the sentence."""
        colours = colours_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colours.window)
        ground.setAlpha(235)
        painter.fillRect(self.rect(), ground)
        frame = self.rect().adjusted(3 * SPACE, 3 * SPACE, -3 * SPACE, -3 * SPACE)
        painter.setPen(QPen(colours.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 2 * RADIUS, 2 * RADIUS)
        side = 8 * SPACE
        middle = frame.center()
        icon("drop", "accent").paint(painter, QRect(middle.x() - side // 2, middle.y() - side, side, side))
        painter.setPen(colours.color("text"))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        painter.setFont(font)
        below = frame.adjusted(0, frame.height() // 2 + SPACE, 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self.tr("Drop to caption"))
