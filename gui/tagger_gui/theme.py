"""How everything looks: colours of the light and the dark mode, spacing, and the one style sheet.

Every part of the window takes its colours from here, by meaning: ``colours_of().danger``. Text and marks meet
WCAG 2.1 AA (4.5 to 1 for text) on every ground they are put on; the tests measure it.

A widget says what it is by a property ``role``, which the style sheet knows: of labels ``title``, ``heading``,
``muted``, ``mono``, ``dock``; of buttons ``primary``, ``danger``, ``quiet``; of frames ``card``, ``strip``,
``sidebar``, ``notice``.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

SPACE = 8
"""Pixels (device-independent) between things that belong together; multiples of it for everything else."""
RADIUS = 6
"""Corners of cards, buttons and fields."""
PICTURES = Path(__file__).parent / "pictures"
"""The few drawings that a style sheet can only load from files; each once a mode."""


@dataclass(frozen=True, slots=True)
class Colours:
    """One mode's colours by meaning, as ``#rrggbb``.

    ``window`` is the ground, ``surface`` what lies on it (cards, lists, fields), ``sunken`` what lies below (the
    ground of photos). ``border`` only divides, ``edge`` is around what one types into or drags. ``on_accent`` is text
    on ``accent``; ``selection`` is behind selected rows, with ``text`` on it.
    """

    window: str
    surface: str
    sunken: str
    hover: str
    border: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_hover: str
    selection: str
    success: str
    warning: str
    danger: str
    info: str

    def color(self, name: str) -> QColor:
        """One of them as Qt wants it."""
        return QColor(getattr(self, name))


LIGHT = Colours(
    window="#f3f4f7",
    surface="#ffffff",
    sunken="#e8eaef",
    hover="#e9edf5",
    border="#cfd4dd",
    edge="#7d8693",
    text="#1a1e26",
    muted="#525b69",
    accent="#2257c5",
    on_accent="#ffffff",
    accent_hover="#1a479f",
    selection="#d6e3fd",
    success="#17683a",
    warning="#7a4f00",
    danger="#ad2018",
    info="#1d5b8f",
)
DARK = Colours(
    window="#17191e",
    surface="#20232a",
    sunken="#101216",
    hover="#2a2e37",
    border="#3a404c",
    edge="#707a8b",
    text="#e9ebf0",
    muted="#a9b1bf",
    accent="#8db5ff",
    on_accent="#0b1830",
    accent_hover="#abc8ff",
    selection="#2b4170",
    success="#74d69d",
    warning="#f1bd63",
    danger="#ff9188",
    info="#84c3f2",
)


class PhotoState(StrEnum):
    """What a badge says of a photo."""

    NEW = "new"
    MACHINE = "machine"
    APPROVED = "approved"
    REVIEW = "review"
    REJECTED = "rejected"
    FAILED = "failed"
    OUTSIDE = "outside"  # another program changed it since


STATE_COLOURS = {
    PhotoState.NEW: "muted",
    PhotoState.MACHINE: "info",
    PhotoState.APPROVED: "success",
    PhotoState.REVIEW: "warning",
    PhotoState.REJECTED: "muted",
    PhotoState.FAILED: "danger",
    PhotoState.OUTSIDE: "warning",
}
"""The name of the colour, in Colours, of each state's badge."""


def is_dark() -> bool:
    """Whether the program is in the dark mode. A widget's own palette is no answer: style sheets change it."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours_of() -> Colours:
    """The colours of the mode that the program is in. Ask when painting: the mode may change."""
    return DARK if is_dark() else LIGHT


def apply_theme(app: QApplication, *, dark: bool) -> None:
    """Give the whole program one mode; what is open repaints itself."""
    colours = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(palette_of(colours))
    app.setStyleSheet(style_sheet(colours))


def apply_named(app: QApplication, name: str) -> None:
    """Give the program the mode ``light`` or ``dark``; with any other name, that of the desktop."""
    apply_theme(app, dark=name == "dark" or (name != "light" and system_is_dark()))


def system_is_dark() -> bool:
    """Whether the desktop asks for the dark mode."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def palette_of(colours: Colours) -> QPalette:
    """A mode as Qt's own widgets understand it."""
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.window,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger,
        QPalette.ColorRole.Highlight: colours.selection,
        QPalette.ColorRole.HighlightedText: colours.text,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.LinkVisited: colours.accent,
        QPalette.ColorRole.ToolTipBase: colours.surface,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Mid: colours.border,
        QPalette.ColorRole.Dark: colours.border,
        QPalette.ColorRole.Light: colours.surface,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette


def style_sheet(colours: Colours) -> str:
    """The style sheet of one mode."""
    sheet = _SHEET
    names = sorted((field.name for field in fields(colours)), key=len, reverse=True)
    for name in names:
        sheet = sheet.replace(f"@{name}", getattr(colours, name))
    sheet = sheet.replace("@pictures", PICTURES.as_posix()).replace("@mode", "dark" if colours is DARK else "light")
    return sheet.replace("@half", str(SPACE // 2)).replace("@space", str(SPACE)).replace("@radius", str(RADIUS))


_SHEET = """
QMainWindow, QDialog { background: @window; }
QToolTip { background: @surface; color: @text; border: 1px solid @border; padding: @halfpx @spacepx; }

QLabel[role="title"] { font-size: 20pt; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="danger"] { color: @danger; }
QLabel[role="success"] { color: @success; }
QLabel[role="mono"] { font-family: monospace; }

QFrame[role="card"] { background: @surface; border: 1px solid @border; border-radius: @radiuspx; }
QFrame[role="strip"] { background: @surface; border: none; border-top: 1px solid @border; }
QFrame[role="sidebar"] { background: @surface; border: none; border-right: 1px solid @border; }
QFrame[role="notice"] { background: @surface; border: none; border-bottom: 2px solid @danger; }

QPushButton { background: @surface; border: 1px solid @border; border-radius: @radiuspx; padding: 5px 14px;
  min-height: 18px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed, QPushButton:checked { background: @selection; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @muted; background: @window; }
QPushButton[role="primary"] { background: @accent; color: @on_accent; border-color: @accent; font-weight: 600; }
QPushButton[role="primary"]:hover, QPushButton[role="primary"]:focus { background: @accent_hover; }
QPushButton[role="primary"]:disabled { background: @window; color: @muted; border-color: @border; }
QPushButton[role="danger"] { color: @danger; border-color: @danger; }
QPushButton[role="danger"]:disabled { color: @muted; border-color: @border; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover { background: @hover; }
QPushButton[role="quiet"]:focus { border-color: @accent; }

QToolBar { background: @surface; border: none; border-bottom: 1px solid @border; padding: @halfpx @spacepx;
  spacing: @halfpx; }
QToolBar::separator { background: @border; width: 1px; margin: 6px @halfpx; }
QToolButton { border: 1px solid transparent; border-radius: @radiuspx; padding: 5px @spacepx; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @selection; }
QToolButton:focus { border-color: @accent; }
QToolButton:disabled { color: @muted; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QTextEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QDateEdit, QComboBox {
  background: @surface; color: @text; border: 1px solid @edge; border-radius: @radiuspx; padding: @halfpx @spacepx;
  selection-background-color: @selection; selection-color: @text; placeholder-text-color: @muted; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus,
QComboBox:focus { border-color: @accent; }

QTextEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] { border-color: @border; }

QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("@pictures/down-@mode.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @border; selection-background-color: @selection;
  selection-color: @text; }

QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; width: 22px; border: none; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; width: 22px; border: none; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("@pictures/up-@mode.svg"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("@pictures/down-@mode.svg"); width: 10px; height: 10px; }

QCheckBox { spacing: @spacepx; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @muted; border-radius: 4px; background: @surface; }
QCheckBox::indicator:focus, QCheckBox::indicator:hover { border-color: @accent; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url("@pictures/check-@mode.svg"); }
QCheckBox::indicator:disabled { background: @window; border-color: @border; }
QCheckBox:disabled { color: @muted; }

QSlider { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @edge; }
QSlider::sub-page:horizontal { border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; border: 1px solid @accent;
  background: @surface; }
QSlider::handle:horizontal:focus, QSlider::handle:horizontal:hover { background: @accent; }

QListView, QTreeView, QTableView, QListWidget { background: @surface; border: none; outline: none; }
QListView::item, QTreeView::item { padding: @halfpx @spacepx; border-radius: 4px; }
QListView::item:hover, QTreeView::item:hover { background: @hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected { background: @selection; color: @text; }
QHeaderView::section { background: @window; color: @muted; border: none; border-bottom: 1px solid @border;
  padding: @halfpx @spacepx; }

QLabel[role="dock"] { background: @surface; border-bottom: 1px solid @border; padding: @spacepx; }
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QSplitter::handle { background: @border; }

QTabWidget::pane { border: none; border-top: 1px solid @border; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 12px; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @accent; }

QProgressBar { background: @sunken; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @edge; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 2px; }
QScrollBar::handle:hover { background: @text; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: @surface; border: 1px solid @border; padding: @halfpx; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selection; color: @text; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { background: @border; height: 1px; margin: @halfpx; }
QMenuBar { background: @surface; padding: 2px @spacepx; }
QMenuBar::item { background: transparent; padding: @halfpx @spacepx; border-radius: 4px; }
QMenuBar::item:selected { background: @hover; }
QStatusBar { background: @surface; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
"""
