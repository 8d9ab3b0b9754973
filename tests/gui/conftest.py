"""The desktop program without a screen: its settings are the test's own, and what Qt complains of fails the test.

All tests here are slow ones: they need Qt. A run without pytest-qt leaves them out.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from captioning.pictures import photo
from tiny_bundle import COLOURS

os.environ["QT_QPA_PLATFORM"] = "offscreen"

if TYPE_CHECKING:
    from tagger_gui.running import Job
    from tagger_gui.session import LibrarySession

_HERE = Path(__file__).parent
EXAMPLES = _HERE.parents[1] / "examples" / "photos"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without pytest-qt there is nothing to run here."""
    return None if config.pluginmanager.hasplugin("pytest-qt") else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What every test of the desktop program is."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore("^This plugin does not support"))  # it has no screen


@pytest.fixture(autouse=True)
def settings_file(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, bundle_folder: Path
) -> Path:
    """The user's own settings, in a home of the test's own: the tiny bundle, two loaders."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    file = home / "tagger/tagger.toml"
    file.parent.mkdir()
    file.write_text(f'bundle = "{bundle_folder}"\njobs = 2\n')
    return file


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Garbage is collected in the window's thread alone, as in the program: Qt's objects may not die elsewhere."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.fixture(autouse=True)
def plain_looks() -> Iterator[None]:
    """The colours that a test chose end with it."""
    yield
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if isinstance(app, QApplication) and app.styleSheet():
        app.setStyleSheet("")
        app.setPalette(app.style().standardPalette())


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with a red, a green and, one folder below, a blue photo."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name, colour in (("red.jpg", "red"), ("green.jpg", "green"), ("sub/blue.jpg", "blue")):
        (folder / name).write_bytes(photo(COLOURS[colour]))
    return folder


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A copy of the example photos."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


@pytest.fixture
def session(photos: Path, qtbot: Any) -> Iterator["LibrarySession"]:
    """The folder ``photos`` as an open library in which nothing was done yet."""
    from tagger_gui.session import Captioners, LibrarySession

    session = LibrarySession(photos, Captioners())
    yield session
    assert session.close()


@pytest.fixture
def ended(qtbot: Any) -> Callable[["Job"], "Job"]:
    """Wait until a job is over; its error, if any, is the test's."""

    def wait(job: "Job") -> "Job":
        qtbot.waitUntil(lambda: job.is_over, timeout=60_000)
        if job.error is not None:
            raise job.error
        return job

    return wait


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_on_the_clipboard() -> Iterator[None]:
    """What a test copied ends before Python does: the clipboard ends after it, and would call into it."""
    yield
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()
