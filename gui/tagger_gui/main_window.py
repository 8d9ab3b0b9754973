"""The main window: the library in the middle, the inspector and the history beside it, progress at the foot.

Wires the parts; what they do is theirs. Closing waits for the photos that are being written.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from tagger.core.errors import RunError, TaggerError
from tagger_gui import runs, texts, theme
from tagger_gui.about import AboutDialog
from tagger_gui.actions import Actions
from tagger_gui.asking import Asking
from tagger_gui.commands import Commands
from tagger_gui.docks import Docks
from tagger_gui.dropping import Dropping, choose_folder, choose_photos, pasted_paths
from tagger_gui.libraries import Libraries
from tagger_gui.memory import Memory
from tagger_gui.notice import FailuresDialog, Notice
from tagger_gui.opening import Sorted, sort_out
from tagger_gui.preferences import Preferences
from tagger_gui.quitting import confirm_stop
from tagger_gui.running import Job
from tagger_gui.session import Captioners
from tagger_gui.strip import JobStrip
from tagger_gui.undo_panel import UndoPanel
from tagger_gui.welcome import Welcome
from tagger_gui.workspace import MakeWorkspace, Workspace

_LAYOUT_VERSION = 1


class MainWindow(QMainWindow):
    """The program's window."""

    bug_found = Signal(object)
    """An exception that ended a job and is no TaggerError: a bug of ours."""

    def __init__(self, captioners: Captioners, memory: Memory, make_workspace: MakeWorkspace) -> None:
        super().__init__()
        self._memory = memory
        self._current: Workspace | None = None
        self._closing = False
        self._leaving: set[Workspace] = set()
        self.confirm_stop: Callable[[QWidget], bool] = confirm_stop
        self.libraries = Libraries(captioners, make_workspace, self)
        self.sorting = Asking("sorting", self)
        self.welcome, self.notice, self.strip, self.history = Welcome(), Notice(), JobStrip(), UndoPanel()
        self.centre, self.side = QStackedWidget(), QStackedWidget()
        self.side.addWidget(QWidget())
        self.docks = Docks(self)
        self.side_dock = self.docks.add("inspector", self.tr("Details"), self.side, wanted=True)
        self.history_dock = self.docks.add("history", self.tr("History"), self.history, wanted=False)
        self.actions_of = Actions(self)
        self.dropping = Dropping(self)
        self.commands = Commands(lambda: self._current, lambda: self.history.summaries, self)
        self.preferences = Preferences(memory, self.libraries, lambda: self._current, self.notice.tell, self)
        self._lay_out()
        self._connect()
        self._remember()
        self._enable()

    # What others ask of it.

    @property
    def workspace(self) -> Workspace | None:
        """The library that is shown; None for the welcome page."""
        return self._current

    def take_in(self, paths: Sequence[Path]) -> None:
        """Caption these photos and folders, at once, each in its own library."""
        if paths:
            given = [path.absolute() for path in paths]
            self.sorting.ask(lambda: sort_out(given))

    def reopen(self) -> None:
        """Open the library that was open when the program ended, if it is still there; caption nothing."""
        root = self._memory.open_root
        if root is not None:
            self.sorting.ask(lambda: Sorted({root: []} if root.is_dir() else {}, ()))

    def open_library(self, root: Path) -> Workspace | None:
        """Open a library and show it; None, and a notice, where that cannot be."""
        try:
            if not root.is_dir():
                self._memory.forget_recent(root)
                self._offer_recent()
                raise RunError(f"{root} is not there", "is its drive connected?")
            workspace = self.libraries.open(root)
        except TaggerError as error:
            self.notice.tell(error)
            return None
        self.show_workspace(workspace)
        return workspace

    def show_workspace(self, workspace: Workspace | None) -> None:
        """Turn to an open library; None for the welcome page."""
        self._current = workspace
        self.history.show_session(workspace.session if workspace is not None else None)
        if workspace is None:
            self.centre.setCurrentWidget(self.welcome)
            self.side.setCurrentIndex(0)
        else:
            self.centre.setCurrentWidget(workspace.centre)
            self.side.setCurrentWidget(workspace.side)
            workspace.centre.setFocus()
            self.strip.follow(workspace.session.jobs)
            self._memory.keep_recent(workspace.session.root)
        self._offer_recent()
        self._enable()

    # How it is made.

    def _lay_out(self) -> None:
        self.setMinimumSize(720, 480)
        self.resize(1280, 820)
        self.centre.addWidget(self.welcome)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.centre, 1)
        column.addWidget(self.strip)
        self.setCentralWidget(body)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        views = self.docks.views
        for view, name, keys in zip(views, ("details", "history"), ("Ctrl+I", "Ctrl+H"), strict=True):
            self.actions_of.dress_view(view, name, keys)
        self.actions_of.fill_menus(views)
        self.addToolBar(self.actions_of.make_tool_bar(views))

    def _connect(self) -> None:
        choose_folders = lambda: self.take_in(choose_folder(self))  # noqa: E731
        choose = lambda: self.take_in(choose_photos(self))  # noqa: E731
        actions, commands, welcome = self.actions_of, self.commands, self.welcome
        for action, do in (
            (actions.open_folder, choose_folders),
            (actions.open_photos, choose),
            (actions.close_library, self._close_library),
            (actions.quit, self.close),
            (actions.undo, commands.undo),
            (actions.redo, commands.redo),
            (actions.paste, lambda: self.take_in(pasted_paths())),
            (actions.caption_all, commands.caption_all),
            (actions.caption_chosen, commands.caption_chosen),
            (actions.undo_chosen, commands.undo_chosen),
            (actions.clean_chosen, commands.clean_chosen),
            (actions.review, self._review_chosen),
            (actions.settings, self.preferences.edit_settings),
            (actions.models, self.preferences.show_models),
            (actions.watching, self.preferences.show_watching),
            (actions.about, lambda: AboutDialog(self).open()),
        ):
            action.triggered.connect(do)
        actions.review_first.toggled.connect(self._set_review_first)
        for choice in actions.theme_choices.values():
            choice.triggered.connect(self._set_theme)
        welcome.folder_wanted.connect(choose_folders)
        welcome.photos_wanted.connect(choose)
        welcome.library_wanted.connect(self.open_library)
        self.dropping.dropped.connect(self.take_in)
        self.sorting.answered.connect(self._take_sorted)
        self.sorting.failed.connect(self.notice.tell)
        self.history.problem.connect(self.notice.tell)
        self.history.refreshed.connect(self._enable)
        self.strip.failures_wanted.connect(self._show_failures)
        self.libraries.opened.connect(self._add)
        self.libraries.closing.connect(self._remove)
        self.libraries.job_failed.connect(self._job_failed)
        self.libraries.job_ended.connect(self._job_ended)

    def _remember(self) -> None:
        self.actions_of.theme_choices[self._memory.theme].setChecked(True)
        self.actions_of.review_first.setChecked(self._memory.approve_first)
        if not self._memory.geometry.isEmpty():
            self.restoreGeometry(self._memory.geometry)
            self.restoreState(self._memory.layout, _LAYOUT_VERSION)
        self._offer_recent()

    def _offer_recent(self) -> None:
        roots = self._memory.recent
        self.welcome.show_recent(roots)
        self.actions_of.offer_recent(roots, self.open_library)

    def _enable(self) -> None:
        workspace, actions = self._current, self.actions_of
        session = workspace.session if workspace is not None else None
        self.setWindowTitle(f"{texts.shown(session.name)} — tagger" if session is not None else "tagger")
        actions.show_library(session.name if session is not None else "")
        for action in actions.of_library():
            action.setEnabled(session is not None)
        for action in actions.of_photos():
            action.setEnabled(workspace is not None and bool(workspace.chosen))
        summaries = self.history.summaries
        reviewing = workspace is not None and self.centre.currentWidget() is workspace.reviewing
        actions.undo.setEnabled(not reviewing and runs.newest_undoable(summaries) is not None)
        actions.redo.setEnabled(not reviewing and runs.newest_redoable(summaries) is not None)
        actions.review.setEnabled(workspace is not None and workspace.reviewing is not None and not reviewing)
        self.docks.show(workspace is not None and not reviewing)

    # What happens.

    def _take_sorted(self, found: Sorted) -> None:
        if (refusal := found.refusal) is not None:
            self.notice.tell(refusal)
        for root, paths in found.groups.items():
            workspace = self.open_library(root)
            if workspace is not None and paths:
                workspace.session.tag(paths)

    def _add(self, workspace: Workspace) -> None:
        self.centre.addWidget(workspace.centre)
        self.side.addWidget(workspace.side)
        if workspace.reviewing is not None:
            self.centre.addWidget(workspace.reviewing)
        workspace.chosen_changed.connect(self._enable)
        workspace.review_wanted.connect(self._review)
        workspace.review_left.connect(self._leave_review)
        workspace.session.set_review_first(self.actions_of.review_first.isChecked())

    def _remove(self, workspace: Workspace) -> None:
        for stack, part in ((self.centre, workspace.centre), (self.side, workspace.side)):
            stack.removeWidget(part)
        if workspace.reviewing is not None:
            self.centre.removeWidget(workspace.reviewing)
        if workspace is self._current:
            self.strip.leave()
            others = self.libraries.open_ones
            self.show_workspace(others[-1] if others else None)

    def _job_failed(self, error: Exception) -> None:
        if isinstance(error, TaggerError):
            self.notice.tell(error)
        else:
            self.bug_found.emit(error)

    def _job_ended(self, workspace: Workspace) -> None:
        if workspace in self._leaving and not workspace.session.jobs.is_busy:
            self._leaving.discard(workspace)
            self.libraries.close(workspace)
        if self._closing and not self.libraries.is_busy:
            self.close()

    def _close_library(self) -> None:
        workspace = self._current
        if workspace is not None and workspace.session.jobs.is_busy:
            if self.confirm_stop(self):
                self._leaving.add(workspace)
                workspace.session.jobs.cancel_all()
        elif workspace is not None:
            self.libraries.close(workspace)

    def _review_chosen(self) -> None:
        if self._current is not None:
            self._review(self._current.chosen if len(self._current.chosen) > 1 else [])

    def _review(self, paths: Sequence[Path]) -> None:
        if self._current is not None and self._current.reviewing is not None:
            self.centre.setCurrentWidget(self._current.reviewing)
            self._current.review(paths)
            self._current.reviewing.setFocus()
            self._enable()

    def _leave_review(self) -> None:
        if self._current is not None:
            self.centre.setCurrentWidget(self._current.centre)
            self._enable()

    def _set_review_first(self, wanted: bool) -> None:
        self._memory.keep_approve_first(wanted)
        for workspace in self.libraries.open_ones:
            workspace.session.set_review_first(wanted)

    def _set_theme(self) -> None:
        name = next(name for name, choice in self.actions_of.theme_choices.items() if choice.isChecked())
        self._memory.keep_theme(name)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_named(app, name)

    def _show_failures(self, job: Job) -> None:
        if self._current is not None:
            FailuresDialog(job, self._current.session.root, self).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where photos are being written, and go once those in hand are finished."""
        if self.libraries.is_busy:
            event.ignore()
            if not self._closing and self.confirm_stop(self):
                self._closing = True
                self.libraries.cancel_all()
            return
        self.docks.show(True)
        self._memory.keep_open(self._current.session.root if self._current is not None else None)
        self._memory.keep_window(self.saveGeometry(), QByteArray(self.saveState(_LAYOUT_VERSION)))
        for workspace in self.libraries.open_ones:
            self.libraries.close(workspace)
        self.sorting.close()
        self.history.close_threads()
        super().closeEvent(event)
