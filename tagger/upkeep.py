"""What is done to one photo besides tagging it: taking everything of ours out, reading its index row back from it.

Sees protocols only; ``tagger.pipeline.each`` takes many photos through it.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError, StorageFull
from tagger.core.records import Action, IndexEntry, Intent, Outcome, OutcomeKind, Photo, PhotoMetadata
from tagger.making import make
from tagger.past import recorded_row
from tagger.rows import row_from
from tagger.stages import failed

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Taking out of photos what any run ever wrote into them, as a run of its own, which can be undone.

    ``approved``: also what a person decided. ``dry_run``: nothing is written, outcomes carry the planned changes.
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
