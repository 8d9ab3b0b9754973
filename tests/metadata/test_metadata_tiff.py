"""TIFF as a container: appended once, written over again, undone to the byte, and the picture never touched."""

import itertools
import struct
from pathlib import Path

import jpegs
import pytest
import tiffs
from tiffs import Builder, frames, grey, simple
from trial import CAFE, CAT, DOG, contents, read, tag, write, writer

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.core.records import Caption
from tagger.metadata import document, exif, tiff, tiff_edit
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.splices import inverse, spliced

PATH = Path("photo.tif")
SAMPLES = tiffs.samples()
EACH = pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES.keys())
POLICIES = pytest.mark.parametrize("caption_policy", list(CaptionPolicy))
IIM = jpegs.iim(b"sea", caption=b"The sea")


def value(data: bytes, number: int) -> bytes | None:
    return tiff.parse(PATH, data).value(number)


@EACH
@POLICIES
def test_undo_restores_every_byte(data: bytes, caption_policy: CaptionPolicy) -> None:
    states, changes = [data], []
    for caption in (DOG, CAT, DOG):
        after, splices = tag(states[-1], caption, caption_policy=caption_policy)
        assert splices
        states.append(after)
        changes.append(splices)
    for splices, before in zip(reversed(changes), reversed(states[:-1]), strict=True):
        assert spliced(states.pop(), inverse(splices)) == before


@EACH
@POLICIES
def test_tagging_again_changes_nothing_even_in_another_run(data: bytes, caption_policy: CaptionPolicy) -> None:
    once, _ = tag(data, DOG, caption_policy=caption_policy)
    assert tag(once, DOG, caption_policy=caption_policy, run="run-2") == (once, ())


@EACH
def test_old_bytes_stay_where_they_are_and_pixels_decode_the_same(data: bytes) -> None:
    after = tag(tag(data, DOG)[0], CAT)[0]
    assert after[:4] == data[:4]
    assert after[8 : len(data)] == data[8:]
    assert frames(after) == frames(data)
    before, now = tiff.parse(PATH, data), tiff.parse(PATH, after)
    assert now.identity() == before.identity()
    assert (now.width, now.height) == (before.width, before.height)
    assert now.exif.next_ifd == before.exif.next_ifd
    assert [entry.tag for entry in now.exif.entries] == sorted(entry.tag for entry in now.exif.entries)


@pytest.mark.parametrize("name", ["scanner big endian", "xmp", "iptc in both", "pages by libtiff", "trailing bytes"])
def test_fifty_captions_in_turn_do_not_let_the_file_grow(name: str) -> None:
    state, _ = tag(SAMPLES[name], DOG)
    sizes = {(DOG.text, len(state))}
    for caption in itertools.islice(itertools.cycle((CAT, DOG)), 50):
        state, splices = tag(state, caption)
        assert sum(len(splice.old) + len(splice.new) for splice in splices) < 6000
        sizes.add((caption.text, len(state)))
    assert len(sizes) == 2  # one size for each caption, however often


@EACH
@POLICIES
def test_every_keyword_field_holds_the_union(data: bytes, caption_policy: CaptionPolicy) -> None:
    before = contents(data)
    theirs = {*before.xmp.keywords, *before.exif.keywords, *(before.iptc.keywords if before.iptc else ())}
    after = contents(tag(data, DOG, caption_policy=caption_policy)[0])
    assert set(after.xmp.keywords) == set(after.exif.keywords) == theirs | {"dog", "grass"}
    if before.iptc:
        assert set(after.iptc.keywords) == theirs | {"dog", "grass"}
    else:
        assert after.iptc is None


@EACH
def test_taking_everything_out_leaves_what_was_there(data: bytes) -> None:
    before = contents(data)
    after = contents(tag(tag(data, DOG)[0], Caption("", 0.0))[0])
    assert set(after.xmp.keywords) == {
        *before.xmp.keywords,
        *before.exif.keywords,
        *(before.iptc.keywords if before.iptc else ()),
    }
    assert after.hierarchies == before.hierarchies
    assert after.taken_at == before.taken_at


@EACH
def test_the_packet_can_be_removed_again(data: bytes) -> None:
    tagged, _ = tag(data, DOG)
    parsed = document.parse(PATH, tagged)
    block = exif.edit(parsed.blocks.exif, "", (), (72, 72, 2))
    after = tiff.Blocks(exif=block, xmp=None, photoshop=parsed.blocks.blocks.photoshop)
    edits = tiff_edit.splices(parsed.container, after)
    clean = spliced(tagged, edits)
    assert value(clean, 700) is value(clean, exif.DESCRIPTION) is value(clean, exif.XP_KEYWORDS) is None
    assert len(clean) < len(tagged)
    document.require_untouched(PATH, parsed, document.parse(PATH, clean))
    assert frames(clean) == frames(data)
    assert spliced(clean, inverse(edits)) == tagged
    assert tag(clean, CAFE if contents(data).iptc is None else CAT)[1]


def test_blocks_as_they_are_need_no_edit() -> None:
    parsed = document.parse(PATH, SAMPLES["iptc in both"])
    assert tiff_edit.splices(parsed.container, parsed.blocks.blocks) == ()


def test_a_tail_that_another_program_built_upon_stays() -> None:
    """What was appended is ours until anything else is there, or points into it."""
    tagged, _ = tag(simple(), DOG)
    for foreign in (tagged + b"more", tagged + b"\0\0"):
        after, _ = tag(foreign, CAT)
        assert after[8 : len(foreign)] == foreign[8:]
    parsed = tiff.parse(PATH, tagged)
    at, _ = parsed.exif.span(next(entry for entry in parsed.exif.entries if entry.tag == 700))
    row = next(i for i, entry in enumerate(parsed.exif.entries) if entry.tag == 282)
    pointing = bytearray(tagged)
    struct.pack_into("<I", pointing, parsed.exif.ifd + 2 + 12 * row + 8, at)  # the resolution is read from the packet
    after, _ = tag(bytes(pointing), CAT)
    assert after[8 : len(tagged)] == bytes(pointing[8:])


def test_a_file_that_only_claims_to_end_in_our_part_is_appended_to() -> None:
    tagged, _ = tag(simple(), DOG)
    kept = tiff.parse(PATH, tagged).kept
    forged = bytearray(tagged)
    struct.pack_into("<I", forged, kept + len(tiff.MARK), kept - 2)
    after, _ = tag(bytes(forged), CAT)
    assert after[8 : len(tagged)] == bytes(forged[8:])


@pytest.mark.parametrize("order", ["<", ">"])
def test_identity_depends_on_the_pictures_alone(order: str) -> None:
    plain = Builder(order).build(grey(order), grey(order, seed=3))
    moved = Builder(order, odd=True)
    moved.put(b"something else")
    rows = [(0x010E, 2, b"Aunt Mary\0"), (0x0112, 3, struct.pack(order + "H", 6))]
    same = moved.build(grey(order, rows=rows), grey(order, seed=3), trailing=b"end")
    mine, theirs = tiff.parse(PATH, plain), tiff.parse(PATH, same)
    assert mine.identity() == theirs.identity()
    assert mine.same_picture(theirs)
    others = {
        "a pixel": Builder(order).build(grey(order), grey(order, seed=4)),
        "a page less": Builder(order).build(grey(order)),
        "the other way round": Builder(order).build(grey(order, seed=3), grey(order)),
        "strips": Builder(order).build(grey(order), grey(order, seed=3, strips=2)),
        "meaning": plain.replace(struct.pack(order + "HHIH", 262, 3, 1, 1), struct.pack(order + "HHIH", 262, 3, 1, 0)),
    }
    for name, other in others.items():
        assert tiff.parse(PATH, other).identity() != mine.identity(), name
        assert not mine.same_picture(tiff.parse(PATH, other)), name


def test_a_changed_pixel_or_byte_is_noticed() -> None:
    before = SAMPLES["camera big endian"]
    tagged, _ = tag(before, DOG)
    was = document.parse(PATH, before)
    for at in (20, before.index(bytes(range(60))) + 30, len(before) - 30, 12):
        damaged = bytearray(tagged)
        damaged[at] ^= 1
        with pytest.raises(PhotoError):
            document.require_untouched(PATH, was, document.parse(PATH, bytes(damaged)))


def test_what_a_tiff_says_about_itself() -> None:
    parsed = document.parse(PATH, SAMPLES["camera big endian"])
    assert parsed.format.name == "TIFF"
    assert (parsed.container.width, parsed.container.height) == (16, 12)
    assert parsed.contents.taken_at == "2024-05-06T07:08:09"
    assert contents(SAMPLES["described by pillow"]).exif.description == "A house by the sea"


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.startswith("iptc")])
def test_iptc_is_kept_in_step_wherever_it_is(name: str) -> None:
    after, _ = tag(SAMPLES[name], CAT, caption_policy=CaptionPolicy.REPLACE)
    assert set(contents(after).iptc.keywords) >= {"sea", "cat", "grass"}
    assert contents(after).iptc.description == CAT.text
    raw, resources = value(after, 33723), value(after, 34377)
    if raw is not None:
        assert (raw if b"\x1c\2\x19\0\3cat" in raw else tiffs.swapped(raw)).count(b"\x1c\2\x19\0\3cat") == 1
        kinds = [tiff.parse(PATH, data).kind(33723) for data in (SAMPLES[name], after)]
        assert kinds[0] == kinds[1]
    if resources is not None and b"8BIM\4\4" in resources:
        assert b"\x1c\2\x19\0\3cat" in resources


@pytest.mark.parametrize(
    "description",
    [
        b"ImageJ=1.53t\nimages=3\nslices=3\n",
        b'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"/>',
        b'{"shape": [12, 16]}',
        b"Aperio Image Library v11\r\n16x12",
        b"a first text\0and a second one",
    ],
)
def test_a_description_that_is_data_of_a_program_is_never_replaced(description: bytes) -> None:
    data = simple(rows=((0x010E, 2, description + b"\0"),))
    after, _ = tag(data, DOG)
    assert value(after, 0x010E) == description + b"\0"
    assert contents(after).xmp.description == ""
    assert contents(after).provenance.caption == DOG.text
    for caption_policy in (CaptionPolicy.REPLACE, CaptionPolicy.APPEND):
        with pytest.raises(NotEmbeddable, match="description"):
            tag(data, DOG, caption_policy=caption_policy)


def test_larger_than_we_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = simple()
    monkeypatch.setattr(tiff_edit, "MAX_SIZE", len(data) + 100)
    with pytest.raises(NotEmbeddable, match="1 GiB"):
        tag(data, DOG)


@EACH
@POLICIES
def test_clean_brings_the_file_back_to_the_byte(data: bytes, caption_policy: CaptionPolicy) -> None:
    tagged = tag(tag(data, DOG, caption_policy=caption_policy)[0], CAT, caption_policy=caption_policy)[0]
    parsed = document.parse(PATH, tagged)
    edits = document.plan_clean(PATH, parsed)
    clean = spliced(tagged, edits)
    assert clean == data
    document.require_untouched(PATH, parsed, document.parse(PATH, clean))
    assert spliced(clean, inverse(edits)) == tagged


@pytest.mark.parametrize("name", ["pages big endian", "iptc in both", "RGB jpeg", "filler"])
def test_the_writer_writes_compares_and_takes_back(path: Path, name: str) -> None:
    file = path.with_name("photo.tiff")
    file.write_bytes(SAMPLES[name])
    change = write(file)
    assert change.target == file
    assert writer().compare(change) == "after"
    assert read(file).provenance.caption == DOG.text
    assert read(file).identity == change.identity == tiff.parse(file, SAMPLES[name]).identity()
    assert frames(file.read_bytes()) == frames(SAMPLES[name])
    writer().revert(change)
    assert file.read_bytes() == SAMPLES[name]
