"""Files that are never written into: what they hold is read, and what cannot be read is absent."""

import hashlib
import io
import random
import struct
import time
from pathlib import Path

import jpegs
import pytest
from captioning.raws import dng
from PIL import Image
from trial import photo, writer

from tagger.metadata import sealed

HEIC = (Path(__file__).parent / "assets/pattern.heic").read_bytes()
PACKET = jpegs.foreign_packet(jpegs.bag("dc:subject", "sea"), padding=0)
TIFF = jpegs.camera_tiff(description=b"Aunt Mary\0").build()
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CANON_UUID = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")


def saved(name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, name, **options)
    return buffer.getvalue()


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def cr3() -> bytes:
    canon = box(b"uuid", CANON_UUID, box(b"CNCV", b"CanonCR3"), box(b"CMT1", TIFF), box(b"CMT2", TIFF))
    return box(b"ftyp", b"crx \0\0\0\x01crx isom") + box(b"moov", canon) + box(b"uuid", XMP_UUID, PACKET)


def raf() -> bytes:
    jpeg = jpegs.with_segments(jpegs.picture(), jpegs.exif_segment(TIFF), jpegs.xmp_segment(PACKET))
    head = b"FUJIFILMCCD-RAW 0201FF383501".ljust(84, b"\0") + struct.pack(">II", 148, len(jpeg))
    return head.ljust(148, b"\0") + jpeg + bytes(500)


def rw2() -> bytes:
    jpeg = jpegs.with_segments(jpegs.picture(), jpegs.exif_segment(TIFF), jpegs.xmp_segment(PACKET))
    return b"IIU\0" + jpegs.Tiff("<", [(0x01, 7, b"0310"), (0x2E, 7, jpeg)]).build()[4:]


def orf() -> bytes:
    return b"IIRO" + jpegs.Tiff("<", [(0x010E, 2, b"Aunt Mary\0"), (700, 1, PACKET)]).build()[4:]


def gif() -> bytes:
    plain = saved("GIF")
    magic = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return plain[:-1] + b"\x21\xff\x0bXMP DataXMP" + PACKET + magic + plain[-1:]


def jp2() -> bytes:
    return saved("JPEG2000") + box(b"uuid", XMP_UUID, PACKET)


AVIF = saved("AVIF", exif=b"Exif\0\0" + TIFF, xmp=PACKET)
RAW_ROWS = ((0x010E, 2, b"Aunt Mary\0"), (700, 1, PACKET))
FILES = {
    # name: content, what it is called, description, keywords, size
    "a.heic": (HEIC, "HEIC", "A pattern", {"pattern", "sea", "colours"}, (48, 64)),
    "a.avif": (AVIF, "AVIF", "Aunt Mary", {"sea"}, (64, 48)),
    "a.dng": (dng(extra=RAW_ROWS), "RAW (DNG)", "Aunt Mary", {"sea"}, (64, 48)),
    "a.nef": (dng(extra=RAW_ROWS), "RAW (NEF)", "Aunt Mary", {"sea"}, (64, 48)),
    "a.cr3": (cr3(), "RAW (CR3)", "Aunt Mary", {"sea"}, (0, 0)),
    "a.raf": (raf(), "RAW (RAF)", "Aunt Mary", {"sea"}, (48, 32)),
    "a.rw2": (rw2(), "RAW (RW2)", "Aunt Mary", {"sea"}, (48, 32)),
    "a.orf": (orf(), "RAW (ORF)", "Aunt Mary", {"sea"}, (0, 0)),
    "a.gif": (gif(), "GIF", "", {"sea"}, (64, 48)),
    "a.jp2": (jp2(), "JPEG 2000", "", {"sea"}, (64, 48)),
    "a.bmp": (saved("BMP"), "BMP", "", set(), (64, 48)),
    "unknown.jpg": (HEIC, "HEIC", "A pattern", {"pattern", "sea", "colours"}, (48, 64)),
}


@pytest.mark.parametrize("name", FILES)
def test_read(tmp_path: Path, name: str) -> None:
    content, title, description, keywords, size = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    assert sealed.name(path, content) == title
    metadata = writer().read(photo(path))
    assert metadata.description == description
    assert set(metadata.keywords) == keywords
    assert (metadata.width, metadata.height) == size
    assert metadata.identity == hashlib.sha256(content).hexdigest()
    if name in {"a.avif", "a.cr3", "a.raf", "a.rw2"}:
        assert metadata.taken_at == "2024-05-06T07:08:09"


def test_what_is_written_into_is_none_of_them(tmp_path: Path) -> None:
    for content in (jpegs.picture(), saved("PNG"), saved("WEBP"), saved("TIFF")):
        assert sealed.name(tmp_path / "a.jpg", content) == ""
        assert sealed.name(tmp_path / "a.heic", content) == ""
    assert sealed.name(tmp_path / "a.tif", dng()) == ""  # TIFF's own parser knows RAW by its tags
    assert sealed.name(tmp_path / "a.nef", saved("TIFF")) == "RAW (NEF)"


@pytest.mark.parametrize("name", FILES)
def test_damage_is_absent(name: str) -> None:
    """Whatever happens to the bytes, nothing is raised, and it is quick."""
    content, title, *_ = FILES[name]
    seeded = random.Random(name)
    began = time.perf_counter()
    for _ in range(150):
        data = bytearray(content)
        for _ in range(seeded.randint(1, 8)):
            at = seeded.randrange(len(data))
            data[at : at + 4] = seeded.choice(
                (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", seeded.randbytes(4))
            )
        cut = bytes(data[: seeded.choice((len(data), seeded.randrange(len(data) + 1)))])
        found = sealed.parse(Path(name), cut, title)
        assert found.identity() == hashlib.sha256(cut).hexdigest()
    assert time.perf_counter() - began < 10


def test_lengths_of_four_gigabytes() -> None:
    """Boxes, items and extents that claim more than there is: absent, and no memory taken."""
    for claimed in (b"\0\0\0\1", b"\xff\xff\xff\xff", b"\0\0\0\0"):
        for kind in (b"meta", b"iinf", b"iloc", b"iprp", b"ipco", b"ipma", b"ispe", b"moov", b"uuid"):
            data = HEIC if kind in HEIC else cr3()
            at = data.index(kind) - 4
            sealed.parse(Path("a.heic"), data[:at] + claimed + data[at + 4 :], "HEIC")
    many = box(b"ftyp", b"heic\0\0\0\0") + box(
        b"meta", bytes(4), box(b"iloc", b"\0\0\0\0\x44\x00\xff\xff", b"\0\1\0\0\xff\xff")
    )
    assert sealed.parse(Path("a.heic"), many + bytes(9), "HEIC").contents.xmp.keywords == ()
