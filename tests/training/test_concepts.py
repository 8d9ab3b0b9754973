"""The concept table that training and tagging share is well formed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

CONCEPTS = Path(__file__).parents[2] / "training" / "tagger_training" / "concepts.tsv"
HEADER = ["label", "parents", "synonyms", "group", "kind"]
MAX_PARENTS = 3
MIN_LABELS = 250


def _split(field: str) -> list[str]:
    return field.split(";") if field else []


@pytest.fixture(scope="module")
def text() -> str:
    return CONCEPTS.read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.rstrip("\n").split("\n")[1:]]


@pytest.fixture(scope="module")
def parents(rows: list[list[str]]) -> dict[str, list[str]]:
    return {row[0]: _split(row[1]) for row in rows}


def test_file_ends_with_one_newline_and_has_no_control_characters(text: str) -> None:
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search(r"[^\S \t\n]|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]", text)


def test_header_names_the_columns(text: str) -> None:
    assert text.split("\n", 1)[0].split("\t") == HEADER


def test_every_row_has_all_columns_with_label_and_group(rows: list[list[str]]) -> None:
    bad = [row for row in rows if len(row) != len(HEADER) or not row[0] or not row[3]]
    assert bad == []


def test_there_are_enough_labels(rows: list[list[str]]) -> None:
    assert len(rows) >= MIN_LABELS


def test_labels_are_unique(rows: list[list[str]]) -> None:
    counts = Counter(row[0] for row in rows)
    assert [label for label, n in counts.items() if n > 1] == []


def test_words_are_lower_case_letters_or_digits_with_single_spaces(rows: list[list[str]]) -> None:
    words = [word for row in rows for word in [row[0], row[3], *_split(row[1]), *_split(row[2])]]
    assert [word for word in words if not re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", word)] == []


def test_parents_are_labels_few_and_not_repeated(parents: dict[str, list[str]]) -> None:
    missing = [(child, p) for child, ps in parents.items() for p in ps if p not in parents]
    assert missing == []
    too_many = [child for child, ps in parents.items() if len(ps) > MAX_PARENTS]
    assert too_many == []
    assert [child for child, ps in parents.items() if len(set(ps)) != len(ps)] == []


def test_parents_have_no_cycles(parents: dict[str, list[str]]) -> None:
    def ancestors(label: str) -> set[str]:
        found: set[str] = set()
        queue = list(parents[label])
        while queue:
            parent = queue.pop()
            if parent not in found:
                found.add(parent)
                queue.extend(parents[parent])
        return found

    assert [label for label in parents if label in ancestors(label)] == []


def test_no_word_belongs_to_two_labels(rows: list[list[str]]) -> None:
    # Counting the label itself too: a synonym may not repeat its own label or be another's.
    owners = Counter(word for row in rows for word in [row[0], *_split(row[2])])
    assert [word for word, n in owners.items() if n > 1] == []
