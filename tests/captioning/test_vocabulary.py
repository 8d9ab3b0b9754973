"""The user's rules on a bundle's labels: words, parents, thresholds, and what they refuse."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tagger.captioning.tags import Label
from tagger.captioning.vocabulary import Entry, EntryState, Rule, TagRules, Vocabulary
from tagger.core.errors import RunError

LABELS = (
    Label("animal", 0.8),
    Label("pet", 1.1, ("animal",)),
    Label("dog", 0.5, ("pet", "animal"), ("hound", "puppy")),
    Label("cat", 0.6, ("pet", "animal")),
    Label("hot dog", 0.4, ("food",)),
    Label("food", 9.0),
    Label("sky", 0.3),
)
FILE = Path("/photos/.tagger/tagger.toml")


def vocabulary(**rules: Any) -> Vocabulary:
    return Vocabulary(LABELS, TagRules(**rules), bundle="tiny 1")


def entries(**rules: Any) -> Mapping[str, Entry]:
    return {entry.label: entry for entry in vocabulary(**rules).entries}


def states(state: EntryState, **rules: Any) -> set[str]:
    return {label for label, entry in entries(**rules).items() if entry.state is state}


def refused(**rules: Any) -> RunError:
    with pytest.raises(RunError) as caught:
        vocabulary(**rules)
    return caught.value


def test_without_rules_the_labels_are_the_bundle_s() -> None:
    it = vocabulary()
    assert [(e.label, e.word, e.ancestors, e.threshold) for e in it.entries] == [
        (label.label, label.label, label.parents, label.threshold) for label in LABELS
    ]
    assert states(EntryState.OFF) == {"pet", "food"}
    assert it.fingerprint == ""


def test_synonyms() -> None:
    found = entries(synonyms={"DOG": "Hund", "animal": "Tier"})
    assert (found["dog"].word, found["dog"].ancestors) == ("Hund", ("pet", "Tier"))
    assert (found["animal"].word, found["cat"].ancestors) == ("Tier", ("pet", "Tier"))


def test_several_labels_under_one_word() -> None:
    found = entries(synonyms={"dog": "beast", "cat": "Beast", "animal": "beast"})
    assert {found[label].word for label in ("animal", "dog", "cat")} == {"beast"}, "one spelling: the first label's"
    assert found["dog"].ancestors == ("pet",), "a word is no parent of itself"


def test_case_prefix_and_suffix() -> None:
    found = entries(synonyms={"dog": "hund"}, prefix="ai/", suffix=" (ai)", case="sentence")
    assert found["dog"].word == "ai/Hund (ai)"
    assert found["dog"].ancestors == ("ai/Pet (ai)", "ai/Animal (ai)")
    assert found["hot dog"].word == "ai/Hot dog (ai)"


def test_hierarchy_takes_the_place_of_the_bundle_s() -> None:
    found = entries(hierarchy={"Dog": ("Friend", "animal"), "friend": ("family",)})
    assert found["dog"].ancestors == ("Friend", "animal", "family"), "nearest first"
    assert found["cat"].ancestors == ("pet", "animal")
    own = {label: (e.state, e.threshold, e.ancestors) for label, e in found.items() if e.state is EntryState.PARENT}
    assert own == {
        "Friend": (EntryState.PARENT, None, ("family",)),
        "family": (EntryState.PARENT, None, ()),
    }
    assert entries(hierarchy={"dog": ()})["dog"].ancestors == ()


def test_hierarchy_goes_on_above_the_bundle_s() -> None:
    found = entries(hierarchy={"animal": ("nature",)})
    assert found["dog"].ancestors == ("pet", "animal", "nature")
    assert found["animal"].ancestors == ("nature",)


def test_hierarchy_in_the_words_that_are_written() -> None:
    by_word = entries(synonyms={"dog": "Hund", "animal": "Tier"}, hierarchy={"hund": ("tier",)})
    by_label = entries(synonyms={"dog": "Hund", "animal": "Tier"}, hierarchy={"dog": ("animal",)})
    assert by_word == by_label
    assert by_word["dog"].ancestors == ("Tier",)


@pytest.mark.parametrize(
    ("hierarchy", "circle"),
    [
        ({"animal": ("dog",)}, "animal > dog > pet > animal"),
        ({"dog": ("Dog",)}, "dog > dog"),
        ({"sky": ("a",), "a": ("b",), "b": ("sky",)}, "sky > a > b > sky"),
    ],
)
def test_parents_in_a_circle(hierarchy: dict[str, tuple[str, ...]], circle: str) -> None:
    error = refused(hierarchy=hierarchy, origins={f"hierarchy.{next(iter(hierarchy))}": FILE})
    assert error.cause.startswith(f'{FILE}: tags.hierarchy, "{next(iter(hierarchy))}": the parents go in a circle: ')
    shown = error.cause.rpartition(": ")[2]
    assert shown == circle or shown.startswith("animal > ")


def test_a_circle_of_the_bundle_s_is_no_trap() -> None:
    labels = (Label("a", 0.5, ("b",)), Label("b", 0.5, ("a",)))
    assert [entry.ancestors for entry in Vocabulary(labels).entries] == [("b",), ("a",)]


def test_deny_covers_what_is_below() -> None:
    assert states(EntryState.DENIED, deny=("dog",)) == {"dog"}
    assert states(EntryState.DENIED, deny=("Pet",)) == {"pet", "dog", "cat"}
    assert states(EntryState.DENIED, deny=("animal", "sky")) == {"animal", "pet", "dog", "cat", "sky"}
    assert states(EntryState.DENIED, deny=("*dog",)) == {"dog", "hot dog"}
    assert states(EntryState.DENIED, synonyms={"dog": "Hund"}, deny=("hund",)) == {"dog"}
    own = {"hierarchy": {"dog": ("Friend",), "sky": ("Friend",)}}
    assert states(EntryState.DENIED, deny=("friend",), **own) == {"dog", "sky", "Friend"}
    entry = entries(deny=("sky", "animal"), origins={"deny": FILE})["dog"]
    assert entry.rule == Rule('deny "animal"', FILE)


def test_allow_covers_what_is_below() -> None:
    assert states(EntryState.ON, allow=("animal",)) == {"animal", "dog", "cat"}
    assert states(EntryState.ON, allow=("dog",)) == {"dog"}, "its parents only come along"
    assert states(EntryState.ON, allow=("*dog", "s*")) == {"dog", "hot dog", "sky"}
    assert states(EntryState.NOT_ALLOWED, allow=("animal",)) == {"hot dog", "food", "sky"}
    assert states(EntryState.OFF, allow=("animal",)) == {"pet"}, "to be allowed makes nothing reliable"
    assert states(EntryState.ON, allow=("animal",), deny=("dog",)) == {"animal", "cat"}, "deny wins"


def test_thresholds() -> None:
    rules = {"*": 0.35, "*dog": 0.45, "hot*": 0.9, "cat": 0.7}
    found = entries(thresholds=rules, origins={"thresholds.*dog": FILE})
    assert {label: entry.threshold for label, entry in found.items()} == {
        "animal": 0.35, "pet": 1.1, "dog": 0.45, "cat": 0.7, "hot dog": 0.45, "food": 9.0, "sky": 0.35,
    }  # fmt: skip
    assert found["dog"].rule == Rule('thresholds "*dog"', FILE)
    assert found["pet"].rule == Rule()


def test_a_threshold_by_name_switches_on() -> None:
    found = entries(thresholds={"food": 0.6})
    assert (found["food"].state, found["food"].threshold) == (EntryState.ON, 0.6)


def test_least_score() -> None:
    found = entries(thresholds={"sky": 0.2}, min_score=0.55, origins={"min_score": FILE})
    assert {label: entry.threshold for label, entry in found.items()} == {
        "animal": 0.8, "pet": 1.1, "dog": 0.55, "cat": 0.6, "hot dog": 0.55, "food": 9.0, "sky": 0.55,
    }  # fmt: skip
    assert found["sky"].rule == Rule("min_score", FILE)
    assert found["cat"].rule == Rule()


@pytest.mark.parametrize(
    ("rules", "cause", "hint"),
    [
        ({"deny": ("dgo",)}, 'tags.deny, "dgo": tiny 1 has no such tag', 'did you mean "dog"?'),
        ({"allow": ("xyz*",)}, 'tags.allow, "xyz*": tiny 1 has no such tag', "tagger tags list --all"),
        ({"deny": ("Hound",)}, 'tags.deny, "Hound"', 'did you mean "dog"?'),
        ({"synonyms": {"Hot dgo": "Wurst"}}, 'tags.synonyms, "Hot dgo"', 'did you mean "hot dog"?'),
        ({"synonyms": {"dog": "Hund", "hund": "Köter"}}, 'tags.synonyms, "hund"', "did you mean"),
        ({"thresholds": {"skyy": 0.5}}, 'tags.thresholds, "skyy"', 'did you mean "sky"?'),
        ({"hierarchy": {"Rex": ("dog",)}}, 'tags.hierarchy, "Rex"', "tagger tags list"),
    ],
)
def test_names_that_mean_nothing(rules: dict[str, Any], cause: str, hint: str) -> None:
    error = refused(**rules)
    assert error.cause.startswith(cause)
    assert hint in error.hint
    key, value = next(iter(rules.items()))
    origin = key if isinstance(value, tuple) else f"{key}.{list(value)[-1].casefold()}"
    assert refused(**rules, origins={origin: FILE}).cause.startswith(f"{FILE}: {cause}")


def test_a_bundle_without_tags_has_nothing_to_rule() -> None:
    it = Vocabulary((), TagRules(deny=("dog",), hierarchy={"a": ("b",)}))
    assert (it.entries, it.fingerprint) == ((), "")


def test_fingerprint_follows_what_is_written() -> None:
    """Rules that change no photo's tags are no reason to look at photos again."""
    different = [
        {}, {"deny": ("dog",)}, {"allow": ("dog",)}, {"synonyms": {"dog": "Hund"}}, {"case": "upper"},
        {"prefix": "a"}, {"suffix": "a"}, {"hierarchy": {"dog": ("animal",)}}, {"thresholds": {"dog": 0.6}},
        {"min_score": 0.6}, {"max": 3}, {"write_parents": False}, {"thresholds": {"food": 0.6}},
    ]  # fmt: skip
    fingerprints = [vocabulary(**rules).fingerprint for rules in different]
    assert len(set(fingerprints)) == len(different)
    assert {len(fingerprint) for fingerprint in fingerprints[1:]} == {12}
    for same in (
        {"deny": ("food",), "thresholds": {"hot dog": 0.4}} | {"deny": ()}, {"thresholds": {"*": 0.0}, "min_score": 0.0}
        | {"thresholds": {}}, {"synonyms": {"dog": "dog"}}, {"allow": ("*",)}, {"hierarchical": "always"},
        {"thresholds": {"cat": 0.6}}, {"min_score": 0.3}, {"case": "lower"}, {"hierarchy": {"cat": ("pet",)}},
    ):  # fmt: skip
        assert vocabulary(**same).fingerprint == "", same
    assert vocabulary(deny=("dog", "cat")).fingerprint == vocabulary(deny=("cat", "dog", "c*")).fingerprint
