"""Photos that look alike: the nearest to one photo, copies of the same picture, and versions of it.

What photos look like is found out when they are captioned; for those of older runs ``Likeness.update`` does it now.
Decides nothing and deletes nothing. How good it is: docs/similar.md.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tagger.captioning.dimensions import dimensions
from tagger.captioning.features import Codes, take_apart
from tagger.core.errors import PhotoError
from tagger.core.records import IndexEntry, Outcome, OutcomeKind, Photo
from tagger.stages import failed

if TYPE_CHECKING:
    from array import array

    from numpy.typing import NDArray

    from tagger.core.protocols import StopEvent
    from tagger.lazy import LazyCaptioner
    from tagger.storage.index import SqliteIndex

NEAR_HASH, NEAR_COSINE = 14, 0.65
"""Two photos are versions of one picture: at most so many bits of the hash differ, features are at least so close."""

_BATCH = 16
_CANDIDATES = 1000
_PAIRS_AT_ONCE = 250_000  # fits into a processor's own memory


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A photo, and how much it looks like the one that was asked for: the cosine between their features, up to 1."""

    entry: IndexEntry
    similarity: float


@dataclass(frozen=True, slots=True)
class Member:
    """A photo of a group: ``width`` and ``height`` in pixels, as stored; None where they are not known."""

    entry: IndexEntry
    dimensions: tuple[int, int] | None
    similarity: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """Photos of one picture, the largest first; ``exact``: their compressed picture data is the same to the byte."""

    members: tuple[Member, ...]
    exact: bool


class Likeness:
    """What the photos of the library at ``root`` look like to one model. Raises RunError.

    ``jobs`` loader threads read photos whose features are still missing.
    """

    def __init__(self, root: Path, index: "SqliteIndex", captioner: "LazyCaptioner", *, jobs: int = 2) -> None:
        self._root, self._index, self._captioner, self._jobs = root, index, captioner, jobs

    def missing(self) -> "array[int]":
        """The index's rows of photos whose features this model has not found yet, one a picture."""
        return self._index.features.missing(self._captioner.model_id)

    def update(self, rows: Sequence[int], stop: "StopEvent") -> Iterator[Outcome]:
        """Find the features of photos, a batch at a time; what is done is kept when ``stop`` ends it."""
        with ThreadPoolExecutor(max(1, self._jobs), "tagger-load") as loaders:
            waiting = iter(rows)
            while not stop.is_set() and (page := list(islice(waiting, _BATCH))):
                entries = self._index.rows(page)
                loaded = list(loaders.map(self._load, entries))
                good = [
                    (entry, values)
                    for entry, values in zip(entries, loaded, strict=True)
                    if not isinstance(values, Outcome)
                ]
                features = self._captioner.describe([values for _, values in good])
                found = [(entry.identity, own) for (entry, _), own in zip(good, features, strict=True)]
                self._index.features.put(self._captioner.model_id, found)
                yield from (
                    values if isinstance(values, Outcome) else Outcome(OutcomeKind.INDEXED, entry.photo.path)
                    for entry, values in zip(entries, loaded, strict=True)
                )

    def _load(self, entry: IndexEntry) -> "NDArray[np.float32] | Outcome":
        try:
            return self._captioner.prepare(entry.photo)
        except PhotoError as error:
            return failed(error, entry.photo.path)

    def features(self, photo: Photo) -> bytes:
        """The features of any photo: those of its row while the file is what the row says, else found now.

        Raises PhotoError.
        """
        if photo.path.is_relative_to(self._root):
            entry = self._index.get(photo.path)
            if entry is not None and entry.photo == photo:
                kept = self._index.features.get(self._captioner.model_id, entry.identity)
                if kept is not None:
                    return kept
        return self._captioner.describe([self._captioner.prepare(photo)])[0]

    def nearest(self, features: bytes, *, limit: int, without: Path | None = None) -> list[Neighbour]:
        """The photos whose features are closest, the closest first; all photos of the library that have features.

        A thousand are chosen by the signs of the coordinates alone, and put in order by all that is known.
        """
        ids, codes = self._codes()
        wanted = take_apart(np.frombuffer(features, np.uint8)[None])
        if not len(codes) or codes.count != wanted.count:
            return []
        distances = codes.distances(wanted.signs[0])
        most = min(len(codes), max(_CANDIDATES, 20 * limit))
        chosen = np.argpartition(distances, most - 1)[:most]
        cosines = codes.values(chosen) @ wanted.values(slice(None))[0]
        order = np.argsort(-cosines, kind="stable")[: 2 * limit + 10]
        nearest = {ids[int(chosen[at])]: float(min(1.0, cosines[at])) for at in order}
        found: list[Neighbour] = []
        rows = self._index.features.photos(list(nearest))
        for one, similarity in nearest.items():
            found += [
                Neighbour(entry, similarity) for entry in self._index.rows(rows[one]) if entry.photo.path != without
            ]
        return found[:limit]

    def copies(self) -> Iterator[Group]:
        """Photos whose compressed picture data is the same, whatever their metadata."""
        for rows in self._index.features.copies():
            yield _group([_member(entry, 1.0) for entry in self._index.rows(rows)], exact=True)

    def versions(self, stop: "StopEvent") -> Iterator["Group | float"]:
        """Photos of one picture in other sizes, compressions, crops or brightness; copies too.

        Every pair of hashes is compared. Yields how much of that is done (0 to 1) now and then, then the groups: each
        photo is in one at most, close to the largest of it.
        """
        ids, codes = self._codes()
        pairs: list[NDArray[np.intp]] = []
        for done, found in _close_pairs(codes):
            pairs.append(found)
            yield done
            if stop.is_set():
                return
        close: dict[int, dict[int, float]] = {}
        for block in pairs:
            for start in range(0, len(block), _CANDIDATES):
                some = block[start : start + _CANDIDATES]
                cosines = (codes.values(some[:, 0]) * codes.values(some[:, 1])).sum(axis=1)
                for (one, other), similarity in zip(some.tolist(), cosines.tolist(), strict=True):
                    if similarity >= NEAR_COSINE:
                        close.setdefault(one, {})[other] = min(1.0, similarity)
                        close.setdefault(other, {})[one] = min(1.0, similarity)
        yield from self._grouped(ids, close)

    def _grouped(self, ids: "array[int]", close: dict[int, dict[int, float]]) -> Iterator[Group]:
        """Groups around the largest photos, so that no chain of likenesses joins what is not alike."""
        copied = {rows[0]: rows for rows in self._index.features.copies()}
        rows = self._index.features.photos([ids[one] for one in close])
        members = {one: [_member(entry, 1.0) for entry in self._index.rows(rows[ids[one]])] for one in close}
        taken: set[int] = set()
        seen: set[int] = set()
        heads = sorted((one for one in members if members[one]), key=lambda one: _rank(members[one][0]))
        for head in heads:
            if head in taken:
                continue
            others = [one for one in close[head] if one not in taken and members[one]]
            taken.update([head, *others])
            found = list(members[head])
            for one in others:
                found += [Member(m.entry, m.dimensions, close[head][one]) for m in members[one]]
            seen.update(row for one in (head, *others) for row in rows[ids[one]])
            if len(found) > 1:
                yield _group(found, exact=False)
        for first, same in copied.items():
            if first not in seen:
                yield _group([_member(entry, 1.0) for entry in self._index.rows(same)], exact=True)

    def _codes(self) -> "tuple[array[int], Codes]":
        matrix = self._index.features.load(self._captioner.model_id)
        return matrix.ids, take_apart(matrix.vectors)


def _close_pairs(codes: Codes) -> Iterator[tuple[float, "NDArray[np.intp]"]]:
    """Pairs of photos (M, 2) whose hashes are close, block by block, and how much of the work is done by then."""
    hashes, count = codes.hashes, len(codes)
    done, whole = 0, max(1, count * (count - 1) // 2)
    start = 0
    while start < count - 1:
        rows = max(1, min(count - 1 - start, _PAIRS_AT_ONCE // (count - start)))
        differing = np.bitwise_count(hashes[start : start + rows, None] ^ hashes[None, start + 1 :])
        one, other = np.nonzero(differing <= NEAR_HASH)
        upper = other >= one  # the others come again as mirror images
        pairs = np.stack([one[upper] + start, other[upper] + start + 1], axis=1)
        start += rows
        done = whole - (count - start) * (count - start - 1) // 2
        yield min(1.0, done / whole), pairs


def _member(entry: IndexEntry, similarity: float) -> Member:
    return Member(entry, dimensions(entry.photo.path), similarity)


def _group(members: list[Member], *, exact: bool) -> Group:
    return Group(tuple(sorted(members, key=_rank)), exact)


def _rank(member: Member) -> tuple[int, int, bytes]:
    """The most pixels first, then the most bytes."""
    width, height = member.dimensions or (0, 0)
    return -width * height, -member.entry.photo.size, bytes(member.entry.photo.path)
