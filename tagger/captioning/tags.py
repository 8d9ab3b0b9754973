"""The labels of a bundle: its table ``tags.tsv``. Knows no scores, no model, and nothing of the user's vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass

from tagger.captioning.bundle import TAGS, Bundle
from tagger.core.errors import BundleError

HEADER = ("label", "threshold", "parents", "synonyms", "kind")
_HEADER_BEFORE_KINDS = HEADER[:-1]


@dataclass(frozen=True, slots=True)
class Label:
    """One row of ``tags.tsv``: ``threshold`` above 1 switches the label off; ``parents`` are nearest first.

    Labels of one ``kind`` exclude each other in most photos (see ``kinds``); empty: it excludes none.
    """

    label: str
    threshold: float
    parents: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    kind: str = ""


def load_labels(bundle: Bundle) -> tuple[Label, ...]:
    """The labels of a bundle; none where it has no tag model. Raises BundleError."""
    if not bundle.tags:
        return ()
    try:
        return parse_labels(bundle.read(TAGS).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BundleError(f"bundle {bundle.source}: {TAGS} is not UTF-8", "get the bundle again") from error


def parse_labels(table: str) -> tuple[Label, ...]:
    """Read ``tags.tsv``: tab-separated, a header line, lists with ``;``. Raises BundleError naming the line.

    Tables of older bundles have no column ``kind``.
    """
    lines = table.splitlines()
    header = tuple(lines[0].split("\t")) if lines else ()
    if header not in (HEADER, _HEADER_BEFORE_KINDS):
        raise BundleError(f"tags.tsv does not begin with the columns {', '.join(HEADER)}", "get the bundle again")
    labels = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        try:
            name, threshold, parents, synonyms, *kind = cells
            if len(cells) != len(header):
                raise ValueError
            labels.append(Label(name, float(threshold), _split(parents), _split(synonyms), *kind))
        except ValueError as error:
            wanted = f"{len(header)} columns with a number"
            raise BundleError(f"tags.tsv line {number} is not {wanted}", "get the bundle again") from error
    names = {label.label for label in labels}
    for label in labels:
        if not label.label.isprintable() or ";" in label.label or not names.issuperset(label.parents):
            raise BundleError(f"tags.tsv: bad name or unknown parent at {label.label!r}", "get the bundle again")
    return tuple(labels)


def format_labels(labels: Sequence[Label]) -> str:
    """The table that ``parse_labels`` reads."""
    rows = (
        (label.label, f"{label.threshold:.4f}", ";".join(label.parents), ";".join(label.synonyms), label.kind)
        for label in labels
    )
    return "".join("\t".join(row) + "\n" for row in (HEADER, *rows))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)
