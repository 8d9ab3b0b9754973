"""What two models say of the same photos, side by side. Writes nothing."""

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tagger.bootstrap import DEFAULT_BUNDLE
from tagger.captioning.bundle import load_bundle
from tagger.captioning.image import load_picture
from tagger.captioning.isolated import Decoder
from tagger.config import Settings
from tagger.core.errors import TaggerError
from tagger.core.records import Caption
from tagger_gui import texts
from tagger_gui.asking import Asking
from tagger_gui.inspector.loading import to_qimage
from tagger_gui.models import Compared, compare
from tagger_gui.notice import Notice, sentence
from tagger_gui.theme import SPACE

PHOTOS = 24
"""How many photos are compared: enough to judge by, and done while somebody looks."""

_THUMBNAIL = 96


class CompareDialog(QDialog):
    """Captions of the first PHOTOS of ``photos`` by the models of two settings, one photo a row."""

    _found = Signal(object, object)

    def __init__(self, photos: Sequence[Path], one: Settings, other: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Two models on the same photos"))
        self.resize(980, 640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._photos, self._one, self._other = list(photos[:PHOTOS]), one, other
        self._stop = threading.Event()
        self.notice, self.state, self.table = Notice(), QLabel(), QTableWidget(0, 3)
        self.comparing = Asking("comparing", self)
        self._lay_out()
        self._found.connect(self._add)
        self.comparing.answered.connect(lambda _: self._count(over=True))
        self.comparing.failed.connect(self._fail)
        self._count()
        self.comparing.ask(self._work)

    def done(self, result: int) -> None:
        """End the thread, however the dialogue ends."""
        self._stop.set()
        self.comparing.close()
        super().done(result)

    def _lay_out(self) -> None:
        names = [_name(settings) for settings in (self._one, self._other)]
        self.table.setHorizontalHeaderLabels([self.tr("Photo"), *map(texts.shown, names)])
        self.table.setIconSize(QSize(_THUMBNAIL, _THUMBNAIL))
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(True)
        self.table.setAccessibleName(self.windowTitle())
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.state.setProperty("role", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE)
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
        column.addWidget(self.state)
        column.addWidget(buttons)

    def _work(self) -> None:
        """Compare, in the thread."""
        decoder = Decoder()
        try:
            for found in compare(self._photos, self._one, self._other, self._stop):
                try:
                    picture = to_qimage(load_picture(found.path, _THUMBNAIL, decoder=decoder))
                except TaggerError:
                    picture = None
                self._found.emit(found, picture)
        finally:
            decoder.close()

    def _add(self, found: Compared, picture: QImage | None) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        name = QTableWidgetItem(texts.shown(found.path.name))
        if picture is not None:
            name.setIcon(QIcon(QPixmap.fromImage(picture)))
        name.setToolTip(texts.shown(str(found.path)))
        self.table.setItem(row, 0, name)
        words = [_words(caption) for caption in found.captions] if found.captions else [sentence(found.problem), ""]
        for column, text in enumerate(words, 1):
            self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.setRowHeight(row, _THUMBNAIL + SPACE)
        self._count()

    def _count(self, *, over: bool = False) -> None:
        done, wanted = self.table.rowCount(), len(self._photos)
        if over:
            self.state.setText(self.tr("Nothing was written."))
        else:
            self.state.setText(self.tr("{done} of {total}").format(done=done, total=wanted))

    def _fail(self, error: TaggerError) -> None:
        self.state.clear()
        self.notice.tell(error)


def _name(settings: Settings) -> str:
    try:
        return load_bundle(settings.bundle or DEFAULT_BUNDLE).model_id
    except TaggerError:
        return str(settings.bundle)


def _words(caption: Caption) -> str:
    tags = ", ".join(tag.label for tag in caption.tags)
    return texts.shown(caption.text) + (f"\n{texts.shown(tags)}" if tags else "")
