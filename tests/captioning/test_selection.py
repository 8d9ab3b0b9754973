"""Scores to tags, under the user's rules or none, and why."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.selection import Decision, TagSelector, Verdict
from tagger.captioning.tags import Label
from tagger.captioning.vocabulary import TagRules, Vocabulary
from tagger.core.records import Tag

ANIMALS = (
    Label("animal", 0.8),
    Label("pet", 1.1, ("animal",)),
    Label("dog", 0.5, ("pet", "animal"), ("hound", "puppy")),
    Label("cat", 0.6, ("pet", "animal")),
    Label("sky", 0.3),
)
NAMES = [label.label for label in ANIMALS]
SURE = (0.9, 0.1, 0.7, 0.95, 0.4)  # everything but pet is at or over its threshold


def selector(**rules: Any) -> TagSelector:
    return TagSelector(Vocabulary(ANIMALS, TagRules(**rules)))


def select(*scores: float, **rules: Any) -> tuple[Tag, ...]:
    found = selector(**rules).select(np.array(scores, np.float64))
    return tuple(Tag(tag.label, round(tag.score, 6), tag.ancestors) for tag in found)


def words(*scores: float, **rules: Any) -> list[str]:
    return [tag.label for tag in select(*scores, **rules)]


def decide(*scores: float, **rules: Any) -> dict[str, tuple[str, str]]:
    found = selector(**rules).decide(np.array(scores, np.float64))
    return {decision.entry.label: (str(decision.verdict), decision.child) for decision in found}


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


def test_synonyms_share_a_word() -> None:
    assert select(0, 0, 0.6, 0.9, 0, synonyms={"dog": "Haustier", "cat": "haustier"}) == (
        Tag("Haustier", 0.9, ("pet", "animal")), Tag("animal", 0.9), Tag("pet", 0.9, ("animal",)),
    )  # fmt: skip


def test_only_the_labels_that_are_there_bring_parents_to_a_shared_word() -> None:
    rules = {"synonyms": {"sky": "dog"}}
    assert select(0, 0, 0, 0, 0.4, **rules) == (Tag("dog", 0.4),)
    assert select(0, 0, 0.5, 0, 0.4, **rules)[-1] == Tag("pet", 0.5, ("animal",))
    assert Tag("dog", 0.5, ("pet", "animal")) in select(0, 0, 0.5, 0, 0.4, **rules)


def test_parents_of_the_user_s_own() -> None:
    assert select(0, 0, 0.6, 0, 0, hierarchy={"dog": ("friend",)}) == (Tag("dog", 0.6, ("friend",)), Tag("friend", 0.6))


def test_denied_labels_bring_nothing_along() -> None:
    assert words(0.1, 0.1, 0.9, 0.1, 0.1, deny=("dog",)) == []
    assert words(*SURE, deny=("dog",)) == ["animal", "cat", "pet", "sky"]
    assert words(*SURE, deny=("animal",)) == ["sky"]


def test_allowed_labels_bring_their_parents_along() -> None:
    assert words(*SURE, allow=("dog",)) == ["animal", "dog", "pet"]
    assert words(0.9, 0.9, 0.1, 0.9, 0.9, allow=("dog",)) == [], "parents do not come alone"


def test_without_parents() -> None:
    assert select(*SURE, write_parents=False) == (
        Tag("cat", 0.95, ("pet", "animal")), Tag("dog", 0.7, ("pet", "animal")), Tag("sky", 0.4),
    )  # fmt: skip
    assert words(0.9, 0.1, 0.1, 0.1, 0.1, write_parents=False) == ["animal"], "it is nobody's parent here"
    beasts = {"synonyms": {"dog": "beast", "animal": "beast"}, "write_parents": False}
    assert words(0.1, 0.1, 0.7, 0.1, 0.1, **beasts) == ["beast"], "not left out as its own grandparent"
    assert words(0.1, 0.9, 0.7, 0.1, 0.1, **beasts, thresholds={"pet": 0.5}) == ["beast", "pet"]


def test_most_tags() -> None:
    """The model's own come first; what only comes along takes what room there is left."""
    assert words(*SURE, max=0) == ["animal", "cat", "pet", "dog", "sky"]
    assert words(*SURE, max=4) == ["animal", "cat", "dog", "sky"]
    assert words(*SURE, max=2) == ["animal", "cat"]
    assert words(0.1, 0.1, 0.6, 0.1, 0.1, max=1) == ["dog"]
    assert words(0.1, 0.1, 0.6, 0.1, 0.1, max=2) == ["animal", "dog"]
    assert words(*SURE, max=2, write_parents=False) == ["cat", "dog"]
    assert select(*SURE, max=1, allow=("cat",)) == (Tag("cat", 0.95, ("pet", "animal")),), "it keeps its ancestors"


def test_decisions() -> None:
    assert decide(0.1, 0.1, 0.7, 0.2, 0.2) == {
        "animal": ("ancestor", "dog"), "pet": ("ancestor", "dog"), "dog": ("written", ""),
        "cat": ("below threshold", ""), "sky": ("below threshold", ""),
    }  # fmt: skip
    assert decide(*SURE, max=3, deny=("sky",)) == {
        "animal": ("written", ""), "pet": ("too many", ""), "dog": ("written", ""), "cat": ("written", ""),
        "sky": ("denied", ""),
    }  # fmt: skip
    assert decide(0.9, 0.9, 0.1, 0.1, 0.9, allow=("sky", "pet")) == {
        "animal": ("not allowed", ""), "pet": ("off", ""), "dog": ("below threshold", ""),
        "cat": ("below threshold", ""), "sky": ("written", ""),
    }  # fmt: skip
    assert decide(0.9, 0.1, 0.7, 0.1, 0.1, write_parents=False)["animal"] == ("parent left out", "dog")
    own = {"hierarchy": {"dog": ("friend",)}}
    assert decide(0, 0, 0.7, 0, 0, **own)["friend"] == ("ancestor", "dog")
    assert decide(0, 0, 0.1, 0, 0, **own)["friend"] == ("below threshold", "")


RULES = st.fixed_dictionaries(
    {
        "allow": st.lists(st.sampled_from([*NAMES, "*a*"]), max_size=3).map(tuple),
        "deny": st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
        "synonyms": st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["x", "Dog", "y", "sky"]), max_size=4),
        "hierarchy": st.dictionaries(
            st.sampled_from(["dog", "cat"]), st.lists(st.sampled_from(["pet", "z", "sky"]), max_size=2).map(tuple)
        ),
        "thresholds": st.dictionaries(st.sampled_from([*NAMES, "*"]), st.floats(0, 1), max_size=3),
        "write_parents": st.booleans(),
        "max": st.integers(0, 4),
        "min_score": st.floats(0, 1),
        "case": st.sampled_from(["as-is", "upper", "title"]),
    }
)


@given(scores=st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_order_and_hierarchy(scores: list[float]) -> None:
    tags = select(*scores)
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
    by_label = {tag.label: tag for tag in tags}
    assert len(by_label) == len(tags)
    assert all(by_label[name].score >= tag.score for tag in tags for name in tag.ancestors)


@given(scores=st.lists(st.floats(0, 1), min_size=5, max_size=5), rules=RULES)
def test_whatever_the_rules(scores: list[float], rules: dict[str, Any]) -> None:
    # A label that is written as its own parent goes in a circle where the hierarchy names it: refused elsewhere.
    rules["synonyms"] = {} if rules["hierarchy"] else rules["synonyms"]
    it = selector(**rules)
    tags = it.select(np.array(scores))
    folded = [tag.label.casefold() for tag in tags]
    assert len(set(folded)) == len(folded), "no word twice"
    assert len(tags) <= (rules["max"] or 99)
    assert [tag.score for tag in tags] == sorted((tag.score for tag in tags), reverse=True)
    assert all(tag.label not in tag.ancestors for tag in tags)
    assert all(tag.score >= rules["min_score"] for tag in tags)
    decisions: tuple[Decision, ...] = it.decide(np.array(scores))
    kept = {d.entry.word for d in decisions if d.verdict in (Verdict.WRITTEN, Verdict.ANCESTOR)}
    assert kept == {tag.label for tag in tags}, "what is explained is what is written"
    assert all(d.child for d in decisions if d.verdict in (Verdict.ANCESTOR, Verdict.PARENT))
