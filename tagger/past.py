"""What the journal says of a photo: its changes, and what it was before one: its words, its row, and where it is now.

Sees protocols only; changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.changes import MetadataChange
from tagger.core.records import Action, ChangeState, Correction, IndexEntry, JournalRecord, Photo, PhotoMetadata, State
from tagger.rows import says
from tagger.stages import is_gone

if TYPE_CHECKING:
    from tagger.core.protocols import Journal

_DECISIONS = (Action.APPROVE, Action.EDIT, Action.REJECT)
_RUN_FIELD = "tagger:Run"  # the field whose value before a change tells whose words were there


def changes_of(
    journal: "Journal", paths: Iterable[Path], pictures: Iterable[str], *, run: str | None = None
) -> list[JournalRecord]:
    """The changes of photos (of one run, or of all), newest first.

    Those at ``paths``, and those of ``pictures`` (identities) from when they had a name under which nothing is now.
    """
    found: dict[int, JournalRecord] = {}
    for path in paths:
        found |= {record.id: record for record in journal.changes(run=run, path=path)}
    for picture in pictures:
        same = journal.changes(run=run, identity=picture)
        found |= {record.id: record for record in same if is_gone(record.change.path)}
    return [found[number] for number in sorted(found, reverse=True)]


def row_before(record: JournalRecord, photo: Photo, journal: "Journal") -> IndexEntry | None:
    """The index row that belongs to the photo as it was before the change; None where it had none."""
    siblings = journal.changes(run=record.run, path=record.entry.photo.path)
    if any(other.id < record.id and other.state is ChangeState.COMMITTED for other in siblings):
        return None  # half of a photo's changes are put back: the other half brings the row
    entry = entry_before(record, journal) or _unwritten(record)
    return None if entry is None else placed(entry, photo, record.change.identity)


def _unwritten(record: JournalRecord) -> IndexEntry | None:
    """The machine's words that were in the index only until a person decided about them; None where there were none."""
    entry, correction = record.entry, record.entry.correction
    if record.intent.action not in _DECISIONS or not entry.model or run_before(record):
        return None
    own = {label.casefold() for label in correction.added}
    tags = [*(tag for tag in entry.caption.tags if tag.label.casefold() not in own), *correction.rejected]
    tags.sort(key=lambda tag: -tag.score)
    caption = replace(entry.caption, text=correction.caption or entry.caption.text, tags=tuple(tags))
    return replace(entry, caption=caption, state=State.MACHINE, correction=Correction(), written=False)


def entry_before(record: JournalRecord, journal: "Journal") -> IndexEntry | None:
    """The row, as it was, of the words that ``record`` found in the photo; None where there were none of ours.

    None also where the journal does not know it any more; ``run_before`` tells the two apart.
    """
    if not record.intent.indexed:
        return record.entry
    run, change = run_before(record), record.change
    if not run:
        return None
    for found in (  # by its picture only where it had another name then: copies of it have words of their own
        *journal.changes(run=run, path=record.entry.photo.path),
        *journal.changes(run=run, identity=change.identity),
    ):
        stands = found.state is ChangeState.COMMITTED or found.id in record.intent.undoes
        if found.id < record.id and stands and found.intent.indexed:
            return found.entry
    return None


def run_before(record: JournalRecord) -> str:
    """The run whose words were in the file before the change; empty where there were none of ours."""
    fields = record.change.fields
    return next((one.before for one in fields if one.name.endswith(_RUN_FIELD) and one.before), "")


def recorded_row(metadata: PhotoMetadata, journal: "Journal") -> IndexEntry | None:
    """The row that the journal recorded when it wrote the words that are in the photo; None where it did not."""
    provenance = metadata.provenance
    if provenance is None:
        return None
    for record in journal.changes(run=provenance.run, identity=metadata.identity):
        entry = record.entry
        if says(entry, provenance) and record.intent.indexed and entry.model == provenance.model:
            row = placed(entry, metadata.photo, metadata.identity)
            row = replace(row, taken_at=metadata.taken_at, state=provenance.state)
            return replace(row, correction=provenance.correction)
    return None


def holds_words(metadata: PhotoMetadata, record: JournalRecord) -> bool:
    """Whether the photo may still hold something that the record says we wrote."""
    caption = record.entry.caption
    tags = {tag.label.casefold() for tag in caption.tags}
    said = bool(caption.text) and caption.text in metadata.description
    return said or any(keyword.casefold() in tags for keyword in metadata.keywords)


def wrote_caption(records: Sequence[JournalRecord]) -> bool:
    """Whether our caption went where people read it, not only into our own record."""
    return any(
        record.entry.caption.text in one.after
        for record in records
        for one in record.change.fields
        if "tagger:" not in one.name and record.entry.caption.text
    )


def placed(entry: IndexEntry, photo: Photo, identity: str) -> IndexEntry:
    """A row of the past for the photo as it is now, and where it is now."""
    sidecar = None if entry.sidecar is None else _sidecar_beside(photo.path, entry.sidecar, entry.photo.path)
    kept = None if sidecar is None or is_gone(sidecar) else sidecar
    return replace(entry, photo=photo, identity=identity, sidecar=kept)


def moved(change: MetadataChange, path: Path) -> MetadataChange:
    """The same change of a photo that is at ``path`` now, its sidecar beside it."""
    if path == change.path:
        return change
    sidecar = None if change.sidecar is None else _sidecar_beside(path, change.sidecar, change.path)
    return replace(change, path=path, sidecar=sidecar)


def _sidecar_beside(path: Path, sidecar: Path, was: Path) -> Path:
    """Where the sidecar of a photo is that moved from ``was`` to ``path``: ``name.jpg.xmp`` or ``name.xmp``."""
    known_by = (was.name, path.name) if sidecar.name.startswith(was.name) else (was.stem, path.stem)
    return path.with_name(known_by[1] + sidecar.name.removeprefix(known_by[0]))


def look(change: MetadataChange) -> Photo:
    """The photo as the file system has it now; as it was where it cannot be looked at, which reading then reports."""
    try:
        info = change.path.stat()
    except OSError:
        return Photo(change.path, change.before_size, change.before_mtime_ns)
    return Photo(change.path, info.st_size, info.st_mtime_ns)
