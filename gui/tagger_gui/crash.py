"""A bug of ours: a report in a file that stays on this computer, and a sentence instead of a vanished window."""

import faulthandler
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

import PySide6
from PySide6.QtCore import QObject, Qt, Signal

import tagger

_KEPT = 20
_FATAL = "fatal.txt"


def default_folder() -> Path:
    """Where reports go: the user's folder for logs."""
    import platformdirs

    return platformdirs.user_log_path("tagger", appauthor=False)


class CrashReports(QObject):
    """Writes a report of every exception that nobody caught, in whatever thread, and tells of it in the window's."""

    written = Signal(object)
    """The path of the report; None where it could not be written."""

    _came = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._fatal: IO[str] | None = None
        self._came.connect(self._write, Qt.ConnectionType.AutoConnection)
        self._before: tuple[Callable[..., object], Callable[..., object]] | None = None

    def install(self) -> None:
        """From now on catch what nobody catches; crashes of the interpreter itself go to a file of their own."""
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._fatal = (self._folder / _FATAL).open("a", encoding="utf-8")
            faulthandler.enable(self._fatal)
        except OSError:
            self._fatal = None

    def remove(self) -> None:
        """Leave exceptions to whoever had them before."""
        if self._before is not None:
            sys.excepthook, threading.excepthook = self._before
            self._before = None
        if self._fatal is not None:
            faulthandler.disable()
            self._fatal.close()
            self._fatal = None
            with suppress(OSError):
                if not (file := self._folder / _FATAL).stat().st_size:
                    file.unlink()

    def report(self, error: BaseException) -> None:
        """Report a bug that was caught on its way; from any thread."""
        self._came.emit(error)

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._came.emit(error.with_traceback(trace))

    def _take_from_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._came.emit(arguments.exc_value)

    def _write(self, error: BaseException) -> None:
        trace = "".join(traceback.format_exception(error))
        if sys.stderr is not None:  # a program without a console has none
            sys.stderr.write(trace)
        self.written.emit(write_report(self._folder, trace, datetime.now().astimezone()))


def write_report(folder: Path, trace: str, when: datetime) -> Path | None:
    """Write one report; returns where, None where that cannot be. The oldest ones go."""
    about = [
        f"tagger {tagger.__version__}, {when.isoformat(timespec='seconds')}",
        f"Python {platform.python_version()}, PySide6 {PySide6.__version__}, {platform.platform()}",
        "",
        "This file was written on your computer and sent nowhere. Names of photos may be in it.",
        "",
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"crash-{when:%Y%m%d-%H%M%S-%f}.txt"
        file.write_text("\n".join([*about, trace]), encoding="utf-8", errors="backslashreplace")
        for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file
