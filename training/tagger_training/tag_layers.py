"""The layers of a tag head: features made even, probabilities made honest, the encoder's classes as labels.

Weights, not constants, wherever a layer holds numbers: Keras's own constants become inputs of the ONNX graph.
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

HALF = 0.5  # a parent this likely does not hold a label back
_TINY = 1e-6


@keras.saving.register_keras_serializable("tagger")
class Standardise(layers.Layer):
    """Square root of non-negative features (tames the few that are large), then mean 0 and deviation 1."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """One mean and one deviation a feature."""
        self.mean = self.add_weight(shape=input_shape[-1:], initializer="zeros", trainable=False, name="mean")
        self.deviation = self.add_weight(shape=input_shape[-1:], initializer="ones", trainable=False, name="deviation")

    def adapt(self, features: NDArray[np.float32]) -> None:
        """Take mean and deviation from features (N, D)."""
        roots = np.sqrt(np.maximum(features, 0.0))
        self.set_weights([roots.mean(axis=0), roots.std(axis=0) + 1e-3])

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """(N, D) -> (N, D)."""
        return (ops.sqrt(ops.maximum(inputs, 0.0)) - self.mean) / self.deviation


@keras.saving.register_keras_serializable("tagger")
class Platt(layers.Layer):
    """Logits -> calibrated probabilities: sigmoid(slope * logit + offset), per label (Platt 1999)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """One slope and one offset a label."""
        self.slope = self.add_weight(shape=input_shape[-1:], initializer="ones", name="slope")
        self.offset = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="offset")

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """(N, T) -> (N, T)."""
        return ops.sigmoid(inputs * self.slope + self.offset)


@keras.saving.register_keras_serializable("tagger")
class ClassLabels(layers.Layer):
    """Scores (N, L) of ``labels`` that are sums of ``classes`` of the encoder's own head, held to what concepts say.

    score = sum of the label's classes * min(1, alone + (1 - alone) * p(supporting concept) / 0.5)
    * product of (1 - p(opposing concept)); ``alone``, 0 to 1, is how well a label does without support.
    """

    def __init__(self, labels: int, classes: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.labels, self.classes = labels, classes

    def build(self, pooled_shape: tuple[int | None, ...], concepts_shape: tuple[int | None, ...]) -> None:
        """The encoder's head, its temperature folded in; who belongs to a label, supports and opposes it."""

        def fixed(name: str, *shape: int | None) -> Any:
            return self.add_weight(shape=shape, initializer="zeros", trainable=False, name=name)

        self.head, self.bias = fixed("head", pooled_shape[-1], self.classes), fixed("bias", self.classes)
        self.members = fixed("members", self.classes, self.labels)
        self.supports = fixed("supports", concepts_shape[-1], self.labels)
        self.alone = fixed("alone", self.labels)
        self.opposes = fixed("opposes", concepts_shape[-1], self.labels)

    def fix(
        self,
        head: tuple[NDArray[np.float32], NDArray[np.float32]],
        members: NDArray[np.float32],
        supports: NDArray[np.float32],
        alone: NDArray[np.float32],
        opposes: NDArray[np.float32],
    ) -> None:
        """Set everything: kernel (D, K) and bias (K,); 0 and 1 in (K, L), (C, L), (C, L), and ``alone`` (L,)."""
        self.set_weights([*head, members, supports * (1 - alone) / HALF, alone, opposes])

    def call(self, pooled: keras.KerasTensor, concepts: keras.KerasTensor) -> keras.KerasTensor:
        """``pooled`` (N, D), probabilities of the concepts (N, C) -> (N, L)."""
        classes = ops.softmax(ops.matmul(pooled, self.head) + self.bias)
        support = ops.minimum(1.0, ops.matmul(concepts, self.supports) + self.alone)
        opposed = ops.matmul(ops.log(ops.maximum(1.0 - concepts, _TINY)), self.opposes)
        # Of many classes that add up to 1 the float32 sum may be a little more.
        return ops.minimum(1.0, ops.matmul(classes, self.members)) * support * ops.exp(opposed)

    def get_config(self) -> dict[str, Any]:
        """How many labels of how many classes."""
        return {**super().get_config(), "labels": self.labels, "classes": self.classes}
