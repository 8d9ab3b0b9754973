"""The training loop: Keras ``fit`` with checkpoints, early stopping, a falling learning rate, averaging, resumption.

Sources: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019); "SGDR" (2017), the cosine; Izmailov et
al., "Averaging Weights Leads to Wider Optima" (2018), of which this is the running form.
"""

from collections.abc import Callable
from contextlib import nullcontext
from zipfile import BadZipFile

import keras
import numpy as np
import tensorflow as tf

from tagger.core.errors import RunError
from tagger_training.devices import enough_memory, precision
from tagger_training.losses import WordCrossEntropy
from tagger_training.optimizers import optimizer
from tagger_training.pace import Averaging, CosineRate
from tagger_training.run import Run, RunConfig
from tagger_training.sequences import CaptionBatches
from tagger_training.standing import Standing, is_finite, replace_whole

_HISTORY = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]


def fit(
    run: Run,
    train: CaptionBatches,
    val: CaptionBatches,
    *,
    measures: tuple[keras.callbacks.Callback, ...] = (),
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
    strategy: tf.distribute.Strategy | None = None,
    adapt: Callable[[keras.Model], None] = lambda _model: None,
) -> None:
    """Train the decoder of ``run`` until its epochs are done or validation loss stops falling.

    Continues where an earlier call on the same folder stopped. ``adapt`` sets what is fixed in a new model.
    ``measures`` see an epoch before it is kept: what they add to its logs is in the history. ``callbacks`` see it when
    it is on disk. Raises RunError for a loss that is not finite, and for a batch that does not fit into memory; the
    last good checkpoint is kept.
    """
    config = run.config
    keras.utils.set_random_seed(config.seed)
    early = keras.callbacks.EarlyStopping(patience=config.patience)
    falling = keras.callbacks.ReduceLROnPlateau(factor=0.2, patience=max(1, config.patience // 2), min_lr=1e-5)
    averaging = Averaging()
    resume = _Resume(run, early, falling, averaging)
    if resume.finished(config.all_epochs, early.patience):
        return
    with precision(config.mixed_precision), strategy.scope() if strategy else nullcontext():
        model = resume.load() or _compiled(run, train, adapt, strategy)
        first = 0
        for part in config.parts:
            last = first + part.epochs
            if not first <= resume.epoch < last or resume.finished(config.all_epochs, early.patience):
                first = last
                continue
            _turn_to(model, config, part, averaging if resume.epoch == first else None)
            train.resize(part.batch_size)
            rate = falling if part.schedule == "plateau" else CosineRate(part, first, len(train))
            with enough_memory(part.batch_size):
                model.fit(
                    train,
                    validation_data=val,
                    epochs=last,
                    initial_epoch=resume.epoch,
                    verbose=0,
                    shuffle=False,  # the batches shuffle themselves; Keras would by a generator that is not saved
                    callbacks=[
                        keras.callbacks.TerminateOnNaN(),
                        averaging,
                        *measures,
                        early,
                        rate,
                        resume,
                        keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _logs: train.start(epoch)),
                        *callbacks,
                        keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: averaging.leave()),
                    ],
                )
            first = last
    if resume.not_finite:
        raise RunError("the loss is not finite any more", "lower --learning-rate; the last good checkpoint is kept")


def seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Make dropout depend on seed and epoch alone: the state of its generators is not in the model file."""
    for position, layer in enumerate(dropouts(model)):
        if layer.rate > 0:
            layer.seed_generator.state.assign([seed * 1000 + position, epoch])


def dropouts(model: keras.Model) -> list[keras.layers.Dropout]:
    """Every layer that drops, those inside of others too."""
    found = {id(part): part for layer in model.layers for part in (layer, *layer._flatten_layers(include_self=False))}
    return [layer for layer in found.values() if isinstance(layer, keras.layers.Dropout)]


def has_finite_weights(model: keras.Model) -> bool:
    """Whether every weight is a number: the loss need not tell, because relu makes 0 of what is none."""
    return all(np.isfinite(weight).all() for weight in model.get_weights())


def _turn_to(model: keras.Model, config: RunConfig, part: RunConfig, averaging: Averaging | None) -> None:
    """Make the model train as ``part`` of ``config`` says; with ``averaging``, from the averaged weights.

    What the optimizer knows of the gradients goes on.
    """
    if part is config:
        return
    if averaging is not None:
        averaging.settle(model)
    for layer in dropouts(model):
        if layer.rate in (config.dropout, part.dropout):
            layer.rate = part.dropout
    model.optimizer.ema_momentum = part.averaging
    model.make_train_function(force=True)


def _compiled(
    run: Run,
    train: CaptionBatches,
    adapt: Callable[[keras.Model], None] = lambda _model: None,
    strategy: tf.distribute.Strategy | None = None,
) -> keras.Model:
    config = run.config
    model = run.system.build(train.counts(len(run.tokenizer)))
    adapt(model)
    if config.label_smoothing or strategy:
        loss = WordCrossEntropy(config.label_smoothing)
    else:
        # Weights are 0 on padding, which therefore counts neither in the sum nor in what it is divided by.
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    model.compile(
        optimizer=optimizer(config),
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
        self,
        run: Run,
        early: keras.callbacks.EarlyStopping,
        falling: keras.callbacks.ReduceLROnPlateau,
        averaging: Averaging,
    ) -> None:
        super().__init__()
        self._run, self._early, self._falling, self._averaging = run, early, falling, averaging
        self._standing = Standing(run.folder, _HISTORY, ".keras")
        self.not_finite = False

    @property
    def epoch(self) -> int:
        """The number of the next epoch."""
        return self._standing.epoch

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
        better = all(row["val_loss"] < before["val_loss"] for before in self._standing.history)
        if better or self._run.config.keep == "last":
            replace_whole(self._run.folder / "best.weights.h5", self.model.save_weights)
        states = {
            name: {key: getattr(callback, key) for key in ("wait", "best")}
            for name, callback in (("early", self._early), ("falling", self._falling))
        }
        with self._averaging.own_weights():
            self._standing.keep(row, self.model.save, **states)
