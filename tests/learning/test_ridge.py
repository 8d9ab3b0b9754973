"""Linear models from few examples: what is said of examples that were held back is what another training would say."""

import numpy as np

from tagger.learning import ridge
from tagger.learning.ridge import fit_ridge, fit_shift, fit_sigmoid, groups_of

RNG = np.random.default_rng(3)
FEATURES = RNG.normal(size=(14, 40)) / 6
TARGETS = np.where(np.arange(14) < 5, 1.0, -1.0)
WEIGHTS = RNG.random(14) + 0.5


def brute(kept: "np.ndarray", strength: float) -> "np.ndarray":
    """What ridge regression on the ``kept`` examples says of all."""
    products = FEATURES @ FEATURES.T + 1
    system = products[np.ix_(kept, kept)] + np.diag(strength / WEIGHTS[kept])
    return products[:, kept] @ np.linalg.solve(system, TARGETS[kept])


def test_held_out_is_as_if_trained_without(monkeypatch) -> None:
    monkeypatch.setattr(ridge, "STRENGTHS", (0.3,))
    groups = np.array([0, 0, 0, 3, 4, 5, 5, 7, 8, 9, 10, 11, 12, 13])
    fitted = fit_ridge(FEATURES @ FEATURES.T, TARGETS, WEIGHTS, groups)
    for group in set(groups.tolist()):
        kept = np.flatnonzero(groups != group)
        held = np.flatnonzero(groups == group)
        np.testing.assert_allclose(fitted.held_out[held], brute(kept, 0.3)[held], atol=1e-9)
    np.testing.assert_allclose(FEATURES @ (FEATURES.T @ fitted.dual) + fitted.bias, brute(np.arange(14), 0.3))


def test_the_strength_with_the_least_held_out_error_is_taken() -> None:
    fitted = fit_ridge(FEATURES @ FEATURES.T, TARGETS, WEIGHTS, np.arange(14))
    errors = []
    for strength in ridge.STRENGTHS:
        held = np.array([brute(np.delete(np.arange(14), i), strength)[i] for i in range(14)])
        errors.append(float((WEIGHTS * (held - TARGETS) ** 2).sum()))
    assert np.isclose(min(errors), (WEIGHTS * (fitted.held_out - TARGETS) ** 2).sum())


def test_a_sigmoid_rises_and_is_about_right() -> None:
    scores = RNG.normal(size=4000)
    positive = RNG.random(4000) < 1 / (1 + np.exp(-(2 * scores - 1)))
    slope, offset = fit_sigmoid(scores, positive, np.ones(4000))
    assert abs(slope - 2) < 0.25
    assert abs(offset + 1) < 0.2


def test_a_shift_goes_where_it_is_told_and_no_further() -> None:
    products, logits = FEATURES @ FEATURES.T, RNG.normal(size=14)
    own = 1 / (1 + np.exp(-logits))
    dual, bias = fit_shift(products, logits, own, np.ones(14), strength=1.0)
    assert np.abs(dual).max() < 1e-9  # told what it says already, it stays
    targets = own.copy()
    targets[0] = 0.0
    dual, bias = fit_shift(products, logits, targets, np.where(np.arange(14) == 0, 2.0, 0.2), strength=1.0)
    added = products @ dual + bias
    assert added[0] < -0.2
    assert abs(added[0]) > 3 * np.abs(added[1:]).mean()


def test_pictures_of_one_burst_are_one_group() -> None:
    one, other = RNG.normal(size=50), RNG.normal(size=50)
    features = np.stack([one, one + 0.01 * other, other, one + 0.02 * RNG.normal(size=50)])
    groups = groups_of(features @ features.T, alike=0.97)
    assert groups[0] == groups[1] == groups[3]
    assert groups[2] != groups[0]
