"""A decision about words that were in the index only, taken back: the words are there as before. Fakes everywhere."""

import threading
from collections.abc import Callable

import pytest
from pipeline_library import Library, kinds, made_up

from tagger.core.records import Correction, Outcome, OutcomeKind, State
from tagger.restore import undo
from tagger.review import Edit, Reviewing

PHOTO = made_up(1)[0]


def undone(library: Library) -> list[OutcomeKind]:
    records = [record for record in library.journal.changes() if record.state == "committed"]
    return kinds(undo(records[:1], library.writer, library.index, library.journal, threading.Event()))


@pytest.mark.parametrize(
    "decide",
    [
        lambda person: person.approve(PHOTO),
        lambda person: person.edit(PHOTO, Edit("mine", add=("me",))),
        lambda person: person.edit(PHOTO, Edit(remove=(person.index.get(PHOTO.path).caption.tags[0].label,))),
        lambda person: person.reject(PHOTO),
        lambda person: person.reject(PHOTO, caption_only=True),
    ],
)
def test_words_of_the_index_come_back(decide: Callable[[Reviewing], Outcome]) -> None:
    library = Library()
    library.run([PHOTO], write=False)
    before = library.index.get(PHOTO.path)
    assert before is not None
    decide(Reviewing(library.writer, library.index, library.journal, "p1"))
    assert undone(library) == [OutcomeKind.RESTORED]
    after = library.index.get(PHOTO.path)
    assert after is not None
    assert (after.caption.text, after.caption.tags) == (before.caption.text, before.caption.tags)
    assert after.caption.alternatives == before.caption.alternatives
    assert (after.state, after.written, after.correction) == (State.MACHINE, False, Correction())
    assert library.writer.metadata[PHOTO.path] == ""


def test_a_photo_without_words_has_none_afterwards() -> None:
    library = Library()
    Reviewing(library.writer, library.index, library.journal, "p1").reject(PHOTO)
    assert undone(library) == [OutcomeKind.RESTORED]
    assert library.index.get(PHOTO.path) is None
