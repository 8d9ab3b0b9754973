"""Scores of captions and tags against figures worked out by hand or by the reference code."""

import numpy as np
import pytest
from tagger_training.metrics import average_precision, has_java, score_captions, score_tags


def test_average_precision_by_hand() -> None:
    truth = np.array([True, False, True, False])
    assert average_precision(np.array([0.9, 0.8, 0.7, 0.1], np.float32), truth) == pytest.approx((1 + 2 / 3) / 2)


def test_tags_by_hand() -> None:
    truth = np.array([[1, 0], [1, 1], [1, 0], [0, 0]], bool)
    scores = np.array([[0.9, 0.2], [0.8, 0.7], [0.3, 0.6], [0.1, 0.1]], np.float32)
    result = score_tags(scores, scores >= 0.5, truth)
    assert (result.precision, result.recall) == (pytest.approx(3 / 4), pytest.approx(3 / 4))
    assert (result.labels_in_map, result.mean_average_precision) == (1, pytest.approx(1.0))
    assert (result.tags_per_photo, result.without, result.labels_fired) == (1.0, 0.25, 2)


@pytest.mark.slow
def test_captions_score_as_the_reference_code_does() -> None:
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge

    references = [["a dog runs", "a brown dog runs on grass"], ["a cat sleeps", "the cat is asleep on a bed"]]
    said = ["A dog runs.", "A dog on a bed"]
    scores = score_captions(said, references)
    expected, _ = Cider().compute_score(dict(enumerate(references)), {0: ["a dog runs"], 1: ["a dog on a bed"]})
    assert scores.cider == pytest.approx(float(expected))
    assert sum(scores.each) / 2 == pytest.approx(scores.cider)
    rouge, _ = Rouge().compute_score(dict(enumerate(references)), {0: ["a dog runs"], 1: ["a dog on a bed"]})
    assert scores.rouge_l == pytest.approx(float(rouge))
    assert scores.meteor is None
    assert scores.distinct_words == 5
    assert scores.mean_length == 4.0
    perfect = score_captions(["a dog runs fast", "a cat sleeps well"], [["a dog runs fast"], ["a cat sleeps well"]])
    assert perfect.bleu[3] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.slow
def test_meteor_where_there_is_java() -> None:
    if not has_java():
        pytest.skip("no Java here")
    same = score_captions(["a dog runs on grass"], [["a dog runs on grass"]], meteor=True).meteor
    other = score_captions(["a dog runs on grass"], [["two cats in a red box"]], meteor=True).meteor
    assert same is not None
    assert other is not None
    assert 0 <= other < 0.3 < same <= 1
