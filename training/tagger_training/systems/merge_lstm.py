"""The merge LSTM: the picture is the first "word" that an LSTM reads, and is added again to what it has read.

Image vector (D) -> Dense 256 -> first position; Embedding 256 of the tokens -> the other positions; LSTM 256;
dropout 0.5; add the image vector; Dense 128, relu; dropout 0.5; one logit a word (softmax is in the loss).
8,286,614 parameters at D = 1280 and 19,222 words, 8,483,222 at D = 2048.

Two training forms of the same layers:

* ``teacher-forced``: the whole caption at once, right padding, every position predicts the next word. Steps exactly.
* ``prefix``: one sample a word, the prefix padded on the left to full length and read unmasked, as in many
  published recipes. Cannot be stepped: the state depends on the padding.
"""

from dataclasses import dataclass
from typing import ClassVar

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from tagger_training.systems.system import Form, Reads

UNITS = 256
HIDDEN = 128


@dataclass(frozen=True, slots=True)
class MergeLstm:
    """Shape of one model: ``features`` (D), ``vocabulary`` (V), ``max_length`` in words, dropout, training form."""

    title: ClassVar[str] = "Merge LSTM"
    reads: ClassVar[tuple[Reads, ...]] = ("pooled",)
    takes_rows: ClassVar[bool] = False
    features: int
    vocabulary: int
    max_length: int
    dropout: float = 0.5
    form: Form = "teacher-forced"

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model.

        teacher-forced: features (N, D), tokens (N, T) -> logits (N, T, V). prefix: the same inputs -> logits (N, V)
        of the word that follows the last token. ``counts`` are not used: it starts from nothing.
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
        logits = layers.Dense(self.vocabulary, dtype="float32", name="logits")(layers.Dropout(self.dropout)(x))
        return keras.Model([features, tokens], logits, name="merge_lstm")

    def start(self, model: keras.Model) -> keras.Model:
        """``pooled`` (N, D) -> ``state.h``, ``state.c``, ``state.image`` (N, 256) after the picture."""
        pooled = layers.Input((self.features,), name="pooled")
        image = model.get_layer("image")(pooled)
        zeros = ops.zeros_like(image)
        h, c = _cell(model, image, zeros, zeros)
        return keras.Model(pooled, {"state.h": h, "state.c": c, "state.image": image}, name="decoder_start")

    def step(self, model: keras.Model) -> keras.Model:
        """``input_ids`` (N,) and the states -> ``logits`` (N, V) and ``next.state.*``."""
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
