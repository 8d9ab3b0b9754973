"""Several models on the same photos, or one model on two splits: what is better, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from tagger_training.datasets import CaptionedPhoto

from tagger.core.errors import RunError
from tagger_export.answers import Answers
from tagger_export.evaluation import Evaluation, bootstrap_error, bootstrap_means


@dataclass(frozen=True, slots=True)
class Difference:
    """CIDEr-D of one model less that of the first, on the same photos, with the interval that holds it at 95 %.

    ``better`` and ``worse`` are numbers of photos; on the others both score the same.
    """

    mean: float
    low: float
    high: float
    better: int
    worse: int

    def as_json(self) -> dict[str, Any]:
        """The difference as JSON values."""
        shown = {"cider": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4)}
        return {**shown, "photos_better": self.better, "photos_worse": self.worse}

    def __str__(self) -> str:
        return f"{self.mean:+.3f} ({self.low:+.3f} to {self.high:+.3f})"


@dataclass(frozen=True, slots=True)
class Gap:
    """How much better a model is on photos that it was trained on: CIDEr-D there less that on others.

    ``error`` is the standard error of ``cider`` by bootstrap, the two sets of photos drawn apart.
    """

    cider: float
    error: float

    def as_json(self) -> dict[str, Any]:
        """The gap as JSON values."""
        return {"cider": round(self.cider, 4), "error": round(self.error, 4)}

    def __str__(self) -> str:
        return f"{self.cider:+.3f} (standard error {self.error:.3f})"


def in_common(answers: Sequence[Answers]) -> list[Answers]:
    """What each model says of the photos that all of them could read. Raises RunError where there are none."""
    paths = frozenset.intersection(*(frozenset(photo.path for photo in own.photos) for own in answers))
    if not paths:
        raise RunError("there is no photo that all of the models can read", "mend the data set")
    return [own.only(paths) for own in answers]


def difference(first: Evaluation, other: Evaluation) -> Difference:
    """Compare two models on the same photos: photos are drawn with replacement, both captions of each together.

    Source: the paired bootstrap; P. Koehn, "Statistical significance tests for machine translation evaluation" (2004).
    """
    each = np.subtract(other.caption_scores.each, first.caption_scores.each)
    low, high = np.quantile(bootstrap_means(each.tolist()), (0.025, 0.975))
    return Difference(float(each.mean()), float(low), float(high), int((each > 0).sum()), int((each < 0).sum()))


def gap(trained: Evaluation, other: Evaluation) -> Gap:
    """Compare one model on photos that it was ``trained`` on and on ``other`` photos."""
    error = np.hypot(bootstrap_error(trained.caption_scores.each), bootstrap_error(other.caption_scores.each))
    return Gap(trained.caption_scores.cider - other.caption_scores.cider, float(error))


def like(photos: Sequence[CaptionedPhoto], others: Sequence[CaptionedPhoto]) -> list[CaptionedPhoto]:
    """The photos that can be scored like ``others``: with as many captions as the fewest of those, the rest left out.

    More references make for another CIDEr-D. Raises RunError where no photo has as many.
    """
    fewest = min(len(photo.captions) for photo in others)
    found = [replace(photo, captions=photo.captions[:fewest]) for photo in photos if len(photo.captions) >= fewest]
    if not found:
        raise RunError(f"no training photo has {fewest} captions, as the others have", "a gap would compare two things")
    return found


def sample(photos: Sequence[CaptionedPhoto], count: int, seed: int) -> list[CaptionedPhoto]:
    """``count`` photos chosen by ``seed``, in their order; all of them where there are no more."""
    if count >= len(photos):
        return list(photos)
    chosen = np.random.default_rng(seed).choice(len(photos), count, replace=False)
    return [photos[i] for i in sorted(chosen)]


def side_by_side(evaluations: Mapping[str, Evaluation]) -> list[tuple[str, ...]]:
    """Rows of a table: the name of a score, and its value for each evaluation ("-" where it has none)."""
    columns = [dict(evaluation.rows()) for evaluation in evaluations.values()]
    names = list(dict.fromkeys(name for column in columns for name in column))
    # A name that only some have comes where it stands there, not at the end.
    longest = max(columns, key=len)
    order = {name: i for i, name in enumerate(longest)}
    names.sort(key=lambda name: order.get(name, len(order)))
    return [(name, *(column.get(name, "-") for column in columns)) for name in names]
