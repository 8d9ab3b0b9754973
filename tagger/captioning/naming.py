"""Which labels a caption names, by their own words: "hot dog" names no dog. Knows no scores and no photo."""

from collections.abc import Sequence
from typing import Protocol

from tagger.captioning.tokenizer import words


class Named(Protocol):
    """A label, the labels above it, and other words that mean it."""

    @property
    def label(self) -> str:
        """Its name."""

    @property
    def parents(self) -> tuple[str, ...]:
        """All above it."""

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Words and phrases."""


class Naming:
    """Finds labels in captions: whole words, the longest phrase first."""

    def __init__(self, labels: Sequence[Named]) -> None:
        place = {label.label: i for i, label in enumerate(labels)}
        self._phrases: dict[tuple[str, ...], tuple[int, ...]] = {}
        for i, label in enumerate(labels):
            meant = (i, *(place[parent] for parent in label.parents))
            for phrase in (label.label, *label.synonyms):
                said = tuple(words(phrase))
                if said:
                    self._phrases.setdefault(said, meant)
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)

    def named(self, said: Sequence[str]) -> list[int]:
        """Places of the labels that the words of a caption name, with their parents; each once, in rising order."""
        found: set[int] = set()
        i = 0
        while i < len(said):
            for length in range(min(self._longest, len(said) - i), 0, -1):
                meant = self._phrases.get(tuple(said[i : i + length]))
                if meant is not None:
                    found.update(meant)
                    i += length
                    break
            else:
                i += 1
        return sorted(found)

    def label_of(self, word: str) -> int | None:
        """The place of the label that one word names, without its parents."""
        meant = self._phrases.get((word,))
        return None if meant is None else meant[0]
