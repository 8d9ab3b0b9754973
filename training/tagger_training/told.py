"""What a decoder is told of the tags of photos that it is trained on: as sure, and as often wrong, as of new photos.

A tag head knows the photos that it was trained on by heart. So those get the probabilities of heads that were trained
without them, in every view; all other photos get the run's own head's. ``RUN/tags/held_out.photos`` names the photos of
``held_out.npy``, in order.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from itertools import count

import numpy as np

from tagger.core.errors import RunError
from tagger_training.encoders import class_head
from tagger_training.encoding import EncodedSplit
from tagger_training.feature_store import Features
from tagger_training.run import Run
from tagger_training.tag_head import load_held_out, load_tag_head, train_tag_head

PHOTOS = "held_out.photos"


def train_tags(run: Run, encoded: Mapping[str, EncodedSplit]) -> dict[str, float]:
    """Train the tag head of ``run`` on every view of the photos; returns its scores."""
    pooled = {
        name: np.stack([view[:] for view in every_view(split.features["pooled"])], axis=1)
        for name, split in encoded.items()
    }
    captions: dict[str, list[Sequence[str]]] = {name: list(split.captions) for name, split in encoded.items()}
    head = class_head(run.config.encoder_spec, run.weights)
    report = train_tag_head(run.folder / "tags", pooled, captions, seed=run.config.seed, head=head)
    names = encoded["train"].features["pooled"].names
    (run.folder / "tags" / PHOTOS).write_text("".join(name + "\n" for name in names), encoding="utf-8")
    return report


def has_tags(run: Run) -> bool:
    """Whether the tag head of ``run`` is trained, as a whole."""
    return (run.folder / "tags" / PHOTOS).exists()


def take_tags(source: Run, run: Run) -> None:
    """Copy the tag head of ``source``, so that decoders of several runs are told the same. Raises RunError."""
    if source.config.encoder_spec != run.config.encoder_spec:
        raise RunError(f"{source.folder} has the tag head of another encoder", "leave out --tags-from")
    if not has_tags(source):
        raise RunError(f"{source.folder} has no tag head that a decoder was told of", "leave out --tags-from")
    temporary = run.folder / "tags.part"
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(source.folder / "tags", temporary)
    shutil.rmtree(run.folder / "tags", ignore_errors=True)
    temporary.replace(run.folder / "tags")


def tell(run: Run, encoded: Mapping[str, EncodedSplit]) -> dict[str, EncodedSplit]:
    """The splits with ``tag_probabilities`` (N, C) beside their features.

    Raises RunError where the run has no tag head, or what belongs to it is missing.
    """
    head, concepts = load_tag_head(run.folder / "tags")[0], run.system.concepts
    held_out = load_held_out(run.folder / "tags")
    try:
        names = (run.folder / "tags" / PHOTOS).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        cause = f"{run.folder / 'tags'} does not say which photos its held-out scores are of"
        raise RunError(cause, "train the run again: --restart") from error
    known = {name: row for row, name in enumerate(names[: len(held_out)])}

    def told(photos: Features, view: int) -> Features:
        values = np.asarray(head.predict(photos[:], verbose=0, batch_size=512), np.float32)[:, :concepts]
        if view < held_out.shape[1]:
            rows = np.array([known.get(name.partition("-")[0], -1) for name in photos.names], np.int64)
            values[rows >= 0] = held_out[rows[rows >= 0], view, :concepts]
        return Features(values)

    return {name: _with(split, told) for name, split in encoded.items()}


def _with(split: EncodedSplit, told: Callable[[Features, int], Features]) -> EncodedSplit:
    number = count()

    def seen(photos: Features) -> Features:
        """In the order of ``every_view``."""
        whole = told(photos, next(number))
        whole.mirrored = None if photos.mirrored is None else told(photos.mirrored, next(number))
        whole.cropped = None if photos.cropped is None else seen(photos.cropped)
        return whole

    return EncodedSplit({**split.features, "tag_probabilities": seen(split.features["pooled"])}, split.captions)


def every_view(photos: Features) -> list[Features]:
    """The photos as they are, mirrored, cropped, and both: the views that there are."""
    mirrored = [] if photos.mirrored is None else [photos.mirrored]
    return [photos, *mirrored, *([] if photos.cropped is None else every_view(photos.cropped))]
