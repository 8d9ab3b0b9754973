"""PNG as a container: chunks with their byte offsets, never pixels. Knows nothing of what the blocks say.

Picture data is every critical chunk (IHDR, PLTE, IDAT, IEND, ...), transparency (tRNS), animation (acTL, fcTL, fdAT).
Colour spaces (gAMA, cHRM, sRGB, iCCP, cICP) are not, as in a JPEG: a photo with another profile is the same photo.

Source: PNG (third edition) sections 5, 11 and 13, XMP part 3 section 1.1.5. Apple's iDOT has no public specification:
it holds distances from itself to IDAT chunks, so nothing between them may change its length.
"""

import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata import chunks, png_text
from tagger.metadata.chunks import Chunk
from tagger.metadata.contents import Blocks, Limits
from tagger.metadata.png_text import Profiles, Text

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LIMITS = Limits(exif=chunks.MOST_BYTES, xmp=chunks.MOST_BYTES, photoshop=0)
PICTURE = frozenset({b"tRNS", b"acTL", b"fcTL", b"fdAT"})
"""Chunks that shape the picture, besides the critical ones."""

_RUNS = frozenset({b"IDAT", b"fdAT"})
_MOST_LENGTH = (1 << 31) - 1
_FRAME = 12  # bytes: length, kind, CRC
_ODD_EXIF = frozenset({b"exif", b"zxif"})  # in lower case
_INCH = 0.0254  # metres


@dataclass(frozen=True, slots=True)
class Png:
    """A parsed file: ``chunks`` up to IEND, where a run of IDAT or fdAT chunks counts as one; those of ours.

    ``packet`` is the XMP, inflated where it was compressed. ``old`` are profiles in old forms that are in the way;
    ``refusal`` is why nothing may be written into the file, if so.
    """

    data: bytes
    chunks: tuple[Chunk, ...]
    width: int
    height: int
    exif: Chunk | None
    xmp: Chunk | None
    packet: Text | None
    old: Profiles
    refusal: NotEmbeddable | None

    def payload(self, chunk: Chunk) -> bytes:
        """Return what lies between a chunk's kind and its CRC."""
        return self.data[chunk.start + 8 : chunk.end - 4]

    @property
    def picture(self) -> tuple[Chunk, ...]:
        """The chunks that are picture data, in file order."""
        return tuple(chunk for chunk in self.chunks if _is_picture(chunk.kind))

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the chunks that are picture data."""
        return chunks.sha256(self.data, self.picture)

    def same_picture(self, other: "Png") -> bool:
        """Say whether both hold the same picture data, comparing every byte."""
        return chunks.same(self.data, self.picture, other.data, other.picture)

    def blocks(self) -> Blocks:
        """Return the metadata blocks that we edit or look at; profiles in an old form where nothing may be written."""
        block, packet = self.old.exif, self.old.xmp
        if self.exif is not None and block is None:
            payload = self.payload(self.exif)
            block = payload.removeprefix(chunks.exif_prefix(payload))
        if self.packet is not None and packet is None:
            packet = self.packet.text
        return Blocks(exif=block, xmp=packet, photoshop=self.old.photoshop, density=self._density())

    def _density(self) -> tuple[int, int, int]:
        for chunk in self.chunks:
            payload = self.payload(chunk) if chunk.kind == b"pHYs" else b""
            if len(payload) == 9 and payload[8] == 1:  # per metre
                x, y = (round(int.from_bytes(payload[at : at + 4], "big") * _INCH) for at in (0, 4))
                if x and y:
                    return x, y, 2
        return 72, 72, 2  # Exif 2.32, XResolution: 72 per inch when unknown


def matches(data: bytes) -> bool:
    """Say whether a file begins as a PNG does, also one that was damaged by a transfer as text."""
    return data[:4] == SIGNATURE[:4]


def parse(path: Path, data: bytes, *, like: Png | None = None) -> Png:
    """Find the chunks of the PNG ``data``; ``path`` is for messages only. Nothing is inflated but the XMP.

    Where the IDAT chunks are those of ``like``, byte for byte, their CRCs are not computed again.
    Raises PhotoError for anything that is not one whole, sound PNG. The CRCs of foreign chunks are not looked at.
    """
    if not data.startswith(SIGNATURE):
        raise PhotoError(path, "damaged PNG: its first bytes are not as they were", "copied as text? Copy it again")
    found = _chunks(path, data, like)
    width, height = _size(path, data, found)
    exif = [chunk for chunk in found if chunk.kind == b"eXIf"]
    xmp = [chunk for chunk in found if _is_xmp(data, chunk.kind, chunk.start)]
    refusal = chunks.ambiguous(exif, "EXIF", path) or chunks.ambiguous(xmp, "XMP", path)
    packet = None
    try:
        packet = _packet(path, data, xmp[0]) if xmp else None
    except NotEmbeddable as error:
        refusal = refusal or error
    packets = {chunk.start for chunk in xmp}
    texts = (
        (c.kind, data[c.start + 8 : c.end - 4]) for c in found if c.kind in png_text.KINDS and c.start not in packets
    )
    old = png_text.profiles(texts, has_exif=bool(exif), has_xmp=bool(xmp), path=path)
    refusal = refusal or _in_the_way(path, found, [*exif, *xmp]) or old.refusal
    return Png(data, found, width, height, next(iter(exif), None), next(iter(xmp), None), packet, old, refusal)


def refusal(png: Png) -> NotEmbeddable | None:
    """Return why no chunk of ours may be written: it would be ambiguous, or hide others, or break them."""
    return png.refusal


def _is_picture(kind: bytes) -> bool:
    return kind[:1].isupper() or kind in PICTURE


def _is_xmp(data: bytes, kind: bytes, start: int) -> bool:
    return kind == b"iTXt" and data.startswith(png_text.XMP_KEYWORD + b"\0", start + 8)


def _is_sound(chunk: memoryview) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")


def _packet(path: Path, data: bytes, chunk: Chunk) -> Text:
    packet = png_text.parse(chunk.kind, data[chunk.start + 8 : chunk.end - 4], path)
    if chunks.is_too_large(packet.text):
        raise chunks.too_large(path)
    return packet


def _damaged(path: Path, cause: str) -> PhotoError:
    return PhotoError(path, f"damaged PNG: {cause}", "it may not open elsewhere either")


def _chunks(path: Path, data: bytes, like: Png | None) -> tuple[Chunk, ...]:
    """Walk from chunk to chunk up to IEND; check the CRCs of the picture and of what is ours."""
    known = iter([chunk for chunk in like.chunks if chunk.kind in _RUNS] if like else [])
    found: list[Chunk] = []
    pos, count = len(SIGNATURE), 0
    view = memoryview(data)
    while not found or found[-1].kind != b"IEND":
        kind, end = _chunk(path, data, pos)
        joins = kind in _RUNS and bool(found) and found[-1].kind == kind
        run = next(known, None) if kind in _RUNS and not joins else None
        if like is not None and run is not None and data.startswith(like.data[run.start : run.end], pos):
            end = pos + run.end - run.start
        elif (_is_picture(kind) or kind == b"eXIf" or _is_xmp(data, kind, pos)) and not _is_sound(view[pos:end]):
            raise _damaged(path, f"the checksum of {kind.decode()} at byte {pos} does not fit")
        if joins:
            found[-1] = Chunk(kind, found[-1].start, end)
        else:
            found.append(Chunk(kind, pos, end))
        pos, count = end, count + 1
        if count > chunks.MOST_CHUNKS:
            raise _damaged(path, "it is cut into more chunks than any program makes")
    return tuple(found)


def _chunk(path: Path, data: bytes, pos: int) -> tuple[bytes, int]:
    """Return the kind of the chunk at ``pos`` and where it ends."""
    length, kind = int.from_bytes(data[pos : pos + 4], "big"), data[pos + 4 : pos + 8]
    end = pos + _FRAME + length
    if len(kind) == 4 and (length > _MOST_LENGTH or not kind.isalpha()):
        raise _damaged(path, f"no chunk begins at byte {pos}")
    if end > len(data):
        raise PhotoError(
            path, f"truncated PNG: the chunk at byte {pos} runs past the end", "an interrupted copy? Copy it again"
        )
    return kind, end


def _size(path: Path, data: bytes, found: tuple[Chunk, ...]) -> tuple[int, int]:
    head = found[0]
    if head.kind != b"IHDR" or head.end - head.start != _FRAME + 13 or sum(c.kind == b"IHDR" for c in found) > 1:
        raise _damaged(path, "it does not begin with one header")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (head.start + 8, head.start + 12))
    if not 0 < width <= _MOST_LENGTH or not 0 < height <= _MOST_LENGTH:
        raise _damaged(path, "it does not say how large the picture is")
    if all(chunk.kind != b"IDAT" for chunk in found):
        raise _damaged(path, "it holds no picture data")
    return width, height


def _in_the_way(path: Path, found: tuple[Chunk, ...], ours: list[Chunk]) -> NotEmbeddable | None:
    """Return why an edit of ours could not be made without harm to another chunk."""
    hint = "a sidecar may serve"
    odd = next((chunk for chunk in found if chunk.kind != b"eXIf" and chunk.kind.lower() in _ODD_EXIF), None)
    if odd is not None:
        return NotEmbeddable(
            path, f"the file holds EXIF in a form that was never a standard ({odd.kind.decode()})", hint
        )
    if any(chunk.kind == b"dSIG" for chunk in found):
        return NotEmbeddable(path, "the file is signed, and an edit would break the signature", hint)
    pointers = next((chunk.start for chunk in found if chunk.kind == b"iDOT"), None)
    last = max(chunk.start for chunk in found if chunk.kind == b"IDAT")
    others = [chunk.kind for chunk in found if chunk not in ours]
    if any(kind in _RUNS and kind == following for kind, following in pairwise(others)):
        return NotEmbeddable(path, "EXIF or XMP stands amid the picture data, which PNG forbids", hint)
    if pointers is not None and any(pointers < chunk.start < last for chunk in ours):
        return NotEmbeddable(path, "EXIF or XMP stands where Apple's iDOT counts its bytes", hint)
    return None
