"""Calibrated probabilities mean what they say."""

import numpy as np
from tagger_training.calibration import fit_platt, probabilities


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
