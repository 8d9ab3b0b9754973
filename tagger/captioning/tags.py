"""Tag scores -> tags: thresholds and hierarchy from a bundle's ``tags.tsv``. Knows no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagger.core.errors import BundleError
from tagger.core.records import Tag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADER = ("label", "threshold", "parents", "synonyms")


@dataclass(frozen=True, slots=True)
class Label:
    """One row of ``tags.tsv``: ``threshold`` above 1 switches the label off; ``parents`` are nearest first."""

    label: str
    threshold: float
    parents: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


def parse_labels(table: str) -> tuple[Label, ...]:
    """Read ``tags.tsv``: tab-separated, a header line, lists with ``;``. Raises BundleError naming the line."""
    lines = table.splitlines()
    if not lines or tuple(lines[0].split("\t")) != HEADER:
        raise BundleError(f"tags.tsv does not begin with the columns {', '.join(HEADER)}", "get the bundle again")
    labels = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        try:
            name, threshold, parents, synonyms = cells
            labels.append(Label(name, float(threshold), _split(parents), _split(synonyms)))
        except ValueError as error:
            raise BundleError(f"tags.tsv line {number} is not four columns with a number", "get it again") from error
    names = {label.label for label in labels}
    for label in labels:
        if not label.label.isprintable() or ";" in label.label or not names.issuperset(label.parents):
            raise BundleError(f"tags.tsv: bad name or unknown parent at {label.label!r}", "get the bundle again")
    return tuple(labels)


def format_labels(labels: Sequence[Label]) -> str:
    """The table that ``parse_labels`` reads."""
    rows = (
        (label.label, f"{label.threshold:.4f}", ";".join(label.parents), ";".join(label.synonyms)) for label in labels
    )
    return "".join("\t".join(row) + "\n" for row in (HEADER, *rows))


class TagSelector:
    """Turns probabilities into tags: every label at or over its threshold, with all of its ancestors."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self.labels = tuple(labels)
        self._position = {label.label: index for index, label in enumerate(self.labels)}

    def select(self, scores: "NDArray[np.float32]") -> tuple[Tag, ...]:
        """Tags for the probabilities (T,) of one photo, surest first.

        An ancestor is at least as sure as its surest descendant: what is a dog is an animal.
        """
        found: dict[str, float] = {}
        for label, score in zip(self.labels, scores.tolist(), strict=True):
            if score >= label.threshold:
                for name in (label.label, *label.parents):
                    own = float(scores[self._position[name]])
                    found[name] = max(found.get(name, 0.0), own, score)
        for name, score in tuple(found.items()):  # an ancestor may have brought in a score of its own
            for ancestor in self.labels[self._position[name]].parents:
                found[ancestor] = max(found.get(ancestor, 0.0), score)
        return tuple(
            Tag(name, score, self.labels[self._position[name]].parents)
            for name, score in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)
