"""The tag head: pooled features -> calibrated probabilities of the curated concepts.

Square root of the features, standardised, one hidden layer; trained on the share of a photo's captions that name
each concept. Calibrated on out-of-fold scores of the training photos with several captions (Platt scaling, one
slope, one offset a label); one threshold for all labels that hold up, chosen on the validation split.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from tagger.core.errors import RunError
from tagger_training.calibration import fit_platt, probabilities
from tagger_training.concepts import ConceptMatcher, load_concepts
from tagger_training.metrics import score_tags

HIDDEN = 512
EPOCHS = 15
FOLDS = 5
PRECISION = 0.74  # a little over the promise of 0.7, because the threshold is chosen on few photos
OFF = 9.0
_MIN_FIRED = 4


def train_tag_head(
    folder: Path, features: dict[str, NDArray[np.float32]], captions: dict[str, list[Sequence[str]]], *, seed: int
) -> dict[str, float]:
    """Train on ``train``, choose the threshold on ``val``; write model, thresholds and scores into ``folder``.

    Returns scores: on ``val`` as fitted, cross-fitted (threshold chosen on one half, measured on the other), and on
    the training photos out of fold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    concepts = load_concepts()
    matcher = ConceptMatcher(concepts)
    share = {split: matcher.share(texts) for split, texts in captions.items()}
    several = np.array([len(texts) >= 3 for texts in captions["train"]])
    if not several.any():
        several[:] = True
    held_out = _held_out_logits(features["train"], share["train"], seed)[several]
    named = share["train"][several] > 0
    slope, offset = fit_platt(held_out, named)
    calibrated = _calibrated(_fit(features["train"], share["train"], seed), slope, offset)
    calibrated.save(folder / "tag_head.keras")
    scores = np.asarray(calibrated.predict(features["val"], verbose=0))
    truth = share["val"] > 0
    held_scores = probabilities(held_out, slope, offset).astype(np.float32)

    def choose(rows: NDArray[np.bool_]) -> NDArray[np.float32]:
        return _thresholds(scores[rows], truth[rows], held_scores, named)

    thresholds = choose(np.ones(len(scores), bool))
    with (folder / "thresholds.json").open("w", encoding="utf-8") as file:
        json.dump({c.label: round(float(t), 4) for c, t in zip(concepts, thresholds, strict=True)}, file, indent=0)
    half = np.random.default_rng(seed).permutation(len(scores)) < len(scores) // 2
    crossed = np.where(half[:, None], scores >= choose(~half), scores >= choose(half))
    report = {"labels": len(concepts), "threshold": float(thresholds.min()), "off": int((thresholds == OFF).sum())}
    for name, measured in (
        ("val", score_tags(scores, scores >= thresholds, truth)),
        ("cross_fitted", score_tags(scores, crossed, truth)),
        ("out_of_fold", score_tags(held_scores, held_scores >= thresholds, named)),
    ):
        report |= {f"{name}_{key}": value for key, value in asdict(measured).items()}
    report = {key: round(value, 4) for key, value in report.items()}
    (folder / "scores.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def load_tag_head(folder: Path) -> tuple[keras.Model, dict[str, float]]:
    """The calibrated model ``pooled`` (N, D) -> ``tag_scores`` (N, T), and the threshold of each label."""
    try:
        thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
        return keras.models.load_model(folder / "tag_head.keras"), thresholds
    except (OSError, ValueError) as error:
        raise RunError(f"{folder} holds no tag head: {error}", "train one: tagger train without --no-tags") from error


@keras.saving.register_keras_serializable("tagger")
class Standardise(layers.Layer):
    """Square root of non-negative features (tames the few that are large), then mean 0 and deviation 1."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """One mean and one deviation a feature."""
        # Weights, not keras.layers.Normalization: its constants become inputs of the ONNX graph.
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


def _fit(features: NDArray[np.float32], share: NDArray[np.float32], seed: int) -> keras.Model:
    """Logits model (N, D) -> (N, T)."""
    keras.utils.set_random_seed(seed)
    inputs = layers.Input((features.shape[1],), name="pooled")
    standardise = Standardise()
    x = layers.Dropout(0.6)(standardise(inputs))
    standardise.adapt(features)
    x = layers.Dense(HIDDEN, activation="relu")(x)
    logits = layers.Dense(share.shape[1], bias_initializer=keras.initializers.Constant(-4.0))(layers.Dropout(0.5)(x))
    model = keras.Model(inputs, logits)
    steps = EPOCHS * -(-len(features) // 64)
    warmup = min(100, steps // 5)
    rate = keras.optimizers.schedules.CosineDecay(1e-4, steps - warmup, warmup_target=1.5e-3, warmup_steps=warmup)
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=0.02),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(features, share, batch_size=64, epochs=EPOCHS, verbose=0)
    return model


def _calibrated(model: keras.Model, slope: float, offset: NDArray[np.float64]) -> keras.Model:
    platt = Platt(name="tag_scores")
    outputs = platt(model.output)
    platt.set_weights([np.full(len(offset), slope), offset])
    return keras.Model(model.input, outputs, name="tag_head")


def _held_out_logits(features: NDArray[np.float32], share: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Logits (N, T) for every training photo by a model that was trained on the other folds."""
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(features))
    logits = np.zeros_like(share)
    for held in range(FOLDS):
        if (fold == held).any():
            model = _fit(features[fold != held], share[fold != held], seed)
            logits[fold == held] = model.predict(features[fold == held], verbose=0)
    return logits


def _thresholds(
    scores: NDArray[np.float32], truth: NDArray[np.bool_], held_scores: NDArray[np.float32], named: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The smallest common threshold that reaches the precision on the validation photos (scores, truth).

    Labels that are wrong more often than right on the many held-out training photos are off.
    """
    chosen = np.full(truth.shape[1], OFF, np.float32)
    for threshold in np.arange(0.30, 0.96, 0.01):
        held = held_scores >= threshold
        off = (held.sum(axis=0) >= _MIN_FIRED) & ((held & named).sum(axis=0) < 0.5 * held.sum(axis=0))
        fired = (scores >= threshold) & ~off
        if (fired & truth).sum() >= PRECISION * fired.sum():
            return np.where(off, chosen, np.float32(threshold))
    return chosen
