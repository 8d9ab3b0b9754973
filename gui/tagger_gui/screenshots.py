"""Pictures of the program's main states, from the real program without a screen: for the documents, and to look at.

``python -m tagger_gui.screenshots FOLDER`` works on copies in a folder of its own, with settings of its own. The
library of many photos is made of parts of the example photos.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from tagger.config import Settings
from tagger.core.errors import RunError, TaggerError
from tagger_gui.collecting import Collecting
from tagger_gui.main_window import MainWindow
from tagger_gui.memory import Memory
from tagger_gui.models_page import ModelsDialog
from tagger_gui.program import load_translations
from tagger_gui.session import Captioners
from tagger_gui.settings_dialog import SettingsDialog
from tagger_gui.theme import apply_theme
from tagger_gui.wiring import PhotoWorkspace

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "photos"
STATES = ("welcome", "running", "grid", "inspector", "review", "dark", "settings", "models")
PATIENCE_SECONDS = 600.0
_SIZE, _PART, _SETTLE_MILLISECONDS = (1280, 820), 480, 400
_LOOK_MILLISECONDS = 10


def main(arguments: list[str] | None = None) -> int:
    """Make the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tagger_gui.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the pictures go: NAME.png")
    parser.add_argument("--examples", type=Path, default=EXAMPLES, help="photos to show (default: examples/photos)")
    parser.add_argument("--photos", type=int, default=500, help="how many are in the large library (default: 500)")
    parser.add_argument("--language", default="en", help="code of the language (default: en)")
    options = parser.parse_args(arguments)
    try:
        for picture in take(options.folder, options.examples, photos=options.photos, language=options.language):
            print(picture)  # noqa: T201
    except TaggerError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def take(folder: Path, examples: Path, *, photos: int, language: str = "en") -> list[Path]:
    """Show each of STATES and keep its picture in ``folder``. Raises RunError where a state is not reached."""
    sources = sorted(examples.glob("*.jpg"))
    if not sources:
        raise RunError(f"there are no photos (.jpg) in {examples}", "name a folder of photos: --examples FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([])
    with tempfile.TemporaryDirectory(prefix="tagger-screenshots-") as temporary:
        place = Path(temporary)
        before = {name: os.environ.get(name) for name in _HOMES}
        os.environ.update(dict.fromkeys(_HOMES, str(place / "home")))
        translators = load_translations(app, QLocale(language))
        try:
            return _Photographer(app, folder, place, sources).take_all(photos)
        finally:
            for translator in translators:
                app.removeTranslator(translator)
            for name, value in before.items():
                os.environ.pop(name, None)
                os.environ.update({name: value} if value is not None else {})


_HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")


class _Photographer:
    """Brings the window into one state after the other."""

    def __init__(self, app: QApplication, folder: Path, place: Path, sources: list[Path]) -> None:
        self._app, self._folder, self._place, self._sources = app, folder, place, sources
        self._memory = Memory(place / "window.ini")
        self._taken: list[Path] = []

    def take_all(self, photos: int) -> list[Path]:
        few, many = self._place / "Holidays", self._place / "Family"
        few.mkdir()
        for source in self._sources:
            shutil.copy(source, few)
        make_parts(self._sources, many, photos)
        apply_theme(self._app, dark=False)
        collecting = Collecting()
        window = MainWindow(Captioners(), self._memory, PhotoWorkspace)
        window.quitting.confirm_stop = lambda _: True
        window.resize(*_SIZE)
        window.show()
        try:
            self._keep("welcome", window)
            self._go_through(window, few, many)
        finally:
            window.close()
            self._until(lambda: not window.isVisible(), "the window does not close")
            window.deleteLater()
            collecting.end()
        return self._taken

    def _go_through(self, window: MainWindow, few: Path, many: Path) -> None:
        window.take_in([many])
        self._until(lambda: window.libraries.is_busy and window.strip.isVisible(), "nothing runs")
        jobs = window.libraries.open_ones[0].session.jobs
        count = sum(1 for _ in many.iterdir() if _.suffix == ".jpg")
        self._until(lambda: not jobs.is_busy or _done(window, count // 3), "no photo is captioned")
        self._keep("running", window)
        self._until(lambda: not window.libraries.is_busy, "the photos are not done")
        self._settle(5)  # until they are all in their places
        self._choose(window, min(5, count - 1))
        self._keep("grid", window)
        apply_theme(self._app, dark=True)
        self._choose(window, min(6, count - 1))
        self._keep("dark", window)
        apply_theme(self._app, dark=False)
        window.actions_of.review_first.setChecked(True)
        window.take_in([few])
        self._until(lambda: _name(window) == few.name and not window.libraries.is_busy, "no second library")
        self._choose(window, 3)
        inspector = _workspace(window).inspector
        inspector.words.caption.edit.point(1)
        self._until(lambda: inspector.picture.has_heat, "no heat map")
        self._keep("inspector", window)
        inspector.words.caption.edit.point(-1)
        review = _workspace(window).going_through
        window.actions_of.review.trigger()
        self._until(lambda: review.path is not None and review.words.entry is not None, "nothing to review")
        review.step(4)
        self._until(lambda: review.words.entry is not None, "the review stays empty")
        self._settle(2)
        self._keep("review", window)
        for name, dialog in (
            ("settings", SettingsDialog(self._memory, few, window)),
            ("models", ModelsDialog(self._place / "models", Settings(), (), window)),
        ):
            dialog.show()
            self._keep(name, dialog)
            dialog.done(0)
            dialog.deleteLater()

    def _choose(self, window: MainWindow, row: int) -> None:
        workspace = _workspace(window)
        grid = workspace.view.grid
        self._until(lambda: grid.model().rowCount() > row, "no photos are shown")
        grid.setCurrentIndex(grid.model().index(row, 0))
        self._until(lambda: workspace.inspector.words.entry is not None, "the inspector stays empty")
        self._settle(3)

    def _keep(self, name: str, widget: QWidget) -> None:
        self._settle()
        file = self._folder / f"{name}.png"
        picture: QPixmap = widget.grab()
        if not picture.save(str(file)):
            raise RunError(f"cannot write {file}", "choose another folder")
        self._taken.append(file)

    def _until(self, reached: Callable[[], bool], problem: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not reached():
            if time.monotonic() > end:
                raise RunError(f"no picture: {problem}", "look at the program itself: tagger gui")
            self._wait(_LOOK_MILLISECONDS)

    def _settle(self, times: int = 1) -> None:
        """Let what is under way be painted."""
        for _ in range(times):
            self._wait(_SETTLE_MILLISECONDS)

    def _wait(self, milliseconds: int) -> None:
        """Go on with what there is to do, and end even where there is nothing."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()


def make_parts(sources: list[Path], folder: Path, count: int) -> None:
    """``count`` JPEGs, each another part of one of ``sources``, as they are every time."""
    from PIL import Image, ImageOps

    folder.mkdir(parents=True)
    for number in range(count):
        source = sources[number % len(sources)]
        with Image.open(source) as image:
            image.draft("RGB", (2 * _PART, 2 * _PART))
            picture = ImageOps.exif_transpose(image).convert("RGB")
        wide, high = picture.size
        share = 0.55 + 0.4 * (number * 7 % 11) / 11
        size = round(wide * share), round(high * share)
        left, top = (
            (whole - part) * (number * step % 13) // 13
            for whole, part, step in zip((wide, high), size, (3, 5), strict=True)
        )
        part = picture.crop((left, top, left + size[0], top + size[1]))
        part.thumbnail((_PART, _PART))
        part.save(folder / f"IMG_{1000 + number}.jpg", quality=85)


def _workspace(window: MainWindow) -> PhotoWorkspace:
    workspace = window.workspace
    if not isinstance(workspace, PhotoWorkspace):
        raise RunError("no library is open")
    return workspace


def _name(window: MainWindow) -> str:
    return window.workspace.session.name if window.workspace is not None else ""


def _done(window: MainWindow, count: int) -> bool:
    job = window.strip.job
    return job is not None and job.done >= count


if __name__ == "__main__":
    sys.exit(main())
