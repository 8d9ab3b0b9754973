"""What is wrong with a data set before hours are spent on it: missing, broken and doubled photos, leaking splits.

Knows no model. Every photo is opened once, in parallel.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.bundle import ImageSpec
from tagger.captioning.image import decode_image
from tagger.core.errors import PhotoError
from tagger_training.datasets import CaptionedPhoto, DataSet

NEAR = 20
"""Bits of 256 in which the difference hashes of two pictures may differ for one to be a copy of the other."""

_SIDE = 16
_SPEC = ImageSpec(_SIDE + 1)
_GREY = np.array([0.299, 0.587, 0.114], np.float32)
_BLOCK = 256  # rows of one split compared at once with all of another


@dataclass(frozen=True, slots=True)
class SplitReport:
    """One split in numbers; ``words`` counts distinct ones, lower case, between white space."""

    photos: int
    captions: int
    words: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a data set holds, and what is wrong with it.

    ``doubled`` are groups of photos with the same bytes; ``leaks`` pairs of photos in different splits that show the
    same picture (same bytes, or difference hashes at most ``NEAR`` bits apart), with the number of bits.
    """

    splits: dict[str, SplitReport]
    missing: int
    empty: int
    broken: tuple[PhotoError, ...]
    doubled: tuple[tuple[Path, ...], ...]
    leaks: tuple[tuple[Path, Path, int], ...]


def inspect(data: DataSet, *, jobs: int, progress: Callable[[int, int], None]) -> Report:
    """Open every photo of ``data`` with ``jobs`` threads; ``progress(done, total)`` counts photos."""
    photos = [(split, photo) for split, members in data.splits.items() for photo in members]
    broken: list[PhotoError] = []
    by_bytes: dict[str, list[Path]] = {}
    hashes: dict[str, list[tuple[Path, NDArray[np.uint8]]]] = {split: [] for split in data.splits}
    with ThreadPoolExecutor(jobs) as pool:
        for done, ((split, photo), seen) in enumerate(zip(photos, pool.map(_look, photos), strict=True), start=1):
            if isinstance(seen, PhotoError):
                broken.append(seen)
            else:
                by_bytes.setdefault(seen[0], []).append(photo.path)
                hashes[split].append((photo.path, seen[1]))
            progress(done, len(photos))
    return Report(
        splits={split: _counted(members) for split, members in data.splits.items()},
        missing=data.missing,
        empty=data.empty,
        broken=tuple(broken),
        doubled=tuple(tuple(paths) for paths in by_bytes.values() if len(paths) > 1),
        leaks=tuple(leak for one, other in combinations(hashes.values(), 2) for leak in _near_pairs(one, other)),
    )


def difference_hash(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """256 bits, as 32 bytes, of a picture (17, 17, 3): whether each cell is brighter than its right neighbour.

    Source: N. Krawetz, "Kind of Like That" (dHash), on 16 x 16 cells.
    """
    grey = rgb.astype(np.float32) @ _GREY
    return np.packbits(grey[:_SIDE, :_SIDE] > grey[:_SIDE, 1:])


def _look(item: tuple[str, CaptionedPhoto]) -> tuple[str, NDArray[np.uint8]] | PhotoError:
    path = item[1].path
    try:
        content = path.read_bytes()
        return hashlib.sha256(content).hexdigest(), difference_hash(decode_image(content, _SPEC, path))
    except OSError as error:
        return PhotoError(path, f"cannot be read: {error.strerror}")
    except PhotoError as error:
        return error


def _counted(photos: Iterable[CaptionedPhoto]) -> SplitReport:
    members = list(photos)
    texts = [caption.split() for photo in members for caption in photo.captions]
    words = Counter(word.lower() for text in texts for word in text)
    lengths = [len(text) for text in texts] or [0]
    return SplitReport(len(members), len(texts), len(words), min(lengths), max(lengths))


def _near_pairs(
    one: list[tuple[Path, NDArray[np.uint8]]], other: list[tuple[Path, NDArray[np.uint8]]]
) -> Iterator[tuple[Path, Path, int]]:
    if not one or not other:
        return
    mine, theirs = np.stack([bits for _, bits in one]), np.stack([bits for _, bits in other])
    # A picture without structure (a white page) hashes like any other such: it is compared by its bytes alone.
    flat = [np.bitwise_count(part).sum(axis=1) < NEAR for part in (mine, theirs)]
    for start in range(0, len(mine), _BLOCK):
        block = mine[start : start + _BLOCK]
        distance = np.bitwise_count(block[:, None, :] ^ theirs[None, :, :]).sum(axis=2, dtype=np.int32)
        near = (distance <= NEAR) & ~flat[0][start : start + _BLOCK, None] & ~flat[1][None, :]
        for row, column in zip(*np.nonzero(near), strict=True):
            yield one[start + row][0], other[column][0], int(distance[row, column])
