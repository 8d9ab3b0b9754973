"""Sampling at a temperature from a nucleus."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioning.markov import END, PAD, START, UNK, Markov, ngrams
from tagger.captioning.sampler import Hypothesis, Rules, beam_and_samples, beam_search, greedy, sample

SEEDS = st.integers(0, 2**32 - 1)
RULES = Rules(START, END, 6, never=(PAD, UNK), no_repeat_ngram=2)


def draw(model: Markov, rules: Rules = RULES, *, seed: int = 0, **options) -> list[list[Hypothesis]]:
    return sample(model.step, model.start, len(model.photos), rules, rng=np.random.default_rng(seed), **options)


@given(seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_same_seed_same_captions(seed: int) -> None:
    model = Markov.random(seed, 3)
    assert draw(model, seed=seed, count=4) == draw(model, seed=seed, count=4)


def test_other_seed_other_captions() -> None:
    model = Markov.random(1, 3, spread=0.1)
    assert draw(model, seed=1, count=8) != draw(model, seed=2, count=8)


@given(seed=SEEDS, photos=st.integers(2, 5))
@settings(max_examples=25, deadline=None)
def test_batch_changes_nothing(seed: int, photos: int) -> None:
    model = Markov.random(seed, photos)
    for photo, found in enumerate(draw(model, count=3, top_p=0.9)):
        (alone,) = draw(model.alone(photo), count=3, top_p=0.9)
        assert [h.token_ids for h in found] == [h.token_ids for h in alone]


@given(seed=SEEDS, greedily=st.sampled_from([{"top_p": 1e-6}, {"temperature": 1e-9}, {"temperature": 1e-300}]))
@settings(max_examples=30, deadline=None)
def test_small_nucleus_or_temperature_is_greedy(seed: int, greedily: dict[str, float]) -> None:
    model = Markov.random(seed, 2)
    expected = [found[0].token_ids for found in greedy(model.step, model.start, 2, RULES)]
    assert [[h.token_ids for h in found] for found in draw(model, count=2, **greedily)] == [
        [one] * 2 for one in expected
    ]


@given(seed=SEEDS, temperature=st.floats(0.1, 5), top_p=st.floats(0.01, 1))
@settings(max_examples=40, deadline=None)
def test_rules_are_obeyed(seed: int, temperature: float, top_p: float) -> None:
    model = Markov.random(seed, 2)
    found = draw(model, count=5, temperature=temperature, top_p=top_p)
    assert [len(photo) for photo in found] == [5, 5]
    for hypothesis in (h for photo in found for h in photo):
        assert 1 <= len(hypothesis.token_ids) <= RULES.max_length
        assert not {PAD, START, END, UNK} & set(hypothesis.token_ids)
        said = ngrams(hypothesis.token_ids, 2)
        assert len(said) == len(set(said))
    assert all(photo == sorted(photo, key=lambda h: -h.score) for photo in found)


@given(seed=SEEDS, temperature=st.floats(0.3, 3))
@settings(max_examples=25, deadline=None)
def test_log_probability_is_at_temperature_one(seed: int, temperature: float) -> None:
    model = Markov.random(seed)
    model.table[:, [PAD, START, UNK]] = -1e4
    model.table[START, END] = -1e4
    rules = Rules(START, END, 6, never=(PAD, UNK))
    for hypothesis in draw(model, rules, count=4, temperature=temperature)[0]:
        said = hypothesis.token_ids if len(hypothesis.token_ids) == 6 else (*hypothesis.token_ids, END)
        own = sum(model.log_softmax(0, said[:i])[token] for i, token in enumerate(said))
        assert hypothesis.log_probability == pytest.approx(own, abs=1e-4)


@pytest.mark.parametrize(
    ("temperature", "top_p", "expected"),
    [
        (1.0, 1.0, (0.4, 0.3, 0.2, 0.1)),
        (1.0, 0.65, (4 / 7, 3 / 7, 0, 0)),
        (1.0, 0.75, (4 / 9, 3 / 9, 2 / 9, 0)),
        (0.5, 1.0, (16 / 30, 9 / 30, 4 / 30, 1 / 30)),
        (0.5, 0.5, (1, 0, 0, 0)),
    ],
)
def test_frequencies(temperature: float, top_p: float, expected: tuple[float, ...]) -> None:
    """One-word captions come as often as the nucleus says: 20,000 draws, so within 0.02 with certainty."""
    model = Markov.random(0)
    model.photos[:] = 0
    model.table[START, 4:] = np.log([0.1, 0.3, 0.4, 0.2])
    (found,) = draw(model, Rules(START, END, 1, never=(PAD, UNK)), count=20_000, temperature=temperature, top_p=top_p)
    counts = Counter(h.token_ids for h in found)
    shares = [counts[(token,)] / 20_000 for token in (6, 5, 7, 4)]
    assert shares == pytest.approx(expected, abs=0.02)
    assert [share == 0 for share in shares] == [share == 0 for share in expected]


def test_ended_rows_leave_the_batch() -> None:
    model = Markov.random(0, 2)
    model.table[4:, END] += 3
    draw(model, count=10)
    assert model.rows[0] == 20
    assert model.rows == sorted(model.rows, reverse=True)
    assert model.rows[-1] < 20


def test_nothing_asked_for() -> None:
    model = Markov.random(0, 2)
    assert draw(model, count=0) == [[], []]
    assert draw(Markov.random(0, 0), count=3) == []


@pytest.mark.parametrize(
    "options", [{"temperature": 0}, {"temperature": -1}, {"temperature": np.inf}, {"top_p": 0}, {"top_p": 1.1}]
)
def test_nonsense_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="temperature"):
        draw(Markov.random(0), **options)


@given(seed=st.integers(0, 2**32 - 1), photos=st.integers(1, 3))
@settings(max_examples=15, deadline=None)
def test_beam_and_samples_are_what_each_finds_by_itself(seed: int, photos: int) -> None:
    model = Markov.random(seed, photos)
    beams = beam_search(model.step, model.start, photos, RULES, width=3, length_penalty=0.5)
    drawn = sample(model.step, model.start, photos, RULES, rng=np.random.default_rng(1), count=4, temperature=0.8)
    together = beam_and_samples(
        model.step,
        model.start,
        photos,
        RULES,
        width=3,
        count=4,
        temperature=0.8,
        length_penalty=0.5,
        rng=np.random.default_rng(1),
    )
    assert [found for found, _ in together] == beams
    assert [found for _, found in together] == drawn
    for hypothesis in (hypothesis for found in drawn + beams for hypothesis in found):
        assert len(hypothesis.word_logs) == len(hypothesis.token_ids)
        assert hypothesis.log_probability <= sum(hypothesis.word_logs) + 1e-4
