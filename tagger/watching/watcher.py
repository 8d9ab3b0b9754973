"""The loop of a watcher: what is ready goes through ``pipeline.run``, a few seconds at a time, folder by folder.

The library is open and claimed only for such a turn, so that other commands get theirs. Knows no file.
"""

import itertools
import logging
import os
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import tagger
from tagger import bootstrap, pipeline
from tagger.core.errors import RunError
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.watching.memory import give_memory_back
from tagger.watching.pauses import BY_USER, Pauses
from tagger.watching.place import Place
from tagger.watching.status import PlaceStatus, Status, Trouble, now, write_status
from tagger.watching.workshop import Workshop

_log = logging.getLogger(__name__)
_TURN_SECONDS = 3.0  # of handing photos out; those in hand are finished after that
_BETWEEN_SECONDS = 0.25  # in which another command gets its turn: it tries ten times a second
_IDLE_SECONDS = 0.5
_CALM_SECONDS = 0.05  # a storm of events is taken in together
_PAUSE_SECONDS = 5.0  # between two looks at the reasons to pause
_TELL_SECONDS, _TELL_AT_LEAST_SECONDS = 2.0, 60.0
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 300.0
_ONCE_WAITS = 15  # settling times without progress, after which files that are still being written are left
_RATE_SECONDS = 60.0
_RUN_SECONDS = 60.0  # what arrives after as long a silence is a run of its own
_ERRORS = 10


@dataclass(slots=True)
class _Turns:
    """A library's troubles (how long to wait after the next one, which one was told), and its run."""

    wait: float = _FIRST_WAIT
    told: str = ""
    run: str = ""
    captioned: int = 0


@dataclass(slots=True)
class Watcher:
    """Watches ``places`` until ``stop`` is set, or, ``once``, until nothing is left to do. ``reload``: read all
    settings again. ``status`` is the file that tells others, None for no such file.
    """

    places: Sequence[Place]
    workshop: Workshop
    stop: threading.Event
    wake: threading.Event
    reload: threading.Event
    name: str = "watch"
    pauses: Pauses = field(default_factory=Pauses)
    once: bool = False
    status: Path | None = None
    clock: Callable[[], float] = time.monotonic
    counts: Counter[OutcomeKind] = field(default_factory=Counter)
    _turns: dict[Path, _Turns] = field(default_factory=dict)
    _paused: str = ""
    _pause_at: float = 0.0
    _since: str = field(default_factory=now)
    _captioned: deque[float] = field(default_factory=lambda: deque(maxlen=100_000))
    _errors: deque[Trouble] = field(default_factory=lambda: deque(maxlen=_ERRORS))
    _told: Status | None = None
    _told_at: float = 0.0
    _progress: tuple[object, float] = ((), 0.0)
    _next: int = 0
    _worked_at: float = 0.0

    def run(self) -> Counter[OutcomeKind]:
        """Watch; returns how photos ended. Raises RunError: ``once``, for a folder that is not there."""
        try:
            while not self.stop.is_set():
                if self.reload.is_set():
                    self._reload()
                for place in self.places:
                    place.attend()
                next_one = self._place() if not self._pause() else None
                if next_one is not None:
                    self._turn(next_one)
                    self.stop.wait(_BETWEEN_SECONDS)
                elif self.once and self._is_done():
                    break
                else:
                    self._rest()
                self._tell()
        finally:
            for place in self.places:
                place.close()
            self._end_runs()
            self._tell(at_once=True)
        return self.counts

    def _rest(self) -> None:
        if self.clock() - self._worked_at > _RUN_SECONDS:
            self._end_runs()
        self.wake.wait(_IDLE_SECONDS)
        self.wake.clear()
        self.stop.wait(_CALM_SECONDS)

    def _place(self) -> Place | None:
        """The next folder with something to do: each gets its turn."""
        count = len(self.places)
        for place in itertools.islice(itertools.cycle(self.places), self._next, self._next + count):
            if place.has_work:
                self._next = (self.places.index(place) + 1) % count
                return place
        return None

    def _turn(self, place: Place) -> None:
        """Let one folder's photos through the pipeline for a while."""
        root = place.root
        turns = self._turns.setdefault(root, _Turns())
        turns.run = turns.run or bootstrap.new_run_id()
        try:
            with self.workshop.open(root, run=turns.run, stopped=self.stop.is_set) as bench:
                for outcome in bench.recovered:
                    self._count(outcome, turns)
                photos = self._unless_paused(place.candidates(bench.library, self.clock() + _TURN_SECONDS))
                with closing(pipeline.run(photos, bench.stages, self.stop)) as outcomes:  # type: ignore[type-var]
                    for outcome in outcomes:
                        place.learn(outcome)
                        self._count(outcome, turns)
                        self._tell()
            turns.wait, turns.told = _FIRST_WAIT, ""
        except RunError as error:
            place.wait_until = self.clock() + turns.wait
            turns.wait = min(2 * turns.wait, _LONGEST_WAIT)
            if str(error) != turns.told:
                _log.warning("%s: %s; trying again", root, error)
            turns.told = str(error)
        finally:
            place.give_back()
            self._worked_at = self.clock()

    def _unless_paused(self, photos: Iterator[Photo | Outcome]) -> Iterator[Photo | Outcome]:
        """Hand photos out until the user wants a pause: those in hand are finished, the others wait."""
        while not self.pauses.are_wanted() and (found := next(photos, None)) is not None:
            yield found

    def _count(self, outcome: Outcome, turns: _Turns) -> None:
        self.counts[outcome.kind] += 1
        match outcome.kind:
            case OutcomeKind.CAPTIONED:
                self._captioned.append(self.clock())
                turns.captioned += 1
                text = outcome.reason if outcome.caption is None else outcome.caption.text
                _log.info("%s: %s", outcome.path, text)
            case OutcomeKind.FAILED:
                self._errors.append(Trouble(now(), str(outcome.path), outcome.reason))
                _log.warning("%s: %s: %s", outcome.path, outcome.kind, outcome.reason)
            case OutcomeKind.UNCHANGED | OutcomeKind.SKIPPED:
                _log.debug("%s: %s: %s", outcome.path, outcome.kind, outcome.reason)
            case _:
                _log.info("%s: %s: %s", outcome.path, outcome.kind, outcome.reason)

    def _end_runs(self) -> None:
        """What comes next is a run of its own."""
        for root, turns in self._turns.items():
            if turns.captioned:
                _log.info("%s: %d captioned; tagger undo --run %s takes it back", root, turns.captioned, turns.run)
                give_memory_back()
            turns.run, turns.captioned = "", 0

    def _pause(self) -> str:
        if self.clock() >= self._pause_at or self.pauses.are_wanted() != (self._paused == BY_USER):
            self._pause_at = self.clock() + _PAUSE_SECONDS
            reason = self.pauses.reason(datetime.now().astimezone())
            if reason != self._paused:
                _log.info("pausing: %s", reason) if reason else _log.info("going on")
                self._paused = reason
                self._tell(at_once=True)
        return self._paused

    def _is_done(self) -> bool:
        """Whether there is nothing left that waiting would bring. Raises RunError."""
        away = next((place for place in self.places if place.away), None)
        if away is not None:
            raise RunError(f"{away.folder}: {away.away}")
        if self._paused or all(place.is_drained for place in self.places):
            return True
        at, longest = self.clock(), max(place.options.settle for place in self.places)
        state = (self.counts.total(), sum(len(place.settling) for place in self.places), self._busy())
        if state != self._progress[0]:
            self._progress = (state, at)
        if at - self._progress[1] < _ONCE_WAITS * longest or self._busy():
            return False
        _log.warning("%d files are still being written: left for the next time", state[1])
        return True

    def _busy(self) -> bool:
        return any(not place.is_drained and not len(place.settling) for place in self.places)

    def _reload(self) -> None:
        self.reload.clear()
        try:
            self.workshop.reload()
        except RunError as error:
            _log.warning("the settings stay what they were: %s", error)
            return
        _log.info("settings read again")
        for place in self.places:
            place.go_through()

    def _tell(self, *, at_once: bool = False) -> None:
        """Write the status where it changed, but not too often."""
        at = self.clock()
        if self.status is None or (at - self._told_at < _TELL_SECONDS and self._told is not None and not at_once):
            return
        while self._captioned and self._captioned[0] < at - _RATE_SECONDS:
            self._captioned.popleft()
        status = self._now()
        same = self._told is not None and replace(status, updated=self._told.updated) == self._told
        if not same or at_once or at - self._told_at >= _TELL_AT_LEAST_SECONDS:
            write_status(self.status, status)
            self._told, self._told_at = status, at

    def _now(self) -> Status:
        busy = next((turns.told for turns in self._turns.values() if turns.told), "")
        return Status(
            name=self.name,
            pid=os.getpid(),
            host=socket.gethostname(),
            version=tagger.__version__,
            since=self._since,
            updated=now(),
            model=self.workshop.model,
            provider=self.workshop.provider,
            paused=self._paused or busy,
            rate=len(self._captioned),
            places=tuple(
                PlaceStatus(
                    str(place.folder), str(place.root), place.state, place.how, len(place.settling), len(place.ready)
                )
                for place in self.places
            ),
            counts={str(kind): count for kind, count in self.counts.items()},
            errors=tuple(self._errors),
        )
