"""Profiles that older programs keep in textual chunks of a PNG: never hidden behind ours, read all the same."""

from pathlib import Path

import jpegs
import pytest
from jpegs import alt, bag, camera_tiff, foreign_packet, iim, resource
from pngs import chunk, exif_chunk, picture, raw_profile, with_chunks, xmp_chunk
from trial import DOG, read, tag, writer

from tagger.core.errors import NotEmbeddable
from tagger.metadata import document, png

PATH = Path("photo.png")
CAMERA = camera_tiff().build()
BARE_CAMERA = camera_tiff(description=b"").build()
AUNT = camera_tiff(description=b"Aunt Mary, 1990\0").build()
WORDS = foreign_packet(bag("dc:subject", "sea", "Sky") + alt("The sea"))
IPTC = resource(0x0404, iim(b"sea", caption=b"The sea"))
NO_WORDS = resource(0x0404, iim())


def app1(packet: bytes) -> bytes:
    return jpegs.XMP_HEADER + packet


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
@pytest.mark.parametrize(
    ("name", "block"),
    [
        (b"exif", b"Exif\0\0" + AUNT),
        (b"exif", AUNT),
        (b"APP1", b"Exif\0\0" + AUNT),
        (b"APP1", app1(WORDS)),
        (b"xmp", WORDS),
        (b"iptc", IPTC),
        (b"iptc", iim(b"sea")),
        (b"8bim", IPTC),
    ],
)
def test_an_old_profile_with_words_is_not_hidden(kind: bytes, name: bytes, block: bytes) -> None:
    profile = raw_profile(name, block, kind=kind)
    data = with_chunks(picture(), exif_chunk(CAMERA), xmp_chunk(WORDS), profile)
    with pytest.raises(NotEmbeddable, match="holds a description or keywords") as caught:
        document.parse(PATH, data)
    assert "sidecar" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "block"),
    [
        (b"exif", b"Exif\0\0" + BARE_CAMERA),
        (b"APP1", CAMERA),
        (b"xmp", foreign_packet()),
        (b"APP1", app1(foreign_packet())),
    ],
)
def test_an_old_profile_without_words_may_stand_beside_the_new(name: bytes, block: bytes) -> None:
    profile = raw_profile(name, block)
    after, _ = tag(with_chunks(picture(), exif_chunk(CAMERA), xmp_chunk(WORDS), profile), DOG)
    assert profile in after
    # Without the new form, ours would be the only one that many programs look at: orientation and date would be gone.
    with pytest.raises(NotEmbeddable, match="ours would hide"):
        document.parse(PATH, with_chunks(picture(), profile))


@pytest.mark.parametrize("block", [NO_WORDS, iim()])
def test_old_iptc_without_words_may_stay(block: bytes) -> None:
    profile = raw_profile(b"iptc", block, line=b"generic profile")
    assert profile in tag(with_chunks(picture(), profile), DOG)[0]


def test_other_profiles_and_texts_are_none_of_ours() -> None:
    texts = [
        raw_profile(b"icc", bytes(300)),
        raw_profile(b"APP1", b"FLIR\0" + bytes(30)),
        chunk(b"tEXt", b"Raw profile\0nothing"),
        chunk(b"zTXt", b"Comment\0\0not deflate at all"),
        chunk(b"iTXt", b"no zero byte"),
    ]
    after, _ = tag(with_chunks(picture(), *texts), DOG)
    assert all(text in after for text in texts)


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"tEXt", b"Raw profile type exif\0not in hexadecimal"),
        chunk(b"tEXt", b"Raw profile type exif\0\nexif\n  99\n4142\n"),
        chunk(b"tEXt", b"Raw profile type exif\0\nexif\n  -1\n4142\n"),
        chunk(b"tEXt", b"Raw profile type exif\0\nexif\n" + b"9" * 5000 + b"\n4142\n"),
        raw_profile(b"exif", b"neither this nor that"),
        raw_profile(b"iptc", b"8BIM\x04\x04\0\0\xff\xff\xff\xff"),
        raw_profile(b"xmp", b"<x:xmpmeta"),
        raw_profile(b"APP1", b"http://ns.adobe.com/xmp/extension/\0" + bytes(40)),
        chunk(b"zTXt", b"Raw profile type exif\0\0not deflate at all"),
        chunk(b"zTXt", b"Raw profile type exif\0\1"),
        chunk(b"iTXt", b"XML:com.adobe.XMP\0\0\0\0\0" + WORDS),
        chunk(b"tEXt", b"XML:com.adobe.xmp\0" + WORDS),
        b"".join([raw_profile(b"iptc", NO_WORDS)] * 17),
    ],
)
def test_an_old_profile_that_cannot_be_understood(text: bytes) -> None:
    with pytest.raises(NotEmbeddable, match="old form"):
        document.parse(PATH, with_chunks(picture(), exif_chunk(CAMERA), xmp_chunk(WORDS), text))


def test_what_an_old_profile_says_is_read_all_the_same(tmp_path: Path) -> None:
    """A sidecar begins with it: nothing that a person wrote may vanish behind ours."""
    base = png.parse(PATH, picture()).identity()
    for profile in (raw_profile(b"exif", b"Exif\0\0" + AUNT), raw_profile(b"xmp", WORDS), raw_profile(b"iptc", IPTC)):
        path = tmp_path / "old.png"
        path.write_bytes(with_chunks(picture(), profile))
        found = read(path)
        assert found.identity == base
        assert (found.width, found.height) == (48, 32)
        assert found.description in {"Aunt Mary, 1990", "The sea"}
        assert found.keywords[:1] in {(), ("sea",)}
        (change,) = writer().plan(found, DOG, model="test 1", run="run-1")
        assert change.sidecar
        writer().apply(change)
        now = read(path)
        assert now.description == found.description
        assert set(now.keywords) == {*found.keywords, "dog", "grass"}
        writer().revert(change)
    assert found.keywords == ("sea",)
