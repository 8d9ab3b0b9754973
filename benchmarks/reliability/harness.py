"""A library of small photos, real commands run in child processes, and faults to inject into them.

The children are forked from one process that has loaded everything, so a trial takes milliseconds; they run the real
``tagger`` commands with the real writer, index and journal. Only the captioner is not the model: its sentences follow
from run and photo.
"""

import ctypes
import hashlib
import io
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from variety import PACKET, SIDECAR, formats

from tagger import bootstrap
from tagger.captioning import captioner as _loaded  # noqa: F401 - before the first fork, not in each child
from tagger.captioning.vocabulary import Vocabulary
from tagger.cli import main as cli
from tagger.config import Settings
from tagger.core.records import Caption, Photo, Tag

T = TypeVar("T")
WORDS = ("a dog on the grass", "un café à Köln", "a boat – at sea", "two children in a red house", "猫 on a sofa")
LABELS = ("dog", "boat", "café", "house", "猫", "child", "sky")


class Captions:
    """A captioner whose words follow from the run and the photo: every run has something to write."""

    device_note = quality_note = ""
    unsure_below = 0.0

    def __init__(self, run: int) -> None:
        self.model_id = f"trial {run}"
        self.fingerprint = "trial"
        self.vocabulary = Vocabulary(())
        self._run = run

    def under(self, _: Any) -> "Captions":
        return self

    def prepare(self, photo: Photo) -> Any:
        seed = int.from_bytes(hashlib.sha256(f"{self._run} {photo.path.name}".encode()).digest()[:3], "big")
        return np.full((1, 1, 3), seed, np.float32)

    def generate(self, batch: Sequence[Any]) -> list[Caption]:
        return [self._caption(int(item[0, 0, 0])) for item in batch]

    def _caption(self, seed: int) -> Caption:
        text = f"{WORDS[seed % len(WORDS)]} number {seed}" + " and so on" * (seed % 7)
        tags = tuple(Tag(LABELS[(seed + i) % len(LABELS)], 0.9 - i / 10, ("thing",)) for i in range(seed % 4))
        return Caption(text, -1.0, (), tags)


def make_library(root: Path, count: int) -> dict[Path, bytes]:
    """Write ``count`` photos of all formats in turn, some with sidecars of other programs; returns what is there."""
    kinds = [iter(_endless(item.suffix, item.make())) for item in formats()]
    files: dict[Path, bytes] = {}
    for number in range(count):
        folder = root / f"folder {number % 3}"
        suffix, content = next(kinds[number % len(kinds)])
        path = folder / f"photo {number:04}{suffix}"
        files[path] = content
        if number % 17 == 5:
            files[path.with_name(path.name + ".xmp")] = SIDECAR
        if number % 17 == 11:
            files[path.with_suffix(".xmp")] = PACKET
    for number, (path, content) in enumerate(files.items()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(10**18 + number, 10**18 + number * 1_000_003))
    return files


def _endless(suffix: str, samples: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    while True:
        yield from ((suffix, content) for content in samples.values())


# --- child processes ---


@dataclass(slots=True)
class Child:
    """A forked process at work; what it returned comes through a pipe."""

    pid: int
    pipe: int

    def wait(self, seconds: float = 120.0) -> tuple[Any, str]:
        """The value and how it failed: empty, a traceback, or the signal that killed it."""
        chunks, deadline = [], time.monotonic() + seconds
        os.set_blocking(self.pipe, False)
        while True:
            try:
                chunk = os.read(self.pipe, 1 << 20)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.kill(self.pid, signal.SIGKILL)
                    self._reap()
                    return None, f"still running after {seconds:g} s"
                time.sleep(0.001)
                continue
            if not chunk:
                break
            chunks.append(chunk)
        status = self._reap()
        if os.WIFSIGNALED(status):
            return None, signal.Signals(os.WTERMSIG(status)).name
        value, failure = pickle.loads(b"".join(chunks))  # noqa: S301 - from our own child
        return value, failure

    def _reap(self) -> int:
        os.close(self.pipe)
        return os.waitpid(self.pid, 0)[1]


def start(work: Callable[[], Any]) -> Child:
    """Fork a process that does ``work``."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    os.close(reading)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        result = (work(), "")
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must see it
        result = (None, traceback.format_exc())
    with os.fdopen(writing, "wb") as file:
        pickle.dump(result, file)
    os._exit(0)


def run(work: Callable[[], T], seconds: float = 120.0) -> T:
    """Do ``work`` in a process of its own; a failure there is one here."""
    value, failure = start(work).wait(seconds)
    if failure:
        raise AssertionError(f"a process that nobody disturbed failed: {failure}")
    return value


def command(arguments: Sequence[object], number: int) -> tuple[int, str]:
    """Run one ``tagger`` command in this process; returns exit code and what it said to stderr and stdout."""
    real = bootstrap.make_captioner
    bootstrap.make_captioner = lambda *_, **__: Captions(number)  # type: ignore[assignment]
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 2
        finally:
            bootstrap.make_captioner = real
    return code, said.getvalue()


def make_writer() -> Any:
    """The writer as it is wired for everybody, without a library."""
    with tempfile.TemporaryDirectory(prefix="tagger-writer-") as folder:
        root = Path(folder)
        with bootstrap.open_library(root, Settings(), create=True) as library:
            return library.writer


def can_clean() -> bool:
    """Whether this version has ``tagger clean``."""
    return "clean" in cli.COMMANDS


# --- faults ---

OFF, COUNT, FAIL_ONCE, FAIL_ON, KILL_BEFORE, KILL_AFTER, SHORT_ON = range(7)
OPEN_NEW, WRITE, SYNC, RENAME, UNLINK, RESIZE, RIGHTS, OPEN_OLD, READ = (1 << i for i in range(9))
CHANGING = OPEN_NEW | WRITE | SYNC | RENAME | UNLINK | RESIZE | RIGHTS


class FaultLibrary:
    """The C library of faultlib.c in this process, where it was preloaded."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.fault_where.restype = ctypes.c_char_p
        self._library.fault_count.restype = self._library.fault_fired.restype = ctypes.c_long

    def arm(self, root: Path, *, nth: int = 0, error: int = 0, mode: int = COUNT, classes: int = CHANGING) -> None:
        self._library.fault_arm(
            os.fsencode(root), ctypes.c_long(nth), ctypes.c_int(error), ctypes.c_int(mode), ctypes.c_uint(classes)
        )

    @property
    def count(self) -> int:
        return int(self._library.fault_count())

    @property
    def fired(self) -> int:
        return int(self._library.fault_fired())

    @property
    def where(self) -> str:
        return os.fsdecode(self._library.fault_where())


def preloaded(script: str, build: Path) -> "FaultLibrary | None":
    """The fault library, after starting ``script`` again with it; None where there is no compiler for it."""
    if os.environ.get("TAGGER_FAULTLIB"):
        return FaultLibrary()
    target = build / "faultlib.so"
    source = Path(__file__).with_name("faultlib.c")
    try:
        compiled = ["gcc", "-shared", "-fPIC", "-O2", "-o", str(target), str(source), "-ldl"]
        subprocess.run(compiled, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    environment = os.environ | {"LD_PRELOAD": str(target), "TAGGER_FAULTLIB": str(target)}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, script, *sys.argv[1:]], environment)  # noqa: S606 - ourselves
    return None  # not reached
