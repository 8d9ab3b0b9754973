"""One watched folder: what happened in it, what is ready to be captioned, and whether it is there at all.

Knows files and the library's rows; not how a photo is captioned. Nothing is ever taken as deleted: a row outlives its
file until ``tagger index prune``, and a photo that moved takes its row along when it is seen again.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.ignored import Ignored
from tagger.scan import look_below, reaches, scan
from tagger.sidecar_news import names as sidecar_names
from tagger.stages import is_gone
from tagger.watching import beside
from tagger.watching.eyes import Eyes, LookingEyes, NoWatches, open_eyes
from tagger.watching.intake import LIMIT, Intake
from tagger.watching.looking import is_unfinished, look_at
from tagger.watching.mounts import network_type
from tagger.watching.names import is_temporary
from tagger.watching.pauses import is_full
from tagger.watching.presence import Presence
from tagger.watching.settling import Look, Settling
from tagger.watching.wishes import was_taken_back

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary

_log = logging.getLogger(__name__)
_PATIENCE = 5  # times as long as a file whose end is there
_CHECK_SECONDS = 2.0
_MISSED_SECONDS = 3.0  # until watchdog watches again what it lost
_FULL_SECONDS = 60.0
_ANYWAY_SECONDS = 6 * 3600.0  # in which something may have been lost without anybody's telling
_DEFAULT_POLL = 5.0


@dataclass(frozen=True, slots=True)
class Watching:
    """How to watch: ``settle`` and ``poll`` in seconds (None: be told by the system), ``once``: only what is there.

    ``existing``: a folder that is no library is not made one, but waited for: its drive may not be connected.
    """

    settle: float = 2.0
    poll: float | None = None
    once: bool = False
    existing: bool = False


@dataclass(slots=True)
class Place:
    """One folder that is watched. Used by one thread."""

    folder: Path
    options: Watching
    wake: threading.Event
    limit: int = LIMIT
    clock: Callable[[], float] = time.monotonic
    away: str = ""
    """Why the folder cannot be watched now; empty when it can."""
    wait_until: float = 0.0
    """Until when nothing is to be tried here."""
    ready: dict[Path, Look] = field(default_factory=dict)
    settling: Settling = field(init=False)
    _intake: Intake = field(init=False)
    _eyes: Eyes | None = None
    _presence: Presence = field(init=False)
    _file: tuple[int, int] | None = None
    _check_at: float = 0.0
    _scan: Iterator[Photo | Outcome] | None = None
    _scan_at: float | None = None
    _anyway_at: float = 0.0
    _again: dict[Path, float] = field(default_factory=dict)
    _in_hand: dict[Path, Look | None] = field(default_factory=dict)
    _failed: dict[Path, Look] = field(default_factory=dict)
    _meanwhile: beside.Meanwhile = field(default_factory=beside.Meanwhile)

    def __post_init__(self) -> None:
        self._presence = Presence(self.folder, self.options.existing)
        self.settling = Settling(settle=self.options.settle, patience=_PATIENCE * self.options.settle, limit=self.limit)
        self._intake = Intake(self.wake, limit=self.limit, clock=self.clock)

    @property
    def root(self) -> Path:
        """Root of the library of this folder, known once the folder was there."""
        return self._presence.root

    @property
    def state(self) -> str:
        """For people."""
        if self.away:
            return self.away
        return "going through" if self._scan is not None or self._scan_at is not None else "watching"

    @property
    def how(self) -> str:
        """How changes are noticed, for people."""
        return self._eyes.how if self._eyes else ""

    @property
    def has_work(self) -> bool:
        """Whether ``candidates`` would yield something now, as far as is known."""
        return not self.away and self.clock() >= self.wait_until and bool(self.ready or self._scan is not None)

    @property
    def is_drained(self) -> bool:
        """Whether nothing is left to do or to wait for."""
        return not (self.ready or len(self.settling) or self._scan is not None or self._scan_at is not None)

    def go_through(self, after: float = 0.0) -> None:
        """Look at everything in the folder again, ``after`` seconds."""
        at = self.clock() + after
        self._anyway_at = at + _ANYWAY_SECONDS
        self._scan_at = at if self._scan_at is None else max(self._scan_at, at)

    def attend(self) -> None:
        """Look after the folder itself, then take in what happened below it."""
        now = self.clock()
        if now >= self._check_at:
            self._check_at = now + _CHECK_SECONDS
            self._check()
        if self.away:
            return
        waiting = self._eyes is not None and not self._eyes.are_open()
        if self._scan_at is not None and self._scan is None and now >= self._scan_at and not waiting:
            self._scan, self._scan_at = scan([self.folder]), None
        self._take(now)
        for path in self.settling.due(now):
            look = look_at(path)
            if self.settling.judge(path, look, now) and look is not None and look != self._failed.get(path):
                self.ready[path] = look

    def candidates(self, library: "OpenLibrary", until: float) -> Iterator[Photo | Outcome]:
        """What to caption, or to report, until that moment. Photos that are not finished go back to settle."""
        ignored = Ignored(self.folder)
        while self.ready and self.clock() < until:
            path = next(iter(self.ready))
            look = self.ready.pop(path)
            if look_at(path) != look:
                self._notice(path)
                continue
            if beside.is_sidecar(path):
                for photo in beside.photos_of(path):
                    yield from self._wanted_for(path, photo, ignored, library)
                continue
            if any(sidecar in self.settling for sidecar in sidecar_names(path)):
                self._notice(path, fresh=False)  # its sidecar may still be written
                continue
            found = look_below(self.folder, path, ignored)
            if found is not None:
                yield from self._wanted(found, look, library)
        while self._scan is not None and self.clock() < until:
            found = next(self._scan, None)
            if found is None:
                self._scan = None
                continue
            if isinstance(found, Photo):
                self._meanwhile.mark(found, library)
            yield from self._wanted(found, None, library)

    def learn(self, outcome: Outcome) -> None:
        """Remember how a photo ended: one that failed is not tried again until its file changes."""
        look = self._in_hand.pop(outcome.path, None)
        self._failed.pop(outcome.path, None)
        if outcome.kind not in (OutcomeKind.FAILED, OutcomeKind.SKIPPED) or look is None or is_gone(outcome.path):
            return
        if outcome.kind is OutcomeKind.FAILED and is_full(self.root):
            self.wait_until = self.clock() + _FULL_SECONDS
            self._notice(outcome.path)
            return
        while len(self._failed) >= self.limit:
            del self._failed[next(iter(self._failed))]
        self._failed[outcome.path] = look

    def give_back(self) -> None:
        """Photos that were handed out and of which nothing was learnt are to be done again."""
        for path in self._in_hand:
            self._notice(path)
        self._in_hand.clear()

    def close(self) -> None:
        """Stop watching."""
        if self._eyes is not None:
            self._eyes.stop()
            self._eyes = None

    def _check(self) -> None:
        """See whether the folder is there, the same as before, and watched."""
        reason, file = self._presence.look()
        if reason:
            if not self.away:
                _log.warning("%s: %s; waiting for it", self.folder, reason)
            self._leave(reason)
            return
        if self.away:
            _log.info("%s: there again", self.folder)
        try:
            if not self._is_watched(file):
                self.close()
                self._file = file
                if not self.options.once:
                    self._eyes = open_eyes(
                        self.folder,
                        self._intake,
                        poll=self.options.poll,
                        network=network_type(self.folder),
                        default_poll=_DEFAULT_POLL,
                    )
                    _log.info("watching %s, %s", self.folder, self.how)
                self.go_through()
            elif not self.options.once and self.clock() >= self._anyway_at:
                self.go_through()
            self.away = ""
        except OSError as error:
            self._leave(f"cannot be watched: {error.strerror or error}")

    def _is_watched(self, file: tuple[int, int] | None) -> bool:
        if self._file != file:
            return False
        if self._eyes is None:
            return self.options.once
        try:
            return self._eyes.are_alive()
        except NoWatches as error:
            _log.warning("%s: looking every %g s meanwhile: %s", self.folder, _DEFAULT_POLL, error)
            self.close()
            self._eyes = LookingEyes(self.folder, self._intake, _DEFAULT_POLL)
            self._eyes.start()
            self.go_through()
            return True

    def _leave(self, reason: str) -> None:
        self.close()
        self.away, self._file, self._scan, self._scan_at = reason, None, None, None
        self.settling.clear()
        self.ready.clear()
        self._again.clear()
        self._intake.take()

    def _take(self, now: float) -> None:
        """What was noticed since, to be settled."""
        noticed = self._intake.take()
        if noticed.missed:
            self.go_through(_MISSED_SECONDS)
        for path, at in noticed.files.items():
            self.ready.pop(path, None)
            self._notice(path, at)
        again = [folder for folder, at in self._again.items() if at <= now]
        for folder in again:
            del self._again[folder]
        fresh = list(noticed.folders)
        if len(self._again) + len(fresh) > self.limit // 10:
            self._again.clear()
            self.go_through(_MISSED_SECONDS)
            return
        # A second time: what came between the folder and its watch.
        self._again |= {folder: now + max(self.options.settle, _MISSED_SECONDS) for folder in fresh}
        named = {*again, *fresh}
        for folder in (one for one in named if named.isdisjoint(one.parents)):
            self._enter(folder)

    def _enter(self, folder: Path) -> None:
        """A folder that is new, with whatever is in it."""
        if not reaches(self.folder, folder):
            return
        for found in scan([folder]):
            if isinstance(found, Photo) and found.path not in self.ready and not self._is_noticed(found.path):
                return

    def _is_noticed(self, path: Path) -> bool:
        self._notice(path, fresh=False)
        return self._scan_at is None

    def _notice(self, path: Path, at: float | None = None, *, fresh: bool = True) -> None:
        if is_temporary(path.name):
            return
        at = self.clock() if at is None else at
        full = len(self.ready) >= self.limit
        if full or not (self.settling.touch(path, at) if fresh else self.settling.notice(path, at)):
            self.go_through(_MISSED_SECONDS)

    def _wanted_for(
        self, sidecar: Path, photo: Path, ignored: Ignored, library: "OpenLibrary"
    ) -> Iterator[Photo | Outcome]:
        """The photo of a sidecar that is new or was written, if somebody else wrote it."""
        if photo in self._in_hand:  # it may have been read before
            self._notice(sidecar)
            return
        found = look_below(self.folder, photo, ignored)
        if isinstance(found, Photo) and not was_taken_back(found, library.writer, library.journal):
            self._failed.pop(photo, None)  # perhaps because of its sidecar
            beside.mark(found, sidecar, library)
            if is_unfinished(photo, self.options.settle):
                self._notice(photo, fresh=False)
            elif photo not in self.settling and photo not in self.ready:
                yield from self._wanted(found, look_at(photo), library)

    def _wanted(self, found: Photo | Outcome, look: Look | None, library: "OpenLibrary") -> Iterator[Photo | Outcome]:
        """The photo, if it is to be captioned now; without a ``look`` nobody has waited for it to settle yet."""
        if isinstance(found, Outcome):
            if not is_gone(found.path):
                yield found
            return
        path = found.path
        if is_temporary(path.name):
            return
        if path in self._in_hand:  # found in two ways: once it is written, it is looked at again
            self._notice(path)
            return
        row = library.index.get(path)
        if row is None or (row.photo.size, row.photo.mtime_ns) != (found.size, found.mtime_ns):
            settled, look = look is not None, look or look_at(path)
            if look is None or look == self._failed.get(path):
                return
            unfinished = (
                []
                if settled
                else [one for one in (path, *sidecar_names(path)) if is_unfinished(one, self.options.settle)]
            )
            if unfinished:
                for one in {path, *unfinished}:
                    self._notice(one, fresh=False)
                return
        if not was_taken_back(found, library.writer, library.journal):
            self._in_hand[path] = look
            yield found
