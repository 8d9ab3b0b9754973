"""How smoothly the desktop program's grid scrolls through 100,000 photos, without a screen.

Makes a library of as many names for a few real photos (hard links), with a row each; scrolls through it at several
speeds and measures how long each frame takes to draw, thumbnails arriving meanwhile; then searches, sorts, selects
all and lets a run change photos, and measures the longest time for which the window did not answer. Memory is that
of the whole process. Beside it stands how long the same work takes in a loop without any window, before and after:
what a busy machine adds. Exit code 1 where a target is missed: frames 33 ms (95th percentile), memory 500 MB;
frames are not judged where the loop without a window misses it too.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from photos import make_photos
from PySide6.QtWidgets import QApplication
from tagger_gui.library.thumbnail_cache import ThumbnailCache
from tagger_gui.library.view import LibraryView
from tagger_gui.library.wanted import Wanted
from tagger_gui.program import SWITCH_SECONDS
from tagger_gui.session import Captioners, LibrarySession
from tagger_gui.theme import apply_theme

from tagger.core.records import Caption, IndexEntry, Photo, Tag
from tagger.storage.index import SqliteIndex
from tagger.storage.library import Library
from tagger.storage.searching import Order

FRAME_MILLISECONDS, MEMORY_MEGABYTES = 33.0, 500.0
SUBJECTS = ("dog", "cat", "boat", "house", "child", "train", "bird", "horse", "bench", "kitchen")
PLACES = ("on a beach", "in a field", "next to a window", "under a tree", "in the snow", "at night")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=300, help="at each speed")
    parser.add_argument("--library", type=Path, help="keep the library here and use it again")
    options = parser.parse_args()
    app = QApplication([])
    sys.setswitchinterval(SWITCH_SECONDS)
    apply_theme(app, dark=False)
    with tempfile.TemporaryDirectory() as scratch:
        root = options.library or Path(scratch) / "library"
        if not Library(root).index_file.exists():
            seconds = timed(lambda: make_library(root, options.photos))
            print(f"made a library of {options.photos:,} photos in {seconds:.0f} s")
        return measure(app, root, Path(scratch) / "thumbnails.db", options.frames)


def measure(app: QApplication, root: Path, cache: Path, frames: int) -> int:
    busy = stutter(frames)
    session = LibrarySession(root, Captioners())
    view = LibraryView(session, cache=ThumbnailCache(cache))
    view.resize(1600, 1000)
    view.show()
    start = time.perf_counter()
    until(app, lambda: view.model.rowCount() > 0)
    print(f"first photos after {time.perf_counter() - start:.2f} s: {view.model.rowCount():,} rows")
    spin(app, 3.0)  # the walk through the folder goes on meanwhile
    worst = 0.0
    for name, step in (("slowly", 40), ("quickly", 900), ("by leaps", 200_000)):
        clock, work = zip(*scroll(app, view, step, frames), strict=True)
        p95 = statistics.quantiles(clock, n=20)[-1]
        worst = max(worst, p95)
        print(
            f"scrolled {name}: a frame takes {statistics.median(clock):.1f} ms (p95 {p95:.1f}, max {max(clock):.1f}),"
            f" of which work {statistics.median(work):.1f} ms (p95 {statistics.quantiles(work, n=20)[-1]:.1f})"
        )
    for name, act in actions(view):
        longest, hardest = stalled(app, act)
        print(f"{name}: the window answers after {longest:.0f} ms at most, of which work {hardest:.0f} ms")
    busy = max(busy, stutter(frames))
    print(f"5 ms of work without a window take {busy:.1f} ms here (p95, the worse of before and after)")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory {memory:.0f} MB at most")
    view.end()
    session.close()
    smooth = worst < FRAME_MILLISECONDS
    if not smooth and busy >= FRAME_MILLISECONDS:
        print("the machine itself is too busy: frames are not judged")
        smooth = True
    return 0 if smooth and memory < MEMORY_MEGABYTES else 1


def stutter(frames: int) -> float:
    """Milliseconds (95th percentile) for 5 ms of work, 60 times a second, in a process that does nothing else."""
    code = (
        "import statistics, time\ntaken = []\n"
        f"for _ in range({frames}):\n"
        "    start, work = time.perf_counter(), time.thread_time()\n"
        "    while time.thread_time() - work < 0.005: pass\n"
        "    taken.append(time.perf_counter() - start)\n"
        "    time.sleep(max(0, 1 / 60 - taken[-1]))\n"
        "print(statistics.quantiles(taken, n=20)[-1] * 1e3)\n"
    )
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)


def actions(view: LibraryView) -> list[tuple[str, Callable[[], object]]]:
    some = [view.model.path_of(row) for row in range(0, view.model.rowCount(), 997)]
    return [
        ("select all", view.grid.selectAll),
        ("search for a word", lambda: view.search(Wanted(text="dog"))),
        ("search for a tag and a word", lambda: view.search(Wanted(text="beach", tags=("cat",)))),
        ("back to all", lambda: view.search(Wanted())),
        ("sort by date", lambda: view.search(Wanted(order=Order.DATE, descending=True))),
        ("a run changed 100 photos", lambda: view.refresh(some[:100])),
        ("resize", lambda: view.resize(1300, 900)),
    ]


def scroll(app: QApplication, view: LibraryView, step: int, frames: int) -> list[tuple[float, float]]:
    """Milliseconds that each frame took, by the clock and of work in the window's thread."""
    bar, taken = view.grid.verticalScrollBar(), []
    bar.setValue(0)
    for _ in range(frames):
        start, work = time.perf_counter(), time.thread_time()
        bar.setValue((bar.value() + step) % max(1, bar.maximum()))
        app.processEvents()  # draws it, and takes in what has arrived
        taken.append(((time.perf_counter() - start) * 1e3, (time.thread_time() - work) * 1e3))
        time.sleep(max(0.0, 1 / 60 - taken[-1][0] / 1e3))
    return taken


def stalled(app: QApplication, act: Callable[[], object], seconds: float = 2.5) -> tuple[float, float]:
    """The longest turn of the event loop after ``act``, by the clock and of work, in milliseconds."""
    longest, hardest, end = 0.0, 0.0, time.perf_counter() + seconds
    start, work = time.perf_counter(), time.thread_time()
    act()
    while start < end:
        app.processEvents()
        longest, hardest = max(longest, time.perf_counter() - start), max(hardest, time.thread_time() - work)
        time.sleep(0.002)
        start, work = time.perf_counter(), time.thread_time()
    return longest * 1e3, hardest * 1e3


def spin(app: QApplication, seconds: float) -> None:
    end = time.perf_counter() + seconds
    until(app, lambda: time.perf_counter() > end)


def until(app: QApplication, done: Callable[[], bool]) -> None:
    while not done():
        app.processEvents()
        time.sleep(0.002)


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def make_library(root: Path, count: int) -> None:
    originals = make_photos(root / "originals", 10)
    Library(root).create()
    with SqliteIndex(root, Library(root).index_file) as index:
        for number in range(count - len(originals)):
            path = root / f"{2000 + number % 25}" / f"{number // 25 % 40:02}" / f"IMG_{number:06}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(originals[number % len(originals)], path)
            index.put(entry(path, number))


def entry(path: Path, number: int) -> IndexEntry:
    subject, place = SUBJECTS[number % len(SUBJECTS)], PLACES[number // 7 % len(PLACES)]
    info = path.stat()
    return IndexEntry(
        photo=Photo(path, info.st_size, info.st_mtime_ns),
        identity=f"{number:064x}",
        caption=Caption(f"a {subject} {place}, number {number}", -3.0 - number % 50 / 10, (), (Tag(subject, 0.9),)),
        model="made up 1",
        settings="beam=3",
        run="20260101-120000-0000",
        captioned_at="2026-01-01T12:00:00+00:00",
        taken_at=f"{2000 + number % 25}-{number % 12 + 1:02}-{number % 28 + 1:02}T10:00:00",
    )


if __name__ == "__main__":
    sys.exit(main())
