"""The jobs of one library, one after the other where they write."""

import time
from collections import deque

from PySide6.QtCore import QObject, Signal

from tagger_gui.running import Job


class JobQueue(QObject):
    """The jobs of one library: those that write come one after the other, in the order in which they were asked for."""

    started = Signal(object)
    """The Job that has begun."""
    ended = Signal(object)
    """The Job that has ended."""
    changed = Signal()
    """Which jobs there are, or the state of one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that have begun and not ended."""
        return tuple(self._running)

    @property
    def waiting(self) -> tuple[Job, ...]:
        """The jobs that wait for their turn."""
        return tuple(self._waiting)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All that run or wait."""
        return (*self._running, *self._waiting)

    @property
    def writing(self) -> Job | None:
        """The job that writes now."""
        return next((job for job in self._running if job.writes), None)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return bool(self._running or self._waiting)

    def add(self, job: Job) -> Job:
        """Start a job, at once or when those before it are done."""
        job.state_changed.connect(self.changed)
        self._waiting.append(job)
        job.finished.connect(self._settle)
        self._next()
        return job

    def cancel_all(self, *, keep_decisions: bool = False) -> None:
        """End every job soon; with ``keep_decisions``, those go on, also where they were paused."""
        for job in (*self.waiting, *self.running):
            if keep_decisions and job.is_decision:
                job.resume()
            else:
                job.cancel()

    def wait(self, seconds: float) -> bool:
        """Block until no job runs, for the end of the program; False where it takes longer."""
        until = time.monotonic() + seconds
        return all(job.wait(max(0.0, until - time.monotonic())) for job in self._running)

    def _next(self) -> None:
        for job in self.waiting:
            if job.writes and self.writing is not None:
                continue
            self._waiting.remove(job)
            self._running.append(job)
            job.start()
            self.started.emit(job)
        self.changed.emit()

    def _settle(self) -> None:
        over = [job for job in (*self._waiting, *self._running) if job.is_over]
        for job in over:
            (self._waiting if job in self._waiting else self._running).remove(job)
            self.ended.emit(job)
        self._next()
