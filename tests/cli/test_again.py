"""Running again: what is done stays done, what moved is recognised, and no model is loaded for it."""

import shutil
from pathlib import Path

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write


@pytest.fixture
def model_gone(own_bundle: Path, settings_file: Path) -> Path:
    """The user's bundle; a test takes its graphs away, after which any inference fails with exit code 2."""
    settings_file.write_text(f'bundle = "{own_bundle}"\n')
    return own_bundle


def take_away(bundle: Path) -> None:
    for graph in bundle.glob("*.onnx"):
        graph.unlink()


def test_all_unchanged(cli: Cli, photos: Path, model_gone: Path) -> None:
    first = cli("tag", "--json", photos)
    after = snapshot(photos)
    take_away(model_gone)
    result = cli("tag", "--json", photos)
    assert (result.code, set(result.outcomes.values())) == (0, {"unchanged"})
    assert [record["caption"] for record in result.records] == [record["caption"] for record in first.records]
    assert "tagger undo" not in result.err
    assert snapshot(photos) == after
    write(photos / "new.jpg", photo(COLOURS["grey"]))
    result = cli("tag", photos)
    assert result.code == 2, "the model is needed now, which shows that it was not loaded before"
    assert result.err.startswith("tagger: bundle ")


def test_index_only(cli: Cli, photos: Path, model_gone: Path) -> None:
    before = snapshot(photos)
    result = cli("tag", "--json", "--no-write", photos)
    assert result.outcomes == dict.fromkeys(("red.jpg", "green.jpg", "blue.jpg"), "captioned")
    assert snapshot(photos) == before
    assert cli("search", "red", "--library", photos).out == f"{photos}/red.jpg: A red photo  [colour, warm, red]\n"
    take_away(model_gone)
    assert set(cli("tag", "--json", "--no-write", photos).outcomes.values()) == {"unchanged"}
    written = cli("tag", "--json", photos)
    assert (written.code, set(written.outcomes.values())) == (0, {"captioned"})
    assert cli("show", "--json", photos / "red.jpg").records[0]["in the file"] == "A red photo"
    assert not any(path.name.endswith(".tagger-tmp") for path in photos.rglob("*"))


def test_other_policy_needs_no_model(cli: Cli, photos: Path, model_gone: Path) -> None:
    cli("tag", photos)
    take_away(model_gone)
    result = cli("tag", "--json", "--caption-policy", "replace", photos)
    assert (result.code, set(result.outcomes.values())) == (0, {"unchanged"})


def test_renamed_and_moved(cli: Cli, photos: Path, model_gone: Path) -> None:
    cli("tag", photos)
    take_away(model_gone)
    (photos / "red.jpg").rename(photos / "sub/rot.jpg")
    (photos / "sub").rename(photos / "below")
    after = snapshot(photos)
    result = cli("tag", "--json", photos)
    assert (result.code, set(result.outcomes.values())) == (0, {"unchanged"})
    assert result.reasons == {
        "rot.jpg": f"moved from {photos}/red.jpg", "blue.jpg": f"moved from {photos}/sub/blue.jpg",
    }  # fmt: skip
    assert snapshot(photos) == after
    found = cli("search", "--paths", "photo", "--library", photos).out.splitlines()
    assert found == [f"{photos}/{name}" for name in ("below/blue.jpg", "below/rot.jpg", "green.jpg")]


def test_copies(cli: Cli, photos: Path, model_gone: Path) -> None:
    """A copy from before is captioned without the model; a copy from after holds everything already."""
    shutil.copy(photos / "red.jpg", photos.parent / "before.jpg")
    cli("tag", photos)
    take_away(model_gone)
    shutil.copy(photos.parent / "before.jpg", photos / "before.jpg")
    shutil.copy(photos / "red.jpg", photos / "after.jpg")
    result = cli("tag", "--json", photos)
    assert result.code == 0
    assert (result.outcomes["before.jpg"], result.outcomes["after.jpg"]) == ("captioned", "unchanged")
    assert result.reasons["after.jpg"].startswith("a copy of ")
    assert len(cli("search", "red", "--library", photos).out.splitlines()) == 3


def test_move_beside_a_copy(cli: Cli, photos: Path, model_gone: Path) -> None:
    """Of two equal photos one is moved: its old row goes, the other's stays."""
    shutil.copy(photos / "red.jpg", photos / "a copy.jpg")
    cli("tag", photos)
    take_away(model_gone)
    (photos / "red.jpg").rename(photos / "z.jpg")
    assert cli("tag", photos).code == 0
    found = cli("search", "--paths", "red", "--library", photos).out.splitlines()
    assert found == [f"{photos}/a copy.jpg", f"{photos}/z.jpg"]


def test_edited_by_another_program(cli: Cli, photos: Path, model_gone: Path) -> None:
    """New bytes behind the picture: looked at again, but the picture is the same."""
    cli("tag", photos)
    take_away(model_gone)
    with (photos / "red.jpg").open("ab") as file:
        file.write(b"trailer")
    assert cli("tag", "--json", photos).code == 0


def test_deleted_library_is_rebuilt(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    after = snapshot(photos)
    shutil.rmtree(photos / ".tagger")
    result = cli("tag", "--json", photos)
    assert (result.code, set(result.outcomes.values())) == (0, {"unchanged"})
    assert snapshot(photos) == after
    assert len(cli("search", "photo", "--library", photos).out.splitlines()) == 3


def test_one_library_for_nested_arguments(cli: Cli, photos: Path) -> None:
    """A photo below a folder that is named too belongs to that folder's library, whatever the order."""
    result = cli("tag", "--json", photos / "sub/blue.jpg", photos)
    assert len(result.records) == 3
    assert [path.parent for path in photos.rglob(".tagger")] == [photos]


def test_nearest_library_wins(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "sub")
    cli("tag", photos / "sub/blue.jpg", photos / "red.jpg")
    assert sorted(path.parent for path in photos.rglob(".tagger")) == [photos, photos / "sub"]
    assert len(cli("search", "photo", "--library", photos).out.splitlines()) == 1


def test_link_named_as_argument(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """The photo's own folder is the library, not the one that the link is in."""
    (tmp_path / "links").mkdir()
    (tmp_path / "links/link.jpg").symlink_to(photos / "red.jpg")
    result = cli("tag", "--json", tmp_path / "links/link.jpg")
    assert [record["path"] for record in result.records] == [str(photos / "red.jpg")]
    assert (photos / ".tagger").is_dir()
    assert not (tmp_path / "links/.tagger").exists()
    assert cli("undo", tmp_path / "links/link.jpg").err == "1 restored\n"
