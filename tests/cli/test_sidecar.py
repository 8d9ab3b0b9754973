"""Sidecars through the command line: options, dry run, undo, and photos of every kind in one folder."""

import os
import subprocess
from pathlib import Path

import pytest
from captioning.pictures import encoded, photo, plain
from captioning.raws import dng
from metadata import jpegs
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write

HEIC = (Path(__file__).parents[1] / "metadata/assets/pattern.heic").read_bytes()
RED = photo(COLOURS["red"])


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """One photo of each kind."""
    folder = tmp_path / "photos"
    folder.mkdir()
    write(folder / "a.jpg", RED)
    write(folder / "b.heic", HEIC)
    write(folder / "c.dng", dng())
    write(folder / "d.avif", encoded(plain(COLOURS["green"]), "AVIF"))
    write(folder / "e.gif", encoded(plain(COLOURS["blue"]), "GIF"))
    write(folder / "f.png", encoded(plain(COLOURS["red"]), "PNG"))
    write(folder / "g.jp2", encoded(plain(COLOURS["red"]), "JPEG2000"))
    return folder


SIDECARS = ["b.heic.xmp", "c.dng.xmp", "d.avif.xmp", "e.gif.xmp", "g.jp2.xmp"]


def sidecars(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.xmp"))


def test_every_kind(cli: Cli, mixed: Path) -> None:
    before = snapshot(mixed)
    result = cli("tag", "--json", mixed)
    assert set(result.outcomes.values()) == {"captioned"}
    assert result.code == 0
    assert sidecars(mixed) == SIDECARS
    assert result.reasons["b.heic"] == "into a sidecar: HEIC files are never written into"
    assert "a.jpg" not in result.reasons
    changed = {name for name, state in snapshot(mixed).items() if before.get(name) != state}
    assert changed == {"a.jpg", "f.png", *SIDECARS}
    assert set(cli("tag", "--json", mixed).outcomes.values()) == {"unchanged"}
    assert cli("undo", "--run", result.run, mixed).code == 0
    assert snapshot(mixed) == before


def test_as_exiftool_reads_them(cli: Cli, mixed: Path) -> None:
    cli("tag", mixed)
    for name in SIDECARS:
        done = subprocess.run(
            ["exiftool", "-s3", "-XMP-tagger:all", "-XMP-dc:Description", "-validate", mixed / name],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "Warning" not in done.stdout, done.stdout
        assert done.stdout.strip()


def test_a_gone_sidecar_is_written_again(cli: Cli, mixed: Path) -> None:
    cli("tag", mixed)
    (mixed / "b.heic.xmp").unlink()
    assert cli("tag", "--json", mixed).outcomes["b.heic"] == "captioned"
    assert sidecars(mixed) == SIDECARS


def test_dry_run_writes_nothing(cli: Cli, mixed: Path) -> None:
    before = snapshot(mixed)
    result = cli("tag", "--dry-run", mixed)
    assert "XMP dc:subject" in result.out or "XMP dc:description" in result.out
    assert snapshot(mixed) == before


def test_always(cli: Cli, mixed: Path) -> None:
    before = snapshot(mixed)
    cli("tag", "--sidecar", "always", "--sidecar-name", "stem", mixed)
    assert sidecars(mixed) == [f"{name}.xmp" for name in "abcdefg"]
    assert {name: state for name, state in snapshot(mixed).items() if not name.endswith(".xmp")} == before


def test_never(cli: Cli, mixed: Path) -> None:
    result = cli("tag", "--json", "--sidecar", "never", mixed)
    assert result.outcomes["a.jpg"] == result.outcomes["f.png"] == "captioned"
    assert {result.outcomes[name[:-4]] for name in SIDECARS} == {"skipped"}
    assert sidecars(mixed) == []
    assert cli("tag", "--json", mixed).outcomes["b.heic"] == "captioned"  # another policy is other work


def test_raw_and_jpeg_with_one_name(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", RED)
    write(tmp_path / "a.dng", dng())
    cli("tag", "--sidecar", "always", "--sidecar-name", "stem", tmp_path)
    assert sidecars(tmp_path) == ["a.jpg.xmp", "a.xmp"]


def test_hard_links(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", RED)
    os.link(tmp_path / "a.jpg", tmp_path / "b.jpg")
    result = cli("tag", "--json", tmp_path)
    assert set(result.outcomes.values()) == {"captioned"}
    assert "2 hard links" in result.reasons["a.jpg"]
    assert (tmp_path / "a.jpg").read_bytes() == RED
    assert sidecars(tmp_path) == ["a.jpg.xmp", "b.jpg.xmp"]
    result = cli("tag", "--json", "--hard-links", "replace", tmp_path / "a.jpg")
    assert result.outcomes == {"a.jpg": "captioned"}
    assert not (tmp_path / "a.jpg").samefile(tmp_path / "b.jpg")
    assert (tmp_path / "b.jpg").read_bytes() == RED


def test_a_link_is_refused(cli: Cli, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.xmp", b"<x/>")
    folder = tmp_path / "photos"
    folder.mkdir()
    write(folder / "a.jpg", RED)
    (folder / "a.jpg.xmp").symlink_to(outside)
    result = cli("tag", "--json", folder)
    assert (result.code, result.outcomes) == (1, {"a.jpg": "failed"})
    assert "symbolic link" in result.reasons["a.jpg"]
    assert (outside.read_bytes(), (folder / "a.jpg").read_bytes()) == (b"<x/>", RED)


def test_settings_file(cli: Cli, mixed: Path, settings_file: Path) -> None:
    with settings_file.open("a") as file:
        file.write('sidecar = "always"\nsidecar_name = "stem"\n')
    cli("tag", mixed / "a.jpg")
    assert sidecars(mixed) == ["a.xmp"]
    assert (mixed / "a.jpg").read_bytes() == RED


def test_clean(cli: Cli, mixed: Path) -> None:
    """Our words go from photos and sidecars alike, and with them the sidecars that held nothing else."""
    before = snapshot(mixed, times=False)
    cli("tag", mixed)
    assert sidecars(mixed) == SIDECARS
    assert cli("clean", mixed).code == 0
    assert sidecars(mixed) == []
    assert snapshot(mixed, times=False) == before


def edited(sidecar: Path, old: bytes, new: bytes) -> None:
    """As an editor does: written beside it, then renamed."""
    content = sidecar.read_bytes()
    assert old in content
    other = sidecar.with_name("other.new")
    other.write_bytes(content.replace(old, new))
    other.replace(sidecar)


def test_a_sidecar_that_another_program_edited(cli: Cli, mixed: Path) -> None:
    """A second run reads the photo again; what the sidecar says now stays; that is done once."""
    cli("tag", mixed)
    sidecar = mixed / "c.dng.xmp"
    edited(sidecar, b"</rdf:Description>", b"<photoshop:City>Rome</photoshop:City></rdf:Description>")
    edited(sidecar, b"<rdf:Description ", b'<rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ')
    edited(sidecar, b"tagger:Caption", b"tagger:Kaption")  # our words are not beside the photo any more
    before = sidecar.read_bytes()
    dry = cli("tag", "--json", "--dry-run", mixed).outcomes
    assert dry.pop("c.dng") == "captioned"
    assert set(dry.values()) == {"unchanged"}
    assert sidecar.read_bytes() == before
    again = cli("tag", "--json", mixed).outcomes
    assert again.pop("c.dng") == "captioned"
    assert set(again.values()) == {"unchanged"}
    assert b"Rome" in sidecar.read_bytes()
    assert b"tagger:Caption" in sidecar.read_bytes()
    assert set(cli("tag", "--json", mixed).outcomes.values()) == {"unchanged"}


def test_a_sidecar_that_came_later(cli: Cli, mixed: Path) -> None:
    cli("tag", mixed)
    write(mixed / "a.xmp", jpegs.foreign_packet(jpegs.bag("dc:subject", "holiday"), padding=0))
    again = cli("tag", "--json", mixed).outcomes
    assert again.pop("a.jpg") == "captioned"
    assert set(again.values()) == {"unchanged"}
    assert b"holiday" in (mixed / "a.xmp").read_bytes()
    assert set(cli("tag", "--json", mixed).outcomes.values()) == {"unchanged"}
