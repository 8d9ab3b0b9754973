"""Logits -> probabilities that mean what they say (Platt 1999). Numpy only; knows no model."""

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


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
