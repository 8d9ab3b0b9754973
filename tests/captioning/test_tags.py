"""The table of labels."""

from pathlib import Path

import pytest
import tiny_bundle

from tagger.captioning.bundle import load_bundle
from tagger.captioning.tags import Label, format_labels, load_labels, parse_labels
from tagger.core.errors import BundleError

ANIMALS = (
    Label("animal", 0.8),
    Label("pet", 1.1, ("animal",)),
    Label("dog", 0.5, ("pet", "animal"), ("hound", "puppy")),
    Label("cat", 0.6, ("pet", "animal")),
    Label("sky", 0.3),
)


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


def test_labels_of_a_bundle(own_bundle: Path, tmp_path: Path) -> None:
    assert [label.label for label in load_labels(load_bundle(own_bundle))] == [
        "colour", "warm", "cold", "red", "green", "blue",
    ]  # fmt: skip
    tiny_bundle.replace_file(own_bundle, "tags.tsv", b"label\tthreshold\tparents\tsynonyms\ncaf\xe9\t1\t\t\n")
    with pytest.raises(BundleError, match="not UTF-8"):
        load_labels(load_bundle(own_bundle))
    manifest = tiny_bundle.read_manifest(own_bundle)
    tiny_bundle.write_manifest(own_bundle, manifest | {"tags": {}})
    assert load_labels(load_bundle(own_bundle)) == ()
