"""``tagger search`` and ``tagger show``."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from captioning.pictures import jpeg, plain
from contracts.examples import entry_of
from tiny_bundle import COLOURS

from cli.conftest import Cli, write
from tagger.cli import search
from tagger.cli.tables import write_csv
from tagger.core.records import Tag


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


def test_operators(cli: Cli, library: Path) -> None:
    assert len(cli("search", "red OR green").out.splitlines()) == 2
    assert len(cli("search", "--", "(red OR green) -tag:warm").out.splitlines()) == 1
    assert len(cli("search", "is:written model:tiny state:machine score>0.01").out.splitlines()) == 3


def test_order(cli: Cli, library: Path) -> None:
    def found(*arguments: object) -> list[str]:
        return [Path(line).stem for line in cli("search", "--paths", "photo", *arguments).out.splitlines()]

    assert found("--reverse") == ["blue", "red", "green"]
    assert found("--sort", "date")[0] == "green"
    assert found("--sort", "date", "--reverse")[-1] == "green"
    assert sorted(found("--sort", "relevance")) == sorted(found("--sort", "score")) == ["blue", "green", "red"]
    assert found("--limit", 0) == ["green", "red", "blue"]
    assert "no word in the search" in cli("search", "tag:red", "--sort", "relevance").err


def test_bytes_of_names_are_kept(cli: Cli, library: Path) -> None:
    write(library / os.fsdecode(b"caf\xe9\n.jpg"), jpeg(plain(COLOURS["grey"])))
    cli("tag", library)
    result = subprocess.run([sys.executable, "-m", "tagger", "search", "-0", "grey"], capture_output=True, check=True)
    assert result.stdout == os.fsencode(library) + b"/caf\xe9\n.jpg\0"


def test_table_for_spreadsheets(cli: Cli, library: Path) -> None:
    write(library / "=cmd.jpg", jpeg(plain(COLOURS["grey"])))
    cli("tag", library)
    rows = list(csv.DictReader(io.StringIO(cli("search", "--format", "csv", "photo OR grey").out)))
    assert [Path(row["path"]).name for row in rows] == ["=cmd.jpg", "green.jpg", "red.jpg", "blue.jpg"]
    assert rows[1]["tags"] == "colour; green"
    assert 0 < float(rows[1]["score"]) < 1
    assert cli("search", "--format", "csv", "nothing").out.startswith("path,caption,tags")


def test_no_cell_of_a_table_is_a_formula() -> None:
    file = io.StringIO()
    assert write_csv([entry_of(Path("/photos/a.jpg"), "=1+1", Tag("@SUM(A1)", 0.9))], file) == 1
    (row,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert (row["caption"], row["tags"], row["log_probability"]) == ("'=1+1", "'@SUM(A1)", "-1.25")


def test_count(cli: Cli, library: Path) -> None:
    assert cli("search", "--count", "photo -red").out == "2\n"


def test_first_page_on_a_terminal(cli: Cli, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr(search, "_FIRST_PAGE", 2)
    result = cli("search", "photo")
    assert len(result.out.splitlines()) == 2
    assert result.err == "the first 2 of 3 photos; --limit 0 shows all\n"
    assert len(cli("search", "--limit", 0, "photo").out.splitlines()) == 3
    assert len(cli("search", "--json", "photo").out.splitlines()) == 3


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
