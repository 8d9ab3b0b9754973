"""What can be done to many photos at once. Queues jobs of the library; shows no photo."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from tagger.captioning.names import clean_name
from tagger_gui import theme
from tagger_gui.inspector import deciding
from tagger_gui.inspector.deciding import Session
from tagger_gui.inspector.draft import Draft
from tagger_gui.questions import confirm_reject
from tagger_gui.running import Job


class BatchBar(QWidget):
    """Operations on the photos that ``set_paths`` names; ``started(job)`` with each that was queued."""

    started = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paths: tuple[Path, ...] = ()
        self.approve = QPushButton(self.tr("Approve all"), self)
        self.approve.setProperty("role", "primary")
        self.reject = QPushButton(self.tr("Reject all"), self)
        self.reject.setProperty("role", "danger")
        self.share = QSlider(Qt.Orientation.Horizontal, self)
        self.share.setRange(5, 95)
        self.share.setSingleStep(5)
        self.share.setPageStep(10)
        self.share.setAccessibleName(self.tr("How sure a caption has to be, in percent a word"))
        self.approve_sure = QPushButton(self)
        self.share.valueChanged.connect(self._tell_share)
        self.share.setValue(50)
        self.added, self.add = self._word_row(self.tr("Add"), self.tr("Tag to add"))
        self.removed, self.remove = self._word_row(self.tr("Remove"), self.tr("Tag to remove"))
        self._words = QStringListModel(self)
        for entry in (self.added, self.removed):
            completer = QCompleter(self._words, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            entry.setCompleter(completer)
        self.retag = QPushButton(self.tr("Caption again"), self)
        self.retag.setToolTip(
            self.tr("With the model and the settings of now; what is up to date, or decided by you, stays")
        )
        self.undo = QPushButton(self.tr("Undo last change"), self)
        self.clean = QPushButton(self.tr("Take our words out"), self)
        self.clean.setToolTip(self.tr("Everything that was ever written by this program; what you approved stays"))
        self._lay_out()
        self.approve.clicked.connect(lambda: self._start(deciding.approve(session, self._paths)))
        self.reject.clicked.connect(self._reject)
        self.approve_sure.clicked.connect(self._approve_sure)
        self.add.clicked.connect(lambda: self._change_tags(self.added, add=True))
        self.remove.clicked.connect(lambda: self._change_tags(self.removed, add=False))
        self.added.returnPressed.connect(self.add.click)
        self.removed.returnPressed.connect(self.remove.click)
        self.retag.clicked.connect(lambda: self._start(deciding.caption_again(session, self._paths)))
        self.undo.clicked.connect(lambda: self._start(session.undo_photos(self._paths)))
        self.clean.clicked.connect(lambda: self._start(session.clean(self._paths)))

    def set_paths(self, paths: Sequence[Path]) -> None:
        """The photos that everything here is about."""
        self._paths = tuple(paths)
        self.setEnabled(bool(paths))

    def set_vocabulary(self, words: Sequence[str]) -> None:
        """What is offered while a tag is typed."""
        self._words.setStringList(sorted(words, key=str.casefold))

    def _word_row(self, verb: str, name: str) -> tuple[QLineEdit, QPushButton]:
        entry = QLineEdit(self)
        entry.setPlaceholderText(name)
        entry.setAccessibleName(name)
        button = QPushButton(verb, self)
        button.setEnabled(False)
        entry.textChanged.connect(lambda text: button.setEnabled(bool(clean_name(text))))
        return entry, button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(_row(self.approve, self.reject))
        layout.addLayout(_row(self.share, self.approve_sure))
        label = QLabel(self.tr("One tag in all of them, which approves them"), self)
        label.setProperty("role", "muted")
        layout.addWidget(label)
        layout.addLayout(_row(self.added, self.add))
        layout.addLayout(_row(self.removed, self.remove))
        layout.addSpacing(theme.SPACE * 2)
        for button in (self.retag, self.undo, self.clean):
            layout.addWidget(button)

    def _tell_share(self, share: int) -> None:
        self.approve_sure.setText(self.tr("Approve from {share}% on").format(share=share))

    def _start(self, job: Job) -> None:
        self.started.emit(job)

    def _approve_sure(self) -> None:
        self._start(deciding.approve(self._session, self._paths, above=self.share.value() / 100))

    def _change_tags(self, entry: QLineEdit, *, add: bool) -> None:
        word = clean_name(entry.text().replace(";", " "))
        if not word or not self._paths:
            return
        entry.clear()
        draft = Draft(added=(word,)) if add else Draft(removed=(word,))
        self._start(deciding.approve(self._session, self._paths, draft))

    def _reject(self) -> None:
        if confirm_reject(self, len(self._paths)):
            self._start(deciding.reject(self._session, self._paths))


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(theme.SPACE)
    for i, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if i == 0 or len(widgets) == 1 else 0)
    return layout
