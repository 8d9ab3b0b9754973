"""Which concepts a caption names."""

import numpy as np
from tagger_training.concepts import Concept, ConceptMatcher, load_concepts

CONCEPTS = (
    Concept("animal", (), ("animals",), "animal"),
    Concept("dog", ("animal",), ("dogs", "puppy"), "animal"),
    Concept("hot dog", (), ("hot dogs",), "food"),
    Concept("street", (), (), "place"),
)


def named(caption: str) -> set[str]:
    return ConceptMatcher(CONCEPTS).named(caption)


def test_a_label_brings_its_parents() -> None:
    assert named("Two dogs on the street.") == {"dog", "animal", "street"}


def test_the_longest_phrase_wins() -> None:
    assert named("A man eats a hot dog") == {"hot dog"}
    assert named("A puppy eats a HOT DOG") == {"hot dog", "dog", "animal"}


def test_only_whole_words_count() -> None:
    assert named("A hotdog, a dogma, streets") == set()


def test_share_is_of_the_captions_that_name_it() -> None:
    share = ConceptMatcher(CONCEPTS).share([("a dog", "a puppy", "an animal", "a street"), ("nothing",)])
    np.testing.assert_allclose(share, [[0.75, 0.5, 0, 0.25], [0, 0, 0, 0]])


def test_the_shipped_table_closes_its_hierarchy() -> None:
    concepts = {concept.label: concept for concept in load_concepts()}
    assert len(concepts) >= 250
    for concept in concepts.values():
        assert concept.label not in concept.parents
        for parent in concept.parents:
            assert set(concepts[parent].parents) <= set(concept.parents)
