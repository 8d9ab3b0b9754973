"""How a caption reads: grammar that a decoder gets wrong, the user's style, and words without gender where wished.

Works on the words of a finished sentence; knows no model and no photo. English only: captions in other scripts and
languages pass through, but for their style.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from tagger.captioning.vocabulary import TagRules
from tagger.core.records import Alternative, Caption

CaptionStyle = Literal["as-is", "sentence", "lower", "full-stop"]

_LONGEST_REPEAT = 6  # words
_JOINING = frozenset({"and", "or", "with"})
# A sentence that was cut off: no caption ends in one of these.
_DANGLING = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "with",
        "and",
        "or",
        "in",
        "on",
        "at",
        "by",
        "to",
        "for",
        "from",
        "near",
        "next",
        "its",
        "his",
        "her",
        "their",
        "while",
    ]
)
# "An" goes by sound: these begin with a vowel's letter but not its sound, or the other way round.
_LIKE_CONSONANTS = re.compile(r"(?:uni(?!n)|use|usu|utensil|ukulele|eu|one\b|once\b|u\b)")
_LIKE_VOWELS = re.compile(r"(?:hour|honest|honou?r|heir)")

_PERSON = {
    "man": "person",
    "men": "people",
    "woman": "person",
    "women": "people",
    "lady": "person",
    "ladies": "people",
    "gentleman": "person",
    "gentlemen": "people",
    "guy": "person",
    "guys": "people",
    "male": "person",
    "males": "people",
    "female": "person",
    "females": "people",
    "boy": "child",
    "boys": "children",
    "girl": "child",
    "girls": "children",
    "mother": "parent",
    "mothers": "parents",
    "mom": "parent",
    "moms": "parents",
    "mum": "parent",
    "father": "parent",
    "fathers": "parents",
    "dad": "parent",
    "dads": "parents",
    "son": "child",
    "sons": "children",
    "daughter": "child",
    "daughters": "children",
    "brother": "sibling",
    "brothers": "siblings",
    "sister": "sibling",
    "sisters": "siblings",
    "husband": "partner",
    "wife": "partner",
    "businessman": "business person",
    "businessmen": "business people",
    "businesswoman": "business person",
    "businesswomen": "business people",
    "policeman": "police officer",
    "policemen": "police officers",
    "policewoman": "police officer",
    "fireman": "firefighter",
    "firemen": "firefighters",
    "fisherman": "angler",
    "fishermen": "anglers",
    "waitress": "waiter",
    "waitresses": "waiters",
    "actress": "actor",
    "cowboy": "cowhand",
    "cowboys": "cowhands",
    "cowgirl": "cowhand",
    "his": "their",
    "her": "their",
    "hers": "theirs",
    "him": "them",
    "himself": "themselves",
    "herself": "themselves",
}
# Two words of one person, whose neutral form is one word: "baby boy" is no "baby child".
_PAIRS = {
    ("baby", "boy"): "baby",
    ("baby", "girl"): "baby",
    ("baby", "boys"): "babies",
    ("baby", "girls"): "babies",
    ("ball", "boy"): "ball child",
    ("ball", "girl"): "ball child",
}
_SEVERAL = {"person": "people", "child": "children", "parent": "parents"}
# Things that only sound like people.
_FIXED = frozenset({("cowboy", "hat"), ("cowboy", "hats"), ("cowboy", "boots"), ("cowboy", "boot")})

NEUTRAL_TAGS = {
    "man": "person",
    "woman": "person",
    "boy": "child",
    "girl": "child",
    "little boy": "child",
    "little girl": "child",
}
"""Labels of people and the word that is written for them without gender."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What becomes of every caption: ``style``, and ``neutral`` for people without gender."""

    style: CaptionStyle = "as-is"
    neutral: bool = False

    @property
    def fingerprint(self) -> str:
        """What differs where any caption might; empty for the default."""
        return " ".join([self.style] * (self.style != "as-is") + ["neutral"] * self.neutral)

    def worded(self, caption: Caption) -> Caption:
        """Return the caption, and its alternatives, as they are written; each sentence once, the likeliest first."""
        text = self.say(caption.text)
        others: dict[str, Alternative] = {}
        for other in caption.alternatives:
            said = self.say(other.text)
            if said and said != text:
                others.setdefault(said, replace(other, text=said))
        return replace(caption, text=text, alternatives=tuple(others.values()))

    def say(self, text: str) -> str:
        """Return the sentence as it is written; nothing for nothing."""
        said = text.split()
        if self.neutral:
            said = neutral(said)
        said = tidy(said)
        if not said:
            return ""
        sentence = " ".join(said)
        if self.style == "lower":
            return sentence.lower()
        if self.style == "as-is":
            return sentence
        sentence = sentence[0].upper() + sentence[1:]
        return f"{sentence}." if self.style == "full-stop" and sentence[-1] not in ".!?" else sentence


def neutral_rules(rules: TagRules, labels: Iterable[str]) -> TagRules:
    """Return the rules with people's ``labels`` written without gender, where the user has no word for them."""
    known = set(labels)
    words = {label: word for label, word in NEUTRAL_TAGS.items() if label in known}
    return replace(rules, synonyms={**words, **rules.synonyms})


def tidy(said: list[str]) -> list[str]:
    """Return the words without repetition and loose ends, and with "a" and "an" as they sound."""
    said = _without_repeats(said)
    while said and said[-1].lower() in _DANGLING:
        said = said[:-1]
    return [_article(word, said[i + 1]) if i + 1 < len(said) else word for i, word in enumerate(said)]


def neutral(said: list[str]) -> list[str]:
    """Return the words with people named without gender."""
    result: list[str] = []
    position = 0
    while position < len(said):
        pair = tuple(word.lower() for word in said[position : position + 2])
        if pair in _FIXED:
            result += said[position : position + 2]
            position += 2
        elif pair in _PAIRS:
            result.append(_PAIRS[pair])
            position += 2
        else:
            result.append(_without_gender(said[position]))
            position += 1
    return _counted(result)


def _counted(said: list[str]) -> list[str]:
    """Return the words with two who were told apart by gender alone as two: a person and a person."""
    for start in range(len(said) - 4):
        first, one, joint, second, other = (word.lower() for word in said[start : start + 5])
        if {first, second} <= {"a", "an"} and joint == "and" and one == other and one in _SEVERAL:
            return [*said[:start], "two", _SEVERAL[one], *_counted(said[start + 5 :])]
    return said


def _without_gender(word: str) -> str:
    stem, owner = (word[:-2], word[-2:]) if word.endswith(("'s", "’s")) else (word, "")
    return _PERSON.get(stem.lower(), stem) + owner


def _without_repeats(said: list[str]) -> list[str]:
    """Drop a phrase that directly follows itself, also behind "and": a tie and a tie, on a table on a table."""
    changed = True
    while changed:
        changed = False
        for length in range(min(_LONGEST_REPEAT, len(said) // 2), 0, -1):
            for start in range(len(said) - 2 * length + 1):
                phrase = _alike(said[start : start + length])
                for joined in (0, 1):
                    again = start + length + joined
                    joint = _alike(said[start + length : again])
                    same = _alike(said[again : again + length]) == phrase
                    if same and (not joint or joint[0] in _JOINING):
                        said, changed = [*said[: start + length], *said[again + length :]], True
                        break
                if changed:
                    break
            if changed:
                break
    return said


def _alike(said: list[str]) -> list[str]:
    return ["a" if word.lower() == "an" else word.lower() for word in said]


def _article(word: str, following: str) -> str:
    if word.lower() not in {"a", "an"}:
        return word
    first = following.lower()
    vowel = first[:1] in set("aeiou") and not _LIKE_CONSONANTS.match(first)
    right = "an" if vowel or _LIKE_VOWELS.match(first) else "a"
    return right.capitalize() if word[0].isupper() else right
