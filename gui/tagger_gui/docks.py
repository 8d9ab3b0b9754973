"""What stands beside the library: the inspector and the history. Out of sight where there is nothing to say."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

_LEAST, _USUAL = 320, 380  # pixels


class Docks:
    """The docks of a window; which of them the user wants is kept while they are out of sight."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._docks: list[QDockWidget] = []
        self._wanted: dict[QDockWidget, bool] = {}
        self._shown = True

    def add(self, name: str, title: str, widget: QWidget, *, wanted: bool) -> QDockWidget:
        """A dock on the right; those after the first one lie behind it, as tabs."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        words = QLabel(title)  # as high as its script needs; Qt's own is as high as the Latin letters of the font
        words.setProperty("role", "dock")
        dock.setTitleBarWidget(words)
        dock.setMinimumWidth(_LEAST)
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        if self._docks:
            self._window.tabifyDockWidget(self._docks[0], dock)
        else:
            self._window.resizeDocks([dock], [_USUAL], Qt.Orientation.Horizontal)
        dock.setVisible(wanted)
        self._docks.append(dock)
        return dock

    @property
    def views(self) -> list[QAction]:
        """The actions that show and hide each of them."""
        return [dock.toggleViewAction() for dock in self._docks]

    def show(self, shown: bool) -> None:
        """Show those that the user wants, or none."""
        if shown != self._shown:
            if not shown:
                self._wanted = {dock: not dock.isHidden() for dock in self._docks}
            self._shown = shown
            for dock in self._docks:
                dock.setVisible(shown and self._wanted.get(dock, False))
        for view in self.views:
            view.setEnabled(shown)
