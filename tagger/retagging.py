"""Which photos of a library are to be captioned again, how many that are, and how long it will take.

Sees protocols only. The work itself is the pipeline's: a photo that is as this run would leave it is not chosen, so
that the same run again does what is left.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError
from tagger.core.records import IndexEntry, Outcome, OutcomeKind, Photo
from tagger.stages import Stages, is_gone

if TYPE_CHECKING:
    from tagger.core.protocols import StopEvent

_WITHOUT_MODEL = 150.0  # photos a second whose words are known: the disk and the journal are what takes time
_TRIED = 4  # photos, to see how fast the model is here


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of the index: those for which all of it holds.

    ``where`` is a search (docs/search.md). ``places`` are folders and photos, as absolute paths; none means all.
    ``other_model``: made by another model than the run's. ``older_than``: captioned before this year, month or day
    (ISO 8601, UTC). ``missing_caption``: without one. ``changed``: the file is another than we left it.
    ``score_below``: less sure than this (``Caption.score``). ``failed``: not rows, but photos that failed.
    """

    where: str = ""
    places: tuple[Path, ...] = ()
    other_model: bool = False
    older_than: str = ""
    missing_caption: bool = False
    changed: bool = False
    score_below: float | None = None
    failed: bool = False

    def holds_path(self, path: Path) -> bool:
        """Whether a photo is at or below one of the places."""
        return not self.places or any(path == place or path.is_relative_to(place) for place in self.places)

    def holds(self, row: IndexEntry, photo: Photo, model: str) -> bool:
        """Whether a row, and its file as it is now, are meant; the search is the index's matter."""
        score = row.caption.score
        return (
            self.holds_path(row.photo.path)
            and not (self.other_model and row.model == model)
            and not (self.older_than and row.captioned_at[: len(self.older_than)] >= self.older_than)
            and not (self.missing_caption and row.caption.text)
            and not (self.changed and (row.photo.size, row.photo.mtime_ns) == (photo.size, photo.mtime_ns))
            and (self.score_below is None or score < self.score_below)  # one that is unknown is not low
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """How many photos are meant; for how many of them there is something to do, for how many the model is asked.

    ``gone`` are those that are not there any more.
    """

    meant: int = 0
    due: int = 0
    fresh: int = 0
    gone: int = 0

    def seconds(self, pace: float) -> float:
        """About how long it takes at ``pace`` photos a second that the model is asked about."""
        return self.fresh / pace + (self.due - self.fresh) / max(pace, _WITHOUT_MODEL)


def chosen(selection: Selection, stages: Stages, *, limit: int | None = None) -> Iterator[Photo | Outcome]:
    """The photos for which there is something to do, at most ``limit``; of those that are gone an outcome."""
    index = stages.index
    found = (item for item, _ in _meant(selection, stages) if item is not None)
    due = 0
    for item in found:
        if due == limit:
            return
        if isinstance(item, Photo):
            due += 1
        elif selection.failed and not stages.options.dry_run:
            index.forgive(item.path)
        yield item


def extent(selection: Selection, stages: Stages, stop: "StopEvent", *, limit: int | None = None) -> Extent:
    """Count what ``chosen`` will give. Reads no photo."""
    meant = due = fresh = gone = 0
    for item, row in _meant(selection, stages):
        if stop.is_set():
            break
        meant += 1
        gone += isinstance(item, Outcome)
        if isinstance(item, Photo) and (limit is None or due < limit):
            due += 1
            fresh += row is None or not _is_known(row, stages)
    return Extent(meant, due, fresh, gone)


def measured_pace(
    photos: Iterator[Photo | Outcome], stages: Stages, clock: Callable[[], float] = time.perf_counter
) -> float | None:
    """Photos a second of the model on a few photos; None where none of them can be read. Writes nothing."""
    some = []
    for photo in islice((item for item in photos if isinstance(item, Photo)), _TRIED + 1):
        try:
            begun = clock()
            pixel_values = stages.captioner.prepare(photo)
            some.append((pixel_values, clock() - begun))
        except PhotoError:
            continue
    if not some:
        return None
    stages.captioner.generate([some[0][0]])  # loads the model
    begun = clock()
    stages.captioner.generate([pixel_values for pixel_values, _ in some])
    seconds = max(clock() - begun, sum(spent for _, spent in some) / max(1, stages.options.jobs))
    return len(some) / max(seconds, 1e-6)


def _meant(selection: Selection, stages: Stages) -> Iterator[tuple[Photo | Outcome | None, IndexEntry | None]]:
    """What is meant, with its row: a photo where there is something to do, None where not, an outcome if it is gone."""
    index = stages.index
    rows: Iterator[IndexEntry | Path]
    rows = (one.photo.path for one in index.failures()) if selection.failed else index.search(selection.where)
    for row in rows:
        path = row.photo.path if isinstance(row, IndexEntry) else row
        if not selection.holds_path(path):
            continue
        photo = _look(path)
        if isinstance(row, Path):
            yield photo or _gone(path), None
        elif photo is None:
            if selection.holds(row, row.photo, stages.captioner.model_id):
                yield _gone(path), row
        elif selection.holds(row, photo, stages.captioner.model_id):
            yield (None if stages.is_done(row, photo) else photo), row


def _look(path: Path) -> Photo | None:
    """The photo as the file system has it now; as if it were empty where it cannot be looked at, which is a failure."""
    try:
        info = path.stat()
    except OSError:
        return None if is_gone(path) else Photo(path, 0, 0)
    return Photo(path, info.st_size, info.st_mtime_ns)


def _gone(path: Path) -> Outcome:
    return Outcome(OutcomeKind.SKIPPED, path, "is not there any more (tagger index prune forgets it)")


def _is_known(row: IndexEntry, stages: Stages) -> bool:
    """Whether what the model says of a picture is known, so that it need not be asked."""
    model, decoding = stages.captioner.model_id, stages.options.decoding
    same = row.model == model and row.decoding == decoding and row.settings.partition("|")[0] == stages.options.words
    return same or stages.index.result(row.identity, model, decoding) is not None
