"""Layers of the attention LSTM that is told the tags (efficientnet_lite2_attention.py). Know no system."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

Tensor = keras.KerasTensor
STATES = ("h1", "c1", "h2", "c2")
_WORD_SCALE = 4.0


@keras.saving.register_keras_serializable("tagger")
class FixedDense(layers.Layer):
    """A product with a matrix that is ``fix``ed before training, to ``middle`` numbers, then Dense ``units``.

    Once trained both are one product, which costs and weighs less.
    """

    def __init__(self, middle: int, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.middle, self.units = middle, units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """For features of the shape (..., D)."""
        add = self.add_weight
        self.fixed = add(shape=(input_shape[-1], self.middle), trainable=False, name="fixed")
        self.fixed_bias = add(shape=(self.middle,), initializer="zeros", trainable=False, name="fixed_bias")
        self.kernel = add(shape=(self.middle, self.units), name="kernel")
        self.bias = add(shape=(self.units,), initializer="zeros", name="bias")

    def fix(self, matrix: NDArray[np.floating], bias: NDArray[np.floating]) -> None:
        """Take the fixed matrix (D, middle) and what is added to its product (middle,)."""
        self.fixed.assign(matrix)
        self.fixed_bias.assign(bias)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """(..., D) -> (..., units)."""
        if training:
            return ops.matmul(ops.matmul(inputs, self.fixed) + self.fixed_bias, self.kernel) + self.bias
        bias = ops.matmul(ops.expand_dims(self.fixed_bias, 0), self.kernel)[0] + self.bias
        return ops.matmul(inputs, ops.matmul(self.fixed, self.kernel)) + bias

    def get_config(self) -> dict[str, Any]:
        """What a saved model needs to make it again."""
        return {**super().get_config(), "middle": self.middle, "units": self.units}


@keras.saving.register_keras_serializable("tagger")
class Places(layers.Layer):
    """Adds to every cell what is learned of its place."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """For cells of the shape (N, S, E)."""
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.places = self.add_weight(shape=input_shape[1:], initializer=start, name="places")

    def call(self, inputs: Tensor) -> Tensor:
        """(N, S, E) -> (N, S, E)."""
        return inputs + self.places


@keras.saving.register_keras_serializable("tagger")
class TagTokens(layers.Layer):
    """The ``top`` likeliest tags as tokens: 2 r e + r u + b, r the root of a probability, e what is learned of it."""

    def __init__(self, top: int, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.top, self.units = top, units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """For roots of probabilities (N, C)."""
        start = keras.initializers.RandomNormal(stddev=0.05)
        self.tags = self.add_weight(shape=(input_shape[-1], self.units), initializer=start, name="tags")
        self.any = self.add_weight(shape=(self.units,), initializer="zeros", name="any")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs: Tensor) -> Tensor:
        """(N, C) -> (N, top, units)."""
        roots, which = ops.top_k(inputs, self.top)
        roots = ops.expand_dims(roots, 2)
        return 2 * roots * ops.take(self.tags, which, axis=0) + roots * self.any + self.bias

    def get_config(self) -> dict[str, Any]:
        """What a saved model needs to make it again."""
        return {**super().get_config(), "top": self.top, "units": self.units}


@keras.saving.register_keras_serializable("tagger")
class Words(layers.Layer):
    """What is learned of every word, for reading it (tokens -> embeddings) and for saying it (embeddings -> logits)."""

    def __init__(self, vocabulary: int, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary, self.units = vocabulary, units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """One embedding and one bias a word."""
        # Small, because they are the weights of the logits too.
        start = keras.initializers.RandomNormal(stddev=0.06)
        self.embeddings = self.add_weight(shape=(self.vocabulary, self.units), initializer=start, name="embeddings")
        self.bias = self.add_weight(shape=(self.vocabulary,), initializer="zeros", name="bias")

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        """(...,) -> (..., units), ``reverse``: (..., units) -> (..., V)."""
        if reverse:
            return ops.matmul(inputs, ops.transpose(self.embeddings)) + self.bias
        return ops.take(self.embeddings, inputs, axis=0) * _WORD_SCALE

    def compute_output_spec(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        """As ``call``."""
        shape = (*inputs.shape[:-1], self.vocabulary) if reverse else (*inputs.shape, self.units)
        return keras.KerasTensor(shape, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """What a saved model needs to make it again."""
        return {**super().get_config(), "vocabulary": self.vocabulary, "units": self.units}


@keras.saving.register_keras_serializable("tagger")
class LookAndSay(layers.Layer):
    """The two LSTMs of ``units``, the attention of ``heads`` between them; ``width`` is that of words and memory."""

    def __init__(self, units: int, width: int, heads: int, dropout: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.width, self.heads, self.rate = units, width, heads, dropout
        self.reading = layers.Dense(4 * units, use_bias=False, name="reading")
        self.before = layers.Dense(4 * units, use_bias=False, name="before")
        self.query = layers.Dense(width, name="query")
        self.context = layers.Dense(width, name="context")
        self.saying = layers.Dense(4 * units, bias_initializer=OpenForget(), name="saying")
        self.dropout = layers.Dropout(dropout, name="dropout")

    def build(self, *shapes: Any) -> None:
        """For words and memory of ``width``."""
        self.reading.build((None, self.width))
        self.before.build((None, 2 * self.units))
        self.query.build((None, self.units))
        self.context.build((None, self.width))
        self.saying.build((None, self.width + 2 * self.units))

    def call(
        self, words: Tensor, whole: Tensor, keys: Tensor, values: Tensor, hidden: Tensor, training: bool | None = None
    ) -> Tensor:
        """Embedded words (M, T, E), what is remembered of the photo of each -> the second LSTM's output (M, T, units).

        ``hidden`` (M, n) is added to the scores of the memory's tokens.
        """
        gates = self.reading(words) + ops.expand_dims(whole, 1)
        kept = self.dropout(ops.ones((*ops.shape(words)[:2], self.width + self.units)), training=training)
        nothing = ops.zeros_like(whole[:, : self.units])
        states, said = [nothing] * len(STATES), []
        for t in range(words.shape[1]):  # not a loop of the graph, which would copy keys and values at every word
            states, _ = self._next(gates[:, t], states, keys, values, hidden, kept[:, t] if training else None)
            said.append(states[2])
        return ops.stack(said, axis=1)

    def compute_output_spec(self, words: Tensor, *photo: Tensor, training: bool | None = None) -> Tensor:
        """As ``call``."""
        return keras.KerasTensor((*words.shape[:-1], self.units), self.compute_dtype)

    def step(
        self, words: Tensor, states: Sequence[Tensor], whole: Tensor, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, list[Tensor], Tensor]:
        """One embedded word (N, E) and the states -> output (N, units), the next states, weights (N, heads, n)."""
        following, weights = self._next(self.reading(words) + whole, states, keys, values)
        return following[2], following, weights

    def _next(
        self,
        gates: Tensor,
        states: Sequence[Tensor],
        keys: Tensor,
        values: Tensor,
        hidden: Tensor | None = None,
        kept: Tensor | None = None,
    ) -> tuple[list[Tensor], Tensor]:
        h1, c1, h2, c2 = states
        h1, c1 = _lstm(gates + self.before(ops.concatenate([h2, h1], axis=-1)), c1)
        head = self.width // self.heads
        query = ops.reshape(self.query(h1), (-1, self.heads, 1, head)) * head**-0.5
        scores = ops.matmul(query, keys)
        if hidden is not None:
            scores = scores + hidden[:, None, None]
        weights = ops.softmax(scores, axis=-1)
        context = self.context(ops.reshape(ops.matmul(weights, values), (-1, self.width)))
        x = ops.concatenate([context, h1], axis=-1)
        x = x if kept is None else x * kept
        h2, c2 = _lstm(self.saying(ops.concatenate([x, h2], axis=-1)), c2)
        return [h1, c1, h2, c2], weights[:, :, 0]

    def get_config(self) -> dict[str, Any]:
        """What a saved model needs to make it again."""
        own = {"units": self.units, "width": self.width, "heads": self.heads, "dropout": self.rate}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("tagger")
class OpenForget(keras.initializers.Initializer):
    """Bias of an LSTM's gates: the forget gate, the second of four, is open at first (Jozefowicz et al. 2015)."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Tensor:
        """The bias (4 * units,)."""
        return ops.concatenate([(ops.ones if i == 1 else ops.zeros)((shape[0] // 4,), dtype) for i in range(4)])


def _lstm(gates: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """State and cell after the gates (N, 4 * units): input, forget, new, output."""
    enter, keep, new, out = ops.split(gates, 4, axis=-1)
    c = ops.sigmoid(keep) * c + ops.sigmoid(enter) * ops.tanh(new)
    return ops.sigmoid(out) * ops.tanh(c), c
