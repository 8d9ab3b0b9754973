"""Kill real runs at random instants and check that no photo is ever anything but exactly before or exactly after.

Half of the kills come after a random time, half at a random system call (the process kills itself right before or right
after the nth call on a file of the library: open, write, fsync, rename, ...; SQLite's own calls too). After each, a new
process recovers as every command does first; then files, journal and index are compared with bytes kept in memory.
At the end every run is taken back: all files must be what they were before the first, to the byte.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import harness
from harness import command, run, start
from judge import Judge, Report, recover


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--photos", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tagger-kill-") as scratch:
        folder = Path(scratch)
        faults = harness.preloaded(__file__, folder)
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        root = (options.keep or folder).resolve() / "library"
        trial = Trial(root, options, faults)
        for number in itertools.count(1):
            trial.kill(number)
            kills = trial.counts["killed by time"] + trial.counts["killed at a system call"]
            if trial.judge.problems or kills >= options.kills:
                break
            if number % 25 == 0:
                print(f"{kills} kills, {trial.counts['in the middle of a change']} in the middle of one", flush=True)
        if not trial.judge.problems:
            trial.take_everything_back()
        return trial.finish()


class Trial:
    """One library, and what was done to it."""

    def __init__(self, root: Path, options: argparse.Namespace, faults: "harness.FaultLibrary | None") -> None:
        self.root, self.faults = root, faults
        root.mkdir(parents=True)
        self.originals = harness.make_library(root, options.photos)
        self.times = {path: path.stat().st_mtime_ns for path in self.originals}
        self.judge = Judge(root, dict(self.originals))
        self.chance = random.Random(options.seed)
        self.counts: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self.seconds = {"tag": 2.0, "undo": 1.0, "clean": 1.0}
        self.calls = {"tag": 2000, "undo": 1000, "clean": 1000}
        self.sequence = 0
        self.began = time.monotonic()

    def arguments(self, what: str) -> list[object]:
        return {
            "tag": ["tag", self.root, "--caption-policy", self.chance.choice(("keep", "replace", "append"))],
            "undo": ["undo", "--library", self.root],
            "clean": ["clean", self.root],
        }[what]

    def kill(self, number: int) -> None:
        """One run of tag, undo or clean that does not live to its end; then recovery, then judgement."""
        kinds = ["tag"] * 6 + ["undo"] * 3 + (["clean"] * 2 if harness.can_clean() else [])
        what = self.chance.choice(kinds) if number > 3 else "tag"
        if what != "tag" and self.chance.random() < 0.5:
            self.complete("tag")  # so that there is a whole run to take back
        self.sequence += 1
        arguments, sequence = self.arguments(what), self.sequence
        by_call = self.faults is not None and number % 2 == 0
        nth = self.chance.randrange(1, max(2, self.calls[what]))
        mode = self.chance.choice((harness.KILL_BEFORE, harness.KILL_AFTER))

        def work() -> tuple[int, str, int]:
            if self.faults:
                self.faults.arm(self.root, nth=nth, mode=mode if by_call else harness.COUNT)
            code, said = command(arguments, sequence)
            return code, said, self.faults.count if self.faults else 0

        began = time.monotonic()
        child = start(work)
        if not by_call:
            time.sleep(self.chance.random() * self.seconds[what])
            os.kill(child.pid, signal.SIGKILL)
        value, failure = child.wait()
        if failure == "SIGKILL":
            self.counts[f"{what} killed"] += 1
            self.counts["killed at a system call" if by_call else "killed by time"] += 1
        elif failure:
            self.judge.problems.append(f"{what}: {failure}")
            return
        else:  # it was quicker than the kill: the next guesses are better
            self.counts["finished before the kill"] += 1
            self.calls[what] = value[2] or self.calls[what]
            self.seconds[what] = time.monotonic() - began
        self.settle(what, number)

    def settle(self, what: str, number: int) -> None:
        left = len(self.judge.leftovers())
        report = self.recover()
        self.counts["in the middle of a change"] += bool(report.pending_before or left)
        self.counts["changes pending"] += report.pending_before
        self.counts["temporary files left by the kill"] += left
        for line in report.recovered:
            self.places[line.partition(": ")[2]] += 1
        self.judge.judge(report, strict_rows=what == "tag")
        if number % 10 == 0:
            self.ask_exiftool(report)
        if self.judge.problems:
            self.judge.problems.insert(0, f"kill {number}, of {what}:")

    def complete(self, what: str) -> int:
        """A run that nobody disturbs; returns its exit code."""
        self.sequence += 1
        arguments, sequence = self.arguments(what), self.sequence

        def work() -> tuple[int, str, int]:
            if self.faults:
                self.faults.arm(self.root)
            code, said = command(arguments, sequence)
            return code, said, self.faults.count if self.faults else 0

        began = time.monotonic()
        code, said, calls = run(work)
        self.seconds[what], self.calls[what] = time.monotonic() - began, calls or self.calls[what]
        if code == 2 or (code and what != "undo"):
            self.judge.problems.append(f"{what} that nobody disturbed ended with {code}: {said[-400:]}")
        self.counts["whole runs between"] += 1
        self.judge.judge(self.recover(), strict_rows=what == "tag")
        return code

    def recover(self) -> Report:
        seen, photos = self.judge.seen, self.judge.photos
        return run(lambda: recover(self.root, since=seen, photos=photos))

    def take_everything_back(self) -> None:
        """A last whole run captions all that can be; then one undo after the other, until nothing is left to undo."""
        self.complete("tag")
        for _ in range(10_000):
            code, said = run(lambda: command(["undo", "--library", self.root], 0))
            if "nothing to undo" in said:
                break
            self.counts["runs taken back at the end"] += 1
            if code:
                self.judge.problems.append(f"undo ended with {code}: {said[-400:]}")
                break
        now = {
            path: path.read_bytes() for path in self.root.rglob("*") if path.is_file() and self.judge.is_theirs(path)
        }
        for path in now.keys() | self.originals.keys():
            if now.get(path) != self.originals.get(path):
                self.judge.problems.append(f"{path.name}: not the original after everything was taken back")
            elif path.stat().st_mtime_ns != self.times[path]:
                self.judge.problems.append(f"{path.name}: the original, but not its time")
        self.counts["files back to the original bytes"] = len(now)

    def ask_exiftool(self, report: Report) -> None:
        """A second reader, for some photos that should hold what the index says."""
        if shutil.which("exiftool") is None:
            return
        good = [path for path, row in report.rows.items() if row.written and path.stat().st_mtime_ns == row.mtime_ns]
        for path in self.chance.sample(good, min(5, len(good))):
            beside = report.rows[path].sidecar
            asked = ["exiftool", "-a", "-j", "-G1", "-XMP:all", str(path), *([str(beside)] if beside else [])]
            done = subprocess.run(asked, check=False, capture_output=True, text=True)
            self.counts["photos read by ExifTool"] += 1
            values = [str(value) for entry in json.loads(done.stdout or "[]") for value in entry.values()]
            if not any(report.rows[path].text in value for value in values):
                self.judge.problems.append(f"{path.name}: ExifTool does not find {report.rows[path].text!r}")

    def finish(self) -> int:
        names = sorted({path.suffix for path in self.originals if path.suffix != ".xmp"})
        written = sorted(
            {path.suffix for path, content in self.judge.files.items() if content != self.originals.get(path)}
        )
        print(f"{len(self.originals)} files ({' '.join(names)}; changed: {' '.join(written)})")
        for name, count in sorted(self.counts.items()):
            print(f"{count:7} {name}")
        for name, count in self.places.most_common():
            print(f"{count:7} recovered: {name}")
        for line in self.judge.problems[:20]:
            print(f"PROBLEM {line}")
        summary = {"problems": len(self.judge.problems), "seconds": round(time.monotonic() - self.began)}
        print(json.dumps(summary | dict(self.counts)))
        return 1 if self.judge.problems else 0


if __name__ == "__main__":
    sys.exit(main())
