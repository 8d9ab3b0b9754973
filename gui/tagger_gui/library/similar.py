"""Photos that look like one photo, found in a thread; and a job that looks at those nobody looked at yet.

How alike photos are, ``tagger.alike`` decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tagger.core.errors import RunError
from tagger.core.records import Photo
from tagger_gui.asking import Asking

if TYPE_CHECKING:
    from tagger.alike import Likeness
    from tagger.bootstrap import OpenLibrary
    from tagger.core.records import Outcome
    from tagger_gui.running import Job, Labour
    from tagger_gui.session import LibrarySession

LIMIT = 200
"""So many photos at most: what comes later looks like nothing."""


@dataclass(frozen=True, slots=True)
class Similar:
    """The photos that look like ``photo``, itself first, then the most alike; ``missing`` could not be compared yet."""

    photo: Path
    paths: tuple[Path, ...]
    missing: int


class Likening(QObject):
    """Finds similar photos of one library. Close it before it goes."""

    found = Signal(object)
    """A Similar."""
    failed = Signal(object)
    """The TaggerError that it ended in."""

    def __init__(self, session: "LibrarySession", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._photo: Path | None = None
        self._asking = Asking("similar", self)
        self._asking.answered.connect(self.found)
        self._asking.failed.connect(self.failed)

    def find(self, photo: Path) -> None:
        """Look for photos like this one; what was looked for before is off."""
        self._photo = photo
        self._asking.ask(lambda: _nearest(self._session, photo))

    def look_at_others(self) -> "Job":
        """Queue a look at the photos that could not be compared, and search again when it is done."""

        def work(library: "OpenLibrary", labour: "Labour") -> "Iterator[Outcome]":
            likeness = _likeness(self._session, library)
            return likeness.update(likeness.missing(), labour)

        def missing(_: "Labour") -> int:
            with self._session.reading() as library:
                return len(_likeness(self._session, library).missing())

        job = self._session.start("similar", self.tr("Looking at photos"), work, count=missing)
        job.finished.connect(self._again)
        return job

    def close(self) -> None:
        """End the thread."""
        self._photo = None
        self._asking.close()

    def _again(self) -> None:
        if self._photo is not None:
            self.find(self._photo)


def _nearest(session: "LibrarySession", photo: Path) -> Similar:
    with session.reading() as library:
        likeness = _likeness(session, library)
        try:
            info = photo.stat()
        except OSError as error:
            raise RunError(f"cannot read {photo.name}: {error.strerror}", "check that its drive is there") from error
        features = likeness.features(Photo(photo, info.st_size, info.st_mtime_ns))
        others = likeness.nearest(features, limit=LIMIT, without=photo)
        paths = (photo, *(neighbour.entry.photo.path for neighbour in others))
        return Similar(photo, paths, len(likeness.missing()))


def _likeness(session: "LibrarySession", library: "OpenLibrary") -> "Likeness":
    from tagger.alike import Likeness

    return Likeness(session.root.resolve(), library.index, session.captioner())
