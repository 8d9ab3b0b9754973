"""Undo, clean and rebuild of photos whose words are in a sidecar, or in both files: real files."""

import shutil
from pathlib import Path

import pytest

from cli.conftest import Cli, snapshot
from tagger.storage.index import SqliteIndex

SIDECAR = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{rating}"/>'
    "</rdf:RDF></x:xmpmeta>"
)


@pytest.fixture(params=["made", "both"])
def tagged(request: pytest.FixtureRequest, cli: Cli, photos: Path) -> dict[str, object]:
    """Red is tagged: in a sidecar that we made, or in one that was there and in the photo; as it was before."""
    if request.param == "made":
        arguments = ["--sidecar", "always"]
    else:
        arguments = []
        (photos / "red.jpg.xmp").write_text(SIDECAR.format(rating=3))
    before = snapshot(photos, times=False)
    assert cli("tag", *arguments, photos / "red.jpg").code == 0
    after = snapshot(photos, times=False)
    assert after["red.jpg.xmp"] != before.get("red.jpg.xmp")
    assert (after["red.jpg"] == before["red.jpg"]) is (request.param == "made")
    return before


def row_sidecar(photos: Path, name: str = "red.jpg") -> Path | None:
    with SqliteIndex(photos, photos / ".tagger/index.db") as index:
        entry = index.get(photos / name)
        assert entry is not None
        return entry.sidecar


def test_undo(cli: Cli, photos: Path, tagged: dict[str, object]) -> None:
    assert row_sidecar(photos) == photos / "red.jpg.xmp"
    assert cli("undo", photos).err == "1 restored\n"
    assert snapshot(photos, times=False) == tagged
    assert cli("search", "red", "--library", photos).out == ""


def test_clean_and_back(cli: Cli, photos: Path, tagged: dict[str, object]) -> None:
    after = snapshot(photos, times=False)
    run = cli("clean", photos / "red.jpg").run
    assert snapshot(photos, times=False) == tagged
    assert cli("undo", "--run", run, "--library", photos).err == "1 restored\n"
    assert snapshot(photos, times=False) == after
    assert "A red photo" in cli("search", "red", "--library", photos).out


def test_moved_together(cli: Cli, photos: Path, tagged: dict[str, object]) -> None:
    (photos / "new").mkdir()
    (photos / "red.jpg").rename(photos / "new/rot.jpg")
    (photos / "red.jpg.xmp").rename(photos / "new/rot.jpg.xmp")
    result = cli("undo", photos / "new")
    assert (result.code, result.err) == (0, "1 restored\n")
    names = {"red.jpg": "new/rot.jpg", "red.jpg.xmp": "new/rot.jpg.xmp"}
    assert snapshot(photos, times=False) == {names.get(name, name): content for name, content in tagged.items()}


def test_sidecar_edited_by_others(cli: Cli, photos: Path, tagged: dict[str, object]) -> None:
    """A rating in the sidecar that somebody gave since stays; ours goes from both files."""
    sidecar = photos / "red.jpg.xmp"
    text = sidecar.read_text()
    there = 'xmp:Rating="3"' in text
    edited = (
        text.replace('xmp:Rating="3"', 'xmp:Rating="5"')
        if there
        else text.replace(
            "<rdf:Description ", '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5" ', 1
        )
    )
    assert edited != text
    sidecar.write_text(edited)
    result = cli("undo", "--json", photos)
    assert (result.code, result.outcomes) == (0, {"red.jpg": "restored"})
    assert snapshot(photos, times=False)["red.jpg"] == tagged["red.jpg"]
    left = sidecar.read_text()
    assert 'xmp:Rating="5"' in left
    assert "tagger:" not in left
    assert "red photo" not in left


def test_rebuild(cli: Cli, photos: Path, tagged: dict[str, object]) -> None:
    with SqliteIndex(photos, photos / ".tagger/index.db") as index:
        before = list(index.search(""))
    for file in (photos / ".tagger").glob("index.db*"):
        file.unlink()
    assert cli("index", "rebuild", photos).err.endswith("1 indexed\n")
    with SqliteIndex(photos, photos / ".tagger/index.db") as index:
        assert list(index.search("")) == before
    shutil.rmtree(photos / ".tagger")
    (photos / ".tagger").mkdir()
    assert cli("index", "rebuild", photos).err.endswith("1 indexed\n")
    assert "A red photo" in cli("search", "red", "--library", photos).out


def test_history_names_both_files(cli: Cli, photos: Path, tagged: dict[str, object]) -> None:
    files = [Path(record["file"]).name for record in cli("history", "--json", photos / "red.jpg").records]
    assert "red.jpg.xmp" in files
    assert set(files) <= {"red.jpg", "red.jpg.xmp"}
