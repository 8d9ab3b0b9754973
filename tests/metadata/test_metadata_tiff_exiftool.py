"""ExifTool as the referee for TIFF: before and after a write it must see the same, but for our fields."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import tiffs
from test_metadata_exiftool import OURS, as_list, referee
from trial import CAT, DOG, contents, tag

from tagger.metadata.policy import CaptionPolicy

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None and "TAGGER_REQUIRE_EXIFTOOL" not in os.environ,
    reason="exiftool is not installed (set TAGGER_REQUIRE_EXIFTOOL to fail instead)",
)
BUILT = tiffs.samples()
# What another program makes of a TIFF: IPTC, XMP and a digest written by ExifTool itself.
ADDED = {
    "exiftool iptc": ("-IPTC:Keywords=sea", "-IPTC:Keywords=sand", "-IPTC:Caption-Abstract=The sea"),
    "exiftool xmp": ("-XMP-dc:Subject=sea", "-XMP-dc:Description=The sea", "-XMP-xmp:Rating=4"),
    "exiftool all": (
        *("-IPTC:Keywords=sea", "-Photoshop:IPTCDigest=new", "-XMP-dc:Subject=sea", "-EXIF:Artist=Jane"),
        *("-EXIF:DateTimeOriginal=2024:05:06 07:08:09", "-GPSLatitude=48.1", "-GPSLatitudeRef=N"),
    ),
}  # fmt: skip
NAMES = [*BUILT, *ADDED]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {name: tmp_path_factory.mktemp(name) for name in ("before", "once", "twice")}
    for name, data in BUILT.items():
        (made["before"] / f"{name}.tif").write_bytes(data)
    for name, options in ADDED.items():
        path = made["before"] / f"{name}.tif"
        path.write_bytes(tiffs.pages())
        subprocess.run(["exiftool", "-q", "-overwrite_original", *options, str(path)], check=True)
    for path in made["before"].iterdir():
        once, _ = tag(path.read_bytes(), DOG, caption_policy=CaptionPolicy.REPLACE)
        twice, _ = tag(once, CAT, caption_policy=CaptionPolicy.REPLACE)
        (made["once"] / path.name).write_bytes(once)
        (made["twice"] / path.name).write_bytes(twice)
    return made


@pytest.fixture(scope="module")
def seen(folders: dict[str, Path]) -> dict[str, dict[str, dict[str, object]]]:
    return {key: referee(folder, "-b") for key, folder in folders.items()}


def foreign(entry: dict[str, object]) -> dict[str, object]:
    groups = ("System:", "ExifTool:", "XMP-tagger:", "SourceFile")
    ours = OURS | {name.replace("IPTC:", "IPTC2:") for name in OURS}  # the same in a second place
    return {name: value for name, value in entry.items() if name not in ours and not name.startswith(groups)}


@pytest.mark.parametrize("when", ["once", "twice"])
@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_not_ours_is_as_before(seen: dict, name: str, when: str) -> None:
    before, after = seen["before"][f"{name}.tif"], seen[when][f"{name}.tif"]
    assert len(foreign(before)) > 10
    assert foreign(after) == foreign(before)


@pytest.mark.parametrize("name", NAMES)
def test_our_fields_are_where_readers_look(seen: dict, name: str) -> None:
    before, after = seen["before"][f"{name}.tif"], seen["twice"][f"{name}.tif"]
    for field in ("IFD0:ImageDescription", "XMP-dc:Description"):
        assert after[field] == CAT.text, field
    keywords = as_list(after["XMP-dc:Subject"])
    assert {"cat", "grass"} <= set(keywords)
    assert "dog" not in keywords
    assert set(str(after["IFD0:XPKeywords"]).split(";")) == set(keywords)
    if "IPTC:Keywords" not in before:
        assert "IPTC:Keywords" not in after
        return
    assert set(as_list(after["IPTC:Keywords"])) == set(keywords)
    assert after["IPTC:Caption-Abstract"] == CAT.text
    assert set(as_list(after.get("IPTC2:Keywords", keywords))) == set(keywords)
    if "Photoshop:IPTCDigest" in before:
        was, now = before["Photoshop:IPTCDigest"], after["Photoshop:IPTCDigest"]
        assert now != was
        if was == before.get("File:CurrentIPTCDigest"):  # ExifTool's own is made without the padding that it writes
            assert now == after["File:CurrentIPTCDigest"]


def test_the_samples_are_what_they_claim_to_be(seen: dict) -> None:
    before = seen["before"]
    assert before["pages by libtiff.tif"]["IFD2:ImageWidth"] == 31
    assert before["tiles and smaller big endian.tif"]["SubIFD:ImageWidth"] == 8
    assert before["camera big endian.tif"]["ExifIFD:DateTimeOriginal"] == "2024:05:06 07:08:09"
    assert before["iptc as swapped longs little endian.tif"]["IPTC:Keywords"] == ["sea", "sand"]
    for name in ("iptc with its digest", "iptc in both"):
        entry = before[f"{name}.tif"]
        assert entry["Photoshop:IPTCDigest"] == entry["File:CurrentIPTCDigest"], name


def test_validation_is_no_worse_than_before(folders: dict[str, Path]) -> None:
    def complaints(folder: Path) -> dict[str, set[str]]:
        result = {}
        for name, entry in referee(folder, "-validate", "-warning", "-error").items():
            found = [as_list(value) for key, value in entry.items() if key.endswith((":Warning", ":Error"))]
            result[name] = {text for texts in found for text in texts}
        return result

    before = complaints(folders["before"])
    for when in ("once", "twice"):
        for name, found in complaints(folders[when]).items():
            assert found <= before[name], name


def test_another_program_can_write_behind_us(folders: dict[str, Path], tmp_path: Path) -> None:
    """ExifTool rewrites the file; what it makes of it is tagged again, without a byte of ours left behind."""
    for name in ("scanner big endian", "pages by libtiff", "iptc in both"):
        path = tmp_path / f"{name}.tif"
        shutil.copy(folders["once"] / path.name, path)
        subprocess.run(["exiftool", "-q", "-overwrite_original", "-Rating=3", str(path)], check=True)
        rewritten = path.read_bytes()
        assert tiffs.frames(rewritten) == tiffs.frames(BUILT[name])
        after, _ = tag(rewritten, CAT, caption_policy=CaptionPolicy.REPLACE)
        assert contents(after).xmp.description == CAT.text
        assert tiffs.frames(after) == tiffs.frames(BUILT[name])
        path.write_bytes(after)
        assert referee(tmp_path)[path.name]["XMP-xmp:Rating"] == 3
