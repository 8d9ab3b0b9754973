"""Phrases of one to four words and how much each says: what captions have in common, and what a model expects.

Source: Vedantam, Zitnick and Parikh, "CIDEr: Consensus-based Image Description Evaluation" (2015): n-grams weighted by
how rare they are, cosines of the four orders averaged, a Gaussian penalty of sigma 6 on the difference of lengths,
times 10. Knows words as token ids, and no photo.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERS = 4
HEADER = ("ngram", "weight", "usual")
MOST = 50_000
_SIGMA = 6.0
_HEAVIEST = 30.0

Phrase = tuple[int, ...]


class Phrases:
    """The phrases that are known, with their weights; one that is not known weighs ``rare``.

    ``known`` are in the order of the table; a phrase of words that the vocabulary does not have is None there.
    ``usual`` is what people's captions of any photo have of each, on average (see ``agreement``); none: nothing.
    """

    def __init__(
        self, known: Sequence[Phrase | None], weights: Sequence[float], rare: float, usual: Sequence[float] = ()
    ) -> None:
        self.known, self.rare = tuple(known), rare
        self.usual = np.array(usual, np.float32)
        self._weights = dict(zip(known, weights, strict=True))
        self.weights = np.array(weights, np.float64)
        self._place = {phrase: place for place, phrase in enumerate(known) if phrase is not None}
        self._order = np.array([len(phrase) - 1 if phrase else 0 for phrase in known], np.int64)

    def place(self, phrase: Phrase) -> int | None:
        """Where the phrase stands in the table."""
        return self._place.get(phrase)

    def vectors(self, captions: Sequence[Phrase]) -> "Vectors":
        """The captions of one photo as vectors over the phrases that they hold."""
        columns: dict[Phrase, int] = {}
        weights: list[float] = []
        cells: dict[tuple[int, int], float] = {}
        for row, caption in enumerate(captions):
            for order in range(min(ORDERS, len(caption))):
                for start in range(len(caption) - order):
                    phrase = caption[start : start + order + 1]
                    column = columns.get(phrase)
                    if column is None:
                        column = columns[phrase] = len(weights)
                        weights.append(self._weights.get(phrase, self.rare))
                    cell = (row, column)
                    cells[cell] = cells.get(cell, 0.0) + weights[column]
        values = np.zeros((len(captions), len(weights)))
        if cells:
            values[tuple(np.array(list(cells), np.int64).T)] = list(cells.values())
        orders = np.array([len(phrase) - 1 for phrase in columns], np.int64)
        norms = np.zeros((len(captions), ORDERS))
        for order in range(ORDERS):
            norms[:, order] = np.sqrt((values[:, orders == order] ** 2).sum(axis=1))
        values /= np.maximum(norms, 1e-12)[:, orders]
        return Vectors(values, tuple(columns), np.array([len(caption) for caption in captions]))

    def agreement(self, vectors: "Vectors", expected: "NDArray[np.float32]") -> "NDArray[np.float64]":
        """How much captions have in common with what people are expected to write: (C, 4), of each order 0 to 10.

        ``expected`` (K,) is the mean of the vectors of such captions, of the first K phrases of the table.
        """
        wanted = expected.astype(np.float64)
        found = np.zeros((len(vectors.values), ORDERS))
        places = [self._place.get(phrase, -1) for phrase in vectors.phrases]
        held = np.array([column for column, place in enumerate(places) if 0 <= place < len(expected)], np.int64)
        if len(held):
            there = np.array(places, np.int64)[held]
            products = vectors.values[:, held] * wanted[there]
            for order in range(ORDERS):
                found[:, order] = products[:, self._order[there] == order].sum(axis=1)
        return 10.0 * found


class Vectors:
    """Captions (C) as unit vectors an order over ``phrases``; ``lengths`` in words."""

    def __init__(
        self, values: "NDArray[np.float64]", phrases: tuple[Phrase, ...], lengths: "NDArray[np.int64]"
    ) -> None:
        self.values, self.phrases, self.lengths = values, phrases, lengths

    def alike(self) -> "NDArray[np.float64]":
        """How much each caption has in common with each other: (C, C), 0 to 10."""
        difference = self.lengths[:, None] - self.lengths[None, :]
        penalty = np.exp(-(difference**2) / (2 * _SIGMA**2))
        # Not a product of matrices: for so little work the threads of one wait for each other longer than it takes.
        common = np.einsum("ik,jk->ij", self.values, self.values, optimize=False)
        return np.asarray(common * penalty / ORDERS * 10.0)


def parse_phrases(table: str, rare: float, tokens: Callable[[str], Phrase | None]) -> Phrases:
    """Read ``ngrams.tsv``: a header line, then phrase, weight, and what is usual, with tabs between.

    ``tokens`` gives the token ids of a phrase, None for words that are not known. Raises ValueError naming the line.
    """
    lines = table.splitlines()
    if not lines or tuple(lines[0].split("\t")) != HEADER:
        raise ValueError(f"it does not begin with the columns {', '.join(HEADER)}")
    if len(lines) - 1 > MOST:
        raise ValueError(f"it has more than {MOST} phrases")
    known: dict[str, float] = {}
    usual: list[float] = []
    for number, line in enumerate(lines[1:], start=2):
        phrase, _, numbers = line.partition("\t")
        try:
            value, often = map(float, numbers.split("\t"))
        except ValueError:
            value = often = math.nan
        if not (0 <= value <= _HEAVIEST and 0 <= often <= 1):
            raise ValueError(f"line {number}: the weight is from 0 to {_HEAVIEST:g}, what is usual from 0 to 1")
        usual.append(often)
        if phrase in known or not 1 <= len(phrase.split(" ")) <= ORDERS or not phrase.isprintable() or not phrase:
            raise ValueError(f"line {number}: a phrase is there once, and has one to {ORDERS} words")
        known[phrase] = value
    return Phrases([tokens(phrase) for phrase in known], list(known.values()), rare, usual)


def format_phrases(weights: dict[str, float], usual: Sequence[float] = ()) -> str:
    """The table that ``parse_phrases`` reads; ``usual`` is of the first phrases, of the others it is 0."""
    every = [*usual, *[0.0] * (len(weights) - len(usual))]
    numbers = ((phrase, weight, often) for (phrase, weight), often in zip(weights.items(), every, strict=True))
    rows = ("\t".join(HEADER), *(f"{phrase}\t{weight:.3f}\t{often:.5f}" for phrase, weight, often in numbers))
    return "".join(f"{row}\n" for row in rows)
