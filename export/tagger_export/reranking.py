"""Learns, on photos with captions, to choose among a bundle's candidates and how sure to be; writes it into the bundle.

The runtime itself finds and describes the candidates: there is one source of features.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tagger_training.cider import CiderD
from tagger_training.datasets import CaptionedPhoto

from tagger.captioning.bundle import (
    NGRAM_MODEL,
    NGRAMS,
    RERANKER,
    VOCABULARY,
    Bundle,
    load_bundle,
)
from tagger.captioning.candidates import FEATURES, NGRAM_FEATURES, TAG_FEATURES, Candidate
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.choosing import choice_features, make_chooser
from tagger.captioning.generation import CandidateSpec, Speaker, View
from tagger.captioning.ngrams import format_phrases
from tagger.captioning.quality import Quality, ranks
from tagger.captioning.reranking import CHOICE_FEATURES, Learned, Linear, Reranker
from tagger.captioning.tokenizer import words
from tagger.captioning.wording import Wording
from tagger.core.errors import RunError
from tagger_export.answers import Progress
from tagger_export.finding import CHOSEN, common_captions, look
from tagger_export.fitting import fit_confidence, fit_ranking, folds, others, threshold
from tagger_export.manifest import learned_to_choose
from tagger_export.phrases import phrases_of

Floats = NDArray[np.float64]
RIGHT_FROM = 0.5
"""The CIDEr-D from which a caption counts as right."""
LEAST_SURE = 0.3
CANDIDATES: dict[Quality, CandidateSpec] = {
    "default": CandidateSpec(12, 6, 0.8, guidance=2.0, guidance_usual=10.0),
    "best": CandidateSpec(16, 10, 1.0, guidance=2.5, guidance_usual=14.0),
}
"""What is found of a photo, where nothing else is asked for."""
VIEWS: tuple[View, ...] = ("whole", "mirrored", "cropped")
# Without: few, for of 300 photos no more can be learned. Others were tried and did no good (docs/models.md).
_RANKING = (
    "log_probability",
    "log_probability_per_word",
    "least_word",
    "words",
    "consensus",
    "consensus_drawn",
    "tag_log_odds_minus_prior",
    "tag_probability",
    "tag_recall",
)
_CONFIDENCE = (
    "ranking",
    "margin",
    "consensus",
    "consensus_drawn",
    "log_probability_per_word",
    "least_word",
    "tag_probability",
    "tag_log_odds_least",
    "tag_recall",
    "ngram_agreement",
    "ngram_usual",
    "common",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one quality finds of the photos of a split: candidates, their features (C, F), and their CIDEr-D (C,)."""

    candidates: tuple[tuple[Candidate, ...], ...]
    values: tuple[Floats, ...]
    rewards: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned for one quality, and how good it is on photos that each fold did not learn from.

    ``chosen`` are the places of the captions chosen, ``cider`` (N,) their scores, ``confidence`` (N,) how sure; all
    cross-fitted. ``best`` (N,) is what the best choice would score, ``first`` (N,) the search's own.
    """

    learned: Learned
    review_below: float
    chosen: tuple[int, ...]
    cider: Floats
    confidence: Floats
    best: Floats
    first: Floats
    candidates: float

    def as_json(self) -> dict[str, float]:
        """The figures as JSON values."""
        written = self.confidence >= self.review_below
        figures = {
            "cider": self.cider.mean(),
            "cider_of_search": self.first.mean(),
            "cider_of_best_choice": self.best.mean(),
            "candidates": self.candidates,
            "review_below": self.review_below,
            "share_written": written.mean(),
            "cider_of_written": self.cider[written].mean() if written.any() else 0.0,
        }
        return {name: round(float(value), 4) for name, value in figures.items()}


def speakers(bundle: Bundle) -> tuple[Speaker, ...]:
    """Who says the candidates of the best quality: three decoders, or the one, with another view each."""
    return tuple(Speaker(number % max(1, bundle.decoders), view) for number, view in enumerate(VIEWS))


class References:
    """The captions that people gave the photos, and the score of a caption against them (CIDEr-D)."""

    def __init__(self, photos: Sequence[CaptionedPhoto]) -> None:
        self._ids: dict[str, int] = {}
        self._cider = CiderD([[self._numbers(words(text)) for text in photo.captions] for photo in photos])

    def score(self, captions: Sequence[str], photo: int) -> Floats:
        """The score (C,) of sentences for the photo at this place."""
        return self._cider.score([self._numbers(words(text)) for text in captions], [photo] * len(captions))

    def _numbers(self, said: Sequence[str]) -> list[int]:
        return [self._ids.setdefault(word, len(self._ids)) for word in said]


def fit(seen: Seen, *, ranks: bool, has_tags: bool, has_ngrams: bool) -> Fitted:
    """Learn from one quality's candidates; what does not rank keeps the order of the search."""
    left_out = frozenset() if has_tags else TAG_FEATURES
    left_out |= frozenset() if has_ngrams else NGRAM_FEATURES
    names = [name for name in _RANKING if name not in left_out]
    columns = [FEATURES.index(name) for name in names]
    values = [own[:, columns] for own in seen.values]
    photos = len(values)

    def ranking(places: NDArray[np.int64]) -> Linear | None:
        if has_ngrams or not ranks:
            return CHOSEN if ranks else None
        return fit_ranking([values[i] for i in places], [seen.rewards[i] for i in places], names)

    chosen, rows = np.zeros(photos, np.int64), np.zeros((photos, len(CHOICE_FEATURES)))
    for held_out in folds(photos):
        learned = ranking(others(held_out, photos))
        for i in held_out:
            chosen[i], rows[i] = _choice(learned, seen.values[i])
    cider = np.array([rewards[place] for rewards, place in zip(seen.rewards, chosen, strict=True)])
    wanted = [name for name in _CONFIDENCE if name not in left_out and (ranks or name not in ("ranking", "margin"))]
    chosen_values = rows[:, [CHOICE_FEATURES.index(name) for name in wanted]]
    right, sure = cider >= RIGHT_FROM, np.zeros(photos)
    for held_out in folds(photos, seed=4):
        kept = others(held_out, photos)
        one = fit_confidence(chosen_values[kept], right[kept], wanted)
        sure[held_out] = 0.5 * (1 + np.tanh(one.scores(rows[held_out], CHOICE_FEATURES) / 2))
    return Fitted(
        Learned(ranking(np.arange(photos)), fit_confidence(chosen_values, right, wanted)),
        round(threshold(sure, cider), 3),
        tuple(int(place) for place in chosen),
        cider,
        sure,
        np.array([rewards.max() for rewards in seen.rewards]),
        np.array([rewards[0] for rewards in seen.rewards]),
        float(np.mean([len(rewards) for rewards in seen.rewards])),
    )


def _choice(ranking: Linear | None, values: Floats) -> tuple[int, Floats]:
    ranks = ranking.scores(values, FEATURES) if ranking else -np.arange(len(values), dtype=np.float64)
    order = np.argsort(-ranks, kind="stable").tolist()
    return order[0], choice_features(values, ranks, order)[0]


def rerank(
    folder: Path,
    photos: Sequence[CaptionedPhoto],
    train: Sequence[CaptionedPhoto],
    candidates: Mapping[Quality, CandidateSpec],
    progress: Progress,
    *,
    phrases_from: Path | None = None,
    counting: Progress = lambda _done: None,
) -> dict[Quality, Fitted]:
    """Let the bundle in ``folder`` learn from ``photos`` to choose, and write into it what it learned.

    A model that expects phrases, with their table, is taken into it from ``phrases_from``. Where it has none, nothing
    guides the search, and common phrases are those of the captions of ``train``. With such a model it is counted on
    photos of ``train`` which captions are common; ``counting`` is told of that.
    Raises RunError for a bundle of another kind, and where no photo can be read.
    """
    bundle = load_bundle(folder)
    if bundle.imported:
        raise RunError(f"{folder} was imported: its captions are ranked by its own rules", "name a bundle of ours")
    vocabulary = bundle.read(VOCABULARY).decode("utf-8").splitlines()
    files = _expecting(phrases_from) if phrases_from else {}
    expects = NGRAM_MODEL in {*bundle.files, *files}
    rare = math.log(max(2, len(train)))
    if not expects:
        candidates = {name: replace(spec, guidance=0.0, guidance_usual=0.0) for name, spec in candidates.items()}
        phrases, _, rare = phrases_of([photo.captions for photo in train], vocabulary)
        files[NGRAMS] = format_phrases(phrases).encode()
    generation: dict[str, Any] = {"candidates": {name: asdict(spec) for name, spec in candidates.items()}}
    empty = Reranker({}, {}, rare, LEAST_SURE)
    learned_to_choose(folder, {**files, RERANKER: empty.to_json().encode()}, generation, {})
    bundle = load_bundle(folder)
    captioner = OnnxCaptioner(bundle)
    found = look(captioner, photos, progress)
    labels = [label.label for label in captioner.labels]
    priors = dict(zip(labels, found.at["fast"].scores.mean(axis=0).astype(float).tolist(), strict=True))
    reranker = replace(empty, priors=priors)
    if expects:
        reranker = replace(reranker, common=common_captions(captioner, reranker, train, counting))
    describing = make_chooser(bundle, captioner.tokenizer, captioner.labels, reranker).describing
    references, wording = References(found.photos), Wording()
    fitted: dict[Quality, Fitted] = {}
    for quality, its in found.at.items():
        seen = Seen(
            tuple(map(tuple, its.candidates)),
            tuple(
                describing.features(own, scores, its.expected[i] if len(its.expected) else None)
                for i, (own, scores) in enumerate(zip(its.candidates, its.scores, strict=True))
            ),
            tuple(
                references.score([wording.say(captioner.detokenize(one.hypothesis.token_ids)) for one in own], i)
                for i, own in enumerate(its.candidates)
            ),
        )
        fitted[quality] = fit(
            seen,
            ranks=ranks(bundle.generation, quality),
            has_tags=bool(labels),
            has_ngrams=expects,
        )
    learned = replace(reranker, qualities={quality: one.learned for quality, one in fitted.items()})
    generation["review_below"] = {quality: one.review_below for quality, one in fitted.items()}
    generation["right_from"] = RIGHT_FROM
    figures: dict[str, Any] = {quality: one.as_json() for quality, one in fitted.items()}
    figures["photos"] = len(found.photos)
    learned_to_choose(folder, {RERANKER: learned.to_json().encode()}, generation, {"choosing": figures})
    return fitted


def _expecting(folder: Path) -> dict[str, bytes]:
    """The files of a model that expects phrases. Raises RunError."""
    try:
        return {name: (folder / name).read_bytes() for name in (NGRAM_MODEL, NGRAMS)}
    except OSError as error:
        raise RunError(
            f"{error.filename} cannot be read: {error.strerror}", f"name a folder with {NGRAM_MODEL} and {NGRAMS}"
        ) from error
