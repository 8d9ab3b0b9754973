"""TIFFs that may not be written, or cannot be read: each refused with a cause, in no time and in little memory."""

import struct
import time
from pathlib import Path

import jpegs
import pytest
from tiffs import Builder, Page, Row, grey, reduced, simple
from trial import DOG, tag

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata import document, tiff

PATH = Path("photo.tif")
IIM = jpegs.iim(b"sea", caption=b"The sea")
OTHER_IIM = jpegs.iim(b"hill", caption=b"The hill")


def short(value: int) -> bytes:
    return struct.pack("<H", value)


def long(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def changed(page: Page, *rows: Row, without: tuple[int, ...] = ()) -> Page:
    """The page with some rows in place of those of the same tag."""
    out = {row[0] for row in rows} | set(without)
    page.rows = [row for row in page.rows if row[0] not in out] + list(rows)
    return page


def with_sub(sub: Page, *rows: Row) -> bytes:
    return Builder().build(grey(rows=list(rows), subs=(sub,)))


def patched(data: bytes, tag_number: int, **fields: int) -> bytes:
    """The file with another count or value in an entry of its first directory."""
    at = tiff.parse(PATH, data).exif.ifd + 2
    result = bytearray(data)
    while struct.unpack_from("<H", result, at)[0] != tag_number:
        at += 12
    for name, number in fields.items():
        struct.pack_into("<I", result, at + {"count": 4, "value": 8}[name], number)
    return bytes(result)


def following(data: bytes, offset: int) -> bytes:
    """The file whose first directory is followed by another at ``offset``."""
    parsed = tiff.parse(PATH, data).exif
    result = bytearray(data)
    struct.pack_into("<I", result, parsed.ifd + 2 + 12 * len(parsed.entries), offset)
    return bytes(result)


def circle() -> bytes:
    data = simple(rows=((330, 13, long(0)),))
    return patched(data, 330, value=tiff.parse(PATH, data).exif.ifd)


PLAIN = simple()
IFD = tiff.parse(PATH, PLAIN).exif.ifd
RAW = {
    "dng": simple(rows=((50706, 1, b"\1\4\0\0"),)),
    "dng version in the second directory": Builder().build(grey(), grey(rows=[(50706, 1, b"\1\4\0\0")])),
    "cr2": b"II*\0\x10\0\0\0CR\2\0" + bytes(40),
    "orf": b"IIRO\x08\0\0\0" + bytes(40),
    "orf, other": b"IIRS\x08\0\0\0" + bytes(40),
    "orf, big endian": b"MMOR\0\0\0\x08" + bytes(40),
    "rw2": b"IIU\0\x18\0\0\0" + bytes(40),
    "iiq": b"II*\0\x60\0\0\0IIII\0waR" + bytes(90),
    "colour filter array": Builder().build(changed(grey(), (262, 3, short(32803)))),
    "linear raw in a directory below": with_sub(changed(grey(size=(8, 6)), (262, 3, short(34892)))),
    "nef": with_sub(changed(grey(), (259, 3, short(34713)))),
    "compressed in an unknown way": Builder().build(changed(grey(), (259, 3, short(65000)))),
    "larger picture below": with_sub(grey(size=(32, 24))),
    "preview first": Builder().build(reduced(grey(), "<"), grey()),
    "old jpeg first": Builder().build(changed(grey(), (259, 3, short(6)))),
    "no strips": Builder().build(Page(grey().rows)),
    "no photometric interpretation": Builder().build(changed(grey(), without=(262,))),
    "colour filter pattern": simple(rows=((33422, 1, b"\0\1\1\2"),)),
}
UNWRITABLE = {
    "bigtiff": (b"II+\0\x08\0\0\0" + bytes(50), "BigTIFF"),
    "bigtiff, big endian": (b"MM\0+\0\x08\0\0" + bytes(50), "BigTIFF"),
    "two xmp": (simple(rows=((700, 1, jpegs.packet("")), (700, 1, jpegs.packet("")))), "tag 700 twice"),
    "two descriptions": (simple(rows=((270, 2, b"a place\0"), (270, 2, b"a name\0"))), "tag 270 twice"),
    "description of numbers": (simple(rows=((270, 3, short(7) * 4),)), None),
    "xmp of numbers": (simple(rows=((700, 4, long(1, 2, 3)),)), "XMP cannot be parsed"),
    "xmp that is none": (simple(rows=((700, 1, b"<x:xmpmeta>no end"),)), "XMP"),
    "iptc that is none": (simple(rows=((33723, 7, b"no IPTC at all"),)), "IPTC cannot be parsed"),
    "two iptc that differ": (
        simple(rows=((33723, 7, IIM), (34377, 7, jpegs.resource(0x0404, OTHER_IIM)))),
        "more than one IPTC block",
    ),
    "damaged resources with iptc": (simple(rows=((34377, 7, jpegs.resource(0x0404, IIM)[:-9]),)), "IPTC"),
    "no lengths": (Builder().build(changed(grey(), (273, 4, long(8)), without=(279,))), None),
    "fewer lengths": (patched(PLAIN, 279, count=2), "how long"),
    "a length of nothing": (patched(Builder().build(grey(strips=1)), 279, value=0), "how long"),
    "a trailer": (PLAIN + b"cbipcbbl", "at the end"),
    "another trailer": (PLAIN + b"AXS!" + bytes(8), "at the end"),
    "a third trailer": (PLAIN + b"CANON OPTIONAL DATA\0" + bytes(44), "at the end"),
    "a map": (
        Builder().build(grey())[:4] + long(60) + b"GDAL_STRUCTURAL_METADATA_SIZE=000140 bytes\n" + bytes(90),
        None,
    ),
}
DAMAGED = {
    "header alone": b"II*\0\x08\0\0\0",
    "half a header": b"II*\0\x08",
    "first directory past the end": b"II*\0\xff\xff\0\0" + bytes(100),
    "empty first directory": b"II*\0\x08\0\0\0" + bytes(50),
    "cut": PLAIN[:-30],
    "cut inside the second page": Builder().build(grey(), grey(seed=3))[:-400],
    "directories in a circle": following(PLAIN, IFD),
    "a directory below that is the first": circle(),
    "next directory past the end": following(PLAIN, len(PLAIN) + 100),
    "next directory in the header": following(PLAIN, 2),
    "4 GB of values": patched(simple(rows=((40000, 7, bytes(20)),)), 40000, count=0xFFFFFFFF),
    "32 GB of values": patched(simple(rows=((40000, 12, bytes(16)),)), 40000, count=0xFFFFFFFF),
    "value past the end": patched(PLAIN, 282, value=len(PLAIN) - 4),
    "value in the header": patched(PLAIN, 282, value=2),
    "exif past the end": simple(rows=((34665, 4, long(1 << 20)),)),
    "strip past the end": patched(Builder().build(grey(strips=1)), 273, value=len(PLAIN)),
    "strip in the header": patched(Builder().build(grey(strips=1)), 273, value=4),
    "less data than its picture": patched(Builder().build(grey(strips=1)), 279, value=100),
    "no width": Builder().build(changed(grey(), without=(256,))),
    "no height": Builder().build(changed(grey(), (257, 4, long(0)))),
}


def refused(data: bytes, path: Path | None = None) -> PhotoError:
    begin = time.monotonic()
    with pytest.raises(PhotoError) as caught:
        tag(data, DOG) if path is None else document.parse(path, data)
    assert time.monotonic() - begin < 2
    assert "\n" not in str(caught.value)
    assert "please report" not in str(caught.value)
    assert caught.value.path == (path or Path("photo.jpg"))
    return caught.value


@pytest.mark.parametrize("name", RAW)
def test_raw_is_known_by_what_it_holds(name: str) -> None:
    error = refused(RAW[name])
    assert isinstance(error, NotEmbeddable)
    assert "RAW" in str(error)


@pytest.mark.parametrize("suffix", [".nef", ".ARW", ".dng", ".CR2", ".pef", ".srw", ".raw", ".3fr", ".iiq", ".orf"])
def test_raw_is_known_by_its_name(suffix: str) -> None:
    error = refused(PLAIN, Path(f"photo{suffix}"))
    assert isinstance(error, NotEmbeddable)
    assert "RAW" in str(error)


@pytest.mark.parametrize("name", UNWRITABLE)
def test_what_a_sidecar_may_hold_instead(name: str) -> None:
    data, cause = UNWRITABLE[name]
    error = refused(data)
    assert cause is None or cause in str(error)
    assert isinstance(error, NotEmbeddable) or cause is None


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_an_error_of_the_photo(name: str) -> None:
    error = refused(DAMAGED[name])
    assert type(error) is PhotoError
    assert "TIFF" in str(error)


def test_the_largest_directory_has_no_room() -> None:
    many = [(40000, 3, short(1))] * (0xFFFF - 2 - len(grey().rows))
    data = Builder().build(grey(rows=many))
    with pytest.raises(NotEmbeddable, match="full"):
        tag(data, DOG)


def test_a_packet_larger_than_any_is_not_even_parsed() -> None:
    assert "more metadata" in str(refused(simple(rows=((700, 1, b"<a/>" * (5 << 20)),))))


def test_pages_without_end_are_refused() -> None:
    """Directories that overlap: a small file that describes a million pages."""
    count = 10000
    body = bytearray(PLAIN)
    first = len(body) + len(body) % 2
    body += bytes(first - len(body))
    for index in range(count):
        rows = struct.pack("<HHII", 256, 3, 1, 5) * 7
        body += struct.pack("<H", 7) + rows + struct.pack("<I", first + (index + 1) * 90 if index + 1 < count else 0)
    error = refused(following(PLAIN, first)[: len(PLAIN)] + bytes(body[len(PLAIN) :]))
    assert "pages" in str(error)


def test_strips_that_share_their_bytes_are_refused() -> None:
    page = grey(strips=1)
    offsets, sizes = long(*[8] * 3000), long(*[192] * 3000)
    builder = Builder()
    builder.put(page.parts[0])
    page.parts = ()
    page.rows += [(273, 4, offsets), (279, 4, sizes)]
    assert isinstance(refused(builder.build(page)), NotEmbeddable)


def test_a_thumbnail_behind_the_picture_is_no_raw() -> None:
    thumbnail = changed(reduced(grey(size=(8, 6)), "<"), (259, 3, short(6)))
    data = Builder().build(grey(), thumbnail)
    after, _ = tag(data, DOG)
    assert tiff.parse(PATH, after).identity() == tiff.parse(PATH, data).identity()
