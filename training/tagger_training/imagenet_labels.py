"""The classes of ImageNet under everyday names. Knows no pixels and no Keras; standard library and numpy only.

``imagenet_labels.tsv`` is reviewed, not a dump: classes that encoders confuse are merged, and what nobody searches for
is left out. Columns: label, nearest parents, synonyms, classes, group, kind, further concepts that exclude it, and its
``use``: ``on`` (by the thresholds below), a threshold of its own, ``off``, or ``concept``: a row that adds no label,
but says which classes mean that concept.

Source of the classes: the 1,000 of Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge" (2015), in
the order of the public weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.kinds import excludes, kinds_of
from tagger_training.concepts import Concept, ancestors, split_cell

CLASSES = 1000
OFF = 9.0  # as a threshold
SUPPORTED, BROADLY, ALONE = 0.45, 0.62, 0.80
"""Thresholds, by eye (docs/results.md): of a label whose parent concept says much ("dog"), little, or is none."""

_BROAD = frozenset(
    [
        "animal",
        "appliance",
        "building",
        "clothing",
        "drink",
        "electronics",
        "food",
        "fruit",
        "furniture",
        "game",
        "person",
        "plant",
        "room",
        "sport",
        "store",
        "utensil",
        "vegetable",
        "vehicle",
    ]
)


@dataclass(frozen=True, slots=True)
class ImagenetLabel:
    """One label made of ``classes`` (with those of the labels below it), and what it needs to fire.

    ``parents`` are all its ancestors, nearest first; ``support`` is the nearest of them that is a concept, empty where
    none is, and ``alone`` (0 to 1) how well it does without that. ``against`` are concepts that exclude it. A
    ``threshold`` above 1 switches it off.
    """

    label: str
    parents: tuple[str, ...]
    synonyms: tuple[str, ...]
    classes: tuple[int, ...]
    kind: str
    support: str
    alone: float
    against: tuple[str, ...]
    threshold: float


@dataclass(frozen=True, slots=True)
class ImagenetTable:
    """``labels`` beside the concepts, and which classes mean a concept (``meanings``)."""

    labels: tuple[ImagenetLabel, ...]
    meanings: dict[str, tuple[int, ...]]


def load_imagenet_labels(concepts: Sequence[Concept]) -> ImagenetTable:
    """The table ``imagenet_labels.tsv`` that comes with this package, joined to the hierarchy of ``concepts``."""
    lines = resources.files("tagger_training").joinpath("imagenet_labels.tsv").read_text(encoding="utf-8").splitlines()
    rows = {row[0]: row for row in (line.split("\t") for line in lines[1:])}
    known = {concept.label: concept for concept in concepts}
    own = {label: _numbers(row[3]) for label, row in rows.items()}
    parents = {concept.label: concept.parents for concept in concepts}
    parents |= {label: split_cell(row[1]) for label, row in rows.items() if label not in known}
    lineages = {label: ancestors(label, parents) for label in parents}
    kinds = {label: concept.kind for label, concept in known.items()}
    kinds |= {label: row[5] for label, row in rows.items() if label not in known}
    exclusive = {own.label: kinds_of((own.label, *own.parents), kinds) for own in concepts if own.kind}

    def classes(label: str) -> tuple[int, ...]:
        below = (numbers for other, numbers in own.items() if other == label or label in lineages[other])
        return tuple(sorted({number for numbers in below for number in numbers}))

    labels = []
    for label, row in rows.items():
        if label in known:
            continue
        lineage = lineages[label]
        support = next((parent for parent in lineage if parent in known), "")
        against = set(split_cell(row[6])) | {
            name for name, own in exclusive.items() if excludes(kinds_of((label, *lineage), kinds), own)
        }
        usual = ALONE if not support else BROADLY if support in _BROAD else SUPPORTED
        threshold = {"off": OFF, "on": usual}.get(row[7]) or float(row[7])
        # What no caption of the training photos names has no support: then it has to be as sure as without a parent.
        alone = 1.0 if not support else usual / ALONE if support in _BROAD else 0.0
        labels.append(
            ImagenetLabel(
                label,
                lineage,
                split_cell(row[2]),
                classes(label),
                row[5],
                support,
                alone,
                tuple(sorted(against - set(lineage))),
                threshold,
            )
        )
    return ImagenetTable(tuple(labels), {label: classes(label) for label in rows if label in known})


def membership(labels: Sequence[tuple[int, ...]]) -> NDArray[np.float32]:
    """(CLASSES, L): 1 where the class belongs to the label."""
    table = np.zeros((CLASSES, len(labels)), np.float32)
    for column, classes in enumerate(labels):
        table[list(classes), column] = 1
    return table


def _numbers(cell: str) -> tuple[int, ...]:
    """``1,3-5`` -> 1, 3, 4, 5."""
    found: list[int] = []
    for part in cell.split(",") if cell else ():
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return tuple(found)
