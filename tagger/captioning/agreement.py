"""Caption and tags of one photo brought together, so that they do not contradict each other.

A tag that the caption names becomes likelier; a tag that excludes what the caption names (a cat where it says "a dog")
becomes less likely, and stays only where it is sure by itself. Both by as much as the caption is sure of itself.
Probabilities in, probabilities out; knows no thresholds, no model and no photo.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.kinds import kinds_of
from tagger.captioning.naming import Naming
from tagger.captioning.tags import Label
from tagger.captioning.tokenizer import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMED, EXCLUDED = 0.5, 2.0
"""Log-odds that a caption which is sure adds to what it names, and takes from what that excludes (docs/results.md)."""

_LEAST = 1e-6


class Agreement:
    """Changes the probabilities of ``labels`` by what a caption says."""

    def __init__(self, labels: Sequence[Label]) -> None:
        # Labels are in the order from what captions name to what is finer: a word that two have means the finer one.
        self._naming = Naming(labels[::-1])
        kinds = {label.label: label.kind for label in labels}
        self._kinds = [kinds_of((label.label, *label.parents), kinds) for label in labels]

    def agreed(self, scores: "NDArray[np.float32]", caption: str, sureness: float) -> "NDArray[np.float32]":
        """Probabilities (T,) in the light of a caption whose ``sureness`` is 0 to 1; not a number: of no account."""
        named = {len(self._kinds) - 1 - place for place in self._naming.named(words(caption))}
        if not named or not sureness > 0:
            return scores
        said: dict[str, set[str]] = {}
        for place in named:
            for kind, name in self._kinds[place].items():
                said.setdefault(kind, set()).add(name)
        lowered = {
            place
            for place, own in enumerate(self._kinds)
            if place not in named and any(name not in said.get(kind, {name}) for kind, name in own.items())
        }
        shift = np.zeros(len(scores))
        shift[list(named)] = NAMED * min(1.0, sureness)
        shift[list(lowered)] = -EXCLUDED * min(1.0, sureness)
        changed = shift != 0
        p = np.clip(scores[changed].astype(np.float64), _LEAST, 1 - _LEAST)
        agreed = scores.copy()
        agreed[changed] = 1 / (1 + (1 - p) / p * np.exp(-shift[changed]))
        return agreed
