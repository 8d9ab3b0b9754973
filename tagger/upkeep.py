"""What is done to one photo besides tagging it: taking everything of ours out, reading its index row back from it.

Sees protocols only; ``tagger.pipeline.each`` takes many photos through it.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError, StorageFull
from tagger.core.records import Action, Caption, IndexEntry, Intent, Outcome, OutcomeKind, Photo, PhotoMetadata
from tagger.past import placed
from tagger.stages import failed, make

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter

_RUN_TIME = "%Y%m%d-%H%M%S"  # how the id of a run begins


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Taking out of photos what any run ever wrote into them, as a run of its own, which can be undone.

    ``approved``: also where a person approved it. ``dry_run``: nothing is written, outcomes carry the planned changes.
    """

    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    run: str
    approved: bool = False
    dry_run: bool = False

    def clean(self, photo: Photo) -> Outcome:
        """Clean one photo and forget its row; thread-safe for different photos."""
        try:
            return self._clean(photo)
        except (PhotoError, StorageFull) as error:
            return failed(error, photo.path)

    def _clean(self, photo: Photo) -> Outcome:
        metadata = self.writer.read(photo)
        changes = self.writer.plan_clean(metadata, approved=self.approved)
        if not changes:
            if metadata.provenance is not None:
                raise PhotoError(photo.path, "our words in it cannot be told from those of others")
            if not self.dry_run:
                self.index.remove(photo.path)
            return Outcome(OutcomeKind.UNCHANGED, photo.path, "holds nothing of ours")
        if not self.dry_run:
            row = self.index.get(photo.path) or row_from(metadata, settings="")
            row = replace(row, photo=metadata.photo, identity=metadata.identity)
            intent = Intent(Action.CLEAN, indexed=False)
            make(self.run, changes, row, self.writer, self.index, self.journal, intent)
        return Outcome(OutcomeKind.CLEANED, photo.path, changes=changes)


@dataclass(frozen=True, slots=True)
class Reindexing:
    """Filling an index with what photos say of themselves.

    ``settings`` is for rows of which the journal does not know under which settings they came about. ``old`` is the
    index so far, if it can be read: a photo that holds nothing of ours may have a row in there that is nowhere else.
    """

    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    settings: str
    old: "Index | None" = None

    def take_in(self, photo: Photo) -> Outcome:
        """Read one photo and give it its row; thread-safe for different photos."""
        try:
            metadata = self.writer.read(photo)
        except PhotoError as error:
            return failed(error, photo.path)
        row = self._row(metadata)
        if row is None:
            return Outcome(OutcomeKind.UNCHANGED, photo.path, "holds nothing of ours")
        self.index.put(row)
        return Outcome(OutcomeKind.INDEXED, photo.path, caption=row.caption)

    def _row(self, metadata: PhotoMetadata) -> IndexEntry | None:
        if metadata.provenance is not None:
            return recorded_row(metadata, self.journal) or row_from(metadata, settings=self.settings)
        row = self.old.get(metadata.photo.path) if self.old is not None else None
        return row if row is not None and not row.written and row.photo == metadata.photo else None


def recorded_row(metadata: PhotoMetadata, journal: "Journal") -> IndexEntry | None:
    """The row that the journal recorded when it wrote the words that are in the photo; None where it did not."""
    provenance = metadata.provenance
    if provenance is None:
        return None
    labels = {tag.label for tag in provenance.tags}
    for record in journal.changes(run=provenance.run, identity=metadata.identity):
        entry = record.entry
        same = entry.caption.text == provenance.caption and {tag.label for tag in entry.caption.tags} == labels
        if same and record.intent.indexed and entry.model == provenance.model:
            row = placed(entry, metadata.photo, metadata.identity)
            return replace(row, state=provenance.state, taken_at=metadata.taken_at)
    return None


def row_from(metadata: PhotoMetadata, *, settings: str) -> IndexEntry:
    """A row of what the photo alone says: no other captions, no ancestors of tags, no probability (not a number)."""
    provenance = metadata.provenance
    if provenance is None:
        raise ValueError(f"{metadata.photo.path} holds nothing of ours")
    return IndexEntry(
        photo=metadata.photo,
        identity=metadata.identity,
        caption=Caption(provenance.caption, math.nan, (), provenance.tags),
        model=provenance.model,
        settings=settings,
        run=provenance.run,
        captioned_at=_time_of(provenance.run, metadata.photo).isoformat(timespec="seconds"),
        taken_at=metadata.taken_at,
        state=provenance.state,
    )


def _time_of(run: str, photo: Photo) -> datetime:
    """When a run began, as its id says; else when the file was last changed."""
    try:
        return datetime.strptime(run[:15], _RUN_TIME).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(photo.mtime_ns / 1e9, UTC)
