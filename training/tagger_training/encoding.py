"""The photos of a data set, encoded, with what is said of them on the terminal. Knows no decoder."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tagger_training.datasets import CaptionedPhoto, DataSet
from tagger_training.feature_store import Features
from tagger_training.features import encoded_photos
from tagger_training.leaks import leaks, look_at_splits
from tagger_training.run import Run

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class EncodedSplit:
    """Photos that could be read: ``features`` by the names that decoders read them by, and the captions of each."""

    features: Mapping[str, Features]
    captions: Sequence[tuple[str, ...]]

    def seen(self, run: Run) -> tuple[Features, ...]:
        """What the decoder of ``run`` reads, in its order."""
        return tuple(self.features[name] for name in run.system.reads)


def encode_splits(data: DataSet, run: Run, cache: Path, progress: Progress) -> dict[str, EncodedSplit]:
    """Encode the splits ``train`` and ``val`` as ``run`` wants them; what cannot be read is said and left out."""
    return {name: _encoded(data.split(name), name, run, cache, progress) for name in ("train", "val")}


def report_faults(data: DataSet, console: Console) -> None:
    """Say what is missing from a data set."""
    if data.missing or data.empty:
        console.print(f"left out: {data.missing} photos that are missing, {data.empty} empty captions")


def warn_of_leaks(data: DataSet, cache: Path, progress: Progress) -> None:
    """Name pictures that are in two splits."""
    task = progress.add_task("comparing splits", total=None, note="")
    seen = look_at_splits(
        {split: [photo.path for photo in photos] for split, photos in data.splits.items()},
        cache,
        jobs=os.cpu_count() or 1,
        progress=lambda done, total: progress.update(task, completed=done, total=total),
    )
    found = leaks(seen)
    progress.remove_task(task)
    if not found:
        return
    named = [f"{one.name} = {other.name}" for one, other, _ in found[:_SHOWN]]
    if len(found) > _SHOWN:
        named.append("...")
    said = f"warning: {len(found)} pictures are in two splits ({', '.join(named)}); figures on a split that leaks are "
    progress.console.print(f"{said}too good: tagger data check names them all", highlight=False, markup=False)


def _encoded(photos: tuple[CaptionedPhoto, ...], split: str, run: Run, cache: Path, progress: Progress) -> EncodedSplit:
    task = progress.add_task(f"reading {split}", total=None, note="")
    features, failed = encoded_photos(
        [photo.path for photo in photos],
        run.config.encoder_spec,
        run.weights,
        cache,
        grid="encoder_hidden_states" in run.system.reads,
        mirrored=run.config.flip and split == "train",
        cropped=run.config.crop > 0 and split == "train",
        reading=lambda done, total: progress.update(task, completed=done, total=total),
        progress=lambda done, total: progress.update(
            task, description=f"encoding {split}", completed=done, total=total
        ),
    )
    progress.remove_task(task)
    for error in failed.values():
        progress.console.print(f"left out: {error.path}: {error}", highlight=False, markup=False)
    return EncodedSplit(features, [photo.captions for i, photo in enumerate(photos) if i not in failed])
