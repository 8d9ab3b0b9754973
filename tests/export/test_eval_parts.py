"""Counting, comparing and drawing of ``tagger eval``, on figures worked out by hand."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from tagger_export.habits import habits, has_wrong_article, repeats
from tagger_export.outputs import PAGE, check_new, new_file
from tagger_export.sureness import sureness
from tagger_training.datasets import CaptionedPhoto

from tagger.core.errors import RunError
from tagger.core.records import Caption, Tag


def caption(text: str = "A dog", confidence: float | None = None, tags: int = 0) -> Caption:
    return Caption(text, -2.0, tags=tuple(Tag(str(i), 0.9) for i in range(tags)), confidence=confidence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A man wearing a tie and a tie", True),
        ("A man holding a man", True),
        ("A man in a suit and tie wearing a tie", True),
        ("A bed in a bed", True),
        ("A tennis player with a tennis racket on a tennis court", False),
        ("A white plate on a white table", False),
        ("A train on train tracks", False),
        ("A young man next to a young woman", False),
        ("Two cats and two dogs", False),
        ("", False),
    ],
)
def test_naming_a_thing_twice(text: str, expected: bool) -> None:
    assert repeats(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A elephant in the grass", True),
        ("An dog", True),
        ("A photo of a", True),
        ("A man with a a dog", True),
        ("An elephant in an hour with a unicycle", False),
        ("Two dogs", False),
    ],
)
def test_wrong_articles(text: str, expected: bool) -> None:
    assert has_wrong_article(text) is expected


def test_what_many_captions_have_in_common() -> None:
    said = [caption("A dog.", tags=3), caption("a dog", tags=1), caption("A cat and a cat"), caption("A owl", tags=4)]
    found = habits(said, tagged=True)
    assert (found.shared, found.repeating, found.wrong_articles) == (0.5, 1, 1)
    assert (found.tags_a_photo, found.untagged) == (2.0, 0.25)
    assert habits(said, tagged=False).untagged is None


def test_confidence_against_what_is_right() -> None:
    said = [caption(confidence=value) for value in (0.92, 0.96, 0.98, 0.15, 0.15, 1.0, 0.5, 0.0, 0.15, 0.15)]
    cider = [1.0, 0.6, 0.1, 0.0, 0.7, 2.0, 0.5, 0.0, 0.1, 0.3]
    found = sureness(said, cider, level=0.5, threshold=0.5)
    assert found.calibrated
    assert found.writing == 0.5
    assert found.written == pytest.approx((1.0 + 0.6 + 0.1 + 2.0 + 0.5) / 5)
    assert found.surest == pytest.approx((2.0 + 0.1 + 0.6 + 1.0 + 0.5 + 0.0 + 0.7) / 7)
    assert [(each.captions, each.observed) for each in found.bins] == [(1, 0.0), (4, 0.25), (1, 1.0), (4, 0.75)]
    assert [each.predicted for each in found.bins] == pytest.approx([0.0, 0.15, 0.5, 0.965])
    assert found.error == pytest.approx((0 + 4 * 0.1 + 0.5 + 4 * 0.215) / 10)


def test_confidence_that_nobody_calibrated_and_thresholds_that_nothing_reaches() -> None:
    said = [caption("A dog runs on grass"), Caption("A cat", math.nan)]
    found = sureness(said, [0.4, 0.2], threshold=0.9)
    assert not found.calibrated
    assert (found.writing, found.written) == (0.0, None)
    assert found.bins[0].predicted == 0.0  # nothing is known of the second
    assert sureness(said, [0.4, 0.2]).threshold is None


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    with pytest.raises(RunError, match="is there already"):
        check_new(mine, "--html", PAGE)
    with pytest.raises(RunError, match="is there already"), new_file(mine, "--html"):
        pass
    with pytest.raises(RunError, match=r"is not called \.html"):
        check_new(tmp_path / "photo.jpg", "--html", PAGE)
    with pytest.raises(RunError, match="there is no folder"):
        check_new(tmp_path / "none/page.html", "--html", PAGE)
    with pytest.raises(RunError, match="cannot be written"), new_file(tmp_path / "none/page.html", "--html"):
        pass
    assert mine.read_text() == "mine"


def test_photos_are_chosen_by_the_seed() -> None:
    from tagger_export.comparison import like, sample

    photos = [CaptionedPhoto(Path(f"{i}.jpg"), ("a dog",) * (1 + i % 3)) for i in range(30)]
    chosen = sample(photos, 10, 7)
    assert chosen == sample(photos, 10, 7) != sample(photos, 10, 8)
    assert chosen == sorted(chosen, key=photos.index)
    assert len(set(chosen)) == 10
    assert sample(photos, 31, 7) == photos
    two = [CaptionedPhoto(Path("other.jpg"), ("a", "b")), CaptionedPhoto(Path("more.jpg"), ("a", "b", "c"))]
    assert {photo.captions for photo in like(photos, two)} == {("a dog", "a dog")}
    assert len(like(photos, two)) == 20
    with pytest.raises(RunError, match="no training photo has 2 captions"):
        like(photos[:1], two)


def test_the_interval_of_a_difference_is_that_of_its_mean() -> None:
    from tagger_export.answers import Speed
    from tagger_export.comparison import difference, gap
    from tagger_export.evaluation import Evaluation, bootstrap_error
    from tagger_training.metrics import CaptionScores

    def scored(each: "np.ndarray") -> Evaluation:
        values = tuple(float(value) for value in each)
        scores = CaptionScores((0, 0, 0, 0), 0, None, float(each.mean()), 0, 1, 1, len(each), values)
        said = tuple(caption() for _ in values)
        made = habits(said, tagged=False), sureness(said, values)
        photos = tuple(CaptionedPhoto(Path(f"{i}.jpg"), ("a dog",)) for i in range(len(values)))
        return Evaluation(photos, said, scores, None, *made, Speed(1.0))

    random = np.random.default_rng(3)
    first = random.gamma(1.0, 0.6, 300)
    change = random.normal(0.05, 0.2, 300)
    change[:100] = 0
    found = difference(scored(first), scored(first + change))
    assert found.mean == pytest.approx(change.mean())
    width = 1.96 * change.std() / math.sqrt(300)
    assert (found.low, found.high) == pytest.approx((change.mean() - width, change.mean() + width), abs=0.2 * width)
    # Paired: the photos' own ups and downs, three times as large, are not in it.
    assert found.high - found.low < 0.5 * 3.92 * bootstrap_error(first.tolist())
    assert found.better + found.worse == 200
    same = difference(scored(first), scored(first))
    assert (same.mean, same.low, same.high, same.better, same.worse) == (0, 0, 0, 0, 0)
    two = gap(scored(first + 1), scored(first))
    assert two.cider == pytest.approx(1.0)
    assert two.error == pytest.approx(math.sqrt(2) * first.std() / math.sqrt(300), rel=0.08)


def test_a_dot_with_its_line_for_every_bin() -> None:
    from tagger_export.markup import reliability_diagram

    said = [caption(confidence=value) for value in (0.1, 0.1, 0.1, 0.1, 0.75, 0.75)]
    drawn = reliability_diagram(sureness(said, [0, 0, 0, 0, 1, 0], level=0.5))
    assert drawn.count("<circle") == 2
    assert "<title>4 captions: 0.10 predicted, 0.00 observed</title>" in drawn
    # Of a share of 1 in 2, between 1/2 - 1/sqrt(12) and 1/2 + 1/sqrt(12); of 0 in 4, between 0 and 1/5.
    lines = [(230 - float(low), 230 - float(high)) for low, high in re.findall(r'd="M[\d.]+ ([\d.]+)V([\d.]+)"', drawn)]
    assert [value / 220 for line in lines for value in line] == pytest.approx([0, 0.2, 0.2113, 0.7887], abs=1e-3)
