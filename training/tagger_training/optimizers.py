"""The optimizers of the first stage. With averaging, the running mean of the weights is a short one at first.

Otherwise a training of few steps would measure and keep mostly what it began with.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tagger_training.run import RunConfig

_SECOND_MOMENT = 0.98  # of AdamW (Vaswani et al. 2017): trainings are short
_SHORT = 9  # steps


def optimizer(config: RunConfig) -> keras.optimizers.Optimizer:
    """What ``config`` asks for."""
    settings: dict[str, Any] = {"global_clipnorm": config.clip or None}
    if config.averaging:
        settings |= {"use_ema": True, "ema_momentum": config.averaging}
    if config.optimizer == "adamw":
        settings |= {"weight_decay": config.weight_decay, "beta_2": _SECOND_MOMENT}
    usual = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW, "rmsprop": keras.optimizers.RMSprop}
    averaging = {"adam": AveragingAdam, "adamw": AveragingAdamW, "rmsprop": AveragingRMSprop}
    return (averaging if config.averaging else usual)[config.optimizer](config.learning_rate, **settings)


class _ShortAtFirst:
    """The share of the old in the mean grows with the steps, to ``ema_momentum``."""

    def _update_model_variables_moving_average(self, trainable_variables: Sequence[Any]) -> None:
        done = ops.cast(self.iterations, "float32")
        old = ops.minimum(float(self.ema_momentum), done / (done + _SHORT))
        for weight, mean in zip(trainable_variables, self._model_variables_moving_average, strict=True):
            mean.assign(old * mean + (1 - old) * weight)


@keras.saving.register_keras_serializable("tagger")
class AveragingAdam(_ShortAtFirst, keras.optimizers.Adam):
    """Adam that keeps a running mean of the weights."""


@keras.saving.register_keras_serializable("tagger")
class AveragingAdamW(_ShortAtFirst, keras.optimizers.AdamW):
    """AdamW that keeps a running mean of the weights."""


@keras.saving.register_keras_serializable("tagger")
class AveragingRMSprop(_ShortAtFirst, keras.optimizers.RMSprop):
    """RMSprop that keeps a running mean of the weights."""
