"""Every rule of a caption's wording, and that no sentence is ever made worse by being said twice."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.vocabulary import TagRules
from tagger.captioning.wording import NEUTRAL_TAGS, Wording, neutral, neutral_rules, tidy
from tagger.core.records import Alternative, Caption


def say(text: str, **options: object) -> str:
    return Wording(**{"style": "sentence", **options}).say(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a man wearing a tie and a tie", "A man wearing a tie"),
        ("a plate on a table on a table", "A plate on a table"),
        ("a dog dog runs", "A dog runs"),
        ("a cat with a cat with a cat", "A cat"),
        ("a elephant and an dog", "An elephant and a dog"),
        ("an hour with a honest man", "An hour with an honest man"),
        ("a man in an uniform at an university", "A man in a uniform at a university"),
        ("a unusual used utensil", "A unusual used utensil".replace("A un", "An un")),
        ("an one way street", "A one way street"),
        ("a man standing next to a", "A man standing"),
        ("two dogs and two cats", "Two dogs and two cats"),
        ("", ""),
        ("the of with", ""),
        ("eine Katze auf dem Sofa", "Eine Katze auf dem Sofa"),
        ("沙发上的猫", "沙发上的猫"),
    ],
)
def test_grammar(before: str, after: str) -> None:
    assert say(before) == after


def test_styles() -> None:
    assert say("a Dog", style="lower") == "a dog"
    assert say("a dog", style="as-is") == "a dog"
    assert say("a dog", style="sentence") == "A dog"
    assert say("a dog", style="full-stop") == "A dog."
    assert say("a dog!", style="full-stop") == "A dog!"
    assert say("", style="full-stop") == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a man and a woman with their dog", "Two people with their dog"),
        ("two men on a beach", "Two people on a beach"),
        ("an old lady holding her umbrella", "An old person holding their umbrella"),
        ("a little boy brushing his teeth", "A little child brushing their teeth"),
        ("a baby girl and a cat", "A baby and a cat"),
        ("a woman's hand", "A person's hand"),
        ("a policeman on a horse", "A police officer on a horse"),
        ("a man in a cowboy hat", "A person in a cowboy hat"),
        ("a manhole cover", "A manhole cover"),
    ],
)
def test_people_without_gender(before: str, after: str) -> None:
    assert say(before, neutral=True) == after


def test_gender_stays_where_nobody_asked() -> None:
    assert say("a man and a woman") == "A man and a woman"


def test_neutral_words_are_neutral_themselves() -> None:
    gendered = {"man", "woman", "boy", "girl"}
    assert not gendered & set(NEUTRAL_TAGS.values())
    assert gendered <= set(NEUTRAL_TAGS)


def test_fingerprints_tell_wordings_apart() -> None:
    wordings = [Wording(style, flag) for style in ("as-is", "sentence", "lower", "full-stop") for flag in (False, True)]
    assert len({wording.fingerprint for wording in wordings}) == len(wordings)
    assert Wording().fingerprint == ""


def test_alternatives_are_worded_too_and_each_sentence_stands_once() -> None:
    others = tuple(Alternative(text, -number) for number, text in enumerate(["a woman", "a dog", "a person", "a"], 2))
    worded = Wording("lower", neutral=True).worded(Caption("a man", -1.0, others))
    assert worded == Caption("a person", -1.0, (Alternative("a dog", -3),))


def test_tags_of_people_without_gender_unless_the_user_has_a_word() -> None:
    rules = neutral_rules(TagRules(synonyms={"man": "Mann"}), ["man", "woman", "dog"])
    assert rules.synonyms == {"man": "Mann", "woman": "person"}


words = st.lists(
    st.sampled_from(["a", "an", "the", "man", "woman", "and", "with", "tie", "dog", "elephant", "on", "table", "her"]),
    max_size=14,
)


@given(words)
def test_saying_it_again_changes_nothing(said: list[str]) -> None:
    once = tidy(neutral(said))
    assert tidy(neutral(once)) == once


@given(words)
def test_no_word_follows_itself(said: list[str]) -> None:
    result = tidy(said)
    assert all(one != other for one, other in itertools.pairwise(result))
