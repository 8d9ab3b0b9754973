"""A folder is dragged from another program onto the window, with a real mouse on a real (virtual) X server.

Skipped where Xvfb, openbox, xdotool or the libraries of Qt's X11 plugin are missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

_TOOLS = ("Xvfb", "openbox", "xdotool")
_MISSING = [tool for tool in _TOOLS if shutil.which(tool) is None]
_WINDOW = "import sys; from tagger_gui.app import main; sys.exit(main(['--theme', 'light']))"
_OTHER = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel

class Files(QLabel):
    def mouseMoveEvent(self, event):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(sys.argv[1])])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)

app = QApplication([])
files = Files("drag me")
files.setWindowTitle("other program")
files.resize(200, 200)
files.show()
app.exec()
"""

pytestmark = pytest.mark.skipif(bool(_MISSING), reason=f"needs {', '.join(_MISSING)}")


@pytest.fixture
def screen(settings_file: Path, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """A screen with a window manager: starts programs on it, and ends them all."""
    read, write = os.pipe()
    with ExitStack() as stack:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(_end, server)
        os.close(write)
        with os.fdopen(read) as told:
            display = told.readline().strip()
        if not display:
            pytest.skip("Xvfb does not start here")
        environment = {**os.environ, "DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)

        def start(*command: str) -> "subprocess.Popen[bytes]":
            log = stack.enter_context((tmp_path / "screen.log").open("ab"))
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            stack.callback(_end, process)
            return process

        start("openbox")
        yield start


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], what: str, *processes: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 60
    while not holds():
        text = log.read_text(errors="replace")
        if "no Qt platform plugin could be initialized" in text:
            pytest.skip("Qt's X11 plugin does not load here")
        assert all(process.poll() is None for process in processes), text
        assert time.monotonic() < end, f"{what}\n{text}"
        time.sleep(0.1)


@pytest.mark.timeout(180)
def test_a_folder_dragged_from_another_program_is_captioned(screen: Any, photos: Path, tmp_path: Path) -> None:
    log = tmp_path / "screen.log"
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in photos.rglob("*.jpg")}
    window = screen(sys.executable, "-c", _WINDOW)
    other = screen(sys.executable, "-c", _OTHER, str(photos))

    def mouse(*words: str) -> bool:
        return screen("xdotool", *words).wait(20) == 0

    until(lambda: mouse("search", "--onlyvisible", "--name", "^tagger$"), "no window", window, other, log=log)
    until(lambda: mouse("search", "--onlyvisible", "--name", "^other"), "no other", window, other, log=log)
    assert mouse("search", "--onlyvisible", "--name", "^tagger$", "windowmove", "300", "60")
    assert mouse("search", "--onlyvisible", "--name", "^other", "windowmove", "20", "60", "windowraise")
    time.sleep(1)
    assert mouse("mousemove", "110", "180", "mousedown", "1")
    for x, y in ((120, 190), (200, 250), (320, 320), (600, 400), (800, 480), (805, 485), (806, 486)):
        assert mouse("mousemove", str(x), str(y))
        time.sleep(0.2)
    assert mouse("mouseup", "1")

    def changed() -> bool:
        return not any(
            hashlib.sha256(path.read_bytes()).digest() == before[path.name] for path in photos.rglob("*.jpg")
        )

    until(changed, "nothing was captioned", window, other, log=log)
    assert sorted(path.name for path in photos.rglob("*.jpg")) == sorted(before)
