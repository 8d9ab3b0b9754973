"""``tagger approve``, ``edit``, ``reject``: what a person decided stays, whoever comes after."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_bundle

from cli.conftest import Cli, snapshot, write
from tagger.core.records import Correction, State
from tagger.metadata import document
from tagger.metadata.contents import Contents


@pytest.fixture
def tagged(cli: Cli, photos: Path) -> Path:
    cli("tag", photos)
    return photos


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A bundle of another model, which writes without capitals."""
    return tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})


def row(cli: Cli, folder: Path, name: str) -> dict[str, Any]:
    records = cli("search", "--json", "", "--library", folder).records
    return next(record for record in records if record["path"].endswith(name))


def contents(data: bytes) -> Contents:
    return document.parse(Path("photo.jpg"), data).contents


def record(path: Path) -> Any:
    return contents(path.read_bytes()).provenance


def test_approved_stays(cli: Cli, tagged: Path, other: Path) -> None:
    red = tagged / "red.jpg"
    result = cli("approve", "--json", red)
    assert (result.code, result.outcomes) == (0, {"red.jpg": "approved"})
    assert record(red).state is State.APPROVED
    before, was = snapshot(tagged), row(cli, tagged, "red.jpg")
    assert was["state"] == "approved"
    assert cli("tag", "--json", "--bundle", other, tagged).outcomes == {
        "red.jpg": "unchanged", "green.jpg": "captioned", "blue.jpg": "captioned",
    }  # fmt: skip
    assert snapshot(tagged)["red.jpg"] == before["red.jpg"]
    assert row(cli, tagged, "red.jpg") == was
    again = cli("approve", "--json", red)
    assert (again.outcomes, again.reasons) == ({"red.jpg": "unchanged"}, {"red.jpg": "is approved already"})


def test_approved_by_a_search(cli: Cli, tagged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = cli("approve", "-v", "--where", "tag:warm", "--library", tagged)
    assert result.code == 0
    assert "red.jpg" in result.out
    assert result.err.startswith("1 approved\n")
    monkeypatch.chdir(tagged)
    (tagged / "green.jpg").unlink()
    result = cli("approve", "--json", "--where", "green")
    assert (result.outcomes, result.reasons) == ({"green.jpg": "skipped"}, {"green.jpg": "is not there any more"})


def test_edited_then_undone_to_the_byte(cli: Cli, tagged: Path) -> None:
    before, was = snapshot(tagged), row(cli, tagged, "red.jpg")
    result = cli(
        "edit", "--caption", "  Rex &\n his <ball> ", "--add-tag", "Rex", "--remove-tag", "Warm", tagged / "red.jpg"
    )
    assert result.code == 0
    now = row(cli, tagged, "red.jpg")
    assert (now["caption"], now["state"], now["log_probability"]) == ("Rex & his <ball>", "approved", None)
    assert [tag["label"] for tag in now["tags"]] == [t["label"] for t in was["tags"] if t["label"] != "warm"] + ["Rex"]
    held = record(tagged / "red.jpg")
    assert (held.caption, held.correction.caption, held.correction.added) == (now["caption"], was["caption"], ("Rex",))
    assert [tag.label for tag in held.correction.rejected] == ["warm"]
    assert cli("search", "rex", "--library", tagged).out.count("\n") == 1
    (run, *_) = cli("history", "--json", "--library", tagged).records
    assert (run["action"], run["changes"]) == ("edit", 1)
    assert cli("undo", "--library", tagged).err == "1 restored\n"
    assert snapshot(tagged) == before
    assert row(cli, tagged, "red.jpg") == was
    assert set(cli("tag", "--json", tagged).outcomes.values()) == {"unchanged"}


def test_one_of_the_alternatives(cli: Cli, tagged: Path) -> None:
    was = row(cli, tagged, "red.jpg")
    cli("edit", "--choose", "2", tagged / "red.jpg")
    now = row(cli, tagged, "red.jpg")
    assert now["caption"] == was["alternatives"][1]["caption"]
    assert record(tagged / "red.jpg").correction == Correction(was["caption"])
    cli("edit", "--caption", was["caption"], tagged / "red.jpg")  # the machine was right after all
    assert record(tagged / "red.jpg").correction == Correction()
    assert record(tagged / "red.jpg").state is State.APPROVED


def test_a_tag_that_comes_back(cli: Cli, tagged: Path) -> None:
    scores = {tag["label"]: tag["score"] for tag in row(cli, tagged, "red.jpg")["tags"]}
    cli("edit", "--remove-tag", "red", "--add-tag", "mine", tagged / "red.jpg")
    cli("edit", "--add-tag", "RED", "--remove-tag", "mine", tagged / "red.jpg")
    assert record(tagged / "red.jpg").correction == Correction()
    assert {tag["label"]: tag["score"] for tag in row(cli, tagged, "red.jpg")["tags"]} == scores


def test_rejected_then_tagged(cli: Cli, photos: Path, other: Path) -> None:
    before = snapshot(photos, times=False)
    cli("tag", photos)
    said = record(photos / "red.jpg")
    assert cli("reject", "--json", photos / "red.jpg").outcomes == {"red.jpg": "rejected"}
    rejected = snapshot(photos)["red.jpg"]
    held = record(photos / "red.jpg")
    assert (held.state, held.caption, held.tags) == (State.REJECTED, "", ())
    assert held.correction == Correction(said.caption, said.tags)
    result = cli("tag", "--json", "--bundle", other, photos)
    assert result.outcomes["red.jpg"] == "unchanged"
    assert snapshot(photos)["red.jpg"] == rejected
    assert row(cli, photos, "red.jpg")["state"] == "rejected"
    assert "rejected by a person" in cli("clean", "--json", photos).reasons["red.jpg"]
    cli("clean", "--approved", photos)
    assert snapshot(photos, times=False) == before


def test_only_the_caption_or_a_tag(cli: Cli, tagged: Path, other: Path) -> None:
    red, blue = tagged / "red.jpg", tagged / "sub/blue.jpg"
    words = [tag.label for tag in record(red).tags]
    cli("reject", "--caption-only", red)
    assert (record(red).state, record(red).caption) == (State.REJECTED, "")
    assert [tag.label for tag in record(red).tags] == words
    cli("reject", "--tag", "cold", "--tag", "colour", blue)
    assert record(blue).state is State.MACHINE
    cli("tag", "--bundle", other, tagged)
    assert (record(blue).model, [tag.label for tag in record(blue).tags]) == ("tiny 2", ["blue"])
    assert [tag.label for tag in record(blue).correction.rejected] == ["cold", "colour"]
    assert [tag["label"] for tag in row(cli, tagged, "blue.jpg")["tags"]] == ["blue"]
    assert cli("tag", "--json", "--bundle", other, tagged).outcomes["blue.jpg"] == "unchanged"


def test_a_photo_that_was_never_captioned(cli: Cli, tagged: Path) -> None:
    new = write(tagged / "new.jpg", (tagged / "red.jpg").read_bytes())
    cli("clean", new)
    assert cli("approve", "--json", new).reasons == {"new.jpg": "has no words of ours yet (tagger tag gives it some)"}
    assert cli("reject", new).code == 0
    assert cli("tag", "--json", tagged).outcomes["new.jpg"] == "unchanged"
    assert contents(new.read_bytes()).xmp.description == ""
    assert cli("approve", "--json", new).code == 1
    assert cli("edit", "--caption", "Mine", new).code == 0
    assert (record(new).state, contents(new.read_bytes()).xmp.description) == (State.APPROVED, "Mine")


@pytest.mark.parametrize("journal", [True, False])
def test_a_rebuild_keeps_what_was_decided(cli: Cli, tagged: Path, *, journal: bool) -> None:
    cli("approve", tagged / "red.jpg")
    cli("edit", "--caption", "Mine", "--remove-tag", "green", tagged / "green.jpg")
    cli("reject", tagged / "sub/blue.jpg")
    names = ("red.jpg", "green.jpg", "blue.jpg")
    parts = ("caption", "state", "run")
    was = [{part: row(cli, tagged, name)[part] for part in parts} for name in names]
    for file in (tagged / ".tagger").glob("index.db*" if journal else "*.db*"):
        file.unlink()
    assert cli("index", "rebuild", tagged).code == 0
    assert [{part: row(cli, tagged, name)[part] for part in parts} for name in names] == was
    assert set(cli("tag", "--json", tagged).outcomes.values()) == {"unchanged"}
    assert cli("edit", "--add-tag", "green", tagged / "green.jpg").code == 0
    assert record(tagged / "green.jpg").correction.rejected == ()  # what was rejected was known again


def test_an_index_that_is_gone_fills_itself(cli: Cli, tagged: Path) -> None:
    """Decided photos get their rows by a run of the machine that leaves them alone."""
    cli("approve", tagged / "red.jpg")
    was = row(cli, tagged, "red.jpg")
    shutil.rmtree(tagged / ".tagger")
    result = cli("tag", "--json", tagged)
    assert result.reasons["red.jpg"] == "approved by a person"
    now = row(cli, tagged, "red.jpg")
    assert (now["caption"], now["state"]) == (was["caption"], "approved")
    assert "red.jpg" not in cli("tag", "--json", tagged).reasons


def test_a_moved_photo_keeps_its_decision(cli: Cli, tagged: Path) -> None:
    cli("approve", tagged / "red.jpg")
    (tagged / "red.jpg").rename(tagged / "sub/moved.jpg")
    cli("tag", tagged)
    assert row(cli, tagged, "moved.jpg")["state"] == "approved"
    assert cli("search", "path:red.jpg", "--library", tagged).out == ""


def test_an_old_copy_gets_the_decision_back(cli: Cli, tagged: Path) -> None:
    """A photo that was put back from a backup of before is still the one that a person edited."""
    red = tagged / "red.jpg"
    backup = red.read_bytes()
    cli("edit", "--caption", "Mine", red)
    red.write_bytes(backup)
    assert cli("tag", "--json", tagged).outcomes["red.jpg"] == "captioned"
    assert (record(red).state, contents(red.read_bytes()).xmp.description) == (State.APPROVED, "Mine")
    assert cli("tag", "--json", tagged).outcomes["red.jpg"] == "unchanged"


def test_index_only(cli: Cli, photos: Path, other: Path, settings_file: Path) -> None:
    before = snapshot(photos)
    settings_file.write_text(settings_file.read_text() + "write = false\n")
    cli("tag", photos)
    cli("approve", photos / "red.jpg")
    cli("edit", "--caption", "Mine", photos / "green.jpg")
    cli("reject", photos / "sub/blue.jpg")
    cli("tag", "--bundle", other, photos)
    found = {name: row(cli, photos, name) for name in ("red.jpg", "green.jpg", "blue.jpg")}
    assert {name: found[name]["state"] for name in found} == {
        "red.jpg": "approved", "green.jpg": "approved", "blue.jpg": "rejected",
    }  # fmt: skip
    assert (found["green.jpg"]["caption"], found["blue.jpg"]["caption"]) == ("Mine", "")
    assert snapshot(photos) == before
    cli("index", "rebuild", photos)
    assert row(cli, photos, "green.jpg")["state"] == "approved"


def test_dry_run_and_bad_input(cli: Cli, tagged: Path, tmp_path: Path) -> None:
    before = snapshot(tagged)
    red = tagged / "red.jpg"
    result = cli("edit", "--dry-run", "--caption", "Mine", red)
    assert "+ XMP dc:description: Mine" in result.out
    assert result.err == "would be: 1 edited\n"
    assert cli("reject", "--dry-run", tagged).err == "would be: 3 rejected\n"
    for arguments, complaint in (
        (("edit", red), "say what to change"),
        (("edit", "--caption", "x", tagged), "holds 3 photos"),
        (("edit", "--caption", "x", tmp_path / "none.jpg"), "no library"),
        (("approve",), "name photos"),
        (("approve", red, "--where", "x"), "name photos"),
        (("edit", "--choose", "9", red), "other captions to choose from, not number 9"),
        (("edit", "--caption", " \n", red), "an empty caption is none"),
        (("edit", "--caption", "x" * 2001, red), "longer than 2,000 characters"),
        (("edit", "--remove-tag", "cat", red), "has no tag 'cat' of ours"),
        (("edit", "--add-tag", "\t", red), "an empty tag is none"),
        (("reject", "--tag", "cat", red), "has no tag 'cat' of ours"),
    ):
        result = cli(*arguments)
        assert result.code in (1, 2)
        assert complaint in result.err
        assert len([line for line in result.err.splitlines() if "usage" not in line]) < 8
    assert snapshot(tagged) == before


def test_undo_of_a_decision_beside_another_program_s_change(cli: Cli, tagged: Path) -> None:
    """Merged: the machine's words come back, and so does their state."""
    red = tagged / "red.jpg"
    said = record(red)
    cli("edit", "--caption", "Mine", "--add-tag", "mine", red)
    data = red.read_bytes()
    red.write_bytes(data[:2] + b"\xff\xfe\x00\x06note" + data[2:])  # a comment of another program
    assert cli("undo", "--library", tagged).code == 0
    held = record(red)
    assert (held.state, held.caption, held.tags, held.correction) == (said.state, said.caption, said.tags, Correction())
    assert b"note" in red.read_bytes()
    assert row(cli, tagged, "red.jpg")["state"] == "machine"
