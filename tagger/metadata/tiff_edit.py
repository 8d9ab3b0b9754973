"""From new metadata blocks to the splices of a TIFF file: a new first directory at the end, the header points to it.

No old byte moves or changes but the header's pointer. What an earlier edit appended is written over.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from tagger.core.changes import Splice
from tagger.core.errors import NotEmbeddable
from tagger.metadata import exif
from tagger.metadata.contents import Blocks
from tagger.metadata.files import MAX_SIZE
from tagger.metadata.splices import differences, merged, trimmed
from tagger.metadata.tiff import MARK, TAGS, XMP, Tiff
from tagger.metadata.tiff_iptc import IIM, RESOURCES, Places

# What programs keep for themselves in the description: ImageJ, OME, other XML, JSON, ScanImage, Aperio, MetaMorph.
_PROGRAM = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<[?!\w]|[{\[]|ImageJ=|shape=|SCANIMAGE|scanimage\.|state\.|Aperio )")


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """The first ``end`` bytes of a file but for the header's pointer, to be compared without copying them."""

    data: bytes
    end: int

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Kept):
            return NotImplemented
        view = memoryview(other.data)[: other.end]
        return self.end == other.end and self.data[:4] == view[:4] and self.data.startswith(view[8:], 8)

    def __hash__(self) -> int:
        return self.end


def splices(tiff: Tiff, after: Blocks) -> tuple[Splice, ...]:
    """Return the splices that give ``tiff`` the blocks ``after``; none where they are what it has.

    ``after.exif`` is looked at for our two fields only, unless it is the file before us; an ``after.xmp`` of None
    removes the packet. Raises NotEmbeddable for a file that must stay as it is, or would grow too large, and for a
    description that is none of ours to replace.
    """
    if after.exif is not None and len(after.exif) == tiff.kept < len(tiff.data) and _was(tiff, after):
        return (*trimmed(4, tiff.data[4:8], after.exif[4:8]), Splice(tiff.kept, tiff.data[tiff.kept :], b""))
    replaced = _fields(tiff, after.exif) | tiff.iptc().replaced(after.photoshop, tiff.path)
    if after.xmp != tiff.value(XMP):
        replaced[XMP] = (tiff.kind(XMP), after.xmp or b"")
    if not replaced:
        return ()
    if tiff.refusal:
        raise NotEmbeddable(tiff.path, tiff.refusal, "a sidecar may serve")
    if tiff.kept < len(tiff.data):
        start = tiff.exif.ifd
        new = exif.appended(tiff.exif, replaced, start=start, ours=TAGS)
        edits = tuple(merged(differences(start, tiff.data[start:], new)))
    else:
        gap = b"\0" * (tiff.kept % 2) + MARK + struct.pack(tiff.exif.order + "I", tiff.kept)
        start = tiff.kept + len(gap)
        new = exif.appended(tiff.exif, replaced, start=start, ours=TAGS)
        pointer = struct.pack(tiff.exif.order + "I", start)
        edits = (*trimmed(4, tiff.data[4:8], pointer), Splice(tiff.kept, b"", gap + new))
    if start + len(new) > MAX_SIZE:
        raise NotEmbeddable(tiff.path, "the file would be larger than 1 GiB", "a sidecar may serve")
    return edits


def foreign(tiff: Tiff) -> Sequence[object]:
    """Return everything but what we appended: all other bytes, and the entries of the first directory."""
    entries = [entry for entry in tiff.exif.entries if entry.tag not in TAGS]
    entries.sort(key=lambda entry: entry.tag)  # as they have to be, and as we write them
    return [_Kept(tiff.data, tiff.kept), *entries, tiff.exif.next_ifd]


def _was(tiff: Tiff, after: Blocks) -> bool:
    """Say whether the file before us, which ``after.exif`` is, holds the other blocks of ``after``."""
    before = exif.parse(after.exif or b"", tiff.path)
    held = {entry.tag: before.value(entry) for entry in before.entries} if before else {}
    places = Places(held.get(IIM), tiff.kind(IIM), held.get(RESOURCES), tiff.kind(RESOURCES))
    return held.get(XMP) == after.xmp and places.blocks(tiff.path) == after.photoshop


def _fields(tiff: Tiff, block: bytes | None) -> dict[int, tuple[int, bytes]]:
    """Return which of our two fields are other ones in ``block``: tag -> (type, value)."""
    parsed = exif.parse(block, tiff.path) if block is not None and block is not tiff.data else None
    if parsed is None:
        return {}
    new = {entry.tag: (entry.kind, parsed.value(entry) or b"") for entry in parsed.entries if entry.tag in exif.OURS}
    changed: dict[int, tuple[int, bytes]] = {}
    for tag in exif.OURS:
        kind, value = new.get(tag, (tiff.kind(tag), b""))
        if value != (tiff.value(tag) or b""):
            changed[tag] = (kind, value)
    if exif.DESCRIPTION in changed:
        _require_replaceable(tiff)
    return changed


def _require_replaceable(tiff: Tiff) -> None:
    """Raise NotEmbeddable for a description that another program relies on, or that holds more than one text."""
    value = tiff.value(exif.DESCRIPTION) or b""
    if _PROGRAM.match(value):
        raise NotEmbeddable(tiff.path, "the description is data of another program", "a sidecar may serve")
    if value.partition(b"\0")[2].strip(b"\0 \t\r\n"):
        raise NotEmbeddable(tiff.path, "the description holds more than one text", "a sidecar may serve")
