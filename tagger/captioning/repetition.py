"""Whether a caption names a thing twice: "a man wearing a tie and a tie". English only; knows words and no photo."""

from collections import Counter
from collections.abc import Sequence

# What may be said twice in a sentence without repeating a thing: these name none.
_NO_NOUNS = frozenset([
    "a", "an", "the", "this", "that", "these", "those", "some", "another", "other", "others", "one", "two",
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "many", "several", "few", "each", "all",
    "and", "or", "but", "with", "without", "while", "as", "of", "in", "on", "at", "by", "to", "for", "from",
    "near", "next", "into", "onto", "over", "under", "above", "below", "behind", "beside", "between", "through",
    "across", "along", "around", "up", "down", "off", "out", "is", "are", "was", "be", "being", "has", "have",
    "having", "its", "it", "his", "her", "their", "they", "them", "he", "she", "him", "who", "which", "there",
    "top", "front", "back", "side", "sides", "middle", "very", "white", "black", "red", "green", "blue", "brown",
    "yellow", "orange", "gray", "grey", "pink", "purple", "large", "small", "big", "little",
])  # fmt: skip

# Words that end like verbs and are things: "a tennis ring" names a ring, "a man walking" a man.
_THINGS = frozenset([
    "building", "ceiling", "clothing", "king", "railing", "ring", "string", "thing", "wedding", "wing", "bed",
    "seed", "shed", "sled",
])  # fmt: skip


def repeats(said: Sequence[str]) -> bool:
    """Whether a caption, word by word in lower case, names a thing twice.

    Counted is what is no article, number, colour, preposition or the like, and what describes no thing behind it:
    "a tennis racket on a tennis court" repeats nothing, "a tie and a tie" does.
    """
    times = Counter(
        word
        for word, following in zip(said, [*said, ""][1:], strict=True)
        if word not in _NO_NOUNS and not _is_thing(following)
    )
    return any(count > 1 for count in times.values())


def _is_thing(word: str) -> bool:
    return bool(word) and word not in _NO_NOUNS and (word in _THINGS or not word.endswith(("ing", "ed")))
