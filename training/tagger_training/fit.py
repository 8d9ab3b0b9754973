"""The training loop: Keras ``fit`` with checkpoints, early stopping, a falling learning rate, resumption."""

from contextlib import nullcontext
from zipfile import BadZipFile

import keras
import numpy as np
import tensorflow as tf

from tagger.core.errors import RunError
from tagger_training.devices import enough_memory, precision
from tagger_training.losses import WordCrossEntropy
from tagger_training.run import Run
from tagger_training.sequences import CaptionBatches
from tagger_training.standing import Standing, is_finite, replace_whole

_OPTIMIZERS = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
_HISTORY = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]


def fit(
    run: Run,
    train: CaptionBatches,
    val: CaptionBatches,
    *,
    measures: tuple[keras.callbacks.Callback, ...] = (),
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
    strategy: tf.distribute.Strategy | None = None,
) -> None:
    """Train the decoder of ``run`` until its epochs are done or validation loss stops falling.

    Continues where an earlier call on the same folder stopped. ``measures`` see an epoch before it is kept: what they
    add to its logs is in the history. ``callbacks`` see it when it is on disk. Raises RunError for a loss that is not
    finite, and for a batch that does not fit into memory; the last good checkpoint is kept.
    """
    config = run.config
    keras.utils.set_random_seed(config.seed)
    early = keras.callbacks.EarlyStopping(patience=config.patience)
    falling = keras.callbacks.ReduceLROnPlateau(factor=0.2, patience=max(1, config.patience // 2), min_lr=1e-5)
    resume = _Resume(run, early, falling)
    if resume.finished(config.epochs, early.patience):
        return
    with precision(config.mixed_precision), strategy.scope() if strategy else nullcontext():
        model = resume.load() or _compiled(run, train, strategy)
        with enough_memory(config.batch_size):
            model.fit(
                train,
                validation_data=val,
                epochs=config.epochs,
                initial_epoch=resume.epoch,
                verbose=0,
                shuffle=False,  # the batches shuffle themselves; Keras would by a generator that is not saved
                callbacks=[
                    keras.callbacks.TerminateOnNaN(),
                    *measures,
                    early,
                    falling,
                    resume,
                    keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _logs: train.start(epoch)),
                    *callbacks,
                ],
            )
    if resume.not_finite:
        raise RunError("the loss is not finite any more", "lower --learning-rate; the last good checkpoint is kept")


def seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Make dropout depend on seed and epoch alone: the state of its generators is not in the model file."""
    for position, layer in enumerate(model.layers):
        if isinstance(layer, keras.layers.Dropout) and layer.rate > 0:
            layer.seed_generator.state.assign([seed * 1000 + position, epoch])


def has_finite_weights(model: keras.Model) -> bool:
    """Whether every weight is a number: the loss need not tell, because relu makes 0 of what is none."""
    return all(np.isfinite(weight).all() for weight in model.get_weights())


def _compiled(run: Run, train: CaptionBatches, strategy: tf.distribute.Strategy | None = None) -> keras.Model:
    model = run.system.build(train.counts(len(run.tokenizer)))
    if run.config.label_smoothing or strategy:
        loss = WordCrossEntropy(run.config.label_smoothing)
    else:
        # Weights are 0 on padding, which therefore counts neither in the sum nor in what it is divided by.
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    model.compile(
        optimizer=_OPTIMIZERS[run.config.optimizer](run.config.learning_rate),
        loss=loss,
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def _shapes(model: keras.Model) -> list[tuple[str, tuple[int, ...]]]:
    """What tells the models of two systems apart."""
    return [(model.name, ()), *((weight.name, tuple(weight.shape)) for weight in model.weights)]


class _Resume(keras.callbacks.Callback):
    """Keeps the best epoch, and what the next call needs to go on as if there had been no interruption."""

    def __init__(
        self, run: Run, early: keras.callbacks.EarlyStopping, falling: keras.callbacks.ReduceLROnPlateau
    ) -> None:
        super().__init__()
        self._run, self._early, self._falling = run, early, falling
        self._standing = Standing(run.folder, _HISTORY, ".keras")
        self.epoch = self._standing.epoch
        self.not_finite = False

    def load(self) -> keras.Model | None:
        """The model with its optimizer after the last whole epoch; None before the first. Raises RunError."""
        if not self.epoch:
            return None
        path = self._standing.checkpoint
        try:
            model = keras.models.load_model(path)
        except (OSError, ValueError, TypeError, KeyError, BadZipFile) as error:
            raise RunError(f"{path} is damaged: {str(error).splitlines()[0]}", "begin anew: --restart") from error
        if _shapes(model) != _shapes(self._run.system.build()):
            raise RunError(f"{path} is not a checkpoint of this system", "begin anew: --restart")
        return model

    def finished(self, epochs: int, patience: int) -> bool:
        """Nothing is left to train."""
        return self.epoch >= epochs or self._standing.kept("early").get("wait", 0) >= patience

    def on_train_begin(self, logs: dict | None = None) -> None:
        """After the other callbacks have reset themselves: put back where they were."""
        for name, callback in (("early", self._early), ("falling", self._falling)):
            for key, value in self._standing.kept(name).items():
                setattr(callback, key, value)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Dropout of this epoch."""
        seed_dropout(self.model, self._run.config.seed, epoch)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keep the weights where they are the best so far, then the model, then the state that names it."""
        row = {"epoch": epoch, **{key: float(value) for key, value in (logs or {}).items()}}
        if not (is_finite(row) and has_finite_weights(self.model)):
            self.not_finite = True
            self.model.stop_training = True
            return
        if all(row["val_loss"] < before["val_loss"] for before in self._standing.history):
            replace_whole(self._run.folder / "best.weights.h5", self.model.save_weights)
        states = {
            name: {key: getattr(callback, key) for key in ("wait", "best")}
            for name, callback in (("early", self._early), ("falling", self._falling))
        }
        self._standing.keep(row, self.model.save, **states)
