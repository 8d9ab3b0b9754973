"""From a data set to a trained run: features, vocabulary, decoder, tag head."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path, PurePath

import keras
from rich.console import Console
from rich.progress import Progress

from tagger.captioning.tokenizer import build_vocabulary
from tagger.core.errors import RunError
from tagger_training.datasets import CaptionedPhoto, load_dataset
from tagger_training.features import Features, encoded_photos
from tagger_training.fit import fit, plot_history
from tagger_training.progress import FitProgress, progress_bar
from tagger_training.run import Run, RunConfig, create_run
from tagger_training.sequences import CaptionBatches
from tagger_training.spoken import Spoken
from tagger_training.systems.catalogue import RECIPES
from tagger_training.tag_head import train_tag_head

NUMBERS = ("units", "depth", "heads", "embedding")


def train_run(options: argparse.Namespace, folder: Path, keep: Callable[[], None]) -> Run:
    """Do what ``tagger train`` was asked for, on the data set in ``folder``. Raises RunError for unusable settings.

    ``keep`` is called whenever the run's folder or the cache holds something new that is worth keeping.
    """
    config = run_config(options)
    console = Console(stderr=True)
    data = load_dataset(folder)
    if data.missing or data.empty:
        console.print(f"left out: {data.missing} photos that are missing, {data.empty} empty captions")
    splits = {name: data.split(name) for name in ("train", "val")}
    captions = {name: [photo.captions for photo in photos] for name, photos in splits.items()}
    vocabulary = build_vocabulary(
        (t for texts in captions["train"] for t in texts),
        min_count=config.min_count,
        size=config.vocabulary_size or None,
    )
    run = create_run(options.out, config, vocabulary)
    reads = run.system.reads
    with progress_bar() as progress:
        features = {}
        for name, photos in splits.items():
            features[name], captions[name] = _encode(photos, run, options, progress, name)
        batches = {
            name: CaptionBatches(
                features[name][reads],
                captions[name],
                run.tokenizer,
                form=config.form,
                batch_size=config.batch_size,
                max_length=config.max_length,
                seed=config.seed,
                shuffle=name == "train",
                draw=config.draw and name == "train",
            )
            for name in splits
        }
        if len(batches["train"]) == 0:
            raise RunError(f"{options.data} has no caption with a known word", "lower --min-count")
        if not captions["val"]:
            raise RunError(f"{options.data} has no photo in its split 'val' that can be read", "mend the photos")
        shown = features["val"][reads][:1]
        spoken = Spoken(run, shown, lambda line: progress.console.print(line, highlight=False, markup=False))
        keep()
        kept = keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: keep())
        callbacks = (FitProgress(progress, len(batches["train"])), spoken, kept)
        fit(run, batches["train"], batches["val"], callbacks=callbacks)
    plot_history(run.folder)
    if not options.no_tags:
        pooled = {name: by_output["pooled"][:] for name, by_output in features.items()}
        report = train_tag_head(run.folder / "tags", pooled, captions, seed=config.seed)
        console.print(f"tags: {report}", highlight=False)
    console.print(f"trained: {run.folder}", highlight=False)
    return run


def run_config(options: argparse.Namespace) -> RunConfig:
    """The configuration: what the options say, else what the system's recipe says, else the usual."""
    recipe = RECIPES[options.system]
    given = {field.name: getattr(options, field.name, None) for field in fields(RunConfig)}
    given |= {"encoder": options.encoder or recipe.encoder, "decoder": recipe.decoder}
    given["data"] = PurePath(options.data).name
    given["encoder_weights"] = str(options.encoder_weights or "")
    given["numbers"] = {name: getattr(options, name) for name in NUMBERS if getattr(options, name) is not None}
    return RunConfig(**{**recipe.settings, **{name: value for name, value in given.items() if value is not None}})


def _encode(
    photos: tuple[CaptionedPhoto, ...], run: Run, options: argparse.Namespace, progress: Progress, split: str
) -> tuple[dict[str, Features], list[tuple[str, ...]]]:
    """Features and captions of the photos that can be read."""
    task = progress.add_task(f"encoding {split}", total=None, note="")
    features, failed = encoded_photos(
        [photo.path for photo in photos],
        run.config.encoder_spec,
        run.weights,
        options.cache,
        grid=run.system.reads == "encoder_hidden_states",
        progress=lambda done, total: progress.update(task, completed=done, total=total),
    )
    progress.remove_task(task)
    for error in failed.values():
        progress.console.print(f"left out: {error.path}: {error}", highlight=False)
    return features, [photo.captions for i, photo in enumerate(photos) if i not in failed]
