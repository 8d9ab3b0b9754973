"""``tagger tag``: what it takes, what it writes, what it says."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import tiny_bundle
from captioning.pictures import ORIENTATIONS, jpeg, photo, scene
from tiny_bundle import COLOURS

from cli.conftest import TAKEN, Cli, snapshot, write

RED = {"label": "red", "score": 0.997, "ancestors": ["warm", "colour"]}


def exiftool(path: Path) -> dict[str, object]:
    done = subprocess.run(["exiftool", "-json", str(path)], capture_output=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)[0]
    return found


def test_folder(cli: Cli, photos: Path) -> None:
    result = cli("tag", photos)
    assert (result.code, result.out) == (0, "")
    assert "3 captioned" in result.err
    assert f"tagger undo --run {result.run}" in result.err
    fields = exiftool(photos / "red.jpg")
    assert (fields["Description"], fields["ImageDescription"]) == ("A red photo", "A red photo")
    assert sorted(fields["Subject"]) == ["colour", "red", "warm"]
    assert exiftool(photos / "sub/blue.jpg")["Description"] == "A blue photo"
    assert (photos / ".tagger/index.db").is_file()


def test_json(cli: Cli, photos: Path) -> None:
    result = cli("tag", "--json", photos)
    assert [os.path.relpath(record["path"], photos) for record in result.records] == [
        "green.jpg", "red.jpg", "sub/blue.jpg",
    ]  # fmt: skip
    record = result.records[1]
    assert record["path"] == str(photos / "red.jpg")
    assert (record["outcome"], record["caption"], record["reason"]) == ("captioned", "A red photo", "")
    assert -2 < record["log_probability"] < 0
    assert record["alternatives"][0]["caption"] == "A red wall"
    assert RED in record["tags"]
    made = {"file": str(photos / "red.jpg"), "field": "XMP dc:description", "before": "", "after": "A red photo"}
    assert made in record["changes"]


def test_verbose(cli: Cli, photos: Path) -> None:
    lines = cli("tag", "-v", photos).out.splitlines()
    assert lines[1] == f"{photos}/red.jpg: A red photo  [colour, warm, red]"
    assert len(lines) == 3


def test_what_it_takes(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, folders, patterns, relative paths, each photo once."""
    monkeypatch.chdir(photos)
    result = cli("tag", "--json", "red.jpg", "sub", "*.jpg", photos / "sub/blue.jpg")
    assert result.outcomes == {"red.jpg": "captioned", "blue.jpg": "captioned", "green.jpg": "captioned"}
    assert len(result.records) == 3
    assert [path.parent for path in photos.rglob(".tagger")] == [photos]


def test_not_recursive(cli: Cli, photos: Path) -> None:
    assert cli("tag", "--json", "--no-recursive", photos).outcomes == {"red.jpg": "captioned", "green.jpg": "captioned"}
    assert cli("tag", "--json", "--recursive", photos).outcomes == {
        "red.jpg": "unchanged", "green.jpg": "unchanged", "blue.jpg": "captioned",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["nothing.jpg", "nothing", "*.jpeg"])
def test_nothing_there(cli: Cli, tmp_path: Path, name: str) -> None:
    """A misspelt name is one failed line; it does not make a library."""
    result = cli("tag", tmp_path / name)
    assert result.code == 1
    assert result.err.startswith(f"{tmp_path / name}: failed: no")
    assert list(tmp_path.iterdir()) == []


def test_empty_folder(cli: Cli, tmp_path: Path) -> None:
    result = cli("tag", tmp_path)
    assert (result.code, result.err) == (0, "no photos found\n")
    assert list(tmp_path.iterdir()) == []


def test_one_missing_among_others(cli: Cli, photos: Path) -> None:
    result = cli("tag", "--json", photos / "no.jpg", photos / "red.jpg")
    assert result.code == 1
    assert result.outcomes == {"no.jpg": "failed", "red.jpg": "captioned"}
    assert result.reasons == {"no.jpg": "no such file or folder"}


def test_dry_run(cli: Cli, photos: Path) -> None:
    before = snapshot(photos)
    result = cli("tag", "--dry-run", photos)
    assert result.code == 0
    lines = result.out.splitlines()
    at = lines.index(str(photos / "red.jpg"))
    assert "  + XMP dc:description: A red photo" in lines[at:]
    assert "would be: 3 captioned" in result.err
    assert "undo" not in result.err
    assert snapshot(photos) == before
    assert sorted(path.name for path in photos.iterdir()) == ["green.jpg", "red.jpg", "sub"]


def test_dry_run_of_a_library_with_settings_only(cli: Cli, photos: Path) -> None:
    (photos / ".tagger").mkdir()
    (photos / ".tagger/tagger.toml").write_text('caption_policy = "replace"\n')
    cli("tag", "--dry-run", photos)
    assert [path.name for path in (photos / ".tagger").iterdir()] == ["tagger.toml"]


def test_dry_run_shows_what_is_replaced(cli: Cli, photos: Path) -> None:
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Description=Aunt Mary", photos / "red.jpg"], check=True
    )
    cli("tag", photos / "green.jpg")
    out = cli("tag", "--dry-run", "--caption-policy", "replace", photos).out
    assert "  - XMP dc:description: Aunt Mary\n  + XMP dc:description: A red photo" in out


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("keep", "Aunt Mary"), ("replace", "A red photo"), ("append", "Aunt Mary\nA red photo")],
)
def test_caption_policy(cli: Cli, photos: Path, policy: str, expected: str) -> None:
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Description=Aunt Mary", photos / "red.jpg"], check=True
    )
    assert cli("tag", "--caption-policy", policy, photos / "red.jpg").code == 0
    (shown,) = cli("show", "--json", photos / "red.jpg").records
    assert (shown["in the file"], shown["caption"]) == (expected, "A red photo")
    assert set(shown["keywords"]) == {"red", "warm", "colour"}


def test_bundle_option(cli: Cli, photos: Path, tmp_path: Path) -> None:
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    result = cli("tag", "--json", "--bundle", other, photos / "red.jpg")
    assert result.records[0]["caption"] == "a red photo"
    packed = tiny_bundle.zipped(other, tmp_path / "other.taggerbundle")
    assert cli("tag", "--json", "--bundle", packed, photos).outcomes == {
        "red.jpg": "unchanged", "green.jpg": "captioned", "blue.jpg": "captioned",
    }  # fmt: skip


def test_settings_of_the_library(cli: Cli, photos: Path, tmp_path: Path, settings_file: Path) -> None:
    """The library's own settings win over the user's, the command line over both; each library has its own."""
    other = tmp_path / "elsewhere"
    (other / ".tagger").mkdir(parents=True)
    write(other / "red.jpg", photo(COLOURS["red"], seed=1))
    tiny_bundle.write_bundle(other / ".tagger/model", version="2", text={"case": "lower"})
    (other / ".tagger/tagger.toml").write_text('bundle = "model"\nwrite = false\n')
    before = snapshot(other)
    result = cli("tag", "--json", photos / "red.jpg", other)
    assert [record["caption"] for record in result.records] == ["A red photo", "a red photo"]
    assert snapshot(other)["red.jpg"] == before["red.jpg"]
    (other / ".tagger/tagger.toml").write_text('colour = "red"\n')
    result = cli("tag", other)
    assert result.code == 2
    assert "unknown setting colour" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--caption-policy", "sometimes"],
        ["--batch-size", "0"],
        ["--batch-size", "many"],
        ["--jobs", "-1"],
        ["--device", "tpu"],
        ["--beam-width", "1000"],
        ["--decoding", "magic"],
        ["--decoding", "sample", "--temperature", "0"],
        ["--decoding", "sample", "--temperature", "inf"],
        ["--decoding", "sample", "--top-p", "1.5"],
        ["--decoding", "sample", "--seed", "-1"],
        ["--colour"],
        ["--verb"],
    ],
    ids=" ".join,
)
def test_unknown_values(cli: Cli, photos: Path, arguments: list[str]) -> None:
    before = snapshot(photos)
    result = cli("tag", *arguments, photos)
    assert result.code == 2
    assert result.err
    assert snapshot(photos) == before
    assert not (photos / ".tagger").exists()


@pytest.mark.parametrize("size", [1, 2, 7])
def test_batch_size_and_jobs(cli: Cli, photos: Path, size: int) -> None:
    result = cli("tag", "--json", "--batch-size", size, "--jobs", 1, photos)
    assert [record["caption"] for record in result.records] == ["A green photo", "A red photo", "A blue photo"]


def test_decodings(cli: Cli, photos: Path) -> None:
    found = [
        cli("tag", "--json", "--no-write", *arguments, photos / "red.jpg").records[0]
        for arguments in (
            ["--decoding", "greedy"],
            ["--decoding", "beam", "--beam-width", "5"],
            ["--decoding", "sample", "--temperature", "0.01"],
        )
    ]
    assert [record["caption"] for record in found] == ["A red photo"] * 3
    assert [len(record["alternatives"]) for record in found] == [0, 4, 0]  # so cold, all samples are one sentence


def test_cuda_where_there_is_none(cli: Cli, photos: Path) -> None:
    result = cli("tag", "--json", "--device", "cuda", photos)
    assert result.code == 0
    assert result.err.count("CUDA was asked for but is not there: running on the CPU") == 1
    assert set(result.outcomes.values()) == {"captioned"}
    assert "CUDA" not in cli("tag", "--device", "auto", photos).err


def test_every_orientation(cli: Cli, tmp_path: Path) -> None:
    for orientation in ORIENTATIONS:
        write(tmp_path / f"{orientation}.jpg", jpeg(scene(), orientation))
    records = cli("tag", "--json", tmp_path).records
    assert len(records) == 8
    assert len({record["caption"] for record in records}) == 1
    scores = [record["log_probability"] for record in records]
    assert max(scores) - min(scores) < 0.05
    assert [exiftool(tmp_path / f"{orientation}.jpg")["Orientation"] for orientation in (1, 6)] == [
        "Horizontal (normal)", "Rotate 90 CW",
    ]  # fmt: skip


def test_modification_time(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "red.jpg")
    assert (photos / "red.jpg").stat().st_mtime_ns != TAKEN
    (photos / ".tagger/tagger.toml").write_text("keep_time = true\n")
    cli("tag", photos / "green.jpg")
    assert (photos / "green.jpg").stat().st_mtime_ns == TAKEN


def test_caption_style_is_the_user_s_and_can_change(cli: Cli, photos: Path) -> None:
    cli("tag", "--caption-style", "full-stop", photos)
    assert exiftool(photos / "red.jpg")["Description"] == "A red photo."
    assert "unchanged" in cli("tag", "--caption-style", "full-stop", photos).err
    assert "3 captioned" in cli("tag", "--caption-style", "lower", photos).err
    assert exiftool(photos / "red.jpg")["Description"] == "a red photo"
    record = next(record for record in cli("tag", "--json", photos).records if record["caption"] == "A red photo")
    assert record["alternatives"][0]["caption"] == "A red wall"
