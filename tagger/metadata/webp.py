"""WebP as a container: RIFF chunks with their byte offsets, never pixels. Knows nothing of what the blocks say.

Picture data is the size of the canvas and the chunks ALPH, VP8, VP8L, ANIM and ANMF.

Source: WebP Container Specification (developers.google.com/speed/webp/docs/riff_container), VP8 data format
(RFC 6386 section 9.1), WebP Lossless Bitstream Specification section 3.
"""

import struct
from dataclasses import dataclass, replace
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata import chunks
from tagger.metadata.chunks import Chunk
from tagger.metadata.contents import Blocks, Limits

LIMITS = Limits(exif=chunks.MOST_BYTES, xmp=chunks.MOST_BYTES, photoshop=0)
ALPHA_FLAG, EXIF_FLAG, XMP_FLAG = 0x10, 0x08, 0x04
XMP = b"XMP "
VP8X = b"VP8X"

_XMP_KINDS = frozenset({XMP, b"XMP\0"})  # the second one from early writers
_BITMAPS = frozenset({b"VP8 ", b"VP8L"})
_PICTURE = _BITMAPS | {b"ALPH", b"ANIM", b"ANMF"}
_KNOWN = _PICTURE | _XMP_KINDS | {VP8X, b"ICCP", b"EXIF"}
_HEADER = 12  # bytes: RIFF, size, WEBP


@dataclass(frozen=True, slots=True)
class Webp:
    """A parsed file: ``chunks`` (each with its padding) up to ``end``, where the RIFF container ends; those of ours.

    ``extended`` is the VP8X chunk; None in a simple file, which is one VP8 or VP8L chunk. ``refusal`` is why nothing
    may be written into the file, if so.
    """

    data: bytes
    chunks: tuple[Chunk, ...]
    end: int
    width: int
    height: int
    extended: Chunk | None
    exif: Chunk | None
    xmp: Chunk | None
    refusal: NotEmbeddable | None

    def payload(self, chunk: Chunk) -> bytes:
        """Return what a chunk holds, without its padding."""
        return _payload(self.data, chunk)

    @property
    def picture(self) -> tuple[Chunk, ...]:
        """The chunks that are picture data, in file order."""
        return tuple(chunk for chunk in self.chunks if chunk.kind in _PICTURE)

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the canvas size and the chunks that are picture data."""
        return chunks.sha256(self.data, self.picture, prefix=struct.pack("<II", self.width, self.height))

    def same_picture(self, other: "Webp") -> bool:
        """Say whether both hold the same picture data, comparing every byte."""
        same_size = (self.width, self.height) == (other.width, other.height)
        return same_size and chunks.same(self.data, self.picture, other.data, other.picture)

    def blocks(self) -> Blocks:
        """Return the metadata blocks that we edit or look at."""
        block = None
        if self.exif is not None:
            payload = self.payload(self.exif)
            block = payload.removeprefix(chunks.exif_prefix(payload))
        return Blocks(exif=block, xmp=self.payload(self.xmp) if self.xmp else None)

    def header(self) -> bytes:
        """Return what the VP8X chunk holds; for a simple file, what it would hold without any metadata."""
        return self.payload(self.extended) if self.extended else self.plain_header() or b""

    def plain_header(self) -> bytes | None:
        """Return what VP8X would hold for the picture alone; None where the picture needs that chunk."""
        others = [chunk for chunk in self.chunks if chunk not in (self.extended, self.exif, self.xmp)]
        if others[0].kind not in _BITMAPS or any(c.kind in _PICTURE | {b"ICCP"} for c in others[1:]):
            return None
        bitmap = _bitmap(others[0].kind, self.payload(others[0]))
        if bitmap is None:
            return None
        width, height, alpha = bitmap
        flags = ALPHA_FLAG if alpha else 0
        return struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def matches(data: bytes) -> bool:
    """Say whether a file begins as a WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def parse(
    path: Path,
    data: bytes,
    *,
    like: Webp | None = None,  # noqa: ARG001 - a walk from length to length: nothing to be faster at
) -> Webp:
    """Find the chunks of the WebP ``data``; ``path`` is for messages only.

    Raises PhotoError for anything that is not one whole, sound WebP.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if not matches(data) or end > len(data):
        raise PhotoError(path, "truncated WebP: the file ends before its picture does", "an interrupted copy?")
    found = _chunks(path, data, end)
    if not found or found[0].kind not in _BITMAPS | {VP8X} or any(chunk.kind == VP8X for chunk in found[1:]):
        raise _damaged(path, "it does not begin with one header")
    pictures = [chunk for chunk in found if chunk.kind in _PICTURE]
    if not any(chunk.kind in _BITMAPS | {b"ANMF"} for chunk in pictures):
        raise _damaged(path, "it holds no picture data")
    exif = [chunk for chunk in found if chunk.kind == b"EXIF"]
    xmp = [chunk for chunk in found if chunk.kind in _XMP_KINDS]
    extended = found[0] if found[0].kind == VP8X else None
    size = _size(path, data, found[0])
    reason = chunks.ambiguous(exif, "EXIF", path) or chunks.ambiguous(xmp, "XMP", path)
    if xmp and chunks.is_too_large(_payload(data, xmp[0])):
        reason, xmp = reason or chunks.too_large(path), []
    webp = Webp(data, found, end, *size, extended, next(iter(exif), None), next(iter(xmp), None), reason)
    return replace(webp, refusal=reason or _in_the_way(path, webp))


def refusal(webp: Webp) -> NotEmbeddable | None:
    """Return why no chunk of ours may be written: it would be ambiguous, or not where the file's own order has it."""
    return webp.refusal


def _in_the_way(path: Path, webp: Webp) -> NotEmbeddable | None:
    hint = "a sidecar may serve"
    if webp.data[webp.end : webp.end + 4] in _KNOWN:
        return NotEmbeddable(path, "chunks lie behind the end that the WebP states", hint)
    if webp.chunks[-1].end > webp.end:
        return NotEmbeddable(path, "the last chunk of the WebP lacks its padding", hint)
    if webp.extended is None and webp.plain_header() is None:
        return NotEmbeddable(path, "the WebP lacks the header that its chunks call for", hint)
    return None


def _payload(data: bytes, chunk: Chunk) -> bytes:
    length = int.from_bytes(data[chunk.start + 4 : chunk.start + 8], "little")
    return data[chunk.start + 8 : chunk.start + 8 + length]


def _damaged(path: Path, cause: str) -> PhotoError:
    return PhotoError(path, f"damaged WebP: {cause}", "it may not open elsewhere either")


def _chunks(path: Path, data: bytes, end: int) -> tuple[Chunk, ...]:
    """Walk from chunk to chunk up to the end of the container."""
    found: list[Chunk] = []
    pos = _HEADER
    while pos < end:
        length = int.from_bytes(data[pos + 4 : pos + 8], "little")
        last = pos + 8 + length
        if pos + 8 > end or last > end:
            raise _damaged(path, f"the chunk at byte {pos} runs past the end")
        found.append(Chunk(data[pos : pos + 4], pos, last + last % 2))
        pos = found[-1].end
        if len(found) > chunks.MOST_CHUNKS:
            raise _damaged(path, "it is cut into more chunks than any program makes")
    return tuple(found)


def _size(path: Path, data: bytes, first: Chunk) -> tuple[int, int]:
    payload = _payload(data, first)
    if first.kind == VP8X:
        if len(payload) != 10:
            raise _damaged(path, "its header has a wrong length")
        width, height = (int.from_bytes(payload[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height
    bitmap = _bitmap(first.kind, payload)
    if bitmap is None:
        raise _damaged(path, "it does not say how large the picture is")
    return bitmap[:2]


def _bitmap(kind: bytes, payload: bytes) -> tuple[int, int, bool] | None:
    """Return width, height (pixels) and transparency of a VP8 key frame or a VP8L picture; None where it is neither."""
    if kind == b"VP8 " and len(payload) >= 10 and payload[3:6] == b"\x9d\x01\x2a" and not payload[0] & 1:
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", payload, 6))
        return (width, height, False) if width and height else None
    if kind == b"VP8L" and len(payload) >= 5 and payload[0] == 0x2F:
        bits = int.from_bytes(payload[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    return None
