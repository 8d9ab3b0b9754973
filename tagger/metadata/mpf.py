"""Pointers from inside a JPEG's metadata to further pictures behind its end: move them along when bytes are inserted.

Source: CIPA DC-007 (Multi-Picture Format) section 5.2; previews of maker notes as ExifTool documents them.
"""

import re
import struct
from collections.abc import Callable

Move = Callable[[int], int]
"""Maps an offset in the file before the change to where the same byte is afterwards."""

_ENTRIES = 0xB002  # MP Entry: 16 bytes a picture
# Type, count and value of a directory entry, at any offset: two bytes of tag stand before them.
_UNDEFINED_ENTRY = re.compile(rb"(?=\x07\0(.{8}))", re.DOTALL)
_UNDEFINED_ENTRY_BIG = re.compile(rb"(?=\0\x07(.{8}))", re.DOTALL)
_LONG_ENTRY = re.compile(rb"(?=\x04\0\x01\0\0\0(.{4}))", re.DOTALL)
_LONG_ENTRY_BIG = re.compile(rb"(?=\0\x04\0\0\0\x01(.{4}))", re.DOTALL)


def _pictures(block: bytes, base: int) -> tuple[int, ...]:
    """Return the absolute offsets of the further pictures that the MPF ``block`` (a TIFF header at ``base``) names."""
    found = _entries(block)
    if found is None:
        return ()
    order, start, count = found
    offsets = (struct.unpack_from(order + "I", block, start + 16 * i + 8)[0] for i in range(count))
    return tuple(base + offset for offset in offsets if offset)


def move_pictures(block: bytes, base: int, data: bytes, picture_end: int, move: Move) -> bytes:
    """Return the MPF ``block`` with each picture's offset moved, and the first one's size where it was true.

    ``base`` is the absolute offset of the block in ``data``, the file before the change. A block that cannot be
    parsed stays as it is, and so does an offset that points past the end.
    """
    found = _entries(block)
    if found is None:
        return block
    order, start, count = found
    result = bytearray(block)
    extents = {picture_end, *(start for start in _pictures(block, base) if start < len(data))}
    for i in range(count):
        at = start + 16 * i
        size, offset = struct.unpack_from(order + "II", block, at + 4)
        if offset and base + offset < len(data):
            struct.pack_into(order + "I", result, at + 8, move(base + offset) - move(base))
        elif not offset and size in extents:  # the first picture begins at 0: its size is where it ends
            struct.pack_into(order + "I", result, at + 4, move(size))
    return bytes(result)


def move_previews(block: bytes, base: int, data: bytes, picture_end: int, move: Move) -> bytes:
    """Return the EXIF ``block`` with pointers to previews behind the picture's end moved, where a maker note has any.

    ``base`` is the absolute offset of the block in ``data``, the file before the change. A pointer is a directory
    entry of type UNDEFINED whose whole value lies behind ``picture_end``, or of type LONG to where a JPEG begins there.
    """
    order = "<" if block[:2] == b"II" else ">"
    result = bytearray(block)
    for match in (_UNDEFINED_ENTRY if order == "<" else _UNDEFINED_ENTRY_BIG).finditer(block):
        size, offset = struct.unpack(order + "II", match[1])
        if size > 4 and picture_end <= base + offset and base + offset + size <= len(data):
            struct.pack_into(order + "I", result, match.start(1) + 4, move(base + offset) - move(base))
    for match in (_LONG_ENTRY if order == "<" else _LONG_ENTRY_BIG).finditer(block):
        start = base + struct.unpack(order + "I", match[1])[0]
        if picture_end <= start and data[start : start + 3] == b"\xff\xd8\xff":
            struct.pack_into(order + "I", result, match.start(1), move(start) - move(base))
    return bytes(result)


def _entries(block: bytes) -> tuple[str, int, int] | None:
    """Find the MP entries: byte order, offset in the block, number; None where there are none to be trusted."""
    if block[:4] not in {b"II*\0", b"MM\0*"} or len(block) < 10:
        return None
    order = "<" if block[:2] == b"II" else ">"
    ifd = struct.unpack_from(order + "I", block, 4)[0]
    if ifd + 2 > len(block):
        return None
    total = struct.unpack_from(order + "H", block, ifd)[0]
    if ifd + 2 + 12 * total > len(block):
        return None
    for i in range(total):
        tag, _, size, start = struct.unpack_from(order + "HHII", block, ifd + 2 + 12 * i)
        if tag == _ENTRIES and size >= 16 and size % 16 == 0 and start + size <= len(block):
            return order, start, size // 16
    return None
