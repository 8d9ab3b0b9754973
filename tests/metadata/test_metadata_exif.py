"""The append edit of EXIF: nothing old moves, nothing is lost, nothing grows."""

import struct
from pathlib import Path

import jpegs
import piexif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jpegs import Tiff, camera_tiff, exif_segment, with_segments
from trial import CAFE, CAT, DOG, contents, tag

from tagger.core.errors import NotEmbeddable
from tagger.core.records import Caption, Tag
from tagger.metadata import exif
from tagger.metadata.contents import Values
from tagger.metadata.policy import CaptionPolicy

PATH = Path("photo.jpg")
DENSITY = (72, 72, 2)
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def edit(block: bytes, text: str | None, keywords: tuple[str, ...] | None) -> bytes:
    return exif.edit(exif.parse(block, PATH), text, keywords, DENSITY)


def values(block: bytes) -> Values:
    parsed = exif.parse(block, PATH)
    assert parsed is not None
    return parsed.values()


def others(block: bytes) -> list[exif.Entry]:
    parsed = exif.parse(block, PATH)
    assert parsed is not None
    return [entry for entry in parsed.entries if entry.tag not in {exif.DESCRIPTION, exif.XP_KEYWORDS}]


@ORDERS
def test_old_bytes_stay_where_they_are(order: str) -> None:
    block = camera_tiff(order).build()
    new = edit(block, "a dog", ("dog", "grass"))
    assert new[:4] == block[:4]
    assert new[8 : len(block)] == block[8:]
    before, after = exif.parse(block, PATH), exif.parse(new, PATH)
    assert after.ifd >= len(block)
    assert after.next_ifd == before.next_ifd != 0
    assert after.order == order
    assert others(new) == others(block)
    assert [entry.tag for entry in after.entries] == sorted(entry.tag for entry in after.entries)
    assert after.taken_at() == "2024-05-06T07:08:09"
    assert after.values() == Values("a dog", ("dog", "grass"))


@ORDERS
def test_a_second_edit_reuses_the_appended_region(order: str) -> None:
    block = camera_tiff(order).build()
    first = edit(block, "a dog", ("dog", "grass"))
    longer = edit(first, "a dog with a rather long description", ("dog",))
    assert edit(longer, "a dog", ("dog", "grass")) == first
    assert edit(edit(first, None, ("x",)), None, ("dog", "grass")) == first
    assert longer[8 : len(block)] == block[8:]
    assert values(edit(first, "", ())) == Values()
    assert others(edit(first, "", ())) == others(block)


@ORDERS
@pytest.mark.parametrize(
    "what", ["pointer into it", "value in it", "bytes behind it", "next directory in it", "unknown type"]
)
def test_a_region_that_holds_anything_else_is_not_reused(order: str, what: str) -> None:
    block = edit(camera_tiff(order).build(), "a dog on the grass", ("dog",))
    parsed = exif.parse(block, PATH)
    data = bytearray(block)
    row = next(i for i, entry in enumerate(parsed.entries) if entry.tag == 0xC0DE)
    at = parsed.ifd + 2 + 12 * row
    inside = parsed.ifd + 20
    if what == "pointer into it":
        struct.pack_into(order + "HHII", data, at, 0xC0DE, 4, 1, inside)
    elif what == "value in it":
        struct.pack_into(order + "HHII", data, at, 0xC0DE, 7, 10, inside)
    elif what == "unknown type":
        struct.pack_into(order + "HHII", data, at, 0xC0DE, 99, 1, inside)
    elif what == "bytes behind it":
        data += b"foreign bytes"
    else:
        struct.pack_into(order + "I", data, parsed.ifd + 2 + 12 * len(parsed.entries), inside)
    new = edit(bytes(data), "another one", None)
    assert new[8 : len(data)] == bytes(data[8:])
    assert len(new) > len(data)
    assert values(new) == Values("another one", ("dog",))


def test_a_fresh_block_is_what_other_readers_expect() -> None:
    new = edit(b"", "a dog", ("dog", "grass"))
    loaded = piexif.load(b"Exif\0\0" + new)
    assert loaded["0th"][piexif.ImageIFD.ImageDescription] == b"a dog"
    assert bytes(loaded["0th"][piexif.ImageIFD.XPKeywords]) == "dog;grass\0".encode("utf-16-le")
    assert loaded["0th"][piexif.ImageIFD.XResolution] == (72, 1)
    assert len(edit(new, "a dog", ("dog", "grass"))) == len(new)
    assert exif.edit(None, "a", (), (300, 200, 3)) != exif.edit(None, "a", (), DENSITY)


@ORDERS
def test_a_second_reader_sees_everything_as_before(order: str) -> None:
    block = camera_tiff(order).build()
    before, after = (piexif.load(b"Exif\0\0" + b) for b in (block, edit(block, "a dog", ("dog",))))
    for loaded in (before, after):
        for number in (exif.DESCRIPTION, exif.XP_KEYWORDS):
            loaded["0th"].pop(number, None)
    assert after == before
    assert before["thumbnail"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (2, b"plain\0", "plain"),
        (2, b"padded   \0\0\0", "padded"),
        (2, "größe\0".encode(), "größe"),
        (2, "größe\0".encode("latin-1"), "größe"),
        (2, b"abc\0", "abc"),
        (7, b"undefined\0", "undefined"),
        (3, b"\1\0\2\0\3\0", ""),
        (12, bytes(16), ""),
        (2, b"", ""),
    ],
)
def test_descriptions_of_every_kind(kind: int, value: bytes, expected: str) -> None:
    block = Tiff(ifd0=[(exif.DESCRIPTION, kind, value)]).build()
    assert values(block).description == expected
    assert values(edit(block, "new text", None)).description == "new text"


@pytest.mark.parametrize(
    "block",
    [
        b"II*\0",
        b"nonsense",
        bytes(100),
        b"II*\0\xff\xff\0\0" + bytes(20),
        b"II*\0\x02\0\0\0" + bytes(20),
        b"II*\0\x08\0\0\0\xff\xff" + bytes(20),
        b"II*\0\x08\0\0\0\x02\0" + b"\xee" * 24 + bytes(4),
    ],
)
def test_what_cannot_be_parsed_is_refused(block: bytes) -> None:
    with pytest.raises(NotEmbeddable, match="EXIF cannot be parsed"):
        exif.parse(block, PATH)


@ORDERS
@pytest.mark.parametrize("what", ["gps", "value", "next directory", "thumbnail", "value of exif"])
def test_damage_that_would_come_to_life_is_refused(order: str, what: str) -> None:
    """A pointer past the end finds nothing today; tomorrow it would find what we append."""
    clean = camera_tiff(order, description=b"", note=False)
    length = len(clean.build()) + 12 * (what in {"gps", "value"})
    inside = struct.pack(order + "I", length + 30)
    if what == "gps":
        clean.ifd0.append((0x8825, 4, inside))
        block = clean.build()
    else:
        clean.ifd0 += [(0xC000, 4, b"\0\0\0\0")] if what == "value" else []
        data = bytearray(clean.build())
        parsed = exif.parse(bytes(data), PATH)
        assert parsed is not None
        if what == "value":
            row = next(i for i, entry in enumerate(parsed.entries) if entry.tag == 0xC000)
            struct.pack_into(order + "HI4s", data, parsed.ifd + 4 + 12 * row, 7, 20, inside)
        elif what == "next directory":
            struct.pack_into(order + "4s", data, parsed.ifd + 2 + 12 * len(parsed.entries), inside)
        elif what == "thumbnail":
            del data[-100:]
        else:
            at = data.index(struct.pack(order + "HHI", 0x9003, 2, 20))
            struct.pack_into(order + "4s", data, at + 8, inside)
        block = bytes(data)
    with pytest.raises(NotEmbeddable, match="points past its end"):
        tag(with_segments(jpegs.picture((8, 8)), exif_segment(block)), DOG)


def test_damage_that_points_far_away_does_no_harm() -> None:
    tiff = camera_tiff()
    tiff.ifd0.append((0x8825, 4, struct.pack("<I", 60000)))
    after, _ = tag(with_segments(jpegs.picture((8, 8)), exif_segment(tiff.build())), DOG)
    assert contents(after).exif == Values(DOG.text, ("dog", "grass"))


def test_directories_that_point_to_themselves_do_no_harm() -> None:
    block = bytearray(Tiff(ifd0=[(0x8769, 4, struct.pack("<I", 8)), (0x0112, 3, b"\1\0")]).build())
    struct.pack_into("<I", block, 8 + 2 + 24, 8)  # the next directory is this one
    assert exif.parse(bytes(block), PATH).taken_at() is None
    assert values(edit(bytes(block), "a", ("b",))) == Values("a", ("b",))


@pytest.mark.parametrize("date", [b"0000:00:00 00:00:00\0", b"    :  :     :  :  \0", b"2024-01-01\0", b"\xff\xfe\0"])
def test_dates_that_make_no_sense_are_none(date: bytes) -> None:
    assert exif.parse(Tiff(exif=[(0x9003, 2, date)]).build(), PATH).taken_at() is None


def filled(size: int, *rows: tuple[int, int, bytes]) -> bytes:
    """A photo whose EXIF block is ``size`` bytes."""
    rest = size - len(Tiff(ifd0=[*rows, (0xC000, 7, bytes(8))]).build()) + 8
    block = Tiff(ifd0=[*rows, (0xC000, 7, bytes(rest))]).build()
    assert abs(len(block) - size) <= 1
    return with_segments(jpegs.picture(), exif_segment(block))


def test_a_full_block_without_values_of_its_own_leaves_it_to_xmp() -> None:
    data = filled(65500)
    after, _ = tag(data, DOG)
    assert contents(after).xmp == Values(DOG.text, ("dog", "grass"))
    assert contents(after).exif == Values()
    assert tag(after, DOG) == (after, ())


@pytest.mark.parametrize(
    "row", [(exif.DESCRIPTION, 2, b"Aunt Mary\0"), (exif.XP_KEYWORDS, 1, "x\0".encode("utf-16-le"))]
)
def test_a_full_block_with_values_of_its_own_is_refused(row: tuple[int, int, bytes]) -> None:
    with pytest.raises(NotEmbeddable, match="no room for our values in the EXIF block"):
        tag(filled(65500, row), DOG, caption_policy=CaptionPolicy.REPLACE)


def test_the_last_byte_of_the_block_can_be_used() -> None:
    room = len(contents_block(tag(filled(60000), DOG)[0])) - 60000
    used, _ = tag(filled(65527 - room - 1), DOG)
    assert 65525 <= len(contents_block(used)) <= 65527
    assert contents(used).exif == Values(DOG.text, ("dog", "grass"))


def contents_block(data: bytes) -> bytes:
    from tagger.metadata import jpeg

    return jpeg.parse(PATH, data).blocks().exif or b""


def test_the_prefix_and_place_of_the_segment() -> None:
    data = with_segments(jpegs.picture(), jpegs.segment(0xE1, b"Exif\0\xff" + camera_tiff().build()))
    after, _ = tag(data, DOG)
    assert b"Exif\0\xff" in after
    bare, _ = tag(jpegs.picture(), DOG)
    markers = [bare[i : i + 10] for i in (2, 20)]
    assert markers[0][4:8] == b"JFIF"
    assert markers[1][4:8] == b"Exif"
    exif_end = 20 + 2 + int.from_bytes(bare[22:24], "big")
    assert bare[exif_end + 4 :].startswith(jpegs.XMP_HEADER)


def test_semicolons_do_not_break_keywords_apart() -> None:
    data = with_segments(
        jpegs.picture(), jpegs.xmp_segment(jpegs.foreign_packet(jpegs.bag("dc:subject", "red; green", "blue")))
    )
    after, _ = tag(data, DOG)
    assert contents(after).exif.keywords == ("red, green", "blue", "dog", "grass")
    assert contents(after).xmp.keywords == ("red; green", "blue", "dog", "grass")
    again, _ = tag(after, CAT)
    assert contents(again).xmp.keywords == ("red; green", "blue", "grass", "cat")


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
ROWS = st.lists(
    st.tuples(
        st.integers(1, 0xFFFF).filter(lambda number: number not in {0x8769, 0x927C, 0x010E, 0x9C9E}),
        st.sampled_from([1, 2, 6, 7, 7, 129]),
        st.binary(max_size=40),
    ),
    max_size=12,
    unique_by=lambda row: row[0],
)


@settings(deadline=None)  # a busy machine is no failure
@given(
    order=st.sampled_from("<>"),
    rows=ROWS,
    note=st.booleans(),
    thumbnail=st.binary(max_size=99),
    old=st.none() | TEXT,
    texts=st.lists(TEXT, min_size=1, max_size=3),
    tags=st.lists(TEXT, max_size=4),
)
def test_any_block_survives_any_edits(
    order: str, rows: list, note: bool, thumbnail: bytes, old: str | None, texts: list[str], tags: list[str]
) -> None:
    tiff = Tiff(
        order, list(rows), [(0x9003, 2, b"2024:05:06 07:08:09\0")], thumbnail, jpegs.MakerNote() if note else None
    )
    if old is not None:
        tiff.ifd0.append((0x010E, 2, old.encode() + b"\0"))
    block = tiff.build()
    state = with_segments(jpegs.picture((8, 8)), exif_segment(block))
    for text in texts:
        caption = Caption(text, -1.0, (), tuple(Tag(label, 0.5) for label in tags))
        state, _ = tag(state, caption, caption_policy=CaptionPolicy.REPLACE)
        assert tag(state, caption, caption_policy=CaptionPolicy.REPLACE)[1] == ()
        new = contents_block(state)
        reused = exif.parse(block, PATH).ifd == exif.parse(new, PATH).ifd
        kept = exif.parse(block, PATH).ifd if reused else len(block)
        assert new[8:kept] == block[8:kept]
        assert others(new) == others(block)
        assert exif.parse(new, PATH).next_ifd == exif.parse(block, PATH).next_ifd
        assert exif.parse(new, PATH).taken_at() == "2024-05-06T07:08:09"


def test_unicode_reaches_every_field() -> None:
    after = contents(tag(jpegs.picture(), CAFE)[0])
    assert after.exif == after.xmp == Values(CAFE.text, ("café", "猫"))
