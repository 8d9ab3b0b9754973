"""The embedded bundle on the example photos, as users meet it: what it says, what it writes, what it leaves alone."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tagger.bootstrap import DEFAULT_BUNDLE
from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.cli.main import main
from tagger.core.records import Photo

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "photos"
REQUIRED = {"IFD0:XResolution", "IFD0:YResolution", "IFD0:ResolutionUnit", "IFD0:YCbCrPositioning"}
OURS = {"ImageDescription", "XPKeywords", "Description", "Subject", "XMPToolkit", "ExifByteOrder"}
OURS |= {"Caption-Abstract", "Keywords", "CurrentIPTCDigest", "IPTCDigest"}  # where the photo had IPTC


@pytest.fixture(scope="module")
def captioner() -> OnnxCaptioner:
    return OnnxCaptioner(load_bundle(DEFAULT_BUNDLE))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    shutil.copytree(EXAMPLES, folder)
    return folder


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.jpg")}


def test_it_is_whole_small_and_has_a_card() -> None:
    bundle = load_bundle(DEFAULT_BUNDLE)
    for name in bundle.files:
        bundle.read(name)
    assert {path.name for path in DEFAULT_BUNDLE.iterdir()} == {"bundle.json", "MODEL_CARD.md", *bundle.files}
    assert sum(path.stat().st_size for path in DEFAULT_BUNDLE.iterdir()) < 40e6
    card = (DEFAULT_BUNDLE / "MODEL_CARD.md").read_text()
    for part in ("## Scores", "## Data and licences", "## Known failures", "Apache-2.0"):
        assert part in card
    assert bundle.provenance["scores"]["tags_precision"] >= 0.75


def test_it_knows_400_labels_with_parents(captioner: OnnxCaptioner) -> None:
    active = [label for label in captioner.labels if label.threshold <= 1]
    assert len(active) > 400
    assert {"pet", "animal"} <= set(next(label for label in active if label.label == "dog").parents)


def test_it_sees_the_cat(captioner: OnnxCaptioner) -> None:
    (caption,) = captioner.generate([captioner.prepare(Photo(EXAMPLES / "cat.jpg", 0, 0))])
    assert "cat" in caption.text.lower()
    assert {"cat", "animal"} <= {tag.label for tag in caption.tags}
    assert caption.log_probability < 0
    assert caption.alternatives


@pytest.mark.parametrize("quality", ["fast", "default", "best"])
def test_a_batch_says_what_each_photo_says_alone(captioner: OnnxCaptioner, quality: str) -> None:
    captioner = captioner.at(quality)
    pixels = [captioner.prepare(Photo(path, 0, 0)) for path in sorted(EXAMPLES.glob("*.jpg"))]
    together = captioner.generate(pixels)
    alone = [captioner.generate([one])[0] for one in pixels]
    assert [caption.text for caption in together] == [caption.text for caption in alone]
    np.testing.assert_allclose(
        [caption.log_probability for caption in together], [c.log_probability for c in alone], atol=1e-3
    )


def test_tag_and_undo_leave_every_byte_as_it_was(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = hashes(photos)
    assert main(["tag", str(photos), "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(records) == len(before)
    assert {record["outcome"] for record in records} == {"captioned"}
    assert all(record["caption"] for record in records)
    assert not before.items() & hashes(photos).items()
    assert main(["search", "cat", "--library", str(photos), "--paths"]) == 0
    assert "cat.jpg" in capsys.readouterr().out
    assert main(["undo", str(photos)]) == 0
    assert hashes(photos) == before


def exiftool(folder: Path) -> dict[str, dict[str, str]]:
    if shutil.which("exiftool") is None:
        if os.environ.get("TAGGER_REQUIRE_EXIFTOOL"):
            pytest.fail("exiftool is required here and not installed")
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    command = ["exiftool", "-a", "-G1", "-s", "-j", "-n", "-b", "-ImageDataHash", "-all", str(folder), "-ext", "jpg"]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    return {Path(record["SourceFile"]).name: record for record in json.loads(output)}


def test_another_program_reads_it_and_finds_nothing_else_changed(photos: Path) -> None:
    before = exiftool(photos)
    assert main(["tag", str(photos)]) == 0
    after = exiftool(photos)
    assert sum("IFD0:ImageDescription" in record for record in after.values()) >= len(after) / 2
    for name, record in after.items():
        if human := before[name].get("IFD0:ImageDescription"):
            assert record["IFD0:ImageDescription"] == human  # what a person wrote stays
        else:  # nothing in either where the caption waits for a person
            assert record.get("IFD0:ImageDescription") == record.get("XMP-dc:Description")
        if "IFD0:XPKeywords" in record:
            subjects = record["XMP-dc:Subject"]
            subjects = [subjects] if isinstance(subjects, str) else subjects
            assert record["IFD0:XPKeywords"].split(";") == [str(subject) for subject in subjects]
        expected = foreign(before[name])
        if not any(key.startswith("IFD0:") for key in before[name]):
            # A new EXIF block has what the standard requires of every block; other writers add the same.
            assert record.keys() >= REQUIRED
            expected |= {key: record[key] for key in REQUIRED}
        assert foreign(record) == expected


def foreign(record: dict[str, str]) -> dict[str, str]:
    """What is neither a fact of the file system nor a field that we write."""
    return {
        key: value
        for key, value in record.items()
        if not key.startswith(("System:", "XMP-tagger:", "ExifTool:")) and key.rpartition(":")[2] not in OURS
    }
