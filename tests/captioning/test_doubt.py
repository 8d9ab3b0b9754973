"""Numbers and colours of which the captioner is not sure: found, and left out without breaking the sentence."""

import math

import pytest

from tagger.captioning.doubt import doubtful, without
from tagger.captioning.wording import tidy


def left(sentence: str, *doubted: str) -> str:
    said = sentence.split()
    places = [place for place, word in enumerate(said) if word in doubted]
    return " ".join(tidy([part if isinstance(part, str) else said[part] for part in without(said, places)]))


def test_only_unlikely_numbers_and_colours_are_doubtful() -> None:
    said = ["two", "dogs", "on", "a", "red", "sofa"]
    logs = [math.log(p) for p in (0.9, 0.01, 0.01, 0.9, 0.1, 0.5)]
    assert doubtful(said, logs, 0.2) == [4]
    assert doubtful(said, logs, 0.95) == [0, 4]
    assert doubtful(said, logs, 0.0) == []


@pytest.mark.parametrize(
    ("sentence", "doubted", "expected"),
    [
        ("a red bus on a street", ("red",), "a bus on a street"),
        ("a red apple on a table", ("red",), "an apple on a table"),
        ("a black and white photo of a dog", ("black",), "a photo of a dog"),
        ("a dog in a white shirt and black tie", ("black",), "a dog in a white shirt and tie"),
        ("a woman in red on a beach", ("red",), "a woman on a beach"),
        ("a man dressed in black", ("black",), "a man"),
        ("a man wearing white holding a racket", ("white",), "a man holding a racket"),
        ("the door is red", ("red",), "the door is red"),
        ("an orange and a banana", ("orange",), "an orange and a banana"),
        ("two dogs on a beach", ("two",), "some dogs on a beach"),
        ("a group of three people", ("three",), "a group of people"),
        ("two of them", ("two",), "two of them"),
        ("a dozen donuts in a box", ("dozen",), "a dozen donuts in a box"),
        ("two red buses on a road", ("two", "red"), "some buses on a road"),
        ("a dog", (), "a dog"),
    ],
)
def test_what_is_left(sentence: str, doubted: tuple[str, ...], expected: str) -> None:
    assert left(sentence, *doubted) == expected
