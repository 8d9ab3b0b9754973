"""The tag head: pooled features -> calibrated probabilities of the curated concepts, then of labels of ImageNet.

How the concepts are learned is in ``tag_rounds``. They are calibrated on out-of-fold scores of the training photos with
several captions (Platt scaling, one slope, one offset a label); one threshold for all that hold up is chosen out of
fold as well. Labels of ImageNet are the encoder's own classes, where its weights have them, at a temperature that makes
the classes of a concept as likely as captions name it (``ClassLabels``).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from tagger.core.errors import RunError
from tagger_training.calibration import calibration_error, fit_platt, fit_temperature, probabilities, reliability
from tagger_training.concepts import Concept, ConceptMatcher, load_concepts
from tagger_training.imagenet_labels import CLASSES, ImagenetTable, load_imagenet_labels, membership
from tagger_training.metrics import score_tags
from tagger_training.systems.system import ClassHead
from tagger_training.tag_layers import ClassLabels, Platt
from tagger_training.tag_rounds import Rounds, fit_logits

PRECISION = 0.77  # a little over the promise of 0.75, because it is chosen on other photos
OFF = 9.0
HELD_OUT = "held_out.npy"
_MIN_FIRED = 4
_MIN_NAMED = 5  # photos; a class that is rarer says nothing of the temperature


def train_tag_head(
    folder: Path,
    features: dict[str, NDArray[np.float32]],
    captions: dict[str, list[Sequence[str]]],
    *,
    seed: int,
    head: ClassHead | None = None,
) -> dict[str, float]:
    """Train on ``train``, measure on ``val``; write model, thresholds, scores and held-out scores into ``folder``.

    Features (N, D), or (N, V, D) where photos were seen in several views, of which the first is what users' photos are
    seen in. ``head``: the encoder's own classes, for the labels of ImageNet. Returns scores on ``val``, and on the
    training photos with several captions, each scored by a model that did not see it.
    """
    matcher = ConceptMatcher(load_concepts())
    views = {split: own if own.ndim == 3 else own[:, None] for split, own in features.items()}
    share = {split: matcher.share(texts) for split, texts in captions.items()}
    several = np.array([len(texts) >= 3 for texts in captions["train"]])
    if not several.any():
        several[:] = True
    counts = np.array([len(texts) for texts in captions["train"]])
    named = share["train"][several] > 0
    rounds = Rounds(views["train"], share["train"], counts, seed)
    logits = rounds.held_out()
    slope, offset = fit_platt(logits[several, 0], named)
    held_out = probabilities(logits, slope, offset).astype(np.float32)
    model = _calibrated(fit_logits(views["train"], rounds.targets(), seed), slope, offset)
    judges = Judges(views["train"][several, 0], named, views["val"][:, 0], share["val"] > 0)
    return finish_tag_head(folder, model, held_out, judges, held_out[several, 0], head)


@dataclass(frozen=True, slots=True)
class Judges:
    """Photos by which thresholds are chosen and scores are measured: features (N, D), what captions name (N, C).

    ``held`` are training photos with several captions, ``val`` photos that nothing is chosen by.
    """

    held: NDArray[np.float32]
    held_named: NDArray[np.bool_]
    val: NDArray[np.float32]
    val_named: NDArray[np.bool_]


def finish_tag_head(
    folder: Path,
    model: keras.Model,
    held_out: NDArray[np.float32],
    judges: Judges,
    held_scores: NDArray[np.float32],
    head: ClassHead | None,
) -> dict[str, float]:
    """Choose thresholds, add the encoder's classes, measure, and write all of it into ``folder``.

    ``model`` gives the calibrated probabilities of the concepts; ``held_out`` (N, V, C) are those of the training
    photos by models that did not see them, ``held_scores`` (M, C) their first view for the photos ``judges.held``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    concepts = load_concepts()
    np.save(folder / HELD_OUT, held_out.astype(np.float16))
    thresholds = _thresholds(held_scores, judges.held_named)
    shipped = {c.label: float(t) for c, t in zip(concepts, thresholds, strict=True)}
    report: dict[str, float] = {
        "labels": len(concepts),
        "threshold": float(thresholds.min()),
        "off": int((thresholds == OFF).sum()),
    }
    if head is not None and head.kernel.shape[1] == CLASSES:
        table = load_imagenet_labels(concepts)
        logits = judges.held @ head.kernel + head.bias
        temperature = _temperature(logits, judges.held_named, concepts, table)
        model = with_classes(model, head, concepts, table, temperature)
        shipped |= {label.label: label.threshold for label in table.labels}
        report |= {"imagenet_labels": len(table.labels), "imagenet_temperature": temperature}
    else:
        model = keras.Model(model.input, layers.Identity(name="tag_scores")(model.output), name="tag_head")
    model.save(folder / "tag_head.keras")
    with (folder / "thresholds.json").open("w", encoding="utf-8") as file:
        json.dump({label: round(threshold, 4) for label, threshold in shipped.items()}, file, indent=0)
    scores = np.asarray(model.predict(judges.val, verbose=0))[:, : len(concepts)]
    reliable = {}
    for name, own, named in (
        ("val", scores, judges.val_named),
        ("out_of_fold", held_scores, judges.held_named),
    ):
        measured = asdict(score_tags(own, own >= thresholds, named))
        found = reliability(own, named)
        reliable[name] = [asdict(each) for each in found]
        report |= {f"{name}_{key}": value for key, value in measured.items()}
        report[f"{name}_calibration_error"] = calibration_error(found)
    report = {key: round(value, 4) for key, value in report.items()}
    written = json.dumps({**report, "reliability": reliable}, indent=2)
    (folder / "scores.json").write_text(written + "\n", encoding="utf-8")
    return report


def load_tag_head(folder: Path) -> tuple[keras.Model, dict[str, float]]:
    """The calibrated model ``pooled`` (N, D) -> ``tag_scores`` (N, T), and the threshold of each label."""
    try:
        thresholds = json.loads((folder / "thresholds.json").read_text(encoding="utf-8"))
        return keras.models.load_model(folder / "tag_head.keras"), thresholds
    except (OSError, ValueError) as error:
        raise RunError(f"{folder} holds no tag head: {error}", "train one: tagger train without --no-tags") from error


def load_held_out(folder: Path) -> NDArray[np.float32]:
    """Probabilities (N, V, C) of the concepts for the training photos, by models that did not see them."""
    try:
        return np.asarray(np.load(folder / HELD_OUT), np.float32)
    except (OSError, ValueError) as error:
        raise RunError(f"{folder} holds no held-out scores: {error}", "train the tag head again") from error


def with_classes(
    concept_model: keras.Model,
    head: ClassHead,
    concepts: Sequence[Concept],
    table: ImagenetTable,
    temperature: float,
) -> keras.Model:
    """A model of concepts (N, C) with the labels of ImageNet behind them: ``pooled`` (N, D) -> (N, C + L)."""
    position = {concept.label: i for i, concept in enumerate(concepts)}
    supports = np.zeros((len(concepts), len(table.labels)), np.float32)
    opposes = np.zeros_like(supports)
    for column, label in enumerate(table.labels):
        if label.support:
            supports[position[label.support], column] = 1
        opposes[[position[name] for name in label.against], column] = 1
    layer = ClassLabels(len(table.labels), CLASSES, name="class_labels")
    scores = layer(concept_model.input, concept_model.output)
    scaled = (head.kernel / temperature, head.bias / temperature)
    alone = np.array([label.alone for label in table.labels], np.float32)
    layer.fix(scaled, membership([label.classes for label in table.labels]), supports, alone, opposes)
    both = layers.Concatenate(name="tag_scores")([concept_model.output, scores])
    return keras.Model(concept_model.input, both, name="tag_head")


def _calibrated(model: keras.Model, slope: float, offset: NDArray[np.float64]) -> keras.Model:
    platt = Platt(name="concepts")
    outputs = platt(model.output)
    platt.set_weights([np.full(len(offset), slope), offset])
    return keras.Model(model.input, outputs)


def _temperature(
    logits: NDArray[np.float32], named: NDArray[np.bool_], concepts: Sequence[Concept], table: ImagenetTable
) -> float:
    """The temperature of the encoder's classes (N, 1000), by the concepts (N, C) that classes mean; 1 without any."""
    columns = {c.label: i for i, c in enumerate(concepts) if c.label in table.meanings}
    columns = {label: i for label, i in columns.items() if named[:, i].sum() >= _MIN_NAMED}
    if not columns:
        return 1.0
    return fit_temperature(logits, [table.meanings[label] for label in columns], named[:, list(columns.values())])


def _thresholds(held_scores: NDArray[np.float32], named: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The smallest common threshold that reaches the precision on held-out photos (N, T); OFF for labels that there
    are wrong more often than right at it."""
    chosen = np.full(named.shape[1], OFF, np.float32)
    for threshold in np.arange(0.30, 0.96, 0.01):
        held = held_scores >= threshold
        off = (held.sum(axis=0) >= _MIN_FIRED) & ((held & named).sum(axis=0) < 0.5 * held.sum(axis=0))
        fired = held & ~off
        if (fired & named).sum() >= PRECISION * fired.sum():
            return np.where(off, chosen, np.float32(threshold))
    return chosen
