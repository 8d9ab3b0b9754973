"""From a data set to a trained run: features, vocabulary, decoder, tag head."""

import argparse
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path, PurePath

import keras
import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.progress import Progress

from tagger.captioning.tokenizer import build_vocabulary
from tagger.core.errors import RunError
from tagger_training.caption_score import CiderEachEpoch, Validation
from tagger_training.command import DEFAULT_SYSTEM
from tagger_training.datasets import load_dataset
from tagger_training.devices import mirrored_over
from tagger_training.encoders import class_head
from tagger_training.encoding import EncodedSplit, encode_splits, report_faults, warn_of_leaks
from tagger_training.events import epoch_events, require_tensorboard
from tagger_training.fit import fit
from tagger_training.fit_progress import FitProgress
from tagger_training.plots import plot_history
from tagger_training.progress import progress_bar
from tagger_training.run import FINE, Run, RunConfig, create_run, forget, open_run
from tagger_training.sequences import CaptionBatches
from tagger_training.spoken import Spoken
from tagger_training.standing import STATE
from tagger_training.systems.catalogue import DECODERS, RECIPES
from tagger_training.systems.system import Adapted, TrainingPhotos
from tagger_training.told import has_tags, take_tags, tell, train_tags

NUMBERS = ("units", "depth", "heads", "embedding")
_ADAPTED_PHOTOS, _ADAPTED_CELLS = 3000, 12  # that the main directions of the grid are found from


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
        if told := "tag_probabilities" in run.system.reads:
            _tags_first(run, encoded, options.tags_from, progress)
            encoded = tell(run, encoded)
        batches = _batches(run, encoded, strategy.num_replicas_in_sync if strategy else 1)
        if len(batches["train"]) == 0:
            raise RunError(f"{options.data} has no caption with a known word", "lower --min-count")
        if not encoded["val"].captions:
            raise RunError(f"{options.data} has no photo in its split 'val' that can be read", "mend the photos")
        keep()
        measures = ()
        if options.cider:
            validation = Validation(encoded["val"].seen(run), encoded["val"].captions, run.tokenizer)
            measures = (CiderEachEpoch(run, validation),)
        callbacks = _callbacks(run, encoded["val"], batches["train"], progress, keep)
        if options.tensorboard:
            callbacks = (epoch_events(run.folder), *callbacks)
        fit(
            run,
            batches["train"],
            batches["val"],
            measures=measures,
            callbacks=callbacks,
            strategy=strategy,
            adapt=lambda model: adapt(run, model, encoded["train"]),
        )
    plot_history(run.folder)
    if not (options.no_tags or told):
        console.print(f"tags: {train_tags(run, encoded)}", highlight=False)
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
    if options.untold:
        given["numbers"]["untold"] = True
    settings = {**recipe.settings, **{name: value for name, value in given.items() if value is not None}}
    fine = {name: getattr(options, f"fine_{name}") for name in FINE}
    settings["fine"] = dict(recipe.settings.get("fine", {})) | {n: v for n, v in fine.items() if v is not None}
    if settings["fine"] and not settings["fine"].get("epochs"):
        if any(value for name, value in fine.items() if name != "epochs"):
            raise RunError("a second part needs its number of epochs", "add --fine-epochs")
        settings["fine"] = {}
    return RunConfig(**settings)


def adapt(run: Run, model: keras.Model, train: EncodedSplit) -> None:
    """Set what the decoder of ``run`` has fixed before training, in a model that was just built."""
    if not isinstance(run.system, Adapted):
        return
    grid, rng = train.features["encoder_hidden_states"], np.random.default_rng(run.config.seed)
    cells = []
    for photo in rng.permutation(len(grid))[:_ADAPTED_PHOTOS]:
        own = grid[photo : photo + 1][0]
        cells.append(own[rng.integers(0, len(own), _ADAPTED_CELLS)])
    photos = TrainingPhotos(train.features["pooled"][:], np.concatenate(cells))
    run.system.adapt(model, photos, class_head(run.config.encoder_spec, run.weights))


def _tags_first(run: Run, encoded: dict[str, EncodedSplit], source: Path | None, progress: Progress) -> None:
    """Train the tag head that the decoder is told of, or take that of another run, where it is not there yet."""
    if source and not has_tags(run):
        take_tags(open_run(source), run)
    if not has_tags(run):
        task = progress.add_task("training the tag head", total=None, note="")
        progress.console.print(f"tags: {train_tags(run, encoded)}", highlight=False)
        progress.remove_task(task)


def _strategy(options: argparse.Namespace, config: RunConfig) -> tf.distribute.Strategy | None:
    """How the batches are shared among devices. Raises RunError for settings that do not go together."""
    if options.tags_from and (options.untold or not _is_told(config.decoder)):
        raise RunError("--tags-from is for a decoder that is told the tags", "leave it out")
    if options.devices and options.devices != "1" and (config.by_photo or DECODERS[config.decoder].takes_rows):
        raise RunError(
            "batches of photos with all their captions cannot be shared among devices", "leave out --devices"
        )
    listens = _is_told(config.decoder)
    if options.no_tags and listens and not config.numbers.get("untold"):
        raise RunError("the decoder is told the tags, which --no-tags leaves out", "add --untold")
    if config.weight_decay and config.optimizer != "adamw":
        raise RunError("only the optimizer adamw decays weights", "add --optimizer adamw")
    if config.warm_up and config.schedule != "cosine":
        raise RunError("--warm-up belongs to the cosine schedule", "add --schedule cosine")
    if config.by_photo and config.form == "prefix":
        raise RunError("--by-photo needs whole captions", "leave out --form prefix")
    if config.averaging and options.devices and options.devices != "1":
        raise RunError("--averaging is for one device", "leave out --devices")
    if config.form == "prefix" and options.cider:
        raise RunError("--cider needs a system that can be stepped", "leave out --form prefix")
    strategy = mirrored_over(options.devices or "1")
    if strategy and config.batch_size < strategy.num_replicas_in_sync:
        cause = f"a batch of {config.batch_size} cannot be shared among {strategy.num_replicas_in_sync} devices"
        raise RunError(cause, "raise --batch-size, or lower --devices")
    return strategy


def _is_told(decoder: str) -> bool:
    return "untold" in {field.name for field in fields(DECODERS[decoder])}


def _batches(run: Run, encoded: dict[str, EncodedSplit], multiple: int) -> dict[str, CaptionBatches]:
    config = run.config
    return {
        name: CaptionBatches(
            split.seen(run),
            split.captions,
            run.tokenizer,
            form="teacher-forced" if config.form == "padded" and name == "val" else config.form,
            batch_size=config.batch_size,
            max_length=config.max_length,
            seed=config.seed,
            shuffle=name == "train",
            draw=config.draw and name == "train",
            by_photo=config.by_photo,
            takes_rows=run.system.takes_rows,
            crop=config.crop if name == "train" else 0.0,
            multiple=multiple,
        )
        for name, split in encoded.items()
    }


def _callbacks(
    run: Run, val: EncodedSplit, train: CaptionBatches, progress: Progress, keep: Callable[[], None]
) -> tuple[keras.callbacks.Callback, ...]:
    """What happens after every epoch, when it is on disk."""
    shown = tuple(part[:1] for part in val.seen(run))
    parts = []
    for part in run.config.parts:
        train.resize(part.batch_size)
        parts.append((part.epochs, len(train)))
    spoken = Spoken(run, shown, lambda line: progress.console.print(line, highlight=False, markup=False))
    kept = keras.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: keep())
    return (FitProgress(progress, parts), spoken, kept)
