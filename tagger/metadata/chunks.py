"""Files that are runs of chunks (PNG, WebP): the picture among them, and edits of one. Knows neither format."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.core.changes import Splice
from tagger.core.errors import NotEmbeddable
from tagger.metadata.splices import differences, trimmed

EXIF_PREFIX = b"Exif\0\0"
MOST_CHUNKS = 300_000
"""Chunks in one file: no writer makes as many, and more would take seconds and gigabytes."""
MOST_BYTES = 16 << 20
"""Bytes in one metadata block: a compressed one may claim any size."""
_MOST_TAGS = 500_000  # of XML; each becomes an element in memory


@dataclass(frozen=True, slots=True)
class Chunk:
    """``data[start:end]``: a chunk with all that frames it; ``kind`` are its four letters."""

    kind: bytes
    start: int
    end: int


def sha256(data: bytes, picture: Sequence[Chunk], *, prefix: bytes = b"") -> str:
    """Return the SHA-256 (hex) of ``prefix`` and the bytes of the chunks."""
    digest = hashlib.sha256(prefix)
    view = memoryview(data)
    for chunk in picture:
        digest.update(view[chunk.start : chunk.end])
    return digest.hexdigest()


def same(data: bytes, picture: Sequence[Chunk], other: bytes, others: Sequence[Chunk]) -> bool:
    """Say whether the chunks hold the same bytes in both files."""
    if [chunk.end - chunk.start for chunk in picture] != [chunk.end - chunk.start for chunk in others]:
        return False
    # A slice of bytes, not a view: copying and comparing it is many times faster than comparing views.
    pairs = zip(picture, others, strict=True)
    return all(data.startswith(other[theirs.start : theirs.end], mine.start) for mine, theirs in pairs)


def ambiguous(found: Sequence[Chunk], name: str, path: Path) -> NotEmbeddable | None:
    """Return why chunks that hold the same kind of block cannot be edited; None where there is one at most."""
    if len(found) > 1:
        return NotEmbeddable(path, f"the file holds more than one {name} block", "which one counts is not defined")
    return None


def exif_prefix(payload: bytes) -> bytes:
    """Return what some writers put before the TIFF block, as in a JPEG; empty for most."""
    return EXIF_PREFIX if payload.startswith(EXIF_PREFIX) else b""


def is_too_large(packet: bytes) -> bool:
    """Say whether an XMP packet is so large that parsing it would take seconds and gigabytes."""
    return len(packet) > MOST_BYTES or packet.count(b"<") > _MOST_TAGS


def too_large(path: Path) -> NotEmbeddable:
    """Make the error for a block that is larger than any that belongs to a photo."""
    return NotEmbeddable(path, "the XMP in the file is too large to edit", "a sidecar may serve")


def edited(
    data: bytes, chunk: Chunk | None, place: int, new: bytes, *, tail: int = 0, in_place: bool = False
) -> Iterator[Splice]:
    """Yield the splices that make ``chunk`` the whole chunk ``new``; an empty one removes it.

    Without ``chunk`` the new one is put in at ``place``. A chunk begins with eight bytes of kind and length and ends in
    ``tail`` bytes that depend on the rest; ``in_place`` says that most bytes stay at their offset.
    """
    if chunk is None or not new:
        start, end = (place, place) if chunk is None else (chunk.start, chunk.end)
        if start < end or new:
            yield Splice(start, data[start:end], new)
        return
    old = data[chunk.start : chunk.end]
    body = differences if in_place else trimmed
    yield from trimmed(chunk.start, old[:8], new[:8])
    yield from body(chunk.start + 8, old[8 : len(old) - tail], new[8 : len(new) - tail])
    yield from trimmed(chunk.end - tail, old[len(old) - tail :], new[len(new) - tail :])
