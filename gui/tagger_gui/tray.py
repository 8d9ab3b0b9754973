"""The program's icon beside the clock: what is going on, pause, and one notification for each piece of work.

Speaks of this window's jobs, and of the service that watches folders; does neither's work. Either can be paused: the
service by the file that its watcher looks for, so that it also is after a restart.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from tagger.core.errors import RunError
from tagger.core.records import OutcomeKind
from tagger.watching.pauses import pause_file, want_pause
from tagger.watching.status import Status, read_status, status_file
from tagger_gui import texts
from tagger_gui.icons import icon
from tagger_gui.main_window import MainWindow
from tagger_gui.running import Job, JobState
from tagger_gui.watching_page import NAME
from tagger_gui.workspace import Workspace

_LOOK_MILLISECONDS = 5000


class Tray(QObject):
    """Lives as long as the window. ``state`` is the folder of the watchers' status files, None for the user's.

    On a desktop without a place for such icons nothing is shown, and no notification either.
    """

    def __init__(self, window: MainWindow, *, state: Path | None = None) -> None:
        super().__init__(window)
        self._window, self._file, self._pause_file = window, status_file(NAME, state), pause_file(NAME, state)
        self._told = _captioned(read_status(self._file))
        self.menu = QMenu()
        self.show_window = self.menu.addAction(self.tr("Show the window"))
        self.pause = self.menu.addAction(self.tr("Pause"))
        self.pause_watching = self.menu.addAction(self.tr("Pause watching"))
        self.menu.addSeparator()
        self.quit = self.menu.addAction(self.tr("Quit"))
        self.icon = QSystemTrayIcon(icon("app", "accent"), self)
        self.icon.setContextMenu(self.menu)
        self.show_window.triggered.connect(self._show_window)
        self.pause.triggered.connect(self._pause)
        self.pause_watching.triggered.connect(self._pause_watching)
        self.quit.triggered.connect(window.close)
        self.icon.activated.connect(self._clicked)
        self.icon.messageClicked.connect(self._show_window)
        self.menu.aboutToShow.connect(self.refresh)
        window.libraries.job_ended.connect(self._tell_of_job)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(_LOOK_MILLISECONDS)
        self.refresh()
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon.show()

    def end(self) -> None:
        """Take the icon away."""
        self._timer.stop()
        self.icon.hide()
        self.menu.deleteLater()

    def refresh(self) -> None:
        """Look what is going on; tell once of what the service has captioned, when nothing waits for it any more."""
        jobs = self._jobs()
        self.pause.setEnabled(bool(jobs))
        paused = bool(jobs) and all(job.state is JobState.PAUSED for job in jobs)
        self.pause.setText(self.tr("Go on") if paused else self.tr("Pause"))
        status, waits = read_status(self._file), self._pause_file.exists()
        self.pause_watching.setText(self.tr("Go on watching") if waits else self.tr("Pause watching"))
        self.pause_watching.setVisible(waits or (status is not None and status.is_running()))
        self.icon.setToolTip("\n".join(["tagger", *(_line(job) for job in jobs), *self._watching(status)]))
        captioned = _captioned(status)
        if captioned < self._told:  # another service: it counts from its own start
            self._told = 0
        if status is not None and status.queue == 0 and captioned > self._told:
            new, self._told = captioned - self._told, captioned
            self._notify(self.tr("Watched folders"), texts.totals({OutcomeKind.CAPTIONED: new}))

    def _jobs(self) -> list[Job]:
        return [job for one in self._window.libraries.open_ones for job in one.session.jobs.running]

    def _watching(self, status: Status | None) -> list[str]:
        if status is None or not status.is_running():
            return []
        if self._pause_file.exists():
            return [self.tr("Watching is paused; {count} wait.").format(count=texts.number(status.queue))]
        return [self.tr("Watching; {count} wait.").format(count=texts.number(status.queue))]

    def _tell_of_job(self, workspace: Workspace, job: Job) -> None:
        self.refresh()
        if not self._window.isActiveWindow() and (counted := texts.totals(job.counts)):
            self._notify(f"{job.title} — {texts.shown(workspace.session.name)}", counted)

    def _notify(self, title: str, words: str) -> None:
        self.icon.showMessage(title, words, icon("app", "accent"))

    def _pause(self) -> None:
        jobs = self._jobs()
        go_on = all(job.state is JobState.PAUSED for job in jobs)
        for job in jobs:
            if go_on:
                job.resume()
            else:
                job.pause()
        self.refresh()

    def _pause_watching(self) -> None:
        try:
            want_pause(self._pause_file, not self._pause_file.exists())
        except RunError as error:
            self._window.notice.tell(error)
            self._show_window()
        self.refresh()

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._show_window()

    def _show_window(self) -> None:
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()


def _captioned(status: Status | None) -> int:
    return status.counts.get(OutcomeKind.CAPTIONED, 0) if status is not None else 0


def _line(job: Job) -> str:
    return f"{job.title}: {texts.totals(job.counts)}" if job.counts else job.title
