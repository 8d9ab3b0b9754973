"""EXIF: read our two fields and the date, and write by appending. Knows TIFF blocks, not where they are kept.

No byte of an old block moves: a new first directory that carries the old entries and ours is appended, its values
follow, and the header points to it. So maker notes with absolute offsets, unknown tags and odd types stay as they are.

Source: TIFF 6.0 section 2, Exif 2.32 section 4.6; XPKeywords: Microsoft, "Photo Metadata Policies".
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.metadata.contents import Values
from tagger.metadata.text import exif_keyword

DESCRIPTION, XP_KEYWORDS = 0x010E, 0x9C9E
OURS = frozenset({DESCRIPTION, XP_KEYWORDS})
_EXIF_IFD, _DATE_TIME_ORIGINAL = 0x8769, 0x9003
_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _UNDEFINED, _IFD, _UTF8 = 1, 2, 3, 4, 5, 7, 13, 129
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
_POINTERS = frozenset({_EXIF_IFD, 0x8825, 0xA005})  # Exif, GPS, interoperability
_THUMBNAIL, _THUMBNAIL_SIZE = 0x0201, 0x0202
_PLAIN_LONGS = {0x0100, 0x0101}  # width and height: numbers that are surely no offsets


@dataclass(frozen=True, slots=True)
class Entry:
    """One directory entry: ``raw`` are its last four bytes, the value itself or its offset."""

    tag: int
    kind: int
    count: int
    raw: bytes

    @property
    def size(self) -> int | None:
        """Bytes of the value; None for a type that we do not know."""
        unit = SIZES.get(self.kind)
        return None if unit is None else unit * self.count


@dataclass(frozen=True, slots=True)
class Exif:
    """A parsed TIFF block: byte ``order`` for struct, offset of the first directory, its entries, the next one."""

    block: bytes
    order: str
    ifd: int
    entries: tuple[Entry, ...]
    next_ifd: int

    def value(self, entry: Entry) -> bytes | None:
        """Return the bytes of a value; None where its type is unknown or it does not lie inside the block."""
        size = entry.size
        if size is None:
            return None
        if size <= 4:
            return entry.raw[:size]
        offset = self.offset(entry)
        return self.block[offset : offset + size] if offset + size <= len(self.block) else None

    def offset(self, entry: Entry) -> int:
        """Return the entry's last four bytes as a number."""
        return int(struct.unpack(self.order + "I", entry.raw)[0])

    def span(self, entry: Entry) -> tuple[int, int]:
        """Return where a value lies that is out of line; (0, 0) for one that is not, or of unknown size."""
        size = entry.size or 0
        return (self.offset(entry), self.offset(entry) + size) if size > 4 else (0, 0)

    def values(self) -> Values:
        """Return description and keywords; a value of an odd type counts as absent."""
        text = ""
        keywords: tuple[str, ...] = ()
        for entry in self.entries:
            if entry.tag == DESCRIPTION and entry.kind in {_ASCII, _BYTE, _UNDEFINED, _UTF8} and not text:
                text = _text(self.value(entry) or b"")
            elif entry.tag == XP_KEYWORDS and entry.kind in {_BYTE, _UNDEFINED} and not keywords:
                keywords = keywords_of(self.value(entry) or b"")
        return Values(text, keywords)

    def taken_at(self) -> str | None:
        """Return DateTimeOriginal as ISO 8601 without zone; None where there is none that makes sense."""
        for entry in self.entries:
            if entry.tag == _EXIF_IFD and entry.kind in {_LONG, _IFD} and entry.count == 1:
                for inner in directory(self.block, self.order, self.offset(entry))[0]:
                    if inner.tag == _DATE_TIME_ORIGINAL and inner.kind == _ASCII:
                        return _date(self.value(inner) or b"")
                return None  # there is one such directory: thousands of pointers to it would be a bomb
        return None


def parse(block: bytes, path: Path) -> Exif | None:
    """Parse a TIFF block; None for an empty one. Raises NotEmbeddable where its first directory makes no sense."""
    if not block:
        return None
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        raise _unparsable(path, "no TIFF header")
    ifd = struct.unpack_from(order + "I", block, 4)[0]
    entries, next_ifd = directory(block, order, ifd)
    if ifd < 8 or next_ifd is None:
        raise _unparsable(path, "the first directory runs past the end")
    if entries and all(entry.size is None for entry in entries):
        raise _unparsable(path, "no entry of the first directory has a known type")
    return Exif(block, order, ifd, entries, next_ifd)


def edit(
    exif: Exif | None,
    description: str | None,
    keywords: tuple[str, ...] | None,
    density: tuple[int, int, int],
    *,
    floor: int = 0,
) -> bytes:
    """Return the block with a new description and keywords; None keeps a field, an empty value removes it.

    Without ``exif`` a block is built that holds the required tags; ``density`` is (x, y, ResolutionUnit).
    ``floor`` is as in ``rewritten``.
    """
    replaced = {}
    if description is not None:
        replaced[DESCRIPTION] = description_value(description)
    if keywords is not None:
        replaced[XP_KEYWORDS] = keywords_value(keywords)
    return rewritten(exif or fresh(density), replaced, floor=floor)


def description_value(text: str) -> tuple[int, bytes]:
    """Return type and bytes of a description; no bytes for an empty one."""
    return _ASCII, text.encode() + b"\0" if text else b""


def keywords_value(keywords: tuple[str, ...]) -> tuple[int, bytes]:
    """Return type and bytes of XPKeywords; no bytes for none."""
    joined = ";".join(exif_keyword(keyword) for keyword in keywords)
    return _BYTE, (joined + "\0").encode("utf-16-le") if joined else b""


def rewritten(
    exif: Exif, replaced: Mapping[int, tuple[int, bytes]], *, ours: frozenset[int] = OURS, floor: int = 0
) -> bytes:
    """Return the block with other values in its first directory: tag -> (type, value); an empty value removes it.

    ``ours`` are the tags whose values may be written again where they lie in a tail that an earlier edit appended;
    what begins before ``floor`` (bytes) is no such tail.
    """
    own = own_tail(exif, ours)
    start = len(exif.block) + len(exif.block) % 2 if own is None or own < floor else own
    view = memoryview(exif.block)  # the block may be a whole file: copied once
    head = (view[:4], struct.pack(exif.order + "I", start), view[8:start], bytes(max(start - len(view), 0)))
    return b"".join((*head, appended(exif, replaced, start=start, ours=ours)))


def appended(exif: Exif, replaced: Mapping[int, tuple[int, bytes]], *, start: int, ours: frozenset[int]) -> bytes:
    """Return the first directory with other values, and those behind it, as they stand at the offset ``start``.

    What ``ours`` have behind ``start`` is written again with the directory; all else stays where it is.
    """
    rows = [(entry, _own_value(exif, entry, start, ours)) for entry in exif.entries if entry.tag not in replaced]
    rows += [
        (Entry(tag, kind, len(value) // SIZES[kind], b""), value) for tag, (kind, value) in replaced.items() if value
    ]
    rows.sort(key=lambda row: row[0].tag)
    pos = start + 2 + 12 * len(rows) + 4
    packed, tail = [struct.pack(exif.order + "H", len(rows))], b""
    for entry, value in rows:
        raw = entry.raw
        if value is not None and len(value) <= 4:
            raw = value.ljust(4, b"\0")
        elif value is not None:
            tail += b"\0" * ((pos + len(tail)) % 2)
            raw = struct.pack(exif.order + "I", pos + len(tail))
            tail += value
        packed.append(struct.pack(exif.order + "HHI", entry.tag, entry.kind, entry.count) + raw)
    return b"".join((*packed, struct.pack(exif.order + "I", exif.next_ifd), tail))


def _own_value(exif: Exif, entry: Entry, start: int, ours: frozenset[int]) -> bytes | None:
    """Return the value of an entry of ours that lies in our own tail, to be written again with the directory."""
    size = entry.size
    if entry.tag not in ours or size is None or size <= 4:
        return None
    return exif.value(entry) if exif.offset(entry) >= start else None


def own_tail(exif: Exif, ours: frozenset[int] = OURS) -> int | None:
    """Return where the block ends in nothing but the first directory and the values of ``ours``.

    None when anything else is there or may point into it: then that region must stay as it is.
    """
    start, end = exif.ifd, exif.ifd + 2 + 12 * len(exif.entries) + 4
    if start % 2 or start <= exif.next_ifd < len(exif.block) or end > len(exif.block):
        return None
    ranges = []
    for entry in exif.entries:
        offset, size = exif.offset(entry), entry.size
        if entry.tag in ours and size is not None and size > 4:
            ranges.append((offset, offset + size))
        elif size is not None and size > 4:
            if offset < len(exif.block) and offset + size > start:
                return None
        elif start <= offset < len(exif.block) and (
            size is None or (entry.kind in {_LONG, _IFD} and entry.tag not in _PLAIN_LONGS)
        ):
            return None
    pos = end
    for first, last in sorted(ranges):
        if last <= start:
            continue
        if exif.block[pos:first] not in {b"", b"\0"} or first < pos:
            return None
        pos = last
    return start if exif.block[pos:] in {b"", b"\0"} and pos <= len(exif.block) else None


def trespassed(exif: Exif, *, start: int | None = None) -> bool:
    """Say whether anything else points into the region at the end that the first directory (or ``start``) begins.

    In a damaged block a directory or a value may lie past the end; what is appended there would come to life as
    its content (a position out of nothing). Followed are Exif, GPS, interoperability, and the thumbnail's directory.
    """
    start, end = exif.ifd if start is None else start, len(exif.block)
    spans = [exif.span(entry) for entry in exif.entries if entry.tag not in OURS]
    waiting = [exif.offset(entry) for entry in exif.entries if entry.tag in _POINTERS]
    waiting += [exif.next_ifd] if exif.next_ifd else []
    seen: set[int] = set()
    while waiting:
        offset = waiting.pop()
        if offset in seen:
            continue
        seen.add(offset)
        entries, _ = directory(exif.block, exif.order, offset)
        spans += [(offset, offset + 2 + 12 * len(entries)), *(exif.span(entry) for entry in entries)]
        numbers = {entry.tag: exif.offset(entry) for entry in entries}
        waiting += [numbers[tag] for tag in _POINTERS & numbers.keys()]
        if numbers.keys() >= {_THUMBNAIL, _THUMBNAIL_SIZE}:
            spans.append((numbers[_THUMBNAIL], numbers[_THUMBNAIL] + numbers[_THUMBNAIL_SIZE]))
    return any(first < end and last > start for first, last in spans)


def require_sound(block: bytes, path: Path) -> None:
    """Raise NotEmbeddable where an edited block was damaged before: it pointed to where our part now is."""
    result = parse(block, path)
    if result is None or trespassed(result):
        cause = "EXIF is damaged: it points past its end"
        raise NotEmbeddable(path, cause, "a program that repairs EXIF, or a sidecar, may help")


def fresh(density: tuple[int, int, int]) -> Exif:
    """Build a block with what Exif 2.32 (section 4.6.4, table 4) requires of a first directory in a JPEG."""
    x, y, unit = density
    values = struct.pack("<IIII", x, 1, y, 1)
    entries = (
        Entry(0x011A, _RATIONAL, 1, struct.pack("<I", 8)),
        Entry(0x011B, _RATIONAL, 1, struct.pack("<I", 16)),
        Entry(0x0128, _SHORT, 1, struct.pack("<HH", unit, 0)),
        Entry(0x0213, _SHORT, 1, struct.pack("<HH", 1, 0)),  # YCbCrPositioning: centered, as in JFIF
    )
    return Exif(b"II*\0" + struct.pack("<I", 8) + values, "<", 24, entries, 0)


def directory(block: bytes, order: str, offset: int) -> tuple[tuple[Entry, ...], int | None]:
    """Read the directory at ``offset``; no entries and None where it does not lie inside the block."""
    if offset + 2 > len(block):
        return (), None
    count = struct.unpack_from(order + "H", block, offset)[0]
    end = offset + 2 + 12 * count
    if end > len(block):
        return (), None
    entries = tuple(Entry(*struct.unpack_from(order + "HHI4s", block, at)) for at in range(offset + 2, end, 12))
    # Some writers leave the pointer to the next directory out at the end of the block.
    return entries, struct.unpack_from(order + "I", block, end)[0] if end + 4 <= len(block) else 0


def _text(value: bytes) -> str:
    value = value.split(b"\0", 1)[0]
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def keywords_of(value: bytes) -> tuple[str, ...]:
    """Return the keywords in the bytes of XPKeywords."""
    parts = value[: len(value) // 2 * 2].decode("utf-16-le", "replace").split("\0", 1)[0].split(";")
    return tuple(part.strip() for part in parts if part.strip())


def _date(value: bytes) -> str | None:
    try:
        parsed = datetime.strptime(value[:19].decode("ascii"), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - no zone in EXIF
    except ValueError:
        return None
    return parsed.isoformat()


def _unparsable(path: Path, cause: str) -> NotEmbeddable:
    return NotEmbeddable(path, f"EXIF cannot be parsed: {cause}", "a program that repairs EXIF, or a sidecar, may help")
