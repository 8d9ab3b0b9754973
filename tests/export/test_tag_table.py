"""The rows of tags.tsv for a trained tag head."""

import pytest
from tagger_export.tag_table import tag_labels
from tagger_training.concepts import load_concepts
from tagger_training.imagenet_labels import load_imagenet_labels

from tagger.captioning.tags import format_labels, parse_labels
from tagger.core.errors import RunError

CONCEPTS = {own.label: 0.5 for own in load_concepts()}
FINER = {own.label: own.threshold for own in load_imagenet_labels(load_concepts()).labels}


def test_the_rows_are_in_the_order_of_the_head_and_a_bundle_can_hold_them() -> None:
    rows = tag_labels(CONCEPTS | FINER)
    assert [row.label for row in rows] == [*CONCEPTS, *FINER]
    assert parse_labels(format_labels(rows)) == tuple(
        type(row)(row.label, round(row.threshold, 4), row.parents, row.synonyms, row.kind) for row in rows
    )
    pug = next(row for row in rows if row.label == "pug")
    assert pug.parents == ("dog", "pet", "animal")


def test_a_head_of_concepts_alone() -> None:
    assert len(tag_labels(CONCEPTS)) == len(CONCEPTS)


def test_a_head_of_another_table_is_refused() -> None:
    with pytest.raises(RunError, match="another table of concepts"):
        tag_labels({"unicorn": 0.5, **CONCEPTS})
    with pytest.raises(RunError, match="unicorn"):
        tag_labels({**CONCEPTS, "unicorn": 0.5})
