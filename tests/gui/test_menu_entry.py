"""The menu entry of a Linux desktop: where it is, what is in it, that it can be taken away."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage
from tagger_gui import app, menu_entry

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share"


def entry(folder: Path) -> dict[str, str]:
    lines = (folder / "applications/tagger.desktop").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines[1:])


def test_added_and_removed(own_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--add-to-menu"]) == 0
    said = capsys.readouterr().out
    assert str(own_folder / "applications/tagger.desktop") in said
    found = entry(own_folder)
    program = Path(found["Exec"].split('"')[1])
    assert program.name == "tagger-gui"
    assert program.is_file()
    assert found["Exec"].endswith('" %F')
    assert "image/jpeg;" in found["MimeType"]
    assert "inode/directory;" in found["MimeType"]
    assert found["Comment[de]"].startswith("Beschreibungen")
    assert app.main(["--add-to-menu"]) == 0
    assert app.main(["--remove-from-menu"]) == 0
    assert not [path for path in own_folder.rglob("*") if path.is_file()]
    capsys.readouterr()
    assert app.main(["--remove-from-menu"]) == 0
    assert capsys.readouterr().out == "there was no menu entry\n"


def test_the_desktop_finds_it_valid(own_folder: Path) -> None:
    if shutil.which("desktop-file-validate") is None:
        return  # the keys that matter are looked at above
    menu_entry.add_to_menu()
    subprocess.run(["desktop-file-validate", str(own_folder / "applications/tagger.desktop")], check=True)


def test_icon_is_the_program_s(own_folder: Path, qtbot: object) -> None:
    menu_entry.add_to_menu()
    picture = own_folder / "icons/hicolor/scalable/apps/tagger.svg"
    assert {element.tag.rpartition("}")[2] for element in ET.parse(picture).iter()} == {"svg", "rect", "circle", "path"}
    drawn = QImage.fromData(QByteArray(picture.read_bytes()))
    assert not drawn.isNull()
    assert any(drawn.pixelColor(x, y).alpha() for x in range(drawn.width()) for y in range(drawn.height()))


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ("/a b/tagger-gui", '"/a b/tagger-gui"'),
        ("/100%/tagger-gui", '"/100%%/tagger-gui"'),
        ('/a"b$c`/x', '"/a\\\\"b\\\\$c\\\\`/x"'),
        ("/a\\b/x", '"/a\\\\\\\\b/x"'),
    ],
)
def test_names_that_need_quotes(program: str, value: str) -> None:
    assert menu_entry._quoted(Path(program)) == value


def test_nothing_to_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert app.main(["--add-to-menu"]) == 2
    assert "tagger-gui is not there" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file/share"))
    assert app.main(["--add-to-menu"]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err
