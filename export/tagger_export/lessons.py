"""Which of a person's captions are learned and which held back, and how near two captions are. Knows no network."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from tagger.captioning.tokenizer import words
from tagger.learning.captions import Said

HOLD_BACK = 5
"""Every so many-th caption is held back; of fewer than FEW each in turn, in so many parts."""
FEW = 25


def word_overlap(said: str, wanted: str) -> float:
    """F1 of the words of two captions, each word as often as it is said (0 to 1)."""
    one, other = Counter(words(said)), Counter(words(wanted))
    common = sum((one & other).values())
    return 2 * common / max(1, sum(one.values()) + sum(other.values()))


def new_words(said: Sequence[Said], known: set[str]) -> list[str]:
    """Words that a person used in at least two captions and the vocabulary lacks, the most frequent first."""
    counts = Counter(word for one in said if one.edited for word in set(words(one.text)) - known)
    return sorted((word for word, count in counts.items() if count >= 2), key=lambda word: (-counts[word], word))


def parts_to_hold_back(edited: Sequence[Said]) -> list[list[Said]]:
    """What is held back: a fifth, or where there are few, each fifth in turn; long and short captions in each."""
    ordered = sorted(edited, key=lambda one: (len(one.text), one.key))
    if len(ordered) >= FEW:
        return [ordered[HOLD_BACK // 2 :: HOLD_BACK]]
    return [part for at in range(HOLD_BACK) if (part := ordered[at::HOLD_BACK])]


def rounds(count: int, rng: np.random.Generator) -> Iterator[int]:
    """Numbers below ``count`` without end, each once a round."""
    while True:
        yield from (int(number) for number in rng.permutation(count))


def mean(values: Iterable[float]) -> float:
    """The mean; 0 of nothing."""
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else 0.0
