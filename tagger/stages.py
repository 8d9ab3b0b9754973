"""The stages of one photo: examine -> caption -> plan -> journal -> apply -> index. Sees protocols only.

Each stage can be called on its own: ``tagger.pipeline`` runs many photos through them at once, tests one by one.
A photo's failure is a value (an Outcome); only RunError and bugs end a run.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.core.errors import PhotoError, PhotoSkipped, StorageFull
from tagger.core.records import (
    Caption,
    ChangeState,
    IndexEntry,
    Intent,
    MetadataChange,
    Outcome,
    OutcomeKind,
    Photo,
    PhotoMetadata,
    State,
)

if TYPE_CHECKING:
    from tagger.core.protocols import Captioner, Index, Journal, MetadataWriter


@dataclass(frozen=True, slots=True)
class RunOptions:
    """One run: its id, fingerprints of decoding, vocabulary and write policy, and how far it goes.

    ``write`` False: index only. ``dry_run``: nothing is written anywhere, outcomes carry the planned change.
    ``jobs`` loader threads; ``batch_size`` photos a captioning call.
    """

    run: str
    decoding: str = ""
    vocabulary: str = ""
    policy: str = ""
    write: bool = True
    dry_run: bool = False
    jobs: int = 2
    batch_size: int = 16

    @property
    def settings(self) -> str:
        """What an index row must agree with for its photo to need nothing."""
        return f"{self.words}|{self.policy}"

    @property
    def words(self) -> str:
        """The part of ``settings`` that shapes caption and tags."""
        return f"{self.decoding}#{self.vocabulary}" if self.vocabulary else self.decoding


@dataclass(frozen=True, slots=True)
class Examined:
    """A photo that needs work: its metadata, and either pixels to caption or a caption that is known already.

    With both, the vocabulary is another one than in the run that found the caption: the tags are found again.
    """

    metadata: PhotoMetadata
    pixel_values: Any = None
    known: IndexEntry | None = None


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one run over one library, each callable on its own: tests run them in sequence."""

    captioner: "Captioner"
    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    options: RunOptions

    def examine(self, photo: Photo) -> "Examined | Outcome":
        """Read what is there and decide what the photo needs. Runs in the loader threads."""
        try:
            entry = self.index.get(photo.path)
            if entry is not None and self._is_done(entry, photo):
                return Outcome(OutcomeKind.UNCHANGED, photo.path, caption=entry.caption)
            metadata = self.writer.read(photo)
            if metadata.provenance is not None and metadata.provenance.state is State.APPROVED:
                return Outcome(OutcomeKind.UNCHANGED, photo.path, "approved by a person")
            known = self._known(metadata, entry)
            complete = known is not None and known.settings.partition("|")[0] == self.options.words
            return Examined(metadata, None if complete else self.captioner.prepare(photo), known)
        except PhotoError as error:
            return failed(error, photo.path)

    def caption(self, batch: Sequence[Examined]) -> list[Caption]:
        """Caption a batch; runs in one thread. A sentence that is known stays, whatever the vocabulary is now."""
        captions = self.captioner.generate([item.pixel_values for item in batch])
        return [
            replace(item.known.caption, tags=caption.tags) if item.known else caption
            for item, caption in zip(batch, captions, strict=True)
        ]

    def write(self, item: Examined, caption: Caption) -> Outcome:
        """Plan, journal, apply, index; thread-safe for different photos."""
        try:
            return self._write(item, caption)
        except (PhotoError, StorageFull) as error:
            return failed(error, item.metadata.photo.path)

    def _write(self, item: Examined, caption: Caption) -> Outcome:
        options, metadata = self.options, item.metadata
        path = metadata.photo.path
        entry = IndexEntry(
            photo=metadata.photo,
            identity=metadata.identity,
            caption=caption,
            model=self.captioner.model_id,
            settings=options.settings,
            run=options.run,
            captioned_at=item.known.captioned_at if item.known else datetime.now(UTC).isoformat(timespec="seconds"),
            taken_at=metadata.taken_at,
            written=options.write,
        )
        if not options.write:
            if not options.dry_run:
                self._put(entry, item.known)
            return Outcome(OutcomeKind.CAPTIONED, path, caption=caption)
        changes = self.writer.plan(metadata, caption, model=entry.model, run=options.run)
        if options.dry_run:
            kind = OutcomeKind.CAPTIONED if changes else OutcomeKind.UNCHANGED
            return Outcome(kind, path, _notes(changes), caption=caption, changes=changes)
        if not changes:
            self._put(entry, item.known)
            return Outcome(OutcomeKind.UNCHANGED, path, _origin(item.known, path), caption=caption)
        entry = replace(entry, sidecar=_sidecar(changes, item.known, path))
        make(options.run, changes, entry, self.writer, self.index, self.journal)
        self._forget_old_place(entry, item.known)
        return Outcome(OutcomeKind.CAPTIONED, path, _notes(changes), caption=caption, changes=changes)

    def _put(self, entry: IndexEntry, known: IndexEntry | None) -> None:
        """Write the row of a photo that nothing was written to."""
        self.index.put(replace(entry, sidecar=_sidecar((), known, entry.photo.path)))
        self._forget_old_place(entry, known)

    def _forget_old_place(self, entry: IndexEntry, known: IndexEntry | None) -> None:
        """The row of a photo that was moved here is taken along."""
        if known is not None and known.photo.path != entry.photo.path and is_gone(known.photo.path):
            self.index.remove(known.photo.path)

    def _is_done(self, entry: IndexEntry, photo: Photo) -> bool:
        same_file = entry.photo.size == photo.size and entry.photo.mtime_ns == photo.mtime_ns
        same_file = same_file and (entry.sidecar is None or not is_gone(entry.sidecar))
        same_work = entry.model == self.captioner.model_id and entry.settings == self.options.settings
        return same_file and (entry.state is State.APPROVED or (same_work and entry.written >= self.options.write))

    def _known(self, metadata: PhotoMetadata, entry: IndexEntry | None) -> IndexEntry | None:
        """A row with the caption of these very pixels by this model: after a move, a copy, or somebody's edit."""

        def serves(row: IndexEntry) -> bool:
            complete = not math.isnan(row.caption.log_probability)  # not one read back from a photo
            decoding = row.settings.partition("|")[0].partition("#")[0]
            return complete and row.model == self.captioner.model_id and decoding == self.options.decoding

        if entry is not None and entry.identity == metadata.identity and serves(entry):
            return entry
        rows = [row for row in self.index.find(metadata.identity) if serves(row)]
        # Of several, one whose file is gone: that photo was moved here, and its row comes along.
        return next((row for row in rows if is_gone(row.photo.path)), rows[0] if rows else None)


def make(
    run: str,
    changes: Sequence[MetadataChange],
    entry: IndexEntry,
    writer: "MetadataWriter",
    index: "Index",
    journal: "Journal",
    intent: Intent | None = None,
) -> Photo:
    """Journal all changes of one photo, make them, bring the index in step; returns the photo as it then is.

    All records stay pending until the index has its row: recovery after a crash then sees them together. Where one
    change fails, those before it stand, as the journal says, and the row is dropped. Raises PhotoError.
    """
    intent = intent or Intent()
    records = [journal.begin(run, change, entry, intent) for change in changes]
    after = entry.photo
    for done, change in enumerate(changes):
        try:
            after = writer.apply(change)
        except PhotoError:
            for record in records[:done]:
                journal.resolve(record, ChangeState.COMMITTED)
            for record in records[done + 1 :]:
                journal.resolve(record, ChangeState.ROLLED_BACK)
            with suppress(PhotoError):  # else, or where it was made after all, it stays pending: recovery settles it
                writer.discard_leftovers(change)
                if writer.compare(change) != "after":
                    journal.resolve(records[done], ChangeState.ROLLED_BACK)
            if done:
                index.remove(entry.photo.path)
            raise
    settle(intent, replace(entry, photo=after), index, journal)
    for record in records:
        journal.resolve(record, ChangeState.COMMITTED)
    return after


def settle(intent: Intent, entry: IndexEntry, index: "Index", journal: "Journal") -> None:
    """What follows from changes that are made: the photo's row, and the records that they take back."""
    if intent.indexed:
        index.put(entry)
    else:
        index.remove(entry.photo.path)
    for record in intent.undoes:
        with suppress(KeyError):  # forgotten meanwhile to save space
            journal.resolve(record, ChangeState.UNDONE)


def is_gone(path: Path) -> bool:
    """Whether there is certainly nothing at ``path``; a folder that we may not look into is no proof."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def failed(error: PhotoError | StorageFull, path: Path) -> Outcome:
    """The outcome of a photo that raised ``error``."""
    kind = OutcomeKind.SKIPPED if isinstance(error, PhotoSkipped) else OutcomeKind.FAILED
    return Outcome(kind, path, str(error))


def _sidecar(changes: Sequence[MetadataChange], known: IndexEntry | None, path: Path) -> Path | None:
    """The sidecar that holds the photo's words: one that changes, or one that needed no change."""
    before = known.sidecar if known is not None and known.photo.path == path else None
    kept = None if before is None or is_gone(before) else before
    return next((change.sidecar for change in changes if change.sidecar and change.after_sha256), kept)


def _notes(changes: Sequence[MetadataChange]) -> str:
    """Why not all of it went where it usually goes."""
    return "; ".join(change.note for change in changes if change.note)


def _origin(known: IndexEntry | None, path: Path) -> str:
    if known is None or known.photo.path == path:
        return ""
    return f"{'moved from' if is_gone(known.photo.path) else 'a copy of'} {known.photo.path}"
