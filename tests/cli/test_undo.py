"""``tagger undo``: every byte and the time as before."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import tiny_bundle
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write


@pytest.mark.parametrize("how", ["run", "folder", "last", "each"])
def test_everything_as_before(cli: Cli, photos: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(photos)
    run = cli("tag", photos).run
    tagged = snapshot(photos)
    assert all(tagged[name] != before[name] for name in before)
    monkeypatch.chdir(photos)
    arguments = {"run": ["--run", run], "folder": [photos], "last": [], "each": ["red.jpg", "green.jpg", "sub"]}
    result = cli("undo", *arguments[how])
    assert (result.code, result.out, result.err) == (0, "", "3 restored\n")
    assert snapshot(photos) == before
    assert cli("search", "photo").out == ""


def test_one_photo(cli: Cli, photos: Path) -> None:
    before = snapshot(photos)
    cli("tag", photos)
    tagged = snapshot(photos)
    assert cli("undo", photos / "red.jpg").code == 0
    assert snapshot(photos) == tagged | {"red.jpg": before["red.jpg"]}


def test_twice(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(photos)
    run = cli("tag", photos).run
    monkeypatch.chdir(photos)
    assert cli("undo", "--run", run).err == "3 restored\n"
    for again in (["--run", run], [], [photos]):
        result = cli("undo", *again)
        assert (result.code, result.err) == (0, "nothing to undo\n")
    assert snapshot(photos) == before


def test_run_after_run(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The last run first; an earlier one only when nothing came on top of it, or together with that."""
    monkeypatch.chdir(photos)
    before = snapshot(photos)
    first = cli("tag", photos).run
    between = snapshot(photos)
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    second = cli("tag", "--bundle", other, "red.jpg").run
    after = snapshot(photos)
    result = cli("undo", "--run", first)
    assert (result.code, result.err.splitlines()[-1]) == (1, "1 failed, 2 restored")
    assert f"red.jpg: failed: was changed since by run {second} (undo that first, or undo --with-later)" in result.err
    assert snapshot(photos) == before | {"red.jpg": after["red.jpg"]}
    result = cli("undo", "--run", first, "--with-later")
    assert (result.code, snapshot(photos)) == (0, before)
    assert between["red.jpg"] != after["red.jpg"]
    assert cli("search", "photo").out == ""


def test_search_finds_what_the_run_before_said(cli: Cli, photos: Path, tmp_path: Path) -> None:
    cli("tag", photos)
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    cli("tag", "--bundle", other, photos)
    assert "a red photo" in cli("search", "red", "--library", photos).out
    cli("undo", photos)
    assert "A red photo" in cli("search", "red", "--library", photos).out
    assert cli("index", "verify", photos).err == "3 as recorded\n"
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}


def test_changed_since_by_others(cli: Cli, photos: Path) -> None:
    """Bytes behind the picture: they stay, and all of ours goes."""
    before = snapshot(photos)
    original = (photos / "red.jpg").read_bytes()
    run = cli("tag", photos).run
    with (photos / "red.jpg").open("ab") as file:
        file.write(b"edited")
    result = cli("undo", "--json", "--run", run, photos)
    assert result.code == 0
    assert set(result.outcomes.values()) == {"restored"}
    assert result.reasons == {"red.jpg": "what others changed since stays"}
    assert (photos / "red.jpg").read_bytes() == original + b"edited"
    assert snapshot(photos) == before | {"red.jpg": snapshot(photos)["red.jpg"]}
    assert cli("search", "red", "--library", photos).out == ""


def test_the_merge_is_a_run_of_its_own(cli: Cli, photos: Path) -> None:
    run = cli("tag", photos).run
    with (photos / "red.jpg").open("ab") as file:
        file.write(b"edited")
    edited = snapshot(photos, times=False)
    cli("undo", photos / "red.jpg")
    merged = cli("history", "--json", "--library", photos).records
    assert [(record["action"], record["changes"]) for record in merged] == [("undo", 1), ("tag", 3)]
    assert cli("undo", "--run", merged[0]["run"], "--library", photos).code == 0
    assert snapshot(photos, times=False) == edited
    assert "A red photo" in cli("search", "red", "--library", photos).out
    assert cli("undo", "--run", run, "--library", photos).err == "3 restored\n"


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_edited_by_exiftool(cli: Cli, photos: Path) -> None:
    """A person changes the caption and adds a keyword and a rating: those stay, ours goes."""
    run = cli("tag", photos).run
    edits = ["-XMP-dc:Description=By a person", "-ImageDescription=By a person", "-XMP-dc:Subject+=mine"]
    edits += ["-XMP:Rating=4", "-overwrite_original", "-q"]
    subprocess.run(["exiftool", *edits, str(photos / "red.jpg")], check=True)
    result = cli("undo", "--run", run, "--json", photos)
    assert (result.code, result.reasons) == (0, {"red.jpg": "what others changed since stays, the caption too"})
    dump = subprocess.run(["exiftool", "-a", "-G1", "-s", "-j", "-n", photos / "red.jpg"], capture_output=True)
    (tags,) = json.loads(dump.stdout)
    assert not [name for name in tags if "tagger" in name.lower()]
    assert tags["XMP-dc:Description"] == tags["IFD0:ImageDescription"] == "By a person"
    assert (tags["XMP-dc:Subject"], tags["XMP-xmp:Rating"]) == ("mine", 4)
    assert "IFD0:XPKeywords" not in tags


def test_vanished(cli: Cli, photos: Path) -> None:
    run = cli("tag", photos).run
    (photos / "red.jpg").unlink()
    result = cli("undo", "--json", "--run", run, photos)
    assert result.code == 1
    assert result.outcomes == {"red.jpg": "failed", "green.jpg": "restored", "blue.jpg": "restored"}
    assert result.reasons["red.jpg"] == "is not there any more (restore it, or name where it is now)"


def test_put_back_by_hand(cli: Cli, photos: Path) -> None:
    content = (photos / "red.jpg").read_bytes()
    cli("tag", photos)
    (photos / "red.jpg").write_bytes(content)
    result = cli("undo", "--json", photos)
    assert (result.code, result.outcomes["red.jpg"]) == (0, "unchanged")


@pytest.mark.parametrize("tag_again", [False, True], ids=["unseen", "seen by a run"])
@pytest.mark.parametrize("how", ["name", "folder"])
def test_renamed(cli: Cli, photos: Path, tag_again: bool, how: str) -> None:
    before = snapshot(photos)
    cli("tag", photos)
    (photos / "new").mkdir()
    (photos / "red.jpg").rename(photos / "new/name.jpg")
    if tag_again:
        cli("tag", photos)
    result = cli("undo", "-v", photos / ("new/name.jpg" if how == "name" else "new"))
    assert (result.code, result.err) == (0, "1 restored\n")
    assert result.out == f"{photos}/new/name.jpg: restored\n"
    assert snapshot(photos)["new/name.jpg"] == before["red.jpg"]
    assert cli("search", "red", "--library", photos).out == ""


def test_renamed_and_the_whole_run(cli: Cli, photos: Path) -> None:
    before = snapshot(photos)
    run = cli("tag", photos).run
    (photos / "red.jpg").rename(photos / "rot.jpg")
    cli("tag", photos)
    assert cli("undo", "--run", run, "--library", photos).err == "3 restored\n"
    assert snapshot(photos)["rot.jpg"] == before["red.jpg"]


def test_unknown_run(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    result = cli("undo", "--run", "20200101-000000-abcd", "--library", photos)
    assert result.code == 2
    assert result.err.startswith("tagger: no run 20200101-000000-abcd in the library")


def test_no_library(cli: Cli, tmp_path: Path) -> None:
    result = cli("undo", tmp_path)
    assert (result.code, result.err) == (
        2, f"tagger: no library at {tmp_path} or above (tag the folder first: tagger tag FOLDER)\n",
    )  # fmt: skip


def test_after_undo_it_is_done_again(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    cli("undo", photos)
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"captioned"}


def test_index_only_leaves_nothing_to_undo(cli: Cli, photos: Path) -> None:
    assert "undo" not in cli("tag", "--no-write", photos).err
    assert cli("undo", photos).err == "nothing to undo\n"


def test_only_the_last_change_of_a_photo(cli: Cli, photos: Path, tmp_path: Path) -> None:
    before = snapshot(photos)
    cli("tag", photos)
    between = snapshot(photos)
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    cli("tag", "--bundle", other, photos)
    assert cli("undo", photos).err == "3 restored\n"
    assert snapshot(photos) == between
    assert cli("undo", photos).err == "3 restored\n"
    assert snapshot(photos) == before


def test_folder_of_many_runs(cli: Cli, photos: Path) -> None:
    """undo PATH takes back the last change of each photo, whichever run made it."""
    before = snapshot(photos)
    cli("tag", photos / "sub")
    write(photos / "grey.jpg", photo(COLOURS["grey"]))
    cli("tag", photos / "red.jpg")
    (photos / "grey.jpg").unlink()
    assert cli("undo", photos).code == 0
    assert snapshot(photos)["red.jpg"] == before["red.jpg"]
