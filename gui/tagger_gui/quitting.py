"""The end of the window, and of a library in it: nothing that somebody decided or typed is lost.

Captioning stops after the photos in hand; decisions that wait are still written, and a sentence says so meanwhile;
what was typed and not decided is kept for the next start.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from tagger.core.errors import RunError
from tagger_gui.job_queue import JobQueue
from tagger_gui.libraries import Libraries
from tagger_gui.questions import confirm_loss, confirm_stop
from tagger_gui.running import Job
from tagger_gui.theme import SPACE
from tagger_gui.workspace import Workspace

_LOOK_MILLISECONDS = 200


class Quitting(QObject):
    """Ends what the ``libraries`` of a ``window`` do, then closes it. ``confirm_stop`` and ``confirm_loss`` ask."""

    def __init__(self, libraries: Libraries, window: QWidget) -> None:
        super().__init__(window)
        self._libraries, self._window = libraries, window
        self._closing = False
        self._leaving: set[Workspace] = set()
        self.confirm_stop: Callable[[QWidget], bool] = confirm_stop
        self.confirm_loss: Callable[[QWidget, str], bool] = confirm_loss
        self.finishing: FinishingDialog | None = None
        libraries.job_ended.connect(self._job_ended)

    @property
    def is_closing(self) -> bool:
        """Whether the window closes as soon as the last job is over."""
        return self._closing

    def may_close(self) -> bool:
        """Whether the window can close now; where it cannot, it is closed later, or the user wants to go on."""
        if self._libraries.is_busy:
            if not self._closing:
                self._begin([one.session.jobs for one in self._libraries.open_ones])
            return False
        return self._keep_drafts(self._libraries.open_ones)

    def leave(self, workspace: Workspace) -> None:
        """Close one library, once what was decided in it is written."""
        jobs = workspace.session.jobs
        if not jobs.is_busy:
            if self._keep_drafts([workspace]):
                self._libraries.close(workspace)
        elif self._stop([jobs]):
            self._leaving.add(workspace)
            self._leave_if_done(workspace)

    def at_once(self) -> None:
        """Close without a question; a second time also without waiting for decisions that are not written."""
        if self._closing:
            self._libraries.cancel_all()
            return
        self.confirm_stop, self.confirm_loss = lambda _: True, lambda *_: True
        self._window.close()

    def stay(self) -> None:
        """Do not close after all; what was stopped stays stopped."""
        self._closing = False
        self._end_dialog()

    def _begin(self, queues: list[JobQueue]) -> None:
        if not self._stop(queues):
            return
        if not self._libraries.is_busy:  # all was done while somebody read the question
            QTimer.singleShot(0, self._window.close)
            return
        self._closing = True
        if any(job.is_decision for queue in queues for job in queue.jobs):
            self._show_dialog(queues)

    def _stop(self, queues: list[JobQueue]) -> bool:
        """Stop all that is no decision, if there is such a thing and the user agrees."""
        others = any(not job.is_decision for queue in queues for job in queue.jobs)
        if others and not self.confirm_stop(self._window):
            return False
        for queue in queues:
            queue.cancel_all(keep_decisions=True)
        return True

    def _keep_drafts(self, workspaces: list[Workspace]) -> bool:
        for workspace in workspaces:
            try:
                workspace.session.drafts.save()
            except RunError as error:
                return self.confirm_loss(self._window, str(error))
        return True

    def _job_ended(self, workspace: Workspace, _job: Job) -> None:
        self._leave_if_done(workspace)
        if self._closing and not self._libraries.is_busy:
            self._closing = False
            self._end_dialog()
            self._window.close()

    def _leave_if_done(self, workspace: Workspace) -> None:
        if workspace in self._leaving and not workspace.session.jobs.is_busy:
            self._leaving.discard(workspace)
            self.leave(workspace)

    def _show_dialog(self, queues: list[JobQueue]) -> None:
        self.finishing = FinishingDialog(queues, self._window)
        self.finishing.given_up.clicked.connect(self._libraries.cancel_all)
        self.finishing.rejected.connect(self.stay)
        self.finishing.open()

    def _end_dialog(self) -> None:
        if self.finishing is not None:
            dialog, self.finishing = self.finishing, None
            dialog.accept()
            dialog.deleteLater()


class FinishingDialog(QDialog):
    """Says that the window closes when what was decided is written, and how many photos that still are."""

    def __init__(self, queues: list[JobQueue], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Finishing"))
        self._queues = queues
        title = QLabel(self.tr("What you decided is being written."))
        title.setProperty("role", "heading")
        words = QLabel(self.tr("tagger closes by itself when it is done."))
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Photos done"))
        self.given_up = QPushButton(self.tr("Quit now, leave the rest undecided"))
        self.stay = QPushButton(self.tr("Do not quit"))
        self.stay.setDefault(True)
        self.stay.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.given_up)
        buttons.addWidget(self.stay)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for widget in (title, words, self.bar, self.count):
            column.addWidget(widget)
        column.addSpacing(SPACE)
        column.addLayout(buttons)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MILLISECONDS)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._most = 1
        self._look()

    def done(self, result: int) -> None:
        """Look no more."""
        self._timer.stop()
        super().done(result)

    def _look(self) -> None:
        jobs = [job for queue in self._queues for job in queue.jobs]
        left = sum(max(1, (job.total or 1) - job.done) for job in jobs)
        self._most = max(self._most, left)
        self.bar.setRange(0, self._most)
        self.bar.setValue(self._most - left)
        self.count.setText(self.tr("%n still to be written", "", left))
