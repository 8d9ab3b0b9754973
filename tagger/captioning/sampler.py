"""Greedy search, beam search and sampling over logits, in numpy. Knows no tokenizer and no session.

A decoder is any function ``step(token_ids (R,), state) -> (logits (R, V), state)`` where every array of the
state has its rows along axis 0. Searches are batched over photos and beams: one step call serves them all, and
photos or beams that have ended leave the batch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    State = Mapping[str, NDArray[Any]]
    Step = Callable[[NDArray[np.int64], State], tuple[NDArray[np.float32], State]]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One finished caption: token ids without markers, natural log of its probability, score that ranks it.

    ``word_logs`` are the natural logs of its tokens' own probabilities, without the end's.
    """

    token_ids: tuple[int, ...]
    log_probability: float
    score: float
    word_logs: tuple[float, ...] = field(default=(), compare=False)


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
    word_logs: tuple[float, ...] = ()

    def ended(self, log_probability: float, penalty: float) -> Hypothesis:
        score = log_probability / (len(self.tokens) + 1) ** penalty
        return Hypothesis(self.tokens, log_probability, score, self.word_logs)


class _Walk(Protocol):
    """One way of searching, over all photos at once: its live rows, and what becomes of them step by step."""

    def rows(self) -> list[int]:
        """The photo of each row at the beginning."""

    def live(self) -> list[_Beam]:
        """The rows that go on, in their order."""

    def extend(
        self, logits: "NDArray[np.float32]", log_probs: "NDArray[np.float32]", rules: Rules, length: int
    ) -> list[int]:
        """Go on by one token; returns for each row that goes on the row that it came from."""


def greedy(step: "Step", state: "State", photos: int, rules: Rules) -> list[list[Hypothesis]]:
    """The likeliest word at every step; one hypothesis a photo."""
    return beam_search(step, state, photos, rules, width=1)


def beam_search(
    step: "Step", state: "State", photos: int, rules: Rules, *, width: int, length_penalty: float = 0.0
) -> list[list[Hypothesis]]:
    """``width`` best captions a photo, best first, ranked by log-probability / length ** ``length_penalty``.

    A photo's search ends when ``width`` captions have ended (Wu et al. 2016, without the coverage term).
    """
    walk = _BeamWalk(photos, width, length_penalty)
    _go(step, state, rules, [walk])
    return walk.found()


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
    walk = _SampleWalk(photos, rng.random((rules.max_length + 1, count)), temperature, top_p)
    _go(step, state, rules, [walk])
    return walk.found()


def beam_and_samples(
    step: "Step",
    state: "State",
    photos: int,
    rules: Rules,
    *,
    width: int,
    count: int,
    temperature: float = 1.0,
    length_penalty: float = 0.0,
    rng: np.random.Generator,
) -> list[tuple[list[Hypothesis], list[Hypothesis]]]:
    """What ``beam_search`` and what ``sample`` finds, for each photo, in the same steps."""
    beams = _BeamWalk(photos, width, length_penalty)
    drawn = _SampleWalk(photos, rng.random((rules.max_length + 1, count)), temperature, 1.0)
    _go(step, state, rules, [beams, drawn])
    return list(zip(beams.found(), drawn.found(), strict=True))


def _go(step: "Step", state: "State", rules: Rules, walks: "Sequence[_Walk]") -> None:
    """Let all walks go to their ends; one call of the step serves all that are still on their way."""
    rows = [row for walk in walks for row in walk.rows()]
    if not rows:
        return
    state = gather(state, rows)
    for length in range(1, rules.max_length + 2):
        parts = [walk.live() for walk in walks]
        beams = [beam for part in parts for beam in part]
        inputs = np.array([beam.tokens[-1] if beam.tokens else rules.start for beam in beams], dtype=np.int64)
        logits, state = step(inputs, state)
        logits = _forbid(logits, beams, rules, must_end=length > rules.max_length)
        log_probs = log_softmax(logits)
        rows, first = [], 0
        for walk, part in zip(walks, parts, strict=True):
            own = slice(first, first + len(part))
            rows += [first + row for row in walk.extend(logits[own], log_probs[own], rules, length)]
            first += len(part)
        if not rows:
            return
        if rows != list(range(len(beams))):
            state = gather(state, rows)


@dataclass(slots=True)
class _Search:
    """The beam search of one photo: its live beams, and what has ended."""

    live: list[_Beam]
    ended: list[Hypothesis] = field(default_factory=list)


class _BeamWalk:
    def __init__(self, photos: int, width: int, length_penalty: float) -> None:
        self._width, self._penalty = width, length_penalty
        self._searches = [_Search([_Beam()]) for _ in range(photos)]

    def rows(self) -> list[int]:
        return list(range(len(self._searches)))

    def live(self) -> list[_Beam]:
        return [beam for search in self._searches for beam in search.live]

    def found(self) -> list[list[Hypothesis]]:
        return [sorted(search.ended, key=lambda h: -h.score)[: self._width] for search in self._searches]

    def extend(
        self,
        logits: "NDArray[np.float32]",  # noqa: ARG002 - as the other walk
        log_probs: "NDArray[np.float32]",
        rules: Rules,
        length: int,  # noqa: ARG002
    ) -> list[int]:
        # 2 x width candidates: even if all beams could end now, width of them can go on.
        wanted = min(2 * self._width, log_probs.shape[1])
        best = np.argpartition(log_probs, -wanted, axis=1)[:, -wanted:] if len(log_probs) else np.zeros((0, wanted))
        logs = np.take_along_axis(log_probs, best.astype(np.int64), axis=1)
        rows: list[int] = []
        first = 0
        for search in self._searches:
            own = slice(first, first + len(search.live))
            rows += [first + parent for parent in self._extend(search, best[own], logs[own], rules)]
            first = own.stop
        return rows

    def _extend(
        self, search: _Search, tokens: "NDArray[np.int64]", logs: "NDArray[np.float32]", rules: Rules
    ) -> list[int]:
        """Replace the live beams of one photo by their best continuations; returns for each where it came from."""
        if not search.live:
            return []
        totals = np.array([beam.log_probability for beam in search.live])[:, None] + logs.astype(np.float64)
        parents = np.repeat(np.arange(len(logs)), logs.shape[1])
        order = np.lexsort((tokens.ravel(), parents, -totals.ravel()))[: 2 * self._width + 1]
        live: list[_Beam] = []
        rows: list[int] = []
        for rank, place in enumerate(order.tolist()):
            total, row, token = float(totals.flat[place]), int(parents[place]), int(tokens.flat[place])
            if total == -np.inf or len(live) == self._width:
                break
            beam = search.live[row]
            if token != rules.end:
                live.append(_Beam((*beam.tokens, token), total, (*beam.word_logs, float(logs.flat[place]))))
                rows.append(row)
            elif rank < self._width:
                search.ended.append(beam.ended(total, self._penalty))
        if len(search.ended) >= self._width:
            live, rows = [], []
        search.live = live
        return rows


class _SampleWalk:
    def __init__(self, photos: int, noise: "NDArray[np.float64]", temperature: float, top_p: float) -> None:
        if not 0 < temperature < np.inf or not 0 < top_p <= 1:
            raise ValueError("temperature is above 0 and finite, top_p above 0 and at most 1")
        self._noise, self._temperature, self._top_p = noise, temperature, top_p
        self._photos, self._count = photos, noise.shape[1]
        self._beams = [_Beam() for _ in range(photos * self._count)]
        self._live = list(range(len(self._beams)))

    def rows(self) -> list[int]:
        return [index // self._count for index in self._live]

    def live(self) -> list[_Beam]:
        return [self._beams[index] for index in self._live]

    def found(self) -> list[list[Hypothesis]]:
        ended = [beam.ended(beam.log_probability, 0.0) for beam in self._beams]
        parts = [ended[photo * self._count : (photo + 1) * self._count] for photo in range(self._photos)]
        return [sorted(part, key=lambda h: -h.score) for part in parts]

    def extend(
        self, logits: "NDArray[np.float32]", log_probs: "NDArray[np.float32]", rules: Rules, length: int
    ) -> list[int]:
        if not self._live:
            return []
        # From the largest down: whatever the temperature, the likeliest word stays a number.
        scores = (logits - logits.max(axis=1, keepdims=True)).astype(np.float64) / self._temperature
        noise = self._noise[length - 1, [index % self._count for index in self._live]]
        rows: list[int] = []
        for row, token in enumerate(_draw(scores, self._top_p, noise).tolist()):
            beam, log = self._beams[self._live[row]], float(log_probs[row, token])
            beam.log_probability += log
            if token != rules.end:
                beam.tokens, beam.word_logs = (*beam.tokens, token), (*beam.word_logs, log)
                rows.append(row)
        self._live = [self._live[row] for row in rows]
        return rows


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
    if top_p == 1.0:  # no need to sort: any order of the tokens will do
        cumulative = np.cumsum(np.exp(scores), axis=1)
        last = (cumulative < cumulative[:, -1:]).sum(axis=1)
        pick = np.minimum((noise[:, None] * cumulative[:, -1:] >= cumulative).sum(axis=1), last)
        return np.asarray(pick, dtype=np.int64)
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
