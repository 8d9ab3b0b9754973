"""``vgg16-gru``: VGG16's ``fc2`` (4096) -> the initial state of three stacked GRUs.

The picture is heard once, before the first word: Dense 512, tanh, of its features is the initial state of every GRU.
Embedding 128; GRU 512, three times; one logit a word. 12,645,648 parameters at D = 4096 and 10,000 words.
One caption of a photo is drawn at random a step, photos uniformly, so a photo counts the same however many captions
it has. Recipe: Magnus Erik Hvass Pedersen, TensorFlow Tutorials 22, "Image Captioning".
The encoder ``vgg16-conv`` is the convolutional part alone, pooled (512).
"""

from dataclasses import dataclass
from typing import ClassVar

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from tagger_training.systems.system import Form, Reads, Recipe

RECIPE = Recipe(
    "vgg16-gru",
    "vgg16",
    "stacked-gru",
    {"optimizer": "rmsprop", "epochs": 20, "dropout": 0.0, "min_count": 1, "vocabulary_size": 10_000, "draw": True},
)


@dataclass(frozen=True, slots=True)
class StackedGru:
    """Shape of one model: ``features`` (D), ``vocabulary`` (V), ``max_length`` in words, dropout after every GRU."""

    title: ClassVar[str] = "Stacked GRU"
    reads: ClassVar[tuple[Reads, ...]] = ("pooled",)
    takes_rows: ClassVar[bool] = False
    form: ClassVar[Form] = "teacher-forced"
    features: int
    vocabulary: int
    max_length: int
    dropout: float = 0.0
    units: int = 512
    depth: int = 3
    embedding: int = 128

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model: features (N, D), tokens (N, T) -> logits (N, T, V). ``counts`` are not used."""
        features = layers.Input((self.features,), name="features")
        tokens = layers.Input((None,), dtype="int32", name="tokens")
        state = layers.Dense(self.units, activation="tanh", name="image")(features)
        x = layers.Embedding(self.vocabulary, self.embedding, name="embedding")(tokens)
        for name in self._grus():
            x = layers.GRU(self.units, return_sequences=True, name=name)(x, initial_state=state)
            x = layers.Dropout(self.dropout)(x)
        return keras.Model(
            [features, tokens], layers.Dense(self.vocabulary, dtype="float32", name="logits")(x), name="stacked_gru"
        )

    def start(self, model: keras.Model) -> keras.Model:
        """``pooled`` (N, D) -> ``state.gru0`` ... (N, 512), all the same."""
        pooled = layers.Input((self.features,), name="pooled")
        image = model.get_layer("image")(pooled)
        return keras.Model(pooled, {f"state.{name}": image + 0.0 for name in self._grus()}, name="decoder_start")

    def step(self, model: keras.Model) -> keras.Model:
        """``input_ids`` (N,) and the states -> ``logits`` (N, V) and ``next.state.*``."""
        input_ids = layers.Input((), dtype="int64", name="input_ids")
        states = {name: layers.Input((self.units,), name=f"state.{name}") for name in self._grus()}
        x = model.get_layer("embedding")(input_ids)
        outputs = {}
        for name, state in states.items():
            cell = model.get_layer(name).cell
            cell.name = f"{name}_cell"  # Keras calls all of them gru_cell, and refuses a model that has a name twice
            x, _ = cell(x, [state])
            outputs[f"next.state.{name}"] = x
        outputs["logits"] = model.get_layer("logits")(x)
        return keras.Model([input_ids, *states.values()], outputs, name="decoder_step")

    def _grus(self) -> list[str]:
        return [f"gru{i}" for i in range(self.depth)]
