"""``tagger similar`` and ``tagger duplicates``: what looks alike, with the tiny bundle, which sees colours."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from captioning.pictures import jpeg, photo, plain
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write


@pytest.fixture
def library(cli: Cli, photos: Path) -> Path:
    """Three photos, a copy of the red one with other metadata, and another red one; tagged."""
    shutil.copy(photos / "red.jpg", photos / "sub/copy.jpg")
    write(photos / "reddish.jpg", photo((190, 40, 45), seed=3))
    cli("tag", photos)
    return photos


def forget_features(library: Path) -> None:
    with closing(sqlite3.connect(library / ".tagger/index.db")) as raw, raw:
        raw.execute("DELETE FROM features")


def test_similar(cli: Cli, library: Path) -> None:
    before = snapshot(library)
    result = cli("similar", library / "reddish.jpg", "--limit", 2)
    assert (result.code, result.err) == (0, "")
    first, second = result.out.splitlines()
    assert {first.split()[1], second.split()[1]} == {f"{library}/red.jpg:", f"{library}/sub/copy.jpg:"}
    assert float(first.split()[0]) > 0.8
    records = cli("similar", "--json", library / "reddish.jpg").records
    assert len(records) == 4
    assert records[-1]["similarity"] < records[0]["similarity"] <= 1
    assert records[0]["caption"] == "A red photo"
    assert snapshot(library) == before


def test_a_photo_from_elsewhere(cli: Cli, library: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "blue.jpg", photo(COLOURS["blue"], seed=9))
    found = cli("similar", outside, "--library", library, "--limit", 1)
    assert "sub/blue.jpg" in found.out
    assert cli("similar", outside).code == 2


def test_photos_of_older_runs_are_looked_at(cli: Cli, library: Path) -> None:
    forget_features(library)
    left_out = cli("similar", "--no-update", library / "red.jpg")
    assert (left_out.code, left_out.out) == (0, "")
    assert "4 photos were not looked at yet and are left out" in left_out.err
    result = cli("similar", library / "red.jpg", "--limit", 1)
    assert "4 photos have to be looked at first" in result.err
    assert "sub/copy.jpg" in result.out
    assert cli("similar", library / "red.jpg").err == ""


def test_a_rebuilt_index_knows_them_still(cli: Cli, library: Path) -> None:
    cli("index", "rebuild", library)
    assert cli("similar", library / "red.jpg").err == ""
    (statistics,) = cli("index", "stats", "--json", library).records
    assert statistics["features"] == {"tiny 1": 4}


def test_what_is_no_photo(cli: Cli, library: Path, tmp_path: Path) -> None:
    assert "nothing.jpg" in cli("similar", library / "nothing.jpg").err
    broken = write(tmp_path / "broken.jpg", b"\xff\xd8\xff no photo")
    result = cli("similar", broken, "--library", library)
    assert (result.code, result.out) == (2, "")
    assert "broken.jpg" in result.err
    assert cli("similar", library / "red.jpg", "--limit", 0).code == 2


def test_copies(cli: Cli, library: Path) -> None:
    before = snapshot(library)
    result = cli("duplicates", library)
    assert result.code == 0
    assert result.out.splitlines()[0] == "1. 2 photos, same picture"
    assert "1 groups of 2 photos" in result.err
    (record,) = cli("duplicates", "--json", library).records
    assert record["exact"]
    assert {Path(one["path"]).name for one in record["photos"]} == {"red.jpg", "copy.jpg"}
    assert record["largest"] == record["photos"][0]["path"]
    assert (record["photos"][0]["width"], record["photos"][0]["height"]) == (24, 16)
    assert snapshot(library) == before
    (library / "sub/copy.jpg").unlink()
    assert "no copies found" in cli("duplicates", library).err


def test_versions(cli: Cli, library: Path) -> None:
    """The same picture, saved with less quality and smaller."""
    picture = plain(COLOURS["green"], (240, 160))
    picture.paste((250, 250, 20), (0, 0, 80, 100))
    picture.paste((5, 5, 200), (150, 90, 240, 160))
    write(library / "one.jpg", jpeg(picture))
    write(library / "two.jpg", jpeg(picture.resize((120, 80)), quality=60))
    cli("tag", library)
    records = cli("duplicates", "--near", "--json", library).records
    (versions,) = [record for record in records if Path(record["largest"]).name == "one.jpg"]
    assert not versions["exact"]
    assert [Path(one["path"]).name for one in versions["photos"]] == ["one.jpg", "two.jpg"]
    assert "versions" in cli("duplicates", "--near", library).out
