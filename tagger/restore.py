"""Taking back: undo of what was written, and recovery after a crash. Sees protocols only."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError
from tagger.core.records import ChangeState, JournalRecord, MetadataChange, Outcome, OutcomeKind, Photo
from tagger.stages import failed, is_gone

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter, StopEvent


def undo(
    records: Iterable[JournalRecord],
    writer: "MetadataWriter",
    index: "Index",
    journal: "Journal",
    stop: "StopEvent",
) -> Iterator[Outcome]:
    """Put back the bytes from before each change, newest first; a photo that others changed since is reported."""
    for record in records:
        if stop.is_set():
            return
        if record.state is not ChangeState.COMMITTED:
            continue
        change = record.change
        try:
            change = _follow_move(change, writer, index)
            where = writer.compare(change)
            if where == "before":
                journal.resolve(record.id, ChangeState.UNDONE)
                yield Outcome(OutcomeKind.UNCHANGED, change.path, "is as it was before the run already")
                continue
            if where == "missing":
                raise PhotoError(change.path, "is not there any more", "restore it, or name where it is now")
            if where == "other":
                raise PhotoError(
                    change.path, "was changed since by another program or a later run", "undo later runs first"
                )
            writer.revert(change)
        except PhotoError as error:
            yield failed(error, change.path)
            continue
        index.remove(change.path)
        for row in index.find(change.identity):  # and under the names that the photo had before
            if is_gone(row.photo.path):
                index.remove(row.photo.path)
        journal.resolve(record.id, ChangeState.UNDONE)
        yield Outcome(OutcomeKind.RESTORED, change.path, change=change)


def recover(writer: "MetadataWriter", index: "Index", journal: "Journal") -> Iterator[Outcome]:
    """After a crash: every change that was begun is found to be made (and indexed) or not, and settled as such."""
    for record in journal.pending():
        change = record.change
        try:
            writer.discard_leftovers(change)
            where = writer.compare(change)
            if where == "after":
                info = change.path.stat()
                index.put(replace(record.entry, photo=Photo(change.path, info.st_size, info.st_mtime_ns)))
                journal.resolve(record.id, ChangeState.COMMITTED)
                yield Outcome(OutcomeKind.CAPTIONED, change.path, "an interrupted run had written it")
            elif where == "before":
                journal.resolve(record.id, ChangeState.ROLLED_BACK)
                yield Outcome(OutcomeKind.UNCHANGED, change.path, "an interrupted run had not written it")
            else:
                journal.resolve(record.id, ChangeState.CONFLICT)
                reason = "vanished" if where == "missing" else "was changed by another program"
                yield Outcome(OutcomeKind.FAILED, change.path, f"{reason} during an interrupted run")
        except PhotoError as error:
            yield failed(error, change.path)


def _follow_move(change: MetadataChange, writer: "MetadataWriter", index: "Index") -> MetadataChange:
    """A photo that was renamed since is found by its picture data."""
    if writer.compare(change) != "missing":
        return change
    for row in index.find(change.identity):
        moved = replace(change, path=row.photo.path)
        if writer.compare(moved) == "after":
            return moved
    return change
