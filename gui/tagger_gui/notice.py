"""What went wrong, as a sentence with what to do: a bar above the photos, and the list of failures."""

import re
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tagger.core.errors import PhotoError, RunError, TaggerError
from tagger_gui import texts
from tagger_gui.icons import icon
from tagger_gui.running import Job
from tagger_gui.theme import SPACE

_PLAIN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[-'’])*[,;:.!?]*(?:\s|$)")
"""What no file is called as people see files: their names have an ending."""


class Notice(QFrame):
    """One error, until it is closed or another one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setAccessibleName(self.tr("Problem"))
        self._icon = QLabel()
        self.cause = QLabel()
        self.cause.setProperty("role", "heading")
        self.cause.setWordWrap(True)
        self.cause.setTextFormat(Qt.TextFormat.PlainText)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.cause, self.hint):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = QPushButton(icon("cancel"), "")
        self.close_button.setProperty("role", "quiet")
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(SPACE // 2)
        words.addWidget(self.cause)
        words.addWidget(self.hint)
        line = QHBoxLayout(self)
        line.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        line.setSpacing(2 * SPACE)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._draw_icon()
        self.hide()

    def tell(self, error: TaggerError) -> None:
        """Show an error: its cause, and what to do."""
        cause, hint = str(error), ""
        if isinstance(error, RunError | PhotoError):
            cause, hint = error.cause, error.hint
        self.cause.setText(sentence(cause, of=error.path.name if isinstance(error, PhotoError) else ""))
        self.hint.setText(sentence(hint))
        self.hint.setVisible(bool(hint))
        self.show()

    def _draw_icon(self) -> None:
        self._icon.setPixmap(icon("warning", "danger").pixmap(3 * SPACE, 3 * SPACE))

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()


def sentence(text: str, *, of: str = "") -> str:
    """A cause or hint as a sentence: a capital in front, a full stop at the end.

    The name of a file keeps its letters as they are: one that the text is ``of``, and one that it begins with.
    """
    text = texts.shown(text).strip()
    if not text:
        return ""
    ended = text if text.endswith((".", "?", "!")) else f"{text}."
    if of:
        return f"{texts.shown(of)}: {ended}"
    return ended[:1].upper() + ended[1:] if _PLAIN_WORD.match(ended) else ended


class FailuresDialog(QDialog):
    """The photos of a job that failed, each with the reason."""

    def __init__(self, job: Job, root: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("What failed"))
        self.resize(760, 420)
        self.list = QTreeWidget()
        self.list.setHeaderLabels([self.tr("Photo"), self.tr("Why, and what to do")])
        self.list.setRootIsDecorated(False)
        self.list.setAlternatingRowColors(True)
        self.list.setAccessibleName(self.windowTitle())
        for outcome in job.failures:
            within = outcome.path.is_relative_to(root)
            name = str(outcome.path.relative_to(root) if within else outcome.path)
            item = QTreeWidgetItem([texts.shown(name), sentence(outcome.reason)])
            item.setToolTip(0, texts.shown(str(outcome.path)))
            item.setToolTip(1, sentence(outcome.reason))
            self.list.addTopLevelItem(item)
        self.list.resizeColumnToContents(0)
        self.list.setColumnWidth(0, min(self.list.columnWidth(0), 300))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        copy = buttons.addButton(self.tr("Copy the list"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        words = QLabel(self.tr("Nothing was changed in these photos. The others are done."))
        words.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setSpacing(SPACE)
        column.addWidget(words)
        column.addWidget(self.list, 1)
        column.addWidget(buttons)

    def _copy(self) -> None:
        items = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        lines = [f"{item.text(0)}\t{item.text(1)}" for item in items if item is not None]
        QGuiApplication.clipboard().setText("\n".join(lines))
