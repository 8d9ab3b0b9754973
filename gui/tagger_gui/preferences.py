"""Settings, models, watching and looks, which belong to no library alone: opens their dialogues, has all follow."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tagger import bootstrap
from tagger.config import user_models_folder
from tagger.core.errors import TaggerError
from tagger_gui import theme
from tagger_gui.libraries import Libraries
from tagger_gui.memory import Memory
from tagger_gui.models_page import ModelsDialog
from tagger_gui.settings_dialog import SettingsDialog
from tagger_gui.watching_page import ServiceCommand, WatchingDialog
from tagger_gui.workspace import Workspace


class Preferences(QObject):
    """What the menus open. ``current`` is the library that is shown, ``tell`` shows an error."""

    def __init__(
        self,
        memory: Memory,
        libraries: Libraries,
        current: Callable[[], Workspace | None],
        tell: Callable[[TaggerError], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._memory, self._libraries, self._current, self._tell, self._parent = (
            memory, libraries, current, tell, parent,
        )  # fmt: skip
        self.open_dialog: QDialog | None = None

    def edit_settings(self) -> None:
        """Open the settings."""
        try:
            dialog = SettingsDialog(self._memory, self._root(), self._parent)
        except TaggerError as error:
            self._tell(error)
            return
        dialog.saved.connect(self.reload)
        self._show(dialog)

    def show_models(self) -> None:
        """Open the models, to compare on the photos that are selected."""
        workspace = self._current()
        try:
            settings = bootstrap.settings_for(None)
        except TaggerError as error:
            self._tell(error)
            return
        photos = workspace.chosen if workspace is not None else []
        dialog = ModelsDialog(user_models_folder(), settings, photos, self._parent, library=self._root())
        dialog.saved.connect(self.reload)
        self._show(dialog)

    def show_watching(self) -> None:
        """Open the folders that are watched; the library that is shown is offered."""
        root = self._root()
        self._show(WatchingDialog(ServiceCommand(), [root] if root is not None else [], self._parent))

    def set_theme(self, name: str) -> None:
        """Give the program the mode ``light``, ``dark`` or ``auto``, from now on."""
        self._memory.keep_theme(name)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_named(app, name)

    def set_review_first(self, wanted: bool) -> None:
        """Have captions stay out of photos until a person approved them, in every library, or not."""
        self._memory.keep_approve_first(wanted)
        for workspace in self._libraries.open_ones:
            workspace.session.set_review_first(wanted)

    def reload(self) -> None:
        """Have all open libraries read their settings again."""
        for workspace in self._libraries.open_ones:
            try:
                workspace.session.reload()
            except TaggerError as error:
                self._tell(error)

    def _root(self) -> Path | None:
        workspace = self._current()
        return workspace.session.root if workspace is not None else None

    def _show(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.destroyed.connect(self._forget)
        self.open_dialog = dialog
        dialog.open()

    def _forget(self) -> None:
        self.open_dialog = None
