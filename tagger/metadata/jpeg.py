"""JPEG as a container: segments with their byte offsets, never pixels. Knows nothing of what the segments say.

Source: ITU-T T.81 annex B (markers), JFIF 1.02, Exif 2.32 section 4.5.4 and 4.7, XMP part 3 section 1.1.3.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError, PhotoSkipped
from tagger.metadata.contents import Blocks, Limits

EXIF_PREFIX = b"Exif\0\0"
XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED_PREFIX = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP_PREFIX = b"Photoshop 3.0\0"
MPF_PREFIX = b"MPF\0"
LIMITS = Limits(exif=65533 - len(EXIF_PREFIX), xmp=65502, photoshop=65533 - len(PHOTOSHOP_PREFIX))

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# In entropy-coded data FF is followed by 00 (stuffing), D0-D7 (restart) or FF (fill); anything else is a marker.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EXTENDED_HEADER = len(EXTENDED_PREFIX) + 40  # GUID, full length, offset of this part
_OTHER_FORMATS = (
    (re.compile(rb"GIF8"), "a GIF"),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), "an AVIF"),
    (re.compile(rb".{4}ftyp(?:hei|hev|mif1|msf1)", re.DOTALL), "a HEIC"),
    (re.compile(rb".{4}ftypcrx", re.DOTALL), "a Canon CR3"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "a JPEG XL"),
    (re.compile(rb"\0\0\0\x0cjP  "), "a JPEG 2000"),
    (re.compile(rb"BM.{12}[\x0c-\x7c]\0\0\0", re.DOTALL), "a BMP"),
)


def matches(data: bytes) -> bool:
    """Say whether a file begins as a JPEG does."""
    return data[:2] == b"\xff\xd8"


class Kind(StrEnum):
    """What a segment is for, by its marker and first bytes."""

    JFIF = "JFIF"
    EXIF = "EXIF"
    XMP = "XMP"
    EXTENDED_XMP = "extended XMP"
    PHOTOSHOP = "Photoshop"
    MPF = "MPF"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment: ``data[start:end]`` with marker, two length bytes and payload."""

    marker: int
    kind: Kind
    start: int
    end: int

    @property
    def is_metadata(self) -> bool:
        """Whether this is an application or comment segment: no part of the picture data."""
        return 0xE0 <= self.marker <= 0xEF or self.marker == 0xFE


@dataclass(frozen=True)  # without slots: the scans are kept once they were cut out
class Jpeg:
    """A parsed file: ``segments`` up to and including the first scan's header, ``picture_end`` behind the EOI."""

    data: bytes
    segments: tuple[Segment, ...]
    picture_end: int
    width: int
    height: int

    def payload(self, segment: Segment) -> bytes:
        """Return what follows the segment's length bytes."""
        return self.data[segment.start + 4 : segment.end]

    def of_kind(self, kind: Kind) -> tuple[Segment, ...]:
        """Return the segments of one kind, in file order."""
        return tuple(segment for segment in self.segments if segment.kind is kind)

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the picture data: every header that is not metadata, then the scans and EOI."""
        digest = hashlib.sha256()
        view = memoryview(self.data)
        for segment in self.segments:
            if not segment.is_metadata:
                digest.update(view[segment.start : segment.end])
        digest.update(view[self.segments[-1].end : self.picture_end])
        return digest.hexdigest()

    def same_picture(self, other: "Jpeg") -> bool:
        """Say whether both hold the same picture data, comparing every byte."""
        mine = [self.data[s.start : s.end] for s in self.segments if not s.is_metadata]
        theirs = [other.data[s.start : s.end] for s in other.segments if not s.is_metadata]
        scans = self.scans
        begin = other.segments[-1].end
        return mine == theirs and other.picture_end - begin == len(scans) and other.data.startswith(scans, begin)

    @cached_property
    def scans(self) -> bytes:
        """Return what follows the first scan's header, up to and including the EOI."""
        # A slice of bytes, not a view: copying and comparing it is many times faster than comparing views.
        return self.data[self.segments[-1].end : self.picture_end]

    def blocks(self) -> Blocks:
        """Return the metadata blocks that we edit or look at."""
        exif = [self.payload(segment)[len(EXIF_PREFIX) :] for segment in self.of_kind(Kind.EXIF)]
        xmp = [self.payload(segment)[len(XMP_PREFIX) :] for segment in self.of_kind(Kind.XMP)]
        return Blocks(
            exif=exif[0] if exif else None,
            xmp=xmp[0] if xmp else None,
            photoshop=tuple(self.payload(s)[len(PHOTOSHOP_PREFIX) :] for s in self.of_kind(Kind.PHOTOSHOP)),
            extended_xmp=b"".join(self.payload(s)[_EXTENDED_HEADER:] for s in self.of_kind(Kind.EXTENDED_XMP)),
            density=self._density(),
        )

    def _density(self) -> tuple[int, int, int]:
        for segment in self.of_kind(Kind.JFIF):
            payload = self.payload(segment)
            if payload[:5] == b"JFIF\0" and len(payload) >= 12 and payload[7] in {1, 2}:
                x, y = int.from_bytes(payload[8:10], "big"), int.from_bytes(payload[10:12], "big")
                if x and y:
                    return x, y, payload[7] + 1  # JFIF counts inch 1, cm 2; EXIF 2 and 3
        return 72, 72, 2  # Exif 2.32, XResolution: 72 per inch when unknown


def parse(path: Path, data: bytes, *, like: Jpeg | None = None) -> Jpeg:
    """Find the segments of the JPEG ``data``; ``path`` is for messages only.

    Where the scans are those of ``like``, byte for byte, they are not searched for their end again.
    Raises PhotoSkipped for another picture format, NotEmbeddable where a block is there twice, PhotoError for anything
    that is not one whole, sound JPEG.
    """
    _require_jpeg(path, data)
    segments: list[Segment] = []
    size: tuple[int, int] | None = None
    pos = 2
    while not segments or segments[-1].marker != _SOS:
        segment = _segment(path, data, pos)
        segments.append(segment)
        pos = segment.end
        if segment.marker in _FRAMES and size is None and segment.end - segment.start >= 9:
            frame = data[segment.start + 5 : segment.start + 9]
            size = int.from_bytes(frame[2:], "big"), int.from_bytes(frame[:2], "big")
    if size is None or 0 in size:
        raise PhotoError(
            path, "damaged JPEG: it does not say how large the picture is", "it may not open elsewhere either"
        )
    end = _picture_end(path, data, pos, like)
    for kind in (Kind.EXIF, Kind.XMP):
        if sum(segment.kind is kind for segment in segments) > 1:
            cause = f"the file holds more than one {kind} block"
            raise NotEmbeddable(path, cause, "which one counts is not defined: a sidecar may serve")
    return Jpeg(data, tuple(segments), end, *size)


def _require_jpeg(path: Path, data: bytes) -> None:
    if not data:
        raise PhotoError(path, "the file is empty", "an interrupted copy? Copy it again")
    for pattern, name in _OTHER_FORMATS:
        if pattern.match(data):
            raise PhotoSkipped(path, f"this is {name}, which is not written yet", "whatever its name says")
    if data[:2] != b"\xff\xd8":
        if not data[:4096].strip(b"\0"):
            raise PhotoError(path, "the file begins with nothing but zero bytes", "an interrupted copy? Copy it again")
        raise PhotoError(path, "not a JPEG file", f"it begins with {data[:8].hex(' ')}")


def _truncated(path: Path) -> PhotoError:
    return PhotoError(
        path, "truncated JPEG: the file ends before its picture does", "an interrupted copy? Copy it again"
    )


def _segment(path: Path, data: bytes, pos: int) -> Segment:
    while data[pos : pos + 2] == b"\xff\xff":  # fill bytes
        pos += 1
    if pos + 4 > len(data):
        raise _truncated(path)
    marker = data[pos + 1]
    if marker == _EOI:
        raise _truncated(path)
    if data[pos] != 0xFF or marker < 0xC0 or 0xD0 <= marker <= _SOI:
        raise PhotoError(path, f"damaged JPEG: no segment begins at byte {pos}", "it may not open elsewhere either")
    length = int.from_bytes(data[pos + 2 : pos + 4], "big")
    end = pos + 2 + length
    if length < 2:
        raise PhotoError(path, f"damaged JPEG: the segment at byte {pos} has no length", "it may not open elsewhere")
    if end > len(data):
        raise PhotoError(
            path, f"truncated JPEG: the segment at byte {pos} runs past the end", "an interrupted copy? Copy it again"
        )
    return Segment(marker, _kind(marker, data[pos + 4 : min(end, pos + 44)]), pos, end)


def _kind(marker: int, head: bytes) -> Kind:
    if marker == 0xE0 and head[:4] in {b"JFIF", b"JFXX"}:
        return Kind.JFIF
    if marker == 0xE1:
        if head[:5] == EXIF_PREFIX[:5] and len(head) >= len(EXIF_PREFIX):  # some cameras pad with FF
            return Kind.EXIF
        if head.startswith(XMP_PREFIX):
            return Kind.XMP
        if head.startswith(EXTENDED_PREFIX):
            return Kind.EXTENDED_XMP
    if marker == 0xE2 and head.startswith(MPF_PREFIX):
        return Kind.MPF
    if marker == 0xED and head.startswith(PHOTOSHOP_PREFIX):
        return Kind.PHOTOSHOP
    return Kind.OTHER


def _picture_end(path: Path, data: bytes, pos: int, like: Jpeg | None) -> int:
    """Return the offset behind the EOI; between scans there may be tables, whose bytes may look like markers."""
    if like is not None and data.startswith(scans := like.scans, pos):
        return pos + len(scans)
    while match := _MARKER.search(data, pos):
        marker = data[match.end() - 1]
        if marker == _EOI:
            return match.end()
        if marker == _SOI:  # the next picture begins: this one lost its end
            break
        pos = match.end()
        if marker >= 0xC0:
            length = int.from_bytes(data[pos : pos + 2], "big")
            pos += length
            if length < 2 or pos > len(data):
                break
    raise _truncated(path)
