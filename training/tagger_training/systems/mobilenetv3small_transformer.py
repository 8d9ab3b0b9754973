"""``mobilenetv3small-transformer``: MobileNetV3Small's 7 x 7 grid (576) -> a Transformer decoder.

Token embedding + learned positions; two layers of causal self-attention, attention to the grid, and a feed-forward
network, each added to what it was given and normalised; one logit a word, from a bias of the words' log-frequencies;
padding and start are never said. Recipe: TensorFlow tutorials, "Image captioning with visual attention" (2 heads
of 256 each). Loss and accuracy leave the padding out. Runs on any encoder with a grid.

Stepping keeps keys and values of the words said in arrays of fixed size, written at ``state.position``: every graph
has fixed shapes, and a search gathers its rows like any other state. Keys and values of the grid are made once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from tagger_training.systems.system import Form, Reads, Recipe

RECIPE = Recipe(
    "mobilenetv3small-transformer",
    "mobilenetv3small",
    "transformer",
    {"learning_rate": 1e-4, "epochs": 100, "batch_size": 32, "min_count": 1, "vocabulary_size": 5_000},
)

Tensor = keras.KerasTensor
Layers = Callable[[str], Any]
_NEVER = 2  # padding and start are tokens 0 and 1 (build_vocabulary)
_MINUS_INFINITY = -1e9


@dataclass(frozen=True, slots=True)
class Transformer:
    """Shape of one model: ``features`` (D) of ``cells`` (S), ``vocabulary`` (V), ``max_length`` in words, dropout.

    ``units`` is the width of the model and of each of its ``heads``, ``depth`` the number of layers.
    """

    title: ClassVar[str] = "Transformer decoder"
    reads: ClassVar[tuple[Reads, ...]] = ("encoder_hidden_states",)
    takes_rows: ClassVar[bool] = False
    form: ClassVar[Form] = "teacher-forced"
    features: int
    cells: int
    vocabulary: int
    max_length: int
    dropout: float = 0.5
    units: int = 256
    depth: int = 2
    heads: int = 2

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model: features (N, S, D), tokens (N, T) -> logits (N, T, V), T at most ``max_length`` + 1.

        The output bias starts from the log-frequencies of ``counts``, from 0 without them.
        """
        made = {layer.name: layer for layer in self._layers()}
        features = layers.Input((self.cells, self.features), name="features")
        tokens = layers.Input((None,), dtype="int32", name="tokens")
        positions = ops.cumsum(ops.ones_like(tokens), axis=1) - 1
        x = self._embed(made.__getitem__, tokens, positions)
        causal = ops.expand_dims(positions, 2) >= ops.expand_dims(positions, 1)
        for i in range(self.depth):
            keys, values = made[f"self_key_{i}"](x), made[f"self_value_{i}"](x)
            x = self._attend(made.__getitem__, f"self_{{}}_{i}", x, keys, values, causal)[0]
            keys, values = made[f"cross_key_{i}"](features), made[f"cross_value_{i}"](features)
            x = self._attend(made.__getitem__, f"cross_{{}}_{i}", x, keys, values)[0]
            x = self._feed_forward(made.__getitem__, i, x)
        model = keras.Model([features, tokens], made["logits"](x), name="transformer")
        if counts is not None:
            frequency = np.maximum(counts, 1) / max(1, counts.sum())
            made["logits"].bias.assign(np.log(frequency).astype(np.float32))
        return model

    def start(self, model: keras.Model) -> keras.Model:
        """``encoder_hidden_states`` (N, S, D) -> keys and values of the grid, empty ones of the words, position 0."""
        grid = layers.Input((self.cells, self.features), name="encoder_hidden_states")
        outputs = {"state.position": ops.cast(ops.zeros_like(grid[:, 0, 0]), "int64")}
        for i in range(self.depth):
            for kind in ("key", "value"):
                # The converter loses the number of cells on the way through a Dense layer.
                seen = layers.Reshape((self.cells, self._wide))(model.get_layer(f"cross_{kind}_{i}")(grid))
                outputs[f"state.cross_{kind}_{i}"] = seen
                outputs[f"state.self_{kind}_{i}"] = ops.repeat(ops.zeros_like(seen[:, :1]), self._length, axis=1)
        return keras.Model(grid, outputs, name="decoder_start")

    def step(self, model: keras.Model) -> keras.Model:
        """``input_ids`` (N,) and the states -> ``logits`` (N, V), ``attention`` (N, S) and ``next.state.*``.

        The attention is the last layer's, the mean of its heads.
        """
        input_ids = layers.Input((), dtype="int64", name="input_ids")
        position = layers.Input((), dtype="int64", name="state.position")
        widths = {"self": self._length, "cross": self.cells}
        states = {
            f"{where}_{kind}_{i}": layers.Input((width, self._wide), name=f"state.{where}_{kind}_{i}")
            for i in range(self.depth)
            for where, width in widths.items()
            for kind in ("key", "value")
        }
        layer = model.get_layer
        here, said = _Places(self._length)(position)
        x = self._embed(layer, ops.expand_dims(input_ids, 1), ops.expand_dims(position, 1))
        outputs = {"next.state.position": position + 1}
        for i in range(self.depth):
            own = [states[f"self_{kind}_{i}"] + here * layer(f"self_{kind}_{i}")(x) for kind in ("key", "value")]
            x, _ = self._attend(layer, f"self_{{}}_{i}", x, *own, said)
            seen = [states[f"cross_{kind}_{i}"] for kind in ("key", "value")]
            x, weights = self._attend(layer, f"cross_{{}}_{i}", x, *seen)
            x = self._feed_forward(layer, i, x)
            for kind, words, cells in zip(("key", "value"), own, seen, strict=True):
                outputs |= {f"next.state.self_{kind}_{i}": words, f"next.state.cross_{kind}_{i}": cells + 0.0}
        outputs["logits"] = layers.Reshape((self.vocabulary,))(layer("logits")(x))
        outputs["attention"] = layers.Reshape((self.cells,))(ops.mean(weights, axis=1))
        return keras.Model([input_ids, position, *states.values()], outputs, name="decoder_step")

    @property
    def _length(self) -> int:
        return self.max_length + 1  # the start marker is read too

    @property
    def _wide(self) -> int:
        return self.heads * self.units

    def _layers(self) -> list[layers.Layer]:
        """Every layer with weights or randomness, by its name."""
        made: list[layers.Layer] = [
            layers.Embedding(self.vocabulary, self.units, name="token"),
            layers.Embedding(self._length, self.units, name="position"),
            TokenOutput(self.vocabulary, dtype="float32", name="logits"),
        ]
        for i in range(self.depth):
            for where in ("self", "cross"):
                made += [layers.Dense(self._wide, name=f"{where}_{kind}_{i}") for kind in ("query", "key", "value")]
                made += [layers.Dense(self.units, name=f"{where}_output_{i}")]
            made += [layers.Dense(2 * self.units, activation="relu", name=f"wide_{i}")]
            made += [layers.Dense(self.units, name=f"narrow_{i}")]
            made += [layers.LayerNormalization(name=f"{where}_norm_{i}") for where in ("self", "cross", "narrow")]
            # As in the source: on the weights of self-attention and on what the feed-forward network adds.
            made += [layers.Dropout(self.dropout, name=f"{where}_dropout_{i}") for where in ("self", "narrow")]
        return made

    @staticmethod
    def _embed(layer: Layers, tokens: Tensor, positions: Tensor) -> Tensor:
        return layer("token")(tokens) + layer("position")(positions)

    def _attend(
        self, layer: Layers, name: str, x: Tensor, keys: Tensor, values: Tensor, allowed: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(N, T, U) looks at keys and values (N, K, heads * U), where ``allowed`` (N, T, K).

        Returns what came of it (N, T, U) and the weights (N, heads, T, K).
        """
        queries, keys, values = (self._split(part) for part in (layer(name.format("query"))(x), keys, values))
        scores = ops.matmul(queries, ops.transpose(keys, (0, 1, 3, 2))) * self.units**-0.5
        if allowed is not None:
            scores = scores + (1.0 - ops.cast(ops.expand_dims(allowed, 1), "float32")) * _MINUS_INFINITY
        weights = ops.softmax(scores, axis=-1)
        used = weights if allowed is None else layer(name.format("dropout"))(weights)
        context = ops.transpose(ops.matmul(used, values), (0, 2, 1, 3))
        context = layers.Reshape((-1, self._wide))(context)
        return layer(name.format("norm"))(x + layer(name.format("output"))(context)), weights

    def _split(self, x: Tensor) -> Tensor:
        """(N, T, heads * U) -> (N, heads, T, U)."""
        return ops.transpose(layers.Reshape((-1, self.heads, self.units))(x), (0, 2, 1, 3))

    @staticmethod
    def _feed_forward(layer: Layers, i: int, x: Tensor) -> Tensor:
        added = layer(f"narrow_dropout_{i}")(layer(f"narrow_{i}")(layer(f"wide_{i}")(x)))
        return layer(f"narrow_norm_{i}")(x + added)


class _Places(layers.Layer):
    """Position (N,) among ``length`` places -> 1 at that place (N, length, 1), and which are said (N, 1, length)."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def call(self, position: Tensor) -> tuple[Tensor, Tensor]:
        """In a layer, because a constant outside of one would become an input of the ONNX graph."""
        places, position = ops.expand_dims(ops.arange(self.length, dtype="int64"), 0), ops.expand_dims(position, 1)
        here = ops.cast(ops.equal(places, position), "float32")
        return ops.expand_dims(here, 2), ops.expand_dims(ops.less_equal(places, position), 1)


@keras.saving.register_keras_serializable("tagger")
class TokenOutput(layers.Dense):
    """One logit a word; those of padding and start are minus a billion, whatever was learned."""

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """(..., U) -> (..., V)."""
        return ops.where(ops.arange(self.units) < _NEVER, _MINUS_INFINITY, super().call(inputs, training=training))
