"""The pictures of the program: each state is reached by the real program, and its picture shows something."""

import os
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from tagger_gui import screenshots, theme
from tagger_gui.library import badges
from tagger_gui.library.view import LibraryView
from tagger_gui.theme import PhotoState


def shades(file: Path) -> int:
    image = QImage(str(file))
    assert not image.isNull()
    return len({image.pixel(x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4)})


@pytest.mark.timeout(300)
@pytest.mark.qt_no_exception_capture
def test_every_state_has_its_picture(tmp_path: Path, qapp: QApplication) -> None:
    home = os.environ["HOME"]
    before = sorted(path.name for path in EXAMPLES.iterdir())
    taken = screenshots.take(tmp_path / "out", EXAMPLES, photos=5)
    assert [file.stem for file in taken] == [
        "welcome",
        "running",
        "grid",
        "dark",
        "inspector",
        "review",
        "settings",
        "models",
    ]
    assert sorted(file.stem for file in taken) == sorted(screenshots.STATES)
    found = {file.stem: shades(file) for file in taken}
    assert min(found.values()) > 20
    assert found["inspector"] > found["welcome"]
    assert os.environ["HOME"] == home
    assert sorted(path.name for path in EXAMPLES.iterdir()) == before


def test_without_photos_there_is_nothing_to_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert screenshots.main([str(tmp_path / "out"), "--examples", str(tmp_path)]) == 2
    assert "there are no photos" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_parts_are_different_photos(tmp_path: Path) -> None:
    screenshots.make_parts(sorted(EXAMPLES.glob("*.jpg")), tmp_path / "parts", 30)
    assert len({path.read_bytes() for path in (tmp_path / "parts").iterdir()}) == 30


def test_a_badge_is_whole_also_where_the_grid_draws_it_first(
    session: Any, photos: Path, ended: Any, qtbot: Any, qapp: QApplication
) -> None:
    ended(session.tag([photos]))
    theme.apply_theme(qapp, dark=True)
    view = LibraryView(session)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()

    def drawn() -> dict[Any, Any]:
        """What the grid alone draws."""
        badges._cached.clear()
        view.grid.grab()
        return {key[2]: pixmap for key, pixmap in badges._cached.items() if key[0] == PhotoState.MACHINE}

    qtbot.waitUntil(lambda: bool(drawn()))
    ((ratio, pixmap),) = drawn().items()
    assert pixmap.toImage() == badges._drawn(PhotoState.MACHINE, theme.DARK, ratio).toImage()
    view.end()
