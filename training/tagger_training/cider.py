"""CIDEr-D of many captions at once, in numpy. Knows words as numbers only.

Source: Vedantam, Zitnick and Parikh, "CIDEr: Consensus-based Image Description Evaluation" (2015), the variant D, as
the reference code of MS-COCO computes it: n-grams of one to four words, weighted by how few photos' references have
them; counts clipped to the reference's; a Gaussian penalty of sigma 6 on the difference of lengths; times 10.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ORDERS = 4
_SIGMA = 6.0
_BLOCK = 256  # captions scored at once
_NO_WORD, _NOR_THIS = -1, -2  # fill a caption and a reference, and are equal to nothing


class CiderD:
    """Scores captions of photos whose ``references`` are given, each a sequence of word numbers from 0.

    The weight of an n-gram is the logarithm of the number of photos over the number of those whose references have it.
    """

    def __init__(self, references: Sequence[Sequence[Sequence[int]]]) -> None:
        self._references = [[np.asarray(words, np.int64) for words in texts] for texts in references]
        self._log_photos = np.log(float(max(1, len(references))))
        texts = [words for own in self._references for words in own]
        photo = np.repeat(np.arange(len(references)), [len(own) for own in self._references])
        lengths = np.array([len(words) for words in texts], np.int64)
        words = np.concatenate([*texts, np.zeros(0, np.int64)])
        text = np.repeat(np.arange(len(texts)), lengths)
        self._words = int(words.max(initial=0)) + 1
        self._codes: list[NDArray[np.int64]] = []  # of each order: the n-grams that occur, sorted
        self._weights: list[NDArray[np.float64]] = []
        norms = np.zeros((len(texts), ORDERS))
        code = ids = words
        for order in range(ORDERS):
            if order:
                same = text[: len(text) - order] == text[order:]
                code = np.where(same, ids[: len(same)] * self._words + words[order:], -1)
            kept = code >= 0
            known, found = np.unique(code[kept], return_inverse=True)
            ids = np.full(len(code), -1, np.int64)
            ids[kept] = found
            own = text[: len(code)][kept]
            photos = np.unique(photo[own] * max(1, len(known)) + found) % max(1, len(known))
            weights = self._log_photos - np.log(np.maximum(1.0, np.bincount(photos, minlength=len(known))))
            pairs, counts = np.unique(own * max(1, len(known)) + found, return_counts=True)
            squares = (counts * weights[pairs % max(1, len(known))]) ** 2
            norms[:, order] = np.bincount(pairs // max(1, len(known)), squares, minlength=len(texts))
            self._codes.append(known)
            self._weights.append(weights)
        ends = np.cumsum([len(own) for own in self._references])
        self._norms = np.split(np.sqrt(norms), ends[:-1])

    def score(self, captions: Sequence[Sequence[int]], photos: Sequence[int]) -> NDArray[np.float64]:
        """The score (N,) of every caption for the photo of that position."""
        parts = [
            self._score(captions[start : start + _BLOCK], photos[start : start + _BLOCK])
            for start in range(0, len(captions), _BLOCK)
        ]
        return np.concatenate([*parts, np.zeros(0)])

    def _score(self, captions: Sequence[Sequence[int]], photos: Sequence[int]) -> NDArray[np.float64]:
        said = _padded(captions, _NO_WORD)
        own = [self._references[photo] for photo in photos]
        most = max(len(texts) for texts in own)
        longest = max([ORDERS, *(len(words) for texts in own for words in texts)])
        wanted = np.full((len(own), most, longest), _NOR_THIS, np.int64)
        wanted_norms = np.zeros((len(own), most, ORDERS))
        for row, (texts, photo) in enumerate(zip(own, photos, strict=True)):
            wanted_norms[row, : len(texts)] = self._norms[photo]
            for i, words in enumerate(texts):
                wanted[row, i, : len(words)] = words
        lengths = (said >= 0).sum(axis=1), (wanted >= 0).sum(axis=2)
        # The reference code's length of a text is the number of its pairs of words.
        difference = np.maximum(lengths[0] - 1, 0)[:, None] - np.maximum(lengths[1] - 1, 0)
        penalty = np.exp(-(difference**2) / (2 * _SIGMA**2))
        alike = said[:, :, None] == said[:, None, :]
        shared = said[:, None, :, None] == wanted[:, :, None, :]
        ids: NDArray[np.int64] | None = None
        total = np.zeros((len(own), most))
        for order in range(ORDERS):
            if order:
                alike = alike[:, :-1, :-1] & (said[:, order:, None] == said[:, None, order:])
                shared = shared[:, :, :-1, :-1] & (said[:, None, order:, None] == wanted[:, :, None, order:])
            there = said[:, order:] >= 0
            ids, weight = self._looked_up(order, said[:, order:], ids)
            count = (alike & there[:, None, :]).sum(axis=2)
            first = there & ~np.tril(alike, -1).any(axis=2)
            mine = count * weight
            theirs = shared.sum(axis=3) * weight[:, None, :]
            common = (np.minimum(mine[:, None, :], theirs) * theirs * first[:, None, :]).sum(axis=2)
            norm = np.sqrt((mine**2 * first).sum(axis=1))[:, None] * wanted_norms[:, :, order]
            total += np.divide(common, norm, out=np.zeros_like(common), where=norm > 0)
        counts = np.array([len(texts) for texts in own])
        return np.asarray((total * penalty).sum(axis=1) / counts / ORDERS * 10.0)

    def _looked_up(
        self, order: int, last: NDArray[np.int64], before: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Numbers (-1 for unknown) and weights of the n-grams (N, L) that end in ``last`` and go on from ``before``."""
        known, weights = self._codes[order], self._weights[order]
        code = last if before is None else np.where(before[:, :-1] < 0, -1, before[:, :-1] * self._words + last)
        code = np.where((last < 0) | (last >= self._words), -1, code)
        if not len(known):
            return np.full(code.shape, -1, np.int64), np.full(code.shape, self._log_photos)
        place = np.minimum(np.searchsorted(known, code), len(known) - 1)
        hit = known[place] == code
        return np.where(hit, place, -1), np.where(hit, weights[place], self._log_photos)


def _padded(captions: Sequence[Sequence[int]], filling: int) -> NDArray[np.int64]:
    longest = max([ORDERS, *(len(caption) for caption in captions)])
    padded = np.full((len(captions), longest), filling, np.int64)
    for row, caption in enumerate(captions):
        padded[row, : len(caption)] = caption
    return padded
