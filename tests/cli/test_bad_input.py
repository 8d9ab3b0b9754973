"""Photos that cannot be captioned, and odd ones that can: one line each, and the run goes on with the others."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
from captioning.pictures import jpeg, photo, plain, with_frame
from PIL import Image
from tiny_bundle import COLOURS

from cli.conftest import Cli, snapshot, write

GOOD = photo(COLOURS["red"], size=(64, 48))
_BAD = {
    "zero bytes": (b"", "failed", "empty"),
    "one byte": (b"\xff", "failed", ""),
    "text": (b"I am no photo at all.\n", "failed", ""),
    "zeros": (bytes(5000), "failed", ""),
    "only the first marker": (GOOD[:2], "failed", ""),
    "cut in the header": (GOOD[:100], "failed", ""),
    "cut in the picture": (GOOD[: len(GOOD) * 2 // 3], "failed", ""),
    "12 bits": (with_frame(GOOD, bits=12), "failed", ""),
    "bomb": (with_frame(GOOD, width=65500, height=65500), "failed", "4290 megapixels"),
    "JPEG XL": (b"\xff\x0a" + bytes(60), "skipped", "JPEG XL"),
    "damaged HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60), "failed", "cannot be decoded"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "failed", ""),
}


@pytest.mark.parametrize("case", _BAD)
def test_bad_photo(cli: Cli, tmp_path: Path, case: str) -> None:
    content, outcome, words = _BAD[case]
    write(tmp_path / "a good.jpg", GOOD)
    bad = write(tmp_path / "bad.jpg", content)
    write(tmp_path / "z good.jpg", photo(COLOURS["blue"]))
    before = snapshot(tmp_path)["bad.jpg"]
    result = cli("tag", "--json", tmp_path)
    assert result.outcomes == {"a good.jpg": "captioned", "bad.jpg": outcome, "z good.jpg": "captioned"}
    assert result.code == (1 if outcome == "failed" else 0)
    reason = result.reasons["bad.jpg"]
    assert reason
    assert "\n" not in reason
    assert words in reason
    assert snapshot(tmp_path)["bad.jpg"] == before
    lines = [
        line for line in cli("tag", "-v", bad).out.splitlines() + cli("tag", bad).err.splitlines() if "bad.jpg" in line
    ]
    assert lines == [f"{bad}: {outcome}: {reason}"]


@pytest.mark.parametrize(
    "content",
    [
        jpeg(plain(COLOURS["red"]).convert("CMYK")),
        jpeg(plain(COLOURS["red"]).convert("L")),
        jpeg(plain(COLOURS["red"]), progressive=True),
        jpeg(Image.new("RGB", (1, 1), COLOURS["red"])),
        jpeg(Image.new("RGB", (20000, 20), COLOURS["red"])),
        jpeg(Image.new("RGB", (3, 4000), COLOURS["red"])),
        GOOD + b"a trailer",
    ],
    ids=["CMYK", "grey", "progressive", "one pixel", "20000 wide", "tall", "trailer"],
)
def test_odd_but_good(cli: Cli, tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "odd.jpg", content)
    (record,) = cli("tag", "--json", path).records
    with Image.open(path) as image:
        grey = image.mode == "L"
    assert (record["outcome"], record["caption"]) == ("captioned", "A grey photo" if grey else "A red photo")
    assert cli("undo", path).code == 0
    assert path.read_bytes() == content


def test_other_formats(cli: Cli, tmp_path: Path) -> None:
    for name in ("a.jxl", "d.mov", "e.txt", "f.jpg.xmp"):
        write(tmp_path / name, b"x")
    result = cli("tag", "--json", tmp_path)
    assert (result.code, result.outcomes) == (0, {"a.jxl": "skipped"})
    assert result.reasons["a.jxl"] == "JPEG XL cannot be read yet"


def test_names(cli: Cli, tmp_path: Path) -> None:
    """Spaces, line breaks, bytes that are no text, option-like: captioned, found and undone like any other."""
    names = [
        b"a b  c.jpg",
        b"line\nbreak.jpg",
        b"caf\xe9 \xff.jpg",
        "naïve 🐕.jpg".encode(),
        b"-rf.jpg",
        b"'\"$`;&.jpg",
    ]
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed, name in enumerate(names):
        write(folder / os.fsdecode(name), photo(COLOURS["blue"], seed=seed))
    before = snapshot(folder)
    result = cli("tag", "--json", folder)
    assert result.code == 0
    assert sorted(os.fsencode(name) for name in result.outcomes) == sorted(names)
    found = cli("search", "blue", "--paths", "--library", folder).out
    assert found.isascii() or "🐕" in found
    assert len(found.splitlines()) == len(names)
    assert f"{folder}/line\\nbreak.jpg" in found
    assert f"{folder}/caf\\xe9 \\xff.jpg" in found
    assert cli("undo", folder).err == f"{len(names)} restored\n"
    assert snapshot(folder) == before


def test_names_that_steer_terminals(cli: Cli, tmp_path: Path) -> None:
    name = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.jpg"
    write(tmp_path / name, b"no photo")
    write(tmp_path / f"good {name}", GOOD)
    outputs = [
        cli(*arguments)
        for arguments in (
            ["tag", "-v", tmp_path],
            ["tag", "--dry-run", "--caption-policy", "append", tmp_path],
            ["tag", tmp_path / f"no {name}"],
            ["search", "red", "--library", tmp_path],
            ["search", "red", "--paths", "--library", tmp_path],
            ["show", tmp_path / f"good {name}"],
            ["show", tmp_path / name],
            ["undo", "-v", tmp_path],
            ["tag", "--bundle", tmp_path / name, tmp_path],
            [name],
        )
    ]
    for result in outputs:
        shown = result.out + result.err
        assert all(line.isprintable() for line in shown.splitlines()), shown
        assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "\\x1b]0;owned" in outputs[0].err


def test_links(cli: Cli, tmp_path: Path) -> None:
    """Links that are found are not followed; loops end."""
    folder = tmp_path / "photos"
    folder.mkdir()
    write(folder / "real.jpg", GOOD)
    write(tmp_path / "outside.jpg", photo(COLOURS["green"]))
    (folder / "to outside.jpg").symlink_to(tmp_path / "outside.jpg")
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "broken.jpg").symlink_to("nowhere.jpg")
    (folder / "up").symlink_to(folder)
    before = (tmp_path / "outside.jpg").read_bytes()
    result = cli("tag", "--json", folder)
    assert result.outcomes == {
        "real.jpg": "captioned", "to outside.jpg": "skipped", "loop.jpg": "skipped", "broken.jpg": "skipped",
    }  # fmt: skip
    assert (tmp_path / "outside.jpg").read_bytes() == before
    assert cli("tag", folder / "loop.jpg").code == 1
    assert "leads back to itself" in cli("tag", folder / "loop.jpg").err


def test_special_files(cli: Cli, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")
    (tmp_path / "folder.jpg").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.jpg"))
        result = cli("tag", "--json", tmp_path)
    assert result.outcomes == {"fifo.jpg": "skipped", "socket.jpg": "skipped"}
    assert set(result.reasons.values()) == {"not a regular file"}


def test_hard_links(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "a.jpg", GOOD)
    os.link(tmp_path / "a.jpg", tmp_path / "b.jpg")
    result = cli("tag", "--json", "--sidecar", "never", tmp_path)
    assert set(result.outcomes.values()) == {"skipped"}
    assert "hard links" in result.reasons["a.jpg"]
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes() == GOOD


def test_persons_words_survive(cli: Cli, tmp_path: Path) -> None:
    """What others wrote into a photo is there afterwards, as exiftool sees it."""
    path = write(tmp_path / "a.jpg", GOOD)
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-IPTC:Keywords=family", "-XMP:Subject=family", "-Artist=Ann", path],
        check=True,
    )
    assert cli("tag", path).code == 0
    assert "family" in cli("show", "--json", path).records[0]["keywords"]
    done = subprocess.run(["exiftool", "-s3", "-Artist", path], capture_output=True, text=True, check=True)
    assert done.stdout == "Ann\n"
