"""Scores to tags."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.tags import Label, TagSelector, format_labels, parse_labels
from tagger.core.errors import BundleError
from tagger.core.records import Tag

ANIMALS = (
    Label("animal", 0.8),
    Label("pet", 1.1, ("animal",)),
    Label("dog", 0.5, ("pet", "animal"), ("hound", "puppy")),
    Label("cat", 0.6, ("pet", "animal")),
    Label("sky", 0.3),
)


def select(*scores: float) -> tuple[Tag, ...]:
    found = TagSelector(ANIMALS).select(np.array(scores, np.float64))
    return tuple(Tag(tag.label, round(tag.score, 6), tag.ancestors) for tag in found)


def test_thresholds() -> None:
    assert select(0.79, 1.0, 0.49, 0.59, 0.29) == ()
    assert select(0.8, 0, 0, 0, 0.3) == (Tag("animal", 0.8), Tag("sky", 0.3))


def test_ancestors_come_along_and_are_as_sure() -> None:
    assert select(0.1, 0.7, 0.6, 0, 0) == (
        Tag("animal", 0.7), Tag("pet", 0.7, ("animal",)), Tag("dog", 0.6, ("pet", "animal")),
    )  # fmt: skip
    assert select(0.1, 0.1, 0.6, 0.9, 0)[0] == Tag("animal", 0.9)


def test_scores_must_fit() -> None:
    with pytest.raises(ValueError, match="zip"):
        select(0.5)


@given(scores=st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_order_and_hierarchy(scores: list[float]) -> None:
    tags = select(*scores)
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
    by_label = {tag.label: tag for tag in tags}
    assert len(by_label) == len(tags)
    assert all(by_label[name].score >= tag.score for tag in tags for name in tag.ancestors)


def test_table_round_trip() -> None:
    assert parse_labels(format_labels(ANIMALS)) == ANIMALS
    assert parse_labels(format_labels(())) == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("dog\t0.5\t", "line 2"),
        ("dog\thigh\t\t", "line 2"),
        ("dog\t0.5\tanimal\t", "unknown parent"),
        ("d\x07g\t0.5\t\t", "bad name"),
        ("d;g\t0.5\t\t", "bad name"),
    ],
)
def test_bad_rows(row: str, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        parse_labels(f"label\tthreshold\tparents\tsynonyms\n{row}\n")


@pytest.mark.parametrize("table", ["", "label\tthreshold\n", "dog\t0.5\t\t\n"])
def test_no_header(table: str) -> None:
    with pytest.raises(BundleError, match="does not begin with the columns"):
        parse_labels(table)
