"""Whose words win."""

from pathlib import Path
from xml.sax.saxutils import escape

import jpegs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trial import CAT, DOG

from tagger.core.records import Caption, Provenance, State, Tag
from tagger.metadata import document, fields, policy, xmp_file
from tagger.metadata.before import Before
from tagger.metadata.contents import Contents, Values, Wanted
from tagger.metadata.document import Document
from tagger.metadata.policy import CaptionPolicy, Origin
from tagger.metadata.text import key

PATH = Path("photo.jpg")
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


def approved(text: str = "old") -> Provenance:
    return Provenance("m", "v", "r", text, (), (), State.APPROVED)


def both(contents: Contents, beside: Contents, how: CaptionPolicy, caption: Caption = DOG) -> Wanted:
    result = policy.decide(contents, caption, policy=how, origin=ORIGIN, beside=beside)
    assert result is not None
    return result


def test_a_person_s_caption_in_the_sidecar_counts_for_the_photo() -> None:
    sidecar, photo = held("Aunt Mary"), held("", "SONY DSC")
    assert both(photo, sidecar, KEEP).xmp_description is None
    assert both(photo, sidecar, KEEP).exif_description is None
    assert both(photo, sidecar, APPEND).exif_description == f"Aunt Mary\n{DOG.text}"
    # Ours is there from before the person wrote into the sidecar.
    ours = held("an old caption", "an old caption", None, OLD)
    assert both(ours, sidecar, KEEP).xmp_description == "Aunt Mary"
    assert both(ours, held("", "", None, OLD), KEEP).xmp_description == DOG.text
    # Where both hold one, each keeps its own, and the sidecar's goes where there is none.
    two = held("", "Uncle Tom")
    assert both(two, sidecar, APPEND).exif_description == f"Uncle Tom\n{DOG.text}"
    assert both(two, sidecar, APPEND).xmp_description == f"Aunt Mary\n{DOG.text}"
    assert both(sidecar, two, APPEND).xmp_description == f"Aunt Mary\n{DOG.text}"


def test_keywords_of_both_documents_and_who_added_them() -> None:
    photo = Contents(Values("", ("sea",)), Values("", ("old",)), None, {}, OLD, (), None)
    sidecar = Contents(Values(), Values("", ("Dog", "holiday")), None, {}, None, (), None)
    result = both(photo, sidecar, KEEP)
    assert result.keywords == ("sea", "Dog", "holiday", "grass")
    assert result.provenance.added == ("grass",)
    assert result.before.copied["dc:subject"] == ("sea", "Dog", "holiday")
    other = both(sidecar, photo, KEEP)
    assert set(other.keywords) == set(result.keywords)
    assert other.provenance.added == ("grass",)
    assert other.before.copied["dc:subject"] == ("sea",)
    assert policy.keywords(photo, sidecar) == ("old", "sea", "Dog", "holiday")


def test_keywords_that_iptc_cut_short_are_known_by_the_sidecar_s() -> None:
    long = "a keyword of more than sixty-four bytes, which IPTC cannot hold as a whole"
    photo = Contents(Values(), Values(), Values("", (long[:64],)), {}, None, (), None)
    sidecar = Contents(Values(), Values("", (long,)), None, {}, None, (), None)
    assert both(photo, sidecar, KEEP).keywords == (long, "dog", "grass")


@pytest.mark.parametrize("how", list(CaptionPolicy))
def test_what_was_approved_in_either_document_is_not_touched(how: CaptionPolicy) -> None:
    for photo, sidecar in ((held(), held(record=approved())), (held(record=approved()), held())):
        assert policy.decide(photo, DOG, policy=how, origin=ORIGIN, beside=sidecar) is None
        assert policy.decide(sidecar, DOG, policy=how, origin=ORIGIN, beside=photo) is None


def test_a_copy_whose_source_is_gone_becomes_a_person_s() -> None:
    before = Before(copied={"XPKeywords": ("sea",)})
    record = Provenance("m", "v", "r", "old", (), ())
    contents = Contents(Values("", ("sea",)), Values(), None, {}, record, (), None, before)
    result = policy.decide(contents, DOG, policy=KEEP, origin=ORIGIN)
    assert result is not None
    assert result.keywords == ("sea", "dog", "grass")
    assert result.before.copied["XPKeywords"] == result.before.copied["dc:subject"] == ()


TEXT = st.sampled_from(["", "Aunt Mary", "SONY DSC", DOG.text, CAT.text, "größe"])
WORDS = st.lists(st.sampled_from(["sea", "Dog", "cat", "a;b", "größe"]), max_size=3, unique=True)
RUNS = st.lists(
    st.tuples(st.sampled_from([DOG, CAT, Caption("", 0.0)]), st.sampled_from(list(CaptionPolicy))), max_size=2
)


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(
    texts=st.tuples(TEXT, TEXT, TEXT, TEXT),
    words=st.tuples(WORDS, WORDS, WORDS, WORDS),
    earlier=st.tuples(RUNS, RUNS),
    caption=st.sampled_from([DOG, CAT, Caption("", 0.0)]),
    how=st.sampled_from(list(CaptionPolicy)),
    at_once=st.booleans(),
)
def test_two_documents_agree_after_one_run(texts, words, earlier, caption, how, at_once) -> None:
    """Planned from the same state or one after the other: then nothing more is wanted, and nothing got lost."""
    rows = [(0x010E, 2, texts[0].encode() + b"\0"), (0x9C9E, 1, (";".join(words[0]) + "\0").encode("utf-16-le"))]
    photo = jpegs.with_segments(
        jpegs.picture((8, 8)),
        jpegs.exif_segment(jpegs.Tiff("<", [row for row in rows if len(row[2]) > 2]).build()),
        jpegs.xmp_segment(packet(texts[1], words[1])),
        jpegs.iptc_segment(jpegs.iim(*(w.encode() for w in words[2]), caption=texts[2].encode(), utf8=True)),
    )
    documents = [document.parse(PATH, photo), xmp_file.parse(PATH, packet(texts[3], words[3]))]
    theirs = {key(word) for word in policy.keywords(documents[0].contents, documents[1].contents)}
    for which, runs in enumerate(earlier):
        for said, policy_ in runs:
            documents[which] = written(documents[which], said, policy_, None)
    for which in (1, 0):
        other = documents[1 - which]
        done = written(documents[which], caption, how, other.contents)
        if not at_once:
            documents[which] = done
        elif which == 1:
            sidecar = done
        else:
            documents = [done, sidecar]
    for which in (0, 1):
        assert written(documents[which], caption, how, documents[1 - which].contents) is documents[which]
    after = [policy.keywords(found.contents) for found in documents]
    assert {key(word) for word in after[0]} == {key(word) for word in after[1]} >= theirs
    cleaned = [document.spliced(PATH, d.container.data, document.plan_clean(PATH, d)) for d in documents]
    assert contents_of(cleaned) == contents_of([photo, packet(texts[3], words[3])])
    said = [text for runs in earlier for text, _ in runs]
    if all(text.text for text in (*said, caption)):  # else a person's caption comes back, but at another place
        assert cleaned == [photo, packet(texts[3], words[3])]


def contents_of(both: list[bytes]) -> list[Contents]:
    return [document.parse(PATH, both[0]).contents, xmp_file.parse(PATH, both[1]).contents]


def packet(text: str, words: list[str]) -> bytes:
    body = (jpegs.bag("dc:subject", *words) if words else "") + (jpegs.alt(escape(text)) if text else "")
    return jpegs.foreign_packet(body, wrap=False)


def written(found: Document, caption: Caption, how: CaptionPolicy, beside: Contents | None) -> Document:
    """Write what is decided; the same document where nothing is wanted."""
    wanted = policy.decide(found.contents, caption, policy=how, origin=ORIGIN, beside=beside)
    splices = document.plan(PATH, found, wanted) if wanted else ()
    data = document.spliced(PATH, found.container.data, splices)
    parse = xmp_file.parse if isinstance(found.container, xmp_file.XmpFile) else document.parse
    return parse(PATH, data) if splices else found
