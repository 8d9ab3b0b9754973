"""After a crash: what was begun is found to be made or not, and settled as such; what follows from bytes put back.

Sees protocols only.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoError
from tagger.core.records import Action, ChangeState, JournalRecord, Outcome, OutcomeKind, Photo
from tagger.making import settle
from tagger.past import look, row_before
from tagger.stages import is_gone

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter

_DONE = {
    Action.UNDO: OutcomeKind.RESTORED,
    Action.CLEAN: OutcomeKind.CLEANED,
    Action.APPROVE: OutcomeKind.APPROVED,
    Action.EDIT: OutcomeKind.EDITED,
    Action.REJECT: OutcomeKind.REJECTED,
}
_ENDS = {"after": ChangeState.COMMITTED, "before": ChangeState.ROLLED_BACK}


def recover(writer: "MetadataWriter", index: "Index", journal: "Journal") -> Iterator[Outcome]:
    """After a crash: every change that was begun is found to be made (and indexed) or not, and settled as such."""
    groups: dict[tuple[str, Path], list[JournalRecord]] = {}
    for record in journal.pending():
        if record.state is ChangeState.UNDOING:
            yield _recovered_undo(record, writer, index, journal)
        else:
            groups.setdefault((record.run, record.change.path), []).append(record)
    for (_, path), records in groups.items():
        try:
            found = [settled(record.change, writer) for record in records]
            if all(where == "after" for where in found):
                entry = replace(records[0].entry, photo=look(records[-1].change))
                settle(records[0].intent, entry, index, journal)
            elif "after" in found:
                index.remove(path)
            for record, where in zip(records, found, strict=True):
                journal.resolve(record.id, _ENDS.get(where, ChangeState.CONFLICT))
        except PhotoError as error:
            yield Outcome(OutcomeKind.FAILED, path, str(error))
            continue
        yield _recovered(records[0].intent.action, path, found)


def settled(change: MetadataChange, writer: "MetadataWriter") -> str:
    """Where one interrupted change stands, as ``MetadataWriter.compare`` says, its leftovers removed."""
    writer.discard_leftovers(change)
    return writer.compare(change)


def settle_undone(record: JournalRecord, photo: Photo, index: "Index", journal: "Journal") -> None:
    """What follows from bytes that were put back: the row of before, and the state of all records concerned."""
    row = row_before(record, photo, journal)
    index.remove(record.change.path)
    for other in index.find(record.change.identity):  # and under the names that the photo had before
        if is_gone(other.photo.path):
            index.remove(other.photo.path)
    if row is not None:
        index.put(row)
    commit_again(record, journal, before=record.id)
    journal.resolve(record.id, ChangeState.UNDONE)


def commit_again(record: JournalRecord, journal: "Journal", *, before: int) -> None:
    """What a record took back stands again once that record is taken back itself, and nothing older with it."""
    for undone in (undone for undone in record.intent.undoes if undone < before):
        with suppress(KeyError):  # forgotten meanwhile to save space
            journal.resolve(undone, ChangeState.COMMITTED)


def _recovered_undo(record: JournalRecord, writer: "MetadataWriter", index: "Index", journal: "Journal") -> Outcome:
    path = record.change.path
    try:
        if settled(record.change, writer) == "before":
            settle_undone(record, look(record.change), index, journal)
            return Outcome(OutcomeKind.RESTORED, path, "an interrupted undo had put it back")
    except PhotoError as error:
        return Outcome(OutcomeKind.FAILED, path, str(error))
    journal.resolve(record.id, ChangeState.COMMITTED)
    return Outcome(OutcomeKind.UNCHANGED, path, "an interrupted undo had not put it back")


def _recovered(action: Action, path: Path, found: list[str]) -> Outcome:
    if all(where == "after" for where in found):
        return Outcome(_DONE.get(action, OutcomeKind.CAPTIONED), path, "an interrupted run had written it")
    if all(where == "before" for where in found):
        return Outcome(OutcomeKind.UNCHANGED, path, "an interrupted run had not written it")
    if "missing" in found:
        return Outcome(OutcomeKind.FAILED, path, "vanished during an interrupted run")
    if "other" in found:
        return Outcome(OutcomeKind.FAILED, path, "was changed by another program during an interrupted run")
    return Outcome(OutcomeKind.UNCHANGED, path, "an interrupted run had written a part of it; run again for the rest")
