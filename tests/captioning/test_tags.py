"""The table of labels."""

from pathlib import Path

import pytest
import tiny_bundle

from tagger.captioning.bundle import load_bundle
from tagger.captioning.kinds import excludes, kinds_of
from tagger.captioning.tags import Label, format_labels, load_labels, parse_labels
from tagger.core.errors import BundleError

ANIMALS = (
    Label("animal", 0.8),
    Label("pet", 1.1, ("animal",)),
    Label("dog", 0.5, ("pet", "animal"), ("hound", "puppy")),
    Label("cat", 0.6, ("pet", "animal"), (), "animal"),
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


def test_the_table_of_an_older_bundle_has_no_kinds() -> None:
    assert parse_labels("label\tthreshold\tparents\tsynonyms\ndog\t0.5\t\tpuppy\n") == (
        Label("dog", 0.5, (), ("puppy",)),
    )


@pytest.mark.parametrize("row", ["dog\t0.5\t\t", "dog\t0.5\t\t\tanimal\tmore"])
def test_a_row_is_as_long_as_the_header(row: str) -> None:
    with pytest.raises(BundleError, match=r"line 2 is not 5 columns"):
        parse_labels(f"label\tthreshold\tparents\tsynonyms\tkind\n{row}\n")


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (("pug", "dog", "animal"), ("tabby", "cat", "animal"), True),
        (("pug", "dog", "animal"), ("dog", "animal"), False),
        (("pug", "dog", "animal"), ("animal",), False),
        (("pug", "dog", "animal"), ("kitchen",), False),
        (("kitchen",), ("kitchen",), False),
    ],
)
def test_which_labels_exclude_each_other(one: tuple[str, ...], other: tuple[str, ...], wanted: bool) -> None:
    kinds = {"dog": "animal", "cat": "animal", "kitchen": "room", "animal": ""}
    assert excludes(kinds_of(one, kinds), kinds_of(other, kinds)) is wanted
    assert excludes(kinds_of(other, kinds), kinds_of(one, kinds)) is wanted
