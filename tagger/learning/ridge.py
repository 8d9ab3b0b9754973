"""Linear models from few examples, in numpy: ridge regression and logistic regression by inner products alone.

With fewer photos than features everything is solved in the space of the photos (N, N), and what a model says of a
photo that it did not see follows from the model that saw all: no model is trained twice to measure it.
Sources: Hoerl and Kennard, "Ridge regression" (1970); Allen, "The relationship between variable selection and data
augmentation and a method for prediction" (1974), leaving out one; Platt, "Probabilistic outputs for support vector
machines" (1999), targets and sigmoid. Knows no photo and no label.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
_STEPS = 25


@dataclass(frozen=True, slots=True)
class Fitted:
    """A linear model of N examples: ``dual`` (N,) such that ``features.T @ dual`` are its weights, and its ``bias``.

    ``held_out`` (N,) is what it would say of each example, had it not seen the group that the example is in.
    """

    dual: "NDArray[np.float64]"
    bias: float
    held_out: "NDArray[np.float64]"


def fit_ridge(
    products: "NDArray[np.float64]",
    targets: "NDArray[np.float64]",
    weights: "NDArray[np.float64]",
    groups: "NDArray[np.int64]",
) -> Fitted:
    """Least squares from inner products (N, N) to targets (N,) under weights (N,), its strength by what is held out."""
    best: tuple[float, Fitted] | None = None
    with_bias = products + 1.0
    for strength in STRENGTHS:
        inverse = np.asarray(np.linalg.inv(with_bias + np.diag(strength / weights)), np.float64)
        dual = np.asarray(inverse @ targets, np.float64)
        held_out = np.asarray(targets - _left_out(inverse, dual, groups), np.float64)
        error = float((weights * (held_out - targets) ** 2).sum())
        if best is None or error < best[0]:
            best = error, Fitted(dual, float(dual.sum()), held_out)
    assert best is not None  # noqa: S101 - there are strengths
    return best[1]


def _left_out(
    inverse: "NDArray[np.float64]", dual: "NDArray[np.float64]", groups: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """How far off each example is where its group is left out: the block form of leaving out one."""
    residuals = dual / np.diag(inverse)
    names, counts = np.unique(groups, return_counts=True)
    for group in names[counts > 1]:
        members = np.flatnonzero(groups == group)
        residuals[members] = np.linalg.solve(inverse[np.ix_(members, members)], dual[members])
    return np.asarray(residuals, np.float64)


def fit_sigmoid(
    scores: "NDArray[np.float64]", positive: "NDArray[np.bool_]", weights: "NDArray[np.float64]"
) -> tuple[float, float]:
    """Slope (positive) and offset that make probabilities of scores (N,), by Newton's method with Platt's targets."""
    above = float(weights[positive].sum())
    below = float(weights[~positive].sum())
    targets = np.where(positive, (above + 1) / (above + 2), 1 / (below + 2))
    slope, offset = 1.0, float(np.log((above + 1) / (below + 1)))
    for _ in range(_STEPS):
        p = _sigmoid(slope * scores + offset)
        gradient = weights * (p - targets)
        curve = weights * p * (1 - p) + 1e-9
        g = np.array([gradient @ scores + 1e-3 * (slope - 1), gradient.sum()])
        h = np.array([[curve @ scores**2 + 1e-3, curve @ scores], [curve @ scores, curve.sum()]])
        step = np.linalg.solve(h + 1e-9 * np.eye(2), g)
        slope, offset = slope - float(np.clip(step[0], -2, 2)), offset - float(np.clip(step[1], -2, 2))
    return max(slope, 1e-3), offset


def fit_shift(
    products: "NDArray[np.float64]",
    logits: "NDArray[np.float64]",
    targets: "NDArray[np.float64]",
    weights: "NDArray[np.float64]",
    *,
    strength: float,
) -> tuple["NDArray[np.float64]", float]:
    """What to add to ``logits`` (N,) so that they say ``targets`` (N,), and no more than that: dual (N,) and bias.

    Logistic regression whose penalty draws it towards adding nothing: Newton's method in the space of the examples.
    """
    with_bias = products + 1.0
    added = np.zeros(len(targets))
    dual = np.zeros(len(targets))
    for _ in range(_STEPS):
        p = _sigmoid(logits + added)
        curve = np.maximum(weights * p * (1 - p), 1e-6)
        working = added - weights * (p - targets) / curve
        following = np.linalg.solve(with_bias + np.diag(strength / curve), working)
        moved = float(np.abs(following - dual).max())
        dual = dual + 0.7 * (following - dual)  # in full it may overshoot where curves are flat
        added = with_bias @ dual
        if moved < 1e-6:
            break
    return dual, float(dual.sum())


def groups_of(products: "NDArray[np.float64]", *, alike: float) -> "NDArray[np.int64]":
    """Group numbers (N,): examples whose cosine is at least ``alike`` are in one, as pictures of one burst are."""
    norms = np.sqrt(np.maximum(np.diag(products), 1e-12))
    close = products / norms[:, None] / norms[None] >= alike
    np.fill_diagonal(close, val=True)
    groups = np.arange(len(products))
    for one in range(len(products)):
        near = np.flatnonzero(close[one])
        groups[np.isin(groups, groups[near])] = groups[near].min()
    return groups


def _sigmoid(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values)))
