"""What a captioning system is made of: a decoder that trains whole captions and steps word by word, and a recipe.

A decoder is one Keras model in three forms that share their layers: the whole caption at once for training, and the
start and step functions that a bundle holds (docs/bundle.md). Every decoder is trained by the same loop (fit.py),
checked by the same checks and run by the same search.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

Form = Literal["teacher-forced", "padded", "prefix"]
Reads = Literal["pooled", "encoder_hidden_states"]


class Decoder(Protocol):
    """The shape of one decoder. A frozen dataclass whose fields are its numbers; ``title`` is its name for people.

    ``reads`` says what it is given of the encoder: ``pooled`` (D) or the grid, ``encoder_hidden_states`` (S, D).
    """

    title: ClassVar[str]
    reads: ClassVar[Reads]

    @property
    def form(self) -> Form:
        """How it reads a caption: ``teacher-forced``, or ``prefix``, which cannot be stepped."""

    @property
    def max_length(self) -> int:
        """The longest caption in words."""

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model: features (N, ...), tokens (N, T) -> logits (N, T, V), nothing trained.

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
class Recipe:
    """A named system: its ``encoder``, its ``decoder``, and the settings of a run that are not the usual ones."""

    name: str
    encoder: str
    decoder: str
    settings: Mapping[str, Any] = field(default_factory=dict)
