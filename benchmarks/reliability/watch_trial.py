"""A watched library for the trials of ``tagger watch``: numbered photos, the watcher as a program, and a judge.

The judge knows the bytes of every photo as they arrived and reads the journal's tables, with none of our code: each
photo has one committed record that began with exactly those bytes, so it was captioned once, and when it was complete.
"""

import hashlib
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from variety import EXIF, TESTS, saved

LEFTOVER = ".tagger-tmp"
_SIZE = (64, 48)


@dataclass(frozen=True, slots=True)
class Options:
    """How the watcher is run: seconds, and None for the embedded bundle or for being told by the system."""

    settle: float = 1.0
    poll: float | None = None
    bundle: Path | None = None


@dataclass(slots=True)
class Trial:
    """One library below ``scratch`` and everything that arrived in it."""

    scratch: Path
    options: Options
    made: int = 0
    arrived: dict[str, bytes] = field(default_factory=dict)
    """SHA-256 -> content of every photo that was handed to a program to be put into the library."""
    problems: list[str] = field(default_factory=list)
    _base: bytes = b""
    _process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        self._base = _photo()
        for folder in (self.root, self.outside, self.scratch / "home"):
            folder.mkdir(parents=True)

    @property
    def root(self) -> Path:
        return self.scratch / "photos"

    @property
    def outside(self) -> Path:
        """On the same disk as the library."""
        return self.scratch / "outside"

    @property
    def environment(self) -> dict[str, str]:
        """A user of the trial's own."""
        home = self.scratch / "home"
        return os.environ | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home)}

    # --- photos ---

    def photo(self) -> bytes:
        """A photo whose picture data no other has: a quantisation table that nothing uses, behind the camera's EXIF."""
        self.made += 1
        number = bytes(self.made // 255**place % 255 + 1 for place in range(4))  # a table holds no 0
        content = self._base[:2] + b"\xff\xdb\x00\x43\x03" + number + b"\1" * 60 + self._base[2:]
        self.arrived[_digest(content)] = content
        return content

    def put(self, path: Path) -> Path:
        """Write a new photo at once."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.photo())
        return path

    # --- the watcher ---

    def start(self) -> int:
        """Start it; returns the number of its process."""
        command = [sys.executable, "-m", "tagger", "watch", str(self.root), "--battery", "ignore"]
        command += ["--settle", f"{self.options.settle:g}"]
        command += ["--poll", f"{self.options.poll:g}"] if self.options.poll is not None else []
        command += ["--bundle", str(self.options.bundle)] if self.options.bundle is not None else []
        with (self.scratch / "watcher.log").open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        return self._process.pid

    def end(self, number: signal.Signals) -> int:
        """Send it a signal and wait; returns its exit code."""
        if self._process is None:
            raise RuntimeError("the watcher was never started")
        self._process.send_signal(number)
        return self._process.wait(120)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait_for(self, holds: Callable[[], object], *, what: str, seconds: float = 120.0) -> bool:
        """Wait until something holds; a watcher that makes no progress for that long is a problem."""
        began, before = time.monotonic(), -1
        while not holds():
            if (now := len(self.committed())) != before:
                began, before = time.monotonic(), now
            if time.monotonic() - began > seconds or not self.is_running():
                self.problems.append(f"{what}: does not come, {before} are captioned")
                return False
            time.sleep(0.2)
        return True

    def wait_until_all(self) -> bool:
        """Wait until everything that arrived is captioned, and longer, for what should not come."""
        done = self.wait_for(lambda: self.arrived.keys() <= self.committed().keys(), what="all captioned")
        time.sleep(4 * self.options.settle + (self.options.poll or 0) + 2)
        return done

    def end_in_peace(self) -> None:
        """As the system ends a service."""
        if (code := self.end(signal.SIGTERM)) != 0:
            self.problems.append(f"SIGTERM ended it with exit code {code}")

    # --- what is recorded ---

    def rows(self, query: str, name: str = "journal.db") -> list[tuple[object, ...]]:
        """From a database of the library, which is there once the first photo was."""
        file = self.root / ".tagger" / name
        if not file.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []

    def committed(self) -> Counter[str]:
        """SHA-256 of a file before its change -> how many committed records began with it."""
        return Counter(
            str(before) for (before,) in self.rows("SELECT before_sha256 FROM records WHERE state = 'committed'")
        )

    def places(self) -> dict[str, Path]:
        """SHA-256 before the change -> where the photo was then."""
        found = self.rows("SELECT before_sha256, path FROM records WHERE state = 'committed'")
        return {str(before): self.root / os.fsdecode(bytes(path)) for before, path in found}  # type: ignore[arg-type]

    def failures(self) -> int:
        """Photos that the watcher tried in vain, by its log."""
        log = (self.scratch / "watcher.log").read_bytes()
        return log.count(b": failed: ")

    # --- the verdict ---

    def judge(self) -> dict[str, object]:
        """Compare journal, index and files with what arrived."""
        committed = self.committed()
        lost = self.arrived.keys() - committed.keys()
        twice = [before for before, times in committed.items() if times > 1]
        incomplete = committed.keys() - self.arrived.keys()
        self.problems += [f"{len(lost)} lost"] if lost else []
        self.problems += [f"{len(twice)} captioned twice"] if twice else []
        self.problems += [f"{len(incomplete)} captioned with other bytes than arrived"] if incomplete else []
        there = {os.fsencode(path.relative_to(self.root)) for path in self.photos()}
        rows = {bytes(path) for (path,) in self.rows("SELECT path FROM photos", "index.db")}  # type: ignore[arg-type]
        if there != rows:
            self.problems.append(
                f"files and rows differ: {len(there - rows)} without a row, {len(rows - there)} without"
            )
        leftovers = [path for path in self.root.rglob("*") if LEFTOVER in path.name]
        self.problems += [f"left behind: {path.name}" for path in leftovers]
        pending = self.rows("SELECT id FROM records WHERE state IN ('pending', 'undoing')")
        self.problems += [f"{len(pending)} records still pending"] if pending else []
        failed = self.failures()
        self.problems += [f"{failed} tried in vain"] if failed else []
        return {
            "arrivals": len(self.arrived),
            "captioned": sum(committed.values()),
            "lost": len(lost),
            "twice": len(twice),
            "incomplete": len(incomplete),
            "failed": failed,
        }

    def photos(self) -> list[Path]:
        """The photos that are in the library now."""
        found = self.root.rglob("*.jpg")
        return [path for path in found if not path.name.startswith(".") and ".tagger" not in path.parts]

    def take_back(self, *, edited: Iterable[Path] = ()) -> int:
        """Undo every run; each file must then be a photo as it arrived. Returns how many are, ``edited`` left aside."""
        runs = [str(run) for (run,) in self.rows("SELECT run FROM records GROUP BY run ORDER BY max(id) DESC")]
        for run in runs:
            command = [sys.executable, "-m", "tagger", "undo", "--run", run, "--library", str(self.root)]
            subprocess.run(command, env=self.environment, capture_output=True, check=False)
        left = set(edited)
        other = [path for path in self.photos() if path not in left and _digest(path.read_bytes()) not in self.arrived]
        self.problems += [f"not as it arrived, after undo: {path.relative_to(self.root)}" for path in other[:5]]
        return len(self.photos()) - len(other) - len(left)

    def damaged(self) -> list[Path]:
        """Files that are neither as they arrived nor as the journal says that a record leaves them; at any moment."""
        known = {str(after) for (after,) in self.rows("SELECT after_sha256 FROM records")} | self.arrived.keys()
        return [path for path in self.photos() if _digest(path.read_bytes()) not in known]


def finish(trial: Trial, figures: dict[str, object]) -> int:
    """Tell figures and problems; returns the exit code."""
    for problem in trial.problems:
        print(f"PROBLEM: {problem}", file=sys.stderr)
    print(json.dumps(figures | {"violations": len(trial.problems)}))
    return 1 if trial.problems else 0


def tiny_bundle(folder: Path) -> Path:
    """The tests' bundle, which captions a photo in a millisecond."""
    sys.path[:0] = [str(TESTS)]
    import tiny_bundle as tiny

    return tiny.write_bundle(folder)


def slowly(path: Path, content: bytes, *, seconds: float, chance: random.Random) -> None:
    """Write a file in pieces, as a slow network does."""
    pieces = 8
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(content), len(content) // pieces + 1):
            file.write(content[start : start + len(content) // pieces + 1])
            time.sleep(seconds / pieces * chance.uniform(0.5, 1.5))


def _photo() -> bytes:
    """A small JPEG with what a camera writes into its EXIF."""
    picture = Image.open(io.BytesIO(saved(Image.radial_gradient("L").resize(_SIZE).convert("RGB"), "JPEG", quality=90)))
    return saved(picture, "JPEG", quality=90, exif=EXIF)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
