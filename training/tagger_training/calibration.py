"""Logits -> probabilities that mean what they say, and whether they do. Numpy only; knows no model.

Sources: Platt, "Probabilistic outputs for support vector machines" (1999); for the temperature and the expected
calibration error Guo et al., "On Calibration of Modern Neural Networks" (2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PRIOR_PHOTOS = 3.0
_ITERATIONS = 50


def fit_platt(
    logits: NDArray[np.floating], truth: NDArray[np.bool_], *, prior: float = PRIOR_PHOTOS
) -> tuple[float, NDArray[np.float64]]:
    """Slope for all labels and offset for each (T,) that make ``sigmoid(slope * logits + offset)`` probabilities.

    ``logits`` and ``truth`` (N, T) of photos that the model was not trained on. The offset of a label is drawn to the
    common one by as much as ``prior`` photos, so that a rare label does not go its own way.
    """
    x = logits.astype(np.float64)
    slope, common = 1.0, 0.0
    for _ in range(_ITERATIONS):  # Newton in two unknowns, steps bounded
        p = _sigmoid(slope * x + common)
        residual, curvature = truth - p, np.maximum(p * (1 - p), 1e-9)
        cross = (curvature * x).sum()
        hessian = np.array([[(curvature * x**2).sum(), cross], [cross, curvature.sum()]])
        step = np.linalg.solve(hessian, np.array([(residual * x).sum(), residual.sum()]))
        slope += float(np.clip(step[0], -0.5, 0.5))
        common += float(np.clip(step[1], -1, 1))
    offset = np.full(x.shape[1], common)
    for _ in range(_ITERATIONS):
        p = _sigmoid(slope * x + offset)
        step = ((truth - p).sum(axis=0) + prior * (common - offset)) / ((p * (1 - p)).sum(axis=0) + prior)
        offset += np.clip(step, -1, 1)
    return slope, offset


def probabilities(logits: NDArray[np.floating], slope: float, offset: NDArray[np.float64]) -> NDArray[np.float64]:
    """Calibrated probabilities (N, T) of logits (N, T)."""
    return _sigmoid(slope * logits + offset)


def fit_temperature(logits: NDArray[np.floating], members: Sequence[Sequence[int]], truth: NDArray[np.bool_]) -> float:
    """The temperature (0.3 to 3) of a softmax over ``logits`` (N, K) that makes sums over classes probabilities.

    ``truth`` (N, M) says for which photos the sum over the classes ``members[m]`` should be 1.
    """
    x = logits - logits.max(axis=1, keepdims=True)

    def loss(temperature: float) -> float:
        weights = np.exp(x / temperature)
        sums = np.stack([weights[:, list(own)].sum(axis=1) for own in members], axis=1)
        p = np.clip(sums / weights.sum(axis=1, keepdims=True), 1e-4, 1 - 1e-4)
        return float(-np.where(truth, np.log(p), np.log(1 - p)).mean())

    return min((round(0.3 + 0.05 * step, 2) for step in range(55)), key=loss)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Probabilities from ``low`` to ``high``: how many, their mean, and the share of them that came true."""

    low: float
    high: float
    count: int
    mean: float
    true: float


def reliability(p: NDArray[np.floating], truth: NDArray[np.bool_], *, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Probabilities ``p`` and whether they came true, of the same shape, in bins of equal width; empty bins are left
    out."""
    place = np.minimum((p.astype(np.float64) * bins).astype(int), bins - 1)
    return tuple(
        ReliabilityBin(b / bins, (b + 1) / bins, int(own.sum()), float(p[own].mean()), float(truth[own].mean()))
        for b in range(bins)
        if (own := place == b).any()
    )


def calibration_error(found: Sequence[ReliabilityBin]) -> float:
    """Mean distance of probability and share, each bin by its count; 0 without bins."""
    total = sum(each.count for each in found)
    return sum(each.count * abs(each.mean - each.true) for each in found) / total if total else 0.0


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
