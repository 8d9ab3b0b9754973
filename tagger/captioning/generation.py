"""How a bundle wants its captions made, as its manifest says it: read and checked. Standard library only."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

View = Literal["whole", "mirrored", "cropped", "cropped-mirrored"]
MAX_DECODERS = 8


@dataclass(frozen=True, slots=True)
class Speaker:
    """One of the bundle's decoders, counted from 0, and the view of the photo that it looks at."""

    decoder: int = 0
    view: View = "whole"


@dataclass(frozen=True, slots=True)
class CandidateSpec:
    """How many captions are found of a photo to choose among: by a beam, and by drawing at a temperature.

    The ``speakers`` say them together. ``guidance`` draws them to phrases that are expected of the photo, 0 not at all;
    ``guidance_usual`` times what is usual of any photo is taken from what is expected.
    """

    beam_width: int
    samples: int = 0
    temperature: float = 1.0
    speakers: tuple[Speaker, ...] = (Speaker(),)
    guidance: float = 0.0
    guidance_usual: float = 0.0


@dataclass(frozen=True, slots=True)
class GenerationSpec:
    """Decoding defaults; a user's settings override them. ``no_repeat_ngram`` 0 allows repetition.

    ``candidates`` are those of each quality that the bundle can rank; ``review_below`` says for each under which
    confidence a caption had better wait for a person. ``right_from`` is the CIDEr-D from which a caption counted as
    right when confidence was learned; 0 where it was not.
    """

    beam_width: int = 3
    length_penalty: float = 1.0
    no_repeat_ngram: int = 3
    candidates: Mapping[str, CandidateSpec] = field(default_factory=dict)
    review_below: Mapping[str, float] = field(default_factory=dict)
    right_from: float = 0.0


def parse_generation(record: Mapping[str, Any]) -> GenerationSpec:
    """Read the manifest's ``generation``. Raises KeyError, TypeError, ValueError for one that is none."""
    return GenerationSpec(
        beam_width=int(record["beam_width"]),
        length_penalty=float(record["length_penalty"]),
        no_repeat_ngram=int(record["no_repeat_ngram"]),
        candidates={str(name): _candidates(each) for name, each in record.get("candidates", {}).items()},
        review_below={str(name): float(value) for name, value in record.get("review_below", {}).items()},
        right_from=float(record.get("right_from", 0.0)),
    )


def generation_rules(generation: GenerationSpec, decoders: int, *, expects: bool) -> dict[str, bool]:
    """What must hold of it in a bundle with so many decoders, in words; ``expects``: it has a model of phrases."""
    return {
        "generation.beam_width is 1 to 64": 1 <= generation.beam_width <= 64,
        "generation.length_penalty is finite": math.isfinite(generation.length_penalty),
        "generation.no_repeat_ngram is 0 to 16": 0 <= generation.no_repeat_ngram <= 16,
        "generation.candidates are a beam of 1 to 64 and 0 to 256 samples at a temperature from 0.01 to 100": all(
            1 <= each.beam_width <= 64 and 0 <= each.samples <= 256 and 0.01 <= each.temperature <= 100
            for each in generation.candidates.values()
        ),
        "generation.candidates have a guidance and a guidance_usual of 0 to 100": all(
            0 <= each.guidance <= 100 and 0 <= each.guidance_usual <= 100 for each in generation.candidates.values()
        ),
        "generation.candidates have a guidance only where there is an ngram_model.onnx": expects
        or not any(each.guidance for each in generation.candidates.values()),
        "generation.candidates have speakers that are decoders of the bundle, at most 8, with known views": all(
            1 <= len(each.speakers) <= MAX_DECODERS
            and all(0 <= one.decoder < max(1, decoders) and one.view in get_args(View) for one in each.speakers)
            for each in generation.candidates.values()
        ),
        "generation.right_from is 0 to 10": 0 <= generation.right_from <= 10,
        "generation.review_below is 0 to 1": all(0 <= value <= 1 for value in generation.review_below.values()),
    }


def _candidates(record: Mapping[str, Any]) -> CandidateSpec:
    speakers = record.get("speakers")
    found = (Speaker(int(one["decoder"]), one["view"]) for one in speakers) if speakers is not None else (Speaker(),)
    return CandidateSpec(
        int(record["beam_width"]),
        int(record["samples"]),
        float(record["temperature"]),
        tuple(found),
        guidance=float(record.get("guidance", 0.0)),
        guidance_usual=float(record.get("guidance_usual", 0.0)),
    )
