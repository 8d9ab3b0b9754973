"""Encoded photos -> captions as token ids: a bundle's decoders, searched under its rules. Chooses nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning import sampler
from tagger.captioning.candidates import Candidate, merged
from tagger.captioning.decoders import Decoder, together
from tagger.captioning.generation import CandidateSpec, Speaker
from tagger.captioning.guiding import Guide
from tagger.captioning.repetition import repeats
from tagger.captioning.views import seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Encoded = dict[str, NDArray[np.float32]]

_DRAWING_SEED = 6  # a constant: what is said of a photo depends on the photo alone


class Searching:
    """The decoders of a bundle, whose tokens are ``words``; a ``guide`` where it expects phrases."""

    def __init__(
        self, decoders: Sequence[Decoder], rules: sampler.Rules, words: Sequence[str], guide: Guide | None
    ) -> None:
        self._decoders, self._rules, self._words, self._guide = tuple(decoders), rules, words, guide

    def candidates(
        self,
        encoded: "Encoded",
        scores: "NDArray[np.float32]",
        expected: "NDArray[np.float32]",
        spec: CandidateSpec,
        *,
        length_penalty: float,
    ) -> list[list[Candidate]]:
        """What a beam finds of each encoded photo, best first, then what is drawn of it; each caption once."""
        step, state = self._begin(encoded, scores, spec.speakers)
        if self._guide and spec.guidance:
            step, state = self._guide.draw(step, state, expected, spec.guidance, spec.guidance_usual)
        found = sampler.beam_and_samples(
            step,
            state,
            len(scores),
            self._rules,
            width=spec.beam_width,
            count=spec.samples,
            temperature=spec.temperature,
            length_penalty=length_penalty,
            rng=np.random.default_rng(_DRAWING_SEED),
        )
        return [merged([*beams, *drawn]) for beams, drawn in found]

    def without_repeats(self, found: list[Candidate]) -> list[Candidate]:
        """Without those that name a thing twice, unless all do."""
        said = ([self._words[token] for token in one.hypothesis.token_ids] for one in found)
        return [one for one, words in zip(found, said, strict=True) if not repeats(words)] or found

    def greedy(self, encoded: "Encoded", scores: "NDArray[np.float32]") -> list[list[sampler.Hypothesis]]:
        """The likeliest word at every step; one caption a photo."""
        return sampler.greedy(*self._begin(encoded, scores), len(scores), self._rules)

    def sample(
        self,
        encoded: "Encoded",
        scores: "NDArray[np.float32]",
        *,
        count: int,
        temperature: float,
        top_p: float,
        seed: int,
    ) -> list[list[sampler.Hypothesis]]:
        """So many captions of each photo, drawn at random; best first."""
        return sampler.sample(
            *self._begin(encoded, scores),
            len(scores),
            self._rules,
            rng=np.random.default_rng(seed),
            count=count,
            temperature=temperature,
            top_p=top_p,
        )

    def _begin(
        self, encoded: "Encoded", scores: "NDArray[np.float32]", speakers: Sequence[Speaker] = (Speaker(),)
    ) -> "tuple[sampler.Step, sampler.State]":
        return together([self._decoders[one.decoder].begin(seen(encoded, one.view), scores) for one in speakers])
