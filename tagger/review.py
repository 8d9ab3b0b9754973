"""What a person decides about the words of one photo: approve, edit, reject. Every face calls the same methods.

Sees protocols only. A decision is written like the machine's words (plan, journal, apply, index), so that it is in the
photo and survives a rebuild of the index, and can be undone. What the machine had said is kept beside it.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

from tagger.core.errors import PhotoError, StorageFull
from tagger.core.records import (
    Action,
    Caption,
    Correction,
    IndexEntry,
    Intent,
    Outcome,
    OutcomeKind,
    Photo,
    PhotoMetadata,
    Review,
    State,
    Tag,
)
from tagger.making import make
from tagger.past import placed, recorded_row
from tagger.rows import row_from, says
from tagger.stages import failed, is_gone, notes, sidecar_of

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter

MOST_CHARACTERS = 2000  # of a caption: as many bytes fit into IPTC


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person changes: the ``caption``, or the ``choice`` of one of its alternatives (from 1); tags by label."""

    caption: str | None = None
    choice: int | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Decision:
    """The words that stand from now on, and what is written of how they came about."""

    action: Action
    kind: OutcomeKind
    caption: Caption
    review: Review


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Decisions about photos of one library, as a run of its own, which is undone as a whole.

    What shall be undone by itself needs a ``run`` by itself.
    ``write`` False: into the index only, but for photos that hold our words already. ``dry_run``: nothing is written,
    outcomes carry the planned changes. Each method returns the outcome of one photo, a failure too, and is thread-safe
    for different photos.
    """

    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    run: str
    write: bool = True
    dry_run: bool = False

    def approve(self, photo: Photo) -> Outcome:
        """The words are right: no run of the machine changes them any more."""
        try:
            metadata, row = self._found(photo)
            if row.state is State.REJECTED:
                raise PhotoError(photo.path, "was rejected by a person", "tagger edit gives it a caption")
            review = Review(State.APPROVED, row.correction)
            return self._decide(metadata, row, _Decision(Action.APPROVE, OutcomeKind.APPROVED, row.caption, review))
        except (PhotoError, StorageFull) as error:
            return failed(error, photo.path)

    def edit(self, photo: Photo, edit: Edit) -> Outcome:
        """Other words stand from now on; they are approved by that."""
        try:
            metadata, row = self._found(photo)
            caption, replaces = _captioned(row, edit)
            tags, correction = _tagged(row, edit)
            if caption.text != row.caption.text:
                said = correction.caption or ("" if _is_own(row) else row.caption.text)
                correction = replace(correction, caption="" if said == caption.text else said)
            review = Review(State.APPROVED, correction, replaces=replaces or bool(correction.caption))
            decision = _Decision(Action.EDIT, OutcomeKind.EDITED, replace(caption, tags=tags), review)
            return self._decide(metadata, row, decision)
        except (PhotoError, StorageFull) as error:
            return failed(error, photo.path)

    def reject(self, photo: Photo, *, caption_only: bool = False, tags: tuple[str, ...] = ()) -> Outcome:
        """None of our words are wanted here, or not the caption, or not these ``tags``: never again.

        Where single tags are rejected, the rest stays what it is, and the machine's.
        """
        try:
            metadata, row = self._found(photo, blank=not tags)
            if tags:
                left, correction = _tagged(row, Edit(remove=tags))
                caption, state = replace(row.caption, tags=left), row.state
            else:
                said = row.correction.caption or ("" if _is_own(row) else row.caption.text)
                left, gone = (row.caption.tags, ()) if caption_only else ((), _machine_s(row))
                correction = Correction(said, (*row.correction.rejected, *gone), row.correction.added if left else ())
                caption = replace(row.caption, text="", log_probability=math.nan, confidence=None, tags=left)
                state = State.REJECTED
            review = Review(state, correction, replaces=state is State.APPROVED and bool(correction.caption))
            return self._decide(metadata, row, _Decision(Action.REJECT, OutcomeKind.REJECTED, caption, review))
        except (PhotoError, StorageFull) as error:
            return failed(error, photo.path)

    def _found(self, photo: Photo, *, blank: bool = False) -> tuple[PhotoMetadata, IndexEntry]:
        """What the photo holds, and the row of the words that are in it. Raises PhotoError where there are none.

        With ``blank`` a photo without words has an empty row.
        """
        metadata = self.writer.read(photo)
        row, record = self.index.get(photo.path), metadata.provenance
        if record is not None:
            if row is None or not says(row, record):
                row = recorded_row(metadata, self.journal) or row_from(metadata, settings="")
            row = replace(row, state=record.state, correction=record.correction, written=True)
        elif row is None or row.identity != metadata.identity:
            moved = (other for other in self.index.find(metadata.identity) if is_gone(other.photo.path))
            row = next(moved, _blank(metadata) if blank else None)
        if row is None:
            raise PhotoError(photo.path, "has no words of ours yet", "tagger tag gives it some")
        return metadata, replace(placed(row, metadata.photo, metadata.identity), taken_at=metadata.taken_at)

    def _decide(self, metadata: PhotoMetadata, row: IndexEntry, decision: _Decision) -> Outcome:
        path, caption, review = metadata.photo.path, decision.caption, decision.review
        entry = replace(row, caption=caption, state=review.state, correction=review.correction)
        same = entry == row and not review.replaces
        if not (self.write or (row.written and metadata.provenance is not None)):
            if not self.dry_run and not same:
                self.index.put(replace(entry, written=False))
            return self._outcome(path, row, decision, same=same)
        changes = self.writer.plan(metadata, caption, model=entry.model, run=self.run, review=review)
        if self.dry_run or not changes:
            if not self.dry_run:
                self.index.put(replace(entry, written=True))
            outcome = self._outcome(path, row, decision, same=not changes)
            return replace(outcome, changes=changes, reason=outcome.reason or notes(changes))
        entry = replace(entry, run=self.run, written=True, sidecar=sidecar_of(changes, row, path))
        make(self.run, changes, entry, self.writer, self.index, self.journal, Intent(decision.action))
        return replace(self._outcome(path, row, decision, same=False), changes=changes, reason=notes(changes))

    def _outcome(self, path: Path, row: IndexEntry, decision: _Decision, *, same: bool) -> Outcome:
        kind = OutcomeKind.UNCHANGED if same else decision.kind
        reason = f"is {decision.review.state} already" if same else ""
        return Outcome(kind, path, reason, decision.caption, before=row)


def _captioned(row: IndexEntry, edit: Edit) -> tuple[Caption, bool]:
    """The caption that a person wants, and whether they said which."""
    others = row.caption.alternatives
    if edit.choice is not None:
        if not 1 <= edit.choice <= len(others):
            known = f"has {len(others)} other captions to choose from" if others else "has no other captions"
            raise PhotoError(row.photo.path, f"{known}, not number {edit.choice}", "tagger show lists them")
        chosen = others[edit.choice - 1]
        return replace(row.caption, text=chosen.text, log_probability=math.nan, confidence=None), True
    if edit.caption is None:
        return row.caption, False
    text = _plain(edit.caption)
    if not text:
        raise PhotoError(row.photo.path, "an empty caption is none", "tagger reject --caption-only takes it out")
    if len(text) > MOST_CHARACTERS:
        raise PhotoError(row.photo.path, f"the caption is longer than {MOST_CHARACTERS:,} characters", "shorten it")
    if text == row.caption.text:
        return row.caption, True
    return replace(row.caption, text=text, log_probability=math.nan, confidence=None), True


def _tagged(row: IndexEntry, edit: Edit) -> tuple[tuple[Tag, ...], Correction]:
    """The tags that a person wants, and what that changes of the machine's."""
    tags = {tag.label.casefold(): tag for tag in row.caption.tags}
    rejected = {tag.label.casefold(): tag for tag in row.correction.rejected}
    added = {label.casefold(): label for label in row.correction.added}
    for label in edit.remove:
        name = _plain(label).casefold()
        if name not in tags:
            raise PhotoError(row.photo.path, f"has no tag {label!r} of ours", "tagger show lists them")
        tag = tags.pop(name)
        if added.pop(name, None) is None:
            rejected[name] = tag
    for label in map(_plain, edit.add):
        if not label:
            raise PhotoError(row.photo.path, "an empty tag is none", "write a word")
        name = label.casefold()
        if name in tags:
            continue
        if name in rejected:  # the machine was right after all
            tags[name] = rejected.pop(name)
        else:
            tags[name] = Tag(label, 1.0)
            added[name] = label
    kept = replace(row.correction, rejected=tuple(rejected.values()), added=tuple(added.values()))
    return tuple(tags.values()), kept


def _machine_s(row: IndexEntry) -> tuple[Tag, ...]:
    own = {label.casefold() for label in row.correction.added}
    return tuple(tag for tag in row.caption.tags if tag.label.casefold() not in own)


def _is_own(row: IndexEntry) -> bool:
    """Whether the caption that stands is a person's, and what the machine said is known already, or was nothing."""
    return row.state is State.REJECTED or not row.model


def _blank(metadata: PhotoMetadata) -> IndexEntry:
    """The row of a photo that the machine never captioned."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return IndexEntry(metadata.photo, metadata.identity, Caption("", math.nan), "", "", "", now, metadata.taken_at)


def _plain(text: str) -> str:
    """On one line, without characters that no metadata field holds."""
    return " ".join("".join(" " if category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" else c for c in text).split())
