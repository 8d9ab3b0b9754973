"""PNG as a container: where chunks go, what is picture, XMP in every form, old profiles, damage, Apple's pointers."""

import io
import random
import struct
import time
import zlib
from pathlib import Path

import pngs
import pytest
from jpegs import alt, bag, camera_tiff, foreign_packet
from PIL import Image
from pngs import chunk, exif_chunk, parts, picture, with_chunks, xmp_chunk
from trial import CAT, DOG, contents, tag

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata import chunks, document, png, png_edit
from tagger.metadata.splices import inverse, spliced

PATH = Path("photo.png")
CAMERA = camera_tiff().build()
AUNT = camera_tiff(description=b"Aunt Mary, 1990\0").build()
WORDS = foreign_packet(bag("dc:subject", "sea", "Sky") + alt("The sea"))


def kinds(data: bytes) -> list[bytes]:
    return [kind for kind, _, _ in parts(data)]


def test_new_chunks_go_before_the_picture() -> None:
    assert kinds(tag(picture(dpi=(300, 300)), DOG)[0]) == [b"IHDR", b"pHYs", b"eXIf", b"iTXt", b"IDAT", b"IEND"]
    animated = pngs.animated()
    first = kinds(animated).index(b"fcTL")
    expected = [*kinds(animated)[:first], b"eXIf", b"iTXt", *kinds(animated)[first:]]
    assert kinds(tag(animated, DOG)[0]) == expected


def test_chunks_that_are_there_stay_where_they_are() -> None:
    late = with_chunks(picture(), xmp_chunk(WORDS), exif_chunk(CAMERA), before=b"IEND")
    assert kinds(tag(late, DOG)[0]) == kinds(late)
    only_xmp = with_chunks(picture(), xmp_chunk(WORDS), before=b"IEND")
    assert kinds(tag(only_xmp, DOG)[0]) == [b"IHDR", b"eXIf", b"IDAT", b"iTXt", b"IEND"]


def test_every_checksum_fits_after_an_edit() -> None:
    for data in (picture(), with_chunks(picture(), exif_chunk(CAMERA), xmp_chunk(WORDS, compressed=True))):
        after = tag(tag(data, DOG)[0], CAT)[0]
        for _, at, end in parts(after):
            assert zlib.crc32(after[at + 4 : end - 4]) == int.from_bytes(after[end - 4 : end], "big")


def test_compressed_xmp_is_read_and_written_as_plain_text() -> None:
    data = with_chunks(picture(), xmp_chunk(WORDS, compressed=True, language=b"en", translated="à".encode()))
    assert contents(data).xmp.keywords == ("sea", "Sky")
    after, splices = tag(data, DOG)
    assert b"XML:com.adobe.xmp\0\0\0en\0\xc3\xa0\0<?xpacket" in after
    assert {"sea", "Sky", "dog"} <= set(contents(after).xmp.keywords)
    assert spliced(after, inverse(splices)) == data


def test_the_packet_is_where_the_specification_puts_it() -> None:
    with Image.open(io.BytesIO(tag(picture(), DOG)[0])) as image:
        image.load()
        assert "a dog on the grass" in image.info["XML:com.adobe.xmp"]
        assert image.getexif()[0x010E] == "a dog on the grass"


@pytest.mark.parametrize(
    ("density", "expected"),
    [
        (struct.pack(">IIB", 2835, 2835, 1), (72, 72, 2)),
        (struct.pack(">IIB", 11811, 5906, 1), (300, 150, 2)),
        (struct.pack(">IIB", 4, 3, 0), (72, 72, 2)),  # only the shape of a pixel
        (struct.pack(">IIB", 1, 1, 1), (72, 72, 2)),
    ],
)
def test_density(density: bytes, expected: tuple[int, int, int]) -> None:
    data = with_chunks(picture(), chunk(b"pHYs", density))
    assert png.parse(PATH, data).blocks().density == expected
    with Image.open(io.BytesIO(tag(data, DOG)[0])) as image:
        exif = image.getexif()
    assert (exif[0x011A], exif[0x011B], exif[0x0128]) == expected


def test_a_density_that_makes_no_sense_is_none() -> None:
    assert png.parse(PATH, with_chunks(picture(), chunk(b"pHYs", b"\0\0"))).blocks().density == (72, 72, 2)


def test_identity_is_of_the_picture_alone() -> None:
    base = png.parse(PATH, picture()).identity()
    icc = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(99)))
    others = [icc, chunk(b"gAMA", bytes(4)), chunk(b"tIME", bytes(7)), chunk(b"tEXt", b"a\0b"), chunk(b"abCd", b"x")]
    for other in others:
        assert png.parse(PATH, with_chunks(picture(), other) + b"trailer").identity() == base
    shaping = [chunk(b"tRNS", bytes(6)), chunk(b"PLTE", bytes(3)), chunk(b"fcTL", bytes(26)), chunk(b"ABCD")]
    for other in shaping:
        assert png.parse(PATH, with_chunks(picture(), other)).identity() != base
    assert png.parse(PATH, pngs.split(picture(), 50)).identity() != base
    assert png.parse(PATH, picture(mode="L")).identity() != base


def test_a_foreign_change_would_be_noticed() -> None:
    data = with_chunks(picture(), chunk(b"tIME", bytes(7)))
    before = document.parse(PATH, data)
    for other in (data.replace(chunk(b"tIME", bytes(7)), chunk(b"tIME", bytes(6) + b"\1")), picture(), data + b"x"):
        with pytest.raises(PhotoError, match="foreign"):
            document.require_untouched(PATH, before, document.parse(PATH, other))
    with pytest.raises(PhotoError, match="picture data"):
        document.require_untouched(PATH, before, document.parse(PATH, picture(mode="L")))


def test_a_foreign_chunk_keeps_its_wrong_checksum() -> None:
    damaged = chunk(b"tEXt", b"Comment\0made by hand", crc=7)
    after, _ = tag(with_chunks(picture(), damaged), DOG)
    assert damaged in after


# ------------------------------------------------------------------------------------------ Apple's pointers


def apple_sees(data: bytes) -> tuple[bytes, bytes]:
    """The kinds of the chunks that iDOT points to."""
    at = pngs.start(data, b"iDOT")
    first, second = struct.unpack_from(">12xI8xI", data, at + 8)
    return data[at + first + 4 : at + first + 8], data[at + second + 4 : at + second + 8]


def test_apples_pointers_still_point_to_the_picture() -> None:
    both = exif_chunk(CAMERA) + xmp_chunk(WORDS)
    for data in (
        pngs.screenshot(),
        with_chunks(pngs.screenshot(), both, before=b"iDOT"),
        with_chunks(pngs.screenshot(), both, before=b"IEND"),
    ):
        assert apple_sees(data) == (b"IDAT", b"IDAT")
        once, _ = tag(data, DOG)
        assert apple_sees(once) == apple_sees(tag(once, CAT)[0]) == (b"IDAT", b"IDAT")


def test_a_block_inside_apples_pointers_is_left_alone() -> None:
    data = with_chunks(pngs.screenshot(), exif_chunk(CAMERA))
    with pytest.raises(NotEmbeddable, match="iDOT"):
        document.parse(PATH, data)


def test_a_refused_file_is_read_as_far_as_that_goes() -> None:
    two = with_chunks(picture(), exif_chunk(AUNT) + exif_chunk(CAMERA) + xmp_chunk(WORDS))
    parsed = png.parse(PATH, two)
    assert parsed.refusal
    assert (parsed.blocks().exif, parsed.blocks().xmp) == (AUNT, WORDS)
    broken = png.parse(PATH, with_chunks(picture(), BOMB, exif_chunk(CAMERA)))
    assert broken.refusal
    assert (broken.blocks().exif, broken.blocks().xmp) == (CAMERA, None)


# ------------------------------------------------------------------------------------------------ refusals


def cut_checksum(kind: bytes, data: bytes | None = None) -> bytes:
    broken = bytearray(data or with_chunks(picture(mode="P"), exif_chunk(CAMERA), xmp_chunk(WORDS)))
    at, end = next((at, end) for found, at, end in parts(bytes(broken)) if found == kind)
    broken[end - 1] ^= 1
    assert at
    return bytes(broken)


IHDR = picture()[16:29]
BOMB = chunk(b"iTXt", pngs.XMP + b"\0\1\0\0\0" + zlib.compress(bytes(40 << 20), 9))
REFUSED = {
    "signature as text": (picture().replace(b"\r\n", b"\n", 1), PhotoError, "first bytes"),
    "only the signature": (pngs.SIGNATURE, PhotoError, "truncated"),
    "no end": (picture()[:-12], PhotoError, "truncated"),
    "cut in the end": (picture()[:-1], PhotoError, "truncated"),
    "cut picture": (picture()[:-30], PhotoError, "truncated"),
    "four gigabytes": (with_chunks(picture(), b"\xff\xff\xff\xfftEXt"), PhotoError, "no chunk begins"),
    "two gigabytes": (with_chunks(picture(), b"\x7f\xff\xff\xfftEXt"), PhotoError, "truncated"),
    "no kind": (with_chunks(picture(), chunk(b"a1cd")), PhotoError, "no chunk begins"),
    "no header": (pngs.SIGNATURE + picture()[33:], PhotoError, "one header"),
    "two headers": (with_chunks(picture(), chunk(b"IHDR", IHDR)), PhotoError, "one header"),
    "short header": (pngs.SIGNATURE + chunk(b"IHDR", IHDR[:12]) + picture()[33:], PhotoError, "one header"),
    "no width": (pngs.SIGNATURE + chunk(b"IHDR", bytes(4) + IHDR[4:]) + picture()[33:], PhotoError, "how large"),
    "too high": (
        pngs.SIGNATURE + chunk(b"IHDR", IHDR[:4] + b"\xff" * 4 + IHDR[8:]) + picture()[33:],
        PhotoError,
        "how large",
    ),
    "no picture": (pngs.SIGNATURE + chunk(b"IHDR", IHDR) + chunk(b"IEND"), PhotoError, "no picture data"),
    **{
        f"checksum of {kind.decode()}": (cut_checksum(kind), PhotoError, f"checksum of {kind.decode()}")
        for kind in (b"IHDR", b"PLTE", b"IDAT", b"eXIf", b"iTXt", b"IEND")
    },
    "checksum of fdAT": (cut_checksum(b"fdAT", pngs.animated()), PhotoError, "checksum of fdAT"),
    "two exif": (with_chunks(picture(), exif_chunk(CAMERA) * 2), NotEmbeddable, "more than one EXIF"),
    "two xmp": (
        with_chunks(with_chunks(picture(), xmp_chunk(WORDS)), xmp_chunk(WORDS), before=b"IEND"),
        NotEmbeddable,
        "more than one XMP",
    ),
    "exif before there was a standard": (with_chunks(picture(), chunk(b"exIf", CAMERA)), NotEmbeddable, "exIf"),
    "compressed exif": (with_chunks(picture(), chunk(b"zxIf", b"\0" + CAMERA)), NotEmbeddable, "zxIf"),
    "signed": (with_chunks(picture(), chunk(b"dSIG", b"x")), NotEmbeddable, "signed"),
    "bomb": (with_chunks(picture(), BOMB), NotEmbeddable, "too large"),
    "large xmp": (with_chunks(picture(), xmp_chunk(b" " * (chunks.MOST_BYTES + 1))), NotEmbeddable, "too large"),
    "too many elements": (
        with_chunks(picture(), xmp_chunk(b"<a/>" * 600_000, compressed=True)),
        NotEmbeddable,
        "large",
    ),
    "compressed xmp that is none": (
        with_chunks(picture(), chunk(b"iTXt", pngs.XMP + b"\0\1\0\0\0garbage")),
        NotEmbeddable,
        "compressed text",
    ),
    "compressed xmp that ends early": (
        with_chunks(picture(), chunk(b"iTXt", pngs.XMP + b"\0\1\0\0\0" + zlib.compress(WORDS)[:-9])),
        NotEmbeddable,
        "ends too early",
    ),
    "xmp without a language": (with_chunks(picture(), chunk(b"iTXt", pngs.XMP + b"\0\0\0")), NotEmbeddable, "no sense"),
    "xmp of a strange compression": (
        with_chunks(picture(), chunk(b"iTXt", pngs.XMP + b"\0\1\7\0\0")),
        NotEmbeddable,
        "no sense",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    data, error, cause = REFUSED[name]
    began = time.perf_counter()
    with pytest.raises(error, match=cause) as caught:
        document.parse(PATH, data)
    assert time.perf_counter() - began < 2
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


def test_like_changes_nothing_but_the_time() -> None:
    """A picture that is only nearly the same is checked in full."""
    whole = pngs.split(picture((64, 64)), 40)
    like = png.parse(PATH, whole)
    assert png.parse(PATH, whole, like=like) == like
    longer = pngs.with_chunks(whole, chunk(b"IDAT"), before=b"IEND")
    assert png.parse(PATH, longer, like=like) == png.parse(PATH, longer)
    for kind in (b"IDAT", b"IHDR"):
        with pytest.raises(PhotoError, match="checksum"):
            png.parse(PATH, cut_checksum(kind, whole), like=like)
    chance = random.Random(3)
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(8, len(whole))] ^= 1 << chance.randrange(8)
        outcomes = []
        for other in (None, like):
            try:
                outcomes.append(png.parse(PATH, bytes(damaged), like=other).chunks)
            except PhotoError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]


def test_blocks_that_stay_give_no_splices() -> None:
    data = with_chunks(picture(), exif_chunk(CAMERA), xmp_chunk(WORDS, compressed=True))
    parsed = png.parse(PATH, data)
    assert png_edit.splices(parsed, parsed.blocks()) == ()
