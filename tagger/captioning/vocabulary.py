"""The user's vocabulary: which of a bundle's labels become tags, under which words, below which parents.

``TagRules`` is what the user chose (see docs/vocabulary.md), ``Vocabulary`` what it means for the labels of one bundle.
Pure: knows no scores of photos, no files, no model.
"""

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from tagger.captioning.names import Case, cased, clean_name, fold_name, matcher
from tagger.captioning.tags import Label
from tagger.core.errors import RunError

Hierarchical = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRules:
    """What the user chose about tags. A name is a label of the bundle, or the word that is written for one.

    ``allow``, ``deny``: names and patterns (``*``); each covers what is below it. ``synonyms``: label -> word.
    ``hierarchy``: name -> parents, nearest first, instead of the bundle's. ``thresholds``: name or pattern ->
    probability (0 to 1). ``write_parents``: whether parents become keywords too. ``hierarchical``: whether they go
    into the fields for hierarchies. ``max``: most tags a photo, 0 for all. ``origins``: the file that each rule stands
    in (by ``deny``, ``synonyms.dog``), for messages.
    """

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    hierarchy: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    write_parents: bool = True
    hierarchical: Hierarchical = "auto"
    max: int = 0
    min_score: float = 0.0
    prefix: str = ""
    suffix: str = ""
    case: Case = "as-is"
    origins: Mapping[str, Path] = field(default_factory=dict, compare=False)

    def origin(self, key: str, name: str = "") -> Path | None:
        """The file that ``key`` stands in, or the entry ``name`` of the table ``key``."""
        return self.origins.get(f"{key}.{fold_name(name)}" if name else key)


class EntryState(StrEnum):
    """Whether a label can become a tag by itself."""

    ON = "on"
    OFF = "off"  # by the bundle: not reliable enough at any threshold
    DENIED = "denied"
    NOT_ALLOWED = "not allowed"
    PARENT = "parent"  # a word of the user's own, which no score belongs to


@dataclass(frozen=True, slots=True)
class Rule:
    """The setting behind a decision (``deny "person"``), and the file that it stands in; empty: the bundle's own."""

    setting: str = ""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One label as it would be written: its ``word``, its ``ancestors`` as written, nearest first.

    ``threshold`` is a probability, above 1 where the bundle has the label off, None for a word of the user's own.
    ``rule`` is what state or threshold comes from.
    """

    label: str
    word: str
    ancestors: tuple[str, ...]
    threshold: float | None
    state: EntryState
    rule: Rule = Rule()


class Vocabulary:
    """The labels of one bundle under the user's rules.

    ``entries`` are the labels in the bundle's order, then the user's own words; ``lineages`` are, for each of them,
    the positions of its ancestors, nearest first. ``bundle`` is its name, for messages. Raises RunError for rules
    that name what the bundle does not have, or whose parents go in a circle.
    """

    def __init__(self, labels: Sequence[Label], rules: TagRules | None = None, *, bundle: str = "the bundle") -> None:
        self.labels = tuple(labels)
        self.rules = (rules or TagRules()) if labels else TagRules()  # a bundle without labels leaves nothing to rule
        names = _Names(self.labels, self.rules, bundle)
        parents = _parents(self.labels, self.rules, names)
        self.lineages = tuple(_lineage(parents, node) for node in range(len(parents)))
        words = _written(names.plain, self.rules)
        self._deny = names.matching("deny", self.rules.deny)
        self._allow = names.matching("allow", self.rules.allow)
        self._thresholds = names.matching("thresholds", self.rules.thresholds)
        self.entries = tuple(self._entry(node, words, names.plain[node]) for node in range(len(parents)))

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that differ where any photo's tags might; empty where the rules change nothing."""
        essence = self._essence()
        if essence == Vocabulary(self.labels)._essence():
            return ""
        return hashlib.sha256(essence.encode()).hexdigest()[:12]

    def _essence(self) -> str:
        on = EntryState.ON
        labels = self.entries[: len(self.labels)]
        entries = [(e.word, e.ancestors, e.threshold if e.state is on else None) for e in labels]
        return json.dumps([entries, self.rules.max, self.rules.write_parents])

    def _entry(self, node: int, words: Sequence[str], plain: str) -> Entry:
        ancestors = dict.fromkeys(words[ancestor] for ancestor in self.lineages[node])
        ancestors.pop(words[node], None)
        label, threshold, state, rule = plain, None, EntryState.PARENT, Rule()
        if node < len(self.labels):
            label = self.labels[node].label
            threshold, rule = self._threshold(node)
            state = EntryState.ON if threshold <= 1 else EntryState.OFF
            if self.rules.allow and not self._covering(self._allow, node):
                state, rule = EntryState.NOT_ALLOWED, Rule("allow", self.rules.origin("allow"))
        if name := self._covering(self._deny, node):
            state, rule = EntryState.DENIED, Rule(f'deny "{name}"', self.rules.origin("deny"))
        return Entry(label, words[node], tuple(ancestors), threshold, state, rule)

    def _covering(self, matching: Mapping[str, frozenset[int]], node: int) -> str:
        """The first name that means the node or one of its ancestors; empty where none does."""
        family = {node, *self.lineages[node]}
        return next((name for name, nodes in matching.items() if family & nodes), "")

    def _threshold(self, node: int) -> tuple[float, Rule]:
        """The threshold that holds: of the exact name, else of the longest pattern, else the bundle's."""
        bundles, least = self.labels[node].threshold, self.rules.min_score
        names = [name for name, nodes in self._thresholds.items() if node in nodes]
        if bundles > 1:  # a pattern was not written with a label in mind that the bundle has off
            names = [name for name in names if "*" not in name]
        name = max(names, key=lambda name: ("*" not in name, len(name)), default="")
        threshold = self.rules.thresholds.get(name, bundles)
        if threshold < least:
            return least, Rule("min_score", self.rules.origin("min_score"))
        return threshold, Rule(f'thresholds "{name}"', self.rules.origin("thresholds", name)) if name else Rule()


class _Names:
    """Which nodes a name means; nodes are the labels in their order, then the user's own words.

    ``plain`` is each node's word before case, prefix and suffix.
    """

    def __init__(self, labels: Sequence[Label], rules: TagRules, bundle: str) -> None:
        self._labels, self._rules, self._bundle = labels, rules, bundle
        own = {fold_name(label.label): node for node, label in enumerate(labels)}
        self._known = {name: {node} for name, node in own.items()}
        self.plain = [label.label for label in labels]
        for name, word in rules.synonyms.items():
            node = own.get(fold_name(name))
            if node is None:
                raise self._unknown("synonyms", name)
            self.plain[node] = word
            self._known.setdefault(fold_name(word), set()).add(node)
        for name in (name for parents in rules.hierarchy.values() for name in parents):
            if not self.nodes(name):
                self._known[fold_name(name)] = {len(self.plain)}
                self.plain.append(name)

    def nodes(self, name: str) -> list[int]:
        """The nodes that ``name`` means; none where it is new."""
        return sorted(self._known.get(fold_name(name), ()))

    def matching(self, key: str, patterns: Iterable[str]) -> dict[str, frozenset[int]]:
        """The nodes that each name or pattern means. Raises RunError for one that means none."""
        found = {}
        for pattern in patterns:
            if "*" in pattern:
                meant = matcher(pattern).fullmatch
                nodes = [node for name, nodes in self._known.items() if meant(name) for node in nodes]
            else:
                nodes = self.nodes(pattern)
            if not nodes:
                raise self._unknown(key, pattern)
            found[pattern] = frozenset(nodes)
        return found

    def where(self, key: str, name: str) -> str:
        """``FILE: tags.synonyms, "dog"``, as far as it is known."""
        source = self._rules.origin(key) or self._rules.origin(key, name)
        return f'{source}: tags.{key}, "{name}"' if source else f'tags.{key}, "{name}"'

    def _unknown(self, key: str, name: str) -> RunError:
        folded = fold_name(name)
        close = [label.label for label in self._labels if folded in map(fold_name, label.synonyms)]
        close = close or difflib.get_close_matches(folded, self._known, n=1)
        hint = f'did you mean "{close[0]}"?' if close else "tagger tags list --all shows them"
        return RunError(f"{self.where(key, name)}: {self._bundle} has no such tag", hint)


def _parents(labels: Sequence[Label], rules: TagRules, names: _Names) -> list[tuple[int, ...]]:
    """The parents of every node: the user's where there are some, else the bundle's. Raises RunError."""
    positions = {label.label: index for index, label in enumerate(labels)}
    parents = [tuple(positions[parent] for parent in label.parents) for label in labels]
    parents += [()] * (len(names.plain) - len(labels))
    keys = names.matching("hierarchy", rules.hierarchy)
    for name, nodes in keys.items():
        for node in nodes:
            parents[node] = tuple(dict.fromkeys(n for parent in rules.hierarchy[name] for n in names.nodes(parent)))
    for name, nodes in keys.items():
        for node in sorted(nodes):
            if circle := _circle(parents, node):
                shown = " > ".join(names.plain[n] for n in circle)
                raise RunError(f"{names.where('hierarchy', name)}: the parents go in a circle: {shown}", "cut it")
    return parents


def _lineage(parents: Sequence[tuple[int, ...]], node: int) -> tuple[int, ...]:
    found = list(dict.fromkeys(parents[node]))
    for ancestor in found:  # grows while it is walked: the nearest come first
        found += [parent for parent in parents[ancestor] if parent not in found]
    return tuple(ancestor for ancestor in found if ancestor != node)


def _circle(parents: Sequence[tuple[int, ...]], start: int) -> list[int]:
    """The way from a node up to itself; empty where there is none."""
    came: dict[int, int] = {}
    queue = [start]
    for node in queue:  # grows while it is walked
        if start in parents[node]:
            way = [node]
            while way[-1] != start:
                way.append(came[way[-1]])
            return [*reversed(way), start]
        for parent in parents[node]:
            if parent not in came:
                came[parent] = node
                queue.append(parent)
    return []


def _written(plain: Iterable[str], rules: TagRules) -> list[str]:
    """The word of every node as it is written; words that differ by case alone are one."""
    first: dict[str, str] = {}
    words = (clean_name(rules.prefix + cased(word, rules.case) + rules.suffix) for word in plain)
    return [first.setdefault(fold_name(word), word) for word in words]
