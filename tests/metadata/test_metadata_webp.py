"""WebP as a container: the extended header, order and padding of chunks, sizes, what is picture, damage."""

import io
import struct
import time
from pathlib import Path

import pytest
import webps
from jpegs import alt, bag, camera_tiff, foreign_packet
from PIL import Image
from trial import CAT, DOG, contents, read, tag
from webps import bodies, chunk, extended, header, parts, picture, riff

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata import document, webp, webp_edit
from tagger.metadata.splices import inverse, spliced

PATH = Path("photo.webp")
CAMERA = camera_tiff().build()
WORDS = foreign_packet(bag("dc:subject", "sea", "Sky") + alt("The sea"))
EXIF, XMP = chunk(b"EXIF", CAMERA), chunk(b"XMP ", WORDS)
VP8, VP8L = bodies(picture())[0], bodies(picture(lossless=True))[0]


def kinds(data: bytes) -> list[bytes]:
    return [kind for kind, _, _ in parts(data)]


def flags(data: bytes) -> int:
    assert data[12:16] == b"VP8X"
    return data[20]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture(), 0),
        (picture((31, 17)), 0),
        (picture(lossless=True), 0),
        (picture(mode="RGBA", lossless=True), webps.ALPHA),
        (picture((1, 1), lossless=True), 0),
    ],
    ids=["lossy", "odd", "lossless", "alpha", "one pixel"],
)
def test_a_simple_file_is_extended(data: bytes, expected: int) -> None:
    after, splices = tag(data, DOG)
    assert kinds(after) == [b"VP8X", *kinds(data), b"EXIF", b"XMP "]
    assert flags(after) == expected | webps.EXIF | webps.XMP
    with Image.open(io.BytesIO(data)) as image:
        assert after[12:30] == header(flags(after), image.size)
    assert bodies(after)[1] == bodies(data)[0]
    assert int.from_bytes(after[4:8], "little") == len(after) - 8
    assert spliced(after, inverse(splices)) == data


def test_pillow_reads_what_we_wrote() -> None:
    with Image.open(io.BytesIO(tag(picture(), DOG)[0])) as image:
        assert image.getexif()[0x010E] == "a dog on the grass"
        assert b"a dog on the grass" in image.info["xmp"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (extended(0), [b"VP8X", b"VP8 ", b"EXIF", b"XMP "]),
        (extended(webps.EXIF, EXIF), [b"VP8X", b"VP8 ", b"EXIF", b"XMP "]),
        (extended(webps.XMP, XMP), [b"VP8X", b"VP8 ", b"EXIF", b"XMP "]),
        (extended(webps.EXIF, EXIF, chunk(b"abcd")), [b"VP8X", b"VP8 ", b"EXIF", b"XMP ", b"abcd"]),
        (extended(webps.XMP, XMP, chunk(b"abcd")), [b"VP8X", b"VP8 ", b"EXIF", b"XMP ", b"abcd"]),
        (extended(webps.EXIF | webps.XMP, XMP, EXIF), [b"VP8X", b"VP8 ", b"XMP ", b"EXIF"]),
        (extended(webps.EXIF, front=(EXIF,)), [b"VP8X", b"EXIF", b"VP8 ", b"XMP "]),
        (picture(mode="RGBA"), [b"VP8X", b"ALPH", b"VP8 ", b"EXIF", b"XMP "]),
        (picture(icc_profile=bytes(20)), [b"VP8X", b"ICCP", b"VP8 ", b"EXIF", b"XMP "]),
        (webps.animated(), [b"VP8X", b"ANIM", b"ANMF", b"ANMF", b"ANMF", b"EXIF", b"XMP "]),
    ],
)
def test_order_of_chunks(data: bytes, expected: list[bytes]) -> None:
    was = flags(data)
    after = tag(tag(data, DOG)[0], CAT)[0]
    assert kinds(after) == expected
    assert flags(after) == was | webps.EXIF | webps.XMP


def test_every_chunk_is_padded() -> None:
    """Captions of every length: the bytes of ``parts`` would not be chunks otherwise."""
    data = picture()
    for length in range(1, 9):
        data, _ = tag(data, type(DOG)("x" * length, 0.0))
        assert set(kinds(data)) == {b"VP8X", b"VP8 ", b"EXIF", b"XMP "}
        assert all(at % 2 == 0 for _, at, _ in parts(data))


def test_an_odd_exif_block_stays_odd_or_is_padded() -> None:
    data = extended(webps.EXIF, chunk(b"EXIF", CAMERA + b"\0" * (1 - len(CAMERA) % 2)), chunk(b"abcd", b"1"))
    after, splices = tag(data, DOG)
    assert kinds(after)[-1] == b"abcd"
    assert contents(after).exif.description == DOG.text
    assert spliced(after, inverse(splices)) == data


def test_a_prefix_stays() -> None:
    after, _ = tag(extended(webps.EXIF, chunk(b"EXIF", b"Exif\0\0" + CAMERA)), DOG)
    assert next(body for body in bodies(after) if body[:4] == b"EXIF")[8:18] == b"Exif\0\0II*\0"


def test_an_early_writers_xmp_is_understood() -> None:
    after, _ = tag(extended(webps.XMP, chunk(b"XMP\0", WORDS)), DOG)
    assert {"sea", "Sky", "dog"} <= set(contents(after).xmp.keywords)
    assert kinds(after) == [b"VP8X", b"VP8 ", b"EXIF", b"XMP\0"]


def test_a_trailer_stays_behind_the_end() -> None:
    after, _ = tag(picture() + b"a trailer", DOG)
    assert after.endswith(b"a trailer")
    assert int.from_bytes(after[4:8], "little") == len(after) - 8 - len(b"a trailer")


def test_identity_is_of_the_picture_alone() -> None:
    base = webp.parse(PATH, picture()).identity()
    for same in (extended(0), extended(webps.EXIF, EXIF, XMP), picture() + b"x", extended(0, chunk(b"abcd", b"x"))):
        assert webp.parse(PATH, same).identity() == base
    assert webp.parse(PATH, riff(header(webps.ICC), chunk(b"ICCP", bytes(9)), VP8)).identity() == base
    changed = bytearray(picture())
    changed[-20] ^= 1
    others = [bytes(changed), picture(lossless=True), riff(header(0, (48, 33)), VP8)]
    others.append(riff(header(webps.ALPHA), chunk(b"ALPH", b"\0x"), VP8))
    for other in others:
        assert webp.parse(PATH, other).identity() != base
        assert not webp.parse(PATH, picture()).same_picture(webp.parse(PATH, other))


def test_a_foreign_change_would_be_noticed() -> None:
    unknown = chunk(b"abcd", b"x")
    before = document.parse(PATH, extended(0, unknown))
    noticed = [
        extended(0, chunk(b"abcd", b"y")),
        extended(0, chunk(b"abcd", b"x")[:-1] + b"\1"),  # in the padding
        extended(webps.ICC, unknown),
        extended(0),
        extended(0, unknown) + b"x",
    ]
    for other in noticed:
        with pytest.raises(PhotoError, match="foreign"):
            document.require_untouched(PATH, before, document.parse(PATH, other))
    document.require_untouched(PATH, before, document.parse(PATH, riff(VP8, unknown)))


def without(data: bytes, *, exif: bool, xmp: bool) -> bytes:
    parsed = webp.parse(PATH, data)
    have = parsed.blocks()
    after = type(have)(exif=None if exif else have.exif, xmp=None if xmp else have.xmp)
    return spliced(data, webp_edit.splices(parsed, after))


def test_the_header_goes_with_the_last_block() -> None:
    data = tag(picture(), DOG)[0]
    only_xmp = without(data, exif=True, xmp=False)
    assert kinds(only_xmp) == [b"VP8X", b"VP8 ", b"XMP "]
    assert flags(only_xmp) == webps.XMP
    assert flags(without(data, exif=False, xmp=True)) == webps.EXIF
    assert without(only_xmp, exif=False, xmp=True) == without(data, exif=True, xmp=True) == picture()


@pytest.mark.parametrize(
    "data",
    [
        picture(mode="RGBA"),
        picture(icc_profile=bytes(20)),
        webps.animated(),
        riff(header(webps.ALPHA), VP8L),  # says more than the picture
        riff(header(0, (64, 64)), VP8),
    ],
    ids=["alpha", "profile", "animated", "flag", "canvas"],
)
def test_a_header_that_says_more_stays(data: bytes) -> None:
    assert without(tag(data, DOG)[0], exif=True, xmp=True) == data


# ------------------------------------------------------------------------------------------------ refusals


def sized(data: bytes, size: int) -> bytes:
    return data[:4] + struct.pack("<I", size) + data[8:]


UNPADDED = riff(VP8, chunk(b"abcd", b"x")[:-1])
REFUSED = {
    "only a header": (riff(), PhotoError, "one header"),
    "cut": (picture()[:-1], PhotoError, "truncated"),
    "cut early": (picture()[:12], PhotoError, "truncated"),
    "size too large": (sized(picture(), len(picture())), PhotoError, "truncated"),
    "size of four gigabytes": (sized(picture(), 0xFFFFFFFF), PhotoError, "truncated"),
    "size too small": (sized(picture(), len(picture()) - 20), PhotoError, "runs past the end"),
    "size of nothing": (sized(picture(), 0), PhotoError, "one header"),
    "chunk of four gigabytes": (riff(VP8, b"abcd\xff\xff\xff\xff"), PhotoError, "runs past the end"),
    "half a chunk": (riff(VP8, b"abc\0"), PhotoError, "runs past the end"),
    "no padding": (UNPADDED, NotEmbeddable, "padding"),
    "no picture": (riff(header(0), EXIF), PhotoError, "no picture data"),
    "late header": (riff(VP8, header(0)), PhotoError, "one header"),
    "two headers": (riff(header(0), header(0), VP8), PhotoError, "one header"),
    "begins with metadata": (riff(EXIF, VP8), PhotoError, "one header"),
    "short header": (riff(chunk(b"VP8X", bytes(9)), VP8), PhotoError, "wrong length"),
    "long header": (riff(chunk(b"VP8X", bytes(12)), VP8), PhotoError, "wrong length"),
    "no key frame": (riff(VP8[:8] + bytes((VP8[8] | 1,)) + VP8[9:]), PhotoError, "how large"),
    "no start code": (riff(VP8[:11] + b"\0" + VP8[12:]), PhotoError, "how large"),
    "no width": (riff(VP8[:14] + b"\0\xc0" + VP8[16:]), PhotoError, "how large"),
    "short frame": (riff(chunk(b"VP8 ", VP8[8:16])), PhotoError, "how large"),
    "no signature": (riff(VP8L[:8] + b"\0" + VP8L[9:]), PhotoError, "how large"),
    "short lossless": (riff(chunk(b"VP8L", b"/abc")), PhotoError, "how large"),
    "two exif": (extended(webps.EXIF, EXIF, EXIF), NotEmbeddable, "more than one EXIF"),
    "two xmp": (extended(webps.XMP, XMP, chunk(b"XMP\0", WORDS)), NotEmbeddable, "more than one XMP"),
    "exif behind the end": (picture() + EXIF, NotEmbeddable, "behind the end"),
    "simple with a profile": (riff(VP8, chunk(b"ICCP", bytes(9))), NotEmbeddable, "lacks the header"),
    "simple with frames": (riff(VP8, chunk(b"ANMF", bytes(30))), NotEmbeddable, "lacks the header"),
    "too many elements": (extended(webps.XMP, chunk(b"XMP ", b"<a/>" * 600_000)), NotEmbeddable, "too large"),
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


@pytest.mark.parametrize("data", [UNPADDED, extended(webps.EXIF, EXIF, EXIF), picture() + EXIF])
def test_a_refused_file_is_read_as_far_as_that_goes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.webp"
    path.write_bytes(data)
    found = read(path)
    assert found.identity == webp.parse(PATH, picture()).identity()
    assert (found.width, found.height) == (48, 32)
    assert found.taken_at == (contents(extended(webps.EXIF, EXIF)).taken_at if kinds(data)[-1] == b"EXIF" else None)
