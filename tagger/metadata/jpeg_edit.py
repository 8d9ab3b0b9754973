"""From new metadata blocks to the smallest splices of a JPEG file. Knows where a block belongs, not what it says."""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from tagger.core.changes import Splice
from tagger.metadata import mpf
from tagger.metadata.contents import Blocks
from tagger.metadata.jpeg import EXIF_PREFIX, MPF_PREFIX, PHOTOSHOP_PREFIX, XMP_PREFIX, Jpeg, Kind
from tagger.metadata.splices import differences, merged, trimmed


@dataclass(frozen=True, slots=True)
class _Edit:
    """``data[start:end]`` becomes ``new``: a whole segment, or (start == end) an insertion."""

    start: int
    end: int
    new: bytes
    in_place: bool = False  # most bytes stay at their offset: look for small differences


def splices(jpeg: Jpeg, after: Blocks) -> tuple[Splice, ...]:
    """Return the splices that give ``jpeg`` the blocks ``after``; none where they are what it has.

    A new EXIF segment goes behind JFIF, a new XMP segment behind EXIF. Pointers to pictures behind the first one's
    end move along. No block may exceed ``jpeg.LIMITS``.
    """
    edits = sorted(_block_edits(jpeg, after), key=lambda edit: (edit.start, edit.end))
    if not edits:
        return ()
    edits = sorted(_with_pointers(jpeg, edits), key=lambda edit: (edit.start, edit.end))
    return tuple(merged(splice for edit in edits for splice in _splices_of(jpeg.data, edit)))


def foreign(jpeg: Jpeg) -> list[bytes]:
    """Return everything but picture data and the blocks that we edit: each other metadata segment and the trailer."""
    ours = {Kind.EXIF, Kind.XMP, Kind.PHOTOSHOP, Kind.MPF}
    others = [jpeg.data[s.start : s.end] for s in jpeg.segments if s.is_metadata and s.kind not in ours]
    return [*others, jpeg.data[jpeg.picture_end :]]


def _block_edits(jpeg: Jpeg, after: Blocks) -> Iterator[_Edit]:
    before = jpeg.blocks()
    exif, xmp = jpeg.of_kind(Kind.EXIF), jpeg.of_kind(Kind.XMP)
    front = 2
    for segment in jpeg.segments:
        if segment.marker != 0xE0:
            break
        front = segment.end
    if exif and after.exif is None:
        yield _Edit(exif[0].start, exif[0].end, b"")
    elif after.exif is not None and after.exif != before.exif:
        if exif:
            prefix = jpeg.payload(exif[0])[: len(EXIF_PREFIX)]
            yield _Edit(exif[0].start, exif[0].end, _wrap(0xE1, prefix, after.exif), in_place=True)
        else:
            yield _Edit(front, front, _wrap(0xE1, EXIF_PREFIX, after.exif))
    if xmp and after.xmp is None:
        yield _Edit(xmp[0].start, xmp[0].end, b"")
    elif after.xmp is not None and after.xmp != before.xmp:
        new = _wrap(0xE1, XMP_PREFIX, after.xmp)
        place = exif[0].end if exif else front
        yield _Edit(xmp[0].start, xmp[0].end, new) if xmp else _Edit(place, place, new)
    for segment, old, now in zip(jpeg.of_kind(Kind.PHOTOSHOP), before.photoshop, after.photoshop, strict=True):
        if old != now:
            yield _Edit(segment.start, segment.end, _wrap(0xED, PHOTOSHOP_PREFIX, now))


def _wrap(marker: int, prefix: bytes, block: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(prefix) + len(block) + 2).to_bytes(2, "big") + prefix + block


def _with_pointers(jpeg: Jpeg, edits: list[_Edit]) -> Iterator[_Edit]:
    """Yield the edits, and those of the blocks that point to pictures behind the first one's end."""
    ends = [edit.end for edit in edits]
    grown = [0, *accumulate(len(edit.new) - (edit.end - edit.start) for edit in edits)]

    def move(offset: int) -> int:
        return offset + grown[bisect.bisect_right(ends, offset)]

    for segment in jpeg.of_kind(Kind.MPF)[:1]:
        base = segment.start + 4 + len(MPF_PREFIX)
        block = mpf.move_pictures(jpeg.data[base : segment.end], base, jpeg.data, jpeg.picture_end, move)
        yield _Edit(segment.start, segment.end, jpeg.data[segment.start : base] + block, in_place=True)
    exif = next(iter(jpeg.of_kind(Kind.EXIF)), None)
    if exif is None or jpeg.picture_end == len(jpeg.data):
        yield from edits
        return
    new = next((edit.new for edit in edits if edit.start == exif.start), jpeg.data[exif.start : exif.end])
    if not new:  # the block goes, and its pointers with it
        yield from edits
        return
    head = 4 + len(EXIF_PREFIX)
    block = mpf.move_previews(new[head:], exif.start + head, jpeg.data, jpeg.picture_end, move)
    yield from (edit for edit in edits if edit.start != exif.start)
    yield _Edit(exif.start, exif.end, new[:head] + block, in_place=True)


def _splices_of(data: bytes, edit: _Edit) -> Iterator[Splice]:
    old = data[edit.start : edit.end]
    if not old:
        yield Splice(edit.start, b"", edit.new)
    elif edit.in_place:
        yield from differences(edit.start, old, edit.new)
    else:  # marker and length, then what changed of the rest
        yield from trimmed(edit.start, old[:4], edit.new[:4])
        yield from trimmed(edit.start + 4, old[4:], edit.new[4:])
