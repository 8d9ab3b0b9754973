"""The merge LSTM: the picture is the first "word" that an LSTM reads, and is added again to what it has read.

Image vector (D) -> Dense 256 -> first position; Embedding 256 of the tokens -> the other positions; LSTM 256;
dropout 0.5; add the image vector; Dense 128, relu; dropout 0.5; one logit a word (softmax is in the loss).
8,286,614 parameters at D = 1280 and 19,222 words.

Two training forms of the same layers:

* ``teacher-forced``: the whole caption at once, right padding, every position predicts the next word. Steps exactly.
* ``prefix``: one sample a word, the prefix padded on the left to full length and read unmasked, as in many
  published recipes. Cannot be stepped: the state depends on the padding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

Form = Literal["teacher-forced", "prefix"]
UNITS = 256
HIDDEN = 128


@dataclass(frozen=True, slots=True)
class MergeLstm:
    """Shape of one model: ``features`` (D), ``vocabulary`` (V), ``max_length`` in words, dropout, training form."""

    features: int
    vocabulary: int
    max_length: int
    dropout: float = 0.5
    form: Form = "teacher-forced"

    def build(self) -> keras.Model:
        """Keras model.

        teacher-forced: features (N, D), tokens (N, T) -> logits (N, T, V). prefix: the same inputs -> logits (N, V)
        of the word that follows the last token.
        """
        features = layers.Input((self.features,), name="features")
        tokens = layers.Input((None,), dtype="int32", name="tokens")
        image = layers.Dense(UNITS, activation="relu", name="image")(features)
        embedded = layers.Embedding(self.vocabulary, UNITS, name="embedding")(tokens)
        sequence = layers.Concatenate(axis=1, name="sequence")([layers.Reshape((1, UNITS))(image), embedded])
        sequence = layers.LSTM(UNITS, return_sequences=self.form == "teacher-forced", name="lstm")(sequence)
        if self.form == "teacher-forced":
            # The first output follows the picture alone, before the start marker: nothing is asked of it.
            sequence = sequence[:, 1:]
            added = layers.Reshape((1, UNITS))(image)
        else:
            added = image
        x = layers.Add(name="merge")([layers.Dropout(self.dropout)(sequence), added])
        x = layers.Dense(HIDDEN, activation="relu", name="hidden")(x)
        logits = layers.Dense(self.vocabulary, name="logits")(layers.Dropout(self.dropout)(x))
        return keras.Model([features, tokens], logits, name="merge_lstm")


def start_function(model: keras.Model) -> "keras.Model":
    """Decoder start: ``pooled`` (N, D) -> ``state.h``, ``state.c``, ``state.image`` (N, 256) after the picture."""
    pooled = layers.Input((model.input[0].shape[-1],), name="pooled")
    image = model.get_layer("image")(pooled)
    zeros = ops.zeros_like(image)
    h, c = _cell(model, image, zeros, zeros)
    return keras.Model(pooled, {"state.h": h, "state.c": c, "state.image": image}, name="decoder_start")


def step_function(model: keras.Model) -> "keras.Model":
    """Decoder step: ``input_ids`` (N,) and the states -> ``logits`` (N, V) and ``next.state.*``."""
    input_ids = layers.Input((), dtype="int64", name="input_ids")
    h, c, image = (layers.Input((UNITS,), name=name) for name in ("state.h", "state.c", "state.image"))
    next_h, next_c = _cell(model, model.get_layer("embedding")(input_ids), h, c)
    logits = model.get_layer("logits")(model.get_layer("hidden")(next_h + image))
    outputs = {"logits": logits, "next.state.h": next_h, "next.state.c": next_c, "next.state.image": image + 0.0}
    return keras.Model([input_ids, h, c, image], outputs, name="decoder_step")


def _cell(
    model: keras.Model, x: keras.KerasTensor, h: keras.KerasTensor, c: keras.KerasTensor
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    _, (next_h, next_c) = model.get_layer("lstm").cell(x, [h, c])
    return next_h, next_c


class PrefixDecoder:
    """The Keras model as a decoder for the sampler: runs the whole prefix again for every word.

    Slow, and independent of the start and step graphs: what they are checked against, and the only way to decode
    a model trained in the prefix form.
    """

    def __init__(self, model: keras.Model, system: MergeLstm, *, padding: int = 0) -> None:
        self._model, self._system, self._padding = model, system, padding

    def start(self, features: NDArray[np.float32]) -> dict[str, NDArray]:
        """State before the first token, for features (N, D)."""
        return {"features": features, "prefix": np.zeros((len(features), 0), np.int32)}

    def step(
        self, token_ids: NDArray[np.int64], state: Mapping[str, NDArray]
    ) -> tuple[NDArray[np.float32], dict[str, NDArray]]:
        """Logits (R, V) of the word after ``token_ids`` (R,)."""
        prefix = np.concatenate([state["prefix"], token_ids[:, None].astype(np.int32)], axis=1)
        tokens = prefix
        if self._system.form == "prefix":
            tokens = pad_left(prefix, self._system.max_length, self._padding)
        logits = np.asarray(self._model([state["features"], tokens], training=False))
        last = logits if self._system.form == "prefix" else logits[:, -1]
        return last, {"features": state["features"], "prefix": prefix}


def pad_left(tokens: NDArray[np.int32], length: int, padding: int) -> NDArray[np.int32]:
    """Prefixes (N, t) -> (N, length): padding first, the oldest tokens cut off where they do not fit."""
    kept = tokens[:, -length:]
    return np.pad(kept, ((0, 0), (length - kept.shape[1], 0)), constant_values=padding)
