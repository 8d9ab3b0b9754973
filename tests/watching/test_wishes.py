"""Whether a person took back what is about to be done again: by the journal's records, newest first."""

from pathlib import Path

import pytest
from fakes import FakeJournal, FakeWriter
from pipeline_library import Library
from watched import put

from tagger.core.records import Action, ChangeState, Intent, Photo
from tagger.watching.wishes import was_taken_back

TAG, UNDO, CLEAN = Action.TAG, Action.UNDO, Action.CLEAN
RETAG, APPROVE, REJECT = Action.RETAG, Action.APPROVE, Action.REJECT
COMMITTED, UNDONE, BACK = ChangeState.COMMITTED, ChangeState.UNDONE, ChangeState.ROLLED_BACK


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], False),
        ([(TAG, COMMITTED)], False),
        ([(TAG, UNDONE)], True),
        ([(TAG, UNDONE), (TAG, BACK)], True),
        ([(TAG, UNDONE), (TAG, COMMITTED)], False),
        ([(TAG, COMMITTED), (CLEAN, COMMITTED)], True),
        ([(TAG, COMMITTED), (CLEAN, UNDONE)], False),
        ([(TAG, UNDONE), (UNDO, COMMITTED)], True),
        ([(TAG, COMMITTED), (UNDO, UNDONE)], False),
        ([(TAG, COMMITTED), (APPROVE, COMMITTED)], False),
        ([(TAG, COMMITTED), (REJECT, UNDONE)], False),
        ([(TAG, UNDONE), (REJECT, UNDONE)], True),
        ([(TAG, COMMITTED), (RETAG, UNDONE)], True),
    ],
)
def test_by_what_was_done_last(root: Path, history: list[tuple[Action, ChangeState]], expected: bool) -> None:
    (path,) = put(root, 1)
    library = Library()
    photo = Photo(path, path.stat().st_size, path.stat().st_mtime_ns)
    library.run([photo])
    (made,) = library.journal.records
    journal, writer = FakeJournal(), FakeWriter()
    for action, state in history:
        journal.resolve(journal.begin("r", made.change, made.entry, Intent(action)), state)
    assert was_taken_back(photo, writer, journal) is expected
    path.write_bytes(b"another picture")
    assert not was_taken_back(photo, writer, journal)
    path.unlink()
    writer.missing.add(path)
    assert not was_taken_back(photo, writer, journal)
