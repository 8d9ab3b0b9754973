"""A training run on disk: configuration, vocabulary, checkpoints, history. What export and evaluation read.

::

    RUN/config.json       everything that shaped the run
    RUN/vocabulary.txt    one token a line
    RUN/best.weights.h5   the epoch with the lowest validation loss
    RUN/state.json        where training stands; names last-N.keras, the last whole epoch with its optimizer
    RUN/history.csv, loss.png
    RUN/tags/             the tag head, where one was trained
"""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import keras

from tagger.captioning.bundle import TextSpec
from tagger.captioning.tokenizer import Tokenizer
from tagger.core.errors import RunError
from tagger_training.encoders import ENCODERS, EncoderSpec, source_preprocessing
from tagger_training.systems.catalogue import DECODERS
from tagger_training.systems.system import Decoder, Form


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that shapes a run, as ``config.json`` holds it.

    ``numbers`` are the decoder's own (``units``, ``depth``, ...) that are not its usual ones; ``vocabulary_size`` 0
    sets no limit; ``draw`` draws one caption of a photo a step. Fields that a file of an earlier version has not
    have their defaults.
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
    vocabulary_size: int = 0
    min_count: int = 4
    max_length: int = 20
    patience: int = 5
    seed: int = 1
    encoder_weights: str = ""
    numbers: dict[str, int] = field(default_factory=dict)

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
        if config.form != "teacher-forced" and "form" not in own:
            raise RunError(f"{config.decoder} cannot be trained on prefixes", "leave out --form")
        given = {
            "features": spec.width if decoder.reads == "pooled" else spec.channels,
            "cells": spec.cells,
            "vocabulary": len(self.tokenizer),
            "max_length": config.max_length,
            "dropout": config.dropout,
            "form": config.form,
        }
        return decoder(**{name: value for name, value in given.items() if name in own}, **config.numbers)

    @property
    def weights(self) -> Path | None:
        """The encoder's weights file; None where Keras fetches them."""
        return Path(self.config.encoder_weights) if self.config.encoder_weights else None

    def best_model(self) -> keras.Model:
        """The decoder at its best epoch. Raises RunError where there is none."""
        path = self.folder / "best.weights.h5"
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
