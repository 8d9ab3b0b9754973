"""A training of seconds for every decoder: few photos, made-up features, captions that the features decide."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

DECODERS = ("merge-lstm", "stacked-gru", "attention-lstm", "transformer", "told-attention-lstm")
TOKENS = ["<pad>", "<start>", "<end>", "<unk>", "a", "dog", "cat", "runs", "sleeps", "left"]
CAPTIONS = [
    ["a dog runs", "dog runs", "a dog"],
    ["a cat sleeps", "cat sleeps"],
    ["a cat runs"],
    ["a dog sleeps on the left", "dog sleeps"],
]
UNLIKE = [[" ".join(reversed(caption.split())) for caption in texts] for texts in CAPTIONS]
"""For validation: what is learned is wrong of these, so that the validation loss rises in the end."""
SMALL = {
    "merge-lstm": {},
    "transformer": {"units": 8},
    "told-attention-lstm": {"units": 16, "embedding": 8, "heads": 2, "directions": 4, "top": 3},
}


def small_run(folder: Path, decoder: str, **changes: Any):
    """A run folder on the encoder mobilenetv3small: 576 numbers, 7 x 7 cells."""
    from tagger_training.run import RunConfig, create_run

    usual = {"batch_size": 3, "dropout": 0.2, "max_length": 4, "learning_rate": 1e-2, "epochs": 3, "patience": 9}
    numbers = SMALL.get(decoder, {"units": 8, "embedding": 8})
    return create_run(
        folder, RunConfig("mobilenetv3small", "d", decoder, **(usual | {"numbers": numbers} | changes)), TOKENS
    )


def features_of(run, count: int = 4, seed: int = 0) -> list[np.ndarray]:
    """What the system of ``run`` reads of photos."""
    shapes = {"pooled": (576,), "encoder_hidden_states": (49, 576)}
    rng = np.random.default_rng(seed)
    told = getattr(run.system, "concepts", 0)
    return [rng.random((count, *shapes.get(name, (told,))), np.float32) for name in run.system.reads]


def seen_of(run, count: int = 4, *, mirrored: bool = False) -> list:
    """The same as features, with those of the mirrored photos beside them where they are asked for."""
    from tagger_training.feature_store import Features

    others = map(Features, features_of(run, count, 1)) if mirrored else [None] * len(run.system.reads)
    return [Features(part, mirrored=other) for part, other in zip(features_of(run, count), others, strict=True)]


def batches(run, *, train: bool, captions: Sequence[Sequence[str]] = CAPTIONS, multiple: int = 1):
    from tagger_training.sequences import CaptionBatches

    config = run.config
    return CaptionBatches(
        seen_of(run, len(captions), mirrored=config.flip and train),
        captions,
        run.tokenizer,
        form="teacher-forced",
        batch_size=config.batch_size,
        max_length=config.max_length,
        seed=config.seed,
        shuffle=train,
        draw=train and config.draw,
        by_photo=config.by_photo,
        takes_rows=run.system.takes_rows,
        multiple=multiple,
    )


def fit_run(run, **options: Any) -> None:
    from tagger_training.fit import fit

    fit(run, batches(run, train=True), batches(run, train=False, captions=UNLIKE), **options)


def history(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def data_set(folder: Path, pictures: dict[str, tuple[bytes, Sequence[str]]]) -> Path:
    """A data set of ``split/name`` -> content and captions."""
    (folder / "images").mkdir(parents=True)
    lines = ["split\tfile\tcaption"]
    for name, (content, captions) in pictures.items():
        split, file = name.split("/")
        (folder / "images" / file).write_bytes(content)
        lines += [f"{split}\t{file}\t{caption}" for caption in captions]
    (folder / "captions.tsv").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return folder


def copy(run: Path, to: Path) -> Path:
    return Path(shutil.copytree(run, to))
