"""The stages of one photo: examine -> caption -> plan -> journal -> apply -> index. Sees protocols only.

Each stage can be called on its own: ``tagger.pipeline`` runs many photos through them at once, tests one by one.
A photo's failure is a value (an Outcome); only RunError and bugs end a run.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoError, PhotoSkipped, StorageFull
from tagger.core.records import (
    Caption,
    Correction,
    Failure,
    IndexEntry,
    Intent,
    Outcome,
    OutcomeKind,
    Photo,
    PhotoMetadata,
    Review,
    State,
)
from tagger.making import make
from tagger.rows import row_of
from tagger.run_options import RunOptions

if TYPE_CHECKING:
    from tagger.core.protocols import Captioner, Index, Journal, MetadataWriter, SidecarNews


@dataclass(frozen=True, slots=True)
class Examined:
    """A photo that needs work: its metadata, and either ``pixel_values`` or the ``caption`` that needs no model.

    ``known`` is a row with the sentence of this very picture by this model: with pixels, only the tags are found again.
    ``before`` is the photo's row so far. With a ``review`` the words of ``known`` are a person's, and go back in.
    """

    metadata: PhotoMetadata
    pixel_values: Any = None
    known: IndexEntry | None = None
    caption: Caption | None = None
    before: IndexEntry | None = None
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one run over one library, each callable on its own: tests run them in sequence."""

    captioner: "Captioner"
    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    options: RunOptions
    news: "SidecarNews | None" = field(default=None, kw_only=True)

    def settled(self, photos: Sequence[Photo]) -> list[Photo | Outcome]:
        """What file system and index know to need nothing, as outcomes; the others as they are. Reads no photo."""
        rows = self.index.known([photo.path for photo in photos], words=not self.options.terse)
        done = [(photo, row) for photo in photos if (row := rows.get(photo.path)) and self.is_done(row, photo)]
        unchanged = {photo.path: row for photo, row in done}
        for path in self._news(done):
            del unchanged[path]
        found: list[Photo | Outcome] = []
        for photo in photos:
            entry = unchanged.get(photo.path)
            if entry is None:
                found.append(photo)
            else:
                caption = None if self.options.terse else entry.caption
                found.append(Outcome(OutcomeKind.UNCHANGED, photo.path, caption=caption))
        return found

    def examine(self, photo: Photo) -> "Examined | Outcome":
        """Read what is there and decide what the photo needs. Runs in the loader threads."""
        try:
            entry = self.index.get(photo.path)
            if entry is not None and self.is_done(entry, photo) and not self._news([(photo, entry)]):
                return Outcome(OutcomeKind.UNCHANGED, photo.path, caption=entry.caption)
            metadata = self.writer.read(photo)
            same = self.index.find(metadata.identity)
            return self._decided(metadata, entry, same) or self._examined(metadata, entry, same)
        except PhotoError as error:
            return self._failed(error, photo)

    def _examined(self, metadata: PhotoMetadata, entry: IndexEntry | None, same: Sequence[IndexEntry]) -> Examined:
        known = self._known(metadata, entry, same)
        if known is not None and known.settings.partition("|")[0] == self.options.words:
            return Examined(metadata, known=known, caption=known.caption, before=entry)
        said = self.index.result(metadata.identity, self.captioner.model_id, self.options.decoding)
        tags = None if said is None or said.scores is None else self.captioner.tags(said.scores)
        if said is not None and tags is not None:
            caption = replace(known.caption if known else said, tags=tags, scores=said.scores)
            return Examined(metadata, known=known, caption=caption, before=entry)
        return Examined(metadata, self.captioner.prepare(metadata.photo), known, before=entry)

    def _decided(
        self, metadata: PhotoMetadata, entry: IndexEntry | None, same: Sequence[IndexEntry]
    ) -> "Examined | Outcome | None":
        """What becomes of a photo about whose words a person decided; None where nobody did, or not for good."""
        record = metadata.provenance
        if entry is None:  # it may have been moved here
            rows = [row for row in same if is_gone(row.photo.path)]
        else:
            rows = [entry] if entry.identity == metadata.identity else []
        if record is not None and self._stands(record.state, record.correction):
            row = row_of(metadata, rows, settings=self.options.settings)
            if row != entry and not self.options.dry_run:
                self.index.put(row)
                self._forget_old_place(row, next(iter(rows), None))
            return Outcome(OutcomeKind.UNCHANGED, metadata.photo.path, f"{row.state} by a person", row.caption)
        for row in rows:
            if self._stands(row.state, row.correction):
                # Only the index knows: the library writes into none, or the photo was replaced by an older one.
                review = Review(row.state, row.correction, replaces=bool(row.correction.caption))
                return Examined(metadata, known=row, caption=row.caption, before=entry, review=review)
        return None

    def _stands(self, state: State, correction: Correction) -> bool:
        """Whether a person decided, and this run is not one that does approved captions of the machine anew."""
        anew = not self.options.keep_approved and state is State.APPROVED and not correction.holds_own_words
        return state.is_decided and not anew

    def _failed(self, error: PhotoError | StorageFull, photo: Photo) -> Outcome:
        """The outcome of a photo that raised ``error``, which the index remembers."""
        outcome = failed(error, photo.path)
        if outcome.kind is OutcomeKind.FAILED and not self.options.dry_run:
            with suppress(StorageFull):
                self.index.fail(Failure(photo, outcome.reason, _now()))
        return outcome

    def caption(self, batch: Sequence[Examined]) -> list[Caption]:
        """Caption a batch; runs in one thread. A sentence that is known stays, whatever the vocabulary is now."""
        captions = self.captioner.generate([item.pixel_values for item in batch])
        return [
            replace(item.known.caption, tags=caption.tags, scores=caption.scores, features=caption.features)
            if item.known
            else caption
            for item, caption in zip(batch, captions, strict=True)
        ]

    def write(self, item: Examined, caption: Caption) -> Outcome:
        """Plan, journal, apply, index; thread-safe for different photos."""
        try:
            return self._write(item, caption)
        except (PhotoError, StorageFull) as error:
            return self._failed(error, item.metadata.photo)

    def _write(self, item: Examined, caption: Caption) -> Outcome:
        options, metadata = self.options, item.metadata
        path = metadata.photo.path
        entry = self._row(item, caption)
        caption, before = entry.caption, item.before
        if not options.write:
            if not options.dry_run:
                self._put(entry, item.known)
            return Outcome(OutcomeKind.CAPTIONED, path, caption=caption, before=before, state=entry.state)
        review = item.review or self._review(metadata, entry)
        changes = self.writer.plan(metadata, caption, model=entry.model, run=options.run, review=review)
        if options.dry_run:
            kind = OutcomeKind.CAPTIONED if changes else OutcomeKind.UNCHANGED
            return Outcome(kind, path, notes(changes), caption, changes, before, entry.state)
        if not changes:
            self._put(entry, item.known)
            return Outcome(OutcomeKind.UNCHANGED, path, _origin(item.known, path), caption=caption, before=before)
        entry = replace(entry, sidecar=sidecar_of(changes, item.known, path))
        make(options.run, changes, entry, self.writer, self.index, self.journal, Intent(options.action))
        self._tell_news(changes)
        self._forget_old_place(entry, item.known)
        reason = "; ".join(filter(None, (notes(changes), WAITS if entry.state is State.REVIEW else "")))
        return Outcome(OutcomeKind.CAPTIONED, path, reason, caption, changes, before, entry.state)

    def _row(self, item: Examined, caption: Caption) -> IndexEntry:
        """The row that the photo gets; its caption is without the tags that a person took out."""
        options, metadata = self.options, item.metadata
        if item.review is not None and item.known is not None:
            there = replace(item.known, photo=metadata.photo, identity=metadata.identity, taken_at=metadata.taken_at)
            return replace(there, run=options.run, written=options.write)
        record, before = metadata.provenance, item.before
        known = record or (before if before is not None and before.identity == metadata.identity else None)
        correction = replace(known.correction, caption="", added=()) if known else Correction()
        return IndexEntry(
            photo=metadata.photo,
            identity=metadata.identity,
            taken_at=metadata.taken_at,
            caption=correction.of(caption),
            model=self.captioner.model_id,
            settings=options.settings,
            run=options.run,
            captioned_at=item.known.captioned_at if item.known else _now(),
            state=State.REVIEW if unsure(caption, options) or _waits(item, caption) else State.MACHINE,
            written=options.write,
            correction=correction,
        )

    def _review(self, metadata: PhotoMetadata, entry: IndexEntry) -> Review | None:
        """What to say to the writer where it is more than: the machine's words, and what a person decided stays."""
        record = metadata.provenance
        was, corrected = (record.state, record.correction) if record else (State.MACHINE, Correction())
        if entry.state is State.MACHINE and not was.is_decided and corrected == entry.correction:
            return None
        return Review(entry.state, entry.correction)

    def _put(self, entry: IndexEntry, known: IndexEntry | None) -> None:
        """Write the row of a photo that nothing was written to."""
        self.index.put(replace(entry, sidecar=sidecar_of((), known, entry.photo.path)))
        self._forget_old_place(entry, known)

    def _forget_old_place(self, entry: IndexEntry, known: IndexEntry | None) -> None:
        """The row of a photo that was moved here is taken along."""
        if known is not None and known.photo.path != entry.photo.path and is_gone(known.photo.path):
            self.index.remove(known.photo.path)

    def _news(self, rows: Sequence[tuple[Photo, IndexEntry]]) -> set[Path]:
        """Those photos whose sidecar somebody else wrote since."""
        return set() if self.news is None else self.news.about(rows)

    def _tell_news(self, changes: Sequence[MetadataChange]) -> None:
        for change in changes:
            if self.news is not None and change.sidecar is not None and change.after_sha256:
                self.news.left(change.sidecar, change.after_sha256)

    def is_done(self, entry: IndexEntry, photo: Photo) -> bool:
        """Whether a photo is as its row says, and the row as this run would make it, or as a person decided."""
        same_file = entry.photo.size == photo.size and entry.photo.mtime_ns == photo.mtime_ns
        same_file = same_file and (entry.sidecar is None or not is_gone(entry.sidecar))
        same_work = entry.model == self.captioner.model_id and entry.settings == self.options.settings
        decided = self._stands(entry.state, entry.correction)
        return same_file and (decided or (same_work and entry.written >= self.options.write))

    def _known(
        self, metadata: PhotoMetadata, entry: IndexEntry | None, same: Sequence[IndexEntry]
    ) -> IndexEntry | None:
        """A row with the caption of these very pixels by this model: after a move, a copy, or somebody's edit."""

        def serves(row: IndexEntry) -> bool:
            # Not one read back from a photo, nor one that a person changed.
            complete = not math.isnan(row.caption.log_probability) and not row.correction
            return complete and row.model == self.captioner.model_id and row.decoding == self.options.decoding

        if entry is not None and entry.identity == metadata.identity and serves(entry):
            return entry
        rows = [row for row in same if serves(row)]
        # Of several, one whose file is gone: that photo was moved here, and its row comes along.
        return next((row for row in rows if is_gone(row.photo.path)), rows[0] if rows else None)


def is_gone(path: Path) -> bool:
    """Whether there is certainly nothing at ``path``; a folder that we may not look into is no proof."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


WAITS = "not sure: the caption waits for you"
"""Why a caption was not written."""


def unsure(caption: Caption, options: RunOptions) -> bool:
    """Whether the model is less sure of this caption than the user, or else the bundle, wants it to be."""
    return caption.score < options.review_below or (
        caption.confidence is not None and caption.confidence < options.unsure_below
    )


def _waits(item: Examined, caption: Caption) -> bool:
    """Whether this very caption waits for a person since an earlier run, whose options were others."""
    record, before = item.metadata.provenance, item.before
    if record is not None:
        return record.state is State.REVIEW and record.caption == caption.text
    return before is not None and before.state is State.REVIEW and before.caption.text == caption.text


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def failed(error: PhotoError | StorageFull, path: Path) -> Outcome:
    """The outcome of a photo that raised ``error``."""
    kind = OutcomeKind.SKIPPED if isinstance(error, PhotoSkipped) else OutcomeKind.FAILED
    return Outcome(kind, path, str(error))


def sidecar_of(changes: Sequence[MetadataChange], known: IndexEntry | None, path: Path) -> Path | None:
    """The sidecar that holds the photo's words: one that changes, or one that needed no change."""
    before = known.sidecar if known is not None and known.photo.path == path else None
    kept = None if before is None or is_gone(before) else before
    return next((change.sidecar for change in changes if change.sidecar and change.after_sha256), kept)


def notes(changes: Sequence[MetadataChange]) -> str:
    """Why not all of it went where it usually goes."""
    return "; ".join(change.note for change in changes if change.note)


def _origin(known: IndexEntry | None, path: Path) -> str:
    if known is None or known.photo.path == path:
        return ""
    return f"{'moved from' if is_gone(known.photo.path) else 'a copy of'} {known.photo.path}"
