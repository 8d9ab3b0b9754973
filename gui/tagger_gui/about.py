"""The about box: what this is, and the licences of what it is made of."""

from importlib import metadata
from typing import Any

import PySide6
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

import tagger
from tagger_gui.icons import icon
from tagger_gui.theme import SPACE

_QT = (
    "Qt {qt} (PySide6 {pyside}), GNU Lesser General Public License version 3\n\n"
    "Qt is used under the LGPL, as a library of its own that is installed beside this program and not changed by it: "
    "you may replace it by another version (pip install PySide6-Essentials==VERSION), study it and change it. Its "
    "source is at code.qt.io, the licence's text at www.gnu.org/licenses/lgpl-3.0.html. Copyright The Qt Company Ltd. "
    "and others."
)
_WITHIN = {
    "pi-heif": "\n(contains libheif and libde265, GNU Lesser General Public License version 3)",
    "rawpy": "\n(contains LibRaw, GNU Lesser General Public License version 2.1)",
}
_PARTS = (
    "numpy",
    "pillow",
    "pi-heif",
    "rawpy",
    "onnxruntime",
    "platformdirs",
    "pathspec",
    "watchdog",
    "rich",
    "tomlkit",
)


class AboutDialog(QDialog):
    """Name, version, licence, and the licences of the parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About tagger"))
        self.resize(640, 480)
        picture = QLabel()
        picture.setPixmap(icon("app", "accent").pixmap(6 * SPACE, 6 * SPACE))
        title = QLabel(f"tagger {tagger.__version__}")
        title.setProperty("role", "title")
        words = QLabel(
            self.tr(
                "Captions and tags for photos, made on this computer. Nothing is sent anywhere.\nApache License 2.0"
            )
        )
        words.setProperty("role", "muted")
        self.licences = QPlainTextEdit(licences())
        self.licences.setReadOnly(True)
        self.licences.setAccessibleName(self.tr("Licences"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        names = QVBoxLayout()
        names.addWidget(title)
        names.addWidget(words)
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        column = QVBoxLayout(self)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(self.licences, 1)
        column.addWidget(buttons)


def licences() -> str:
    """The licences of Qt and of every other part that is installed."""
    parts = [_QT.format(qt=_qt_version(), pyside=PySide6.__version__)]
    for name in _PARTS:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        parts.append(f"{about['Name']} {about['Version']}, {_licence(about)}{_WITHIN.get(name, '')}")
    parts.append(QCoreApplication.translate("about", "The texts of these licences are installed with each of them."))
    return "\n\n".join(parts)


def _qt_version() -> str:
    from PySide6.QtCore import qVersion

    return qVersion()


def _licence(about: Any) -> str:
    """A licence in a line: the expression, the classifier, or the first line of the text."""
    if expression := about.get("License-Expression"):
        return str(expression)
    named = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License")]
    if named:
        return ", ".join(named)
    return (about.get("License") or "licence in its package").strip().splitlines()[0]
