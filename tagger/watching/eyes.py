"""How a folder is watched: told by the system (watchdog), or by looking again and again. Notices go to an Intake.

Source: inotify(7). Knows names that are never photos; whether a file is one, and finished, is judged elsewhere.
"""

import ctypes
import errno
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from tagger.core.formats import PHOTO_SUFFIXES, SIDECAR_SUFFIX, suffix
from tagger.core.records import Photo
from tagger.folders import NOT_YET
from tagger.ignored import FILE_NAME
from tagger.scan import scan
from tagger.sidecar_news import listed
from tagger.watching.intake import Intake
from tagger.watching.names import is_temporary

_log = logging.getLogger(__name__)
_EVENTS: list[type[FileSystemEvent]] = [
    DirCreatedEvent, DirMovedEvent, FileAttribEvent, FileClosedEvent, FileCreatedEvent, FileModifiedEvent,
    FileMovedEvent,
]  # fmt: skip
_SUFFIXES = PHOTO_SUFFIXES | NOT_YET.keys() | {SIDECAR_SUFFIX}
_REST = 10  # times as long as a walk takes is the least time between two
_RAISE_LIMIT = (
    "raise the limit: echo fs.inotify.max_user_watches=1048576 | sudo tee /etc/sysctl.d/60-inotify.conf; "
    "sudo sysctl --system"
)


class NoWatches(Exception):
    """The system has no watches left for a folder; the text says how to have more."""


class Eyes(Protocol):
    """Something that notices what happens below one folder."""

    how: str
    """For people: ``told by the system`` or ``looking every 5 s``."""

    def start(self) -> None:
        """Begin. Raises NoWatches, OSError."""

    def stop(self) -> None:
        """End; what is under way is finished."""

    def are_open(self) -> bool:
        """Whether everything from now on will be noticed."""

    def are_alive(self) -> bool:
        """Whether they still work. Raises NoWatches where not all of the folder is watched any more."""


def open_eyes(folder: Path, intake: Intake, *, poll: float | None, network: str, default_poll: float) -> Eyes:
    """Start watching ``folder``: with ``poll`` (seconds) or on a ``network`` drive by looking, else by being told.

    Where the system has no watches left this says so once, in the log, and looks meanwhile. Raises OSError.
    """
    if poll is None and not network:
        told = ToldEyes(folder, intake)
        try:
            told.start()
        except NoWatches as error:
            told.stop()
            _log.warning("%s: looking every %g s meanwhile: %s", folder, default_poll, error)
        else:
            return told
    if network and poll is None:
        _log.info("%s is on a network drive (%s): looking every %g s", folder, network, default_poll)
    looking = LookingEyes(folder, intake, poll or default_poll)
    looking.start()
    return looking


class ToldEyes:
    """Eyes that the operating system tells."""

    how = "told by the system"

    def __init__(self, folder: Path, intake: Intake, *, has_watches: Callable[[Path], bool] | None = None) -> None:
        self._folder, self._intake = folder, intake
        self._has_watches = has_watches or has_free_watches
        self._observer = Observer()
        self._handler = _Handler(folder, intake)
        self._complaints = _Complaints(intake)

    def start(self) -> None:
        """Begin: on return everything below the folder is watched. Raises NoWatches, OSError."""
        logging.getLogger("watchdog").addHandler(self._complaints)
        try:
            self._observer.schedule(self._handler, str(self._folder), recursive=True, event_filter=_EVENTS)
            self._observer.start()
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EMFILE):
                raise NoWatches(_RAISE_LIMIT) from error
            raise
        self.are_alive()

    def stop(self) -> None:
        """End."""
        logging.getLogger("watchdog").removeHandler(self._complaints)
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def are_open(self) -> bool:
        """Whether everything from now on will be noticed: from the start."""
        return True

    def are_alive(self) -> bool:
        """Whether the threads still run: they end when the folder itself goes.

        Raises NoWatches where the system had no watch left for a folder below, or nobody reads what it tells:
        watchdog keeps both to itself.
        """
        if self._handler.new_folders:
            self._handler.new_folders = False
            if not self._has_watches(self._folder):
                raise NoWatches(_RAISE_LIMIT)
        if not _is_reading():
            raise NoWatches("the system's notices have come to an end; a restart brings them back")
        return self._observer.is_alive() and all(emitter.is_alive() for emitter in self._observer.emitters)


class LookingEyes:
    """Eyes that walk through the folder again and again; they remember a number for each file (about 80 bytes)."""

    def __init__(self, folder: Path, intake: Intake, seconds: float) -> None:
        self._folder, self._intake, self._seconds = folder, intake, seconds
        self._stop, self._first = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look, name="tagger-look", daemon=True)
        self.how = f"looking every {seconds:g} s"

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; waits for a walk that is under way no longer than a drive that does not answer deserves."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def are_open(self) -> bool:
        """Whether the first walk, with which all others are compared, is done."""
        return self._first.is_set()

    def are_alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _look(self) -> None:
        seen = self._walk(set(), tell=False)
        self._first.set()
        rest = self._seconds
        while not self._stop.wait(rest):
            began = time.monotonic()
            seen = self._walk(seen, tell=True)
            rest = max(self._seconds, _REST * (time.monotonic() - began))

    def _walk(self, before: set[int], *, tell: bool) -> set[int]:
        now: set[int] = set()
        for path, size, mtime_ns in self._files():
            if self._stop.is_set():
                break
            if not is_temporary(path.name):
                key = hash((path, size, mtime_ns))
                now.add(key)
                if tell and key not in before:
                    self._intake.file(path)
        return now

    def _files(self) -> Iterator[tuple[Path, int, int]]:
        """Photos, and the sidecars of folders that hold photos: path, size (bytes), time (ns)."""
        here = None
        for photo in scan([self._folder]):
            if not isinstance(photo, Photo):
                continue
            if photo.path.parent != here:
                here = photo.path.parent
                for entry in listed(here):
                    with suppress(OSError):
                        info = entry.stat(follow_symlinks=False)
                        yield here / entry.name, info.st_size, info.st_mtime_ns
            yield photo.path, photo.size, photo.mtime_ns


class _Handler(FileSystemEventHandler):
    """Events to notices. Called in a thread of watchdog's."""

    def __init__(self, folder: Path, intake: Intake) -> None:
        self._folder, self._intake = folder, intake
        self.new_folders = True

    def dispatch(self, event: FileSystemEvent) -> None:
        """Take one event in."""
        path = Path(os.fsdecode(event.dest_path or event.src_path))
        if isinstance(event, DirCreatedEvent | DirMovedEvent):
            self.new_folders = True
            if not is_temporary(path.name):
                self._intake.folder(path)
        elif event.is_directory:
            return
        elif path.name == FILE_NAME:
            self._intake.miss()
        elif suffix(path.name) in _SUFFIXES and not is_temporary(path.name):
            self._intake.file(path)


class _Complaints(logging.Handler):
    """Whatever watchdog complains of (the system's queue was full), we look again ourselves: it gives no event."""

    def __init__(self, intake: Intake) -> None:
        super().__init__(logging.WARNING)
        self._intake = intake

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """Take one complaint in."""
        self._intake.miss()


def _is_reading() -> bool:
    """Whether the thread that reads what the system tells, one for all folders, still runs."""
    if not sys.platform.startswith("linux"):
        return True
    from watchdog.observers.inotify_c import InotifyFD

    return InotifyFD.get_instance().is_alive()


def has_free_watches(folder: Path) -> bool:
    """Whether the system gives one more watch, which says whether it gave all that were asked for before."""
    if not sys.platform.startswith("linux"):
        return True
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_CLOEXEC)
    if descriptor < 0:
        return True  # of instances, not of watches, there are too few: ours has one
    try:
        # IN_DELETE_SELF: any event will do, and this one does not happen meanwhile.
        return libc.inotify_add_watch(descriptor, os.fsencode(folder), 0x400) >= 0 or ctypes.get_errno() != errno.ENOSPC
    finally:
        os.close(descriptor)
