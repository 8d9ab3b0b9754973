"""``tagger search`` and ``tagger show``."""

import os
from pathlib import Path

import pytest
from captioning.pictures import jpeg, plain
from tiny_bundle import COLOURS

from cli.conftest import Cli, write


@pytest.fixture
def library(cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The three photos tagged; the green one was taken in May 2024."""
    import piexif

    exif = piexif.dump({"Exif": {piexif.ExifIFD.DateTimeOriginal: b"2024:05:03 10:00:00"}})
    write(photos / "green.jpg", jpeg(plain(COLOURS["green"]), exif=exif))
    cli("tag", photos)
    monkeypatch.chdir(photos)
    return photos


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (["red"], ["red"]),
        (["re"], ["red"]),
        (["photo"], ["green", "red", "sub/blue"]),
        (["a", "gre"], ["green"]),
        (['"a blue"'], ["sub/blue"]),
        (["tag:warm"], ["red"]),
        (["tag:colour"], ["green", "red", "sub/blue"]),
        (["tag:war"], []),
        (["path:sub"], ["sub/blue"]),
        (["since:2024-05", "until:2024-05"], ["green"]),
        (["since:2025"], ["red", "sub/blue"]),
        (["--", "photo", "-red"], ["green", "sub/blue"]),
        (["nothing"], []),
    ],
)
def test_search(cli: Cli, library: Path, terms: list[str], found: list[str]) -> None:
    result = cli("search", "--paths", *terms)
    assert result.code == 0
    assert result.out.splitlines() == [f"{library}/{name}.jpg" for name in found]


def test_lines_and_limit(cli: Cli, library: Path) -> None:
    assert cli("search", "red").out == f"{library}/red.jpg: A red photo  [colour, warm, red]\n"
    assert len(cli("search", "--limit", 2, "photo").out.splitlines()) == 2


def test_json(cli: Cli, library: Path) -> None:
    (record,) = cli("search", "--json", "green").records
    assert (record["path"], record["caption"]) == (f"{library}/green.jpg", "A green photo")
    assert [tag["label"] for tag in record["tags"]] == ["colour", "green"]
    assert (record["model"], record["written"], record["state"]) == ("tiny 1", True, "machine")
    assert record["taken_at"].startswith("2024-05-03T10:00")


def test_from_below(cli: Cli, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(library / "sub")
    assert len(cli("search", "photo").out.splitlines()) == 3


def test_malformed_query(cli: Cli, library: Path) -> None:
    result = cli("search", "since:yesterday")
    assert (result.code, result.out) == (2, "")
    assert "since" in result.err


def test_no_library(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("search", "red").code == 2
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_show(cli: Cli, library: Path) -> None:
    lines = {line[:16].strip(): line[17:] for line in cli("show", library / "red.jpg").out.splitlines()}
    assert lines["path"] == f"{library}/red.jpg"
    assert lines["caption"] == "A red photo"
    assert lines["size"] == "24 x 16"
    assert lines["model"] == "tiny 1"
    (record,) = cli("show", "--json", "sub/blue.jpg").records
    assert (record["in the file"], record["caption"]) == ("A blue photo", "A blue photo")
    assert set(record["keywords"]) == {"blue", "cold", "colour"}
    assert record["written by"].startswith("tiny 1, run ")


def test_show_what_the_index_does_not_know(cli: Cli, library: Path) -> None:
    write(library / "new.jpg", jpeg(plain(COLOURS["grey"])))
    (record,) = cli("show", "--json", library / "new.jpg").records
    assert (record["in the index"], record["in the file"]) == ("no", "")


@pytest.mark.parametrize("name", ["missing.jpg", "sub/empty", "note.txt", "broken.jpg"])
def test_show_what_is_no_photo(cli: Cli, library: Path, name: str) -> None:
    (library / "sub/empty").mkdir()
    (library / "note.txt").write_text("x")
    (library / "broken.jpg").write_text("x")
    result = cli("show", library / name)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
