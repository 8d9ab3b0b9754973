"""Whether a model is right where it is sure: captions by their confidence, against people's captions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tagger.core.records import Caption

LEVEL = 0.5
"""The CIDEr-D from which a caption counts as right, where a bundle does not state another."""
SUREST = 0.7
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Captions of like confidence: how many, their mean confidence, and the share that is right."""

    captions: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Sureness:
    """Confidence against CIDEr-D.

    ``calibrated``: confidence is the probability of being right (CIDEr-D of ``level`` or more); otherwise it is the
    mean probability of the caption's words. ``surest`` is the mean CIDEr-D of the surest 70 %; ``written`` that of the
    share ``writing`` whose confidence reaches ``threshold``, None where there is none or nothing reaches it.
    ``bins`` are ten of equal width, ``error`` is the mean distance of predicted and observed (expected calibration
    error; Naeini, Cooper and Hauskrecht, 2015).
    """

    calibrated: bool
    level: float
    surest: float
    threshold: float | None
    writing: float | None
    written: float | None
    bins: tuple[Bin, ...]
    error: float

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON values; those that there are not are None."""
        return {
            "confidence_calibrated": self.calibrated,
            "right_from_cider": self.level,
            "calibration_error": self.error,
            "cider_of_surest": self.surest,
            "threshold": self.threshold,
            "share_written": self.writing,
            "cider_of_written": self.written,
        }

    def bins_json(self) -> list[dict[str, float]]:
        """The reliability diagram as JSON values."""
        return [
            {
                "captions": each.captions,
                "predicted": round(each.predicted, 4),
                "observed": round(each.observed, 4),
            }
            for each in self.bins
        ]


def confidence(caption: Caption) -> float:
    """How sure the model is of its caption, 0 to 1: ``Caption.score``, and 0 where nothing is known."""
    value = caption.score if caption.confidence is None else caption.confidence  # without the floor of the score
    return 0.0 if math.isnan(value) else value


def sureness(
    captions: Sequence[Caption], cider: Sequence[float], *, level: float = LEVEL, threshold: float | None = None
) -> Sureness:
    """Compare confidence and CIDEr-D, one of each a photo, of at least one photo.

    Below ``threshold`` the model would not write its caption.
    """
    sure = np.array([confidence(caption) for caption in captions])
    scores = np.asarray(cider, np.float64)
    surest = np.argsort(-sure, kind="stable")[: max(1, round(SUREST * len(sure)))]
    kept = sure >= threshold if threshold else np.zeros(0, bool)
    place = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    right = scores >= level
    bins = tuple(
        Bin(int(own.sum()), float(sure[own].mean()), float(right[own].mean()))
        for own in (place == i for i in range(_BINS))
        if own.any()
    )
    return Sureness(
        calibrated=all(caption.confidence is not None for caption in captions),
        level=level,
        surest=float(scores[surest].mean()),
        threshold=threshold or None,
        writing=float(kept.mean()) if threshold else None,
        written=float(scores[kept].mean()) if kept.any() else None,
        bins=bins,
        error=sum(each.captions * abs(each.predicted - each.observed) for each in bins) / len(sure),
    )
