"""A whole archive: how long scanning, indexing and running again take on 100,000 photos, and in how much memory.

The photos are tiny JPEGs (about 1 KB, each with picture data of its own) in nested folders, so that what is measured is
everything but the pixels. The first run goes through the real stages and the real index with a captioner that is made
up; the second is the command as a user runs it, and must find that nothing is to be done by looking at the files only.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from tagger import bootstrap, pipeline
from tagger.captioning.captioner import Decoding
from tagger.core.records import Alternative, Caption, Outcome, OutcomeKind, Photo, Tag
from tagger.scan import scan

IN_A_FOLDER = 250
MARKS = (10_000, 50_000, 100_000)
LIMIT_SECONDS = 10.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="make the archive here and keep it (default: a temporary folder)")
    parser.add_argument("--rounds", type=int, default=3, help="of running again")
    parser.add_argument("--disks", action="store_true", help="only: two simulated disks, in order and in turn")
    options = parser.parse_args()
    if options.disks:
        return two_disks()
    with tempfile.TemporaryDirectory() as scratch:
        root = (options.folder or Path(scratch) / "archive").resolve()
        if not root.exists():
            seconds = timed(lambda: make_archive(root, options.photos))
            print(f"made {options.photos} photos in {seconds:.1f} s", flush=True)
        marks = [mark for mark in MARKS if mark <= options.photos] or [options.photos]
        before = time.process_time()
        seconds = timed(lambda: watched("scan", scan([root]), marks))
        print(f"scan: {seconds:.2f} s, {time.process_time() - before:.2f} s of a core", flush=True)
        if not (root / ".tagger").exists():
            seconds = timed(lambda: watched("first run", first_run(root), marks))
            print(f"first run, made-up captions, index only: {options.photos / seconds:.0f} photos/s", flush=True)
        worst = 0.0
        for arguments in (["--no-write"], ["--no-write", "--json"]):
            for _ in range(options.rounds):
                seconds, core, megabytes, said = command(["tag", *arguments, str(root)])
                name = f"tagger tag {' '.join(arguments)}, again"
                print(f"{name}: {seconds:.2f} s, {core:.2f} s of a core, peak {megabytes:.0f} MB; {said}", flush=True)
                worst = max(worst, 0 if "--json" in arguments else seconds)
        return int(worst > LIMIT_SECONDS)


def make_archive(root: Path, count: int) -> None:
    """``count`` photos, ``IN_A_FOLDER`` in each folder, folders within folders."""
    for number in range(count):
        if number % IN_A_FOLDER == 0:
            at = number // IN_A_FOLDER
            folder = root / f"{2000 + at // 24}" / f"{at % 24 // 2 + 1:02}" / f"part {at % 2 + 1}"
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"IMG_{number}.jpg").write_bytes(distinct(_TEMPLATE, number))


def distinct(jpeg: bytes, number: int) -> bytes:
    """The same picture with other picture data: a quantisation table for a component that is not used."""
    table = b"\xff\xdb\x00\x43\x03" + bytes(1 + (number >> shift & 0x7F) for shift in (0, 7, 14, 21)) + bytes([1]) * 60
    return jpeg[:2] + table + jpeg[2:]


def _template() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((32, 24)).convert("RGB").save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


_TEMPLATE = _template()


class MadeUp:
    """A captioner whose sentences cost nothing; everything else of a run is real."""

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id

    def prepare(self, photo: Photo) -> Photo:
        return photo

    def generate(self, batch: Sequence[Photo]) -> list[Caption]:
        others = tuple(Alternative(f"A dog on a beach, said otherwise {n}", -2.0 - n) for n in range(4))
        tags = (Tag("dog", 0.9, ("pet", "animal")), Tag("beach", 0.8), Tag("sea", 0.7, ("water",)), Tag("sky", 0.6))
        return [Caption(f"A dog on a beach near {photo.path.stem}", -1.5, others, tags) for photo in batch]


class SlowDisks(MadeUp):
    """Pictures on two disks, each of which serves one at a time."""

    def __init__(self, seconds: float) -> None:
        super().__init__("slow disks 1")
        self._seconds = seconds
        self._busy = (threading.Lock(), threading.Lock())

    def prepare(self, photo: Photo) -> Photo:
        with self._busy[disk_of(photo.path)]:
            time.sleep(self._seconds)
        return photo


def disk_of(path: Path) -> int:
    return int("second" in path.parts)


def two_disks(count: int = 400, seconds: float = 0.02) -> int:
    """Photos a second from two disks that take ``seconds`` for a photo, one disk after the other, and in turn."""
    with tempfile.TemporaryDirectory() as scratch:
        roots = [Path(scratch) / name for name in ("first", "second")]
        for number, root in enumerate(roots):
            root.mkdir()
            for at in range(count // 2):
                (root / f"{at}.jpg").write_bytes(distinct(_TEMPLATE, number * count + at))
        settings = bootstrap.settings_for(None)
        captioner = bootstrap.make_captioner(settings, Decoding(beam_width=None))
        for name, device in (("one after the other", lambda _: 0), ("in turn", disk_of)):
            with bootstrap.recording(Path(scratch), settings, captioner, lambda _: None) as stages:
                slow = replace(stages, captioner=SlowDisks(seconds), options=replace(stages.options, jobs=2))
                photos = scan(roots, device=device)
                taken = timed(lambda p=photos, s=slow: [*pipeline.run(p, s, threading.Event())])
            print(f"two simulated disks of {1 / seconds:.0f} photos/s, {name}: {count / taken:.0f} photos/s")
    return 0


def first_run(root: Path) -> Iterator[Outcome]:
    settings = bootstrap.settings_for(root).replace(write=False)
    captioner = bootstrap.make_captioner(settings, Decoding(beam_width=settings.beam_width or None))
    claim = bootstrap.Claim("tag")
    with bootstrap.open_library(root, settings, create=True, claim=claim) as library:
        stages = library.stages(captioner, settings, run=bootstrap.new_run_id(), dry_run=False)
        stages = replace(stages, captioner=MadeUp(captioner.model_id))
        for outcome in pipeline.run(scan([root]), stages, threading.Event()):
            if outcome.kind is not OutcomeKind.CAPTIONED:
                raise SystemExit(f"the first run failed: {outcome}")
            yield outcome


def watched(name: str, items: Iterable[object], marks: Sequence[int]) -> None:
    """Go through ``items`` and say how much memory this process holds at each mark."""
    before = resident()
    for done, _ in enumerate(items, start=1):
        if done in marks:
            print(f"{name}, {done} photos: {resident():.0f} MB resident ({before:.0f} MB before)", flush=True)


def resident() -> float:
    """Megabytes of this process in memory now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def command(arguments: Sequence[str]) -> tuple[float, float, float, str]:
    """Seconds, seconds of a core, peak megabytes and first line of a command of ours."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tagger", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    with process.stderr as stream:
        said = stream.read().strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(said)
    core = usage.ru_utime + usage.ru_stime
    return time.perf_counter() - started, core, usage.ru_maxrss / 1024, said.splitlines()[0] if said else ""


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
