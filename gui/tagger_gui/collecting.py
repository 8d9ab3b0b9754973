"""How the threads of a program with a window get along: short turns, and garbage in the window's thread alone.

An object of Qt that dies in another thread than its own takes the program along, and Python collects wherever it
happens to be. Source: the reference of QObject; Python's of sys.setswitchinterval.
"""

import gc
import sys

from PySide6.QtCore import QObject, QTimer

_MILLISECONDS = 500
_TURN_SECONDS = 0.001  # Python's 0.005 add up: the window asks for its turn after every call to Qt


class Collecting(QObject):
    """Collects when Python would, but here; and has threads take short turns. ``end`` puts both back."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limits, self._turn = gc.get_threshold(), sys.getswitchinterval()
        sys.setswitchinterval(_TURN_SECONDS)
        gc.freeze()  # what is there at the start stays: not to be looked through again and again
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect each generation that is due."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._limits[generation] > 0:
                gc.collect(generation)
                return

    def end(self) -> None:
        """Let Python do it again."""
        self._timer.stop()
        gc.enable()
        sys.setswitchinterval(self._turn)
