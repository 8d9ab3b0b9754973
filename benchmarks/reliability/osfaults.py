"""Make Python's own calls on photos fail: what ``tagger.metadata`` asks of the system, one call after the other.

Works on every system, because it takes the place of functions of ``os`` (faultlib.c sits below Python, and below SQLite
too, but on Linux only). Two photos at a time pass through the real stages in one thread; then recovery settles.
"""

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import Captions
from judge import LEFTOVER, Judge, recover

from tagger import bootstrap
from tagger.config import Settings
from tagger.core.records import Outcome, OutcomeKind, Photo

ON_PATH = ("open", "replace", "rename", "link", "unlink", "remove", "chmod", "utime", "stat", "lstat", "scandir")
ON_FILE = ("write", "fsync", "fchown", "fchmod", "fstat", "close")
ON_EITHER = ("setxattr", "getxattr", "listxattr")
SHORT = -1  # not an error: half of the bytes are written, and that is said


@dataclass(slots=True)
class OsFaults:
    """Takes the place of functions of ``os`` while it is entered; counts the calls on files below ``root``.

    The ``nth`` one (from 1) fails with ``error``; with ``lasting`` all after it too. 0: none.
    """

    root: Path
    nth: int = 0
    error: int = 0
    lasting: bool = False
    only: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list)
    fired: list[str] = field(default_factory=list)
    _ours: set[int] = field(default_factory=set)
    _written: set[int] = field(default_factory=set)

    @contextlib.contextmanager
    def injected(self) -> Iterator["OsFaults"]:
        names = [name for name in (*ON_PATH, *ON_FILE, *ON_EITHER) if hasattr(os, name)]
        real = {name: getattr(os, name) for name in names}
        for name in names:
            setattr(os, name, self._in_place_of(name, real[name]))
        try:
            yield self
        finally:
            for name in names:
                setattr(os, name, real[name])

    def _in_place_of(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            where = given[0] if given else "."
            if not self._is_ours(where) or (name == "close" and where not in self._written):
                return real(*given, **named)  # closing a file that was only read never says anything
            failing = self._fails(name)
            if failing and name == "close":  # closed it is, whatever was said
                real(*given)
            if failing and (self.error != SHORT or name != "write"):
                if self.error != SHORT:
                    raise OSError(self.error, os.strerror(self.error), str(given[0]))
            elif failing:
                return real(given[0], bytes(given[1])[: max(1, len(given[1]) // 2)])
            result = real(*given, **named)
            if name == "open":
                self._ours.add(result)
                if given[1] & (os.O_WRONLY | os.O_RDWR):
                    self._written.add(result)
            elif name == "close":
                self._written.discard(given[0])
                self._ours.discard(given[0])
            return result

        return call

    def _is_ours(self, where: Any) -> bool:
        if isinstance(where, int):
            return where in self._ours
        name = os.fspath(where)
        name = os.fsdecode(name) if isinstance(name, bytes) else name
        return name.startswith(str(self.root)) and f"{os.sep}.tagger{os.sep}" not in name + os.sep

    def _fails(self, name: str) -> bool:
        if self.only and name not in self.only:
            return False
        self.calls.append(name)
        now = len(self.calls) >= self.nth > 0 if self.lasting else len(self.calls) == self.nth
        if now:
            self.fired.append(name)
        return now


def every_call(
    files: dict[str, bytes], *, error: int, lasting: bool = False, only: tuple[str, ...] = (), runs: int = 2
) -> tuple[int, list[str]]:
    """Tag one photo (of ``files``, by name; a sidecar may be among them) again and again, the nth call failing.

    Before the faulty run come ``runs - 1`` undisturbed ones. Returns how many faults fired, and every problem.
    """
    problems: list[str] = []
    nth = 0
    while True:
        nth += 1
        with tempfile.TemporaryDirectory(prefix="tagger-osfaults-") as scratch:
            root = Path(scratch).resolve()
            for name, content in files.items():
                (root / name).write_bytes(content)
            faults, found = _one(root, OsFaults(root, nth, error, lasting, only), runs)
        if not faults.fired:
            return nth - 1, problems
        problems += [f"call {nth} ({faults.fired[0]}, {errno.errorcode.get(error, 'short')}): {line}" for line in found]


def _one(root: Path, faults: OsFaults, runs: int) -> tuple[OsFaults, list[str]]:
    judge = Judge(root, {path: path.read_bytes() for path in root.iterdir()})
    for number in range(1, runs):
        _tag(root, judge.photos, number, OsFaults(root))
        judge.judge(recover(root, photos=judge.photos), strict_rows=True)
    outcomes = _tag(root, judge.photos, runs, faults)
    report = recover(root, since=judge.seen, photos=judge.photos)
    judge.judge(report, strict_rows=not faults.fired)
    for outcome in outcomes:
        if outcome.kind is OutcomeKind.FAILED and (not outcome.reason or "\n" in outcome.reason):
            judge.problems.append(f"failed without one line of reason: {outcome.reason!r}")
        if outcome.kind is OutcomeKind.FAILED and any(
            record.id not in judge.states or record.state == "committed"
            for record in report.records
            if record.run == f"run {runs}" and record.path == outcome.path
        ):
            faults.calls.append("failed after it was done")  # allowed: the journal knows
    return faults, judge.problems


def _tag(root: Path, photos: list[Path], number: int, faults: OsFaults) -> list[Outcome]:
    """Every photo through the stages, in this thread."""
    captioner: Any = Captions(number)
    outcomes = []
    with bootstrap.open_library(root, Settings(), create=True) as library:
        list(library.recover())
        stages = library.stages(captioner, Settings(), run=f"run {number}", dry_run=False)
        for path in photos:
            status = path.stat()
            with faults.injected():
                item = stages.examine(Photo(path, status.st_size, status.st_mtime_ns))
                if isinstance(item, Outcome):
                    outcomes.append(item)
                else:
                    (caption,) = stages.caption([item]) if item.known is None else (item.known.caption,)
                    outcomes.append(stages.write(item, caption))
    return outcomes


def leftovers(root: Path) -> list[str]:
    """Names of temporary files of ours below ``root``."""
    return [path.name for path in root.rglob("*") if LEFTOVER in path.name]
