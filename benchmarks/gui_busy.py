"""How long the desktop program's window does not answer while photos are captioned in it, without a screen.

Opens the real window with the real model, drops a folder of photos on it, and measures with a timer how late the
window's thread comes round; meanwhile somebody selects one photo after the other. Exit code 1 where the window was
silent for longer than 50 ms (99.9th percentile, not counting the time in which other programs had the processors), or
where not all photos were captioned.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from photos import make_photos
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from tagger_gui.collecting import Collecting
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.running import Job
from tagger_gui.session import Captioners
from tagger_gui.theme import apply_theme
from tagger_gui.wiring import PhotoWorkspace

from tagger.core.records import OutcomeKind

SILENCE_MILLISECONDS = 50.0
_BEAT, _SELECT = 5, 400


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--alone", action="store_true", help="nobody selects photos meanwhile")
    options = parser.parse_args()
    app = QApplication([])
    apply_theme(app, dark=False)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = str(Path(folder) / "home")
        photos = Path(folder) / "photos"
        photos.mkdir()
        make_photos(photos, options.photos)
        return measure(app, Path(folder), photos, options)


@dataclass(slots=True)
class Beats:
    """How late a timer of the window's thread comes round, in ms.

    ``own`` leaves out when no processor was free; ``busy`` is only what that thread computed itself.
    """

    late: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    _last: float = 0.0
    _waited: float = 0.0
    _computed: float = 0.0

    def start(self) -> None:
        """Before the first beat."""
        self._last, self._waited, self._computed = time.perf_counter(), _waited_for_processor(), time.thread_time()

    def beat(self) -> None:
        """One beat."""
        now, waited, computed = time.perf_counter(), _waited_for_processor(), time.thread_time()
        late = max(0.0, (now - self._last) * 1000 - _BEAT)
        self.late.append(late)
        self.own.append(max(0.0, late - (waited - self._waited) * 1000))
        self.busy.append((computed - self._computed) * 1000)
        self._last, self._waited, self._computed = now, waited, computed


def _waited_for_processor() -> float:
    """Seconds for which this thread could run and had no processor, as Linux counts them; 0 elsewhere."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def measure(app: QApplication, folder: Path, photos: Path, options: argparse.Namespace) -> int:
    window = MainWindow(Captioners(), Memory(folder / "window.ini"), PhotoWorkspace)
    window.show()
    collecting, beats = Collecting(), Beats()
    beat, selecting, row = QTimer(), QTimer(), [0]
    beat.setTimerType(Qt.TimerType.PreciseTimer)
    beat.setInterval(_BEAT)
    beat.timeout.connect(beats.beat)
    selecting.setInterval(_SELECT)

    def select() -> None:
        if window.workspace is not None:
            grid = window.workspace.view.grid  # type: ignore[attr-defined]
            row[0] = (row[0] + 7) % max(1, grid.model().rowCount())
            grid.setCurrentIndex(grid.model().index(row[0], 0))

    selecting.timeout.connect(select)
    counts: dict[OutcomeKind, int] = {}

    def end(_: object, job: Job) -> None:
        counts.update(job.counts)
        app.quit()

    window.libraries.job_ended.connect(end)
    window.open_library(photos)
    app.processEvents()
    window.take_in([photos])
    began = time.perf_counter()
    beats.start()
    beat.start()
    if not options.alone:
        selecting.start()
    app.exec()
    seconds = time.perf_counter() - began
    beat.stop()
    selecting.stop()
    window.close()
    collecting.end()
    print(f"{counts} in {seconds:.1f} s ({options.photos / seconds:.1f} photos/s), {len(beats.late)} beats")
    for name, gaps in (
        ("late by", beats.late),
        ("without waiting for a processor", beats.own),
        ("computing itself", beats.busy),
    ):
        gaps.sort()
        shares = ", ".join(f"{share:g} % {gaps[int(len(gaps) * share / 100)]:.1f}" for share in (50, 95, 99, 99.9))
        over = sum(gap > SILENCE_MILLISECONDS for gap in gaps)
        print(f"{name}: {shares}, longest {gaps[-1]:.1f} ms; {over} times over {SILENCE_MILLISECONDS:g} ms")
    complete = counts.get(OutcomeKind.CAPTIONED) == options.photos
    return 0 if complete and beats.own[int(len(beats.own) * 0.999)] <= SILENCE_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
