"""ExifTool as the referee: before and after a write it must see the same, but for our fields."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from samples import samples
from trial import CAFE, CAT, DOG, tag

from tagger.metadata.policy import CaptionPolicy

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None and "TAGGER_REQUIRE_EXIFTOOL" not in os.environ,
    reason="exiftool is not installed (set TAGGER_REQUIRE_EXIFTOOL to fail instead)",
)
SAMPLES = samples()
OURS = {
    "IFD0:ImageDescription",
    "IFD0:XPKeywords",
    "XMP-dc:Description",
    "XMP-dc:Subject",
    "XMP-lr:HierarchicalSubject",
    "XMP-digiKam:TagsList",
    "IPTC:Caption-Abstract",
    "IPTC:Keywords",
    "IPTC:CodedCharacterSet",
    "Photoshop:IPTCDigest",
    "File:CurrentIPTCDigest",
    "Composite:Keywords",
}
REQUIRED = {
    "IFD0:XResolution",
    "IFD0:YResolution",
    "IFD0:ResolutionUnit",
    "IFD0:YCbCrPositioning",
    "File:ExifByteOrder",
}
# Where the further pictures now are: their bytes are compared (MPImage2, PreviewImage), their offsets moved with them.
OFFSETS = {"MPImage1:MPImageLength", "MPImage2:MPImageStart", "Sony:PreviewImageStart"}


def referee(folder: Path, *options: str) -> dict[str, dict[str, object]]:
    """What ExifTool sees in each file of a folder, by file name."""
    command = ["exiftool", "-a", "-G1", "-s", "-j", "-n", *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return {Path(str(entry["SourceFile"])).name: entry for entry in json.loads(done.stdout)}


def foreign(entry: dict[str, object], *, had_exif: bool) -> dict[str, object]:
    skip = OURS | OFFSETS | (set() if had_exif else REQUIRED)
    groups = ("System:", "ExifTool:", "XMP-tagger:", "SourceFile")
    return {name: value for name, value in entry.items() if name not in skip and not name.startswith(groups)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {name: tmp_path_factory.mktemp(name) for name in ("before", "once", "twice")}
    for name, data in SAMPLES.items():
        once, _ = tag(data, DOG, caption_policy=CaptionPolicy.REPLACE)
        twice, _ = tag(once, CAT, caption_policy=CaptionPolicy.REPLACE)
        for key, content in (("before", data), ("once", once), ("twice", twice)):
            (made[key] / f"{name}.jpg").write_bytes(content)
    return made


@pytest.fixture(scope="module")
def seen(folders: dict[str, Path]) -> dict[str, dict[str, dict[str, object]]]:
    return {key: referee(folder, "-b") for key, folder in folders.items()}


@pytest.mark.parametrize("when", ["once", "twice"])
@pytest.mark.parametrize("name", SAMPLES)
def test_everything_that_is_not_ours_is_as_before(seen: dict, name: str, when: str) -> None:
    before, after = seen["before"][f"{name}.jpg"], seen[when][f"{name}.jpg"]
    had_exif = b"Exif\0\0" in SAMPLES[name]
    assert foreign(after, had_exif=had_exif) == foreign(before, had_exif=had_exif)


@pytest.mark.parametrize("name", SAMPLES)
def test_our_fields_are_where_readers_look(seen: dict, name: str) -> None:
    after = seen["twice"][f"{name}.jpg"]
    for field in ("IFD0:ImageDescription", "XMP-dc:Description"):
        assert after[field] == CAT.text, field
    keywords = as_list(after["XMP-dc:Subject"])
    assert {"cat", "grass"} <= set(keywords)
    assert "dog" not in keywords
    assert set(str(after["IFD0:XPKeywords"]).split(";")) == set(keywords)
    if "IPTC:Keywords" in seen["before"][f"{name}.jpg"]:
        assert set(as_list(after["IPTC:Keywords"])) == set(keywords)
        assert after["IPTC:Caption-Abstract"] == CAT.text
        assert after["Photoshop:IPTCDigest"] == after["File:CurrentIPTCDigest"]
    else:
        assert "IPTC:Keywords" not in after


def as_list(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def test_the_samples_are_what_they_claim_to_be(seen: dict) -> None:
    """Without the maker notes, thumbnails and previews parsed, the comparison above would compare nothing."""
    before = seen["before"]
    assert before["camera big endian.jpg"]["Canon:CanonFirmwareVersion"] == "Firmware 1.0.0"
    assert str(before["camera little endian.jpg"]["IFD1:ThumbnailImage"]).startswith("base64:")
    assert str(before["mpf before exif and xmp.jpg"]["MPImage2:MPImage2"]).startswith("base64:")
    assert str(before["sony preview.jpg"]["Sony:PreviewImage"]).startswith("base64:/9j/")
    assert before["foreign xmp.jpg"]["XMP-xmp:Rating"] == 4


def test_hierarchies_are_kept_up_to_date_where_present(seen: dict) -> None:
    once, twice = seen["once"]["hierarchy.jpg"], seen["twice"]["hierarchy.jpg"]
    assert once["XMP-lr:HierarchicalSubject"] == ["place|sea", "animal|pet|dog", "grass"]
    assert once["XMP-digiKam:TagsList"] == ["place/sea", "animal/pet/dog", "grass"]
    assert twice["XMP-lr:HierarchicalSubject"] == ["place|sea", "grass", "animal|pet|cat"]
    assert "XMP-lr:HierarchicalSubject" not in seen["once"]["foreign xmp.jpg"]


def test_validation_is_no_worse_than_before(folders: dict[str, Path]) -> None:
    def complaints(folder: Path) -> dict[str, list[str]]:
        result = {}
        for name, entry in referee(folder, "-validate", "-warning", "-error").items():
            found = [as_list(value) for key, value in entry.items() if key.endswith((":Warning", ":Error"))]
            result[name] = sorted(text for texts in found for text in texts)
        return result

    before = complaints(folders["before"])
    for when in ("once", "twice"):
        for name, found in complaints(folders[when]).items():
            assert set(found) <= set(before[name]), name


def test_other_scripts_arrive(tmp_path: Path) -> None:
    for name in ("bare", "iptc", "iptc utf-8"):
        (tmp_path / f"{name}.jpg").write_bytes(tag(SAMPLES[name], CAFE, caption_policy=CaptionPolicy.REPLACE)[0])
    for name, entry in referee(tmp_path).items():
        assert entry["IFD0:ImageDescription"] == entry["XMP-dc:Description"] == CAFE.text
        assert {"café", "猫"} <= set(str(entry["IFD0:XPKeywords"]).split(";"))
        if "iptc" in name:
            assert entry["IPTC:Caption-Abstract"] == CAFE.text
            assert {"café", "猫"} <= set(as_list(entry["IPTC:Keywords"]))
