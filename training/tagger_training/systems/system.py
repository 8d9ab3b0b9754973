"""What a captioning system is made of: a decoder that trains whole captions and steps word by word, and a recipe.

A decoder is one Keras model in three forms that share their layers: the whole caption at once for training, and the
start and step functions that a bundle holds (docs/bundle.md). Every decoder is trained by the same loop (fit.py),
checked by the same checks and run by the same search.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import keras
import numpy as np
from numpy.typing import NDArray

Form = Literal["teacher-forced", "padded", "prefix"]
Reads = Literal["pooled", "encoder_hidden_states", "tag_probabilities"]


class Decoder(Protocol):
    """The shape of one decoder. A frozen dataclass whose fields are its numbers; ``title`` is its name for people.

    ``takes_rows``: its model has an input ``rows`` (M,) before the tokens, which says which of N photos each of M
    captions is of; otherwise photos and captions are in the same order.
    """

    title: ClassVar[str]
    takes_rows: ClassVar[bool]

    @property
    def reads(self) -> tuple[Reads, ...]:
        """What it is given of a photo, in the order of its inputs.

        ``pooled`` (P) and the grid, ``encoder_hidden_states`` (S, D), are the encoder's, ``tag_probabilities`` (C) the
        tag head's, of the concepts in their order.
        """

    @property
    def form(self) -> Form:
        """How it reads a caption: ``teacher-forced``, or ``prefix``, which cannot be stepped."""

    @property
    def max_length(self) -> int:
        """The longest caption in words."""

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model: what it reads (N, ...), tokens (N, T) -> logits (N, T, V), nothing trained.

        The layer ``logits`` is float32 in every precision.

        ``counts`` (V,) is how often the training captions say each token, for decoders that start from it.
        """

    def start(self, model: keras.Model) -> keras.Model:
        """``decoder_start``: what it reads -> every ``state.*`` before the start marker."""

    def step(self, model: keras.Model) -> keras.Model:
        """``decoder_step``: ``input_ids`` (N,), ``state.*`` -> ``logits`` (N, V), ``next.state.*``.

        Where it attends, also ``attention`` (N, S), which sums to 1.
        """


@dataclass(frozen=True, slots=True)
class TrainingPhotos:
    """What parts that are fixed before training are made from: ``pooled`` (N, P) of all, some ``cells`` (K, D)."""

    pooled: NDArray[np.float32]
    cells: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ClassHead:
    """The encoder's own classes, as it was trained to tell them: logits = pooled (N, P) @ ``kernel`` + ``bias``."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]


@runtime_checkable
class Adapted(Protocol):
    """A decoder with parts that are fixed before training."""

    def adapt(self, model: keras.Model, photos: TrainingPhotos, head: ClassHead | None) -> None:
        """Set them in a model that was just built."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named system: its ``encoder``, its ``decoder``, and the settings of a run that are not the usual ones.

    ``second_stage`` are those of ``--stage scst``.
    """

    name: str
    encoder: str
    decoder: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    second_stage: Mapping[str, Any] = field(default_factory=dict)
