"""The program as a whole: commands, exit codes, other packages' commands, what reaches the terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from captioning.pictures import photo
from hypothesis import given
from hypothesis import strategies as st
from tiny_bundle import COLOURS

from cli.conftest import Cli, write
from tagger import __version__
from tagger.cli.main import COMMANDS
from tagger.cli.output import printable


def program(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tagger", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)


def plugin(folder: Path, module: str, extra: str = " [train]") -> dict[str, str]:
    """An installed package that adds the command ``paint``; returns the environment that has it."""
    info = folder / "painter-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: painter\nVersion: 1.0\nProvides-Extra: train\n")
    (info / "entry_points.txt").write_text(f"[tagger.commands]\npaint = painter:main{extra}\n")
    (folder / "painter.py").write_text(module)
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help(cli: Cli, arguments: list[str]) -> None:
    result = cli(*arguments)
    assert (result.code, result.err) == (0, "")
    assert all(f"\n  {command} " in result.out for command in [*COMMANDS, "train", "export"])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_commands(cli: Cli, command: str) -> None:
    result = cli(command, "--help")
    assert result.code == 0
    assert result.out.startswith(f"usage: tagger {command} ")


def test_version(cli: Cli) -> None:
    assert cli("--version").out == cli("-V").out == f"tagger {__version__}\n"


def test_unknown_command(cli: Cli) -> None:
    result = cli("tga")
    assert (result.code, result.err) == (2, "tagger: unknown command 'tga' (tagger --help lists the commands)\n")


def test_no_arguments_for_tag(cli: Cli) -> None:
    assert cli("tag").code == 2


def test_as_a_program(photos: Path, settings_file: Path) -> None:
    done = program("tag", "--json", photos)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 3)
    assert program("tag", photos / "missing.jpg").returncode == 1
    assert program("tag", "--bundle", photos, photos).returncode == 2


def test_command_of_another_package(tmp_path: Path) -> None:
    environment = plugin(tmp_path, "def main(arguments):\n    print('painting', *arguments)\n    return 7\n")
    done = program("paint", "red", "--wall", **environment)
    assert (done.returncode, done.stdout) == (7, "painting red --wall\n")
    assert "\n  paint " in program("--help", **environment).stdout


def test_missing_extra(tmp_path: Path) -> None:
    done = program("paint", **plugin(tmp_path, "import not_installed.at_all\n"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "tagger: tagger paint needs not_installed, which is not installed (pip install 'tagger-photos[train]')\n"
    )


def test_missing_extra_noticed_late(tmp_path: Path) -> None:
    done = program("paint", **plugin(tmp_path, "def main(arguments):\n    import not_installed\n"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(("module", "extra"), [("import tagger.not_there\n", " [train]"), ("import not_there\n", "")])
def test_bugs_are_not_hidden_as_missing_extras(tmp_path: Path, module: str, extra: str) -> None:
    done = program("paint", **plugin(tmp_path, module, extra))
    assert "Traceback" in done.stderr


def test_reader_goes_away(photos: Path, settings_file: Path, cli: Cli) -> None:
    """tagger search ... | head: no traceback."""
    cli("tag", photos)
    read, write_end = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "tagger", "search", "photo", "--library", str(photos)]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True)
    os.close(write_end)
    assert "Traceback" not in done.stderr
    assert done.returncode != 0


def test_narrow_encodings(photos: Path, settings_file: Path) -> None:
    """Names that the output's encoding does not know are escaped: on Windows a pipe is often cp1252."""
    write(photos / "猫 é.jpg", photo(COLOURS["grey"]))
    for encoding, shown in (("cp1252", b"\\u732b \xe9.jpg"), ("ascii", b"\\u732b \\xe9.jpg")):
        command = [sys.executable, "-m", "tagger", "tag", "-v", str(photos)]
        done = subprocess.run(command, capture_output=True, env=os.environ | {"PYTHONIOENCODING": encoding})
        assert done.returncode == 0, done.stderr
        assert shown in done.stdout


@given(st.text(st.characters(exclude_categories=())))
def test_printable(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    assert shown == text or not text.isprintable()
    shown.encode()


def test_printable_examples() -> None:
    assert printable("naïve 🐕") == "naïve 🐕"
    assert printable(os.fsdecode(b"caf\xe9\n\x1b[2J")) == "caf\\xe9\\n\\x1b[2J"
    assert printable("\ud800\x9b\u202e") == "\\ud800\\x9b\\u202e"


def test_warnings_of_pillow_stay_inside(photos: Path, settings_file: Path) -> None:
    content = (photos / "red.jpg").read_bytes()
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\0\0\0\xff\xff\xff\xff"
    write(photos / "red.jpg", content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + content[2:])
    done = program("tag", photos)
    assert "Warning" not in done.stderr
