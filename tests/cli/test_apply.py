"""``tagger tag --shard --results`` on several machines, ``tagger apply`` on one."""

import json
import os
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write

THREE = ("red.jpg", "green.jpg", "blue.jpg")


@pytest.fixture
def there(photos: Path, tmp_path: Path) -> Path:
    """The same photos under another root, as another machine sees them."""
    return shutil.copytree(photos, tmp_path / "elsewhere" / "mounted")


@pytest.fixture
def results(cli: Cli, there: Path, tmp_path: Path) -> list[Path]:
    """What two machines found out; the three photos are all in the first part."""
    files = [tmp_path / f"r{number}.ndjson" for number in (1, 2)]
    for number, file in enumerate(files, start=1):
        assert cli("tag", there, "--shard", f"{number}/2", "--results", file).code == 0
    return files


def records(*files: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


def rewrite(file: Path, *lines: dict[str, Any] | bytes) -> Path:
    file.write_bytes(b"".join(x if isinstance(x, bytes) else json.dumps(x).encode() + b"\n" for x in lines))
    return file


def test_like_tagger_tag(cli: Cli, photos: Path, there: Path, results: list[Path], tmp_path: Path) -> None:
    """The same files and the same rows as tagger tag makes; nothing is written where the parts are found."""
    untouched = snapshot(there)
    assert not (there / ".tagger").exists()
    own = shutil.copytree(photos, tmp_path / "own")
    tagged = cli("tag", "--json", own)
    applied = cli("apply", *results, "--library", photos, "--json")
    assert (applied.code, applied.outcomes) == (0, dict.fromkeys(THREE, "captioned"))
    for name in ("red.jpg", "green.jpg", "sub/blue.jpg"):
        same = (own / name).read_bytes().replace(tagged.run.encode(), applied.run.encode())
        assert (photos / name).read_bytes() == same
    assert cli("search", "red", "--library", photos).out == f"{photos}/red.jpg: A red photo  [colour, warm, red]\n"
    assert snapshot(there) == untouched


def test_again_does_nothing(cli: Cli, photos: Path, results: list[Path]) -> None:
    cli("apply", *results, "--library", photos)
    after = snapshot(photos)
    again = cli("apply", *results, "--library", photos, "--json")
    assert (again.code, again.outcomes) == (0, dict.fromkeys(THREE, "unchanged"))
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}
    assert snapshot(photos) == after


def test_one_run_that_can_be_undone(cli: Cli, photos: Path, results: list[Path]) -> None:
    before = snapshot(photos)
    applied = cli("apply", *results, "--library", photos)
    assert applied.err.splitlines()[0] == "3 captioned"
    undone = cli("undo", "--run", applied.run, "--library", photos, "--json")
    assert undone.outcomes == dict.fromkeys(THREE, "restored")
    assert snapshot(photos) == before


def test_dry_run(cli: Cli, photos: Path, results: list[Path]) -> None:
    before = snapshot(photos)
    dry = cli("apply", *results, "--library", photos, "--dry-run")
    assert dry.err == "would be: 3 captioned\n"
    assert "  + XMP dc:description: A red photo" in dry.out
    assert snapshot(photos) == before
    assert not (photos / ".tagger").exists()


def test_changed_moved_and_gone(cli: Cli, photos: Path, results: list[Path]) -> None:
    cli("tag", "--no-write", photos)
    write(photos / "red.jpg", photo(COLOURS["grey"]))
    (photos / "sub/blue.jpg").rename(photos / "azure.jpg")
    cli("tag", "--no-write", photos)
    (photos / "green.jpg").unlink()
    applied = cli("apply", *results, "--library", photos, "--json")
    assert (applied.code, applied.outcomes) == (
        0, {"red.jpg": "skipped", "green.jpg": "skipped", "azure.jpg": "captioned"},
    )  # fmt: skip
    assert applied.reasons == {
        "red.jpg": "changed since its caption was found (run its shard again)",
        "green.jpg": "gone since its caption was found",
    }


def test_metadata_edited_meanwhile(cli: Cli, photos: Path, results: list[Path]) -> None:
    """The picture is the same: what was found out about it still holds, and the edit stays."""
    with (photos / "red.jpg").open("ab") as file:
        file.write(b"trailer")
    assert cli("apply", *results, "--library", photos, "--json").outcomes == dict.fromkeys(THREE, "captioned")
    assert (photos / "red.jpg").read_bytes().endswith(b"trailer")


def test_lines_that_are_not_to_be_trusted(cli: Cli, photos: Path, results: list[Path], tmp_path: Path) -> None:
    """Each gets one line, the rest is applied, nothing outside is touched."""
    outside = write(tmp_path / "outside.jpg", (photos / "red.jpg").read_bytes())
    (photos / "link").symlink_to(tmp_path)
    (photos / "link.jpg").symlink_to(outside)
    (photos / ".tagger").mkdir()
    write(photos / ".tagger/x.jpg", outside.read_bytes())
    write(photos / "notes.txt", b"mine")
    good, *others = records(*results)
    wrong = [
        b"hello\n", b"\0" * 50 + b"\n", b"x" * (2 << 20) + b"\n", b"[" * 9999 + b"\n", good | {"tagger_results": 7},
        good | {"path": "../outside.jpg"}, good | {"path": str(outside)}, good | {"path": 1},
        good | {"path": "link/outside.jpg"}, good | {"path": ".tagger/x.jpg"}, good | {"path": "notes.txt"},
        good | {"tags": "dog"}, good | {"caption": "\x1b[2J"}, good | {"path": "link.jpg"},
    ]  # fmt: skip
    before = snapshot(tmp_path)
    file = rewrite(tmp_path / "r.ndjson", *wrong, good, *others, good, b'{"tagger_results":1,"pa')
    dry = cli("apply", file, "--library", photos, "--json", "--dry-run")
    applied = cli("apply", file, "--library", photos, "--json")
    assert applied.code == dry.code == 1
    assert [record["reason"] for record in applied.records if record["path"] == str(file)] == [
        "line 1: not JSON", "line 2: not JSON", "line 3: longer than 1 MB", "line 4: not JSON",
        "line 5: format '7', this version of tagger reads 1: update tagger",
        "line 6: path leads out of the library", "line 7: path leads out of the library",
        "line 8: path is not a file name", "line 12: tags is not a list of up to 2000",
        "line 13: caption holds letters that are none", f"line 18: a second one about {good['path']}",
        "line 19: cut off: run its shard again",
    ]  # fmt: skip
    captioned = {record["path"] for record in applied.records if record["outcome"] == "captioned"}
    assert captioned == {str(photos / name) for name in ("red.jpg", "green.jpg", "sub/blue.jpg")}
    assert applied.outcomes["outside.jpg"] == applied.outcomes["x.jpg"] == applied.outcomes["notes.txt"] == "failed"
    assert applied.outcomes["link.jpg"] == "skipped"
    changed = {name for name, state in snapshot(tmp_path).items() if before.get(name) != state}
    assert changed == {"r.ndjson", "photos/red.jpg", "photos/green.jpg", "photos/sub/blue.jpg"}


def test_photos_that_failed_there(cli: Cli, photos: Path, tmp_path: Path) -> None:
    write(photos / "broken.jpg", (photos / "red.jpg").read_bytes()[:300])
    found = cli("tag", photos, "--results", tmp_path / "r.ndjson", "--json")
    assert (found.code, found.outcomes["broken.jpg"]) == (1, "failed")
    applied = cli("apply", tmp_path / "r.ndjson", "--library", photos, "--json")
    assert (applied.code, applied.outcomes["broken.jpg"]) == (1, "failed")
    assert applied.reasons["broken.jpg"] == found.reasons["broken.jpg"]


def test_needs_no_bundle(cli: Cli, photos: Path, results: list[Path], settings_file: Path) -> None:
    settings_file.write_text('bundle = "/nowhere"\n')
    assert cli("apply", *results, "--library", photos).code == 0


def test_settings_of_the_library_decide_how(cli: Cli, photos: Path, results: list[Path], settings_file: Path) -> None:
    settings_file.write_text('sidecar = "always"\n')
    before = snapshot(photos)
    cli("apply", *results, "--library", photos)
    sidecars = {f"{name}.xmp" for name in ("red.jpg", "green.jpg", "sub/blue.jpg")}
    assert snapshot(photos).keys() - before.keys() == sidecars


@pytest.mark.skipif(os.name == "nt", reason="names of POSIX")
def test_odd_names(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """Bytes that are no text, and a name that another system spells in another way."""
    (photos / "red.jpg").rename(photos / os.fsdecode(b"caf\xe9\n.jpg"))
    (photos / "green.jpg").rename(photos / unicodedata.normalize("NFD", "grün.jpg"))
    cli("tag", photos, "--results", tmp_path / "r.ndjson")
    (photos / unicodedata.normalize("NFD", "grün.jpg")).rename(photos / "grün.jpg")
    applied = cli("apply", tmp_path / "r.ndjson", "--library", photos, "--json")
    assert set(applied.outcomes.values()) == {"captioned"}
    assert len(applied.records) == 3


def test_the_library_around_this_folder(
    cli: Cli, photos: Path, results: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photos / "sub")
    missing = cli("apply", *results)
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("tagger: no library at ")
    cli("tag", photos)
    assert cli("apply", *results).err == "3 unchanged\n"


def test_what_cannot_run(cli: Cli, photos: Path, results: list[Path], tmp_path: Path) -> None:
    for arguments, message in (
        ((tmp_path / "nothing.ndjson", "--library", photos), "cannot read "),
        ((*results, tmp_path, "--library", photos), "cannot read "),
        ((*results, "--library", tmp_path / "nowhere"), f"{tmp_path}/nowhere: no such folder"),
    ):
        result = cli("apply", *arguments)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"tagger: {message}")
        assert len(result.err.splitlines()) == 1
    assert not (photos / ".tagger").exists()


def test_another_folder_does_not_become_a_library(cli: Cli, results: list[Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    result = cli("apply", *results, "--library", tmp_path / "other", "--json")
    assert (result.code, set(result.outcomes.values())) == (0, {"skipped"})
    assert not (tmp_path / "other/.tagger").exists()


def test_a_part_again(cli: Cli, there: Path, results: list[Path]) -> None:
    before = [file.read_bytes() for file in results]
    again = cli("tag", there, "--shard", "1/2", "--results", results[0])
    assert again.code == 0
    assert "no photos left to do" in again.err
    assert f"tagger apply {results[0]} --library {there}" in again.err
    assert [file.read_bytes() for file in results] == before


def test_one_library_a_file(cli: Cli, photos: Path, there: Path, tmp_path: Path) -> None:
    result = cli("tag", photos, there, "--results", tmp_path / "r.ndjson")
    assert (result.code, result.err) == (
        2, "tagger: --results: 2 libraries are named (a file of results is about one library)\n",
    )  # fmt: skip


def test_part_that_is_none(cli: Cli, photos: Path, tmp_path: Path) -> None:
    result = cli("tag", photos, "--results", tmp_path / "r.ndjson", "--shard", "4/3")
    assert result.code == 2
    assert "'4/3' is not a part such as 2/5" in result.err
