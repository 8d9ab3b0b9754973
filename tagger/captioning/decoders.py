"""A bundle's decoders: each starts and steps; several are asked together, word by word. Knows no rule of searching.

Decoders that were trained from other beginnings make other mistakes. What they say together has the mean of their
logits, which is the product of their probabilities (Hinton, "Training Products of Experts", 2002).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.interfaces import TAG_PROBABILITIES, told
from tagger.captioning.sampler import log_softmax
from tagger.captioning.session import Graph
from tagger.captioning.stepping import Stepping, following

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.sampler import State, Step


class Decoder:
    """The start and step graphs of one decoder."""

    def __init__(self, start: Graph, step: Graph) -> None:
        self.start, self.step = start, step
        self._stepping = Stepping(step)

    @property
    def reads(self) -> frozenset[str]:
        """What it reads of an encoded photo, besides the tags."""
        return frozenset(self.start.inputs) - {TAG_PROBABILITIES}

    @property
    def attends(self) -> bool:
        """Whether it says where it looks."""
        return "attention" in self.step.outputs

    def started(self, encoded: "dict[str, NDArray[np.float32]]", scores: "NDArray[np.float32]") -> "State":
        """The state before the first word; one that is told the tags gets the first columns of ``scores`` (N, T)."""
        return self.start.run({**encoded, TAG_PROBABILITIES: scores[:, : told(self.start)]})

    def begin(self, encoded: "dict[str, NDArray[np.float32]]", scores: "NDArray[np.float32]") -> "tuple[Step, State]":
        """The step of a search, and the state that it begins with."""
        return self._stepping.begin(self.started(encoded, scores))

    def follow(self, state: "State", said: Sequence[int]) -> "tuple[NDArray[np.float32], NDArray[np.float32] | None]":
        """Let every photo (N) say the same T tokens, after the first of ``said``, whatever it would say itself.

        Returns the natural log of each token's probability (N, T), and where it attends, the weight of each cell of
        the grid for each token (N, T, S).
        """
        photos = len(next(iter(state.values())))
        logs, attention = [], []
        for before, token in pairwise(said):
            outputs = self.step.run({"input_ids": np.full(photos, before, np.int64), **state})
            logs.append(log_softmax(outputs["logits"])[:, token])
            attention += [outputs["attention"]] if self.attends else []
            state = following(outputs)
        return np.stack(logs, axis=1), np.stack(attention, axis=1) if attention else None


def together(begun: "Sequence[tuple[Step, State]]") -> "tuple[Step, State]":
    """One step, and one state, of decoders that began with the same photos and know the same words."""
    if len(begun) == 1:
        return begun[0]
    steps = [step for step, _ in begun]

    def step(token_ids: "NDArray[np.int64]", state: "State") -> "tuple[NDArray[np.float32], State]":
        said: list[NDArray[np.float32]] = []
        following: dict[str, NDArray[Any]] = {}
        for number, one in enumerate(steps):
            prefix = f"{number}/"
            own = {name.removeprefix(prefix): state[name] for name in state if name.startswith(prefix)}
            logits, after = one(token_ids, own)
            said.append(logits)
            following |= {f"{number}/{name}": values for name, values in after.items()}
        return np.mean(said, axis=0, dtype=np.float32), following

    state = {f"{number}/{name}": values for number, (_, own) in enumerate(begun) for name, values in own.items()}
    return step, state
