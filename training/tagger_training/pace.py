"""How fast a training goes, and what of it is kept: a rate that follows a cosine, a running mean of the weights."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from tagger_training.run import RunConfig


class CosineRate(keras.callbacks.Callback):
    """The learning rate of every step of a ``part``, from its ``first`` epoch: up in a line, down to 0 by a cosine."""

    def __init__(self, part: RunConfig, first: int, steps: int) -> None:
        super().__init__()
        self._part, self._first, self._steps = part, first, steps
        self._epoch = first

    def rate(self, epoch: int, batch: int) -> float:
        """The learning rate of one step."""
        total = self._part.epochs * self._steps
        step, warm = (epoch - self._first) * self._steps + batch, self._part.warm_up * total
        share = (step + 1) / warm if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))
        return self._part.learning_rate * min(1.0, share)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Remember the epoch."""
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the rate."""
        self.model.optimizer.learning_rate = self.rate(self._epoch, batch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Say the rate that was reached."""
        if logs is not None:
            logs["learning_rate"] = self.rate(epoch, self._steps - 1)


class Averaging(keras.callbacks.Callback):
    """From the validation of an epoch until ``leave`` the model has the averaged weights, where there are any."""

    def __init__(self) -> None:
        super().__init__()
        self._swapped = False

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Validation is of the averaged weights."""
        if not self._swapped:
            self._swap(self.model)

    def leave(self) -> None:
        """Training goes on with its own."""
        if self._swapped:
            self._swap(self.model)

    @contextmanager
    def own_weights(self) -> Iterator[None]:
        """The model with the weights that training goes on with."""
        swapped = self._swapped
        if swapped:
            self._swap(self.model)
        try:
            yield
        finally:
            if swapped:
                self._swap(self.model)

    def settle(self, model: keras.Model) -> None:
        """Go on from the averaged weights."""
        for weight, mean in _averaged(model):
            weight.assign(mean)

    def _swap(self, model: keras.Model) -> None:
        self._swapped = not self._swapped
        for weight, mean in _averaged(model):
            own = keras.ops.copy(weight)
            weight.assign(mean)
            mean.assign(own)


def _averaged(model: keras.Model) -> list[tuple[Any, Any]]:
    """Every weight with its running mean; none where the optimizer keeps none."""
    if not model.optimizer.use_ema:
        return []
    return list(zip(model.trainable_variables, model.optimizer._model_variables_moving_average, strict=True))
