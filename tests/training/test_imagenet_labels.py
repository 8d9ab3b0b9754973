"""The reviewed table of ImageNet's classes under everyday names."""

import re
from collections import Counter

import pytest
from tagger_training.concepts import load_concepts
from tagger_training.imagenet_labels import (
    ALONE,
    BROADLY,
    CLASSES,
    OFF,
    SUPPORTED,
    ImagenetLabel,
    load_imagenet_labels,
    membership,
)

CONCEPTS = load_concepts()
NAMES = {concept.label for concept in CONCEPTS}
TABLE = load_imagenet_labels(CONCEPTS)
LABELS = {label.label: label for label in TABLE.labels}


def test_there_are_enough_labels_that_are_on() -> None:
    assert len(CONCEPTS) + len([label for label in TABLE.labels if label.threshold <= 1]) >= 400


def test_no_label_is_there_twice_or_a_concept() -> None:
    assert len(LABELS) == len(TABLE.labels)
    assert not LABELS.keys() & NAMES
    assert all(re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", label) for label in LABELS)


def test_a_synonym_is_no_label_and_means_one_label() -> None:
    synonyms = Counter(word for label in TABLE.labels for word in label.synonyms)
    assert not synonyms.keys() & (NAMES | LABELS.keys())
    assert [word for word, count in synonyms.items() if count > 1] == []


def test_every_label_has_classes_and_parents_that_exist() -> None:
    for label in TABLE.labels:
        assert label.classes, label.label
        assert set(label.classes) <= set(range(CLASSES))
        assert set(label.parents) <= NAMES | LABELS.keys()
        assert label.label not in label.parents
        assert set(label.against) <= NAMES - set(label.parents)


def test_parents_have_the_classes_of_what_is_below_them() -> None:
    for label in TABLE.labels:
        for parent in set(label.parents) & LABELS.keys():
            assert set(label.classes) <= set(LABELS[parent].classes)
    related = {(a, b) for a in LABELS for b in (*LABELS[a].parents, a)}
    for one in TABLE.labels:
        for other in TABLE.labels:
            if (one.label, other.label) not in related and (other.label, one.label) not in related:
                assert not set(one.classes) & set(other.classes), (one.label, other.label)


def test_a_breed_needs_its_animal_and_no_other() -> None:
    pug: ImagenetLabel = LABELS["pug"]
    assert pug.parents == ("dog", "pet", "animal")
    assert (pug.support, pug.threshold) == ("dog", SUPPORTED)
    assert {"cat", "horse", "bird"} <= set(pug.against)
    assert not {"dog", "pet", "animal", "herd"} & set(pug.against)


@pytest.mark.parametrize(
    ("label", "support", "threshold"),
    [("fox", "animal", BROADLY), ("castle", "building", BROADLY), ("guitar", "", ALONE), ("fountain", "", OFF)],
)
def test_the_less_a_parent_says_the_surer_a_label_has_to_be(label: str, support: str, threshold: float) -> None:
    assert (LABELS[label].support, LABELS[label].threshold) == (support, threshold)


def test_without_support_a_label_has_to_be_as_sure_as_one_without_a_parent() -> None:
    fox, pug, guitar = (LABELS[name] for name in ("fox", "pug", "guitar"))
    assert fox.alone * ALONE == pytest.approx(BROADLY)
    assert (pug.alone, guitar.alone) == (0.0, 1.0)


def test_concepts_have_the_classes_that_mean_them() -> None:
    assert set(TABLE.meanings) <= NAMES
    assert set(LABELS["school bus"].classes) < set(TABLE.meanings["bus"])
    assert len(TABLE.meanings["dog"]) == 118


def test_membership_has_a_column_for_each_label() -> None:
    table = membership([(1, 3), (999,)])
    assert table.shape == (CLASSES, 2)
    assert table.sum(axis=0).tolist() == [2, 1]
    assert table[3, 0] == table[999, 1] == 1
