"""Greedy and beam search against enumeration; what every search obeys."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captioning.markov import END, PAD, START, UNK, Markov, every_caption, ngrams, plain_beam
from tagger.captioning.sampler import Hypothesis, Rules, beam_search, greedy

SEEDS = st.integers(0, 2**32 - 1)


def rules(max_length: int = 4, *, ngram: int = 0) -> Rules:
    return Rules(START, END, max_length, never=(PAD, UNK), no_repeat_ngram=ngram)


def same(found: Sequence[Hypothesis], expected: Sequence[Hypothesis]) -> bool:
    return [h.token_ids for h in found] == [h.token_ids for h in expected] and np.allclose(
        [(h.log_probability, h.score) for h in found], [(h.log_probability, h.score) for h in expected], atol=1e-4
    )


@given(seed=SEEDS, penalty=st.floats(0, 2), ngram=st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_wide_beam_finds_every_caption(seed: int, penalty: float, ngram: int) -> None:
    model = Markov.random(seed)
    expected = every_caption(model, 0, rules(ngram=ngram), penalty)
    (found,) = beam_search(model.step, model.start, 1, rules(ngram=ngram), width=400, length_penalty=penalty)
    assert len(found) == len(expected)
    assert same(sorted(found, key=lambda h: h.token_ids), sorted(expected, key=lambda h: h.token_ids))
    scores = [h.score for h in found]
    assert scores == sorted(scores, reverse=True)


@given(seed=SEEDS, width=st.integers(1, 4), penalty=st.floats(0, 2), ngram=st.sampled_from([0, 2]))
@settings(max_examples=60, deadline=None)
def test_narrow_beam_keeps_the_right_ones(seed: int, width: int, penalty: float, ngram: int) -> None:
    model = Markov.random(seed, photos=3)
    found = beam_search(model.step, model.start, 3, rules(6, ngram=ngram), width=width, length_penalty=penalty)
    for photo, own in enumerate(found):
        assert same(own, plain_beam(model, photo, rules(6, ngram=ngram), width, penalty))


@given(seed=SEEDS, width=st.integers(1, 5), penalty=st.floats(0, 2))
@settings(max_examples=30, deadline=None)
def test_narrow_beam(seed: int, width: int, penalty: float) -> None:
    """What a narrow beam finds are true captions with their true scores, ranked, at most ``width``, none twice."""
    model = Markov.random(seed, photos=2)
    truth = [{h.token_ids: h for h in every_caption(model, i, rules(ngram=2), penalty)} for i in range(2)]
    for true, found in zip(
        truth, beam_search(model.step, model.start, 2, rules(ngram=2), width=width, length_penalty=penalty), strict=True
    ):
        assert 1 <= len(found) <= width
        assert len({h.token_ids for h in found}) == len(found)
        assert same(found, [true[h.token_ids] for h in found])
        assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)


@given(seed=SEEDS, photos=st.integers(2, 6), width=st.integers(1, 4), ngram=st.sampled_from([0, 2, 3]))
@settings(max_examples=40, deadline=None)
def test_batch_changes_nothing(seed: int, photos: int, width: int, ngram: int) -> None:
    model = Markov.random(seed, photos)
    obeyed = rules(8, ngram=ngram)
    together = beam_search(model.step, model.start, photos, obeyed, width=width, length_penalty=0.7)
    for photo, found in enumerate(together):
        own = model.alone(photo)
        (alone,) = beam_search(own.step, own.start, 1, obeyed, width=width, length_penalty=0.7)
        assert same(found, alone)


@given(seed=SEEDS, max_length=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_greedy_is_the_likeliest_word_each_time(seed: int, max_length: int) -> None:
    model = Markov.random(seed)
    tokens: tuple[int, ...] = ()
    while len(tokens) < max_length:
        log_probs = np.array(model.log_softmax(0, tokens))
        log_probs[[PAD, START, UNK, *([] if tokens else [END])]] = -np.inf
        token = int(log_probs.argmax())
        if token == END:
            break
        tokens = (*tokens, token)
    (found,) = greedy(model.step, model.start, 1, rules(max_length))
    assert [h.token_ids for h in found] == [tokens]
    assert beam_search(model.step, model.start, 1, rules(max_length), width=1) == [found]


@given(seed=SEEDS, width=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_log_probability_is_the_models_own(seed: int, width: int) -> None:
    model = Markov.random(seed)
    model.table[:, [PAD, START, UNK]] = -1e4  # nothing is forbidden that the model would say
    model.table[START, END] = -1e4
    for found in beam_search(model.step, model.start, 1, rules(), width=width, length_penalty=1.0)[0]:
        said = found.token_ids if len(found.token_ids) == 4 else (*found.token_ids, END)  # the last end is no choice
        own = sum(model.log_softmax(0, said[:i])[token] for i, token in enumerate(said))
        assert found.log_probability == pytest.approx(own, abs=1e-4)
        assert found.score == pytest.approx(own / (len(found.token_ids) + 1), abs=1e-4)


@given(seed=SEEDS, n=st.integers(1, 3), width=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_nothing_is_repeated(seed: int, n: int, width: int) -> None:
    model = Markov.random(seed, 2)
    model.table[:, END] = -30  # would talk for ever
    for found in beam_search(model.step, model.start, 2, rules(15, ngram=n), width=width):
        for hypothesis in found:
            said = ngrams(hypothesis.token_ids, n)
            assert len(said) == len(set(said))
            assert not {PAD, START, END, UNK} & set(hypothesis.token_ids)


def test_repetition_is_allowed_where_not_forbidden() -> None:
    model = Markov.random(1)
    model.table[:, 5] += 50
    assert greedy(model.step, model.start, 1, rules(7))[0][0].token_ids == (5,) * 7
    first, second, third, *_ = greedy(model.step, model.start, 1, rules(7, ngram=2))[0][0].token_ids
    assert (first, second) == (5, 5)
    assert third != 5


def test_max_length() -> None:
    model = Markov.random(2, 3)
    model.table[:, END] = -1e4
    for width in (1, 3):
        model.rows.clear()
        found = beam_search(model.step, model.start, 3, rules(6), width=width)
        assert {len(h.token_ids) for photo in found for h in photo} == {6}
        assert len(model.rows) == 7


def test_length_penalty_prefers_longer() -> None:
    """A short caption that is likelier by a little loses to a longer one once length is made up for."""
    model = Markov.random(0)
    model.photos[:] = 0
    model.table[:] = -1e4
    model.table[START, [4, 5]] = np.log([0.55, 0.45])
    model.table[4, END] = model.table[5, 6] = model.table[6, 7] = model.table[7, END] = 0
    short, long = (4,), (5, 6, 7)
    plain = beam_search(model.step, model.start, 1, rules(), width=2, length_penalty=0.0)[0]
    rewarded = beam_search(model.step, model.start, 1, rules(), width=2, length_penalty=1.0)[0]
    assert [h.token_ids for h in plain] == [short, long]
    assert [h.token_ids for h in rewarded] == [long, short]


def test_ended_photos_leave_the_batch() -> None:
    """Photo 0 ends after one word, photo 1 after three, photo 2 never: the step sees ever fewer rows."""
    model = Markov.random(3, 3)
    model.table[:] = 0
    model.photos[:] = 0

    def step(token_ids, state):
        logits, state = model.step(token_ids, state)
        words = state["state.steps"][:, 0] - 1
        logits[:, END] = np.where(words >= state["state.photo"][:, 0], 50, -50)
        return logits, state

    model.photos[:, 0] = (1, 3, 99)
    found = beam_search(step, model.start, 3, rules(5), width=1)
    assert [len(photo[0].token_ids) for photo in found] == [1, 3, 5]
    assert model.rows == [3, 3, 2, 2, 1, 1]
    model.rows.clear()
    beam_search(step, model.start, 3, rules(5), width=2)
    assert model.rows[:2] == [3, 6]  # one row a photo, then one a beam
    assert model.rows[2:] == sorted(model.rows[2:], reverse=True)
    assert model.rows[-1] == 2


def test_no_photos() -> None:
    model = Markov.random(0, 0)
    assert beam_search(model.step, model.start, 0, rules(), width=3) == []
    assert greedy(model.step, model.start, 0, rules()) == []
    assert model.rows == []
