"""The photos that were read last, kept until they are planned: reading and parsing each once instead of twice.

Bounded by the bytes of the photos. Knows nothing of what they hold.
"""

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from tagger.metadata import files, sidecar
from tagger.metadata.looks import Look

BYTES_KEPT = 64 << 20
"""Some 25 photos of 12 megapixels: about as many as are under way between reading and planning."""


class RecentLooks:
    """Looks by path, the oldest go first. Safe to use from several threads.

    Photos with a sidecar are not kept: there are two files to be sure of, and few such photos.
    """

    def __init__(self, limit: int = BYTES_KEPT) -> None:
        self._limit = limit
        self._looks: OrderedDict[Path, Look] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def keep(self, look: Look) -> None:
        """Keep a look for the next ``take`` of its path."""
        size = len(look.source.data)
        if look.sidecar is not None or size > self._limit // 4:
            return
        with self._lock:
            self._forget(look.path)
            self._looks[look.path] = look
            self._bytes += size
            while self._bytes > self._limit:
                self._forget(next(iter(self._looks)))

    def take(self, path: Path) -> Look | None:
        """Return the look of a photo where neither the photo nor its sidecar changed since; it is kept no longer.

        That goes by all that a stat tells, and the link or folder it was reached by. Whoever replaces the file compares
        every byte once more.
        """
        with self._lock:
            look = self._forget(path)
        if look is None:
            return None
        try:
            same = path.resolve() == look.source.path and files.revision(path.stat()) == look.source.revision
        except (OSError, RuntimeError):
            return None
        return look if same and sidecar.find(path) is None else None

    def _forget(self, path: Path) -> Look | None:
        look = self._looks.pop(path, None)
        self._bytes -= len(look.source.data) if look is not None else 0
        return look
