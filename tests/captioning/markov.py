"""Random little decoders for the sampler, and the whole truth about them by enumeration."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.sampler import Hypothesis, Rules

PAD, START, END, UNK = range(4)
WORDS = 4  # ids 4 to 7


@dataclass
class Markov:
    """Word after word by a table, plus what each photo favours (rows of the state); counts the rows of each call."""

    table: NDArray[np.float32]
    photos: NDArray[np.float32]
    rows: list[int] = field(default_factory=list)

    @classmethod
    def random(cls, seed: int, photos: int = 1, *, spread: float = 2.0) -> "Markov":
        rng = np.random.default_rng(seed)
        size = END + 2 + WORDS
        return cls(
            rng.normal(0, spread, (size, size)).astype(np.float32), rng.normal(0, 1, (photos, size)).astype(np.float32)
        )

    @property
    def start(self) -> dict[str, NDArray[np.float32]]:
        return {"state.photo": self.photos, "state.steps": np.zeros((len(self.photos), 1), np.float32)}

    def step(
        self, token_ids: NDArray[np.int64], state: Mapping[str, NDArray[Any]]
    ) -> tuple[NDArray[np.float32], dict[str, NDArray[Any]]]:
        assert token_ids.dtype == np.int64
        assert len(token_ids) == len(state["state.photo"]) == len(state["state.steps"])
        self.rows.append(len(token_ids))
        steps = state["state.steps"]
        logits = self.table[token_ids] + state["state.photo"] * (1 + steps)
        return logits.astype(np.float32), {"state.photo": state["state.photo"], "state.steps": steps + 1}

    def alone(self, photo: int) -> "Markov":
        return Markov(self.table, self.photos[photo : photo + 1])

    def log_softmax(self, photo: int, tokens: tuple[int, ...]) -> list[float]:
        """The model's own, for the word after ``tokens``."""
        last = tokens[-1] if tokens else START
        return _log_softmax([float(x) for x in self.table[last] + self.photos[photo] * np.float32(1 + len(tokens))])


def every_caption(model: Markov, photo: int, rules: Rules, penalty: float) -> list[Hypothesis]:
    """All captions that the rules allow, best first: plain recursion, nothing shared with the sampler."""

    def extend(tokens: tuple[int, ...], log_probability: float) -> Iterator[Hypothesis]:
        if len(tokens) == rules.max_length:
            yield Hypothesis(tokens, log_probability, log_probability / (len(tokens) + 1) ** penalty)
            return
        allowed = [token for token in range(len(model.table)) if _may_say(token, tokens, rules)]
        logits = model.log_softmax(photo, tokens)
        for token, own in zip(allowed, _log_softmax([logits[token] for token in allowed]), strict=True):
            total = log_probability + own
            if token == rules.end:
                yield Hypothesis(tokens, total, total / (len(tokens) + 1) ** penalty)
            else:
                yield from extend((*tokens, token), total)

    return sorted(extend((), 0.0), key=lambda hypothesis: -hypothesis.score)


def plain_beam(model: Markov, photo: int, rules: Rules, width: int, penalty: float) -> list[Hypothesis]:
    """Beam search for one photo as the paper tells it (Wu et al. 2016), over whole captions, slowly."""
    live: list[tuple[tuple[int, ...], float]] = [((), 0.0)]
    ended: list[Hypothesis] = []
    while live and len(ended) < width:
        candidates = []
        for tokens, log_probability in live:
            full = len(tokens) == rules.max_length
            allowed = [token for token in range(len(model.table)) if _may_say(token, tokens, rules)]
            logits = model.log_softmax(photo, tokens)
            own = [0.0] if full else _log_softmax([logits[token] for token in allowed])
            for token, more in zip([rules.end] if full else allowed, own, strict=True):
                candidates.append((log_probability + more, tokens, token))
        candidates.sort(reverse=True)
        for total, tokens, token in candidates[:width]:
            if token == rules.end:
                ended.append(Hypothesis(tokens, total, total / (len(tokens) + 1) ** penalty))
        going_on = [((*tokens, token), total) for total, tokens, token in candidates if token != rules.end]
        live = going_on[:width]
    return sorted(ended, key=lambda hypothesis: -hypothesis.score)[:width]


def ngrams(tokens: tuple[int, ...], n: int) -> list[tuple[int, ...]]:
    return [tokens[i : i + n] for i in range(len(tokens) - n + 1)]


def _may_say(token: int, tokens: tuple[int, ...], rules: Rules) -> bool:
    if token in (*rules.never, rules.start):
        return False
    if token == rules.end:
        return bool(tokens)
    n = rules.no_repeat_ngram
    said = ngrams((*tokens, token), n) if n else []
    return len(said) == len(set(said))


def _log_softmax(logits: list[float]) -> list[float]:
    top = max(logits)
    total = top + math.log(sum(math.exp(x - top) for x in logits))
    return [x - total for x in logits]
