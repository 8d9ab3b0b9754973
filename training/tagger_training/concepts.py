"""The curated vocabulary of tags, and which of them a caption names. Standard library and numpy only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.naming import Naming
from tagger.captioning.tokenizer import words


@dataclass(frozen=True, slots=True)
class Concept:
    """One label, all that it always is as well (``parents``, nearest first), words that mean it, and its group.

    Labels of the same ``kind`` exclude each other in most photos: what is a cat is no dog.
    """

    label: str
    parents: tuple[str, ...]
    synonyms: tuple[str, ...]
    group: str
    kind: str = ""


def load_concepts() -> tuple[Concept, ...]:
    """The table ``concepts.tsv`` that comes with this package, parents of parents included."""
    lines = resources.files("tagger_training").joinpath("concepts.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    parents = {row[0]: split_cell(row[1]) for row in rows}
    return tuple(
        Concept(label, ancestors(label, parents), split_cell(words_), group, kind)
        for label, _, words_, group, kind in rows
    )


class ConceptMatcher:
    """Finds concepts, and all that they are as well, in captions."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.concepts = tuple(concepts)
        self._position = {concept.label: i for i, concept in enumerate(concepts)}
        # Where two labels have a word in common, it means the later one.
        self._naming = Naming(self.concepts[::-1])

    def named(self, caption: str) -> set[str]:
        """Labels that a caption names, with their parents."""
        return {self.concepts[-1 - place].label for place in self._naming.named(words(caption))}

    def share(self, captions: Iterable[Sequence[str]]) -> NDArray[np.float32]:
        """For each photo's captions the share of them that names each concept: (N, T)."""
        rows = []
        for texts in captions:
            row = np.zeros(len(self.concepts), np.float32)
            for text in texts:
                row[[self._position[label] for label in self.named(text)]] += 1 / len(texts)
            rows.append(row)
        return np.stack(rows)


def ancestors(label: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Parents of ``label``, then theirs, and so on: nearest first, each once."""
    found: dict[str, None] = {}
    level = [label]
    while level := [parent for child in level for parent in parents[child] if parent not in found]:
        found |= dict.fromkeys(level)
    return tuple(found)


def split_cell(cell: str) -> tuple[str, ...]:
    """The parts of a cell of a table, between ``;``."""
    return tuple(part for part in cell.split(";") if part)
