"""The directories of a TIFF file and where its pictures' data lies. Knows neither pixels nor metadata.

Whatever is reachable must lie inside the file: what points past its end would find what we append there.
Source: TIFF 6.0 sections 2, 8 and 15, TIFF Technical Note 1 (SubIFDs), Exif 2.32 section 4.6.3.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata.exif import Entry, Exif, directory

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, SAMPLES = 256, 257, 258, 259, 262, 277
STRIPS, TILES, JPEG_DATA = (273, 279), (324, 325), (513, 514)  # tags of the offsets, and of the lengths
_SUB_IFDS, _PLANAR = 330, 284
_POINTERS = {_SUB_IFDS, 400, 34665, 34853, 40965}  # SubIFDs, global parameters, Exif, GPS, interoperability
_CODES = {1: "B", 3: "H", 4: "I", 13: "I"}  # types that hold whole numbers, as struct names them
_POINTER_TYPES, _IFD = {4, 13}, 13
_SHAPE = frozenset(
    {254, 255, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, 266, SAMPLES, 278, 279, _PLANAR, 290, 291, 292, 293, 301}
    | {317, 318, 319, 320, 321, 322, 323, 325, 332, 333, 334, 336, 338, 339, 340, 341, 342, 347, 512, 514, 515, 517}
    | {529, 530, 531, 532}
)
"""Tags without which the data would be other pixels: none of them says where anything lies."""

_MAX_ENTRIES = 1 << 16  # of all directories together; also the most pointers
_MAX_NUMBERS = 1 << 21  # offsets and lengths of strips and tiles, of all pictures together
_MAX_SHARED = 4  # times the file's size: parts may share bytes, but not to keep us busy


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory that describes a picture; ``is_sub`` for one that hangs on another (SubIFD)."""

    entries: tuple[Entry, ...]
    is_sub: bool

    def first(self, tag: int) -> Entry | None:
        """Return the entry of a tag; the first one where a writer put several."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a file holds: its ``pictures`` (pages, then SubIFDs), their data as ``ranges`` of bytes in that order.

    ``shape`` is a digest of what makes pixels of the data. ``reach`` is the end of the last byte that anything but
    the first directory and the values of our tags in it refers to.
    """

    pictures: tuple[Directory, ...]
    ranges: tuple[tuple[int, int], ...]
    shape: bytes
    reach: int


def walk(exif: Exif, ours: frozenset[int], path: Path) -> Tree:
    """Follow every pointer from the first directory on; ``ours`` are tags whose values there are not counted.

    Raises PhotoError where anything runs past the end or in a circle, NotEmbeddable for more than photos have.
    """
    pictures: list[Directory] = []
    waiting = [(exif.ifd, True)]
    seen: set[int] = set()
    reach, total = 8, 0
    for start, is_picture in waiting:
        offset, chain = start, set[int]()
        while offset:
            if offset in chain or (offset in seen and offset == exif.ifd):
                raise PhotoError(path, "damaged TIFF: its directories point in a circle", "it may not open elsewhere")
            if offset in seen:
                break
            chain.add(offset)
            seen.add(offset)
            total += _count(exif, offset, path)
            if total > _MAX_ENTRIES:
                raise NotEmbeddable(path, "the TIFF has more pages than a photo has", "a sidecar may serve")
            entries, following = directory(exif.block, exif.order, offset)
            if offset != exif.ifd:  # without its last four bytes, the next bytes would become a pointer
                reach = max(reach, _inside(exif, offset, offset + 2 + 12 * len(entries) + 4, path))
            for entry in entries:
                end = _inside(exif, *exif.span(entry), path)
                if offset != exif.ifd or entry.tag not in ours:
                    reach = max(reach, end)
            if is_picture:
                pictures.append(Directory(entries, is_sub=start != exif.ifd))
            waiting += _pointers(exif, entries, is_picture, _MAX_ENTRIES - len(waiting), path)
            offset = (following or 0) if is_picture else 0
    data = _Data(exif, path)
    for picture in pictures:
        data.add(picture)
    ranges = tuple(data.ranges)
    return Tree(tuple(pictures), ranges, data.shape(pictures), max(reach, *(end for _, end in ranges), 0))


def numbers(exif: Exif, entry: Entry | None) -> tuple[int, ...]:
    """Return a value of whole numbers; none where there is no entry, or one of another type."""
    code = _CODES.get(entry.kind) if entry else None
    value = exif.value(entry) if entry and code else None
    return struct.unpack(f"{exif.order}{entry.count}{code}", value) if entry and value is not None else ()


def number(exif: Exif, picture: Directory, tag: int, default: int = 0) -> int:
    """Return the first number of a tag, ``default`` where it is absent or holds none."""
    entry = picture.first(tag)
    code = _CODES.get(entry.kind) if entry else None
    if entry is None or code is None or not entry.count:
        return default
    where = (exif.block, exif.offset(entry)) if (entry.size or 0) > 4 else (entry.raw, 0)
    return int(struct.unpack_from(exif.order + code, *where)[0])


def _count(exif: Exif, offset: int, path: Path) -> int:
    _inside(exif, offset, offset + 2, path)
    count = int(struct.unpack_from(exif.order + "H", exif.block, offset)[0])
    _inside(exif, offset, offset + 2 + 12 * count, path)
    return count


def _inside(exif: Exif, start: int, end: int, path: Path) -> int:
    """Return ``end`` where the bytes lie inside the file and behind its header, which we change; else raise."""
    if end > len(exif.block):
        raise PhotoError(
            path, f"truncated TIFF: it points past its end, to byte {end}", "an interrupted copy? Copy it again"
        )
    if end > start < 8:
        raise PhotoError(path, "damaged TIFF: it points into its own header", "it may not open elsewhere either")
    return end


def _pointers(
    exif: Exif, entries: tuple[Entry, ...], is_picture: bool, room: int, path: Path
) -> list[tuple[int, bool]]:
    found: list[tuple[int, bool]] = []
    for entry in sorted(entries, key=lambda entry: entry.tag):
        if entry.kind == _IFD or (entry.tag in _POINTERS and entry.kind in _POINTER_TYPES):
            if len(found) + entry.count > room:
                raise NotEmbeddable(path, "the TIFF has more directories than a photo has", "a sidecar may serve")
            found += [(offset, is_picture and entry.tag == _SUB_IFDS) for offset in numbers(exif, entry)]
    return found


class _Data:
    """Collects where the data of pictures lies, and checks that it is all there."""

    def __init__(self, exif: Exif, path: Path) -> None:
        self.ranges: list[tuple[int, int]] = []
        self._exif = exif
        self._path = path
        self._numbers = 0
        self._bytes = 0

    def add(self, picture: Directory) -> None:
        size = sum(end - start for start, end in self._ranges(picture))
        self._spend(0, size)
        # A reader that computes the size itself would read on, into what follows the file today.
        if picture.first(STRIPS[0]) and size < self._least(picture):
            raise PhotoError(self._path, "truncated TIFF: it holds less than its picture", "it may not open elsewhere")

    def shape(self, pictures: list[Directory]) -> bytes:
        """Return a digest that depends neither on where anything lies nor on how numbers are stored."""
        digest = hashlib.sha256(self._exif.order.encode())
        for picture in pictures:
            digest.update(b"picture")
            for entry in sorted(picture.entries, key=lambda entry: entry.tag):
                if entry.tag in _SHAPE:
                    self._spend(entry.count if entry.kind in _CODES else 0, entry.size or 0)
                    plain = numbers(self._exif, entry)
                    value = struct.pack(f"<{len(plain)}I", *plain) if plain else self._exif.value(entry) or b""
                    digest.update(struct.pack("<HQ", entry.tag, len(value)) + value)
        return digest.digest()

    def _ranges(self, picture: Directory) -> Iterator[tuple[int, int]]:
        for offsets_tag, sizes_tag in (STRIPS, TILES, JPEG_DATA):
            entry, sizes_entry = picture.first(offsets_tag), picture.first(sizes_tag)
            if entry is None:
                continue
            self._spend(entry.count, 0)
            if sizes_entry is None or entry.count != sizes_entry.count:
                raise self._unclear()
            offsets, sizes = numbers(self._exif, entry), numbers(self._exif, sizes_entry)
            if len(offsets) != len(sizes):
                raise self._unclear()
            for offset, size in zip(offsets, sizes, strict=True):
                if size:
                    yield self._joined(offset, _inside(self._exif, offset, offset + size, self._path))
                elif offset:  # readers guess then, from where the file ends
                    raise self._unclear()

    def _spend(self, count: int, size: int) -> None:
        """Count numbers and bytes. Raises NotEmbeddable where a file of this size would keep us busy too long."""
        self._numbers += count
        self._bytes += size
        if self._numbers > _MAX_NUMBERS or self._bytes > _MAX_SHARED * len(self._exif.block):
            raise NotEmbeddable(self._path, "the TIFF has more parts than a photo has", "a sidecar may serve")

    def _joined(self, start: int, end: int) -> tuple[int, int]:
        if self.ranges and self.ranges[-1][1] == start:
            self.ranges[-1] = (self.ranges[-1][0], end)
        else:
            self.ranges.append((start, end))
        return start, end

    def _least(self, picture: Directory) -> int:
        """Return how many bytes an uncompressed picture has at least; 0 for any other."""
        if number(self._exif, picture, COMPRESSION, 1) != 1 or number(self._exif, picture, PHOTOMETRIC) == 6:
            return 0  # YCbCr may be subsampled
        samples = number(self._exif, picture, SAMPLES, 1)
        bits = number(self._exif, picture, BITS, 1)
        width, height = number(self._exif, picture, WIDTH), number(self._exif, picture, HEIGHT)
        return width * bits * samples // 8 * height

    def _unclear(self) -> NotEmbeddable:
        return NotEmbeddable(self._path, "the TIFF does not say how long its picture's data is", "a sidecar may serve")
