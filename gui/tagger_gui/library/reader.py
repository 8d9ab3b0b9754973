"""What the grid shows, read in a thread of its own: the window never waits for a disk.

Of searches that are asked for meanwhile only the last one counts; rows of what is on the screen come first. Knows
when something is read, not what a search is.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from tagger.core.errors import RunError
from tagger.storage.browsing import Browsing
from tagger_gui.library.searching import count, find
from tagger_gui.library.survey import Survey, look_again, look_around, name_of
from tagger_gui.library.wanted import Wanted

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary

_PATIENCE_SECONDS = 3.0


class Session(Protocol):
    """What reading needs of ``tagger_gui.session.LibrarySession``."""

    @property
    def root(self) -> Path:
        """The library's folder."""

    def reading(self) -> "AbstractContextManager[OpenLibrary]":
        """Index and journal, opened for reading. Raises RunError."""


class Reader(QObject):
    """Reads one library. Signals come in the thread of this object; close it before it goes."""

    found = Signal(object)
    """A Found."""
    loaded = Signal(object)
    """``{name: IndexEntry}`` of rows that were asked for."""
    counted = Signal(object)
    """A Counts."""
    failed = Signal(object)
    """The RunError that a search ended in."""
    surveyed = Signal()
    """The walk through the library is done: search again to see what it found."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = session.root.resolve()
        self._open = session.reading
        self._something = threading.Condition()
        self._closed = False
        self._ids: list[int] = []
        self._search: tuple[Wanted, list[bytes] | None] | None = None
        self._count: Wanted | None = None
        self._again: set[bytes] = set()
        self._since: set[bytes] = set()  # looked at again while the walk goes on, which may have passed them before
        self._survey = Survey()  # the reading thread's
        self._walked: Survey | None = None
        self._walk: threading.Thread | None = None
        self._thread = threading.Thread(target=self._serve, name="tagger-rows", daemon=True)
        self._thread.start()

    def search(self, wanted: Wanted, *, only: Sequence[bytes] | None = None) -> None:
        """Search and count; ``only`` shows these photos in this order instead."""
        with self._something:
            self._search = (wanted, None if only is None else list(only))
            self._count = wanted
            self._something.notify()

    def load(self, ids: Sequence[int]) -> None:
        """Ask for rows; those that were asked for before and not read yet are off."""
        with self._something:
            self._ids = list(ids)
            self._something.notify()

    def look_again(self, names: Sequence[bytes]) -> None:
        """Look at these photos' files anew before the next search."""
        with self._something:
            self._again.update(names)
            self._since.update(names)

    def look_around(self) -> None:
        """Walk the whole library for new and changed photos, beside everything else; ``surveyed`` says when."""
        if self._walk is None or not self._walk.is_alive():
            self._since.clear()
            self._walk = threading.Thread(target=self._walk_around, name="tagger-survey", daemon=True)
            self._walk.start()

    def close(self) -> None:
        """End the threads; one that hangs on a drive is left to itself, and heard no more."""
        with self._something:
            self._closed = True
            self._something.notify()
        self._thread.join(_PATIENCE_SECONDS)
        if self._walk is not None:
            self._walk.join(_PATIENCE_SECONDS)

    def _serve(self) -> None:
        while self._wait():
            try:
                with self._open() as library:
                    while (task := self._next()) is not None:
                        task(library)
            except RunError as error:
                with self._something:
                    self._ids, self._search, self._count = [], None, None
                self._tell(lambda error=error: self.failed.emit(error))  # type: ignore[misc]

    def _wait(self) -> bool:
        """Block until there is work; False when it is time to end."""
        with self._something:
            self._something.wait_for(lambda: self._closed or self._ids or self._search or self._count)
            return not self._closed

    def _next(self) -> "Callable[[OpenLibrary], None] | None":
        with self._something:
            if self._closed:
                return None
            if self._ids:
                ids, self._ids = self._ids, []
                return lambda library: self._do_load(library, ids)
            if self._search is not None:
                (wanted, only), self._search = self._search, None
                again, self._again = sorted(self._again), set()
                if self._walked is not None:
                    self._survey, self._walked = self._walked, None
                return lambda library: self._do_search(library, wanted, only, again)
            if self._count is not None:
                counted, self._count = self._count, None
                return lambda library: self._do_count(library, counted)
        return None

    def _do_load(self, library: "OpenLibrary", ids: Sequence[int]) -> None:
        rows = {name_of(self.root, entry.photo.path): entry for entry in library.index.rows(ids)}
        self._tell(lambda: self.loaded.emit(rows))

    def _do_search(
        self, library: "OpenLibrary", wanted: Wanted, only: Sequence[bytes] | None, again: Sequence[bytes]
    ) -> None:
        browsing = Browsing(library.index)
        if again:
            self._survey = look_again(self.root, browsing, self._survey, again)
        answer = find(browsing, wanted, self._survey, only)
        self._tell(lambda: self.found.emit(answer))

    def _do_count(self, library: "OpenLibrary", wanted: Wanted) -> None:
        counts = count(Browsing(library.index), wanted, self._survey)
        self._tell(lambda: self.counted.emit(counts))

    def _walk_around(self) -> None:
        try:
            with self._open() as library:
                survey = look_around(self.root, Browsing(library.index), lambda: self._closed)
        except RunError as error:
            self._tell(lambda error=error: self.failed.emit(error))  # type: ignore[misc]
            return
        with self._something:
            self._walked = survey
            self._again |= self._since
        self._tell(self.surveyed.emit)

    def _tell(self, emit: Callable[[], None]) -> None:
        if not self._closed:
            emit()
