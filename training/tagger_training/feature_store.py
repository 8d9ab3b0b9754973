"""Rows of numbers on disk, one a photo, that several runs may read and add to at once. Knows no encoder.

A store is two files: the rows, and one line a row that names what it is of, by the SHA-256 of the photo's file. Both
only grow. A row is written before its line, so what an interruption leaves half-written has no line, and is cut off by
whoever adds next. Whoever adds holds the lock of the store, and first takes up what others have added.

Source: flock(2), Microsoft's _locking. On a drive that has no locks only one run at a time may use a store.
"""

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tagger.core.errors import PhotoError, RunError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = ".lock"
_RETRY_SECONDS = 0.05


class Features:
    """Rows of a store in the order of the photos, mapped from disk; indexing reads rows as float32.

    ``stored`` are all rows of the store, ``rows`` those of the photos. ``mirrored`` and ``cropped`` are the features
    of other views of the photos, where they were asked for; those of cropped photos may have mirrored ones too.
    ``names`` are the names of the rows, where they came from a store.
    """

    def __init__(
        self,
        values: NDArray,
        rows: NDArray[np.int64] | None = None,
        mirrored: "Features | None" = None,
        cropped: "Features | None" = None,
        names: Sequence[str] = (),
    ) -> None:
        self.stored, self.mirrored, self.cropped, self.names = values, mirrored, cropped, names
        self.rows = np.arange(len(values)) if rows is None else rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, photos: NDArray[np.int64] | slice) -> NDArray[np.float32]:
        return np.asarray(self.stored[self.rows[photos]], np.float32)

    def views(
        self, photos: NDArray[np.int64], mirror: NDArray[np.bool_], crop: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Rows of ``photos``, each in the view that ``mirror`` and ``crop`` ask for, where there is such a view."""
        found = self[photos]
        crop = crop & (self.cropped is not None)
        for cropped, whole in ((False, self), (True, self.cropped)):
            for mirrored, view in ((False, whole), (True, whole and whole.mirrored)):
                wanted = (crop == cropped) & (mirror == mirrored)
                if view is not None and view is not self and wanted.any():
                    found[wanted] = view[photos[wanted]]
        return found


Seen = Features | NDArray[np.float32] | Sequence[Features]
"""What a system reads of photos: one array of features, or several, in its order."""


def as_parts(seen: Seen) -> list[Features]:
    """Every array of ``seen`` as features."""
    if isinstance(seen, Features | np.ndarray):
        return [seen if isinstance(seen, Features) else Features(seen)]
    return list(seen)


class FeatureStore:
    """Rows of one ``shape`` and ``dtype`` in the file ``values``, named line by line in the file ``names``."""

    def __init__(self, values: Path, names: Path, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self._values, self._names, self._shape, self._dtype = values, names, shape, np.dtype(dtype)
        self._row_bytes = int(np.prod(shape)) * self._dtype.itemsize
        self.rows: dict[str, int] = {}
        self._count = self._read = 0  # lines, and their bytes
        with self._locked():
            self._catch_up()

    def features(self, names: Sequence[str]) -> Features:
        """The rows of ``names``, mapped from disk. Raises RunError where somebody has emptied the cache meanwhile."""
        if not names:
            return Features(np.zeros((0, *self._shape), self._dtype), np.zeros(0, np.int64))
        try:
            rows = np.array([self.rows[name] for name in names], np.int64)
            stored = np.memmap(self._values, self._dtype, "r", shape=(self._count, *self._shape))
            return Features(stored, rows, names=names)
        except (KeyError, OSError, ValueError) as error:
            raise RunError(f"{self._values} was emptied meanwhile", "run the same command again") from error

    def rows_of(self, names: Sequence[str]) -> NDArray:
        """The rows (N, ...) of ``names``, in memory and as they are. Raises RunError as ``features`` does."""
        found = self.features(names)
        return np.array(found.stored[found.rows])

    def append(self, names: Sequence[str], values: NDArray) -> None:
        """Add rows for those of ``names`` that are not there yet. Raises RunError, as for a disk that is full."""
        with self._locked():
            self._catch_up()
            new = [i for i, name in enumerate(names) if name not in self.rows]
            with self._values.open("ab") as file:
                file.write(np.ascontiguousarray(values[new], self._dtype).tobytes())
                file.flush()
                os.fsync(file.fileno())
            with self._names.open("ab") as file:
                file.write("".join(names[i] + "\n" for i in new).encode())
            self._catch_up()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            descriptor = os.open(self._values.with_name(self._values.name + LOCK), os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _wait_for(descriptor)
                yield
            finally:
                os.close(descriptor)  # which gives the lock back, as the end of the program does
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise RunError(f"the cache {self._values} cannot be used: {cause}", "free it, or choose --cache") from error

    def _catch_up(self) -> None:
        """Read the lines that were added since the last look, and drop what an interruption left half-written."""
        written = self._names.stat().st_size if self._names.exists() else 0
        held = self._values.stat().st_size if self._values.exists() else 0
        if written < self._read or held < self._count * self._row_bytes:  # somebody emptied the cache
            self.rows, self._count, self._read = {}, 0, 0
        if written > self._read:
            with self._names.open("rb") as file:
                file.seek(self._read)
                lines = file.read().split(b"\n")[:-1]
            for line in lines[: held // self._row_bytes - self._count]:
                self.rows.setdefault(line.decode("ascii", "replace"), self._count)
                self._count += 1
                self._read += len(line) + 1
        if written > self._read:
            os.truncate(self._names, self._read)
        if held > self._count * self._row_bytes:
            os.truncate(self._values, self._count * self._row_bytes)


def _wait_for(descriptor: int) -> None:
    """Wait until the lock is ours; a drive that has none gives it to everybody."""
    while True:
        try:
            if sys.platform == "win32":
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            time.sleep(_RETRY_SECONDS)
        except OSError:
            return
        else:
            return


def photo_key(path: Path) -> str:
    """SHA-256 of the file, in hex: the name of its row. Raises PhotoError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PhotoError(path, f"cannot be read: {error.strerror}") from error
