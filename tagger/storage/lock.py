"""One program at a time writes in a library: an advisory lock on ``.tagger/lock`` that also says who holds it.

Source: flock(2), Microsoft's _locking. The system frees a dead program's lock by itself. Some network drives have no
locks, or keep them to one computer: so the file also names the holder, whose sign of life is the file's time.
"""

import json
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tagger.core.errors import RunError
from tagger.storage.processes import is_alive

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_POLL_SECONDS = 0.1
_SIGN_OF_LIFE_SECONDS = 30.0
_DEAD_SECONDS = 300.0  # of silence, after which a holder on another computer counts as dead
_SETTLE_SECONDS = 0.3  # two programs that write the file at once both look again after this
_FAR_BYTE = 1 << 30  # Windows locks bytes, not files, and nobody may read a locked one


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: process, computer, command, and since when (ISO 8601, UTC)."""

    pid: int
    host: str
    command: str
    since: str
    mark: str

    def __str__(self) -> str:
        return f"tagger {self.command}, pid {self.pid} on host {self.host}, since {self.since}"


class LibraryLock:
    """The lock of one library, held while it is open as a context manager. Raises RunError where others hold it.

    Waits up to ``wait`` seconds for them; ``notify`` is told once whom it waits for, ``stopped`` ends the waiting.
    """

    def __init__(
        self,
        file: Path,
        command: str,
        *,
        wait: float = 0.0,
        notify: Callable[[str], object] = lambda _: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._file, self._wait, self._notify, self._stopped = file, wait, notify, stopped
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self.holder = Holder(os.getpid(), socket.gethostname(), command, since, secrets.token_hex(4))
        self._descriptor = -1
        self._released = threading.Event()
        self._pulse: threading.Thread | None = None

    def __enter__(self) -> Self:
        deadline = time.monotonic() + self._wait
        told = False
        while not self._taken():
            by = _held_by(self._file)
            if time.monotonic() >= deadline or self._stopped():
                raise RunError(
                    f"the library {self._file.parent.parent} is in use by {by or 'another program'}",
                    f"wait until it is done; if it is not running any more, delete {self._file}",
                )
            if not told:
                self._notify(f"waiting for {by or 'another program'}")
                told = True
            time.sleep(_POLL_SECONDS)
        self._pulse = threading.Thread(target=self._live, name="tagger-lock", daemon=True)
        self._pulse.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._released.set()
        if self._pulse is not None:
            self._pulse.join()
        try:
            with suppress(OSError):  # the drive may be gone by now
                os.ftruncate(self._descriptor, 0)
        finally:
            os.close(self._descriptor)  # which frees it

    def _taken(self) -> bool:
        """Try once. The file itself stays for good: deleting it would leave two programs with a lock each."""
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        except OSError as error:
            raise RunError(f"cannot open {self._file}: {error.strerror}", "may you write there?") from error
        locked = locked_by_system(descriptor)
        if locked is False or self._is_elsewhere(trusted=locked is True):
            os.close(descriptor)
            return False
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps(asdict(self.holder)).encode())
        except OSError as error:  # a full disk: the system's own lock holds without a name in the file
            if locked is None:
                os.close(descriptor)
                raise RunError(f"cannot write {self._file}: {error.strerror}", "is the disk full?") from error
        if locked is None:
            time.sleep(_SETTLE_SECONDS)
            if _held_by(self._file) != self.holder:
                os.close(descriptor)
                return False
        self._descriptor = descriptor
        return True

    def _is_elsewhere(self, *, trusted: bool) -> bool:
        """Whether the file names a holder that the system's lock, where there is one, cannot vouch for."""
        by = _held_by(self._file)
        if by is None:
            return False
        if by.host == self.holder.host and (trusted or not is_alive(by.pid)):
            return False
        try:
            return time.time() - self._file.stat().st_mtime < _DEAD_SECONDS
        except OSError:
            return False

    def _live(self) -> None:
        while not self._released.wait(_SIGN_OF_LIFE_SECONDS):
            with suppress(OSError):
                os.utime(self._file)


def _held_by(file: Path) -> Holder | None:
    """Who the file says holds the lock; None where it is empty or says nothing that can be read."""
    try:
        holder = Holder(**json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return holder if isinstance(holder.pid, int) else None


def locked_by_system(descriptor: int) -> bool | None:
    """Whether the system gave us the lock; None where the drive has none."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return None
    return True
