"""`clean` takes out exactly what we put in, from what the photo itself says: often to the byte, always to the field."""

import base64
import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

import jpegs
import pngs
import pytest
import samples
import tiffs
import webps
from hypothesis import given, settings
from hypothesis import strategies as st
from jpegs import Tiff, alt, bag, exif_segment, foreign_packet, iim, iptc_segment, with_segments, xmp_segment
from trial import CAFE, CAT, DOG, contents, tag

from tagger.core.errors import NotEmbeddable, PhotoError, PhotoSkipped
from tagger.core.records import Caption, Tag
from tagger.metadata import before, document, exif, policy
from tagger.metadata.before import Before, Original
from tagger.metadata.contents import Values
from tagger.metadata.jpeg import parse as parse_jpeg
from tagger.metadata.policy import CaptionPolicy

PATH = Path("photo.jpg")
KEEP, REPLACE, APPEND = CaptionPolicy.KEEP, CaptionPolicy.REPLACE, CaptionPolicy.APPEND
JPEGS, PNGS, WEBPS, TIFFS = samples.samples(), pngs.samples(), webps.samples(), tiffs.samples()
OTHERS = {
    f"{kind} {name}": data
    for kind, group in (("png", PNGS), ("webp", WEBPS), ("tiff", TIFFS))
    for name, data in group.items()
}
# The container cannot be as it was: we do not compress, and the flags in a WebP's header are set right.
NOT_TO_THE_BYTE = {
    "png compressed xmp",
    "webp extended without need",
    "webp flags forgotten",
    "webp exif in a simple file",
}
RUNS = [
    *(((DOG, how),) for how in CaptionPolicy),
    *(((DOG, first), (CAT, then)) for first in CaptionPolicy for then in CaptionPolicy),
    ((DOG, APPEND), (CAT, KEEP), (DOG, REPLACE), (CAT, APPEND), (DOG, KEEP)),
]
FEW = [RUNS[0], RUNS[1], RUNS[5], RUNS[-1]]
NOTHING = Caption("", 0.0)
SAYS_NOTHING = [
    ((NOTHING, KEEP),),
    ((DOG, REPLACE), (NOTHING, REPLACE)),
    ((DOG, REPLACE), (CAT, APPEND), (NOTHING, KEEP), (DOG, APPEND), (CAT, KEEP)),
    ((DOG, APPEND), (CAT, KEEP), (DOG, REPLACE), (NOTHING, APPEND)),
]


def clean(data: bytes, **options: bool) -> bytes:
    """Clean the bytes of a photo, checked to leave nothing of ours and all that is not."""
    parsed = document.parse(PATH, data)
    after = document.spliced(PATH, data, document.plan_clean(PATH, parsed, **options))
    result = document.parse(PATH, after)
    document.require_untouched(PATH, parsed, result)
    assert document.plan_clean(PATH, result) == ()
    assert b"tagger:" not in (result.container.blocks().xmp or b"").replace(b'xmlns:tagger="', b"")
    return after


def tagged(data: bytes, runs: tuple[tuple[Caption, CaptionPolicy], ...] = ((DOG, KEEP),)) -> bytes:
    for caption, how in runs:
        data, _ = tag(data, caption, caption_policy=how)
    return data


@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_is_what_it_was_to_the_byte(name: str) -> None:
    for runs in RUNS:
        assert clean(tagged(JPEGS[name], runs)) == JPEGS[name], runs


@pytest.mark.parametrize("name", JPEGS)
def test_models_that_had_nothing_to_say_leave_nothing_either(name: str) -> None:
    for runs in SAYS_NOTHING:
        assert contents(clean(tagged(JPEGS[name], runs))) == contents(JPEGS[name]), runs


@pytest.mark.parametrize("name", OTHERS)
def test_other_formats_are_what_they_were(name: str) -> None:
    data = OTHERS[name]
    for runs in FEW:
        try:
            after = tagged(data, runs)
        except NotEmbeddable:
            continue
        same = clean(after)
        assert (same == data) is (name not in NOT_TO_THE_BYTE), runs
        assert contents(same) == contents(data)


def photo(*blocks: bytes) -> bytes:
    return with_segments(jpegs.picture((8, 8)), *blocks)


def packet_of(data: bytes) -> bytes:
    return parse_jpeg(PATH, data).blocks().xmp or b""


FORMS = [
    "",
    "<dc:subject/><dc:description/>",
    "<dc:subject><rdf:Bag/></dc:subject><dc:description><rdf:Alt/></dc:description>",
    "<dc:subject><rdf:Bag></rdf:Bag></dc:subject><dc:description></dc:description>",
    "<dc:subject>sea</dc:subject><dc:description>The sea</dc:description>",
    "<dc:description>DCIM</dc:description>",
    bag("dc:subject", "sea", "Grass") + alt("The &#x73;ea &lt; &amp;"),
    bag("dc:subject", "sea", kind="Seq") + bag("dc:description", "The sea", kind="Seq"),
    "<dc:description><rdf:Alt><rdf:li xml:lang='de'>Das Meer</rdf:li>\n"
    " <rdf:li xml:lang='fr'>La mer</rdf:li></rdf:Alt></dc:description>",
    "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'/></rdf:Alt></dc:description>",
    "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'><![CDATA[a < b]]>&#10;c</rdf:li></rdf:Alt></dc:description>",
    "<lr:hierarchicalSubject/>" + bag("digiKam:TagsList", "place/sea", kind="Seq"),
    "<lr:hierarchicalSubject><rdf:Bag>\n</rdf:Bag></lr:hierarchicalSubject>",
]


@pytest.mark.parametrize("body", FORMS, ids=range(len(FORMS)))
@pytest.mark.parametrize("runs", FEW, ids=range(len(FEW)))
def test_every_form_of_a_property_comes_back(body: str, runs: tuple) -> None:
    for packet in (
        foreign_packet(body),
        jpegs.packet(f'<rdf:Description rdf:about="">{body}</rdf:Description>', wrap=False),
    ):
        assert clean(tagged(photo(xmp_segment(packet)), runs)) == photo(xmp_segment(packet))


@pytest.mark.parametrize("runs", FEW, ids=range(len(FEW)))
@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"  \n",
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<?xpacket end="w"?>',
        jpegs.packet(""),
        jpegs.packet('<rdf:Description rdf:about=""/>'),
        jpegs.packet('<rdf:Description rdf:about="" dc:subject="sea" xmp:Rating="3" />'),
        jpegs.packet('<rdf:Description rdf:about="" dc:subject="sea" xmp:Rating="3" dc:description=\'The sea\'/>'),
    ],
)
def test_every_form_of_packet_comes_back(packet: bytes, runs: tuple) -> None:
    data = photo(xmp_segment(packet))
    after = clean(tagged(data, runs))
    assert contents(after) == contents(data)
    if b"dc:subject" not in packet:
        assert after == data
    elif b"dc:description" not in packet:  # an attribute comes back as the last one
        assert b'<rdf:Description rdf:about="" xmp:Rating="3" dc:subject="sea" />' in after


EXIF_VALUES = [
    (2, b"OLYMPUS DIGITAL CAMERA         \0"),
    (2, b"Aunt Mary\0"),
    (2, "größe\0".encode("latin-1")),
    (2, b"no zero"),
    (2, b"\0\0\0\0\0\0"),
    (7, b"undefined\0"),
    (1, b"bytes\0"),
    (3, b"\1\0\2\0\3\0"),
    (12, bytes(16)),
    (2, b""),
]


@pytest.mark.parametrize("kind_and_value", EXIF_VALUES)
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_description_of_any_type_comes_back(kind_and_value: tuple[int, bytes], order: str) -> None:
    for keywords in (None, (1, "sea;;Grass \0".encode("utf-16-le")), (7, b"x\0")):
        rows = [(exif.DESCRIPTION, *kind_and_value), (0x010F, 2, b"Canon\0")]
        rows += [(exif.XP_KEYWORDS, *keywords)] if keywords else []
        data = photo(exif_segment(Tiff(order, rows).build()))
        for runs in FEW:
            assert clean(tagged(data, runs)) == data
            rebuilt = rebuild_exif(tagged(data, runs))  # our tail is no longer a tail
            assert raw_fields(clean(rebuilt)) == raw_fields(data)


def rebuild_exif(data: bytes) -> bytes:
    """What a program does that writes the block anew: nothing is where it was."""
    block = parse_jpeg(PATH, data).blocks().exif
    have = exif.parse(block, PATH)
    order = have.order
    rows = [(entry.tag, entry.kind, have.value(entry)) for entry in have.entries]
    return data.replace(exif_segment(block), exif_segment(Tiff(order, rows).build()))


def raw_fields(data: bytes) -> list:
    have = exif.parse(parse_jpeg(PATH, data).blocks().exif, PATH)
    return [(entry.tag, entry.kind, have.value(entry)) for entry in have.entries if have.value(entry)]


IIM = [
    iim(b"sea"),
    iim(b"sea", caption=b"The sea"),
    iim("größe".encode(), caption="Das größte".encode()),
    iim("größe".encode("latin-1"), caption=b"x"),
    iim(),
    iim(b"sea", caption=b"  DCIM \0"),
    iim(b"a", caption=b"one") + jpegs.dataset(2, 120, b"two"),
]


@pytest.mark.parametrize("data", IIM, ids=range(len(IIM)))
@pytest.mark.parametrize(
    "also", [b"", xmp_segment(foreign_packet(bag("dc:subject", "wave"))), xmp_segment(foreign_packet(alt("The ocean")))]
)
def test_iptc_comes_back(data: bytes, also: bytes) -> None:
    original = photo(*([also] if also else []), iptc_segment(data))
    for runs in FEW:
        assert clean(tagged(original, runs)) == original
    if b"\xf6" not in data:
        marked = tagged(original, ((CAFE, REPLACE), (DOG, KEEP)))
        assert clean(marked) == original


def record(data: bytes) -> Before:
    return contents(data).before


def edited(data: bytes, old: str, new: str) -> bytes:
    """Change the packet as another program would."""
    packet = packet_of(data)
    assert old.encode() in packet
    return data.replace(xmp_segment(packet), xmp_segment(packet.replace(old.encode(), new.encode())))


def test_copies_of_keywords_leave_the_fields_that_had_none() -> None:
    data = photo(xmp_segment(foreign_packet(bag("dc:subject", "sea"))), iptc_segment(iim(b"sand")))
    after = contents(tagged(data))
    assert set(after.exif.keywords) == {"sea", "sand", "dog", "grass"}
    gone = contents(clean(tagged(data)))
    assert (gone.xmp.keywords, gone.exif.keywords, gone.iptc.keywords) == (("sea",), (), ("sand",))


def test_what_a_person_wrote_after_us_stays() -> None:
    data = tagged(photo(xmp_segment(foreign_packet(bag("dc:subject", "sea") + alt("The sea")))), ((DOG, REPLACE),))
    edit = edited(data, f">{DOG.text}</rdf:li>", ">Our Rex</rdf:li>")
    edit = edited(edit, "<rdf:li>sea</rdf:li>", "<rdf:li>holiday</rdf:li>")  # one gone, one new
    after = contents(clean(edit))
    assert after.xmp == Values("Our Rex", ("holiday",))
    assert after.exif == Values()
    # The same after another run, which copied theirs to where it was not.
    later = contents(clean(tagged(edit, ((CAT, KEEP),))))
    assert later.xmp == Values("Our Rex", ("holiday", "sea"))  # EXIF still held the one that was gone
    replaced = contents(clean(tagged(edit, ((CAT, REPLACE),))))
    assert replaced.xmp.description == "Our Rex"  # what the last person wrote, not what was there first
    appended = tagged(edit, ((CAT, APPEND),))
    assert contents(appended).xmp.description == f"Our Rex\n{CAT.text}"
    more = edited(appended, ">Our Rex\n", ">Our Rex and Tom\n")
    assert contents(clean(more)).xmp.description == "Our Rex and Tom"


def test_a_caption_of_a_person_that_reads_like_ours_is_theirs() -> None:
    data = photo(
        exif_segment(Tiff("<", [(exif.DESCRIPTION, 2, DOG.text.encode() + b"\0")]).build()),
        xmp_segment(foreign_packet(alt(DOG.text))),
    )
    for runs in RUNS:
        assert clean(tagged(data, runs)) == data, runs
    once = tagged(data)
    assert contents(tagged(once, ((CAT, KEEP),))).xmp.description == DOG.text
    assert contents(tagged(once, ((CAT, APPEND),))).exif.description == f"{DOG.text}\n{CAT.text}"
    assert contents(tagged(data, ((DOG, APPEND),))).exif.description == DOG.text


def test_approved_values_stay_unless_asked_for() -> None:
    data = edited(tagged(JPEGS["foreign xmp"]), ">machine<", ">approved<")
    with pytest.raises(PhotoSkipped, match="approved by a person"):
        clean(data)
    assert clean(data, approved=True) == JPEGS["foreign xmp"]


def test_photos_without_anything_of_ours_are_left_alone() -> None:
    for data in (*JPEGS.values(), *OTHERS.values()):
        assert document.plan_clean(PATH, document.parse(PATH, data)) == ()


def as_version_1(data: bytes) -> bytes:
    """The photo as a version without `tagger:Before` would have left it."""
    packet = packet_of(data)
    bare = re.sub(rb"\s*<tagger:Before>.*?</tagger:Before>", b"", packet, flags=re.DOTALL)
    assert bare != packet
    return data.replace(xmp_segment(packet), xmp_segment(bare))


@pytest.mark.parametrize("name", JPEGS)
def test_photos_of_the_first_version(name: str) -> None:
    """It recorded less: fillers and copied keywords stay away or stay, all else goes."""
    before = contents(JPEGS[name])
    union = policy.keywords(before)
    for runs in (((DOG, KEEP),), ((DOG, KEEP), (CAT, KEEP)), ((DOG, APPEND),)):
        data = as_version_1(tagged(JPEGS[name], runs))
        for later in ((), ((CAT, KEEP),), ((CAT, APPEND), (DOG, KEEP))):
            after = contents(clean(tagged(data, later)))
            assert after.provenance is None
            assert policy.keywords(after) == union
            assert policy.description(after) == policy.description(before)
            assert after.hierarchies == before.hierarchies
    if name in {"bare", "grey", "progressive"}:
        assert clean(as_version_1(tagged(JPEGS[name]))) == JPEGS[name]


def test_tagging_after_cleaning_is_as_on_the_fresh_photo() -> None:
    for name, data in {**JPEGS, **OTHERS}.items():
        if name not in NOT_TO_THE_BYTE and len(data) < 5000:
            assert tagged(clean(tagged(data, ((DOG, REPLACE),))), ((CAT, KEEP),)) == tagged(data, ((CAT, KEEP),)), name


@pytest.mark.parametrize("name", ["bare", "camera big endian", "all three", "hierarchy", "iptc"])
def test_two_hundred_runs_do_not_make_it_grow(name: str) -> None:
    data, sizes = JPEGS[name], set()
    captions = (DOG, CAT, Caption("A far longer caption " * 8, -1.0, (), tuple(Tag(f"tag {n}", 0.5) for n in range(9))))
    for number in range(200):
        data, _ = tag(data, captions[number % 3], caption_policy=CaptionPolicy(list(CaptionPolicy)[number % 2]))
        sizes.add((number % 6, len(data)))
    assert len(sizes) <= 7  # the very first one may differ
    assert clean(data) == JPEGS[name]


def test_a_block_that_another_program_rebuilt_does_not_grow_either() -> None:
    data = rebuild_exif(tagged(photo(exif_segment(Tiff("<", [(0x010F, 2, b"Canon\0")]).build())), ((DOG, KEEP),)))
    sizes = set()
    for number in range(40):
        data, _ = tag(data, (DOG, CAT)[number % 2])
        sizes.add((number % 2, len(data)))
    assert len(sizes) <= 3
    assert [row[0] for row in raw_fields(clean(data))] == [0x010F]


def test_a_block_of_ours_that_another_program_uses_stays() -> None:
    data = rebuild_exif(tagged(JPEGS["bare"]))
    block = parse_jpeg(PATH, data).blocks().exif
    used = exif.rewritten(exif.parse(block, PATH), {0x013B: (2, b"Jane\0")})
    after = clean(data.replace(exif_segment(block), exif_segment(used)))
    assert {row[0] for row in raw_fields(after)} == {0x011A, 0x011B, 0x0128, 0x0213, 0x013B}
    assert b"Exif" not in clean(data)


@pytest.mark.parametrize("seed", range(8))
def test_forged_and_damaged_records_do_no_harm(seed: int) -> None:
    """Whatever the record says: no crash, and nothing but descriptions and keywords can become something else."""
    chance = random.Random(seed)
    data = tagged(JPEGS["all three"], ((DOG, REPLACE),))
    packet = packet_of(data)
    lines = list(record(data).entries())
    evil = [
        "dc:description element {} 0 " + base64.b64encode(b"</rdf:Description><x/>").decode(),
        "dc:description element {} 0 " + base64.b64encode(b"<dc:creator>me</dc:creator>").decode(),
        "dc:description element {} 0 " + base64.b64encode(b"<dc:description xmp:Rating='1'/>").decode(),
        "dc:description item {} 0 " + base64.b64encode(b"</rdf:li><rdf:li>").decode(),
        "dc:description item {} 0 " + base64.b64encode(b"a<!-- -->b").decode(),
        "dc:description attribute {} 0 " + base64.b64encode(b' xmp:Rating="1"').decode(),
        "dc:description attribute {} 0 " + base64.b64encode(b' dc:description="x"><rdf:li').decode(),
        "ImageDescription raw {} 4 " + base64.b64encode(b"abc").decode(),
        "ImageDescription raw {} 99 " + base64.b64encode(b"abcd").decode(),
        "ImageDescription raw {} 2 " + base64.b64encode(bytes(90000)).decode(),
        "Caption-Abstract raw {} 0 " + base64.b64encode(jpegs.dataset(2, 55, b"20200101")).decode(),
        "Caption-Abstract raw {} 0 !!!!",
        "EXIF block - 0 " + base64.b64encode(b"\xff" * 8).decode(),
        "EXIF block - 0 " + base64.b64encode((8).to_bytes(4, "little") + (40).to_bytes(4, "little")).decode(),
        "EXIF absent - 0",
        "XMP absent - 0",
        "XMP blank - 0 " + base64.b64encode(b"<x/>").decode(),
        "XPKeywords raw - 1 " + base64.b64encode(b"x" * 7).decode(),
        "dc:subject copied sea;Sky;sand",
        "XPKeywords copied " + "x" * 200_000,
        "legacy",
        "Model absent - 0",
        "",
        "dc:subject",
    ]
    wrote = [original.wrote for original in record(data).originals.values() if original.wrote]
    for _ in range(60):
        mine = [line.format(chance.choice(wrote)) for line in chance.sample(evil, chance.randrange(1, 6))]
        mine += [line for line in lines if chance.random() < 0.5]
        mine += [line[: chance.randrange(len(line))] for line in lines if chance.random() < 0.3]
        mine += mine if chance.random() < 0.05 else []
        items = "".join(f"<rdf:li>{line}</rdf:li>" for line in mine)
        forged = re.sub(
            rb"<tagger:Before>.*</tagger:Before>",
            lambda _, items=items: f"<tagger:Before><rdf:Bag>{items}</rdf:Bag></tagger:Before>".encode(),
            packet,
            flags=re.DOTALL,
        )
        if len(forged) > 65000:
            continue
        photo_ = data.replace(xmp_segment(packet), xmp_segment(forged))
        try:
            after = clean(photo_)
        except NotEmbeddable:
            continue
        left = packet_of(after)
        assert b"x:xmptk" in left
        assert b'xmp:Rating="4"' in left
        assert left.count(b"<dc:creator>") == 1
        rows = {tag_: (kind, value) for tag_, kind, value in raw_fields(photo_) if tag_ not in exif.OURS}
        assert rows == {tag_: (kind, value) for tag_, kind, value in raw_fields(after) if tag_ not in exif.OURS}
        assert jpegs.dataset(2, 80, b"Jane") in after
        assert jpegs.dataset(2, 55, b"20200101") not in after


def test_records_survive_being_written_and_read() -> None:
    full = Before(
        {
            "EXIF": Original("block", b"\0\1\2\3\4\5\6\7"),
            "ImageDescription": Original("raw", b"caf\xe9\0", 2, before.digest("x")),
            "dc:description": Original("text", "Ä ; = | sea".encode(), 0, before.digest("x")),
            "Caption-Abstract": Original("text", b"two\nlines"),
            "dc:subject": Original("absent"),
        },
        {"XPKeywords": ("a b", "c, d"), "Keywords": ("x",)},
        frozenset({"Caption-Abstract"}),
        legacy=True,
    )
    assert before.parse(full.entries()) == full
    assert (
        before.parse(["", "XMP", "XMP absent", "Model absent - 0", "XMP absent - x", "XMP 1 - 0", "XMP raw - 0 ?"])
        == Before()
    )
    assert len(before.parse(f"XMP absent - {n}" for n in range(10**6)).originals) == 1
    assert not Before()


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=12
).filter(lambda text: text.strip())
LINES = st.sampled_from(list(CaptionPolicy))
CAPTIONS = st.builds(
    lambda text, labels: Caption(text, -1.0, (), tuple(Tag(label, 0.5) for label in labels)),
    WORD,
    st.lists(WORD, max_size=3),
)


@settings(deadline=None)  # a busy machine is no failure
@given(
    order=st.sampled_from("<>"),
    text=st.none() | st.tuples(st.sampled_from([1, 2, 7, 129]), st.binary(max_size=30)),
    xp=st.none() | st.lists(WORD, max_size=3),
    subject=st.none() | st.lists(WORD, max_size=3, unique_by=str.casefold),
    title=st.none() | WORD,
    iptc=st.none()
    | st.tuples(st.lists(st.binary(min_size=1, max_size=9), max_size=3), st.binary(max_size=20), st.booleans()),
    runs=st.lists(st.tuples(CAPTIONS, LINES), min_size=1, max_size=4),
)
def test_any_photo_after_any_runs(order, text, xp, subject, title, iptc, runs) -> None:

    blocks = []
    if text is not None or xp is not None:
        rows = [(0x010F, 2, b"Canon\0")] + ([(exif.DESCRIPTION, *text)] if text else [])
        rows += [(exif.XP_KEYWORDS, 1, (";".join(xp) + "\0").encode("utf-16-le"))] if xp else []
        blocks.append(exif_segment(Tiff(order, rows).build()))
    if subject is not None or title is not None:
        body = bag("dc:subject", *map(escape, subject)) if subject else ""
        blocks.append(xmp_segment(foreign_packet(body + (alt(escape(title)) if title else ""))))
    if iptc is not None:
        blocks.append(iptc_segment(iim(*iptc[0], caption=iptc[1], utf8=iptc[2])))
    data = photo(*blocks)
    try:
        after = tagged(data, tuple(runs))
    except PhotoError:
        return
    assert clean(after) == data


needs_exiftool = pytest.mark.skipif(
    shutil.which("exiftool") is None and "TAGGER_REQUIRE_EXIFTOOL" not in os.environ,
    reason="exiftool is not installed (set TAGGER_REQUIRE_EXIFTOOL to fail instead)",
)
# Where another program's own rewriting puts things, and when; what a file system says.
WHERE = re.compile(r"^(System|ExifTool|File:FileSize|.*:(ThumbnailOffset|PreviewImageStart|MPImageStart)$)|SourceFile")


def dump(folder: Path) -> dict[str, dict[str, object]]:
    command = ["exiftool", "-a", "-G1", "-s", "-j", "-n", "-b", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    entries = json.loads(done.stdout)
    return {
        Path(str(entry["SourceFile"])).name: {name: value for name, value in entry.items() if not WHERE.match(name)}
        for entry in entries
    }


@needs_exiftool
def test_the_referee_sees_the_photos_as_they_were(tmp_path: Path) -> None:
    folders = {key: tmp_path / key for key in ("before", "after")}
    for folder in folders.values():
        folder.mkdir()
    for number, (name, data) in enumerate({**{f"jpeg {name}": data for name, data in JPEGS.items()}, **OTHERS}.items()):
        runs = RUNS[number % len(RUNS)]
        try:
            after = clean(tagged(data, runs))
        except NotEmbeddable:
            continue
        suffix = {"j": "jpg", "p": "png", "w": "webp", "t": "tif"}[name[0]]
        file = name.replace("/", "_") + f".{suffix}"
        (folders["before"] / file).write_bytes(data)
        (folders["after"] / file).write_bytes(after)
    before, after = dump(folders["before"]), dump(folders["after"])
    assert len(before) > 60
    for name, seen in before.items():
        if name in {"webp extended without need.webp", "webp exif in a simple file.webp", "webp flags forgotten.webp"}:
            differ = {key for key in seen | after[name] if seen.get(key) != after[name].get(key)}
            assert all(key.startswith(("RIFF:", "File:")) for key in differ), name  # the header, not what is in it
            continue
        assert after[name] == seen, name


@needs_exiftool
def test_photos_that_another_program_wrote_since(tmp_path: Path) -> None:
    """ExifTool serialises the packet anew and moves EXIF about; ours leaves all the same, and its own stays."""
    folders = {key: tmp_path / key for key in ("before", "after")}
    for folder in folders.values():
        folder.mkdir()
    for number, (name, data) in enumerate(JPEGS.items()):
        if name.startswith("mpf"):
            continue  # ExifTool loses the second picture by itself here
        (folders["before"] / f"{name}.jpg").write_bytes(data)
        (folders["after"] / f"{name}.jpg").write_bytes(tagged(data, RUNS[number % len(RUNS)]))
    for folder in folders.values():
        command = [
            "exiftool",
            "-q",
            "-m",
            "-overwrite_original",
            "-EXIF:Artist=Jane",
            "-XMP-dc:Creator+=Jane",
            "-XMP-dc:Title=T",
        ]
        subprocess.run([*command, str(folder)], check=True)
    for file in folders["after"].iterdir():
        file.write_bytes(clean(file.read_bytes()))
    before, after = dump(folders["before"]), dump(folders["after"])
    for name, seen in before.items():
        created = "IFD0:Artist" in seen and b"Exif\0\0" not in JPEGS[name.removesuffix(".jpg")]
        required = {"IFD0:XResolution", "IFD0:YResolution", "IFD0:ResolutionUnit", "IFD0:YCbCrPositioning"}
        missing = {"File:CurrentIPTCDigest", "File:ExifByteOrder"} | (required if created else set())
        assert {k: v for k, v in after[name].items() if k not in missing} == {
            k: v for k, v in seen.items() if k not in missing
        }, name
        assert seen["IFD0:Artist"] == "Jane"
