"""The strip at the foot of the window: what is being done, how fast, how long still; pause, go on, stop."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tagger.core.records import OutcomeKind
from tagger_gui import texts
from tagger_gui.icons import icon
from tagger_gui.job_queue import JobQueue
from tagger_gui.running import Job, JobState
from tagger_gui.theme import SPACE


class JobStrip(QFrame):
    """What the jobs of one queue at a time are doing; out of sight while there is nothing to say."""

    failures_wanted = Signal(object)
    """The Job of which somebody wants to see what failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self.setAccessibleName(self.tr("Progress"))
        self._queue: JobQueue | None = None
        self._job: Job | None = None
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.figures = QLabel()
        self.figures.setProperty("role", "muted")
        self.file = QLabel()
        self.file.setProperty("role", "muted")
        self.file.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Photos done"))
        self.failed = self._button("warning", self.tr("Show what failed"))
        self.failed.clicked.connect(self._show_failures)
        self.pause = self._button("pause", self.tr("Pause"))
        self.pause.clicked.connect(self._pause)
        self.stop = self._button("cancel", self.tr("Stop"))
        self.stop.clicked.connect(self._stop)
        self.close_button = self._button("cancel", self.tr("Close"))
        self.close_button.clicked.connect(self._dismiss)
        self._lay_out()
        self.hide()

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(icon(name), text)
        button.setProperty("role", "quiet")
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(2 * SPACE)
        words.addWidget(self.title)
        words.addWidget(self.figures)
        words.addWidget(self.file, 1)
        left = QVBoxLayout()
        left.setSpacing(SPACE // 2)
        left.addLayout(words)
        left.addWidget(self.bar)
        line = QHBoxLayout(self)
        line.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        line.setSpacing(SPACE)
        line.addLayout(left, 1)
        for button in (self.failed, self.pause, self.stop, self.close_button):
            line.addWidget(button)

    def follow(self, queue: JobQueue) -> None:
        """Show the jobs of this queue from now on."""
        if self._queue is not None:
            self._queue.started.disconnect(self._show_job)
            self._queue.changed.disconnect(self._refresh)
        self._queue = queue
        queue.started.connect(self._show_job)
        queue.changed.connect(self._refresh)
        if queue.running:
            self._show_job(queue.running[0])
        else:
            self.leave()

    @property
    def job(self) -> Job | None:
        """The job that is shown."""
        return self._job

    def _show_job(self, job: Job) -> None:
        self.leave()
        self._job = job
        job.progressed.connect(self._refresh)
        job.finished.connect(self._refresh)
        job.noted.connect(self._note)
        self.file.clear()
        self._refresh()
        self.show()

    def leave(self) -> None:
        """Show no job; the next one of the queue shows itself."""
        if self._job is not None:
            self._job.progressed.disconnect(self._refresh)
            self._job.finished.disconnect(self._refresh)
            self._job.noted.disconnect(self._note)
        self._job = None
        self.hide()

    def _note(self, sentence: str) -> None:
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        sentence = texts.shown(sentence)
        room = max(self.file.width(), 10 * SPACE)
        self.file.setText(self.file.fontMetrics().elidedText(sentence, Qt.TextElideMode.ElideMiddle, room))
        self.file.setToolTip(sentence)

    def _refresh(self, *_: object) -> None:
        job = self._job
        if job is None:
            return
        failures = job.counts[OutcomeKind.FAILED]
        self.title.setText(self._title(job))
        self.figures.setText(self._figures(job))
        self.bar.setVisible(not job.is_over)
        self.bar.setRange(0, job.total or 0)
        self.bar.setValue(min(job.done, job.total or 0))
        self.failed.setText(self.tr("%n failed", "", failures))
        self.failed.setVisible(failures > 0)
        paused = job.state is JobState.PAUSED
        self.pause.setIcon(icon("resume" if paused else "pause"))
        self.pause.setText(self.tr("Go on") if paused else self.tr("Pause"))
        self.pause.setAccessibleName(self.pause.text())
        self.pause.setVisible(job.state in (JobState.RUNNING, JobState.PAUSED))
        self.stop.setVisible(not job.is_over)
        self.stop.setEnabled(job.state is not JobState.STOPPING)
        self.close_button.setVisible(job.is_over)
        if job.is_over:
            self._say(job.remark)
        elif job.last is not None:
            self._say(job.last.path.name)

    def _title(self, job: Job) -> str:
        waiting = len(self._queue.waiting) if self._queue is not None else 0
        more = self.tr(" (%n more waiting)", "", waiting) if waiting else ""
        match job.state:
            case JobState.PAUSED:
                return self.tr("{job}: paused").format(job=job.title) + more
            case JobState.STOPPING:
                return self.tr("{job}: stopping, the photos in hand are finished").format(job=job.title)
            case JobState.DONE:
                return self.tr("{job}: done").format(job=job.title)
            case JobState.STOPPED:
                return self.tr("{job}: stopped; start again to do what is left").format(job=job.title)
            case JobState.FAILED:
                return self.tr("{job}: could not go on").format(job=job.title)
        return job.title + more

    def _figures(self, job: Job) -> str:
        if job.is_over:
            return texts.totals(job.counts) or self.tr("nothing to do")
        done, total = texts.number(job.done), job.total
        counted = done if total is None else self.tr("{done} of {total}").format(done=done, total=texts.number(total))
        parts = [counted]
        if job.state is JobState.RUNNING:
            parts += [texts.rate(job.rate), texts.time_left(job.seconds_left)]
        return " · ".join(part for part in parts if part)

    def _pause(self) -> None:
        if self._job is not None:
            (self._job.resume if self._job.state is JobState.PAUSED else self._job.pause)()

    def _stop(self) -> None:
        if self._queue is not None:
            for job in (*self._queue.waiting, *self._queue.running):
                job.cancel()

    def _dismiss(self) -> None:
        self.leave()

    def _show_failures(self) -> None:
        if self._job is not None:
            self.failures_wanted.emit(self._job)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons anew in another mode."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh()
