"""The inspector: the selected photo large, with its words, its file and its history; or what several can do at once."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tagger_gui import theme
from tagger_gui.asking import Asking
from tagger_gui.inspector import deciding
from tagger_gui.inspector.batch import BatchBar
from tagger_gui.inspector.column import NameLabel
from tagger_gui.inspector.deciding import Session
from tagger_gui.inspector.decision_bar import DecisionBar
from tagger_gui.inspector.dossier import Dossier, dossier_of
from tagger_gui.inspector.draft import Draft
from tagger_gui.inspector.fields import FieldChanges, PhotoDetails
from tagger_gui.inspector.looking import Looking
from tagger_gui.inspector.photo_history import PhotoHistory
from tagger_gui.inspector.picture import PictureView
from tagger_gui.inspector.selection import SelectionPage
from tagger_gui.inspector.state_label import StateLabel, state_of
from tagger_gui.inspector.summary import summary_of
from tagger_gui.inspector.texts import tooltip
from tagger_gui.inspector.words import WordsPanel
from tagger_gui.texts import shown

_SETTLE_MILLISECONDS = 250  # after typing, or after changes of a selection, before it is looked at anew


class Inspector(QWidget):
    """Shows the photos that ``inspect`` names.

    Call ``close_threads`` before the program ends. ``started(job)`` tells every job that was queued here.
    """

    started = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._paths: tuple[Path, ...] = ()
        self._dossier: Dossier | None = None
        self.picture = PictureView(self)
        self.words = WordsPanel(session.drafts, self)
        self.changes = FieldChanges(self)
        self.history = PhotoHistory(self)
        self.details = PhotoDetails(self)
        self.decisions = DecisionBar(self)
        self.state = StateLabel(self)
        self.name = NameLabel(self)
        self.batch = BatchBar(session, self)
        self.selection = SelectionPage(self.batch, self)
        self.pages = QStackedWidget(self)
        self._lay_out()
        self._reader, self._counter = Asking("dossier", self), Asking("summary", self)
        self.looking = Looking(session, self.picture, self.words, self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MILLISECONDS)
        self._connect()
        self.inspect(())

    @property
    def path(self) -> Path | None:
        """The photo that is shown; None for none or several."""
        return self._paths[0] if len(self._paths) == 1 else None

    @property
    def dossier(self) -> Dossier | None:
        """What is known of the photo that is shown, once it is read."""
        return self._dossier

    def inspect(self, paths: Sequence[Path]) -> None:
        """Show one photo, several at once, or none."""
        if tuple(paths) == self._paths and self._dossier is not None:
            return
        self._paths, self._dossier = tuple(paths), None
        self._settle.stop()
        self.looking.show(self.path)
        self.words.turn(self.path)
        if self.path is None:
            self.pages.setCurrentIndex(2 if paths else 0)
            self.batch.set_paths(self._paths)
            self._summarise()
            return
        self.pages.setCurrentIndex(1)
        self.name.setText(shown(self.path.name))
        self.name.setToolTip(tooltip(str(self.path)))
        self._read(Draft())

    def edit_caption(self) -> None:
        """Go into the caption of the photo that is shown."""
        if self.path is not None:
            self.tabs.setCurrentWidget(self.words)
            self.words.caption.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.words.caption.edit.selectAll()

    def add_tag(self) -> None:
        """Go where a tag is typed, for the photo that is shown or for all that are selected."""
        if self.path is not None:
            self.tabs.setCurrentWidget(self.words)
        entry = self.words.tags.entry if self.path is not None else self.batch.added
        entry.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_threads(self) -> None:
        """End what reads and asks in the background."""
        self._settle.stop()
        for part in (self._reader, self._counter, self.looking):
            part.close()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        head.addSpacing(theme.SPACE)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for widget, title in (
            (self.words, self.tr("Words")),
            (self.changes, self.tr("Changes")),
            (self.history, self.tr("History")),
            (self.details, self.tr("Details")),
        ):
            self.tabs.addTab(widget, title)
        below = QWidget(self)
        inner = QVBoxLayout()
        inner.setContentsMargins(theme.SPACE * 3 // 2, theme.SPACE, theme.SPACE // 2, 0)
        inner.setSpacing(theme.SPACE)
        inner.addLayout(head)
        inner.addWidget(self.tabs, 1)
        layout = QVBoxLayout(below)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(inner, 1)
        layout.addWidget(self.decisions)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.addWidget(self.picture)
        splitter.addWidget(below)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([280, 460])
        empty = QLabel(self.tr("Choose a photo to see what is said of it."), self)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        empty.setProperty("role", "muted")
        empty.setMargin(theme.SPACE * 3)
        for page in (empty, splitter, self.selection):
            self.pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.pages)
        self.setMinimumWidth(300)

    def _connect(self) -> None:
        self._reader.answered.connect(self._take)
        self._counter.answered.connect(self.selection.show_summary)
        self._settle.timeout.connect(self._plan)
        self.words.draft_changed.connect(self._draft_changed)
        self.words.committed.connect(self._approve)
        self.decisions.approved.connect(self._approve)
        self.decisions.rejected.connect(self._reject)
        self.decisions.reverted.connect(self.words.revert)
        self.history.undo_wanted.connect(lambda records: self.started.emit(self._session.undo_records(records)))
        self.batch.started.connect(self.started)
        self.looking.vocabulary.answered.connect(self.batch.set_vocabulary)
        self._session.changed.connect(self._changed)

    def _read(self, draft: Draft) -> None:
        if self.path is not None:
            reading, write = self._session.reading, self._session.settings.write
            self._reader.ask(partial(dossier_of, reading, self.path, draft, write=write))

    def _summarise(self) -> None:
        if len(self._paths) > 1:
            self._counter.ask(partial(summary_of, self._session.reading, self._paths))

    def _take(self, dossier: Dossier) -> None:
        """Show what was read; what is being typed stays where the words are still the same."""
        if dossier.path != self.path:
            return
        before, self._dossier = self._dossier, dossier
        if before is None or before.entry != dossier.entry:
            self.words.show_entry(dossier.entry)
        state = state_of(dossier)
        self.state.show_state(state)
        self.changes.show_dossier(dossier)
        self.details.show_dossier(dossier)
        if before is None or before.records != dossier.records:
            self.history.show_records(dossier.records)
        if dossier.entry is None:
            self.words.show_hint(shown(dossier.problem) or self.tr("This photo has no caption yet."))
        self.decisions.show_choice(state, self.words.draft)

    def _draft_changed(self) -> None:
        if self._dossier is not None:
            self.decisions.show_choice(state_of(self._dossier), self.words.draft)
            if self.words.draft != self._dossier.draft:
                self._settle.start()

    def _plan(self) -> None:
        if self.path is None:
            self._summarise()
        else:
            self._read(self.words.draft)

    def _approve(self) -> None:
        if self.path is None or self._dossier is None or not self.decisions.approve.isEnabled():
            return
        self.started.emit(deciding.approve(self._session, [self.path], self.words.draft))

    def _reject(self) -> None:
        if self.path is not None:
            self.words.revert()
            self.started.emit(deciding.reject(self._session, [self.path]))

    def _changed(self, paths: list[Path]) -> None:
        """A job changed photos; an empty list says that it may be all."""
        if self.path is not None and (not paths or self.path in paths):
            self._plan()
        elif len(self._paths) > 1 and not self._settle.isActive():  # a run tells ten times a second
            self._settle.start()
