"""TIFF as a container: the whole file is one EXIF block. Says what may be written into, and what of the end is ours.

Source: TIFF 6.0, XMP part 3 section 1.1.4, DNG 1.7 chapter 2; types of RAW: ExifTool's and LibRaw's documentation.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.core.formats import RAW_SUFFIXES, suffix
from tagger.metadata import exif, tiff_tree
from tagger.metadata.contents import Blocks, Limits
from tagger.metadata.exif import Exif
from tagger.metadata.files import MAX_SIZE
from tagger.metadata.tiff_iptc import IIM, RESOURCES, Places
from tagger.metadata.tiff_tree import Tree, number

XMP = 700
TAGS = exif.OURS | {XMP, IIM, RESOURCES}
MARK = b"\0tagger\0"
"""Stands before a directory that we appended, followed by the length of the file before us (four bytes)."""

LIMITS = Limits(exif=2 * MAX_SIZE, xmp=1 << 24, photoshop=1 << 24)

_KINDS = {exif.DESCRIPTION: {1, 2, 7, 129}, exif.XP_KEYWORDS: {1, 7}, XMP: {1, 7}, IIM: {1, 4, 7}, RESOURCES: {1, 7}}
_HEAD = re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+|IIRO|IIRS|MMOR|IIU\0")
_RAW_HEAD = re.compile(rb"(?:II|MM)(?:RO|RS|OR|U\0)|.{8}(?:CR\x02\0|IIII.waR|MMMMRaw)", re.DOTALL)
# CFA pattern, Leaf, DNG version (2), DNG's and Sony's private data, Kodak's own directory
_RAW_TAGS = frozenset({33421, 33422, 34310, 50706, 50707, 50740, 65024})
# As libtiff knows them: none, CCITT (4), LZW, JPEG, Deflate (2), PackBits, JPEG 2000 (3), LERC, LZMA, Zstandard, ...
_COMPRESSIONS = frozenset(
    {1, 2, 3, 4, 5, 7, 8, 32946, 32773, 33003, 33005, 34676, 34677, 34712, 34887} | {34925, 50000, 50001, 50002}
)
_PHOTOMETRICS = frozenset({0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 32844, 32845})  # no colour filter array, no linear RAW
_MOST_ENTRIES = 0xFFFF
_REDUCED = 1  # NewSubfileType
_GEOTIFF = b"GDAL_STRUCTURAL_METADATA_SIZE="
# What other programs look for at the very end: Canon's data, FotoStation, Photo Mechanic, AFCP, MIE.
_TRAILER = re.compile(
    rb"CANON OPTIONAL DATA\0.{44}\Z|\xa1\xb2\xc3\xd4\Z|cbipcbbl\Z|AXS[!*].{8}\Z|~\0[\x04\x06]\0zmie.{6,14}\Z", re.DOTALL
)


def matches(data: bytes) -> bool:
    """Say whether a file begins as a TIFF does, or as one of its relatives that are never written."""
    return _HEAD.match(data) is not None


@dataclass(frozen=True, slots=True)
class Tiff:
    """A parsed file: its first directory as ``exif``, all of them as ``tree``.

    ``kept`` bytes are not ours; where that is not the whole file, the rest is what we appended. ``refusal`` says why
    nothing may be written, although all of it can be read; it is empty for most files.
    """

    path: Path
    data: bytes
    exif: Exif
    tree: Tree
    width: int
    height: int
    kept: int
    refusal: str

    def identity(self) -> str:
        """Return the SHA-256 (hex) of every picture's data and of what makes pixels of it, wherever it lies."""
        digest = hashlib.sha256(self.tree.shape)
        view = memoryview(self.data)
        for start, end in self.tree.ranges:
            digest.update(view[start:end])
        return digest.hexdigest()

    def same_picture(self, other: "Tiff") -> bool:
        """Say whether both hold the same picture data, comparing every byte."""
        if self.tree.ranges != other.tree.ranges:
            return self.identity() == other.identity()
        view = memoryview(self.data)  # startswith compares without a copy
        same = (other.data.startswith(view[start:end], start) for start, end in self.tree.ranges)
        return self.tree.shape == other.tree.shape and all(same)

    def blocks(self) -> Blocks:
        """Return the metadata blocks that we edit or look at."""
        photoshop = self.iptc().blocks(self.path)
        return Blocks(exif=self.data, xmp=self.value(XMP), photoshop=photoshop, kept=self.kept)

    def iptc(self) -> Places:
        """Return where IPTC is."""
        return Places(self.value(IIM), self.kind(IIM), self.value(RESOURCES), self.kind(RESOURCES))

    def value(self, tag: int) -> bytes | None:
        """Return the bytes of a value in the first directory; None where it is absent."""
        return next((self.exif.value(entry) for entry in self.exif.entries if entry.tag == tag), None)

    def kind(self, tag: int) -> int:
        """Return the type of a value in the first directory; BYTE, which fits all of ours, where it is absent."""
        return next((entry.kind for entry in self.exif.entries if entry.tag == tag), 1)


def parse(path: Path, data: bytes, *, like: Tiff | None = None) -> Tiff:  # noqa: ARG001 - no step here takes long
    """Find the directories of the TIFF ``data``; what ``path`` is called decides too, where it says RAW.

    Raises NotEmbeddable for RAW, BigTIFF and anything that may be RAW, PhotoError for a damaged file.
    """
    if suffix(path.name) in RAW_SUFFIXES or _RAW_HEAD.match(data):
        raise _raw(path, "this is a RAW file")
    if data[2:4] in {b"+\0", b"\0+"}:
        raise NotEmbeddable(path, "this is a BigTIFF, which is not written", "a sidecar may serve")
    if len(data) < 8:
        raise PhotoError(path, "truncated TIFF: it ends inside its header", "an interrupted copy? Copy it again")
    block = _block(path, data)
    tree = tiff_tree.walk(block, TAGS, path)
    _require_photo(path, block, tree)
    if len(block.entries) + len(TAGS) > _MOST_ENTRIES:
        raise NotEmbeddable(path, "the TIFF's first directory is full", "a sidecar may serve")
    if any((entry.size or 0) > LIMITS.xmp for entry in block.entries if entry.tag in TAGS):
        raise NotEmbeddable(path, "the TIFF holds more metadata than a photo has", "a sidecar may serve")
    width, height = (number(block, tree.pictures[0], tag) for tag in (tiff_tree.WIDTH, tiff_tree.HEIGHT))
    if not width or not height:
        raise PhotoError(path, "damaged TIFF: it does not say how large the picture is", "it may not open elsewhere")
    return Tiff(path, data, block, tree, width, height, _kept(block, tree), _refusal(block))


def _block(path: Path, data: bytes) -> Exif:
    order = "<" if data[:2] == b"II" else ">"
    entries, following = exif.directory(data, order, struct.unpack_from(order + "I", data, 4)[0])
    if following is None:
        raise PhotoError(
            path, "truncated TIFF: its first directory is not in the file", "an interrupted copy? Copy it again"
        )
    parsed = exif.parse(data, path) if entries else None
    if parsed is None:
        raise PhotoError(path, "damaged TIFF: its first directory is empty", "it may not open elsewhere either")
    return parsed


def _raw(path: Path, cause: str) -> NotEmbeddable:
    return NotEmbeddable(path, cause, "RAW is never written; a sidecar may serve")


def _require_photo(path: Path, block: Exif, tree: Tree) -> None:
    """Raise NotEmbeddable for RAW, by what it holds, and for everything that may be a kind of it."""
    first = tree.pictures[0]
    size = number(block, first, tiff_tree.WIDTH) * number(block, first, tiff_tree.HEIGHT)
    for picture in tree.pictures:
        tags = {entry.tag for entry in picture.entries}
        if tags & _RAW_TAGS:
            raise _raw(path, "this is a RAW file, whatever its name says")
        compression = number(block, picture, tiff_tree.COMPRESSION, 1)
        # Old-style JPEG is what RAW files keep previews in; as a page behind the first it is a thumbnail.
        if compression not in _COMPRESSIONS and (picture is first or compression != 6):
            raise _raw(path, f"may be a RAW file: a picture in it is compressed in a way of its own ({compression})")
        photometric = number(block, picture, tiff_tree.PHOTOMETRIC, -1 if picture is first else 0)
        if photometric not in _PHOTOMETRICS:
            raise _raw(path, "may be a RAW file: a picture in it is of a kind that photos are not")
        own = number(block, picture, tiff_tree.WIDTH) * number(block, picture, tiff_tree.HEIGHT)
        if picture.is_sub and own > size:
            raise _raw(path, "may be a RAW file: its first picture is a preview")
    if number(block, first, 254) & _REDUCED or not ({tiff_tree.STRIPS[0], tiff_tree.TILES[0]} & _tags(block)):
        raise _raw(path, "may be a RAW file: its first picture is a preview, or none")


def _tags(block: Exif) -> set[int]:
    return {entry.tag for entry in block.entries}


def _refusal(block: Exif) -> str:
    """Return why a photo that can be read must not be written into; nothing where it may."""
    if _GEOTIFF in block.block[:64]:
        return "this is a map (cloud-optimised GeoTIFF), not a photo"
    if _TRAILER.search(block.block[-64:]):
        return "another program's data must stay at the end of the file"
    for tag, kinds in _KINDS.items():
        found = [entry for entry in block.entries if entry.tag == tag]
        if len(found) > 1:
            return f"the file holds tag {tag} twice, and which one counts is not defined"
        if found and found[0].kind not in kinds:
            return f"the file holds tag {tag} in a form that cannot be edited"
    return ""


def _kept(block: Exif, tree: Tree) -> int:
    """Return how many bytes come before what we appended: all of them where the end is not ours and ours alone."""
    data, start = block.block, block.ifd
    place = start - len(MARK) - 4
    if place < 8 or data[place : place + len(MARK)] != MARK:
        return len(data)
    kept = int(struct.unpack_from(block.order + "I", data, start - 4)[0])
    if kept + kept % 2 != place or tree.reach > kept:
        return len(data)
    pos = start + 2 + 12 * len(block.entries) + 4
    for first, last in sorted(block.span(entry) for entry in block.entries if entry.tag in TAGS):
        if last > kept:
            if first != pos + pos % 2:
                return len(data)
            pos = last
    return kept if pos == len(data) else len(data)
