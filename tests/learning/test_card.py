"""What was learned, in words: nothing better than it was measured."""

import numpy as np

from tagger.captioning.onnx_file import TagExtension
from tagger.learning.captions import Forgotten, HeldBack, LearnedCaptions
from tagger.learning.card import card_text, report_lines
from tagger.learning.corrections import Counts
from tagger.learning.labels import LearnedLabels, NewTag, ShiftedTag
from tagger.learning.learning import Learned
from tagger.learning.thresholds import OFF

NOTHING = np.zeros(0, np.float32)
EXTENSION = TagExtension(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)  # type: ignore[arg-type]


def learned(captions: LearnedCaptions | None, *, note: str = "") -> Learned:
    new = (
        NewTag("Rex", photos=8, found=6, wrong=0, against=20, elsewhere=2, unseen=100, threshold=0.5),
        NewTag("home", photos=5, found=3, wrong=2, against=20, elsewhere=9, unseen=100, threshold=OFF),
    )
    shifted = (ShiftedTag("dog", wrong=3, missing=1, right_before=1, right_after=4),)
    tags = LearnedLabels((), EXTENSION, new, shifted, (("Tom", 2),))
    return Learned("b 1", "b+learned 1", None, 30, 0, 100, tags, 0.98, captions, note, 12.3)


def test_tags_are_told_as_they_were_measured() -> None:
    text = "\n".join(report_lines(learned(None, note="only tags were asked for")))
    assert 'tag "Rex": from 8 photos; held back, 6 of 8 found again (75%), right in 75% to 100%' in text
    assert 'tag "home": from 5 photos; off, as it is not right often enough; 9 photos that nobody judged' in text
    assert 'tag "Tom": not learned, it is on 2 photos and needs 5' in text
    assert "of 4 corrections of them, held back, 1 were right before, 4 are after" in text
    assert "98.0% stay" in text
    assert text.endswith("captions: not learned, only tags were asked for")


def test_captions_before_and_after() -> None:
    held, lost = HeldBack(4, 0.5, 0.75, 0.4, 1.2), Forgotten(120, 0.61, 300, 0.6, 0.585)
    text = "\n".join(report_lines(learned(LearnedCaptions({}, {}, 30, ("barn", "tractor"), held, lost, 0.8))))
    assert "captions: learned from 30, with 2 new words: barn, tractor" in text
    assert "0.50 before, 0.75 after (F1); CIDEr 0.40 before, 1.20 after" in text
    assert "CIDEr 0.600 before, 0.585 after (-2.5%)" in text
    assert "61% stay word for word" in text
    assert "the decoder went 80% of the way" in text


def test_the_card_says_what_and_when() -> None:
    text = card_text(learned(None), Counts(4, 26, 1, 20, 3), "2024-05-02T10:00:00+00:00")
    assert text.startswith("# b+learned 1\n\nThe bundle b 1, which learned on 2024-05-02 from what its user said of 30")
    assert "4 photos approved, 26 corrected, 1 rejected; 20 tags put in, 3 taken out" in text


def test_json_holds_it_all() -> None:
    record = learned(None, note="why").as_json()
    assert [tag["on"] for tag in record["new_tags"]] == [True, False]
    assert record["new_tags"][0]["precision"] == (0.75, 1.0)
    assert record["too_few"] == [{"label": "Tom", "photos": 2}]
    assert record["captions"] == {"learned": False, "why": "why"}
