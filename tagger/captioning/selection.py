"""Scores of one photo -> its tags, and why each label became one or not. Knows no model."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tagger.captioning.vocabulary import Entry, EntryState, Vocabulary
from tagger.core.records import Tag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Verdict(StrEnum):
    """What became of a label on one photo."""

    WRITTEN = "written"
    ANCESTOR = "ancestor"  # comes along with a tag below it
    BELOW = "below threshold"
    OFF = "off"
    DENIED = "denied"
    NOT_ALLOWED = "not allowed"
    PARENT = "parent left out"  # write_parents = false
    TOO_MANY = "too many"  # max


@dataclass(frozen=True, slots=True)
class Decision:
    """One label on one photo: the model's probability (None for a user's own word), and what became of it.

    ``child`` is the word of the tag that an ancestor comes along with, or is left out for.
    """

    entry: Entry
    score: float | None
    verdict: Verdict
    child: str = ""


@dataclass(slots=True)
class _Found:
    """One word on one photo: its score, the nodes behind it, and whether one of them is sure enough by itself."""

    score: float
    nodes: list[int]
    own: float  # the model's highest score where it is a tag by itself, else -1


def pack(scores: "NDArray[np.float32]") -> bytes:
    """Probabilities (T,) as they are kept: float16, little-endian."""
    return scores.astype("<f2").tobytes()


def unpack(scores: bytes) -> "NDArray[np.float32]":
    """The inverse of ``pack``, to three digits. Tags are made from these only: kept scores give the same ones."""
    import numpy as np

    return np.frombuffer(scores, "<f2").astype(np.float32)


class TagSelector:
    """Turns probabilities into tags: every label at or over its threshold, with its ancestors, as the rules say."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._thresholds = [
            entry.threshold if entry.threshold is not None and entry.state is EntryState.ON else 2.0
            for entry in vocabulary.entries[: len(vocabulary.labels)]
        ]

    def select(self, scores: "NDArray[np.float32]") -> tuple[Tag, ...]:
        """Tags for the probabilities (T,) of one photo, surest first.

        An ancestor is at least as sure as its surest descendant: what is a dog is an animal.
        """
        found = self._found(scores.tolist())
        written = self._written(found)
        return tuple(
            Tag(word, found[word].score, self._ancestors(word, found[word].nodes))
            for word in sorted(written, key=lambda word: (-found[word].score, word))
        )

    def select_packed(self, scores: bytes) -> tuple[Tag, ...] | None:
        """Tags for probabilities as ``pack`` made them; None where they are of other labels, or no probabilities."""
        if len(scores) != 2 * len(self.vocabulary.labels):
            return None
        probabilities = unpack(scores)
        # They may come from another machine, as tagger apply takes them.
        return self.select(probabilities) if ((probabilities >= 0) & (probabilities <= 1)).all() else None

    def decide(self, scores: "NDArray[np.float32]") -> tuple[Decision, ...]:
        """What becomes of each entry of the vocabulary, in its order, given the probabilities (T,) of one photo."""
        values: list[float] = scores.tolist()
        found = self._found(values)
        written = self._written(found)
        return tuple(self._decision(node, values, found, written) for node in range(len(self.vocabulary.entries)))

    def _found(self, scores: list[float]) -> dict[str, _Found]:
        """Every word that the photo gets before words are left out."""
        lineages, entries = self.vocabulary.lineages, self.vocabulary.entries
        found: dict[int, float] = {}
        own: dict[int, float] = {}
        for node, (score, threshold) in enumerate(zip(scores, self._thresholds, strict=True)):
            if score >= threshold:
                own[node] = score
                for name in (node, *lineages[node]):
                    found[name] = max(found.get(name, 0.0), scores[name] if name < len(scores) else 0.0, score)
        for node, score in tuple(found.items()):  # an ancestor may have brought in a score of its own
            for ancestor in lineages[node]:
                found[ancestor] = max(found[ancestor], score)
        words: dict[str, _Found] = {}
        for node, score in sorted(found.items(), key=lambda item: (-item[1], item[0])):
            word = words.setdefault(entries[node].word, _Found(score, [], -1.0))
            word.nodes.append(node)
            word.own = max(word.own, own.get(node, -1.0))
        return words

    def _ancestors(self, word: str, nodes: Iterable[int]) -> tuple[str, ...]:
        """The ancestors of a word: of those labels behind it that the photo has."""
        found = dict.fromkeys(name for node in nodes for name in self.vocabulary.entries[node].ancestors)
        found.pop(word, None)
        return tuple(found)

    def _written(self, found: dict[str, _Found]) -> set[str]:
        """The words that stay: without parents where those are not wanted, and not more than wanted.

        What the model is sure of by itself goes before what only comes along with it.
        """
        rules, kept = self.vocabulary.rules, set(found)
        if not rules.write_parents:
            above = {word: set(self._ancestors(word, item.nodes)) for word, item in found.items() if item.own >= 0}
            # Synonyms may put a word both above and below another: such are no parents of each other.
            kept = {word for word in above if not any(word in above[w] and w not in above[word] for w in above)}
        if rules.max:
            order = sorted(kept, key=lambda word: (found[word].own < 0, -found[word].own, -found[word].score, word))
            kept = set(order[: rules.max])
        return kept

    def _decision(self, node: int, scores: list[float], found: dict[str, _Found], written: set[str]) -> Decision:
        entry = self.vocabulary.entries[node]
        score = scores[node] if node < len(scores) else None
        itself = score is not None and score >= self._thresholds[node]
        children = [word for word, item in found.items() if entry.word in self._ancestors(word, item.nodes)]
        child = max(children, key=lambda word: found[word].own, default=entry.word)
        if node not in (found[entry.word].nodes if entry.word in found else ()):
            reasons = {
                EntryState.OFF: Verdict.OFF,
                EntryState.DENIED: Verdict.DENIED,
                EntryState.NOT_ALLOWED: Verdict.NOT_ALLOWED,
            }
            return Decision(entry, score, reasons.get(entry.state, Verdict.BELOW))
        if entry.word not in written:
            if not self.vocabulary.rules.write_parents and children:
                return Decision(entry, score, Verdict.PARENT, child)
            return Decision(entry, score, Verdict.TOO_MANY)
        return Decision(entry, score, Verdict.WRITTEN) if itself else Decision(entry, score, Verdict.ANCESTOR, child)
