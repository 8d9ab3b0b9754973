"""A training run on disk: configuration, vocabulary, checkpoints, history. What export and evaluation read.

::

    RUN/config.json       everything that shaped the run
    RUN/vocabulary.txt    one token a line
    RUN/best.weights.h5   the epoch with the lowest validation loss
    RUN/state.json        where training stands; names last-N.keras, the last whole epoch with its optimizer
    RUN/history.csv, loss.png, metric.png
    RUN/logs/             events for TensorBoard, where they were asked for
    RUN/scst/             the second stage, where there was one, with the same files: its best weights are the run's
    RUN/tags/             the tag head, where one was trained
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import keras

from tagger.captioning.bundle import TextSpec
from tagger.captioning.tokenizer import Tokenizer
from tagger.core.errors import RunError
from tagger_training.concepts import load_concepts
from tagger_training.encoders import ENCODERS, EncoderSpec, source_preprocessing
from tagger_training.systems.catalogue import DECODERS
from tagger_training.systems.system import Decoder, Form

FINE = ("epochs", "batch_size", "learning_rate", "dropout", "averaging", "warm_up")


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that shapes a run, as ``config.json`` holds it.

    ``numbers`` are the decoder's own (``units``, ``depth``, ...) that are not its usual ones; ``vocabulary_size`` 0
    sets no limit; ``draw`` draws one caption of a photo a step, ``by_photo`` makes batches of photos with all their
    captions; ``flip`` mirrors half of the photos of a step, ``crop`` is the share of which only the middle is seen.
    ``schedule`` is ``plateau`` or ``cosine``, which rises for the share ``warm_up`` of the steps and then falls to 0;
    ``clip`` is the largest norm of all gradients together, ``averaging`` the share of the old in a running mean of the
    weights that is measured and kept; both 0 for none. ``keep`` is ``best`` or ``last``: the epoch whose weights are
    the run's. ``fine`` are the settings of a second part that follows with the averaged weights (``FINE``); where it
    is empty there is none. ``mixed_precision`` is ``on``, ``off`` or ``auto``. Fields that a file of an earlier version
    has not have their defaults.
    """

    encoder: str
    data: str
    decoder: str = "merge-lstm"
    form: Form = "teacher-forced"
    preprocessing: str = "encoder"
    batch_size: int = 64
    epochs: int = 25
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    dropout: float = 0.5
    draw: bool = False
    by_photo: bool = False
    flip: bool = False
    crop: float = 0.0
    schedule: str = "plateau"
    warm_up: float = 0.0
    weight_decay: float = 0.0
    clip: float = 0.0
    averaging: float = 0.0
    keep: str = "best"
    fine: dict[str, Any] = field(default_factory=dict)
    label_smoothing: float = 0.0
    mixed_precision: str = "off"
    vocabulary_size: int = 0
    min_count: int = 4
    max_length: int = 20
    patience: int = 5
    seed: int = 1
    encoder_weights: str = ""
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def parts(self) -> tuple["RunConfig", ...]:
        """The configuration of each part of the first stage, one after the other."""
        return (self, replace(self, **self.fine, fine={})) if self.fine else (self,)

    @property
    def all_epochs(self) -> int:
        """The epochs of all parts together."""
        return sum(part.epochs for part in self.parts)

    @property
    def encoder_spec(self) -> EncoderSpec:
        """The encoder, with the preprocessing that this run feeds it."""
        if self.encoder not in ENCODERS:
            raise RunError(f"unknown encoder {self.encoder!r}", f"known are {', '.join(ENCODERS)}")
        spec = ENCODERS[self.encoder]
        return source_preprocessing(spec) if self.preprocessing == "source" else spec


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, opened."""

    folder: Path
    config: RunConfig
    tokenizer: Tokenizer

    @property
    def system(self) -> Decoder:
        """Shape of the decoder. Raises RunError for settings that it does not have."""
        config, spec = self.config, self.config.encoder_spec
        if config.decoder not in DECODERS:
            raise RunError(f"unknown decoder {config.decoder!r}", f"known are {', '.join(DECODERS)}")
        decoder = DECODERS[config.decoder]
        own = {field.name for field in fields(decoder)}
        if unknown := sorted(set(config.numbers) - own):
            raise RunError(f"{config.decoder} has no setting {', '.join(unknown)}", f"leave out --{unknown[0]}")
        if config.form == "prefix" and "form" not in own:
            raise RunError(f"{config.decoder} cannot be trained on prefixes", "leave out --form")
        given = {
            "features": spec.channels if "cells" in own else spec.width,
            "pooled": spec.width,
            "classes": spec.classes,
            "concepts": len(load_concepts()),
            "cells": spec.cells,
            "vocabulary": len(self.tokenizer),
            "max_length": config.max_length,
            "dropout": config.dropout,
            "form": "prefix" if config.form == "prefix" else "teacher-forced",  # padding changes the loss alone
        }
        return decoder(**{name: value for name, value in given.items() if name in own}, **config.numbers)

    @property
    def weights(self) -> Path | None:
        """The encoder's weights file; None where Keras fetches them."""
        return Path(self.config.encoder_weights) if self.config.encoder_weights else None

    @property
    def scst_folder(self) -> Path:
        """Where the second stage is, if there was one."""
        return self.folder / "scst"

    @property
    def first_weights(self) -> Path:
        """The best epoch of the first stage."""
        return self.folder / "best.weights.h5"

    @property
    def best_weights(self) -> Path:
        """The best epoch of the last stage that made anything better."""
        second = self.scst_folder / "best.weights.h5"
        return second if second.exists() else self.first_weights

    def best_model(self) -> keras.Model:
        """The decoder at its best epoch. Raises RunError where there is none."""
        return self.model_at(self.best_weights)

    def model_at(self, path: Path) -> keras.Model:
        """The decoder with the weights in ``path``. Raises RunError where there are none, or another system's."""
        if not path.exists():
            raise RunError(f"{self.folder} has no finished epoch", "train it first: tagger train")
        model = self.system.build()
        try:
            model.load_weights(path)
        except (OSError, ValueError) as error:
            raise RunError(f"{path} is not a checkpoint of this system: {str(error).splitlines()[0]}") from error
        return model


def create_run(folder: Path, config: RunConfig, vocabulary: list[str]) -> Run:
    """Make the folder, or take up the one that is there if it was made by the same configuration."""
    run = Run(folder, config, Tokenizer(vocabulary, text_spec(config)))
    _ = run.system  # settings that do not fit are refused before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    if path.exists() and open_run(folder).config != config:
        raise RunError(f"{folder} holds a run with another configuration", "choose another --out, or remove it")
    path.write_text(json.dumps(asdict(config), indent=2) + "\n", encoding="utf-8")
    (folder / "vocabulary.txt").write_text("".join(token + "\n" for token in vocabulary), encoding="utf-8")
    return run


def open_run(folder: Path) -> Run:
    """Open a run folder. Raises RunError where it is not one."""
    try:
        config = RunConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
        vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{folder} is not a training run: {error}", "name the folder that tagger train wrote") from error
    return Run(folder, config, Tokenizer(vocabulary, text_spec(config)))


def text_spec(config: RunConfig) -> TextSpec:
    """Special tokens as ``build_vocabulary`` numbers them."""
    return TextSpec(max_length=config.max_length)


_STAGE = ("state.json", "history.csv", "best.weights.h5", "last-*", ".part.*", "loss.png", "metric.png")
_WRITTEN = {
    "scst": ("config.json", *_STAGE),
    "tags": ("tag_head.keras", "thresholds.json", "scores.json", "held_out.npy", "held_out.photos"),
    "logs": ("*/events.out.tfevents.*",),
    ".": ("vocabulary.txt", "config.json", *_STAGE),
}


def forget(run: Path, *parts: str) -> None:
    """Remove what a training has written into the folder ``run``, or into these ``parts`` of it; nothing else there.

    Raises RunError where the folder is not a run's.
    """
    if not run.exists():
        return
    if any(run.iterdir()):
        open_run(run)  # or it is refused
    for part in parts or _WRITTEN:
        folders = {run / part}
        for pattern in _WRITTEN[part]:
            for path in (run / part).glob(pattern):
                folders.add(path.parent)
                path.unlink()
        for folder in sorted(folders - {run / "."}, key=lambda path: -len(path.parts)):
            with suppress(OSError):  # not empty: something of the user's
                folder.rmdir()
