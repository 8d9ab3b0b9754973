"""Labels that captions name, by the bundle's own table, as training finds them."""

from tagger_training.concepts import ConceptMatcher, load_concepts

from tagger.captioning.naming import Naming
from tagger.captioning.tags import Label

LABELS = (
    Label("dog", 0.5, ("animal",), ("dogs", "puppy")),
    Label("animal", 0.5),
    Label("hot dog", 0.5, ("food",), ("hot dogs",)),
    Label("food", 0.5),
    Label("red", 0.5),
)


def test_the_longest_phrase_first_and_parents_too() -> None:
    naming = Naming(LABELS)
    assert naming.named(["a", "puppy", "with", "a", "red", "ball"]) == [0, 1, 4]
    assert naming.named(["a", "hot", "dog", "on", "a", "plate"]) == [2, 3]
    assert naming.named([]) == []
    assert Naming(()).named(["dog"]) == []


def test_one_word() -> None:
    naming = Naming(LABELS)
    assert naming.label_of("red") == 4
    assert naming.label_of("puppy") == 0
    assert naming.label_of("blue") is None


def test_as_in_training() -> None:
    concepts = load_concepts()
    place = {concept.label: i for i, concept in enumerate(concepts)}
    labels = [Label(concept.label, 0.5, concept.parents, concept.synonyms) for concept in concepts]
    naming, matcher = Naming(labels), ConceptMatcher(concepts)
    for caption in (
        "a man wearing a tie and a tie",
        "two dogs playing with a hot dog on the beach",
        "a red double decker bus driving down a city street",
        "a baseball player swinging a bat at a ball",
    ):
        assert {labels[i].label for i in naming.named(caption.split())} == matcher.named(caption)
        assert naming.named(caption.split()) == sorted(place[label] for label in matcher.named(caption))
