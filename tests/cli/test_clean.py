"""``tagger clean``: everything of ours out, and nothing else."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_bundle
from captioning.pictures import photo
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write


def test_as_before(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """Of all runs, without their journal, from the photos alone."""
    before = snapshot(photos, times=False)
    cli("tag", photos)
    other = tiny_bundle.write_bundle(tmp_path / "other", version="2", text={"case": "lower"})
    cli("tag", "--bundle", other, photos)
    shutil.rmtree(photos / ".tagger")
    result = cli("clean", photos)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("3 cleaned\nto take it back: tagger undo --run ")
    assert snapshot(photos, times=False) == before
    assert cli("search", "photo", "--library", photos).out == ""


def test_undo_of_it(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    tagged, found = snapshot(photos), cli("search", "--json", "photo", "--library", photos).out
    run = cli("clean", photos).run
    assert cli("undo", "--run", run, "--library", photos).err == "3 restored\n"
    assert snapshot(photos) == tagged
    assert cli("search", "--json", "photo", "--library", photos).out == found
    assert set(cli("tag", "--json", photos).outcomes.values()) == {"unchanged"}


def test_tag_again_is_as_the_first_time(cli: Cli, photos: Path) -> None:
    first = cli("tag", "--json", photos)
    cli("clean", photos)
    again = cli("tag", "--json", photos)
    assert again.outcomes == first.outcomes
    assert [record["caption"] for record in again.records] == [record["caption"] for record in first.records]


def test_twice_and_untouched(cli: Cli, photos: Path) -> None:
    cli("tag", photos / "red.jpg")
    before = snapshot(photos)
    result = cli("clean", "--json", photos)
    assert result.outcomes == {"red.jpg": "cleaned", "green.jpg": "unchanged", "blue.jpg": "unchanged"}
    assert result.reasons == dict.fromkeys(("green.jpg", "blue.jpg"), "holds nothing of ours")
    assert snapshot(photos) == before | {"red.jpg": snapshot(photos)["red.jpg"]}
    again = cli("clean", photos)
    assert (again.code, again.err) == (0, "3 unchanged\n")


def test_dry_run(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    before, found = snapshot(photos), cli("search", "photo", "--library", photos).out
    result = cli("clean", "--dry-run", photos)
    assert (result.code, result.err) == (0, "would be: 3 cleaned\n")
    assert f"{photos}/red.jpg\n  - XMP dc:description: A red photo\n" in result.out
    assert (snapshot(photos), cli("search", "photo", "--library", photos).out) == (before, found)
    assert [record["action"] for record in cli("history", "--json", "--library", photos).records] == ["tag"]


def test_verbose_and_one_photo(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    result = cli("clean", "-v", photos / "red.jpg")
    assert (result.code, result.out) == (0, f"{photos}/red.jpg: cleaned\n")
    assert len(cli("search", "photo", "--library", photos).out.splitlines()) == 2


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_approved(cli: Cli, photos: Path, tmp_path: Path) -> None:
    before = snapshot(photos, times=False)["red.jpg"]
    cli("tag", photos)
    config = tmp_path / "tagger.config"
    config.write_text(
        "%Image::ExifTool::UserDefined = ('Image::ExifTool::XMP::Main' => { tagger => { SubDirectory => {"
        " TagTable => 'Image::ExifTool::UserDefined::tagger' } } });\n"
        "%Image::ExifTool::UserDefined::tagger = (GROUPS => { 0 => 'XMP', 1 => 'XMP-tagger', 2 => 'Image' },"
        " NAMESPACE => { 'tagger' => 'NS' }, WRITABLE => 'string', State => { });\n1;\n".replace("NS", _namespace())
    )
    command = ["exiftool", "-config", str(config), "-XMP-tagger:State=approved", "-overwrite_original", "-q"]
    subprocess.run([*command, str(photos / "red.jpg")], check=True)
    edited = snapshot(photos)["red.jpg"]
    result = cli("clean", "--json", photos)
    assert (result.code, result.outcomes["red.jpg"], result.outcomes["green.jpg"]) == (0, "skipped", "cleaned")
    assert "approved by a person" in result.reasons["red.jpg"]
    assert snapshot(photos)["red.jpg"] == edited
    assert cli("clean", "--approved", photos).code == 0
    assert cli("show", "--json", photos / "red.jpg").records[0]["keywords"] == []
    assert before != edited


def _namespace() -> str:
    from tagger.metadata import xmp

    return next(uri for uri in vars(xmp).values() if isinstance(uri, str) and "tagger" in uri and ":" in uri)


def test_what_cannot_be_read(cli: Cli, photos: Path) -> None:
    cli("tag", photos)
    write(photos / "bad.jpg", b"\xff\xd8\xff no photo")
    result = cli("clean", "--json", photos, photos / "missing.jpg")
    assert (result.code, result.outcomes["bad.jpg"], result.outcomes["missing.jpg"]) == (1, "failed", "failed")
    assert result.outcomes["red.jpg"] == "cleaned"


def test_nothing_becomes_a_library(cli: Cli, tmp_path: Path) -> None:
    assert cli("clean", tmp_path / "missing.jpg").code == 1
    result = cli("clean", tmp_path)
    assert (result.code, result.err) == (0, "no photos found\n")
    assert not (tmp_path / ".tagger").exists()


def test_photos_that_never_were_in_a_library(cli: Cli, photos: Path, tmp_path: Path) -> None:
    """Tagged elsewhere and copied here: the change is recorded in a new library, and can be undone."""
    cli("tag", photos / "red.jpg")
    (tmp_path / "here").mkdir()
    shutil.copy(photos / "red.jpg", tmp_path / "here/red.jpg")
    tagged = (tmp_path / "here/red.jpg").read_bytes()
    assert cli("clean", tmp_path / "here").code == 0
    assert cli("undo", tmp_path / "here").err == "1 restored\n"
    assert (tmp_path / "here/red.jpg").read_bytes() == tagged
    assert "A red photo" in cli("search", "red", "--library", tmp_path / "here").out


def test_interrupted(cli: Cli, tmp_path: Path) -> None:
    content = photo(COLOURS["red"])
    for i in range(150):
        write(tmp_path / f"{i}.jpg", content + i.to_bytes(2, "big"))
    originals = snapshot(tmp_path, times=False)
    cli("tag", tmp_path)
    tagged = snapshot(tmp_path, times=False)
    command = [sys.executable, "-m", "tagger", "clean", "-v", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        shown = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        shown += process.stdout.readlines()
        errors = process.stderr.read()
    assert process.returncode == 1
    assert errors.endswith("stopped; run the same command again to do what is left\n")
    now = snapshot(tmp_path, times=False)
    clean = {name for name in now if now[name] == originals[name]}
    assert clean == {Path(line.partition(":")[0]).name for line in shown}
    assert {name for name in now if now[name] == tagged[name]} == now.keys() - clean
    assert cli("clean", tmp_path).code == 0
    assert snapshot(tmp_path, times=False) == originals
