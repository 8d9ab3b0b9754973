"""How one photo's changes come about: journalled, made, and then the index brought in step. Sees protocols only."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoError
from tagger.core.records import ChangeState, IndexEntry, Intent, Photo

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter


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
