"""The history of a library as a list of runs: what each one changed, undo and redo, also of yesterday's."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tagger.core.records import ChangeState
from tagger_gui import runs, texts
from tagger_gui.asking import Asking
from tagger_gui.icons import icon
from tagger_gui.running import Job
from tagger_gui.session import LibrarySession
from tagger_gui.theme import SPACE

if TYPE_CHECKING:
    from tagger.storage.journal import RunSummary

_ROLE = Qt.ItemDataRole.UserRole


class UndoPanel(QWidget):
    """The runs of the library that is shown, newest first, with what each one changed."""

    problem = Signal(object)
    """A TaggerError: the journal cannot be read."""
    refreshed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: LibrarySession | None = None
        self._summaries: list[RunSummary] = []
        self._listing, self._previewing = Asking("history", self), Asking("preview", self)
        self._listing.answered.connect(self._fill)
        self._previewing.answered.connect(self._show_preview)
        for asking in (self._listing, self._previewing):
            asking.failed.connect(self.problem)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("History"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.currentItemChanged.connect(self._choose)
        self.empty = QLabel(self.tr("Nothing was written in this library yet."))
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview = QTreeWidget()
        self.preview.setHeaderHidden(True)
        self.preview.setAccessibleName(self.tr("What the run changed"))
        self.with_later = QCheckBox(self.tr("Also what later runs did to these photos"))
        self.with_later.setToolTip(
            self.tr("Otherwise a photo that a later run changed too is left as it is, and listed as failed.")
        )
        self.undo = QPushButton(icon("undo"), self.tr("Undo this run"))
        self.undo.clicked.connect(self._undo)
        self.redo = QPushButton(icon("redo"), self.tr("Do it again"))
        self.redo.clicked.connect(self._redo)
        self._lay_out()
        self._enable()

    def _lay_out(self) -> None:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, SPACE, 0, 0)
        column.setSpacing(SPACE)
        heading = QLabel(self.tr("What it changed"))
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        column.addWidget(self.preview, 1)
        column.addWidget(self.with_later)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.undo)
        buttons.addWidget(self.redo)
        buttons.addStretch(1)
        column.addLayout(buttons)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(below)
        split.setSizes([300, 300])
        all_of_it = QVBoxLayout(self)
        all_of_it.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        all_of_it.addWidget(self.empty, 1)
        all_of_it.addWidget(split, 1)
        self._split = split

    @property
    def summaries(self) -> list["RunSummary"]:
        """The runs that are listed, newest first."""
        return self._summaries

    def show_session(self, session: LibrarySession | None) -> None:
        """Turn to a library; None for none."""
        if self._session is not None:
            self._session.jobs.ended.disconnect(self._job_ended)
        self._session = session
        if session is not None:
            session.jobs.ended.connect(self._job_ended)
        self._summaries = []
        self.refresh()

    def refresh(self) -> None:
        """Read the journal again."""
        session = self._session
        if session is None:
            self._fill([])
            return

        def read() -> list["RunSummary"]:
            with session.reading() as library:
                return runs.runs_of(library)

        self._listing.ask(read)

    def close_threads(self) -> None:
        """End what reads, for the end of the program."""
        self._listing.close()
        self._previewing.close()

    def _job_ended(self, job: Job) -> None:
        if job.writes:
            self.refresh()

    def _fill(self, summaries: list["RunSummary"]) -> None:
        chosen = self._chosen()
        self._summaries = summaries
        self.list.blockSignals(True)
        self.list.clear()
        for summary in summaries:
            item = QListWidgetItem(f"{runs.title(summary)}\n{runs.standing(summary)}")
            item.setData(_ROLE, summary.run)
            item.setToolTip(self.tr("Run {run}").format(run=texts.shown(summary.run)))
            item.setSizeHint(QSize(0, 6 * SPACE))
            self.list.addItem(item)
        row = next((row for row, one in enumerate(summaries) if chosen is not None and one.run == chosen.run), 0)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self.empty.setVisible(not summaries)
        self._split.setVisible(bool(summaries))
        self._choose()
        self.refreshed.emit()

    def _chosen(self) -> "RunSummary | None":
        item = self.list.currentItem()
        run = item.data(_ROLE) if item is not None else None
        return next((one for one in self._summaries if one.run == run), None)

    def _choose(self) -> None:
        self._enable()
        self.preview.clear()
        chosen, session = self._chosen(), self._session
        if chosen is None or session is None:
            return

        def read() -> runs.Preview:
            with session.reading() as library:
                return runs.preview_of(library, chosen.run)

        self._previewing.ask(read)

    def _enable(self) -> None:
        chosen = self._chosen()
        self.undo.setEnabled(chosen is not None and bool(chosen.undoable))
        self.with_later.setEnabled(self.undo.isEnabled())
        self.redo.setEnabled(chosen is not None and runs.is_redoable(chosen))

    def _show_preview(self, preview: runs.Preview) -> None:
        chosen, session = self._chosen(), self._session
        if chosen is None or session is None or preview.run != chosen.run:
            return
        self.preview.clear()
        for change in preview.changes:
            self.preview.addTopLevelItem(_change_item(change, session))
        if preview.more:
            self.preview.addTopLevelItem(QTreeWidgetItem([self.tr("… and more")]))
        if len(preview.changes) == 1:
            self.preview.expandAll()

    def _undo(self) -> None:
        if (chosen := self._chosen()) is not None and self._session is not None:
            self._session.undo_run(chosen.run, with_later=self.with_later.isChecked())

    def _redo(self) -> None:
        if (chosen := self._chosen()) is not None and self._session is not None:
            self._session.redo_run(chosen.run)


def _change_item(change: runs.Change, session: LibrarySession) -> QTreeWidgetItem:
    """One changed file; below it its fields, before and after."""
    target = change.target
    name = texts.shown(str(target.relative_to(session.root) if target.is_relative_to(session.root) else target))
    item = QTreeWidgetItem([name])
    item.setToolTip(0, texts.shown(str(target)))
    if change.state is not ChangeState.COMMITTED:
        font = item.font(0)
        font.setStrikeOut(change.state is ChangeState.UNDONE)
        item.setFont(0, font)
    for field in change.fields:
        lines = [field.name]
        lines += [f"\N{MINUS SIGN} {texts.shown(field.before)}"] if field.before else []
        lines += [f"+ {texts.shown(field.after)}"] if field.after else []
        child = QTreeWidgetItem(["\n".join(lines)])
        child.setToolTip(0, texts.shown(field.after or field.before))
        item.addChild(child)
    return item
