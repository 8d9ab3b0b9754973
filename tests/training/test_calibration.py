"""Calibrated probabilities mean what they say."""

import numpy as np
from tagger_training.calibration import calibration_error, fit_platt, fit_temperature, probabilities, reliability


def test_it_finds_the_scale_and_offset_that_were_used() -> None:
    rng = np.random.default_rng(0)
    true_logits = rng.normal(-1, 2, (4000, 5))
    truth = rng.random(true_logits.shape) < 1 / (1 + np.exp(-true_logits))
    slope, offset = fit_platt(2 * true_logits + 1, truth)
    np.testing.assert_allclose(slope, 0.5, atol=0.03)
    np.testing.assert_allclose(offset, -0.5, atol=0.2)


def test_calibrated_scores_agree_with_frequencies() -> None:
    rng = np.random.default_rng(1)
    true_logits = rng.normal(-2, 2, (3000, 40))
    truth = rng.random(true_logits.shape) < 1 / (1 + np.exp(-true_logits))
    raw = 3 * true_logits
    p = probabilities(raw, *fit_platt(raw, truth))
    for low in (0.1, 0.3, 0.5, 0.7):
        chosen = (p >= low) & (p < low + 0.2)
        assert abs(truth[chosen].mean() - p[chosen].mean()) < 0.03


def test_a_label_without_any_positive_stays_finite() -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 1, (200, 3))
    truth = rng.random((200, 3)) < 0.3
    truth[:, 1] = False
    slope, offset = fit_platt(logits, truth)
    assert np.isfinite(slope)
    assert np.isfinite(offset).all()
    assert offset[1] < offset[0]


def test_the_temperature_that_was_used_is_found() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (3000, 12))
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    chosen = [rng.choice(12, p=row) for row in weights / weights.sum(axis=1, keepdims=True)]
    members = [(0, 1, 2), (3,), (4, 5)]
    truth = np.stack([np.isin(chosen, own) for own in members], axis=1)
    assert abs(fit_temperature(logits * 1.5, members, truth) - 1.5) <= 0.1


def test_reliability_counts_by_bins() -> None:
    p = np.array([[0.05, 0.95], [0.06, 1.0]])
    low, high = reliability(p, np.array([[False, True], [True, True]]))
    assert (low.low, low.high, low.count, low.true) == (0.0, 0.1, 2, 0.5)
    assert (high.low, high.high, high.count, high.true) == (0.9, 1.0, 2, 1.0)
    assert np.isclose(low.mean, 0.055)
    assert np.isclose(calibration_error((low, high)), (0.445 + 0.025) / 2)
    assert calibration_error(()) == 0
