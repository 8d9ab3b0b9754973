"""What a bundle says of a captioner that was trained elsewhere: its graphs, and how its captions are searched.

The rules are those of ``generate`` in Hugging Face transformers (docs of GenerationConfig), because a model that was
tuned under them says something else under others. Standard library only; knows no ONNX and runs nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

CAPTION_ENCODER = "caption_encoder.onnx"
CAPTION_DECODER = "caption_decoder.onnx"
CAPTION_DECODER_WITH_PAST = "caption_decoder_with_past.onnx"
CAPTION_DECODER_MERGED = "caption_decoder_merged.onnx"
TOKENIZER = "tokenizer.json"
MAX_TOKENS = 513
LAYOUTS = {
    "plain": (CAPTION_DECODER,),
    "with_past": (CAPTION_DECODER, CAPTION_DECODER_WITH_PAST),
    "merged": (CAPTION_DECODER_MERGED,),
}
"""The decoder's graphs: all words again at every step; a first step and following ones; both in one graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRules:
    """Rules of a search, in token ids; lengths are in tokens.

    ``max_length`` and ``min_length`` count the start token, ``min_new`` does not. ``early_stopping``: a search ends
    with as many ended captions as it is wide (True), when the best that goes on cannot catch up at its present length
    (False), or at no length at all ("never"). ``forced_first`` and ``forced_last`` are said at the first and the last
    place, ``suppressed`` nowhere, ``suppressed_first`` not at the first place.
    """

    start: int
    ends: tuple[int, ...]
    max_length: int
    min_length: int = 0
    min_new: int = 0
    early_stopping: bool | Literal["never"] = False
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    forced_first: tuple[int, ...] = ()
    forced_last: tuple[int, ...] = ()
    suppressed: tuple[int, ...] = ()
    suppressed_first: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        checks = {
            "max_length is 2 to 513": 2 <= self.max_length <= MAX_TOKENS,
            "min_length and min_new are below max_length": max(self.min_length, self.min_new) < self.max_length,
            "early_stopping is true, false or never": self.early_stopping in (True, False, "never"),
            "repetition_penalty is above 0 and at most 100": 0 < self.repetition_penalty <= 100,
            "no_repeat_ngram is 0 to 16": 0 <= self.no_repeat_ngram <= 16,
            "there is an end token": bool(self.ends),
            "token ids are not below 0": min(self.tokens) >= 0,
        }
        for rule, holds in checks.items():
            if not holds:
                raise ValueError(f"it breaks the rule that {rule}")

    @property
    def tokens(self) -> tuple[int, ...]:
        """Every token id that a rule names."""
        first, last = self.forced_first, self.forced_last
        return (self.start, *self.ends, *first, *last, *self.suppressed, *self.suppressed_first)

    @property
    def record(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """From the manifest. Raises KeyError, TypeError, ValueError."""

        def ids(name: str) -> tuple[int, ...]:
            return tuple(int(token) for token in record.get(name, ()))

        return cls(
            start=int(record["start"]),
            ends=ids("ends"),
            max_length=int(record["max_length"]),
            min_length=int(record.get("min_length", 0)),
            min_new=int(record.get("min_new", 0)),
            early_stopping=record.get("early_stopping", False),
            repetition_penalty=float(record.get("repetition_penalty", 1.0)),
            no_repeat_ngram=int(record.get("no_repeat_ngram", 0)),
            forced_first=ids("forced_first"),
            forced_last=ids("forced_last"),
            suppressed=ids("suppressed"),
            suppressed_first=ids("suppressed_first"),
        )
