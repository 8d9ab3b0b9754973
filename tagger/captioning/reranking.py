"""What a bundle learned about choosing among captions: ``reranker.json``, read and checked. Knows no model.

For each quality there are two lists of weights over named features: one that ranks candidates, one that says how
likely the chosen one is right. A bundle may come from anybody, so every number is checked.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.candidates import FEATURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
CHOICE_FEATURES = (*FEATURES, "ranking", "margin")
"""What is known of the chosen caption: beside its features its rank's score, and how far the second is behind it."""

_LARGEST = 1e9


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of standardised features, by name."""

    features: tuple[str, ...]
    weights: tuple[float, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    bias: float = 0.0

    def scores(self, values: "NDArray[np.float64]", names: Sequence[str]) -> "NDArray[np.float64]":
        """The sum (C,) for the rows of ``values`` (C, F), whose columns have ``names``."""
        columns = [names.index(name) for name in self.features]
        standardised = (values[:, columns] - np.array(self.mean)) / np.array(self.deviation)
        return np.asarray(standardised @ np.array(self.weights) + self.bias)


@dataclass(frozen=True, slots=True)
class Learned:
    """For one quality: what ranks candidates (None: as the search ranks them), and what says how sure to be."""

    ranking: Linear | None
    confidence: Linear | None

    @property
    def uses(self) -> frozenset[str]:
        """The features that it reads."""
        return frozenset(name for one in (self.ranking, self.confidence) if one for name in one.features)


@dataclass(frozen=True, slots=True)
class Reranker:
    """``rare`` is the weight of a phrase that the table does not have, ``priors`` say how often a label is right.

    A number or a colour whose probability is under ``least_sure`` is doubtful (see ``doubt``). ``common`` are captions,
    in lower case, that the bundle said of several photos when that was counted, and of how many.
    """

    qualities: Mapping[str, Learned]
    priors: Mapping[str, float] = field(default_factory=dict)
    rare: float = 1.0
    least_sure: float = 0.0
    common: Mapping[str, float] = field(default_factory=dict)

    def prior(self, labels: Sequence[str]) -> "NDArray[np.float64]":
        """How often each label is right of any photo (T,); one that is not known is rare."""
        return np.array([self.priors.get(label, 1e-3) for label in labels]).clip(1e-4, 1 - 1e-4)

    def to_json(self) -> str:
        """What ``parse_reranker`` reads."""
        record: dict[str, Any] = {"format": FORMAT, "rare": self.rare, "least_sure": self.least_sure}
        record["qualities"] = {
            name: {"ranking": _record(one.ranking), "confidence": _record(one.confidence)}
            for name, one in self.qualities.items()
        }
        record["priors"] = {label: round(prior, 5) for label, prior in self.priors.items()}
        record["common"] = dict(self.common)
        return json.dumps(record, indent=1) + "\n"


def parse_reranker(text: str) -> Reranker:
    """Read ``reranker.json``. Raises ValueError that says what is wrong with it."""
    try:
        record = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}: update tagger, or get the bundle again")
    qualities, priors, common = record.get("qualities"), record.get("priors", {}), record.get("common", {})
    if not isinstance(qualities, dict) or not isinstance(priors, dict) or not isinstance(common, dict):
        raise ValueError("qualities, priors and common are objects")
    return Reranker(
        {str(name): _learned(one) for name, one in qualities.items()},
        {str(label): _number(prior, "a prior", 0, 1) for label, prior in priors.items()},
        _number(record.get("rare", 1.0), "rare", 0, 30),
        _number(record.get("least_sure", 0.0), "least_sure", 0, 1),
        {str(words): _number(count, "how common a caption is", 0) for words, count in common.items()},
    )


def sigmoid(x: float) -> float:
    """The probability of log-odds."""
    return 0.5 * (1.0 + math.tanh(x / 2))


def _learned(record: object) -> Learned:
    if not isinstance(record, dict):
        raise ValueError("a quality is an object")
    return Learned(
        _linear(record.get("ranking"), "ranking", FEATURES),
        _linear(record.get("confidence"), "confidence", CHOICE_FEATURES),
    )


def _linear(record: object, what: str, known: Sequence[str]) -> Linear | None:
    if record is None:
        return None
    if not isinstance(record, dict) or not isinstance(record.get("features"), list):
        raise ValueError(f"{what} has no list of features")
    names = record["features"]
    for name in names:
        if name not in known:
            raise ValueError(f"{what}: unknown feature {str(name)[:60]!r}, this version of tagger does not know it")
    if len(set(names)) != len(names):
        raise ValueError(f"{what} has a feature twice")
    numbers: dict[str, tuple[float, ...]] = {}
    for key in ("weights", "mean", "deviation"):
        values = record.get(key)
        if not isinstance(values, list) or len(values) != len(names):
            raise ValueError(f"{what}: {key} has not one number a feature")
        numbers[key] = tuple(_number(value, f"{what}: {key}") for value in values)
    if not all(value > 0 for value in numbers["deviation"]):
        raise ValueError(f"{what}: a deviation is above 0")
    return Linear(tuple(names), **numbers, bias=_number(record.get("bias", 0.0), f"{what}: bias"))


def _number(value: object, what: str, least: float = -_LARGEST, most: float = _LARGEST) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{what} is not a number from {least:g} to {most:g}")
    return float(value)


def _record(linear: Linear | None) -> dict[str, Any] | None:
    if linear is None:
        return None
    record = asdict(linear)
    return {
        name: [round(x, 6) for x in value] if name != "features" else list(value)
        for name, value in record.items()
        if name != "bias"
    } | {"bias": round(linear.bias, 6)}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
