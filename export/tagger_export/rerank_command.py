"""``tagger export --rerank``: a bundle learns to choose among its captions, and how sure to be of them."""

import argparse
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tagger.core.errors import RunError

if TYPE_CHECKING:
    from tagger.captioning.quality import Quality
    from tagger_export.reranking import Fitted


@dataclass(frozen=True, slots=True)
class Learning:
    """From which split of which data set to learn, with which model of phrases, and where to draw how sure it is.

    ``others`` are bundles whose decoders shall speak together with the bundle's own where quality is best.
    """

    data: Path
    split: str
    phrases: Path | None = None
    reliability: Path | None = None
    others: tuple[Path, ...] = ()


def rerank_copy(source: Path, out: Path, learning: Learning) -> None:
    """Make ``out`` of the bundle ``source``, and let it learn on a split of a data set. Raises RunError.

    Nothing is at ``out`` unless all went well.
    """
    from tagger.captioning.bundle import MANIFEST, load_bundle

    if out.exists():
        raise RunError(f"{out} exists already", "choose another folder, or remove it")
    bundle = load_bundle(source)
    if not source.is_dir():
        raise RunError(f"{source} is not a folder", "unzip the bundle first")
    temporary = out.with_name(out.name + ".unfinished")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        for name in bundle.files:
            (temporary / name).write_bytes(bundle.read(name))
        shutil.copyfile(source / MANIFEST, temporary / MANIFEST)
        rerank_folder(temporary, learning)
        temporary.rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def rerank_folder(folder: Path, learning: Learning) -> None:
    """Let the bundle in ``folder`` learn on a split of a data set, and write what it learned into it."""
    from tagger_training.datasets import load_dataset
    from tagger_training.progress import progress_bar

    from tagger.captioning.bundle import load_bundle
    from tagger_export.joining import join_decoders
    from tagger_export.manifest import replace_section
    from tagger_export.model_card import choosing_section, sizes_section
    from tagger_export.reranking import CANDIDATES, rerank, speakers

    if learning.others:
        join_decoders(folder, learning.others)
    best = replace(CANDIDATES["best"], speakers=speakers(load_bundle(folder)))
    dataset = load_dataset(learning.data)
    photos = dataset.split(learning.split)
    with progress_bar() as progress:
        task = progress.add_task("looking", total=len(photos), note="")

        counted = progress.add_task("counting", total=None, note="")
        train = dataset.splits.get("train", ())
        fitted = rerank(
            folder,
            photos,
            train,
            {**CANDIDATES, "best": best},
            lambda done: progress.update(task, completed=done),
            phrases_from=learning.phrases,
            counting=lambda done: progress.update(counted, completed=done),
        )
    text = choosing_section({name: one.as_json() for name, one in fitted.items()}, f"{dataset.name}/{learning.split}")
    replace_section(folder, text)
    replace_section(folder, sizes_section(load_bundle(folder)))
    _show(fitted, f"{folder.name} on {dataset.name}/{learning.split}, cross-fitted")
    if learning.reliability:
        from tagger_export.reliability import draw_reliability

        draw_reliability(learning.reliability, {name: (one.confidence, one.cider) for name, one in fitted.items()})


def _show(fitted: "Mapping[Quality, Fitted]", title: str) -> None:
    from rich.text import Text

    names = list(next(iter(fitted.values())).as_json())
    table = Table("figure", *fitted, title=Text(title))
    for name in names:
        table.add_row(name.replace("_", " "), *(f"{one.as_json()[name]:.3f}" for one in fitted.values()))
    Console(stderr=True).print(table)


def check_rerank(options: argparse.Namespace) -> None:
    """Refuse options that do not go together, and a picture that could not be made. Raises RunError."""
    from tagger_export.outputs import PICTURE, check_new

    if options.rerank and not options.data:
        raise RunError("--rerank learns from photos with captions", "name a data set with --data")
    for option in ("reliability", "phrases", "with"):
        if getattr(options, option) and not options.rerank:
            raise RunError(f"--{option} goes with --rerank", "add --rerank, or leave it out")
    if options.reliability:
        check_new(options.reliability, "--reliability", PICTURE)


def is_bundle(place: Path) -> bool:
    """Whether this is a bundle's folder, not a training run's."""
    from tagger.captioning.bundle import MANIFEST

    return (place / MANIFEST).exists()
