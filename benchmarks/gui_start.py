"""How long the desktop program takes from its start until its window is painted, without a screen.

Starts it anew each time, in a process of its own, and beside it a Python that does nothing. Exit code 1 where the
median of the difference is above 1.5 s.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGET_SECONDS = 1.5
_PAINTED = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from tagger_gui import main_window, program

class First(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(time.time(), flush=True)
            QApplication.instance().removeEventFilter(self)
            QTimer.singleShot(0, watched.window().close)
        return False

first, show = First(), main_window.MainWindow.show
def shown(window):
    QApplication.instance().installEventFilter(first)
    show(window)
main_window.MainWindow.show = shown
sys.exit(program.run([]))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        homes = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(homes, str(Path(home)))}
        started(_PAINTED, environment)  # the first one compiles
        bare = [started("import time; print(time.time())", environment) for _ in range(options.times)]
        whole = [started(_PAINTED, environment) for _ in range(options.times)]
    seconds = statistics.median(whole) - statistics.median(bare)
    print(
        f"Python alone {statistics.median(bare):.2f} s; window painted after {statistics.median(whole):.2f} s", end="; "
    )
    print(f"{seconds:.2f} s beside Python ({min(whole):.2f} to {max(whole):.2f} s in {options.times} starts)")
    return 0 if seconds <= TARGET_SECONDS else 1


def started(code: str, environment: dict[str, str]) -> float:
    """Seconds from the start of a Python until it prints what time it is."""
    began = time.time()
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[0]) - began


if __name__ == "__main__":
    sys.exit(main())
