"""Numbers and colours of which a captioner is not sure, and how a caption says as much without them.

A wrong number is worse than none. Knows the words of a caption and how likely each was; English only.
"""

import math
from collections.abc import Sequence

NUMBERS = frozenset([
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "dozen",
])  # fmt: skip
COLOURS = frozenset([
    "red", "green", "blue", "yellow", "pink", "purple", "brown", "black", "white", "grey", "gray", "silver", "gold",
    "golden", "tan", "beige", "orange", "maroon", "teal", "turquoise", "violet",
])  # fmt: skip
SOME = "some"

# What may stand behind a colour that is no attribute: nothing that has the colour follows.
_FUNCTION = frozenset([
    "and", "or", "with", "in", "on", "at", "of", "by", "to", "for", "from", "near", "next", "is", "are", "while",
    "that", "as", "the", "a", "an", "under", "over", "behind", "beside", "sitting", "standing", "holding", "riding",
    "walking",
])  # fmt: skip
_WORN = frozenset(["in", "wearing"])
# "Dozens of" and "two of" count what follows; without the number nothing would be left.
_BEHIND_A_NUMBER = frozenset(["of", "or", "to", "and"])
# Here the number says no more than the word before it: a group of three people.
_BEFORE_A_NUMBER = frozenset(["of", "the", "these", "those", "his", "her", "their"])


def doubtful(said: Sequence[str], logs: Sequence[float], least: float) -> list[int]:
    """The places of numbers and colours whose probability is under ``least``; ``logs`` are the natural logs."""
    return [
        place
        for place, (word, log) in enumerate(zip(said, logs, strict=False))
        if word in NUMBERS | COLOURS and math.exp(min(0.0, log)) < least
    ]


def without(said: Sequence[str], doubts: Sequence[int]) -> list[int | str]:
    """What is left of a caption without the words at ``doubts``: places of words that stay, and words put in.

    A word without which the sentence breaks stays: "the door is red".
    """
    gone: set[int] = set()
    put: dict[int, str] = {}
    for place in doubts:
        if place in gone:
            continue
        if said[place] in NUMBERS:
            _drop_number(said, place, gone, put)
        else:
            _drop_colour(said, place, gone)
    return [put.get(place, place) for place in range(len(said)) if place not in gone]


def _drop_number(said: Sequence[str], place: int, gone: set[int], put: dict[int, str]) -> None:
    following = _at(said, place + 1)
    if not following or following in _BEHIND_A_NUMBER:
        return
    if _at(said, place - 1) in _BEFORE_A_NUMBER:
        gone.add(place)
    elif said[place] != "dozen":  # "a dozen"
        put[place] = SOME


def _drop_colour(said: Sequence[str], place: int, gone: set[int]) -> None:
    first, last = place, place  # a run of colours: black and white, red white and blue
    while _at(said, first - 1) in COLOURS or (_at(said, first - 1) == "and" and _at(said, first - 2) in COLOURS):
        first -= 1
    while _at(said, last + 1) in COLOURS or (_at(said, last + 1) == "and" and _at(said, last + 2) in COLOURS):
        last += 1
    following = _at(said, last + 1)
    if following and following not in _FUNCTION:
        gone.update(range(first, last + 1))
    elif _at(said, first - 1) in _WORN and first > 1:
        dressed = _at(said, first - 2) == "dressed"
        gone.update(range(first - 1 - dressed, last + 1))


def _at(said: Sequence[str], place: int) -> str:
    return said[place] if 0 <= place < len(said) else ""
