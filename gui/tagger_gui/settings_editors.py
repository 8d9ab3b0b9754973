"""The fields of the settings dialogue: one way to edit each kind of setting. Knows nothing of files."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from tagger_gui.icons import icon
from tagger_gui.settings_fields import Field, Kind
from tagger_gui.theme import SPACE

_LINES = 4


class Editor(Protocol):
    """Shows a value as TOML has it, and calls ``edited`` with another one when somebody changes it.

    ``edited`` gets None where nothing was entered that the file should hold.
    """

    @property
    def widget(self) -> QWidget:
        """What is put into the dialogue."""

    def show(self, value: Any) -> None:
        """Show a value, without calling ``edited``."""


Edited = Callable[[Any], None]


def make_editor(field: Field, edited: Edited) -> Editor:
    """The editor for a setting."""
    makers: dict[Kind, Callable[[Field, Edited], Editor]] = {
        Kind.CHOICE: _Choice,
        Kind.FLAG: _Flag,
        Kind.NUMBER: _Number,
        Kind.SHARE: _Share,
        Kind.TEXT: _Text,
        Kind.WORDS: _Words,
        Kind.FOLDER: _Folder,
    }
    editor = makers.get(field.kind, _Pairs)(field, edited)
    editor.widget.setAccessibleName(field.label)
    editor.widget.setAccessibleDescription(field.hint)
    return editor


class _WheelLess(QObject):
    """Keeps the mouse wheel for scrolling: a page that is scrolled shall not change what is under the mouse."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to what is around."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def _still(widget: QWidget) -> None:
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if (inner := widget.findChild(QLineEdit)) is not None:  # whose text no style sheet moves away from the edge
        inner.setTextMargins(SPACE - 2, 0, 0, 0)
    widget.installEventFilter(_WheelLess(widget))


class _Choice:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = box = QComboBox()
        _still(box)
        for value, word in field.choices:
            box.addItem(word, value)
        box.activated.connect(lambda _: edited(box.currentData()))

    def show(self, value: Any) -> None:
        self.widget.setCurrentIndex(self.widget.findData(value))


class _Flag:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = box = QCheckBox(field.label)
        box.clicked.connect(edited)

    def show(self, value: Any) -> None:
        self.widget.setChecked(value is True)


class _Number:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = box = QSpinBox()
        _still(box)
        box.setRange(field.low, field.high)
        box.setSpecialValueText(field.zero)
        box.setMaximumWidth(26 * SPACE)
        box.valueChanged.connect(edited)

    def show(self, value: Any) -> None:
        self.widget.blockSignals(True)
        self.widget.setValue(value if isinstance(value, int) else self.widget.minimum())
        self.widget.blockSignals(False)


class _Share:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = box = QDoubleSpinBox()
        _still(box)
        self._unset = bool(field.zero)  # below 0 stands for: not set
        box.setRange(-0.01 if self._unset else 0, 1)
        box.setSpecialValueText(field.zero)
        box.setSingleStep(0.05)
        box.setDecimals(2)
        box.setMaximumWidth(26 * SPACE)
        box.valueChanged.connect(lambda value: edited(None if value < 0 else round(value, 2)))

    def show(self, value: Any) -> None:
        self.widget.blockSignals(True)
        self.widget.setValue(float(value) if isinstance(value, int | float) else -self._unset)
        self.widget.blockSignals(False)


class _Text:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = line = QLineEdit()
        line.setPlaceholderText(field.zero)
        line.textEdited.connect(edited)

    def show(self, value: Any) -> None:
        self.widget.setText(str(value))


class _Words:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = line = QLineEdit()
        line.setPlaceholderText(field.zero)
        line.textEdited.connect(lambda text: edited(_words(text)))

    def show(self, value: Any) -> None:
        self.widget.setText(", ".join(map(str, value)) if isinstance(value, list) else str(value))


class _Folder:
    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = QWidget()
        self._edited = edited
        self.line = QLineEdit()
        self.line.setPlaceholderText(field.zero)
        self.line.setAccessibleName(field.label)
        self.line.textEdited.connect(lambda text: edited(text.strip() or None))
        self.button = QPushButton(icon("open"), "")
        self.button.setAccessibleName(QCoreApplication.translate("settings", "Choose a folder"))
        self.button.setToolTip(self.button.accessibleName())
        self.button.clicked.connect(self._choose)
        row = QHBoxLayout(self.widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)

    def show(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.widget, self.button.accessibleName(), self.line.text())
        if folder:
            self.line.setText(folder)
            self._edited(folder)


class _Pairs:
    """``name = value``, one a line; a line that is not yet complete is kept as it is typed, and refused when saved."""

    def __init__(self, field: Field, edited: Edited) -> None:
        self.widget = text = QPlainTextEdit()
        self._kind = field.kind
        text.setTabChangesFocus(True)
        text.setFixedHeight(_LINES * QFontMetrics(text.font()).lineSpacing() + 3 * SPACE)
        text.textChanged.connect(lambda: edited(pairs(text.toPlainText(), field.kind)))

    def show(self, value: Any) -> None:
        self.widget.blockSignals(True)
        self.widget.setPlainText(as_lines(value))
        self.widget.blockSignals(False)


def as_lines(value: Any) -> str:
    """A table of TOML as lines ``name = value``; what is none is shown as it is."""
    if not isinstance(value, Mapping):
        return str(value)
    return "\n".join(f"{name} = {', '.join(of) if isinstance(of, list) else of}" for name, of in value.items())


def pairs(text: str, kind: Kind) -> dict[str, Any]:
    """Lines ``name = value`` as a table of TOML; a value that is none of its kind is left for the check to refuse."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if line.strip():
            found[name.strip()] = _value(value.strip(), kind) if sign else ""
    return found


def _value(text: str, kind: Kind) -> Any:
    if kind is Kind.WORDS_OF:
        return _words(text)
    if kind is Kind.SHARE_OF:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
