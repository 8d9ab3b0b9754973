"""IPTC stays in step where a photo has it, in its own character set, and nothing else of it changes."""

import hashlib
from pathlib import Path

import jpegs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jpegs import dataset, iim, iptc_segment, photoshop_segment, resource, with_segments
from trial import CAFE, CAT, DOG, contents, tag

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.core.records import Caption, Tag
from tagger.metadata import iptc
from tagger.metadata.contents import Values
from tagger.metadata.jpeg import parse
from tagger.metadata.policy import CaptionPolicy

PATH = Path("photo.jpg")
MARK = dataset(1, 90, b"\x1b%G")


def photo(*segments: bytes) -> bytes:
    return with_segments(jpegs.picture((8, 8)), *segments)


def written(data: bytes, caption: Caption = DOG, policy: CaptionPolicy = CaptionPolicy.REPLACE) -> iptc.Iptc:
    after, _ = tag(data, caption, caption_policy=policy)
    assert tag(after, caption, caption_policy=policy) == (after, ())
    found = iptc.parse(parse(PATH, after).blocks().photoshop, PATH)
    assert found is not None
    return found


def test_other_datasets_and_resources_stay() -> None:
    data = iim(b"sea", caption=b"The sea")
    after = written(photo(iptc_segment(data)))
    assert after.data == iim(b"sea", b"dog", b"grass", caption=DOG.text.encode())
    digest = hashlib.md5(after.data, usedforsecurity=False).digest()
    expected = [
        resource(0x03ED, bytes(16), b"res"),
        resource(0x0404, after.data),
        resource(0x0425, digest),
        resource(0x040A, b"\1"),
    ]
    assert after.blocks == (b"".join(expected),)


def test_ours_are_taken_out_again() -> None:
    first, _ = tag(photo(iptc_segment(iim(b"sea", b"Grass", caption=b"The sea"))), DOG)
    assert contents(first).iptc == Values("The sea", ("sea", "Grass", "dog"))
    second, _ = tag(first, CAT)
    assert contents(second).iptc == Values("The sea", ("sea", "Grass", "cat"))


@pytest.mark.parametrize(
    ("existing", "utf8", "encoding", "marked"),
    [
        (b"sea", False, "utf-8", True),  # ASCII so far: the mark is added
        ("größe".encode(), False, "utf-8", False),  # UTF-8 without a mark: another program reads it as it did
        ("größe".encode(), True, "utf-8", True),
    ],
)
def test_character_sets(existing: bytes, utf8: bool, encoding: str, marked: bool) -> None:
    after = written(photo(iptc_segment(iim(existing, utf8=utf8))), CAFE)
    assert after.values() == Values(CAFE.text, (existing.decode(), "café", "猫"))
    assert (after.encoding, MARK in after.data) == (encoding, marked)
    assert after.data.count(MARK) <= 1


def test_latin_1_is_kept_and_its_limits_are_said() -> None:
    data = photo(iptc_segment(iim("größe".encode("latin-1"))))
    after = written(data, Caption("un café", -1.0, (), (Tag("été", 0.5),)))
    assert after.values() == Values("un café", ("größe", "été"))
    assert "un café".encode("latin-1") in after.data
    with pytest.raises(NotEmbeddable, match="latin-1, which cannot hold"):
        tag(data, CAFE, caption_policy=CaptionPolicy.REPLACE)


def test_a_guess_must_not_change_with_our_edit() -> None:
    """One caption in Latin-1 says that the keywords are, too; without it they would read as something else."""
    data = photo(iptc_segment(iim("Ã¤".encode("latin-1"), caption=b"gr\xf6\xdfe")))
    assert contents(data).iptc == Values("größe", ("Ã¤",))
    with pytest.raises(NotEmbeddable, match="in two ways"):
        tag(data, DOG, caption_policy=CaptionPolicy.REPLACE)
    assert written(data, DOG, CaptionPolicy.KEEP).values() == Values("größe", ("Ã¤", "dog", "grass"))
    alone = photo(iptc_segment(iim(b"sea", caption=b"gr\xf6\xdfe")))
    assert written(alone, DOG, CaptionPolicy.REPLACE).values() == Values(DOG.text, ("sea", "dog", "grass"))


def test_plain_text_needs_no_mark() -> None:
    assert MARK not in written(photo(iptc_segment(iim(b"sea")))).data


def test_unknown_character_sets() -> None:
    unknown = dataset(1, 90, b"\x1b$B")
    assert written(photo(iptc_segment(unknown + iim(b"sea")))).values().keywords == ("sea", "dog", "grass")
    with pytest.raises(NotEmbeddable):
        tag(photo(iptc_segment(unknown + iim(b"sea"))), CAFE)
    with pytest.raises(NotEmbeddable, match="character set"):
        tag(photo(iptc_segment(unknown + iim(b"\xe4\xe5"))), DOG)


def test_limits_cut_at_a_character_and_stay_stable() -> None:
    long = "ä" * 40
    caption = Caption("猫" * 900, -1.0, (), (Tag(long, 0.5), Tag("dog", 0.5)))
    after, _ = tag(photo(iptc_segment(iim(b"sea"))), caption)
    assert tag(after, caption) == (after, ())
    assert contents(after).iptc == Values("猫" * 666, ("sea", "ä" * 32, "dog"))
    assert contents(after).xmp == Values("猫" * 900, ("sea", long, "dog"))
    again, _ = tag(after, CAT)
    assert contents(again).iptc == Values(CAT.text, ("sea", "cat", "grass"))
    assert contents(again).xmp.keywords == ("sea", "cat", "grass")


def test_a_digest_that_did_not_fit_stays() -> None:
    """It says that a program changed IPTC without XMP, which our edit does not heal."""
    stale = photoshop_segment(resource(0x0404, iim(b"sea")), resource(0x0425, b"x" * 16))
    assert resource(0x0425, b"x" * 16) in written(photo(stale)).blocks[0]


def test_photos_without_iptc_get_none() -> None:
    data = photo(photoshop_segment(resource(0x03ED, bytes(16))))
    after, _ = tag(data, DOG)
    assert contents(after).iptc is None
    assert parse(PATH, after).blocks().photoshop == parse(PATH, data).blocks().photoshop


def test_the_segment_that_holds_it_is_edited() -> None:
    other = photoshop_segment(resource(0x0BB7, b"<path>"))
    after = written(photo(other, iptc_segment(iim(b"sea"))))
    assert after.index == 1
    assert after.blocks[0] == resource(0x0BB7, b"<path>")


@pytest.mark.parametrize(
    ("segments", "cause"),
    [
        ((iptc_segment(iim(b"a")), iptc_segment(iim(b"b"))), "more than one IPTC"),
        (
            (
                photoshop_segment(resource(0x0404, iim(b"sea"))[:20]),
                photoshop_segment(resource(0x0404, iim(b"sea"))[20:]),
            ),
            "spread over several segments",
        ),
        ((photoshop_segment(resource(0x0404, iim(b"sea"))[:-9]),), "damaged"),
        ((iptc_segment(iim(b"sea") + b"junk"),), "no dataset"),
        ((iptc_segment(b"\x1c\2\x19\x80\4\0\0\0\3sea"),), "extended datasets"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused(segments: tuple[bytes, ...], cause: str) -> None:
    with pytest.raises(NotEmbeddable, match=cause):
        tag(photo(*segments), DOG)


def test_extended_datasets_of_others_and_zero_bytes_behind_stay() -> None:
    data = iim(b"sea") + b"\x1c\3\x0a\x80\4\0\0\0\2ab" + bytes(3)
    after = written(photo(iptc_segment(data)))
    assert after.data.endswith(b"\x1c\3\x0a\x80\4\0\0\0\2ab" + bytes(3))
    assert after.values().keywords == ("sea", "dog", "grass")


def test_a_block_without_room_is_refused() -> None:
    big = iim(b"sea") + b"".join(dataset(3, 1, bytes(30000)) for _ in range(2)) + dataset(3, 1, bytes(5300))
    with pytest.raises(NotEmbeddable, match="no room"):
        tag(photo(iptc_segment(big)), Caption("a" * 900, 0.0, (), DOG.tags), caption_policy=CaptionPolicy.REPLACE)


KEYWORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1, max_size=30)


@settings(deadline=None)  # a busy machine is no failure
@given(
    keywords=st.lists(st.binary(min_size=1, max_size=70), max_size=4),
    caption=st.binary(max_size=50),
    utf8=st.booleans(),
    tags=st.lists(KEYWORD, max_size=4),
    policy=st.sampled_from(CaptionPolicy),
)
def test_any_iptc_is_kept_in_step_or_refused(
    keywords: list[bytes], caption: bytes, utf8: bool, tags: list[str], policy: CaptionPolicy
) -> None:
    data = photo(iptc_segment(iim(*keywords, caption=caption, utf8=utf8)))
    try:
        after = written(data, Caption("a dog", -1.0, (), tuple(Tag(label, 0.5) for label in tags)), policy)
    except PhotoError as error:
        assert "cannot hold" in str(error) or "in two ways" in str(error)
        return
    found = {iptc.short_key(keyword) for keyword in after.values().keywords}
    full = contents(
        tag(data, Caption("a dog", -1.0, (), tuple(Tag(label, 0.5) for label in tags)), caption_policy=policy)[0]
    )
    # One that is nothing but control characters stays where it is: XMP cannot hold it.
    assert found - {""} == {iptc.short_key(keyword) for keyword in full.xmp.keywords}
    kept = [d.raw for d in after.datasets if d.id == iptc.KEYWORDS]
    assert kept[: len(keywords)] == [dataset(2, 25, keyword) for keyword in keywords]
    assert [d.raw for d in after.datasets if d.id == (2, 80)] == [dataset(2, 80, b"Jane")]
