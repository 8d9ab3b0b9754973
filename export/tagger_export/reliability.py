"""Reliability diagrams: how sure a model is against how often it is right. Knows numbers only."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tagger.core.errors import RunError
from tagger_export.reranking import RIGHT_FROM

_BINS = 10


def draw_reliability(
    path: Path, seen: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]], *, level: float = RIGHT_FROM
) -> None:
    """Draw a PNG with one panel a name: confidence (N,) in ten bins against the share with CIDEr-D of ``level``.

    Bars below say how many captions there are in a bin. Raises RunError where the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1 + 3.4 * len(seen), 4.4), layout="constrained")
    panels = figure.subplots(2, len(seen), squeeze=False, height_ratios=(3, 1), sharex=True)
    for column, (name, (confidence, cider)) in enumerate(seen.items()):
        upper, lower = panels[:, column]
        place = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
        bins = [place == i for i in range(_BINS) if (place == i).any()]
        upper.plot([0, 1], [0, 1], color="0.7", linestyle="--")
        upper.plot([confidence[own].mean() for own in bins], [(cider[own] >= level).mean() for own in bins], marker="o")
        upper.set(title=name, xlim=(0, 1), ylim=(0, 1))
        lower.bar((np.arange(_BINS) + 0.5) / _BINS, np.bincount(place, minlength=_BINS), width=0.9 / _BINS)
        lower.set(xlabel="confidence")
    panels[0, 0].set(ylabel=f"share with CIDEr-D of {level:g} or more")
    panels[1, 0].set(ylabel="captions")
    try:
        figure.savefig(path, dpi=110)
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error.strerror}", "choose another place with --reliability"
        ) from error
