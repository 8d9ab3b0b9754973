"""``tagger undo``: every byte and the time as before."""

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


def test_run_after_run(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last run first; an earlier one only when nothing came on top of it."""
    monkeypatch.chdir(photos)
    before = snapshot(photos)
    first = cli("tag", photos).run
    between = snapshot(photos)
    write(photos / "red.jpg", (photos / "red.jpg").read_bytes().replace(b"A red photo", b"An old one!"))
    middle = snapshot(photos)
    second = cli("tag", "--caption-policy", "replace", photos).run
    assert second != first
    assert cli("undo", "--run", first, "red.jpg").code == 1
    assert cli("undo").code == 0
    assert snapshot(photos)["red.jpg"] == middle["red.jpg"]
    assert between["red.jpg"] != middle["red.jpg"]
    result = cli("undo", "--run", first)
    assert result.code == 1
    assert f"{photos}/red.jpg: failed: was changed since by another program or a later run" in result.err
    after = snapshot(photos)
    assert (after["green.jpg"], after["red.jpg"]) == (before["green.jpg"], middle["red.jpg"])


def test_changed_since_by_others(cli: Cli, photos: Path) -> None:
    before = snapshot(photos)
    run = cli("tag", photos).run
    with (photos / "red.jpg").open("ab") as file:
        file.write(b"edited")
    edited = snapshot(photos)["red.jpg"]
    result = cli("undo", "--json", "--run", run, photos)
    assert result.code == 1
    assert result.outcomes == {"red.jpg": "failed", "green.jpg": "restored", "blue.jpg": "restored"}
    assert "changed since by another program" in result.reasons["red.jpg"]
    assert snapshot(photos) == before | {"red.jpg": edited}


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
