"""Making once more what was undone: the same changes, byte by byte, and only where nobody wrote since.

Sees protocols only. A change that is made again stands in the journal as it did before it was undone.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError
from tagger.core.records import Action, ChangeState, JournalRecord, Outcome, OutcomeKind
from tagger.making import settle

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter, StopEvent


def redo(
    records: Iterable[JournalRecord], writer: "MetadataWriter", index: "Index", journal: "Journal", stop: "StopEvent"
) -> Iterator[Outcome]:
    """Make the undone ones of ``records`` (of one run, newest first) once more, photo by photo.

    A photo that is no longer as it was before its change, or no longer there, fails and stays as it is.
    """
    groups: dict[object, list[JournalRecord]] = {}
    for record in records:
        if record.state is ChangeState.UNDONE:
            groups.setdefault(record.change.path, []).insert(0, record)
    for group in reversed(groups.values()):
        if stop.is_set():
            return
        path = group[0].change.path
        try:
            yield _redo(group, writer, index, journal)
        except PhotoError as error:
            yield Outcome(OutcomeKind.FAILED, path, str(error))


def _redo(group: Sequence[JournalRecord], writer: "MetadataWriter", index: "Index", journal: "Journal") -> Outcome:
    """Make one photo's changes once more, oldest first."""
    first = group[0]
    path = first.change.path
    found = [writer.compare(record.change) for record in group]
    if "missing" in found:
        raise PhotoError(path, "is not there any more", "restore it, or caption it where it is now")
    if any(where != "before" for where in found):
        raise PhotoError(path, "was changed since it was undone", "caption it anew instead")
    for record in group:  # pending first, all of them: recovery after a crash then sees them together
        journal.resolve(record.id, ChangeState.PENDING)
    after = first.entry.photo
    for done, record in enumerate(group):
        try:
            after = writer.apply(record.change)
        except PhotoError:
            for earlier in group[:done]:
                journal.resolve(earlier.id, ChangeState.COMMITTED)
            for later in group[done + 1 :]:
                journal.resolve(later.id, ChangeState.UNDONE)
            with suppress(PhotoError):  # else, or where it was made after all, it stays pending: recovery settles it
                writer.discard_leftovers(record.change)
                if writer.compare(record.change) != "after":
                    journal.resolve(record.id, ChangeState.UNDONE)
            if done:
                index.remove(path)
            raise
    settle(first.intent, replace(first.entry, photo=after), index, journal)
    for record in group:
        journal.resolve(record.id, ChangeState.COMMITTED)
    changes = tuple(record.change for record in group)
    kind = _KINDS.get(first.intent.action, OutcomeKind.CAPTIONED)
    caption = first.entry.caption if kind is OutcomeKind.CAPTIONED else None
    return Outcome(kind, path, "done again", caption=caption, changes=changes)


_KINDS = {Action.UNDO: OutcomeKind.RESTORED, Action.CLEAN: OutcomeKind.CLEANED}
