"""What a person said about photos, as a model can learn it: captions that are right, tags that are right or wrong.

Read from the index alone. A photo whose words a person rejected as a whole teaches nothing: that says that no words
are wanted there, not which would have been right. What other programs wrote is not known to the index as a person's,
so it teaches nothing either. Knows no model.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tagger.core.records import IndexEntry, Photo, State
from tagger.storage import judged as reading
from tagger.storage.index import SqliteIndex

OTHERS = 400
"""So many photos that nobody corrected stand for the rest of a library: what is not to be forgotten."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One picture that a person judged. Labels are in lower case, as ``str.casefold`` makes it.

    ``caption`` is empty where nobody approved or wrote one; ``said`` is what the machine had said. ``right`` labels
    stand on the photo by a person's leave, ``added`` are those of them that a person put in, ``wrong`` were taken out.
    ``reviewed``: a person approved the words as a whole, so that a label that is not there is not missing.
    """

    photo: Photo
    identity: str
    caption: str = ""
    said: str = ""
    right: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()
    reviewed: bool = False

    @property
    def edited(self) -> bool:
        """Whether the caption is a person's own."""
        return bool(self.caption) and self.caption != self.said


@dataclass(frozen=True, slots=True)
class Corrections:
    """What was said in all libraries, one entry a picture, and photos of the rest by path and identity.

    ``spelling`` says how a person wrote each label that was added.
    """

    judged: tuple[Judged, ...] = ()
    others: tuple[tuple[Photo, str], ...] = ()
    counts: "Counts" = field(default_factory=lambda: Counts())
    spelling: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many photos were approved as they were, edited, rejected; how many tags were put in and taken out."""

    approved: int = 0
    edited: int = 0
    rejected: int = 0
    tags_added: int = 0
    tags_removed: int = 0

    @property
    def corrected(self) -> int:
        """Photos that something can be learned from."""
        return self.approved + self.edited


def collect(indexes: Iterable[SqliteIndex], *, others: int = OTHERS) -> Corrections:
    """Read what a person said in the libraries of these open indexes. Raises RunError."""
    found: dict[str, Judged] = {}
    rest: dict[str, Photo] = {}
    counts: Counter[str] = Counter()
    spelling: dict[str, Counter[str]] = {}
    for index in indexes:
        with index.reading() as connection:
            judged, unjudged = reading.judged(connection), reading.unjudged(connection, others)
        for start in range(0, len(judged), 200):
            for row in index.rows(judged[start : start + 200]):
                _count(row, counts)
                for label in row.correction.added:
                    spelling.setdefault(label.casefold(), Counter())[label] += 1
                if row.state is not State.REJECTED:
                    found.setdefault(row.identity, _judged(row))
        for start in range(0, len(unjudged), 200):
            rest |= {row.identity: row.photo for row in index.rows(unjudged[start : start + 200])}
    kept = sorted(identity for identity in rest if identity not in found)[:others]
    return Corrections(
        tuple(found.values()),
        tuple((rest[identity], identity) for identity in kept),
        Counts(**counts),
        {label: written.most_common(1)[0][0] for label, written in spelling.items()},
    )


def most_telling(judged: Sequence[Judged], most: int) -> tuple[Judged, ...]:
    """At most so many: those with tags or captions of the person's own first, then those approved as they were."""
    if len(judged) <= most:
        return tuple(judged)
    ordered = sorted(judged, key=lambda one: (not (one.added or one.wrong), not one.edited, one.identity))
    return tuple(ordered[:most])


def _count(row: IndexEntry, counts: Counter[str]) -> None:
    if row.state is State.REJECTED:
        counts["rejected"] += 1
        return
    counts["edited" if row.correction else "approved"] += 1
    counts["tags_added"] += len(row.correction.added)
    counts["tags_removed"] += len(row.correction.rejected)


def _judged(row: IndexEntry) -> Judged:
    reviewed = row.state is State.APPROVED
    added = frozenset(label.casefold() for label in row.correction.added)
    standing = frozenset(tag.label.casefold() for tag in row.caption.tags) if reviewed else frozenset()
    return Judged(
        row.photo,
        row.identity,
        caption=row.caption.text if reviewed else "",
        said=row.correction.caption or row.caption.text,
        right=standing | added,
        added=added,
        wrong=frozenset(tag.label.casefold() for tag in row.correction.rejected),
        reviewed=reviewed,
    )
