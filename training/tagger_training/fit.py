"""The training loop: Keras ``fit`` with checkpoints, early stopping, a falling learning rate, resumption."""

import csv
import json
import math
from pathlib import Path

import keras

from tagger.core.errors import RunError
from tagger_training.run import Run
from tagger_training.sequences import CaptionBatches

_OPTIMIZERS = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
_HISTORY = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]


def fit(
    run: Run, train: CaptionBatches, val: CaptionBatches, *, callbacks: tuple[keras.callbacks.Callback, ...] = ()
) -> None:
    """Train the decoder of ``run`` until its epochs are done or validation loss stops falling.

    Continues where an earlier call on the same folder stopped. Raises RunError for a loss that is not finite.
    """
    config, folder = run.config, run.folder
    keras.utils.set_random_seed(config.seed)
    early = keras.callbacks.EarlyStopping(patience=config.patience)
    falling = keras.callbacks.ReduceLROnPlateau(factor=0.2, patience=max(1, config.patience // 2), min_lr=1e-5)
    resume = _Resume(folder, early, falling, config.seed)
    if resume.finished(config.epochs, early.patience):
        return
    model = resume.load() or _compiled(run, train)
    model.fit(
        train,
        validation_data=val,
        epochs=config.epochs,
        initial_epoch=resume.epoch,
        verbose=0,
        shuffle=False,  # the batches shuffle themselves; Keras would by a generator that is not saved
        callbacks=[
            keras.callbacks.TerminateOnNaN(),
            keras.callbacks.ModelCheckpoint(
                folder / "best.weights.h5",
                save_best_only=True,
                save_weights_only=True,
                initial_value_threshold=resume.best,
            ),
            early,
            falling,
            resume,
            keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _logs: train.start(epoch)),
            *callbacks,
        ],
    )
    if resume.not_finite:
        raise RunError("the loss is not finite any more", "lower --learning-rate; the last good checkpoint is kept")


def plot_history(folder: Path) -> None:
    """Draw ``history.csv`` as ``loss.png``."""
    from matplotlib.figure import Figure

    with (folder / "history.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    epochs = [int(row["epoch"]) + 1 for row in rows]
    for name, label in (("loss", "training"), ("val_loss", "validation")):
        axes.plot(epochs, [float(row[name]) for row in rows], marker="o", label=label)
    axes.set(xlabel="epoch", ylabel="cross-entropy a word")
    axes.legend()
    figure.savefig(folder / "loss.png", dpi=110)


def _compiled(run: Run, train: CaptionBatches) -> keras.Model:
    model = run.system.build(train.counts(len(run.tokenizer)))
    model.compile(
        optimizer=_OPTIMIZERS[run.config.optimizer](run.config.learning_rate),
        # Weights are 0 on padding, which therefore counts neither in the sum nor in what it is divided by.
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
        weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


class _Resume(keras.callbacks.Callback):
    """Keeps what the next call needs to go on as if there had been no interruption; also writes the history.

    ``state.json`` names the model file that belongs to it and is replaced in one step, so the two always agree.
    """

    def __init__(
        self, folder: Path, early: keras.callbacks.EarlyStopping, falling: keras.callbacks.ReduceLROnPlateau, seed: int
    ) -> None:
        super().__init__()
        self._folder, self._early, self._falling, self._seed = folder, early, falling, seed
        path = folder / "state.json"
        self._state = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"history": []}
        self.epoch = len(self._state["history"])
        self.best = min((row["val_loss"] for row in self._state["history"]), default=None)
        self.not_finite = False

    def load(self) -> keras.Model | None:
        """The model with its optimizer after the last whole epoch."""
        return keras.models.load_model(self._folder / self._state["model"]) if self.epoch else None

    def finished(self, epochs: int, patience: int) -> bool:
        """Nothing is left to train."""
        return self.epoch >= epochs or self._state.get("early", {}).get("wait", 0) >= patience

    def on_train_begin(self, logs: dict | None = None) -> None:
        """After the other callbacks have reset themselves: put back where they were."""
        for name, callback in (("early", self._early), ("falling", self._falling)):
            for key, value in self._state.get(name, {}).items():
                setattr(callback, key, value)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Make dropout depend on seed and epoch alone: the state of its generators is not in the model file."""
        for position, layer in enumerate(self.model.layers):
            if isinstance(layer, keras.layers.Dropout) and layer.rate > 0:
                layer.seed_generator.state.assign([self._seed * 1000 + position, epoch])

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Save the model, then the state that names it."""
        row = {"epoch": epoch, **{key: float(value) for key, value in (logs or {}).items()}}
        if not all(math.isfinite(value) for value in row.values()):
            self.not_finite = True
            self.model.stop_training = True
            return
        self._state["history"].append(row)
        for name, callback in (("early", self._early), ("falling", self._falling)):
            self._state[name] = {key: getattr(callback, key) for key in ("wait", "best")}
        previous, self._state["model"] = self._state.get("model"), f"last-{epoch}.keras"
        self.model.save(self._folder / self._state["model"])
        temporary = self._folder / "state.json.tmp"
        temporary.write_text(json.dumps(self._state), encoding="utf-8")
        temporary.replace(self._folder / "state.json")
        if previous:
            (self._folder / previous).unlink(missing_ok=True)
        with (self._folder / "history.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, _HISTORY, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self._state["history"])
