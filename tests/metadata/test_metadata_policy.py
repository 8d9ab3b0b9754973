"""Whose words win."""

import pytest
from trial import DOG

from tagger.core.records import Caption, Provenance, State, Tag
from tagger.metadata import fields, policy
from tagger.metadata.contents import Contents, Values
from tagger.metadata.policy import CaptionPolicy, Origin

ORIGIN = Origin("m", "v", "r")
KEEP, REPLACE, APPEND = CaptionPolicy.KEEP, CaptionPolicy.REPLACE, CaptionPolicy.APPEND
OLD = Provenance("m", "v", "r0", "an old caption", (Tag("old", 0.5),), ("old",))


def held(xmp: str = "", exif: str = "", iptc: str | None = None, record: Provenance | None = None) -> Contents:
    return Contents(Values(exif), Values(xmp), None if iptc is None else Values(iptc), {}, record, (), None)


def wanted(contents: Contents, how: CaptionPolicy, text: str = "new") -> tuple[str | None, ...]:
    result = policy.decide(contents, Caption(text, 0.0), policy=how, origin=ORIGIN)
    assert result is not None
    return result.xmp_description, result.exif_description, result.iptc_description


@pytest.mark.parametrize(
    ("contents", "how", "expected"),
    [
        (held(), KEEP, ("new", "new", None)),
        (held("", "OLYMPUS DIGITAL CAMERA         ", "DCIM"), KEEP, ("new", "new", "new")),
        (held("Aunt Mary"), KEEP, (None, None, None)),
        (held("", "Aunt Mary", ""), KEEP, (None, None, None)),
        (held("Aunt Mary", "SONY DSC", ""), REPLACE, ("new", "new", "new")),
        (held("Aunt Mary", "SONY DSC", ""), APPEND, ("Aunt Mary\nnew",) * 3),
        (held("Aunt Mary", "Aunt M.", ""), APPEND, ("Aunt Mary\nnew", "Aunt M.\nnew", "Aunt Mary\nnew")),
        (held("an old caption", "an  old caption", "an old caption", OLD), KEEP, ("new", "new", "new")),
        (held("an old caption", "Aunt Mary", "", OLD), KEEP, ("Aunt Mary", None, None)),
        (held("Mary\nan old caption", "Mary\nan old caption", None, OLD), APPEND, ("Mary\nnew", "Mary\nnew", None)),
        (held("Mary\nan old caption", "Mary\nan old caption", None, OLD), KEEP, ("Mary", "Mary", None)),
        (held("Mary\nan old caption", "", None), APPEND, ("Mary\nan old caption\nnew",) * 2 + (None,)),
    ],
)
def test_captions(contents: Contents, how: CaptionPolicy, expected: tuple[str | None, ...]) -> None:
    assert wanted(contents, how) == (*expected[:2], expected[2] if contents.iptc is not None else None)


def test_an_empty_caption_takes_only_ours_away() -> None:
    assert wanted(held("an old caption", "SONY DSC", None, OLD), KEEP, "") == ("", None, None)
    assert wanted(held("Aunt Mary", "", None, OLD), REPLACE, "") == (None, None, None)
    filler = Provenance("m", "v", "r0", "DCIM", (), ())
    assert wanted(held("DCIM", "SAMSUNG", None, filler), KEEP, "") == ("", None, None)


def test_keywords_theirs_first_without_regard_to_case() -> None:
    contents = Contents(
        Values("", ("b", "GRASS", "old")), Values("", ("A", "Old")), Values("", ("c", "a")), {}, OLD, (), None
    )
    result = policy.decide(contents, DOG, policy=KEEP, origin=ORIGIN)
    assert result is not None
    assert result.keywords == ("A", "b", "GRASS", "c", "dog")
    assert result.provenance.added == ("dog",)


def test_labels_are_cleaned() -> None:
    tags = (Tag(" dog\n", 0.5), Tag("Dog", 0.4), Tag("", 0.3), Tag("\x01", 0.2), Tag("a\x0bb", 0.1))
    result = policy.decide(held(), Caption("a\tb\r\n c\x00 \ud800", 0.0, (), tags), policy=KEEP, origin=ORIGIN)
    assert result is not None
    assert result.keywords == ("dog", "a b")
    assert result.xmp_description == "a b c"


def test_approved_is_approved() -> None:
    approved = Provenance("m", "v", "r", "old", (), (), State.APPROVED)
    assert policy.decide(held(record=approved), DOG, policy=REPLACE, origin=ORIGIN) is None


def test_description_is_what_a_reader_shows() -> None:
    assert policy.description(held("", "SONY DSC", "Aunt Mary")) == "Aunt Mary"
    assert policy.description(held("x", "y")) == "x"
    assert policy.description(held("", "SONY DSC")) == ""


def test_the_table_for_the_documentation() -> None:
    lines = fields.markdown().splitlines()
    assert lines[0] == "| meaning | EXIF | XMP | IPTC |"
    assert "| caption | `ImageDescription` (UTF-8) | `dc:description` (x-default) |" in lines[2]
    assert len(lines) == 2 + len(fields.FIELDS)
    assert all(len(line.replace("\\|", "").split("|")) == 6 for line in lines)
