"""A changed vocabulary: tags are found again, sentences stay, and nothing else is done twice."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from fakes import FakeCaptioner
from numpy.typing import NDArray
from pipeline_library import C, Library, U, kinds, made_up

from tagger.core.records import Caption, Tag
from tagger.stages import Examined


class Moody(FakeCaptioner):
    """Says something else every time, as a GPU may; its tags are as the test last said."""

    def __init__(self) -> None:
        super().__init__()
        self.word = "dog"

    def generate(self, batch: Sequence[NDArray[np.float32]]) -> list[Caption]:
        captions = super().generate(batch)
        said = len(self.batches)
        return [replace(c, text=f"{c.text}, said {said} times", tags=(Tag(self.word, 0.9),)) for c in captions]

    def tags(self, scores: bytes) -> tuple[Tag, ...] | None:
        return (Tag(self.word, 0.9),)


def test_tags_change_and_sentences_stay() -> None:
    library = Library(captioner=Moody())
    photos = made_up(6)
    first = library.run(photos, batch_size=2)
    library.captioner.word = "Hund"
    second = library.run(photos, batch_size=2, vocabulary="abc")
    assert kinds(second) == [C] * 6
    rows = [library.index.get(photo.path) for photo in photos]
    texts = {outcome.path: outcome.caption.text for outcome in first if outcome.caption}
    for row in rows:
        assert row is not None
        assert (row.caption.text, row.caption.tags) == (texts[row.photo.path], (Tag("Hund", 0.9),))
        assert row.settings == "d#abc|p"


def test_same_vocabulary_asks_the_model_nothing() -> None:
    library = Library()
    photos = made_up(3)
    library.run(photos, vocabulary="abc")
    asked = len(library.captioner.prepared)
    assert kinds(library.run(photos, vocabulary="abc")) == [U] * 3
    assert kinds(library.run(photos, vocabulary="abc", policy="q")) == [U] * 3  # planned again, from what is known
    assert len(library.captioner.prepared) == asked


def test_taking_the_rules_back_is_a_change_too() -> None:
    library = Library()
    photos = made_up(3)
    library.run(photos, vocabulary="abc")
    library.run(photos)
    assert len(library.captioner.prepared) == 3  # the scores of all labels are known
    assert all(row is not None and row.settings == "d|p" for row in (library.index.get(p.path) for p in photos))


def test_another_decoding_says_something_new() -> None:
    library = Library(captioner=Moody())
    photos = made_up(1)
    library.run(photos)
    (outcome,) = library.run(photos, decoding="e", vocabulary="abc")
    assert outcome.caption is not None
    assert outcome.caption.text.endswith("said 2 times")


def test_photos_without_rules_have_the_settings_of_old() -> None:
    """Rows from before there were vocabularies stay valid."""
    assert Library().stages().options.settings == "d|p"


def test_without_scores_the_model_is_asked_and_the_sentence_stays() -> None:
    """They may have been forgotten, or be of other labels."""
    library = Library()
    (photo,) = made_up(1)
    library.run([photo])
    library.index.results.clear()
    examined = library.stages(vocabulary="abc").examine(photo)
    assert isinstance(examined, Examined)
    assert examined.known is not None
    assert examined.pixel_values is not None
    assert examined.caption is None
