"""XMP edits as splices: every form in which programs write a property, and all that is not ours byte for byte."""

import re
import time
import tracemalloc
from pathlib import Path
from xml.etree import ElementTree

import jpegs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jpegs import alt, bag, foreign_packet, packet, with_segments, xmp_segment
from trial import CAT, DOG, contents, tag

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.core.records import Caption, State, Tag
from tagger.metadata import xmp, xmp_tree
from tagger.metadata.jpeg import parse
from tagger.metadata.policy import CaptionPolicy

PATH = Path("photo.jpg")
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"


def photo(xml: bytes) -> bytes:
    return with_segments(jpegs.picture((8, 8)), xmp_segment(xml))


def tagged(xml: bytes, caption: Caption = DOG, caption_policy: CaptionPolicy = CaptionPolicy.KEEP) -> bytes:
    """Tag a photo that holds a packet; returns the packet afterwards, checked to be stable and well-formed."""
    data, _ = tag(photo(xml), caption, caption_policy=caption_policy)
    assert tag(data, caption, caption_policy=caption_policy) == (data, ())
    after = parse(PATH, data).blocks().xmp
    assert after is not None
    ElementTree.fromstring(after.rstrip(b"\0"))
    return after


def description(body: str, attributes: str = "") -> bytes:
    return packet(f'<rdf:Description rdf:about=""{attributes}>{body}</rdf:Description>')


OTHER_PREFIXES = (
    b'<q:xmpmeta xmlns:q="adobe:ns:meta/">'
    b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdf="urn:other" xmlns:dc="urn:dc">'
    b'<Description about="x" xmlns:d="http://purl.org/dc/elements/1.1/">'
    b"<d:subject><Bag><li>sea</li></Bag></d:subject></Description></RDF></q:xmpmeta>"
)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"  \n ",
        packet(""),
        packet('<rdf:Description rdf:about=""/>'),
        packet('<rdf:Description rdf:about="uuid:1 &amp; 2" xmp:Rating="3" />'),
        packet("<rdf:Description rdf:about=''></rdf:Description>", wrap=False),
        foreign_packet(),
        foreign_packet(bag("dc:subject", "sea")),
        foreign_packet("<dc:subject><rdf:Bag/></dc:subject><dc:description><rdf:Alt/></dc:description>"),
        foreign_packet("<dc:subject/><dc:description/>"),
        foreign_packet("<dc:subject>sea</dc:subject><dc:description>The sea</dc:description>"),
        foreign_packet(bag("dc:subject", "sea", kind="Seq") + bag("dc:description", "The sea", kind="Seq")),
        description("", ' dc:subject="sea" dc:description="The sea"'),
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>',
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>',
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<?xpacket end="w"?>',
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>' + packet("", wrap=False) + bytes(40),
        description("<dc:subject><rdf:Bag><rdf:li><![CDATA[s]]>ea</rdf:li></rdf:Bag></dc:subject>"),
        OTHER_PREFIXES,
        description(
            "<dc:subject><rdf:Bag><rdf:li rdf:parseType='Resource'><rdf:value>sea</rdf:value>"
            "<xmp:Label>q</xmp:Label></rdf:li></rdf:Bag></dc:subject>"
        ),
    ],
)
@pytest.mark.parametrize("caption_policy", list(CaptionPolicy))
def test_every_form_of_packet(xml: bytes, caption_policy: CaptionPolicy) -> None:
    before = xmp.parse(xml, PATH)
    theirs = before.values()
    after = xmp.parse(tagged(xml, DOG, caption_policy), PATH)
    expected = {
        CaptionPolicy.KEEP: theirs.description or DOG.text,
        CaptionPolicy.REPLACE: DOG.text,
        CaptionPolicy.APPEND: f"{theirs.description}\n{DOG.text}".strip(),
    }
    assert after.values().description == expected[caption_policy]
    assert after.values().keywords == (*theirs.keywords, "dog", "grass")
    gone = xmp.parse(tagged(after.data, Caption("", 0.0), caption_policy), PATH).values()
    assert gone.keywords == theirs.keywords
    if caption_policy is not CaptionPolicy.REPLACE:
        assert gone.description == theirs.description


def test_only_our_bytes_are_inserted() -> None:
    before = foreign_packet(bag("dc:subject", "sea") + alt("The sea", ("de", "Das Meer")))
    after = tagged(before)
    position = 0
    for part in re.split(rb"(?=<)|(?<=>)", before):  # every tag and text of the old packet, in order
        position = after.index(part, position) + len(part)
    assert after.endswith(before[before.index(b"</x:xmpmeta>") :])  # the padding too
    about = after[after.index(b"</rdf:RDF>") - 4000 :]
    assert b'<rdf:Description rdf:about="uuid:faf5">' in about
    assert tagged(after, Caption("", 0.0)).count(b">sea<") == before.count(b">sea<")


def test_other_languages_stay() -> None:
    body = alt("The sea", ("de", "Das Meer"), ("fr", "La mer"))
    after = tagged(foreign_packet(body), CAT, CaptionPolicy.REPLACE)
    assert b'<rdf:li xml:lang="x-default">a cat on a sofa &amp; &lt;mat&gt;</rdf:li>' in after
    assert b'<rdf:li xml:lang="de">Das Meer</rdf:li><rdf:li xml:lang="fr">La mer</rdf:li>' in after
    only = "<dc:description><rdf:Alt><rdf:li xml:lang='de'>Das Meer</rdf:li></rdf:Alt></dc:description>"
    after = tagged(foreign_packet(only), CAT, CaptionPolicy.REPLACE)
    assert xmp.parse(after, PATH).values().description == CAT.text
    assert b"<rdf:li xml:lang='de'>Das Meer</rdf:li>" in after
    assert xmp.parse(foreign_packet(only), PATH).values().description == "Das Meer"


def test_our_record_rewritten_as_attributes_by_another_program() -> None:
    attributes = (
        ' tagger:Model="old" tagger:Run="r" tagger:Version="0" tagger:Caption="a dog&#xA;x"'
        " tagger:State=\"machine\" xmp:Rating='3'"
    )
    body = bag("tagger:Added", "dog") + bag("dc:subject", "sea", "dog") + alt("a dog x")
    after = tagged(description(body, attributes), CAT)
    record = xmp.parse(after, PATH).provenance()
    assert (record.model, record.caption, record.added) == ("test 1", CAT.text, ("cat", "grass"))
    assert xmp.parse(after, PATH).values().keywords == ("sea", "cat", "grass")
    assert xmp.parse(after, PATH).values().description == CAT.text
    assert after.count(b"tagger:Model") == 2  # one element, no attribute
    assert b"xmp:Rating='3'" in after


def test_approved_photos_are_not_touched() -> None:
    after = tagged(foreign_packet(bag("dc:subject", "sea")))
    approved = after.replace(b">machine<", b">approved<")
    assert xmp.parse(approved, PATH).provenance().state is State.APPROVED
    data = photo(approved)
    assert tag(data, CAT) == (data, ())


def test_unknown_properties_of_our_namespace_stay() -> None:
    after = tagged(description("<tagger:Future>x</tagger:Future><tagger:Model>old</tagger:Model>"))
    assert b"<tagger:Future>x</tagger:Future>" in after
    assert after.count(b"<tagger:Model>") == 1


def test_hierarchies() -> None:
    body = bag("lr:hierarchicalSubject", "place|sea", "animal|pet|dog") + bag(
        "digiKam:TagsList", "place/sea", kind="Seq"
    )
    before = foreign_packet(body)
    after = xmp.parse(tagged(before, DOG), PATH)
    assert after.texts("lr:hierarchicalSubject") == ("place|sea", "animal|pet|dog", "grass")
    assert after.texts("digiKam:TagsList") == ("place/sea", "animal/pet/dog", "grass")
    assert b"<rdf:Seq>" in after.data
    gone = xmp.parse(tagged(after.data, Caption("", 0.0)), PATH)
    assert gone.hierarchies() == xmp.parse(before, PATH).hierarchies()  # the dog in lr: was there before us
    assert b"AddedHierarchy" not in gone.data
    assert b"ierarch" not in tagged(foreign_packet())


@pytest.mark.parametrize(
    ("xml", "cause"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>', "document type"),
        (b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x:xmpmeta xmlns:x="adobe:ns:meta/"/>', "document type"),
        (packet("").decode().encode("utf-16"), "UTF-8"),
        (packet("caf\xe9").decode().encode("latin-1", "replace"), "UTF-8"),
        (b'<?xml version="1.0" encoding="latin-1"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>', "latin-1"),
        (packet("<rdf:Description>"), "mismatched tag"),
        (b"<html/>", "rdf:RDF"),
        (b"<a>" * 300 + b"</a>" * 300, "deep"),
        (packet("")[:-80].replace(b"</x:xmpmeta>", b""), "XMP cannot be parsed"),
    ],
)
def test_what_cannot_be_parsed_is_refused(xml: bytes, cause: str) -> None:
    with pytest.raises(NotEmbeddable, match=cause):
        xmp.parse(xml, PATH)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (bag("dc:subject", "a") + bag("dc:subject", "b"), "twice"),
        ("<dc:subject rdf:parseType='Resource'><rdf:value>a</rdf:value></dc:subject>", "form"),
        ("<dc:subject rdf:resource='urn:a'/>", "form"),
        ("<dc:subject><rdf:Bag><rdf:li>a</rdf:li><rdf:_2>b</rdf:_2></rdf:Bag></dc:subject>", "form"),
        ("<dc:description><rdf:Description/></dc:description>", "form"),
    ],
)
def test_forms_that_we_would_break_are_refused(body: str, cause: str) -> None:
    with pytest.raises(NotEmbeddable, match=cause):
        tagged(foreign_packet(body))


def test_keywords_in_extended_xmp_are_refused() -> None:
    part = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + bytes(8) + b"<dc:subject>"
    data = with_segments(jpegs.picture(), xmp_segment(foreign_packet()), jpegs.segment(0xE1, part))
    with pytest.raises(NotEmbeddable, match="extended XMP"):
        tag(data, DOG)


def test_padding_is_used_only_where_there_is_no_other_room() -> None:
    def sized(size: int, padding: int) -> bytes:
        empty = len(foreign_packet("<crs:Note></crs:Note>", padding=padding))
        return foreign_packet(f"<crs:Note>{'x' * (size - empty)}</crs:Note>", padding=padding)

    assert len(tagged(sized(60000, 4000))) > 60000
    full = sized(65000, 4000)
    after = tagged(full)
    assert len(after) == 65502
    assert after.endswith(b'<?xpacket end="w"?>')
    with pytest.raises(NotEmbeddable, match="no room"):
        tagged(sized(65000, 100))


def test_fresh_packet_has_room_for_others() -> None:
    data, _ = tag(jpegs.picture(), DOG)
    fresh = parse(PATH, data).blocks().xmp
    assert fresh.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert fresh.endswith(b'<?xpacket end="w"?>')
    assert b" " * 100 + b"\n" in fresh
    root = ElementTree.fromstring(fresh)
    assert [li.text for li in root.iterfind(f".//{DC}subject/{RDF}Bag/{RDF}li")] == ["dog", "grass"]
    item = root.find(f".//{DC}description/{RDF}Alt/{RDF}li")
    assert item.text == DOG.text
    assert item.attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "x-default"}


ANY = st.text(st.characters(exclude_categories=()), max_size=25)  # control characters and lone surrogates too
CLEAN = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=15)


@settings(deadline=None)  # a busy machine is no failure
@given(
    text=ANY,
    tags=st.lists(ANY, max_size=5),
    theirs=st.lists(CLEAN, max_size=4),
    caption_policy=st.sampled_from(CaptionPolicy),
)
def test_any_text_arrives_and_leaves_again(
    text: str, tags: list[str], theirs: list[str], caption_policy: CaptionPolicy
) -> None:
    from xml.sax.saxutils import escape

    xml = foreign_packet(bag("dc:subject", *map(escape, theirs))) if theirs else foreign_packet()
    data = photo(xml)
    try:
        before = contents(data).xmp
    except PhotoError:  # characters that XML has no room for
        return
    caption = Caption(text, -1.0, (), tuple(Tag(label, 0.25) for label in tags))
    after, _ = tag(data, caption, caption_policy=caption_policy)
    assert tag(after, caption, caption_policy=caption_policy) == (after, ())
    found = contents(after)
    assert found.xmp.keywords[: len(before.keywords)] == before.keywords
    assert len(found.provenance.tags) <= len(tags)
    gone, _ = tag(after, Caption("", 0.0), caption_policy=caption_policy)
    assert contents(gone).xmp == before


BOMBS = {
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b']><x:xmpmeta xmlns:x="adobe:ns:meta/">&m;</x:xmpmeta>',
    "external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "undeclared entity": packet("<rdf:Description>&lol;</rdf:Description>"),
    "depth": b"<a>" * 100_000 + b"</a>" * 100_000,
    "elements": packet("<rdf:Description>" + "<a/>" * 1_000_000 + "</rdf:Description>"),
    "attributes": packet("<rdf:Description " + " ".join(f'a{n}="x"' for n in range(500_000)) + "/>"),
    "prefixes": packet("<rdf:Description " + " ".join(f'xmlns:p{n}="urn:{n}"' for n in range(5_000)) + "/>"),
    "open instructions": b"<?" * 2_000_000,
    "open comments": b"<!--" * 1_000_000 + b"<a>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str) -> None:
    tracemalloc.start()
    began = time.process_time()
    try:
        with pytest.raises(NotEmbeddable, match="XMP cannot be parsed") as caught:
            xmp.parse(BOMBS[name], PATH)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert time.process_time() - began < 2
    assert peak < 200 << 20


@pytest.mark.parametrize(
    "body",
    [
        "<crs:Note>" + "x &amp; " * 500_000 + "</crs:Note>",
        "<crs:Dabs><rdf:Seq>" + "<rdf:li>d 0.5 0.25</rdf:li>\n" * 20_000 + "</rdf:Seq></crs:Dabs>",
        f"<dc:subject{' ' * 300_000}/>",
    ],
    ids=["text", "brush strokes", "white space"],
)
def test_large_packets_take_no_longer_than_their_length(body: str) -> None:
    began = time.process_time()
    large = foreign_packet(body)
    found = xmp.parse(large, PATH)
    assert found.data == large
    for owner in found.descriptions:
        assert len(list(xmp_tree.attribute_ranges(large, owner))) == 4
        assert not any(list(xmp_tree.attribute_ranges(large, child)) for child in owner.children)
    assert time.process_time() - began < 3


def test_a_packet_of_sixty_kilobytes_is_edited() -> None:
    body = "<crs:Note>" + "x" * 55_000 + "</crs:Note>"
    after = tagged(foreign_packet(body, padding=2000))
    assert body.encode() in after
    assert 55_000 < len(after) <= 65502
