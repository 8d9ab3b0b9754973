"""The cross-entropy of words, smoothed and over several devices. Knows no system.

Source: Szegedy et al., "Rethinking the Inception Architecture" (2016), label smoothing.
"""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

NEVER_SAID = 2
"""Padding and start are tokens 0 and 1 (``build_vocabulary``); systems may give them no probability at all."""


@keras.saving.register_keras_serializable("tagger")
class WordCrossEntropy(keras.losses.Loss):
    """Mean cross-entropy (nats) of the words that have weight, of logits, in float32.

    A share ``smoothing`` of every target is spread over all words that can be said. On several devices, which see equal
    parts of a batch, the weights of a whole batch need the mean 1, as those of ``CaptionBatches`` have then: the batch
    has the loss that it has on one device, though none knows the number of words of the others.
    """

    def __init__(self, smoothing: float = 0.0, name: str = "word_cross_entropy", **settings: Any) -> None:
        super().__init__(name=name, **settings)
        self.smoothing = smoothing

    def __call__(
        self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor, sample_weight: keras.KerasTensor | None = None
    ) -> keras.KerasTensor:
        """Targets (N, ...), logits (N, ..., V), weights (N, ...) -> the loss; this device's share where there are more.

        The gradients of all devices are added up.
        """
        losses = self.call(y_true, y_pred)
        weights = ops.ones_like(losses) if sample_weight is None else ops.cast(sample_weight, "float32")
        devices = tf.distribute.get_strategy().num_replicas_in_sync
        count = ops.sum(weights) if devices == 1 else ops.cast(ops.size(losses) * devices, "float32")
        return ops.divide_no_nan(ops.sum(losses * weights), count)

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """The loss of every word (N, ...)."""
        logits = ops.cast(y_pred, "float32")
        losses = ops.sparse_categorical_crossentropy(y_true, logits, from_logits=True)
        if not self.smoothing:
            return losses
        spread = -ops.mean(ops.log_softmax(logits, axis=-1)[..., NEVER_SAID:], axis=-1)
        return (1.0 - self.smoothing) * losses + self.smoothing * spread

    def get_config(self) -> dict[str, Any]:
        """What a saved model needs to make it again."""
        return {**super().get_config(), "smoothing": self.smoothing}
