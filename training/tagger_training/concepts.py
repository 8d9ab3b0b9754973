"""The curated vocabulary of tags, and which of them a caption names. Standard library and numpy only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.tokenizer import words


@dataclass(frozen=True, slots=True)
class Concept:
    """One label, all that it always is as well (``parents``, nearest first), words that mean it, and its group."""

    label: str
    parents: tuple[str, ...]
    synonyms: tuple[str, ...]
    group: str


def load_concepts() -> tuple[Concept, ...]:
    """The table ``concepts.tsv`` that comes with this package, parents of parents included."""
    lines = resources.files("tagger_training").joinpath("concepts.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    parents = {row[0]: _split(row[1]) for row in rows}
    return tuple(Concept(label, _ancestors(label, parents), _split(words_), group) for label, _, words_, group in rows)


class ConceptMatcher:
    """Finds concepts in captions: whole words, longest phrase first, so that "hot dog" names no dog."""

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self.concepts = tuple(concepts)
        self._position = {concept.label: i for i, concept in enumerate(concepts)}
        self._phrases = {
            tuple(words(phrase)): concept.label for concept in concepts for phrase in (concept.label, *concept.synonyms)
        }
        self._longest = max(len(phrase) for phrase in self._phrases)

    def named(self, caption: str) -> set[str]:
        """Labels that a caption names, with their parents."""
        said, found, i = words(caption), set(), 0
        while i < len(said):
            for length in range(min(self._longest, len(said) - i), 0, -1):
                if label := self._phrases.get(tuple(said[i : i + length])):
                    found |= {label, *self.concepts[self._position[label]].parents}
                    i += length
                    break
            else:
                i += 1
        return found

    def share(self, captions: Iterable[Sequence[str]]) -> NDArray[np.float32]:
        """For each photo's captions the share of them that names each concept: (N, T)."""
        rows = []
        for texts in captions:
            row = np.zeros(len(self.concepts), np.float32)
            for text in texts:
                row[[self._position[label] for label in self.named(text)]] += 1 / len(texts)
            rows.append(row)
        return np.stack(rows)


def _ancestors(label: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Parents, then theirs, and so on: nearest first, each once."""
    found: dict[str, None] = {}
    level = [label]
    while level := [parent for child in level for parent in parents[child] if parent not in found]:
        found |= dict.fromkeys(level)
    return tuple(found)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)
