"""What the window remembers from one day to the next: where it was, what was open. No setting of tagger is here."""

import json
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from tagger_gui.languages import LANGUAGES

_RECENT = 10


def default_file() -> Path:
    """Where it is kept: the user's folder for the state of programs."""
    import platformdirs

    return platformdirs.user_state_path("tagger", appauthor=False) / "window.ini"


class Memory:
    """A small file of the user's; without one that can be written, everything is as on the first day."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        """Where the window was; empty where that is not known."""
        return QByteArray(self._bytes("window/geometry"))

    @property
    def layout(self) -> QByteArray:
        """Where its parts were."""
        return QByteArray(self._bytes("window/layout"))

    def keep_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        """Remember the window."""
        self._settings.setValue("window/geometry", geometry)
        self._settings.setValue("window/layout", layout)
        self._settings.sync()

    @property
    def theme(self) -> str:
        """``light``, ``dark``, or ``auto`` for as the desktop has it."""
        value = self._settings.value("theme", "auto")
        return value if value in ("light", "dark") else "auto"

    def keep_theme(self, theme: str) -> None:
        """Remember the mode."""
        self._settings.setValue("theme", theme)
        self._settings.sync()

    @property
    def language(self) -> str:
        """The code of the language that was chosen; empty for the desktop's."""
        value = self._settings.value("language", "")
        return value if value in LANGUAGES else ""

    def keep_language(self, code: str) -> None:
        """Remember that."""
        self._settings.setValue("language", code)
        self._settings.sync()

    @property
    def approve_first(self) -> bool:
        """Whether captions stay out of photos until a person approved them."""
        return bool(self._settings.value("approve_first") == "yes")

    def keep_approve_first(self, wanted: bool) -> None:
        """Remember that."""
        self._settings.setValue("approve_first", "yes" if wanted else "no")
        self._settings.sync()

    @property
    def recent(self) -> list[Path]:
        """The libraries that were open, the latest first; nobody looks whether they are still there."""
        return self._recent()

    def keep_recent(self, root: Path) -> None:
        """Remember that a library was open."""
        self._write_recent([root, *(path for path in self._recent() if path != root)][:_RECENT])

    def forget_recent(self, root: Path) -> None:
        """Offer a library no more."""
        self._write_recent(path for path in self._recent() if path != root)

    @property
    def open_root(self) -> Path | None:
        """The library that was open at the end; None for none."""
        name = self._settings.value("window/open")
        return _path(name)

    def keep_open(self, root: Path | None) -> None:
        """Remember which library is open."""
        self._settings.setValue("window/open", _text(root) if root is not None else "")

    def _recent(self) -> list[Path]:
        count = self._settings.beginReadArray("recent")
        paths = []
        for row in range(min(count, _RECENT)):
            self._settings.setArrayIndex(row)
            name = self._settings.value("path")
            paths += [path] if (path := _path(name)) is not None else []
        self._settings.endArray()
        return paths

    def _write_recent(self, paths: Iterable[Path]) -> None:
        self._settings.remove("recent")
        self._settings.beginWriteArray("recent")
        for row, path in enumerate(paths):
            self._settings.setArrayIndex(row)
            self._settings.setValue("path", _text(path))
        self._settings.endArray()
        self._settings.sync()

    def _bytes(self, key: str) -> bytes:
        value = self._settings.value(key)
        return bytes(value.data()) if isinstance(value, QByteArray) else b""


def _text(path: Path) -> str:
    """A path as text that Qt keeps as it is, also where it is no UTF-8."""
    return json.dumps(str(path))


def _path(value: object) -> Path | None:
    try:
        name = json.loads(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
    return Path(name) if isinstance(name, str) else None
