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
from dataclasses import asdict, dataclass
from pathlib import Path

import keras

from tagger.captioning.bundle import TextSpec
from tagger.captioning.tokenizer import Tokenizer
from tagger.core.errors import RunError
from tagger_training.encoders import ENCODERS, EncoderSpec, source_preprocessing
from tagger_training.systems.merge_lstm import Form, MergeLstm


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Everything that shapes a run, as ``config.json`` holds it."""

    encoder: str
    data: str
    form: Form = "teacher-forced"
    preprocessing: str = "encoder"
    batch_size: int = 64
    epochs: int = 25
    learning_rate: float = 1e-3
    dropout: float = 0.5
    min_count: int = 4
    max_length: int = 20
    patience: int = 5
    seed: int = 1
    encoder_weights: str = ""

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
    def system(self) -> MergeLstm:
        """Shape of the decoder."""
        config = self.config
        channels = config.encoder_spec.channels
        return MergeLstm(channels, len(self.tokenizer), config.max_length, config.dropout, config.form)

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
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    content = json.dumps(asdict(config), indent=2) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") != content:
        raise RunError(f"{folder} holds a run with another configuration", "choose another --out, or remove it")
    path.write_text(content, encoding="utf-8")
    (folder / "vocabulary.txt").write_text("".join(token + "\n" for token in vocabulary), encoding="utf-8")
    return Run(folder, config, Tokenizer(vocabulary, text_spec(config)))


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
