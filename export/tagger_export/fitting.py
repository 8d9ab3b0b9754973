"""Fits what chooses among candidates and what says how sure to be. Numbers in, weights out; numpy only.

Knows neither bundles nor photos: rows of features, and how good each candidate was.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.reranking import Linear

FOLDS = 5
_SHARPNESS = 2.0
_STEPS, _RATE = 400, 0.05
_PENALTY = 0.004
_RIDGE = 4.0  # photos: what a weight must be worth
_NEWTON_STEPS = 30

Floats = NDArray[np.float64]


def fit_ranking(values: Sequence[Floats], rewards: Sequence[Floats], names: Sequence[str]) -> Linear:
    """Weights that maximise the expected reward under a softmax over each photo's candidates.

    ``values`` (C, F) and ``rewards`` (C,) of each photo; ``names`` are those of the F columns. Features that are the
    same for all candidates of all photos are left out.
    """
    every = np.concatenate(list(values))
    mean, deviation = every.mean(axis=0), every.std(axis=0)
    used = np.flatnonzero(deviation > 1e-9)
    most = max(len(own) for own in values)
    x = np.zeros((len(values), most, len(used)))
    y, closed = np.zeros((len(values), most)), np.full((len(values), most), -np.inf)
    for row, (own, reward) in enumerate(zip(values, rewards, strict=True)):
        x[row, : len(own)] = (own[:, used] - mean[used]) / deviation[used]
        y[row, : len(own)], closed[row, : len(own)] = reward, 0.0
    weights, first, second = np.zeros(len(used)), np.zeros(len(used)), np.zeros(len(used))
    for step in range(1, _STEPS + 1):  # Adam (Kingma and Ba, 2015)
        logits = _SHARPNESS * (x @ weights) + closed
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        gain = p * (y - (p * y).sum(axis=1, keepdims=True)) * _SHARPNESS
        gradient = -np.einsum("pc,pcf->f", gain, x) / len(x) + 2 * _PENALTY * weights
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return _linear(names, used, weights, mean, deviation)


def fit_confidence(values: Floats, right: NDArray[np.bool_], names: Sequence[str]) -> Linear:
    """A logistic regression: the probability of being ``right`` (N,) from rows of features (N, F)."""
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    used = np.flatnonzero(deviation > 1e-9)
    x = np.column_stack([(values[:, used] - mean[used]) / deviation[used], np.ones(len(values))])
    ridge = np.append(np.full(len(used), _RIDGE), 1e-6)
    weights = np.zeros(len(used) + 1)
    for _ in range(_NEWTON_STEPS):
        p = 0.5 * (1 + np.tanh(x @ weights / 2))
        gradient = x.T @ (right - p) - ridge * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        weights += np.linalg.solve(hessian, gradient)
    return _linear(names, used, weights[:-1], mean, deviation, bias=float(weights[-1]))


def folds(count: int, *, seed: int = 3) -> list[NDArray[np.int64]]:
    """The places 0 to ``count`` in parts of about the same size, each held out once."""
    order = np.random.default_rng(seed).permutation(count)
    parts = min(FOLDS, count)
    return [np.sort(order[part::parts]) for part in range(parts)]


def others(held_out: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """All places that are not held out; those themselves where there are no others."""
    rest = np.setdiff1d(np.arange(count), held_out)
    return rest if len(rest) else held_out


def threshold(confidence: Floats, scores: Floats, *, gain: float = 0.15) -> float:
    """The lowest confidence from which on the mean score is ``gain`` above that of all; as many as possible stay.

    0 where no threshold reaches it while a tenth stays.
    """
    order = np.argsort(-confidence, kind="stable")
    means = np.cumsum(scores[order]) / np.arange(1, len(scores) + 1)
    good = np.flatnonzero(means >= (1 + gain) * scores.mean())
    good = good[good + 1 >= len(scores) / 10]
    if not len(good) or good[-1] + 1 == len(scores):
        return 0.0
    last = int(good[-1])
    return float((confidence[order[last]] + confidence[order[last + 1]]) / 2)


def _linear(
    names: Sequence[str],
    used: NDArray[np.int64],
    weights: Floats,
    mean: Floats,
    deviation: Floats,
    *,
    bias: float = 0.0,
) -> Linear:
    def numbers(values: Floats) -> tuple[float, ...]:
        return tuple(float(value) for value in values)

    return Linear(tuple(names[i] for i in used), numbers(weights), numbers(mean[used]), numbers(deviation[used]), bias)
