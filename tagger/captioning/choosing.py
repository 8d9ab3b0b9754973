"""Candidates of a photo -> the caption that is said, the others behind it, and how likely it is right.

Reads what a bundle learned: ``reranker.json``, and where it has them, ``ngrams.tsv`` with the graph that expects
phrases of a photo. Knows no search and no pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tagger.captioning import doubt
from tagger.captioning.bundle import NGRAMS, RERANKER, Bundle
from tagger.captioning.candidates import FEATURES, NGRAM_FEATURES, TAG_FEATURES, Candidate, Describing
from tagger.captioning.naming import Naming
from tagger.captioning.ngrams import Phrase, Phrases, parse_phrases
from tagger.captioning.reranking import CHOICE_FEATURES, Learned, Reranker, parse_reranker, sigmoid
from tagger.captioning.tags import Label
from tagger.captioning.tokenizer import Tokenizer
from tagger.core.errors import BundleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.sampler import Hypothesis

ALTERNATIVES = 4
"""So many other captions are kept of a photo, where captions are ranked: the rest are much alike."""

_Parsed = TypeVar("_Parsed")

_SEARCH = Learned(None, None)
_NEAR = 0.25  # of the rank's score: so little worse may a caption be that is preferred for having no doubts
_CLEARLY = 0.5  # a label of at least this probability does away with doubts about its word


@dataclass(frozen=True, slots=True)
class Choice:
    """Captions of one photo, the one that is said first, and how likely that is right; None where it is not known."""

    hypotheses: "list[Hypothesis]"
    confidence: float | None = None


class Chooser:
    """Chooses among candidates as a bundle learned to."""

    def __init__(self, describing: Describing, reranker: Reranker) -> None:
        self.describing, self.reranker = describing, reranker
        words = {word: token for token, word in enumerate(describing.words)}
        self._some = words.get(doubt.SOME)

    def choose(
        self,
        candidates: Sequence[Candidate],
        tags: "NDArray[np.float32]",
        expected: "NDArray[np.float32] | None",
        quality: str,
    ) -> Choice:
        """The choice among the candidates of one photo; ``tags`` (T,) and ``expected`` (K,) are probabilities."""
        learned = self.reranker.qualities.get(quality, _SEARCH)
        values = self.describing.features(candidates, tags, expected)
        ranks = (
            learned.ranking.scores(values, FEATURES)
            if learned.ranking
            else -np.arange(len(candidates), dtype=np.float64)
        )
        order: list[int] = np.argsort(-ranks, kind="stable").tolist()
        if learned.ranking:
            near = [place for place in order if ranks[place] >= ranks[order[0]] - _NEAR]
            sure = next((place for place in near if not self._doubts(candidates[place].hypothesis, tags)), order[0])
            order = [sure, *(place for place in order if place != sure)][: 1 + ALTERNATIVES]
        found = [candidates[place].hypothesis for place in order]
        if learned.ranking:
            found[0] = self._sure(found[0], tags)
        confidence = None
        if learned.confidence:
            chosen = choice_features(values, ranks, order)
            confidence = sigmoid(float(learned.confidence.scores(chosen, CHOICE_FEATURES)[0]))
        return Choice(found, confidence)

    def _words(self, one: "Hypothesis") -> list[str]:
        return [self.describing.words[token] for token in one.token_ids]

    def _sure(self, one: "Hypothesis", tags: "NDArray[np.float32]") -> "Hypothesis":
        """The caption without numbers and colours that are doubtful."""
        doubts = self._doubts(one, tags)
        if not doubts:
            return one
        left = doubt.without(self._words(one), doubts)
        token_ids = tuple(
            token
            for part in left
            if (token := one.token_ids[part] if isinstance(part, int) else self._some) is not None
        )
        return replace(one, token_ids=token_ids) if token_ids else one

    def _doubts(self, one: "Hypothesis", tags: "NDArray[np.float32]") -> list[int]:
        """The places of numbers and colours that are doubtful."""
        said = self._words(one)
        found = doubt.doubtful(said, one.word_logs, self.reranker.least_sure)
        return [place for place in found if not self._clear(said[place], tags)]

    def _clear(self, word: str, tags: "NDArray[np.float32]") -> bool:
        label = self.describing.naming.label_of(word)
        return label is not None and bool(tags[label] >= _CLEARLY)


def choice_features(
    values: "NDArray[np.float64]", ranks: "NDArray[np.float64]", order: Sequence[int]
) -> "NDArray[np.float64]":
    """What is known of the chosen caption, (1, F) with F as ``CHOICE_FEATURES``."""
    margin = ranks[order[0]] - ranks[order[1]] if len(order) > 1 else 0.0
    return np.concatenate([values[order[0]], [ranks[order[0]], margin]])[None]


def open_chooser(bundle: Bundle, tokenizer: Tokenizer, labels: Sequence[Label], *, expects: bool) -> Chooser | None:
    """What a bundle learned about choosing; None where it has no ``reranker.json``.

    ``expects``: it has a graph that expects phrases. Raises BundleError.
    """
    if RERANKER not in bundle.files:
        return None
    reranker = _read(bundle, RERANKER, parse_reranker)
    used = frozenset(name for learned in reranker.qualities.values() for name in learned.uses)
    missing = {"n-gram model": used & NGRAM_FEATURES and not expects, "tag model": used & TAG_FEATURES and not labels}
    for what, lacks in missing.items():
        if lacks:
            raise BundleError(
                f"bundle {bundle.source}: {RERANKER} uses a feature of a {what}, which the bundle does not have",
                "get the bundle again",
            )
    return make_chooser(bundle, tokenizer, labels, reranker)


def make_chooser(bundle: Bundle, tokenizer: Tokenizer, labels: Sequence[Label], reranker: Reranker) -> Chooser:
    """A chooser with what was learned just now. Raises BundleError for a table of phrases that is none."""
    prior = reranker.prior([label.label for label in labels])
    phrases = read_phrases(bundle, tokenizer, reranker.rare)
    describing = Describing(tokenizer.vocabulary, Naming(labels), prior, phrases, reranker.common)
    return Chooser(describing, reranker)


def read_phrases(bundle: Bundle, tokenizer: Tokenizer, rare: float) -> Phrases:
    """The phrases of ``ngrams.tsv``; none where the bundle has no such table. Raises BundleError."""
    if NGRAMS not in bundle.files:
        return Phrases((), (), rare)
    ids = {word: token for token, word in enumerate(tokenizer.vocabulary)}

    def tokens(phrase: str) -> Phrase | None:
        found = [ids.get(word) for word in phrase.split(" ")]
        return None if None in found else tuple(token for token in found if token is not None)

    return _read(bundle, NGRAMS, lambda text: parse_phrases(text, rare, tokens))


def _read(bundle: Bundle, name: str, parse: Callable[[str], _Parsed]) -> _Parsed:
    """A text file of the bundle, as ``parse`` reads it."""
    try:
        return parse(bundle.read(name).decode("utf-8"))
    except ValueError as error:  # JSON and UTF-8 raise such too
        raise BundleError(f"bundle {bundle.source}: {name}: {error}", "get the bundle again") from error
