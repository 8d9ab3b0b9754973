"""Work that takes time, beside the window: one job is one generator of outcomes in a thread of its own.

Knows no command: what a job does is a generator that it is given, the same ones that the command line iterates over.
Everything a job tells is told in the window's thread: the worker only leaves it where a timer collects it.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from tagger.bootstrap import WAIT_SECONDS, Claim
from tagger.core.errors import TaggerError
from tagger.core.records import Outcome, OutcomeKind

log = logging.getLogger(__name__)

TELL_MILLISECONDS = 100
"""How often a job tells what it has done: often enough to look alive, seldom enough not to keep the window busy."""

DECISIONS = ("approve", "edit", "reject")
"""Commands that do what a person said of single photos: they are not begun anew by starting again."""

_RATE_SECONDS = 20.0  # the rate is that of the last seconds: the first photos wait for the model to load
_KEPT_FAILURES = 200


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Labour:
    """What the work of a job sees of it, in other threads: no part of Qt, which only the window's thread may hold.

    ``run_id`` is set by work that makes a run, ``remark`` by work of which something is to be said when it is over.
    """

    def __init__(self, command: str) -> None:
        self.run_id = self.remark = ""
        self.total: int | None = None
        self.error: Exception | None = None
        self.arrived: deque[Outcome] = deque()
        self.notes: deque[str] = deque()
        self.stop, self.free = threading.Event(), threading.Event()
        self.free.set()
        self._command = command

    def is_set(self) -> bool:
        """Whether it shall end: it is the StopEvent of its own work."""
        return self.stop.is_set()

    def note(self, sentence: str) -> None:
        """Leave a sentence for ``Job.noted``."""
        self.notes.append(sentence)

    def claim(self) -> Claim:
        """The claim under which it writes in a library."""
        return Claim(self._command, WAIT_SECONDS, notify=self.note, stopped=self.is_set)

    def work(self, outcomes: "Outcomes") -> None:
        """Do it, in the thread that calls."""
        try:
            for outcome in outcomes(self):
                self.arrived.append(outcome)
                self.free.wait()
        except Exception as error:  # noqa: BLE001 - told in the window's thread, where a bug is reported as one
            self.error = error

    def count(self, count: "Count") -> None:
        """Count what is to come, in the thread that calls."""
        try:
            self.total = count(self)
        except TaggerError as error:  # the work meets it too, and says so
            log.info("cannot count: %s", error)


Outcomes = Callable[[Labour], Iterable[Outcome]]
Count = Callable[[Labour], int]


class Job(QObject):
    """A generator of outcomes that runs in a thread of its own; made, started and asked in the window's thread.

    ``outcomes`` is called in that thread, with a Labour, which is a StopEvent and makes claims. ``count`` says,
    beside the work, how many outcomes are to be expected. ``command`` names it to other programs that wait for the
    library, ``title`` to people. ``writes``: it changes files or databases of its library.
    """

    progressed = Signal(object)
    """A list of outcomes, at most every TELL_MILLISECONDS."""
    noted = Signal(str)
    """A sentence that is no outcome: whom it waits for, say."""
    state_changed = Signal()
    failed = Signal(object)
    """The TaggerError that ended it, or the exception that is a bug of ours; ``finished`` follows."""
    finished = Signal()
    """After the last ``progressed``, however it ended."""

    def __init__(
        self,
        command: str,
        title: str,
        outcomes: Outcomes,
        *,
        count: Count | None = None,
        writes: bool = True,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.command, self.title, self.writes = command, title, writes
        self.counts: Counter[OutcomeKind] = Counter()
        self.failures: list[Outcome] = []
        self.last: Outcome | None = None
        self._outcomes, self._count, self._clock = outcomes, count, clock
        self._state = JobState.QUEUED
        self._labour = Labour(command)
        self._marks: deque[tuple[float, int]] = deque()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(TELL_MILLISECONDS)
        self._timer.timeout.connect(self._tell)

    @property
    def state(self) -> JobState:
        """Where it stands."""
        return self._state

    @property
    def run_id(self) -> str:
        """The run that it made, as the journal knows it; empty where it made none."""
        return self._labour.run_id

    @property
    def remark(self) -> str:
        """What is to be said of it when it is over, in a sentence; empty for nothing."""
        return self._labour.remark

    @property
    def total(self) -> int | None:
        """How many outcomes are to be expected; None while they are not counted."""
        return self._labour.total

    @property
    def error(self) -> Exception | None:
        """What ended it before its time."""
        return self._labour.error

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._state in (JobState.DONE, JobState.STOPPED, JobState.FAILED)

    @property
    def is_decision(self) -> bool:
        """Whether it writes what a person decided: lost if it were not done."""
        return self.command in DECISIONS

    @property
    def done(self) -> int:
        """How many outcomes there are so far."""
        return sum(self.counts.values())

    @property
    def rate(self) -> float:
        """Outcomes a second, of the last seconds; 0 while it is not known."""
        if len(self._marks) < 2:
            return 0.0
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return (after - before) / (last - first) if last > first else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will take still; None while that is not known."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.done) / self.rate

    def start(self) -> None:
        """Begin; a job starts once."""
        if self._state is not JobState.QUEUED:
            return
        self._set(JobState.RUNNING)
        work, name = self._labour.work, f"tagger-job-{self.command}"
        self._thread = threading.Thread(target=work, args=(self._outcomes,), name=name, daemon=True)
        self._thread.start()
        if self._count is not None:
            count = self._labour.count
            threading.Thread(target=count, args=(self._count,), name="tagger-count", daemon=True).start()
        self._timer.start()

    def cancel(self) -> None:
        """End soon: what is in hand is finished, nothing else is begun. What is left is done by starting anew."""
        self._labour.stop.set()
        self._labour.free.set()
        if self._state is JobState.QUEUED:
            self._end(JobState.STOPPED)
        elif not self.is_over:
            self._set(JobState.STOPPING)

    def pause(self) -> None:
        """Begin no other photo until ``resume``; those in hand are finished."""
        if self._state is JobState.RUNNING:
            self._labour.free.clear()
            self._set(JobState.PAUSED)

    def resume(self) -> None:
        """Go on after ``pause``."""
        if self._state is JobState.PAUSED:
            self._marks.clear()
            self._labour.free.set()
            self._set(JobState.RUNNING)

    def wait(self, seconds: float) -> bool:
        """Block until its thread has ended; False where it takes longer. For the end of the program."""
        if self._thread is not None:
            self._thread.join(seconds)
            return not self._thread.is_alive()
        return True

    def _tell(self) -> None:
        over = self._thread is None or not self._thread.is_alive()  # asked first: nothing arrives after that
        labour = self._labour
        while labour.notes:
            self.noted.emit(labour.notes.popleft())
        batch = [labour.arrived.popleft() for _ in range(len(labour.arrived))]
        if batch:
            self._take(batch)
        if over:
            self._end(self._ending())

    def _take(self, batch: list[Outcome]) -> None:
        self.counts.update(outcome.kind for outcome in batch)
        self.last = batch[-1]
        room = _KEPT_FAILURES - len(self.failures)
        self.failures += [outcome for outcome in batch if outcome.kind is OutcomeKind.FAILED][: max(0, room)]
        now = self._clock()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_SECONDS:
            self._marks.popleft()
        self.progressed.emit(batch)

    def _ending(self) -> JobState:
        if self.error is not None:
            return JobState.FAILED
        return JobState.STOPPED if self._labour.stop.is_set() else JobState.DONE

    def _end(self, state: JobState) -> None:
        self._timer.stop()
        self._set(state)
        if self.error is not None:
            self.failed.emit(self.error)
        self.finished.emit()

    def _set(self, state: JobState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit()
