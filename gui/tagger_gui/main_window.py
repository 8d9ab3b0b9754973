"""The main window: the library in the middle, the inspector and the history beside it, progress at the foot.

Wires the parts; what they do is theirs.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from tagger.core.errors import RunError, TaggerError
from tagger_gui import runs, texts
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
from tagger_gui.quitting import Quitting
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
        self.libraries = Libraries(captioners, make_workspace, self)
        self.quitting = Quitting(self.libraries, self)
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
        actions, welcome = self.actions_of, self.welcome
        for action, do in (
            (actions.open_folder, choose_folders),
            (actions.open_photos, choose),
            (actions.close_library, self._close_library),
            (actions.quit, self.close),
            (actions.paste, lambda: self.take_in(pasted_paths())),
            (actions.review, self._review_chosen),
            (actions.look_large, self._look_large),
            (actions.settings, self.preferences.edit_settings),
            (actions.models, self.preferences.show_models),
            (actions.watching, self.preferences.show_watching),
            (actions.about, lambda: AboutDialog(self).open()),
        ):
            action.triggered.connect(do)
        for action in (actions.edit_caption, actions.add_tag):  # before these go into it
            action.triggered.connect(self.side_dock.show)
            action.triggered.connect(self.side_dock.raise_)
        self.commands.serve(actions)
        actions.review_first.toggled.connect(self.preferences.set_review_first)
        for name, choice in actions.theme_choices.items():
            choice.triggered.connect(partial(self._set_theme, name))
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
        workspace, summaries = self._current, self.history.summaries
        name = workspace.session.name if workspace is not None else None
        self.setWindowTitle(f"{texts.shown(name)} — tagger" if name is not None else "tagger")
        reviewing = workspace is not None and self.centre.currentWidget() is workspace.reviewing
        self.actions_of.enable(
            library=name,
            chosen=len(workspace.chosen) if workspace is not None else 0,
            reviewing=reviewing,
            undoable=workspace is not None and runs.newest_undoable(summaries) is not None,
            redoable=workspace is not None and runs.newest_redoable(summaries) is not None,
            reviewable=workspace is not None and workspace.reviewing is not None,
        )
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
        workspace.large_wanted.connect(self._look_large)
        workspace.review_left.connect(self._leave_review)
        workspace.session.set_review_first(self.actions_of.review_first.isChecked())
        workspace.offer(self.actions_of.of_grid())

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

    def _close_library(self) -> None:
        if self._current is not None:
            self.quitting.leave(self._current)

    def _review_chosen(self) -> None:
        if self._current is not None:
            self._turn_to_review(self._current)
            self._current.review(self._current.chosen if len(self._current.chosen) > 1 else [])

    def _look_large(self) -> None:
        if self._current is not None and self._current.look_large():
            self._turn_to_review(self._current)

    def _turn_to_review(self, workspace: Workspace) -> None:
        if workspace.reviewing is not None:
            self.centre.setCurrentWidget(workspace.reviewing)
            workspace.reviewing.setFocus()
            self._enable()

    def _leave_review(self) -> None:
        if self._current is not None:
            self.centre.setCurrentWidget(self._current.centre)
            self._current.centre.setFocus()
            self._enable()

    def _set_theme(self, name: str, _checked: bool = False) -> None:
        self.preferences.set_theme(name)

    def _show_failures(self, job: Job) -> None:
        if self._current is not None:
            FailuresDialog(job, self._current.session.root, self).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go once nothing is lost by it."""
        if not self.quitting.may_close():
            event.ignore()
            return
        self.docks.show(True)
        self._memory.keep_open(self._current.session.root if self._current is not None else None)
        self._memory.keep_window(self.saveGeometry(), QByteArray(self.saveState(_LAYOUT_VERSION)))
        for workspace in self.libraries.open_ones:
            self.libraries.close(workspace)
        self.sorting.close()
        self.commands.close()
        self.history.close_threads()
        super().closeEvent(event)
