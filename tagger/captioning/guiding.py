"""Draws a search towards the phrases that people are expected to write of a photo. Knows no rule of searching.

Before each word, what is expected of the word itself and of its pair with the word before it is added to the decoder's
logits, as a language model is in shallow fusion (Gulcehre et al., "On Using Monolingual Corpora in Neural Machine
Translation", 2015). What is usual of any photo can be taken from it, so that what makes this photo another counts.
Without, the search finds many forms of the likeliest caption, and there is little to choose from.
"""

from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.ngrams import Phrases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.sampler import State, Step

_REPEATED = 1.0  # so many times a word's weight is taken from its logit where it was said: names of things weigh most
_PHOTO, _SAID = "guided photo", "guided said"  # of each row; the names are no state's


class Guide:
    """The words and pairs of words of a table of phrases, for a vocabulary of so many ``tokens``."""

    def __init__(self, phrases: Phrases, tokens: int) -> None:
        self._phrases, self._tokens = phrases, tokens
        found = [(phrase, place) for place, phrase in enumerate(phrases.known) if phrase and len(phrase) <= 2]
        words = [(*phrase, place) for phrase, place in found if len(phrase) == 1]
        pairs = sorted((*phrase, place) for phrase, place in found if len(phrase) == 2)
        self._word, self._word_place = np.array(words, np.int64).reshape(-1, 2).T
        self._weights = np.zeros(tokens, np.float32)
        self._weights[self._word] = phrases.weights[self._word_place]
        before, self._after, self._pair_place = np.array(pairs, np.int64).reshape(-1, 3).T
        # The pairs that begin with a token are beside each other: where the first of them is, and how many there are.
        self._first = np.searchsorted(before, np.arange(tokens))
        self._count = np.searchsorted(before, np.arange(tokens), side="right") - self._first

    def draw(
        self, step: "Step", state: "State", expected: "NDArray[np.float32]", strength: float, usual: float
    ) -> "tuple[Step, State]":
        """A step, and the state that it begins with, that is drawn to what is expected of each photo (N, K).

        ``strength`` times what a phrase would add to the agreement with people's captions is added to the logit;
        ``usual`` times what it would add of any photo is taken away. A word that was said is not asked for again.
        """
        above = np.zeros((len(expected), len(self._phrases.known)))
        above[:, : expected.shape[1]] = expected
        above -= usual * self._phrases.usual
        wanted = (strength * above * self._phrases.weights).astype(np.float32)
        of_words = np.zeros((len(expected), self._tokens), np.float32)
        of_words[:, self._word] = wanted[:, self._word_place]

        def drawn(token_ids: "NDArray[np.int64]", state: "State") -> "tuple[NDArray[np.float32], State]":
            photo, said = state[_PHOTO], np.column_stack([state[_SAID], token_ids])
            own = {name: state[name] for name in state if name not in (_PHOTO, _SAID)}
            logits, after = step(token_ids, own)
            drawing = of_words[photo]
            count = self._count[token_ids]
            rows = np.repeat(np.arange(len(token_ids)), count)
            within = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
            pairs = np.repeat(self._first[token_ids], count) + within
            drawing[rows, self._after[pairs]] += wanted[photo[rows], self._pair_place[pairs]]
            np.put_along_axis(drawing, said, -_REPEATED * self._weights[said], axis=1)
            return logits + drawing, {**after, _PHOTO: photo, _SAID: said}

        photos = len(expected)
        return drawn, {**state, _PHOTO: np.arange(photos), _SAID: np.zeros((photos, 0), np.int64)}
