"""``tagger train --stage scst``: from a trained run to one that was rewarded for its captions."""

import argparse
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path, PurePath

from rich.console import Console

from tagger.core.errors import RunError
from tagger_training.datasets import load_dataset
from tagger_training.encoding import encode_splits, report_faults, warn_of_leaks
from tagger_training.events import StageEvents, require_tensorboard
from tagger_training.plots import plot_rewards
from tagger_training.progress import progress_bar
from tagger_training.run import Run, forget, open_run
from tagger_training.scst import Captioned, Scst, ScstConfig
from tagger_training.standing import STATE
from tagger_training.systems.catalogue import RECIPES
from tagger_training.told import tell

_COPIED = ("config.json", "vocabulary.txt")


def train_second_stage(options: argparse.Namespace, folder: Path, keep: Callable[[], None]) -> Run:
    """Do what ``tagger train --stage scst`` was asked for. Raises RunError for settings and runs that cannot be used.

    ``keep`` is called whenever the run's folder or the cache holds something new that is worth keeping.
    """
    if options.tensorboard:
        require_tensorboard()
    if options.restart:
        forget(options.out, "scst")
    if options.from_run and options.from_run.resolve() != options.out.resolve():
        copy_run(options.from_run, options.out)
    run = open_run(options.out)
    if options.resume and not (run.scst_folder / STATE).exists():
        raise RunError(f"{run.folder} holds no whole epoch of a second stage", "leave out --resume")
    config = scst_config(options, run)
    console = Console(stderr=True)
    data = load_dataset(folder)
    report_faults(data, console)
    take_up(run, config)
    with progress_bar() as progress:
        warn_of_leaks(data, options.cache, progress)
        encoded = encode_splits(data, run, options.cache, progress)
        keep()
        if "tag_probabilities" in run.system.reads:
            encoded = tell(run, encoded)
        train, val = (Captioned(split.seen(run), split.captions) for split in (encoded["train"], encoded["val"]))
        stage = Scst(run, config, train, val)
        events = StageEvents(run.folder) if options.tensorboard else None
        console.print(f"val_cider before the second stage: {stage.start_score():.4f}", highlight=False)
        task = progress.add_task("", total=config.epochs * stage.steps, note="")
        while not stage.finished:
            number = stage.standing.epoch

            def told(done: int, total: int, reward: float, number: int = number) -> None:
                name = f"epoch {number + 1}/{config.epochs}"
                progress.update(task, description=name, completed=number * total + done, note=f"reward {reward:.3f}")

            row = stage.epoch(told)
            values = "  ".join(f"{name} {value:.4g}" for name, value in row.items() if name != "epoch")
            progress.console.print(f"epoch {number + 1}: {values}", highlight=False)
            if events:
                events.write(row)
            keep()
    plot_rewards(run.scst_folder)
    if run.best_weights == run.first_weights:
        console.print("no epoch was better than the first stage, whose weights remain the run's", highlight=False)
    console.print(f"trained: {run.folder}", highlight=False)
    return run


def scst_config(options: argparse.Namespace, run: Run) -> ScstConfig:
    """The configuration: what the options say, else what the recipe of the system says, else the usual."""
    names = {name: f"scst_{name}" for name in ("samples", "cross_entropy", "averaging", "way", "references")}
    recipes = (recipe for recipe in RECIPES.values() if recipe.decoder == run.config.decoder)
    usual = next((dict(recipe.second_stage) for recipe in recipes), {})
    given = {f.name: getattr(options, names.get(f.name, f.name), None) for f in fields(ScstConfig)}
    given["data"] = PurePath(options.data).name
    return ScstConfig(**(usual | {name: value for name, value in given.items() if value is not None}))


def copy_run(source: Path, target: Path) -> None:
    """Copy what a second stage begins with into an empty folder; one that holds the same run already stays.

    Raises RunError where ``source`` is not a trained run, or ``target`` holds another one.
    """
    run = open_run(source)
    run.model_at(run.best_weights)  # or it is refused
    if (target / "config.json").exists():
        there = open_run(target)
        if (there.config, there.tokenizer.vocabulary) != (run.config, run.tokenizer.vocabulary):
            raise RunError(f"{target} holds another run than {source}", "choose another --out")
        if (target / "best.weights.h5").exists():
            return
    target.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        shutil.copyfile(source / name, target / name)
    if (source / "tags").is_dir():
        shutil.copytree(source / "tags", target / "tags", dirs_exist_ok=True)
    shutil.copyfile(run.best_weights, target / "best.weights.h5.part")
    (target / "best.weights.h5.part").replace(target / "best.weights.h5")


def take_up(run: Run, config: ScstConfig) -> None:
    """Make the folder of the second stage, or take up the one that is there if it was made by the same configuration.

    More epochs may be asked for than before.
    """
    path = run.scst_folder / "config.json"
    if path.exists() and (run.scst_folder / STATE).exists():
        try:
            before = ScstConfig(**{**json.loads(path.read_text(encoding="utf-8")), "epochs": config.epochs})
        except (OSError, ValueError, TypeError) as error:
            raise RunError(f"{path} is damaged: {error}", "begin anew: --restart") from error
        if before != config:
            raise RunError(
                f"{path.parent} holds a stage with another configuration", "repeat its options, or --restart"
            )
    run.scst_folder.mkdir(exist_ok=True)
    path.write_text(json.dumps(asdict(config), indent=2) + "\n", encoding="utf-8")
