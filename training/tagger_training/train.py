"""From a data set to a trained run: features, vocabulary, decoder, tag head."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path, PurePath

import keras
import tensorflow as tf
from rich.console import Console
from rich.progress import Progress

from tagger.captioning.tokenizer import build_vocabulary
from tagger.core.errors import RunError
from tagger_training.caption_score import CiderEachEpoch, Validation
from tagger_training.command import DEFAULT_SYSTEM
from tagger_training.datasets import load_dataset
from tagger_training.devices import mirrored_over
from tagger_training.encoding import EncodedSplit, encode_splits, report_faults, warn_of_leaks
from tagger_training.events import epoch_events, require_tensorboard
from tagger_training.fit import fit
from tagger_training.fit_progress import FitProgress
from tagger_training.plots import plot_history
from tagger_training.progress import progress_bar
from tagger_training.run import Run, RunConfig, create_run, forget
from tagger_training.sequences import CaptionBatches
from tagger_training.spoken import Spoken
from tagger_training.standing import STATE
from tagger_training.systems.catalogue import RECIPES
from tagger_training.tag_head import train_tag_head

NUMBERS = ("units", "depth", "heads", "embedding")


def train_run(options: argparse.Namespace, folder: Path, keep: Callable[[], None]) -> Run:
    """Do what ``tagger train`` was asked for, on the data set in ``folder``. Raises RunError for unusable settings.

    ``keep`` is called whenever the run's folder or the cache holds something new that is worth keeping.
    """
    config = run_config(options)
    strategy = _strategy(options, config)
    if options.tensorboard:
        require_tensorboard()
    if options.restart:
        forget(options.out)
    if options.resume and not (options.out / STATE).exists():
        raise RunError(f"{options.out} holds no whole epoch to go on from", "leave out --resume")
    console = Console(stderr=True)
    data = load_dataset(folder)
    report_faults(data, console)
    data.split("val")  # or it is refused before anything is done
    vocabulary = build_vocabulary(
        (caption for photo in data.split("train") for caption in photo.captions),
        min_count=config.min_count,
        size=config.vocabulary_size or None,
    )
    run = create_run(options.out, config, vocabulary)
    if (run.scst_folder / STATE).exists():
        raise RunError(f"{run.folder} has a second stage already", "go on with --stage scst, or begin anew: --restart")
    with progress_bar() as progress:
        warn_of_leaks(data, options.cache, progress)
        encoded = encode_splits(data, run, options.cache, progress)
        batches = _batches(run, encoded, strategy.num_replicas_in_sync if strategy else 1)
        if len(batches["train"]) == 0:
            raise RunError(f"{options.data} has no caption with a known word", "lower --min-count")
        if not encoded["val"].captions:
            raise RunError(f"{options.data} has no photo in its split 'val' that can be read", "mend the photos")
        keep()
        measures = ()
        if options.cider:
            validation = Validation(encoded["val"].features[run.system.reads], encoded["val"].captions, run.tokenizer)
            measures = (CiderEachEpoch(run, validation),)
        callbacks = _callbacks(run, encoded["val"], len(batches["train"]), progress, keep)
        if options.tensorboard:
            callbacks = (epoch_events(run.folder), *callbacks)
        fit(run, batches["train"], batches["val"], measures=measures, callbacks=callbacks, strategy=strategy)
    plot_history(run.folder)
    if not options.no_tags:
        pooled = {name: split.features["pooled"][:] for name, split in encoded.items()}
        captions = {name: list(split.captions) for name, split in encoded.items()}
        report = train_tag_head(run.folder / "tags", pooled, captions, seed=config.seed)
        console.print(f"tags: {report}", highlight=False)
    console.print(f"trained: {run.folder}", highlight=False)
    return run


def run_config(options: argparse.Namespace) -> RunConfig:
    """The configuration: what the options say, else what the system's recipe says, else the usual."""
    recipe = RECIPES[options.system or DEFAULT_SYSTEM]
    given = {field.name: getattr(options, field.name, None) for field in fields(RunConfig)}
    given |= {"encoder": options.encoder or recipe.encoder, "decoder": recipe.decoder}
    given["data"] = PurePath(options.data).name
    given["encoder_weights"] = str(options.encoder_weights or "")
    given["numbers"] = {name: getattr(options, name) for name in NUMBERS if getattr(options, name) is not None}
    return RunConfig(**{**recipe.settings, **{name: value for name, value in given.items() if value is not None}})


def _strategy(options: argparse.Namespace, config: RunConfig) -> tf.distribute.Strategy | None:
    """How the batches are shared among devices. Raises RunError for settings that do not go together."""
    if config.form == "prefix" and options.cider:
        raise RunError("--cider needs a system that can be stepped", "leave out --form prefix")
    strategy = mirrored_over(options.devices or "1")
    if strategy and config.batch_size < strategy.num_replicas_in_sync:
        cause = f"a batch of {config.batch_size} cannot be shared among {strategy.num_replicas_in_sync} devices"
        raise RunError(cause, "raise --batch-size, or lower --devices")
    return strategy


def _batches(run: Run, encoded: dict[str, EncodedSplit], multiple: int) -> dict[str, CaptionBatches]:
    config, reads = run.config, run.system.reads
    return {
        name: CaptionBatches(
            split.features[reads],
            split.captions,
            run.tokenizer,
            form="teacher-forced" if config.form == "padded" and name == "val" else config.form,
            batch_size=config.batch_size,
            max_length=config.max_length,
            seed=config.seed,
            shuffle=name == "train",
            draw=config.draw and name == "train",
            mirrored=split.features[reads].mirrored,
            multiple=multiple,
        )
        for name, split in encoded.items()
    }


def _callbacks(
    run: Run, val: EncodedSplit, batches: int, progress: Progress, keep: Callable[[], None]
) -> tuple[keras.callbacks.Callback, ...]:
    """What happens after every epoch, when it is on disk."""
    shown = val.features[run.system.reads][:1]
    spoken = Spoken(run, shown, lambda line: progress.console.print(line, highlight=False, markup=False))
    kept = keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: keep())
    return (FitProgress(progress, batches), spoken, kept)
