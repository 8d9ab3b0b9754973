"""PNG and WebP: ExifTool as the referee, as for JPEG."""

import os
import shutil
from pathlib import Path

import pytest
import webps
from chunked import PATH, SAMPLES, cleaned
from test_metadata_exiftool import OURS, REQUIRED, as_list, referee
from trial import CAT, DOG, tag

from tagger.metadata import document
from tagger.metadata.policy import CaptionPolicy

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None and "TAGGER_REQUIRE_EXIFTOOL" not in os.environ,
    reason="exiftool is not installed (set TAGGER_REQUIRE_EXIFTOOL to fail instead)",
)
# A simple WebP becomes an extended one; flags say which blocks are there; an empty eXIf chunk shows as itself. The
# offset of a thumbnail is shown from the start of a WebP, not of its EXIF, and moves with that; its bytes are compared.
FORM = {"File:FileType", "RIFF:WebP_Flags", "PNG:eXIf", "IFD1:ThumbnailOffset"}


def suffixed(name: str) -> str:
    return f"{name}.{name.split(maxsplit=1)[0]}"


def foreign(entry: dict[str, object], *, had_exif: bool) -> dict[str, object]:
    skip = OURS | FORM | (set() if had_exif else REQUIRED)
    groups = ("System:", "ExifTool:", "XMP-tagger:", "SourceFile")
    return {name: value for name, value in entry.items() if name not in skip and not name.startswith(groups)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {name: tmp_path_factory.mktemp(name) for name in ("before", "once", "twice", "clean")}
    for name, data in SAMPLES.items():
        had = document.parse(PATH, data).container.blocks()
        once, _ = tag(data, DOG, caption_policy=CaptionPolicy.REPLACE)
        twice, _ = tag(once, CAT, caption_policy=CaptionPolicy.REPLACE)
        clean, _ = cleaned(twice, exif=had.exif is None, xmp=had.xmp is None)
        for key, content in (("before", data), ("once", once), ("twice", twice), ("clean", clean)):
            (made[key] / suffixed(name)).write_bytes(content)
    return made


@pytest.fixture(scope="module")
def seen(folders: dict[str, Path]) -> dict[str, dict[str, dict[str, object]]]:
    return {key: referee(folder, "-b") for key, folder in folders.items()}


@pytest.mark.parametrize("when", ["once", "twice", "clean"])
@pytest.mark.parametrize("name", SAMPLES)
def test_everything_that_is_not_ours_is_as_before(seen: dict, name: str, when: str) -> None:
    before, after = seen["before"][suffixed(name)], seen[when][suffixed(name)]
    had_exif = bool(document.parse(PATH, SAMPLES[name]).container.blocks().exif)
    assert foreign(after, had_exif=had_exif) == foreign(before, had_exif=had_exif)


@pytest.mark.parametrize("name", SAMPLES)
def test_our_fields_are_where_readers_look(seen: dict, name: str) -> None:
    after = seen["twice"][suffixed(name)]
    if name != "webp old xmp":  # a kind that ExifTool does not know
        assert after["XMP-dc:Description"] == CAT.text
        assert {"cat", "grass"} <= set(as_list(after["XMP-dc:Subject"]))
        assert set(str(after["IFD0:XPKeywords"]).split(";")) == set(as_list(after["XMP-dc:Subject"]))
    assert after["IFD0:ImageDescription"] == CAT.text


def test_the_samples_are_what_they_claim_to_be(seen: dict) -> None:
    before = seen["before"]
    assert before["png interlaced.png"]["PNG:Interlace"] == 1
    assert before["png 16 bits.png"]["PNG:BitDepth"] == 16
    assert before["png palette.png"]["PNG:ColorType"] == 3
    assert before["png animated.png"]["PNG:AnimationFrames"] == 3
    assert before["png camera behind the picture.png"]["Canon:CanonFirmwareVersion"] == "Firmware 1.0.0"
    assert before["png compressed xmp.png"]["XMP-dc:Description"] == "The sea"
    assert before["webp lossy.webp"]["File:FileType"] == "WEBP"
    assert before["webp lossy with alpha.webp"]["RIFF:WebP_Flags"] == webps.ALPHA
    assert before["webp animated.webp"]["RIFF:WebP_Flags"] == webps.ANIMATION
    assert before["webp prefix.webp"]["IFD0:Make"]


def test_validation_is_no_worse_than_before(folders: dict[str, Path]) -> None:
    def complaints(folder: Path) -> dict[str, list[str]]:
        result = {}
        for name, entry in referee(folder, "-validate", "-warning", "-error").items():
            found = [as_list(value) for key, value in entry.items() if key.endswith((":Warning", ":Error"))]
            result[name] = sorted(text for texts in found for text in texts)
        return result

    before = complaints(folders["before"])
    for when in ("once", "twice", "clean"):
        for name, found in complaints(folders[when]).items():
            assert set(found) <= set(before[name]), (when, name)
