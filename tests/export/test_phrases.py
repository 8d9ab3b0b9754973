"""Models that expect phrases: what they learn, and that the graph says what the model does."""

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="the extra train is not installed")

from tagger_export.phrases import fit_phrases, phrases_of, vectors_of

from tagger.captioning.ngrams import Phrases
from tagger.captioning.session import Graph

WORDS = {"red": 0, "green": 1, "blue": 2}


def photos(count: int = 60) -> tuple[np.ndarray, np.ndarray, list[tuple[str, ...]]]:
    """Features in two views, tags and captions of photos of one colour."""
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 3, count)
    pooled = rng.random((count, 2, 4)).astype(np.float32) * 0.1
    pooled[np.arange(count), :, colours] += 2
    tags = np.full((count, 2, 3), 0.1, np.float32)
    tags[np.arange(count), :, colours] = 0.9
    said = [tuple(f"a {list(WORDS)[colour]} {thing}" for thing in ("wall", "car", "door")) for colour in colours]
    return pooled, tags, said


def table(said: list[tuple[str, ...]]) -> tuple[dict[str, float], int, float]:
    return phrases_of(said, ["a", *WORDS, "wall", "car", "door"])


def test_the_first_phrases_are_those_of_enough_photos() -> None:
    said = [("a red wall",) * 3] * 5 + [("a blue door",) * 3] * 4 + [("a car",) * 3] * 2
    weights, expected, rare = table(said)
    assert list(weights)[:expected] == ["a", "a red", "a red wall", "red", "red wall", "wall"]
    assert "blue door" in weights
    assert "a car" not in weights
    assert weights["a"] == 0 < weights["red"] < weights["blue"] < rare


def test_vectors_are_those_of_the_runtime() -> None:
    said = [("a red wall", "a car"), ("a blue door", "a red car"), ("the car",)] * 6
    weights, expected, rare = phrases_of([(*own, "a red wall") for own in said], ["a", *WORDS, "wall", "car"])
    ids = {word: i for i, word in enumerate(["a", "red", "wall", "car", "blue", "door", "the", "green"])}

    def tokens(text: str) -> tuple[int, ...]:
        return tuple(ids[word] for word in text.split())

    phrases = Phrases([tokens(phrase) for phrase in weights], list(weights.values()), rare)
    found = vectors_of(said[:2], weights, expected, rare)
    own = phrases.vectors([tokens(text) for text in said[0]])
    for phrase, value in zip(own.phrases, own.values.mean(axis=0), strict=True):
        place = phrases.place(phrase)
        if place is not None and place < expected:
            assert found[0, place] == pytest.approx(value)
    assert found.shape == (2, expected)


@pytest.mark.parametrize("told", [False, True])
def test_what_is_expected_is_what_people_write_of_such_photos(told: bool) -> None:
    pooled, tags, said = photos()
    weights, expected, rare = table(said)
    targets = vectors_of(said, weights, expected, rare)
    counts = np.full(len(said), 3)
    model = fit_phrases(pooled, tags if told else None, targets, counts, rank=8)
    seen = pooled[:, 0], tags[:, 0] if told else None
    found = model.expected(*seen)
    assert np.abs(found - targets).mean() < 0.3 * np.abs(targets - targets.mean(axis=0)).mean()
    names = list(weights)
    for word, colour in WORDS.items():
        own = found[np.argmax(pooled[:, 0], axis=1) == colour].mean(axis=0)
        assert own[names.index(word)] > 3 * max(own[names.index(other)] for other in WORDS if other != word)
    feed = {"pooled": seen[0]} | ({"tag_probabilities": seen[1]} if told else {})
    said_by_graph = Graph(model.to_onnx(), name="phrases").run(feed)["expected"]
    np.testing.assert_allclose(said_by_graph, found, atol=1e-4)


def test_a_bottleneck_keeps_what_matters() -> None:
    pooled, tags, said = photos()
    weights, expected, rare = table(said)
    targets = vectors_of(said, weights, expected, rare)
    errors = []
    for rank in (1, 2, 100):
        model = fit_phrases(pooled, tags, targets, np.full(len(said), 3), rank=rank)
        assert model.phrases.shape == (min(rank, 7), expected)
        errors.append(float(((model.expected(pooled[:, 0], tags[:, 0]) - targets) ** 2).mean()))
    assert errors[0] > 1.5 * errors[1]
    assert errors[1] == pytest.approx(errors[2], rel=0.1)  # three colours: two directions
