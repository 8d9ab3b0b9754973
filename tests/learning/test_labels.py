"""New tags from a few photos, known ones put right; what cannot be shown to be right is off."""

from pathlib import Path

import numpy as np
import pytest

from tagger.captioning.onnx_file import numbers_of
from tagger.captioning.tags import Label, parse_labels
from tagger.core.records import Photo
from tagger.learning.corrections import Judged
from tagger.learning.labels import LearnedLabels, learn_labels

LABELS = (Label("animal", 1.1), Label("dog", 0.5, ("animal",)), Label("car", 0.5))
FEATURES, PHOTOS = 30, 140
RNG = np.random.default_rng(5)


def pictures(kinds: "list[int]") -> tuple["np.ndarray", "np.ndarray"]:
    """Pooled features of photos of some kinds, and scores that know nothing of them."""
    centres = np.random.default_rng(0).random((4, FEATURES)) * 4
    pooled = np.stack([np.maximum(centres[kind] + RNG.normal(size=FEATURES) * 0.5, 0) for kind in kinds])
    return pooled.astype(np.float32), np.full((len(kinds), len(LABELS)), 0.2, np.float32)


def judged(number: int, **says: object) -> Judged:
    return Judged(Photo(Path(f"/p/{number}.jpg"), 1, 1), f"{number:064}", reviewed=True, **says)  # type: ignore[arg-type]


def learn(
    those: list[Judged], kinds: list[int], scores: "np.ndarray | None" = None
) -> tuple[LearnedLabels, "np.ndarray"]:
    pooled, plain = pictures(kinds)
    used = plain if scores is None else scores
    spelling = {label: label.title() for one in those for label in one.added}
    learned = learn_labels(those, pooled, used, LABELS, [label.label for label in LABELS], spelling)
    e = learned.extension
    read = (numbers_of(pooled, used) - e.mean) / e.deviation
    return learned, 1 / (1 + np.exp(-(read @ e.weights + e.bias)))


def rex(count: int, others: int = 15) -> list[Judged]:
    having = [judged(i, right=frozenset({"rex"}), added=frozenset({"rex"})) for i in range(count)]
    return [*having, *(judged(count + i) for i in range(others))]


@pytest.mark.parametrize("count", [5, 12])
def test_a_new_tag_from_a_few_photos(count: int) -> None:
    those = rex(count)
    kinds = [1] * count + [i % 3 * 2 % 3 for i in range(15)] + [i % 4 for i in range(PHOTOS)]
    kinds = [1 if i < count else (0 if kind == 1 else kind) for i, kind in enumerate(kinds)]
    learned, scores = learn(those, kinds)
    (tag,) = learned.new
    assert (tag.label, tag.photos, tag.on) == ("Rex", count, True)
    assert tag.wrong == tag.elsewhere == 0
    assert tag.found >= count - 1
    assert learned.labels[-1].label == "Rex"
    assert learned.labels[:-1] == LABELS
    fired = scores[:, 0] >= learned.labels[-1].threshold
    assert fired.sum() <= count


def test_a_tag_that_nothing_tells_apart_is_off() -> None:
    learned, _ = learn(rex(6), [0] * (21 + PHOTOS))
    (tag,) = learned.new
    assert not tag.on
    assert learned.labels[-1].threshold > 1


def test_a_tag_that_nothing_speaks_against_is_off() -> None:
    learned, _ = learn(rex(6, others=0), [1] * 6)
    assert not learned.new[0].on


def test_too_few_photos_are_named() -> None:
    learned, _ = learn(rex(4), [1] * 4 + [0] * (15 + PHOTOS))
    assert learned.new == ()
    assert learned.few == (("Rex", 4),)
    assert not learned.changes


def test_a_known_tag_is_put_right() -> None:
    wrong = [judged(i, wrong=frozenset({"dog"})) for i in range(10)]
    good = [judged(10 + i, right=frozenset({"dog"})) for i in range(10)]
    kinds = [1] * 10 + [2] * 10 + [i % 4 for i in range(PHOTOS)]
    scores = np.full((len(kinds), len(LABELS)), 0.1, np.float32)
    scores[:20, 1] = 0.8
    learned, _ = learn([*wrong, *good], kinds, scores)
    (tag,) = learned.shifted
    assert (tag.label, tag.wrong, tag.missing, tag.right_before) == ("dog", 10, 0, 0)
    assert tag.right_after >= 8
    assert learned.extension.changed.tolist() == [1]
    assert learned.labels == LABELS


def test_names_that_the_table_cannot_hold_are_left_out() -> None:
    those = [judged(i, right=frozenset({"a;b"}), added=frozenset({"a;b"})) for i in range(6)]
    learned, _ = learn(those, [1] * 6 + [0] * PHOTOS)
    assert learned.new == ()


def test_the_table_can_be_read_again() -> None:
    from tagger.captioning.tags import format_labels

    learned, _ = learn(rex(6), [1] * 6 + [0] * (15 + PHOTOS))
    assert parse_labels(format_labels(learned.labels))[-1].label == "Rex"
