"""Greedy and beam search as transformers' ``generate`` does them, for captioners that were trained under its rules.

Beside ``sampler``, whose search stops when enough captions have ended, because a model says something else under
another rule: here what is forbidden keeps no share of the probability, and scores are kept in float32. Same decoder
steps, same batching over photos and beams. Source: ``generation/utils.py`` and ``logits_process.py`` of transformers
4.57, whose length penalty counts the tokens after the start token, the end among them.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.hub import HubRules
from tagger.captioning.sampler import Hypothesis, gather, log_softmax, repeating

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.sampler import State, Step


@dataclass(frozen=True, slots=True)
class _Beam:
    """``tokens`` begin with the start token; ``score`` (a float32) is ranked, ``log_probability`` the model's own."""

    tokens: tuple[int, ...]
    score: float = 0.0
    log_probability: float = 0.0


@dataclass(slots=True)
class _Search:
    """The search of one photo: its live beams, and the best that have ended, with their scores by length."""

    photo: int
    live: list[_Beam]
    ended: list[tuple[float, _Beam]] = field(default_factory=list)


def greedy(step: "Step", state: "State", photos: int, rules: HubRules) -> list[list[Hypothesis]]:
    """The likeliest token at every step; one caption a photo, none where the decoder gives no numbers."""
    results: list[list[Hypothesis]] = [[] for _ in range(photos)]
    live = [(photo, _Beam((rules.start,))) for photo in range(photos)]
    while live:
        logits, state = step(_last([beam for _, beam in live]), state)
        own = log_softmax(logits)
        allowed = constrain(logits, [beam.tokens for _, beam in live], rules)
        rows, going_on = [], []
        for row, (photo, beam) in enumerate(live):
            token = int(np.argmax(allowed[row]))
            if not allowed[row, token] > -np.inf:
                continue
            longer = _Beam((*beam.tokens, token), log_probability=beam.log_probability + float(own[row, token]))
            if _stops(longer, rules):
                results[photo] = [_finished(longer, rules, longer.log_probability)]
            else:
                rows.append(row)
                going_on.append((photo, longer))
        live = going_on
        if live:
            state = gather(state, rows)
    return results


def beam_search(
    step: "Step", state: "State", photos: int, rules: HubRules, *, width: int, length_penalty: float
) -> list[list[Hypothesis]]:
    """At most ``width`` captions a photo, best first; none where the decoder gives no numbers.

    They are ranked by score / length ** ``length_penalty``.
    """
    results: list[list[Hypothesis]] = [[] for _ in range(photos)]
    searches = [_Search(photo, [_Beam((rules.start,))]) for photo in range(photos)]
    while searches:
        beams = [beam for search in searches for beam in search.live]
        logits, state = step(_last(beams), state)
        own = log_softmax(logits)
        allowed = constrain(own, [beam.tokens for beam in beams], rules)
        rows: list[int] = []
        row, going_on = 0, []
        for search in searches:
            part = slice(row, row + len(search.live))
            parents = _extend(search, allowed[part], own[part], rules, width, length_penalty)
            if _is_done(search, rules, width, length_penalty):
                results[search.photo] = [_finished(beam, rules, score) for score, beam in search.ended]
            else:
                going_on.append(search)
                rows.extend(row + parent for parent in parents)
            row = part.stop
        searches = going_on
        if searches:
            state = gather(state, rows)
    return results


def constrain(values: "NDArray[np.float32]", said: "list[tuple[int, ...]]", rules: HubRules) -> "NDArray[np.float32]":
    """``values`` (R, V), logits or log-probabilities, after every rule; ``said`` are R captions of one length."""
    allowed = values.copy()
    length = len(said[0])
    for row, tokens in enumerate(said):
        if rules.repetition_penalty != 1.0:
            again = list(set(tokens))
            before = allowed[row, again]
            penalty = np.float32(rules.repetition_penalty)
            allowed[row, again] = np.where(before < 0, before * penalty, before / penalty)
        if rules.no_repeat_ngram:
            allowed[row, list(repeating(tokens, rules.no_repeat_ngram))] = -np.inf
    if length < rules.min_length or length - 1 < rules.min_new:
        allowed[:, list(rules.ends)] = -np.inf
    if rules.forced_first and length == 1:
        _force(allowed, rules.forced_first)
    if rules.forced_last and length == rules.max_length - 1:
        _force(allowed, rules.forced_last)
    allowed[:, list(rules.suppressed)] = -np.inf
    if length == (2 if rules.forced_first else 1):
        allowed[:, list(rules.suppressed_first)] = -np.inf
    return allowed


def _extend(
    search: _Search,
    allowed: "NDArray[np.float32]",
    own: "NDArray[np.float32]",
    rules: HubRules,
    width: int,
    length_penalty: float,
) -> list[int]:
    """Replace the live beams by their best continuations; returns for each the beam that it came from."""
    scores = (allowed + np.array([beam.score for beam in search.live], np.float32)[:, None]).ravel()
    kept = min(max(2, 1 + len(rules.ends)) * width, scores.size)
    best = np.argpartition(scores, -kept)[-kept:]
    live: list[_Beam] = []
    parents: list[int] = []
    new = []
    for rank, place in enumerate(sorted(best.tolist(), key=lambda place: (-scores[place], place))):
        if not scores[place] > -np.inf:
            break
        row, token = divmod(place, allowed.shape[1])
        parent = search.live[row]
        beam = _Beam((*parent.tokens, token), float(scores[place]), parent.log_probability + float(own[row, token]))
        if not _stops(beam, rules):
            if len(live) < width:
                live.append(beam)
                parents.append(row)
        elif rank < width:
            new.append((float(np.float32(beam.score / (len(beam.tokens) - 1) ** length_penalty)), beam))
    search.ended = sorted([*search.ended, *new], key=lambda ended: -ended[0])[:width]
    search.live = live
    return parents


def _is_done(search: _Search, rules: HubRules, width: int, length_penalty: float) -> bool:
    """Whether nothing that goes on can, by the rule, come among the captions that have ended."""
    if not search.live:
        return True
    if len(search.ended) < width:
        return False
    if rules.early_stopping is True:
        return True
    longest = rules.early_stopping == "never" and length_penalty > 0
    length = (rules.max_length if longest else len(search.live[0].tokens)) - 1
    return float(np.float32(search.live[0].score / length**length_penalty)) <= search.ended[-1][0]


def _stops(beam: _Beam, rules: HubRules) -> bool:
    return beam.tokens[-1] in rules.ends or len(beam.tokens) >= rules.max_length


def _finished(beam: _Beam, rules: HubRules, score: float) -> Hypothesis:
    said = beam.tokens[1:-1] if beam.tokens[-1] in rules.ends else beam.tokens[1:]
    return Hypothesis(said, beam.log_probability, score)


def _last(beams: list[_Beam]) -> "NDArray[np.int64]":
    return np.array([beam.tokens[-1] for beam in beams], dtype=np.int64)


def _force(allowed: "NDArray[np.float32]", tokens: tuple[int, ...]) -> None:
    allowed[:] = -np.inf
    allowed[:, list(tokens)] = 0.0
