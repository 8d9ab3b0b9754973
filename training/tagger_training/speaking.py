"""A system's start and step functions as one graph that says many captions at once, greedily or drawn.

Obeys the rules of every search (captioning/sampler.py): padding, start and unknown are never said, the first word is
not the end, and a caption of the longest length ends. Knows no data.
"""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tagger.captioning.bundle import TextSpec
from tagger_training.systems.system import Decoder

_MINUS_INFINITY = -1e9


class Speaker:
    """Says captions by ``model``, whose weights may change between calls. Only for decoders that can be stepped."""

    def __init__(self, system: Decoder, model: keras.Model, text: TextSpec, vocabulary: int) -> None:
        self._text, self._length = text, text.max_length + 1
        self._start, self._step = system.start(model), system.step(model)
        self.forbidden = forbidden(text, vocabulary)
        self.reads = [tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype) for tensor in self._start.inputs]
        # One graph for any number of photos: graphs of known sizes may round differently, and whether one is made
        # would depend on the batches before, of which an interrupted training has seen others.
        shapes = [self.reads, tf.TensorSpec((), tf.int32), tf.TensorSpec((2,), tf.int32)]
        self._greedy = tf.function(partial(self._traced, drawn=False), input_signature=shapes)
        self._drawn = tf.function(partial(self._traced, drawn=True), input_signature=shapes)

    def greedy(self, *seen: NDArray[np.float32]) -> NDArray[np.int32]:
        """The likeliest words (N, T + 1) for what is seen (N, ...): with the end marker, then padding."""
        seed = tf.zeros(2, tf.int32)
        return np.asarray(self._greedy([tf.constant(part) for part in seen], tf.constant(1), seed))

    def drawn(self, *seen: NDArray[np.float32], count: int, seed: tuple[int, int]) -> NDArray[np.int32]:
        """``count`` captions (N * count, T + 1) of every photo, drawn from the model; those of a photo are neighbours.

        They depend on the ``seed`` alone.
        """
        parts = [tf.constant(part) for part in seen]
        return np.asarray(self._drawn(parts, tf.constant(count), tf.constant(seed, tf.int32)))

    def _traced(self, seen: list[tf.Tensor], count: tf.Tensor, seed: tf.Tensor, *, drawn: bool) -> tf.Tensor:
        began = self._start(seen if len(seen) > 1 else seen[0], training=False)
        state = {name: tf.repeat(value, count, axis=0) for name, value in began.items()}
        rows = tf.shape(seen[0])[0] * count
        token = tf.fill((rows,), tf.constant(self._text.start, tf.int64))
        ended = tf.zeros((rows,), tf.bool)
        said = []
        for t in range(self._length):
            inputs = [token, *(state[tensor.name] for tensor in self._step.inputs[1:])]
            outputs = self._step(inputs, training=False)
            state = {name.removeprefix("next."): value for name, value in outputs.items() if name.startswith("next.")}
            logits = tf.cast(outputs["logits"], tf.float32) + self.forbidden[t]
            if drawn:
                at = tf.random.experimental.stateless_fold_in(seed, t)
                token = tf.random.stateless_categorical(logits, 1, at, dtype=tf.int64)[:, 0]
            else:
                token = tf.argmax(logits, axis=1)
            token = tf.where(ended, tf.constant(self._text.padding, tf.int64), token)
            ended = ended | (token == self._text.end)
            said.append(tf.cast(token, tf.int32))
        return tf.stack(said, axis=1)


def forbidden(text: TextSpec, vocabulary: int) -> NDArray[np.float32]:
    """What is added to the logits of every position (T + 1, V): minus a billion where a word may not be said."""
    added = np.zeros((text.max_length + 1, vocabulary), np.float32)
    added[:, [text.padding, text.start, text.unknown]] = _MINUS_INFINITY
    added[0, text.end] = _MINUS_INFINITY  # an empty caption says nothing
    added[-1] = _MINUS_INFINITY
    added[-1, text.end] = 0.0
    return added


def said_words(tokens: NDArray[np.int32], text: TextSpec) -> list[list[int]]:
    """Token ids of every caption (N, T + 1) that a ``Speaker`` said, without the end marker."""
    return [row[: row.index(text.end)] for row in tokens.tolist()]
