"""From new metadata blocks to the smallest splices of a WebP. Knows where a block belongs, not what it says.

Metadata needs the extended form, so a simple file gets a VP8X chunk with its first block. That chunk goes again with
the last block where it says nothing that the picture does not say itself: a simple file becomes what it was.

Source: WebP Container Specification, "Extended File Format".
"""

from tagger.core.changes import Splice
from tagger.metadata import chunks
from tagger.metadata.contents import Blocks
from tagger.metadata.splices import merged, trimmed
from tagger.metadata.webp import EXIF_FLAG, VP8X, XMP, XMP_FLAG, Webp

_FIRST = 12  # where the first chunk begins


def splices(webp: Webp, after: Blocks) -> tuple[Splice, ...]:
    """Return the splices that give ``webp`` the blocks ``after``; none where they are what it has.

    A block of None removes its chunk. A chunk that is there stays in its place; a new one goes behind the picture, EXIF
    before XMP. The flags in VP8X and the size in the RIFF header follow.
    """
    before = webp.blocks()
    place = webp.picture[-1].end
    found: list[Splice] = []
    if after.exif != before.exif:
        prefix = chunks.exif_prefix(webp.payload(webp.exif)) if webp.exif else b""
        new = b"" if after.exif is None else _wrap(b"EXIF", prefix + after.exif)
        found += chunks.edited(webp.data, webp.exif, place, new, in_place=True)
    if after.xmp != before.xmp:
        behind = webp.exif.end if webp.exif else place
        new = b"" if after.xmp is None else _wrap(webp.xmp.kind if webp.xmp else XMP, after.xmp)
        found += chunks.edited(webp.data, webp.xmp, max(place, behind), new)
    if not found:
        return ()
    found += _header(webp, before, after)
    size = webp.end - 8 + sum(len(splice.new) - len(splice.old) for splice in found)
    found += trimmed(4, webp.data[4:8], size.to_bytes(4, "little"))
    return tuple(merged(iter(sorted(found, key=lambda splice: splice.offset))))


def foreign(webp: Webp) -> list[bytes]:
    """Return the header without the flags that are ours, every chunk that is neither picture nor ours, the trailer.

    A simple file counts as one with the header that the picture calls for.
    """
    header = webp.header()
    plain = bytes((header[0] & ~(EXIF_FLAG | XMP_FLAG),)) + header[1:]
    known = {chunk for chunk in (*webp.picture, webp.extended, webp.exif, webp.xmp) if chunk is not None}
    others = [webp.data[chunk.start : chunk.end] for chunk in webp.chunks if chunk not in known]
    return [plain, *others, webp.data[webp.end :]]


def _header(webp: Webp, before: Blocks, after: Blocks) -> list[Splice]:
    """Return the splices that make VP8X announce what is there."""
    had = (EXIF_FLAG if before.exif is not None else 0) | (XMP_FLAG if before.xmp is not None else 0)
    has = (EXIF_FLAG if after.exif is not None else 0) | (XMP_FLAG if after.xmp is not None else 0)
    old = webp.header()
    new = bytes((old[0] & ~(had & ~has) | has,)) + old[1:]
    if has != had and not has and new == webp.plain_header():
        return list(chunks.edited(webp.data, webp.extended, _FIRST, b""))
    return list(chunks.edited(webp.data, webp.extended, _FIRST, _wrap(VP8X, new)))


def _wrap(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "little") + payload + b"\0" * (len(payload) % 2)
