"""What other programs show, by the order in which each looks at the fields (docs/metadata.md has the sources).

Judged from ExifTool's dump, not by our own parser.
"""

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable

import jpegs
import pytest
from jpegs import Tiff, alt, bag, exif_segment, foreign_packet, iim, iptc_segment, with_segments, xmp_segment
from trial import DOG, tag

from tagger.metadata.policy import CaptionPolicy

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None and "TAGGER_REQUIRE_EXIFTOOL" not in os.environ,
    reason="exiftool is not installed (set TAGGER_REQUIRE_EXIFTOOL to fail instead)",
)
Dump = dict[str, object]
SUBJECT, IPTC, XP = "XMP-dc:Subject", "IPTC:Keywords", "IFD0:XPKeywords"
DIGIKAM, LIGHTROOM = "XMP-digiKam:TagsList", "XMP-lr:HierarchicalSubject"
XMP_TEXT, EXIF_TEXT, IPTC_TEXT = "XMP-dc:Description", "IFD0:ImageDescription", "IPTC:Caption-Abstract"
USER_COMMENT = "ExifIFD:UserComment"

# Fields that hold a person's words before us: name -> what goes into the file.
KEYWORDS = {SUBJECT: "sea", IPTC: "sand", XP: "sun", DIGIKAM: "place/beach", LIGHTROOM: "place|coast"}
CAPTIONS = {XMP_TEXT: "The sea", EXIF_TEXT: "Aunt Mary", IPTC_TEXT: "A beach"}
FLAT = {SUBJECT, IPTC, XP}


def words(dump: Dump, field: str) -> list[str]:
    """The entries of a keyword field; of a hierarchy the last parts, which programs show as the keyword."""
    value = dump.get(field, [])
    found = [str(entry) for entry in value] if isinstance(value, list) else str(value).split(";")
    return [entry.replace("|", "/").rpartition("/")[2] for entry in found]


def first(*fields: str) -> Callable[[Dump], set[str]]:
    """The first field that holds anything."""
    return lambda dump: set(next((found for field in fields if (found := words(dump, field))), []))


def merged(*fields: str) -> Callable[[Dump], set[str]]:
    return lambda dump: {word for field in fields for word in words(dump, field)}


def text(*fields: str) -> Callable[[Dump], str]:
    return lambda dump: next((str(dump[field]) for field in fields if str(dump.get(field, "")).strip()), "")


READS_KEYWORDS = {
    "digiKam": first(DIGIKAM, LIGHTROOM, SUBJECT, IPTC, XP),
    "darktable": lambda dump: merged(IPTC)(dump) | first(LIGHTROOM, SUBJECT)(dump),
    "Lightroom": merged(LIGHTROOM, SUBJECT),  # IPTC only where its digest says that it is newer
    "Immich": first(DIGIKAM, LIGHTROOM, IPTC),
    "PhotoPrism": merged(SUBJECT, IPTC),
    "Windows": merged(SUBJECT, IPTC, XP),
}
READS_CAPTION = {
    "digiKam": text(XMP_TEXT, EXIF_TEXT, USER_COMMENT, IPTC_TEXT),
    "darktable": text(XMP_TEXT, IPTC_TEXT, EXIF_TEXT),
    "Lightroom": text(XMP_TEXT, IPTC_TEXT, EXIF_TEXT),
    "Immich": text(EXIF_TEXT, XMP_TEXT),
    "PhotoPrism": text(XMP_TEXT, EXIF_TEXT),
    "Windows": text(USER_COMMENT, EXIF_TEXT, IPTC_TEXT, XMP_TEXT),
}


def photo(fields: tuple[str, ...]) -> bytes:
    """A photo whose fields of these names hold a person's words."""
    rows = [(0x010F, 2, b"Canon\0")]
    rows += [(0x010E, 2, CAPTIONS[EXIF_TEXT].encode() + b"\0")] if EXIF_TEXT in fields else []
    rows += [(0x9C9E, 1, (KEYWORDS[XP] + "\0").encode("utf-16-le"))] if XP in fields else []
    body = alt(CAPTIONS[XMP_TEXT]) if XMP_TEXT in fields else ""
    body += bag("dc:subject", KEYWORDS[SUBJECT]) if SUBJECT in fields else ""
    body += bag("digiKam:TagsList", KEYWORDS[DIGIKAM], kind="Seq") if DIGIKAM in fields else ""
    body += bag("lr:hierarchicalSubject", KEYWORDS[LIGHTROOM]) if LIGHTROOM in fields else ""
    blocks = [exif_segment(Tiff("<", rows).build())] if len(rows) > 1 else []
    blocks += [xmp_segment(foreign_packet(body))] if body else []
    if {IPTC, IPTC_TEXT} & set(fields):
        caption = CAPTIONS[IPTC_TEXT].encode() if IPTC_TEXT in fields else b""
        blocks.append(iptc_segment(iim(*([KEYWORDS[IPTC].encode()] if IPTC in fields else []), caption=caption)))
    return with_segments(jpegs.picture((8, 8)), *blocks)


def cases() -> list[tuple[str, ...]]:
    """None of the fields, each, each pair, all of one kind, all."""
    fields = (*KEYWORDS, *CAPTIONS)
    some = [(), *((field,) for field in fields), *itertools.combinations(fields, 2)]
    return [*some, tuple(KEYWORDS), tuple(CAPTIONS), fields]


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Dump]]:
    """What ExifTool sees of each case: as it was, and with our values under each policy."""
    seen = {}
    for key in ("before", *CaptionPolicy):
        folder = tmp_path_factory.mktemp(key)
        for number, fields in enumerate(cases()):
            data = photo(fields)
            if key != "before":
                data, _ = tag(data, DOG, caption_policy=CaptionPolicy(key))
            (folder / f"{number:03}.jpg").write_bytes(data)
        command = ["exiftool", "-a", "-G1", "-s", "-j", "-n", str(folder)]
        entries = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
        seen[str(key)] = sorted(entries, key=lambda entry: str(entry["SourceFile"]))
    return seen


EACH = pytest.mark.parametrize(
    "fields", cases(), ids=lambda fields: "+".join(f.partition(":")[2] for f in fields) or "none"
)
READER = pytest.mark.parametrize("reader", READS_KEYWORDS)


@EACH
@READER
def test_every_reader_sees_the_union_of_keywords(dumps: dict, fields: tuple[str, ...], reader: str) -> None:
    number = cases().index(fields)
    seen = READS_KEYWORDS[reader]
    for policy in CaptionPolicy:
        before, after = seen(dumps["before"][number]), seen(dumps[policy][number])
        assert before <= after  # nothing of a person's is hidden by ours
        union = {KEYWORDS[field] for field in fields if field in FLAT} | {"dog", "grass"}
        looks_at_tree = {LIGHTROOM} & set(fields) if reader == "darktable" else {DIGIKAM, LIGHTROOM} & set(fields)
        if reader == "Immich" and not looks_at_tree and not {IPTC, IPTC_TEXT} & set(fields):
            assert after == set()  # it looks at none of the fields that we write: docs/metadata.md says so
        elif looks_at_tree and reader in {"digiKam", "darktable", "Immich"}:
            assert after >= {"dog", "grass"}  # it stops at the tree, which never held the other keywords
        else:
            assert after >= union


@EACH
@READER
def test_every_reader_shows_the_right_caption(dumps: dict, fields: tuple[str, ...], reader: str) -> None:
    number = cases().index(fields)
    seen = READS_CAPTION[reader]
    human = [CAPTIONS[field] for field in fields if field in CAPTIONS]
    before = seen(dumps["before"][number])
    assert seen(dumps["keep"][number]) == (before if human else DOG.text)
    assert seen(dumps["replace"][number]) == DOG.text
    appended = seen(dumps["append"][number]).splitlines()
    assert appended[-1] == DOG.text
    # Where two persons' captions differ, one that had none may get the other: never anybody else's.
    assert appended[:-1] in ([[text] for text in human] or [[]])


def test_the_readers_look_at_different_fields(dumps: dict) -> None:
    """Without that the tests above would compare one rule six times."""
    everything = dumps["before"][-1]
    assert len({frozenset(seen(everything)) for seen in READS_KEYWORDS.values()}) >= 5
    assert len({seen(everything) for seen in READS_CAPTION.values()}) == 2
