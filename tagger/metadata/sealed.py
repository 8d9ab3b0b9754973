"""Formats that are never written into (HEIC, AVIF, RAW, GIF, BMP, JPEG 2000): what they hold, read leniently.

What cannot be read counts as absent, because nothing here decides whether a photo is written: a sidecar is. Knows no
pixels and no decoder library, some of which a damaged file can bring down.

Source: TIFF 6.0 and what RAW formats make of it; GIF89a; XMP part 3 section 1.1; Fujifilm RAF as in LibRaw.
"""

import hashlib
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.core.formats import RAW_SUFFIXES, suffix
from tagger.metadata import blocks, boxes, container, document, exif
from tagger.metadata.container import Container
from tagger.metadata.contents import Blocks, Contents

_SIGNATURES = (
    ("AVIF", re.compile(rb".{4}ftyp(?:avi[fs]|.{8}(?:.{4}){0,16}?avi[fs])", re.DOTALL)),
    ("HEIC", re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif[12]|msf1)", re.DOTALL)),
    ("CR3", re.compile(rb".{4}ftypcrx ", re.DOTALL)),
    ("GIF", re.compile(rb"GIF8[79]a")),
    ("BMP", re.compile(rb"BM.{12}[\x0c-\x7c]\0\0\0", re.DOTALL)),
    ("JPEG 2000", re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51")),
    ("RAF", re.compile(rb"FUJIFILMCCD-RAW ")),
    ("ORF", re.compile(rb"IIR[OS]|MMOR")),
    ("RW2", re.compile(rb"IIU\0")),
    ("CR2", re.compile(rb"(?:II\*\0|MM\0\*).{4}CR", re.DOTALL)),
    ("CRW", re.compile(rb"(?:II|MM).{4}HEAPCCDR", re.DOTALL)),
    ("X3F", re.compile(rb"FOVb")),
    ("MRW", re.compile(rb"\0MR[MI]")),
)
_RAW = frozenset({"CR3", "RAF", "ORF", "RW2", "CR2", "CRW", "X3F", "MRW"})
_TIFF = re.compile(rb"II[*+U]\0|MM\0[*+]|IIR[OS]|MMOR")
_XMP, _IPTC, _JPEG_FROM_RAW = 700, 33723, 0x2E  # tags
_GIF_XMP = b"\x21\xff\x0bXMP DataXMP"
_DATE = re.compile(rb"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A photo that our values cannot go into: why not, its size in pixels (0 where it does not say), its metadata."""

    reason: NotEmbeddable
    data: bytes
    width: int
    height: int
    parsed: blocks.Parsed
    container: Container | None = None

    @property
    def contents(self) -> Contents:
        """What was found, as plain values."""
        return self.parsed.contents

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the picture data where it is known, else of the whole file."""
        return self.container.identity() if self.container else hashlib.sha256(self.data).hexdigest()


def name(path: Path, data: bytes) -> str:
    """Return the name of the format where it is one that is never written into, else nothing."""
    found = next((title for title, pattern in _SIGNATURES if pattern.match(data)), "")
    if not found and _TIFF.match(data) and suffix(path.name) in RAW_SUFFIXES:
        found = suffix(path.name)[1:].upper()
    return f"RAW ({found})" if found in _RAW or (found and f".{found.lower()}" in RAW_SUFFIXES) else found


def parse(path: Path, data: bytes, title: str) -> Sealed:
    """Read a file of the format that ``name`` gave. Raises nothing for what it cannot read."""
    reason = NotEmbeddable(path, f"{title} files are never written into", "a sidecar serves")
    if title == "GIF":
        at, end = data.find(_GIF_XMP), data.find(b"\x01\xff\xfe\xfd")
        packet = data[at + len(_GIF_XMP) : end] if -1 < at < end else None
        width, height = struct.unpack_from("<HH", data[:10].ljust(10, b"\0"), 6)
        return Sealed(reason, data, width, height, _lenient(Blocks(None, packet), path))
    if title == "BMP":
        width, height = struct.unpack_from("<ii", data[:26].ljust(26, b"\0"), 18)
        return Sealed(reason, data, abs(width), abs(height), _lenient(Blocks(None, None), path))
    if title.startswith("RAW") and not _is_boxes(data):
        return _raw(path, data, reason)
    media = boxes.read(data)
    width, height = media.width, media.height
    if not width and media.exif:
        width, height = max(_sizes(media.exif), default=(0, 0))
    parsed = _lenient(Blocks(media.exif, media.xmp), path)
    if media.dates and parsed.contents.taken_at is None:
        parsed = replace(parsed, contents=replace(parsed.contents, taken_at=_date(media.dates)))
    return Sealed(reason, data, width, height, parsed)


def refused(path: Path, data: bytes, reason: NotEmbeddable) -> Sealed:
    """Read a file of a format that can be written, but which was refused for ``reason``, as far as that goes."""
    try:
        _, found = container.parse(document.FORMATS, path, data)
    except PhotoError:
        if _TIFF.match(data):  # RAW by another name, or a kind of TIFF that is not written
            return _raw(path, data, reason)
        return Sealed(reason, data, 0, 0, _lenient(Blocks(None, _scanned(data)), path))
    return Sealed(reason, data, found.width, found.height, _lenient(found.blocks(), path), found)


def _is_boxes(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def _raw(path: Path, data: bytes, reason: NotEmbeddable) -> Sealed:
    if data.startswith(b"FUJI"):
        at, length = struct.unpack_from(">II", data[:92].ljust(92, b"\0"), 84)
        return _of_preview(path, data, data[at : at + length], reason)
    tiff = _tiff(data, path)
    if tiff is None:
        return Sealed(reason, data, 0, 0, _lenient(Blocks(None, _scanned(data)), path))
    values = {entry.tag: tiff.value(entry) for entry in tiff.entries if entry.tag in {_XMP, _IPTC, _JPEG_FROM_RAW}}
    preview = values.get(_JPEG_FROM_RAW)
    if preview and data[2:3] == b"U":
        return _of_preview(path, data, preview, reason)
    iptc = values.get(_IPTC)
    resources = (b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0" * (len(iptc) % 2),) if iptc else ()
    found = Blocks(tiff.block, values.get(_XMP) or _scanned(data), resources)
    width, height = max(_sizes(tiff.block), default=(0, 0))
    return Sealed(reason, data, width, height, _lenient(found, path))


def _of_preview(path: Path, data: bytes, preview: bytes, reason: NotEmbeddable) -> Sealed:
    """What the camera's own JPEG inside says; it has the same picture."""
    inner = refused(path, preview, reason)
    return replace(inner, data=data, container=None)


def _tiff(data: bytes, path: Path) -> exif.Exif | None:
    """Parse the first directory, whatever the format calls itself in the two bytes behind the byte order."""
    head = {b"II": b"II*\0", b"MM": b"MM\0*"}.get(data[:2], b"")
    try:
        return exif.parse(data if data.startswith(head) else head + data[4:], path)
    except PhotoError:
        return None


def _sizes(block: bytes) -> Iterator[tuple[int, int]]:
    """Yield width and height of the pictures in the first directory and in those below it (SubIFDs)."""
    order = "<" if block[:2] == b"II" else ">"
    waiting, seen = [4], 0
    pointers = True
    while waiting and seen < 32:
        at = waiting.pop()
        seen += 1
        try:
            start = struct.unpack_from(order + "I", block, at)[0] if pointers else at
            pointers = False
            count = struct.unpack_from(order + "H", block, start)[0]
            numbers: dict[int, int] = {}
            for row in range(start + 2, start + 2 + 12 * count, 12):
                tag, kind, many, value = struct.unpack_from(order + "HHII", block, row)
                if kind == 3 and many == 1:
                    value = struct.unpack_from(order + "H", block, row + 8)[0]
                numbers[tag] = value
                if tag == 0x14A and seen == 1:
                    ends = (value,) if many == 1 else struct.unpack_from(f"{order}{min(many, 16)}I", block, value)
                    waiting += ends
        except struct.error:
            continue
        if 0x100 in numbers and 0x101 in numbers:
            yield numbers[0x100], numbers[0x101]


def _date(block: bytes) -> str | None:
    """Return the first date in a block that holds nothing but the camera's data (CR3)."""
    match = _DATE.search(block)
    try:
        return datetime.strptime(match[0].decode(), "%Y:%m:%d %H:%M:%S").isoformat() if match else None  # noqa: DTZ007
    except ValueError:
        return None


def _scanned(data: bytes) -> bytes | None:
    """Return the first packet anywhere in the file: what programs do that do not know a format (part 3, annex A)."""
    start = data.find(b"<x:xmpmeta")
    end = data.find(b"</x:xmpmeta>", start)
    return data[start : end + len(b"</x:xmpmeta>")] if 0 <= start < end else None


def _lenient(found: Blocks, path: Path) -> blocks.Parsed:
    """Parse each block by itself; one that cannot be understood is left out."""
    nothing = Blocks(None, None)
    kept = nothing
    for part in (
        {"exif": found.exif},
        {"xmp": found.xmp.rstrip(b"\0") if found.xmp else None},
        {"photoshop": found.photoshop},
    ):
        try:
            blocks.parse(replace(nothing, **part), path)
        except (PhotoError, RecursionError):
            continue
        kept = replace(kept, **part)
    return blocks.parse(kept, path)
