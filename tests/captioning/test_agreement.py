"""Caption and tags that do not contradict each other."""

import math

import numpy as np
import pytest

from tagger.captioning.agreement import Agreement
from tagger.captioning.tags import Label

LABELS = (
    Label("animal", 0.5),
    Label("cat", 0.5, ("animal",), ("kitten",), "animal"),
    Label("dog", 0.5, ("animal",), ("puppy", "pug"), "animal"),
    Label("street", 0.5),
    Label("tabby cat", 0.5, ("cat", "animal")),
    Label("pug", 0.5, ("dog", "animal")),
    Label("fox", 0.5, ("animal",), (), "animal"),
)
BEFORE = np.array([0.6, 0.6, 0.5, 0.5, 0.5, 0.4, 0.3], np.float32)


def agreed(caption: str, sureness: float = 1.0, before: np.ndarray = BEFORE) -> dict[str, float]:
    after = Agreement(LABELS).agreed(before, caption, sureness)
    return {label.label: float(p) for label, p in zip(LABELS, after, strict=True)}


def changes(caption: str, sureness: float = 1.0) -> dict[str, str]:
    after = agreed(caption, sureness)
    return {
        label.label: "+" if after[label.label] > p else "-"
        for label, p in zip(LABELS, BEFORE.tolist(), strict=True)
        if after[label.label] != pytest.approx(p)
    }


def test_what_the_caption_names_rises_and_what_that_excludes_falls() -> None:
    assert changes("A dog sits on the floor") == {
        "animal": "+", "dog": "+", "cat": "-", "tabby cat": "-", "fox": "-",
    }  # fmt: skip


def test_the_finer_label_of_a_word_is_meant_and_what_it_always_is_rises_too() -> None:
    assert changes("A pug") == {"animal": "+", "dog": "+", "pug": "+", "cat": "-", "tabby cat": "-", "fox": "-"}


def test_a_caption_may_name_both() -> None:
    assert changes("A cat and a dog") == {"animal": "+", "cat": "+", "dog": "+", "fox": "-"}


def test_a_finer_label_of_what_is_named_is_left_alone() -> None:
    assert "tabby cat" not in changes("A kitten on a street")


def test_nothing_happens_where_nothing_is_named_or_the_caption_is_not_sure() -> None:
    assert changes("A bench") == {}
    assert changes("A dog", 0.0) == {}
    assert changes("A dog", math.nan) == {}
    assert changes("") == {}


def test_more_by_a_caption_that_is_sure() -> None:
    unsure, sure = agreed("A dog", 0.3), agreed("A dog", 0.9)
    assert 0.5 < unsure["dog"] < sure["dog"]
    assert 0.6 > unsure["cat"] > sure["cat"]


def test_a_tag_that_is_sure_by_itself_stays() -> None:
    before = np.array([0.99, 0.97, 0.5, 0.1, 0.1, 0.1, 0.0], np.float32)
    after = agreed("A dog", 0.7, before)
    assert after["cat"] > 0.8
    assert 0 <= after["fox"] <= 1e-6  # certain before, and still a probability
    assert before[1] == np.float32(0.97)  # what came in is not changed


def test_a_bundle_without_labels() -> None:
    assert Agreement(()).agreed(np.zeros(0, np.float32), "A dog", 1.0).shape == (0,)
