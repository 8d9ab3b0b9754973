"""ISO base media files (HEIC, AVIF, CR3, JPEG 2000) read leniently: their EXIF, XMP and size. Never written.

Source: ISO/IEC 14496-12 (boxes, meta, iloc), 23008-12 (HEIF: ispe, Exif item), 15444-1 annex I (JPEG 2000);
Canon's CR3 as LibRaw and ExifTool read it. What makes no sense counts as absent; nothing here raises.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_EXIF_UUID = b"JpgTiffExif->JP2"
_MOST_BOXES = 4096  # in one level; a file of real photos has some dozens
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Media:
    """What was found: the EXIF block from its TIFF header on, the one with the date (CR3), the packet, the size."""

    exif: bytes | None = None
    dates: bytes | None = None
    xmp: bytes | None = None
    width: int = 0
    height: int = 0


def read(data: bytes) -> Media:
    """Return what the file says; whatever cannot be read is absent."""
    found: dict[str, bytes | None] = {"exif": None, "dates": None, "xmp": None}
    width = height = 0
    try:
        for kind, start, end in _boxes(data, 0, len(data)):
            if kind == b"meta":
                found["exif"], found["xmp"], width, height = _meta(data, start + 4, end)
            elif kind == b"uuid" and data[start : start + 16] == XMP_UUID:
                found["xmp"] = data[start + 16 : end]
            elif kind == b"uuid" and data[start : start + 16] == _EXIF_UUID:
                found["exif"] = data[start + 16 : end]
            elif kind == b"jp2h":
                for inner, at, _ in _boxes(data, start, end):
                    if inner == b"ihdr":
                        height, width = struct.unpack_from(">II", data, at)
            elif kind == b"moov":
                found |= _canon(data, start, end)
    except (struct.error, IndexError, ValueError):
        pass
    return Media(found["exif"], found["dates"], found["xmp"], width, height)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, begin and end of the content of each box; ends where one makes no sense."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and start + 16 <= end:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            return
        yield kind, start + head, start + size
        start += size


def _canon(data: bytes, start: int, end: int) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for kind, at, stop in _boxes(data, start, end):
        if kind == b"uuid" and data[at : at + 16] == _CANON_UUID:
            for inner, begin, last in _boxes(data, at + 16, stop):
                if inner in {b"CMT1", b"CMT2"}:
                    found["exif" if inner == b"CMT1" else "dates"] = data[begin:last]
    return found


def _meta(data: bytes, start: int, end: int) -> tuple[bytes | None, bytes | None, int, int]:
    parts = {kind: (at, stop) for kind, at, stop in _boxes(data, start, end)}
    exif = xmp = None
    places = dict(_places(data, *parts[b"iloc"], parts.get(b"idat", (0, 0)))) if b"iloc" in parts else {}
    for item, kind in _items(data, *parts[b"iinf"]) if b"iinf" in parts else ():
        content = b"".join(data[at:stop] for at, stop in places.get(item, ()))
        if kind == b"Exif" and exif is None and len(content) > 4:
            exif = content[4 + int.from_bytes(content[:4], "big") :]
        elif kind == b"application/rdf+xml" and xmp is None and content:
            xmp = content
    return exif, xmp, *_size(data, parts)


def _items(data: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield each item's number and type; for ``mime`` items the type of their content."""
    for kind, at, stop in _boxes(data, start + (6 if data[start] == 0 else 8), end):
        version = data[at]
        if kind != b"infe" or version < 2:
            continue
        wide = version > 2
        number = int.from_bytes(data[at + 4 : at + (8 if wide else 6)], "big")
        begin = at + (10 if wide else 8)
        item = data[begin : begin + 4]
        if item == b"mime":
            _, _, rest = data[begin + 4 : stop].partition(b"\0")
            item = rest.partition(b"\0")[0]
        yield number, item


def _places(data: bytes, start: int, end: int, idat: tuple[int, int]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield each item's number and the byte ranges that it consists of; none for what lies outside of the file."""
    version, sizes = data[start], data[start + 4 : start + 6]
    offset_size, length_size, base_size, index_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4, sizes[1] & 15
    pos = start + 6

    def number(size: int) -> int:
        nonlocal pos
        if pos + size > end:
            raise ValueError("past the end")
        pos += size
        return int.from_bytes(data[pos - size : pos], "big")

    for _ in range(min(number(4 if version == 2 else 2), _MOST_BOXES)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(base_size)
        ranges, total = [], 0
        for _ in range(min(number(2), _MOST_BOXES)):
            if version and index_size:
                number(index_size)
            at = base + number(offset_size) + (idat[0] if method == 1 else 0)
            length = number(length_size)
            total += length
            if method <= 1 and total <= _MOST_BYTES and at + length <= len(data):
                ranges.append((at, at + length))
        yield item, ranges


def _size(data: bytes, parts: dict[bytes, tuple[int, int]]) -> tuple[int, int]:
    """Return the size of the primary item, before it is turned."""
    if b"pitm" not in parts or b"iprp" not in parts:
        return 0, 0
    at, _ = parts[b"pitm"]
    primary = int.from_bytes(data[at + 4 : at + (6 if data[at] == 0 else 8)], "big")
    inside = {kind: (at, stop) for kind, at, stop in _boxes(data, *parts[b"iprp"])}
    if b"ipco" not in inside or b"ipma" not in inside:
        return 0, 0
    properties = list(_boxes(data, *inside[b"ipco"]))
    at, _ = inside[b"ipma"]
    wide_item, wide_index = data[at] >= 1, data[at + 3] & 1
    count = min(int.from_bytes(data[at + 4 : at + 8], "big"), _MOST_BOXES)
    pos = at + 8
    for _ in range(count):
        item = int.from_bytes(data[pos : pos + (4 if wide_item else 2)], "big")
        pos += 4 if wide_item else 2
        for _ in range(data[pos]):
            index = int.from_bytes(data[pos + 1 : pos + 3], "big") & 0x7FFF if wide_index else data[pos + 1] & 0x7F
            pos += 2 if wide_index else 1
            if item == primary and 0 < index <= len(properties) and properties[index - 1][0] == b"ispe":
                width, height = struct.unpack_from(">II", data, properties[index - 1][1] + 4)
                return width, height
        pos += 1
    return 0, 0
