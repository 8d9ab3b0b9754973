"""Make every system call of a run fail in turn, and check that no photo is anything but exactly before or after.

A small library with photos of every format, and sidecars. A real command (tag in a fresh library, tag again, undo,
clean) runs in a child process in which the nth call on a file of the library fails: of Python, of libc, of SQLite
(faultlib.c). n goes from 1 on, until a run passes without a fault. After each, another process recovers without faults,
and files, journal and index are compared with the bytes kept in memory; every tenth time a whole run must then work.
"""

import argparse
import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import harness
from harness import CHANGING, FAIL_ON, FAIL_ONCE, READ, SHORT_ON, SYNC, UNLINK, command, run, start
from judge import Judge, recover

ROOM = CHANGING & ~(UNLINK | harness.RIGHTS)  # what a full disk refuses
GIVEN_UP = 6  # faults that never fire in a row: the run is over


@dataclass(frozen=True, slots=True)
class Fault:
    """How the nth call fails: ``mode`` of faultlib.c, the error, and which calls count."""

    name: str
    mode: int
    error: int
    classes: int


FAULTS = (
    Fault("full disk from then on", FAIL_ON, errno.ENOSPC, ROOM),
    Fault("full disk, once", FAIL_ONCE, errno.ENOSPC, ROOM),
    Fault("input/output error, once", FAIL_ONCE, errno.EIO, CHANGING),
    Fault("input/output error from then on", FAIL_ON, errno.EIO, CHANGING | READ),
    Fault("permission denied, once", FAIL_ONCE, errno.EACCES, CHANGING & ~(harness.WRITE | SYNC)),
    Fault("read error, once", FAIL_ONCE, errno.EIO, READ | harness.OPEN_OLD),
    Fault("short writes from then on", SHORT_ON, 0, harness.WRITE),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=9)
    parser.add_argument("--stride", type=int, default=1, help="only every so manieth call (1: all)")
    parser.add_argument("--only", default="", help="faults whose name contains this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagger-faults-") as scratch:
        folder = Path(scratch).resolve()
        faults = harness.preloaded(__file__, folder)
        if faults is None:
            print("no gcc: nothing can be injected below Python")
            return 77
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        trials = Trials(folder, faults, options)
        for scenario in trials.scenarios():
            for fault in FAULTS:
                if options.only in fault.name:
                    trials.every_call(scenario, fault, options.stride)
        return trials.finish()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A library to begin with (a folder that is copied), and the command that meets the fault."""

    name: str
    template: Path
    command: tuple[object, ...]
    judge: Judge


class Trials:
    """All scenarios over one small library."""

    def __init__(self, folder: Path, faults: harness.FaultLibrary, options: argparse.Namespace) -> None:
        self.folder, self.faults, self.root = folder, faults, folder / "library"
        self.root.mkdir()
        self.files = harness.make_library(self.root, options.photos)
        self.counts: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self.problems: list[str] = []
        self.began = time.monotonic()

    def scenarios(self) -> Iterator[Scenario]:
        tag = ("tag", self.root, "--caption-policy", "append")
        undo, clean = ("undo", "--library", self.root), ("clean", self.root)
        yield self._scenario("tag, fresh", tag, Judge(self.root, dict(self.files)))
        run(lambda: command(tag, 1))
        judge = Judge(self.root, dict(self.files))
        judge.judge(run(lambda: recover(self.root, photos=judge.photos)), strict_rows=True)
        self.problems += judge.problems
        for name, arguments in (("tag, again", tag), ("undo", undo), *([("clean", clean)] * harness.can_clean())):
            yield self._scenario(name, arguments, judge)

    def _scenario(self, name: str, arguments: tuple[object, ...], judge: Judge) -> Scenario:
        template = self.folder / name
        shutil.copytree(self.root, template)
        return Scenario(name, template, arguments, judge)

    def every_call(self, scenario: Scenario, fault: Fault, stride: int) -> None:
        silent, nth, fired = 0, 1, 0
        while silent < GIVEN_UP and len(self.problems) < 40:
            if self.one(scenario, fault, nth):
                silent = 0
                fired += 1
            else:
                silent += 1
            nth += stride
        self.counts["faults injected"] += fired
        print(f"{scenario.name}: {fault.name}: {fired} faults", flush=True)

    def one(self, scenario: Scenario, fault: Fault, nth: int) -> bool:
        """One run with one fault; says whether it fired."""
        shutil.rmtree(self.root)
        shutil.copytree(scenario.template, self.root)

        def work() -> tuple[int, str, int, str]:
            self.faults.arm(self.root, nth=nth, error=fault.error, mode=fault.mode, classes=fault.classes)
            code, said = command(scenario.command, 2)
            fired, where = self.faults.fired, self.faults.where
            self.faults.arm(self.root, mode=harness.OFF)
            return code, said, fired, where

        value, failure = start(work).wait(60)
        judge = Judge(self.root, dict(scenario.judge.files))
        judge.photos, judge.seen, judge.states = scenario.judge.photos, scenario.judge.seen, scenario.judge.states
        code, said, fired, where = value or (None, "", 1, "?")
        try:
            report = run(lambda: recover(self.root, since=judge.seen, photos=judge.photos))
            judge.judge(report, strict_rows=scenario.command[0] == "tag" and not fired)
        except AssertionError as error:
            judge.problems.append(str(error))
        if failure:
            judge.problems.append(f"not a message but: {failure[-900:]}")
        if code and not said.strip():
            judge.problems.append(f"exit code {code} without a word")
        if nth % 10 == 0 and not judge.problems:
            after, words = run(lambda: command(("tag", self.root), 3))
            if after:
                judge.problems.append(f"the next run ended with {after}: {words[-300:]}")
        if fired:
            self.counts[f"exit code {code}"] += 1
            self.places[where.partition(" ")[0]] += 1
        self.problems += [f"{scenario.name}, {fault.name}, call {nth} ({where}): {line}" for line in judge.problems]
        return bool(fired)

    def finish(self) -> int:
        for name, count in sorted(self.counts.items()):
            print(f"{count:7} {name}")
        for name, count in self.places.most_common():
            print(f"{count:7} first at {name}")
        for line in self.problems[:40]:
            print(f"PROBLEM {line}")
        summary = {"problems": len(self.problems), "seconds": round(time.monotonic() - self.began)}
        print(json.dumps(summary | dict(self.counts)))
        return 1 if self.problems else 0


if __name__ == "__main__":
    sys.exit(main())
