"""``inceptionv3-attention``: InceptionV3's 8 x 8 grid -> additive attention -> one or several LSTM layers.

Every cell of the grid (D) -> Dense 256, relu: the memory. For each word, the top LSTM's last state asks the memory
(Bahdanau et al. 2015): score = v tanh(W memory + U state), softmax over the cells, weighted sum: the context.
[context, embedding 256 of the last word] -> LSTM 512 -> Dense 512 -> one logit a word. The LSTMs start from the mean
of the memory (Xu et al. 2015, "Show, Attend and Tell"). Runs on any encoder with a grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from tagger_training.systems.system import Form, Reads, Recipe

RECIPE = Recipe(
    "inceptionv3-attention", "inceptionv3", "attention-lstm", {"epochs": 20, "min_count": 1, "vocabulary_size": 5_000}
)

Tensor = keras.KerasTensor


@dataclass(frozen=True, slots=True)
class AttentionLstm:
    """Shape of one model: ``features`` (D) of ``cells`` (S), ``vocabulary`` (V), ``max_length`` in words, dropout."""

    title: ClassVar[str] = "Attention LSTM"
    reads: ClassVar[tuple[Reads, ...]] = ("encoder_hidden_states",)
    takes_rows: ClassVar[bool] = False
    form: ClassVar[Form] = "teacher-forced"
    features: int
    cells: int
    vocabulary: int
    max_length: int
    dropout: float = 0.5
    units: int = 512
    depth: int = 1
    embedding: int = 256

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model: features (N, S, D), tokens (N, T) -> logits (N, T, V). ``counts`` are not used."""
        features = layers.Input((self.cells, self.features), name="features")
        tokens = layers.Input((None,), dtype="int32", name="tokens")
        memory = layers.Dense(self.embedding, activation="relu", name="memory")(features)
        keys = layers.Dense(self.units, name="keys")(memory)
        mean = ops.mean(memory, axis=1)
        states = [layers.Dense(self.units, activation="tanh", name=name)(mean) for name in self._states()]
        x = layers.Embedding(self.vocabulary, self.embedding, name="embedding")(tokens)
        cell = AttentionCell(self.units, self.depth, name="cell")
        x = layers.RNN(cell, return_sequences=True, name="decoder")(x, initial_state=[*states, memory, keys])
        x = layers.Dense(self.units, name="hidden")(layers.Dropout(self.dropout)(x))
        logits = layers.Dense(self.vocabulary, dtype="float32", name="logits")(layers.Dropout(self.dropout)(x))
        return keras.Model([features, tokens], logits, name="attention_lstm")

    def start(self, model: keras.Model) -> keras.Model:
        """``encoder_hidden_states`` (N, S, D) -> ``state.h0``, ``state.c0``, ..., ``state.memory``, ``state.keys``."""
        grid = layers.Input((self.cells, self.features), name="encoder_hidden_states")
        memory = model.get_layer("memory")(grid)
        keys = model.get_layer("keys")(memory)
        mean = ops.mean(memory, axis=1)
        outputs = {f"state.{name}": model.get_layer(name)(mean) for name in self._states()}
        # The converter loses the number of cells on the way through a Dense layer.
        outputs["state.memory"] = layers.Reshape((self.cells, self.embedding))(memory)
        outputs["state.keys"] = layers.Reshape((self.cells, self.units))(keys)
        return keras.Model(grid, outputs, name="decoder_start")

    def step(self, model: keras.Model) -> keras.Model:
        """``input_ids`` (N,) and the states -> ``logits`` (N, V), ``attention`` (N, S) and ``next.state.*``."""
        input_ids = layers.Input((), dtype="int64", name="input_ids")
        states = [layers.Input((self.units,), name=f"state.{name}") for name in self._states()]
        memory = layers.Input((self.cells, self.embedding), name="state.memory")
        keys = layers.Input((self.cells, self.units), name="state.keys")
        cell = model.get_layer("decoder").cell
        x, following, attention = cell.step(model.get_layer("embedding")(input_ids), states, memory, keys)
        outputs = {f"next.state.{name}": state for name, state in zip(self._states(), following, strict=True)}
        outputs |= {"next.state.memory": memory + 0.0, "next.state.keys": keys + 0.0}
        outputs["attention"] = layers.Reshape((self.cells,))(attention)
        outputs["logits"] = model.get_layer("logits")(model.get_layer("hidden")(x))
        return keras.Model([input_ids, *states, memory, keys], outputs, name="decoder_step")

    def _states(self) -> list[str]:
        return [f"{kind}{i}" for i in range(self.depth) for kind in ("h", "c")]


@keras.saving.register_keras_serializable("tagger")
class AttentionCell(layers.Layer):
    """One word: look at the memory, then ``depth`` LSTM layers of ``units``.

    Its states are h and c of every layer, then the memory (N, S, E), as wide as an embedded word, and its projection
    (N, S, units): those two never change, and are states only because Keras hands a cell nothing else.
    """

    def __init__(self, units: int, depth: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.depth = units, depth
        self.query = layers.Dense(units, use_bias=False, name="query")
        self.score = layers.Dense(1, use_bias=False, name="score")
        self.lstms = [layers.LSTMCell(units, name=f"lstm{i}") for i in range(depth)]
        self.state_size = [units] * (2 * depth + 2)
        self.output_size = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """For embedded words of the shape (N, E)."""
        self.query.build((None, self.units))
        self.score.build((None, None, self.units))
        for i, lstm in enumerate(self.lstms):
            lstm.build((None, self.units if i else 2 * input_shape[-1]))

    def call(self, inputs: Tensor, states: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Embedded word (N, E) and the states -> output (N, units) and the next states."""
        *own, memory, keys = states
        output, following, _ = self.step(inputs, own, memory, keys)
        return output, [*following, memory, keys]

    def step(
        self, inputs: Tensor, states: Sequence[Tensor], memory: Tensor, keys: Tensor
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """The same with the weights (N, S) of the cells, which sum to 1."""
        scores = self.score(ops.tanh(keys + ops.expand_dims(self.query(states[-2]), 1)))
        weights = ops.softmax(scores[:, :, 0], axis=-1)
        context = ops.sum(ops.expand_dims(weights, 2) * memory, axis=1)
        x = ops.concatenate([context, inputs], axis=-1)
        following = []
        for i, lstm in enumerate(self.lstms):
            x, after = lstm(x, [states[2 * i], states[2 * i + 1]])
            following += after
        return x, following, weights

    def get_config(self) -> dict[str, Any]:
        """What a saved model needs to make it again."""
        return {**super().get_config(), "units": self.units, "depth": self.depth}
