"""What was noticed below one folder and not yet looked at: from the threads that notice to the one that works."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

LIMIT = 10_000  # files and folders; beyond it everything below the folder is gone through again


@dataclass(slots=True)
class Noticed:
    """Files that changed and when (seconds), folders that are new, and whether something may have been missed."""

    files: dict[Path, float] = field(default_factory=dict)
    folders: dict[Path, float] = field(default_factory=dict)
    missed: bool = False


class Intake:
    """Takes notices in from any thread, in bounded memory; each sets ``wake``."""

    def __init__(
        self, wake: threading.Event, *, limit: int = LIMIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wake, self._limit, self._clock = wake, limit, clock
        self._lock = threading.Lock()
        self._noticed = Noticed()

    def file(self, path: Path) -> None:
        """A file was made, written, moved here, or changed."""
        with self._lock:
            self._put(self._noticed.files, path)

    def folder(self, path: Path) -> None:
        """A folder was made or moved here, perhaps with something in it."""
        with self._lock:
            self._put(self._noticed.folders, path)

    def miss(self) -> None:
        """Something may have happened that nobody told us of."""
        with self._lock:
            self._noticed.missed = True
        self._wake.set()

    def take(self) -> Noticed:
        """Everything since the last call."""
        with self._lock:
            noticed, self._noticed = self._noticed, Noticed()
        return noticed

    def _put(self, into: dict[Path, float], path: Path) -> None:
        if path in into or len(self._noticed.files) + len(self._noticed.folders) < self._limit:
            into[path] = self._clock()
        else:
            self._noticed.missed = True
        self._wake.set()
