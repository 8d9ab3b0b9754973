"""What a person wanted of a photo before, as the journal says: a watcher does not do again what was taken back."""

from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError
from tagger.core.records import Action, ChangeState, Photo

if TYPE_CHECKING:
    from tagger.core.protocols import Journal, MetadataWriter


def was_taken_back(photo: Photo, writer: "MetadataWriter", journal: "Journal") -> bool:
    """Whether a person undid what was written into this very picture under this name, or cleaned it."""
    for record in journal.changes(path=photo.path):
        if record.state not in (ChangeState.COMMITTED, ChangeState.UNDONE):
            continue
        decided = record.intent.action in (Action.APPROVE, Action.EDIT, Action.REJECT)
        if decided and record.state is ChangeState.UNDONE:
            continue
        tagged = decided or record.intent.action in (Action.TAG, Action.RETAG)
        if tagged == (record.state is ChangeState.COMMITTED):
            return False
        try:
            return writer.read(photo).identity == record.change.identity
        except PhotoError:
            return False
    return False
