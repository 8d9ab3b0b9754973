"""What a bundle finds of photos at each quality, and which captions it says again and again. Fits nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tagger_training.datasets import CaptionedPhoto

from tagger.captioning.candidates import Candidate
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.choosing import make_chooser
from tagger.captioning.quality import Quality
from tagger.captioning.reranking import Learned, Linear, Reranker
from tagger.core.records import Photo
from tagger_export.answers import Progress, Reading

QUALITIES: tuple[Quality, ...] = ("fast", "default", "best")
RANKING = {"ngram_agreement": 1.0, "ngram_usual": -8.0, "words": 0.03, "common": -0.03, "new_pairs": -0.15}
"""Where the bundle expects phrases: chosen, not fitted, for CIDEr alone would have the same captions said again and
again. What is expected of this photo more than of others, a little for saying more, less for what is said of many
photos, and for words beside each other that nobody puts there."""
CHOSEN = Linear(tuple(RANKING), tuple(RANKING.values()), (0.0,) * len(RANKING), (1.0,) * len(RANKING))
_COUNTED = 1600
"""Photos of the split ``train`` on which it is counted which captions are common."""


@dataclass(frozen=True, slots=True)
class FoundAt:
    """What one quality finds of N photos: labels' probabilities (N, T), phrases' (N, K), candidates."""

    scores: NDArray[np.float32]
    expected: NDArray[np.float32]
    candidates: list[list[Candidate]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the bundle finds of the photos that can be read, at each quality."""

    photos: tuple[CaptionedPhoto, ...]
    at: Mapping[Quality, FoundAt]


def look(captioner: OnnxCaptioner, photos: Sequence[CaptionedPhoto], progress: Progress) -> Found:
    """Let the bundle caption the photos at every quality. Raises RunError where none can be read."""
    at = {quality: captioner.at(quality) for quality in QUALITIES}
    widest = max(at.values(), key=lambda one: len(one.views))
    found: dict[Quality, list[FoundAt]] = {quality: [] for quality in QUALITIES}
    reading = Reading(lambda path: widest.prepare(Photo(path, 0, 0)))
    for pixel_values in reading.batches(photos, progress):
        encoded = widest.encode(pixel_values)
        for quality, one in at.items():
            scores = one.scores(encoded)
            expected = one.expected(encoded, scores)
            found[quality].append(FoundAt(scores, expected, one.candidates(encoded, scores, expected)))
    return Found(
        reading.done(),
        {
            quality: FoundAt(
                np.concatenate([part.scores for part in parts]),
                np.concatenate([part.expected for part in parts]),
                [own for part in parts for own in part.candidates],
            )
            for quality, parts in found.items()
        },
    )


def common_captions(
    captioner: OnnxCaptioner, reranker: Reranker, train: Sequence[CaptionedPhoto], progress: Progress
) -> dict[str, float]:
    """The captions that are said of more than one of some photos, and of how many."""
    uncounted = Learned(replace(CHOSEN, weights=tuple(RANKING[n] * (n != "common") for n in RANKING)), None)
    chooser = make_chooser(
        captioner.bundle, captioner.tokenizer, captioner.labels, replace(reranker, qualities={"default": uncounted})
    )
    counts = Counter[str]()
    it = captioner.at("default")
    reading = Reading(lambda path: it.prepare(Photo(path, 0, 0)))
    for pixel_values in reading.batches(train[:: max(1, len(train) // _COUNTED)], progress):
        encoded = it.encode(pixel_values)
        scores = it.scores(encoded)
        expected = it.expected(encoded, scores)
        for own, tags, wanted in zip(it.candidates(encoded, scores, expected), scores, expected, strict=True):
            best = chooser.choose(own, tags, wanted, "default").hypotheses[0]
            counts[" ".join(captioner.tokenizer.vocabulary[token] for token in best.token_ids)] += 1
    return {caption: float(count) for caption, count in counts.most_common() if count > 1}
