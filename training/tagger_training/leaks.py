"""Photos that are the same picture in two splits: what is measured on such a split is too good. Knows no model.

Two pictures are the same where their files are, or where the signs of 256 differences of brightness nearly all agree.
The hashes are kept in the feature cache, so that a photo is decoded for them once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.bundle import ImageSpec
from tagger.captioning.image import decode_image
from tagger.core.errors import PhotoError
from tagger_training.feature_store import FeatureStore, photo_key

NEAR = 20
"""Bits of 256 in which the difference hashes of two pictures may differ for one to be a copy of the other."""

_SIDE = 16
_SPEC = ImageSpec(_SIDE + 1)
_GREY = np.array([0.299, 0.587, 0.114], np.float32)
_PAIRS = 1 << 22  # pairs of pictures compared at once
_KEPT = 256  # hashes written to the cache at once


@dataclass(frozen=True, slots=True)
class Seen:
    """One photo that was looked at: SHA-256 of its file, and the difference hash (32 bytes) of its picture."""

    path: Path
    key: str
    bits: NDArray[np.uint8]


Leak = tuple[Path, Path, int]
"""Two photos of different splits that are the same picture, and the number of bits in which their hashes differ."""


def look(path: Path) -> Seen:
    """Read and decode one photo. Raises PhotoError."""
    return Seen(path, photo_key(path), _hashed(path))


def difference_hash(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """256 bits, as 32 bytes, of a picture (17, 17, 3): whether each cell is brighter than its right neighbour.

    Source: N. Krawetz, "Kind of Like That" (dHash), on 16 x 16 cells.
    """
    grey = rgb.astype(np.float32) @ _GREY
    return np.packbits(grey[:_SIDE, :_SIDE] > grey[:_SIDE, 1:])


def leaks(seen: Mapping[str, Sequence[Seen]]) -> tuple[Leak, ...]:
    """Every pair of the same picture in two splits of ``seen``."""
    return tuple(leak for one, other in combinations(seen.values(), 2) for leak in _near_pairs(one, other))


def look_at_splits(
    splits: Mapping[str, Sequence[Path]], cache: Path, *, jobs: int, progress: Callable[[int, int], None]
) -> dict[str, list[Seen]]:
    """Every photo of ``splits`` that can be read, with the hashes that ``cache`` holds already.

    ``progress(done, total)`` counts photos.
    """
    cache.mkdir(parents=True, exist_ok=True)
    store = FeatureStore(cache / "pictures.u8", cache / "pictures.photos", (_SIDE * _SIDE // 8,), np.uint8)
    total, done = sum(map(len, splits.values())), 0
    found: dict[str, list[Seen]] = {}

    def seen(path: Path) -> tuple[Path, str, NDArray[np.uint8] | None]:
        """Its hash is None where the cache holds it; its key is empty where it cannot be read."""
        try:
            key = photo_key(path)
            return path, key, None if key in store.rows else _hashed(path)
        except PhotoError:
            return path, "", None

    with ThreadPoolExecutor(jobs) as pool:
        for split, paths in splits.items():
            named: list[tuple[Path, str]] = []
            fresh: dict[str, NDArray[np.uint8]] = {}
            for path, key, bits in pool.map(seen, paths):
                done += 1
                progress(done, total)
                if key:
                    named.append((path, key))
                if bits is not None:
                    fresh[key] = bits
                if len(fresh) >= _KEPT:
                    store.append(list(fresh), np.stack(list(fresh.values())))
                    fresh = {}
            if fresh:
                store.append(list(fresh), np.stack(list(fresh.values())))
            rows = store.rows_of([key for _, key in named])
            found[split] = [Seen(path, key, bits) for (path, key), bits in zip(named, rows, strict=True)]
    return found


def _hashed(path: Path) -> NDArray[np.uint8]:
    try:
        return difference_hash(decode_image(path.read_bytes(), _SPEC, path))
    except OSError as error:
        raise PhotoError(path, f"cannot be read: {error.strerror}") from error


def _near_pairs(one: Sequence[Seen], other: Sequence[Seen]) -> Iterator[Leak]:
    if not one or not other:
        return
    mine, theirs = (np.stack([seen.bits for seen in split]).view(np.uint64) for split in (one, other))
    # A picture without structure (a white page) hashes like any other such: it is compared by its bytes alone.
    flat = [np.bitwise_count(part).sum(axis=1, dtype=np.int32) < NEAR for part in (mine, theirs)]
    by_key = {seen.key: column for column, seen in enumerate(other)}
    for row, seen in enumerate(one):
        if flat[0][row] and seen.key in by_key:
            yield seen.path, other[by_key[seen.key]].path, 0
    block = max(1, _PAIRS // len(theirs))
    for start in range(0, len(mine), block):
        rows = slice(start, start + block)
        distance = sum(
            np.bitwise_count(mine[rows, None, word] ^ theirs[None, :, word]).astype(np.int16)
            for word in range(mine.shape[1])
        )
        near = (distance <= NEAR) & ~flat[0][rows, None] & ~flat[1][None, :]
        for row, column in zip(*np.nonzero(near), strict=True):
            yield one[start + row].path, other[column].path, int(distance[row, column])
