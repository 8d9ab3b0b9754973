"""Greedy search, beam search and sampling over logits, in numpy. Knows no tokenizer and no session.

A decoder is any function ``step(token_ids (R,), state) -> (logits (R, V), state)`` where every array of the
state has its rows along axis 0. Searches are batched over photos and beams: one step call serves them all, and
photos or beams that have ended leave the batch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    State = Mapping[str, NDArray[Any]]
    Step = Callable[[NDArray[np.int64], State], tuple[NDArray[np.float32], State]]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One finished caption: token ids without markers, natural log of its probability, score that ranks it."""

    token_ids: tuple[int, ...]
    log_probability: float
    score: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What every search obeys: markers, longest caption (words), tokens never said, n-grams never repeated."""

    start: int
    end: int
    max_length: int
    never: tuple[int, ...] = ()
    no_repeat_ngram: int = 0


@dataclass(slots=True)
class _Beam:
    tokens: tuple[int, ...] = ()
    log_probability: float = 0.0


@dataclass(slots=True)
class _Search:
    """The search of one photo: its live beams, and what has ended."""

    photo: int
    live: list[_Beam]
    ended: list[Hypothesis] = field(default_factory=list)


def greedy(step: "Step", state: "State", photos: int, rules: Rules) -> list[list[Hypothesis]]:
    """The likeliest word at every step; one hypothesis a photo."""
    return beam_search(step, state, photos, rules, width=1)


def beam_search(
    step: "Step", state: "State", photos: int, rules: Rules, *, width: int, length_penalty: float = 0.0
) -> list[list[Hypothesis]]:
    """``width`` best captions a photo, best first, ranked by log-probability / length ** ``length_penalty``.

    A photo's search ends when ``width`` captions have ended (Wu et al. 2016, without the coverage term).
    """
    if photos == 0:
        return []
    results: list[list[Hypothesis]] = [[] for _ in range(photos)]
    searches = [_Search(photo, [_Beam()]) for photo in range(photos)]
    for length in range(1, rules.max_length + 2):
        beams = [beam for search in searches for beam in search.live]
        inputs = np.array([beam.tokens[-1] if beam.tokens else rules.start for beam in beams], dtype=np.int64)
        logits, state = step(inputs, state)
        log_probs = log_softmax(_forbid(logits, beams, rules, must_end=length > rules.max_length))
        rows: list[int] = []
        row, going_on = 0, []
        for search in searches:
            count = len(search.live)
            parents = _extend(search, log_probs[row : row + count], rules, width, length_penalty)
            if search.live:
                going_on.append(search)
                rows.extend(row + parent for parent in parents)
            else:
                results[search.photo] = sorted(search.ended, key=lambda h: -h.score)[:width]
            row += count
        searches = going_on
        if not searches:
            break
        state = gather(state, rows)
    return results


def sample(
    step: "Step",
    state: "State",
    photos: int,
    rules: Rules,
    *,
    rng: np.random.Generator,
    count: int = 1,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> list[list[Hypothesis]]:
    """``count`` captions a photo drawn at ``temperature`` from the ``top_p`` nucleus (Holtzman et al. 2020).

    Their log-probability is the model's own, at temperature 1. Best first, repetitions kept. Every photo meets the
    same random numbers, so that what is said of it does not depend on its company in the batch.
    """
    if not 0 < temperature < np.inf or not 0 < top_p <= 1:
        raise ValueError("temperature is above 0 and finite, top_p above 0 and at most 1")
    beams = [_Beam() for _ in range(photos * count)]
    if not beams:
        return [[] for _ in range(photos)]
    state = gather(state, [photo for photo in range(photos) for _ in range(count)])
    live = list(range(len(beams)))
    noise = rng.random((rules.max_length + 1, count))
    for length in range(1, rules.max_length + 2):
        current = [beams[i] for i in live]
        inputs = np.array([beam.tokens[-1] if beam.tokens else rules.start for beam in current], dtype=np.int64)
        logits, state = step(inputs, state)
        logits = _forbid(logits, current, rules, must_end=length > rules.max_length)
        log_probs = log_softmax(logits)
        # From the largest down: whatever the temperature, the likeliest word stays a number.
        scores = (logits - logits.max(axis=1, keepdims=True)).astype(np.float64) / temperature
        chosen = _draw(scores, top_p, noise[length - 1, [i % count for i in live]])
        rows = []
        for row, (beam, token) in enumerate(zip(current, chosen, strict=True)):
            beam.log_probability += float(log_probs[row, token])
            if token != rules.end:
                beam.tokens = (*beam.tokens, int(token))
                rows.append(row)
        live = [live[row] for row in rows]
        if not live:
            break
        state = gather(state, rows)
    ended = [Hypothesis(beam.tokens, beam.log_probability, beam.log_probability) for beam in beams]
    return [sorted(ended[i * count : (i + 1) * count], key=lambda h: -h.score) for i in range(photos)]


def _extend(
    search: _Search, log_probs: "NDArray[np.float32]", rules: Rules, width: int, length_penalty: float
) -> list[int]:
    """Replace the live beams by their best continuations; returns for each the beam that it came from."""
    # 2 x width candidates: even if all beams could end now, width of them can go on.
    wanted = min(2 * width, log_probs.shape[1])
    best = np.argpartition(log_probs, -wanted, axis=1)[:, -wanted:]
    candidates = sorted(
        (
            (search.live[row].log_probability + float(log_probs[row, token]), row, int(token))
            for row in range(len(search.live))
            for token in best[row]
        ),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    live: list[_Beam] = []
    parents: list[int] = []
    for rank, (log_probability, row, token) in enumerate(candidates):
        if log_probability == -np.inf or len(live) == width:
            break
        tokens = search.live[row].tokens
        if token != rules.end:
            live.append(_Beam((*tokens, token), log_probability))
            parents.append(row)
        elif rank < width:
            score = log_probability / (len(tokens) + 1) ** length_penalty
            search.ended.append(Hypothesis(tokens, log_probability, score))
    if len(search.ended) >= width:
        live, parents = [], []
    search.live = live
    return parents


def _forbid(
    logits: "NDArray[np.float32]", beams: list[_Beam], rules: Rules, *, must_end: bool
) -> "NDArray[np.float32]":
    """Logits with everything that may not be said now at minus infinity."""
    if must_end:
        only_end = np.full_like(logits, -np.inf)
        only_end[:, rules.end] = 0.0
        return only_end
    allowed = logits.copy()
    allowed[:, list(rules.never)] = -np.inf
    if rules.start != rules.end:
        allowed[:, rules.start] = -np.inf
    n = rules.no_repeat_ngram
    for row, beam in enumerate(beams):
        if not beam.tokens:
            allowed[row, rules.end] = -np.inf  # an empty caption says nothing
        if n > 0:
            allowed[row, list(repeating(beam.tokens, n))] = -np.inf
    return allowed


def repeating(tokens: tuple[int, ...], n: int) -> Iterable[int]:
    """Tokens that would complete an n-gram which was said before."""
    prefix = tokens[len(tokens) - n + 1 :]
    return {tokens[i + n - 1] for i in range(len(tokens) - n + 1) if tokens[i : i + n - 1] == prefix}


def log_softmax(logits: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """The natural log of each token's probability (R, V)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        normaliser = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return np.asarray(shifted - normaliser, dtype=np.float32)


def _draw(scores: "NDArray[np.float64]", top_p: float, noise: "NDArray[np.float64]") -> "NDArray[np.int64]":
    """One token a row from the smallest set of tokens whose probability reaches ``top_p``; ``noise`` (R,) in [0, 1).

    ``scores`` (R, V) are logits of which the largest in each row is 0.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    weights = np.exp(np.take_along_axis(scores, order, axis=1))
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    before = np.cumsum(probabilities, axis=1) - probabilities
    probabilities[before >= top_p] = 0.0
    cumulative = np.cumsum(probabilities, axis=1)
    pick = (noise[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1)
    pick = np.minimum(pick, (probabilities > 0).sum(axis=1) - 1)
    return np.asarray(np.take_along_axis(order, pick[:, None], axis=1)[:, 0], dtype=np.int64)


def gather(state: "State", rows: Sequence[int]) -> "State":
    """The state of these rows, in this order; a row may be there twice, or not at all."""
    index = np.asarray(rows, dtype=np.int64)
    return {name: values[index] for name, values in state.items()}
