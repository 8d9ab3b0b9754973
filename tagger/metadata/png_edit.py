"""From new metadata blocks to the smallest splices of a PNG. Knows where a block belongs, not what it says."""

import zlib

from tagger.core.changes import Splice
from tagger.metadata import chunks, png_text
from tagger.metadata.contents import Blocks
from tagger.metadata.png import Png
from tagger.metadata.splices import merged

# Before the picture, because many readers look no further; and before iDOT, which counts the bytes from itself to IDAT.
_PLACE = frozenset({b"IDAT", b"fcTL", b"fdAT", b"iDOT"})
_XMP_HEAD = png_text.XMP_KEYWORD + b"\0\0\0\0\0"  # not compressed, no language, no translated keyword


def splices(png: Png, after: Blocks) -> tuple[Splice, ...]:
    """Return the splices that give ``png`` the blocks ``after``; none where they are what it has.

    A block of None removes its chunk. A chunk that is there stays in its place, also behind the picture; new ones go
    before it. XMP that was compressed is written as plain text, as its specification asks.
    """
    before = png.blocks()
    place = next(chunk.start for chunk in png.chunks if chunk.kind in _PLACE)
    found: list[Splice] = []
    if after.exif != before.exif:
        prefix = chunks.exif_prefix(png.payload(png.exif)) if png.exif else b""
        new = b"" if after.exif is None else _wrap(b"eXIf", prefix + after.exif)
        found += chunks.edited(png.data, png.exif, place, new, tail=4, in_place=True)
    if after.xmp != before.xmp:
        head = png.packet.head if png.packet else _XMP_HEAD
        new = b"" if after.xmp is None else _wrap(b"iTXt", head + after.xmp)
        found += chunks.edited(png.data, png.xmp, place, new, tail=4)
    return tuple(merged(iter(sorted(found, key=lambda splice: splice.offset))))


def foreign(png: Png) -> list[bytes]:
    """Return every chunk that is neither picture data nor ours, and what follows the end of the PNG."""
    known = {chunk for chunk in (*png.picture, png.exif, png.xmp) if chunk is not None}
    others = [png.data[chunk.start : chunk.end] for chunk in png.chunks if chunk not in known]
    return [*others, png.data[png.chunks[-1].end :]]


def _wrap(kind: bytes, payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + kind + payload + zlib.crc32(kind + payload).to_bytes(4, "big")
