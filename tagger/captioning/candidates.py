"""Candidate captions of one photo and what is known of each, as numbers: one list of features for fitting and running.

Knows no model: what the decoder and the other models said comes in as numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.naming import Naming
from tagger.captioning.ngrams import Phrases, Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.sampler import Hypothesis

FEATURES = (
    "log_probability",  # natural log, of the whole caption with its end
    "log_probability_per_word",
    "least_word",  # natural log of the least likely word's probability
    "words",
    "words_squared",
    "drawn",  # how often it was found: by the beam, and each time by drawing
    "consensus",  # what it has in common with the other candidates, the likely ones first
    "consensus_drawn",  # the same, weighted by how often each was found
    "tag_log_odds",  # of the labels that it names, summed
    "tag_log_odds_minus_prior",
    "tag_log_odds_least",
    "tag_probability",  # of the labels that it names, their mean
    "tag_recall",  # the share of the ten likeliest labels' probability that it names
    "ngram_agreement",  # with what people are expected to write: the CIDEr that may be expected, but for lengths
    "ngram_agreement_1",
    "ngram_agreement_2",
    "ngram_agreement_3",
    "ngram_agreement_4",
    "ngram_usual",  # the same with what is expected of any photo
    "new_pairs",  # how many pairs of neighbouring words are not in the table of phrases: of those, few are language
    "common",  # natural log of 1 and how often the bundle says it of other photos, as far as it was counted
)
"""What is known of a candidate, in the order of the columns. Bundles name those that they use."""

NGRAM_FEATURES = frozenset((*(name for name in FEATURES if name.startswith("ngram")), "new_pairs"))
TAG_FEATURES = frozenset(name for name in FEATURES if name.startswith("tag"))

_LEAST = 1e-4  # of a tag's probability
_TOP = 10
_NOTHING_NAMED = -3.0
_SHARPNESS = 3.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A caption that was found, once for many: ``drawn`` counts how often."""

    hypothesis: "Hypothesis"
    drawn: int = 1


def merged(found: "Sequence[Hypothesis]") -> list[Candidate]:
    """Each caption once, in the order of first mention."""
    counts: dict[tuple[int, ...], int] = {}
    first: dict[tuple[int, ...], Hypothesis] = {}
    for one in found:
        counts[one.token_ids] = counts.get(one.token_ids, 0) + 1
        first.setdefault(one.token_ids, one)
    return [Candidate(one, counts[token_ids]) for token_ids, one in first.items()]


@dataclass(frozen=True, slots=True)
class Describing:
    """Makes the features of the candidates of a photo.

    ``words`` is the vocabulary by token id, ``prior`` (T,) how often each label is right of any photo, ``common`` how
    often captions that the bundle says again and again were counted.
    """

    words: Sequence[str]
    naming: Naming
    prior: "NDArray[np.float64]"
    phrases: Phrases
    common: Mapping[str, float] = field(default_factory=dict)

    def features(
        self,
        candidates: Sequence[Candidate],
        tags: "NDArray[np.float32]",
        expected: "NDArray[np.float32] | None" = None,
    ) -> "NDArray[np.float64]":
        """Numbers (C, F) for C candidates, F as ``FEATURES``; ``tags`` (T,) are the labels' probabilities.

        ``expected`` (K,) is what people's captions would have on average (see ``ngrams``); without, the agreement is 0.
        """
        found = [candidate.hypothesis for candidate in candidates]
        logs = np.array([one.log_probability for one in found])
        lengths = np.array([len(one.token_ids) for one in found], np.float64)
        per_word = logs / (lengths + 1)
        least = np.array([min(one.word_logs, default=0.0) for one in found])
        drawn = np.array([candidate.drawn for candidate in candidates], np.float64)
        vectors = self.phrases.vectors([one.token_ids for one in found])
        alike = vectors.alike()
        likely = np.exp((per_word - per_word.max()) * _SHARPNESS)
        others = alike - np.diag(np.diag(alike))
        columns = [logs, per_word, least, lengths, lengths**2, drawn]
        columns += [others @ likely / likely.sum(), alike @ drawn / drawn.sum()]
        said = (" ".join(self.words[token] for token in one.token_ids) for one in found)
        common = np.log1p([self.common.get(words, 0.0) for words in said])
        return np.column_stack([*columns, self._tags(found, tags), self._agreement(found, vectors, expected), common])

    def _agreement(
        self, found: "Sequence[Hypothesis]", vectors: Vectors, expected: "NDArray[np.float32] | None"
    ) -> "NDArray[np.float64]":
        """The seven features (C, 7) of phrases that are expected."""
        if expected is None:
            return np.zeros((len(found), 7))
        agreement = self.phrases.agreement(vectors, expected)
        usual = self.phrases.agreement(vectors, self.phrases.usual)
        place = self.phrases.place
        new = [sum(place(pair) is None for pair in pairwise(one.token_ids)) for one in found]
        return np.column_stack([agreement.mean(axis=1), agreement, usual.mean(axis=1), new])

    def _tags(self, found: "Sequence[Hypothesis]", tags: "NDArray[np.float32]") -> "NDArray[np.float64]":
        """The five features (C, 5) of labels that are named."""
        rows = np.zeros((len(found), 5))
        rows[:, 2] = _NOTHING_NAMED
        if not len(tags):
            return rows
        p = tags.astype(np.float64).clip(_LEAST, 1 - _LEAST)
        odds = np.log(p / (1 - p))
        above = odds - np.log(self.prior / (1 - self.prior))
        top = np.argsort(-p, kind="stable")[:_TOP]
        share = np.zeros(len(p))
        share[top] = p[top] / p[top].sum()
        for row, one in zip(rows, found, strict=True):
            named = self.naming.named([self.words[token] for token in one.token_ids])
            if named:
                own = odds[named]
                row[:] = own.sum(), above[named].sum(), own.min(), p[named].mean(), share[named].sum()
        return rows
