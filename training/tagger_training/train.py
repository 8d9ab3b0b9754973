"""From a data set to a trained run: features, vocabulary, decoder, tag head."""

import argparse

import numpy as np
from rich.console import Console

from tagger.captioning.tokenizer import build_vocabulary
from tagger.core.errors import RunError
from tagger_training.datasets import CaptionedPhoto, load_dataset
from tagger_training.features import pooled_features
from tagger_training.fit import fit, plot_history
from tagger_training.progress import FitProgress, progress_bar
from tagger_training.run import Run, RunConfig, create_run
from tagger_training.sequences import CaptionBatches
from tagger_training.tag_head import train_tag_head

SYSTEMS = {"mobilenetv2-lstm": "mobilenetv2", "efficientnet-lite2-lstm": "efficientnet-lite2"}


def train_run(options: argparse.Namespace) -> Run:
    """Do what ``tagger train`` was asked for. Raises RunError for unusable data or settings."""
    config = RunConfig(
        encoder=SYSTEMS[options.system],
        data=options.data.name,
        form=options.form,
        preprocessing=options.preprocessing,
        batch_size=options.batch_size,
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        dropout=options.dropout,
        min_count=options.min_count,
        max_length=options.max_length,
        patience=options.patience,
        seed=options.seed,
        encoder_weights=str(options.encoder_weights or ""),
    )
    console = Console(stderr=True)
    data = load_dataset(options.data)
    if data.missing or data.empty:
        console.print(f"left out: {data.missing} photos that are missing, {data.empty} empty captions")
    splits = {name: data.split(name) for name in ("train", "val")}
    captions = {name: [photo.captions for photo in photos] for name, photos in splits.items()}
    vocabulary = build_vocabulary((t for texts in captions["train"] for t in texts), min_count=config.min_count)
    run = create_run(options.out, config, vocabulary)
    with progress_bar() as progress:
        features = {}
        for name, photos in splits.items():
            features[name], captions[name] = _encode(photos, run, options, progress, name)
        batches = {
            name: CaptionBatches(
                features[name],
                captions[name],
                run.tokenizer,
                form=config.form,
                batch_size=config.batch_size,
                max_length=config.max_length,
                seed=config.seed,
                shuffle=name == "train",
            )
            for name in splits
        }
        if len(batches["train"]) == 0:
            raise RunError(f"{options.data} has no caption with a known word", "lower --min-count")
        fit(run, batches["train"], batches["val"], callbacks=(FitProgress(progress, len(batches["train"])),))
    plot_history(run.folder)
    if not options.no_tags:
        report = train_tag_head(run.folder / "tags", features, captions, seed=config.seed)
        console.print(f"tags: {report}", highlight=False)
    console.print(f"trained: {run.folder}", highlight=False)
    return run


def _encode(photos: tuple[CaptionedPhoto, ...], run: Run, options: argparse.Namespace, progress, split: str):
    """Features and captions of the photos that can be read."""
    task = progress.add_task(f"encoding {split}", total=None, note="")
    values, failed = pooled_features(
        [photo.path for photo in photos],
        run.config.encoder_spec,
        run.weights,
        options.cache,
        progress=lambda done, total: progress.update(task, completed=done, total=total),
    )
    progress.remove_task(task)
    for error in failed.values():
        progress.console.print(f"left out: {error.path}: {error}", highlight=False)
    kept = [i for i in range(len(photos)) if i not in failed]
    return np.ascontiguousarray(values[kept]), [photos[i].captions for i in kept]
