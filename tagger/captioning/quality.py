"""How much trouble is taken over a caption: quick, usual, or as good as it gets. Standard library only."""

from dataclasses import replace
from typing import Literal

from tagger.captioning.generation import CandidateSpec, GenerationSpec

Quality = Literal["fast", "default", "best"]

_WIDE = 5


def ranks(generation: GenerationSpec, quality: Quality) -> bool:
    """Whether the bundle learned to choose among the candidates of this quality."""
    return quality != "fast" and quality in generation.candidates


def candidates_of(generation: GenerationSpec, quality: Quality, beam_width: int | None) -> CandidateSpec:
    """How many captions are found of a photo; a user's own ``beam_width`` goes before the bundle's.

    Where the bundle cannot choose among candidates, the best that can be done is a wider beam.
    """
    if ranks(generation, quality):
        spec = generation.candidates[quality]
        return replace(spec, beam_width=beam_width or spec.beam_width)
    wide = max(_WIDE, generation.beam_width) if quality == "best" else generation.beam_width
    return CandidateSpec(beam_width or wide)
