"""The window's actions, its menus and its tool bar: what can be done, how it is called, which keys do it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from tagger_gui.icons import icon
from tagger_gui.texts import shown
from tagger_gui.theme import SPACE


def _tr(text: str) -> str:
    return QCoreApplication.translate("actions", text)


class Actions:
    """Every action of the main window, by name; the window connects them."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        keys = QKeySequence.StandardKey
        self.open_folder = self._make(_tr("Open a &folder…"), "open", keys.Open)
        self.open_photos = self._make(_tr("Caption &photos…"), "photos", "Ctrl+Shift+O")
        self.close_library = self._make(_tr("&Close the library"), None, keys.Close)
        self.quit = self._make(_tr("&Quit"), None, keys.Quit)
        self.undo = self._make(_tr("&Undo"), "undo", keys.Undo)
        self.redo = self._make(_tr("&Redo"), "redo", keys.Redo)
        self.paste = self._make(_tr("Caption what was c&opied"), None, keys.Paste)
        self.caption_all = self._make(_tr("Caption what is &new"), "tag", "F5")
        self.caption_chosen = self._make(_tr("Caption the &selected photos"), None, "Ctrl+T")
        self.of_one = self._make_of_one()
        self.look_large, self.edit_caption, self.find_similar, self.open_outside, self.show_in_folder = self.of_one
        self.approve_chosen = self._make(_tr("Approve"), "review", "Ctrl+Return")
        self.reject_chosen = self._make(_tr("Reject"), "cancel", "Ctrl+Backspace")
        self.add_tag = self._make(_tr("Add a tag"), "tag", "Ctrl+K")
        self.undo_chosen = self._make(_tr("&Undo the selected photos' last change"), None, "Ctrl+Alt+Z")
        self.clean_chosen = self._make(_tr("Take our words &out of the selected photos"), None, None)
        self.copy_captions = self._make(_tr("Copy the caption"), None, "Ctrl+Shift+C")
        self.copy_paths = self._make_local(_tr("Copy the path"), keys.Copy)
        self.forget_chosen = self._make_local(_tr("Take off the list…"), keys.Delete)
        self.select_all = self._make_local(_tr("Select all"), keys.SelectAll)
        self.look_around = self._make_local(_tr("Look for new photos"), "Shift+F5")
        self.review = self._make(_tr("&Review"), "review", "Ctrl+R")
        self.review_first = self._make(_tr("&Approve first"), "shield", None, checkable=True)
        self.settings = self._make(_tr("&Settings…"), "settings", keys.Preferences)
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.models = self._make(_tr("&Models…"), "model", None)
        self.watching = self._make(_tr("&Watch folders…"), "eye", None)
        self.about = self._make(_tr("&About tagger"), None, None)
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)
        self.open_folder.setToolTip(_tr("Open a folder, and caption what is new in it (Ctrl+O)"))
        self.undo.setToolTip(_tr("Undo the last run (Ctrl+Z)"))
        self.redo.setToolTip(_tr("Do again what was undone last"))
        self.review_first.setToolTip(
            _tr("Captions stay in the index; nothing is written into a photo until you approve")
        )
        self.caption_all.setToolTip(_tr("Look through the whole library and caption what is new (F5)"))
        self.themes = QActionGroup(window)
        self.theme_choices = {
            name: self._choice(self.themes, text)
            for name, text in (
                ("auto", _tr("As the &desktop")),
                ("light", _tr("&Light")),
                ("dark", _tr("&Dark")),
            )
        }
        self.recent = QMenu(_tr("Opened &before"), window)
        self.recent.setIcon(icon("library"))

    def _make(
        self, text: str, picture: str | None, keys: QKeySequence.StandardKey | str | None, *, checkable: bool = False
    ) -> QAction:
        action = QAction(text, self._window)
        if picture is not None:
            action.setIcon(icon(picture))
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.setCheckable(checkable)
        return action

    def _make_of_one(self) -> tuple[QAction, ...]:
        """What can be done with one photo at a time."""
        return (
            self._make(_tr("Show large"), "photos", None),
            self._make(_tr("Edit the caption"), None, "F2"),
            self._make(_tr("Find similar photos"), None, "Ctrl+Shift+F"),
            self._make(_tr("Open with another program"), None, None),
            self._make(_tr("Show in its folder"), "open", None),
        )

    def _make_local(self, text: str, keys: QKeySequence.StandardKey | str) -> QAction:
        """An action whose keys hold only where it is added: elsewhere they mean something else."""
        action = self._make(text, None, keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    def _choice(self, group: QActionGroup, text: str) -> QAction:
        action = self._make(text, None, None, checkable=True)
        group.addAction(action)
        return action

    def of_photos(self) -> tuple[QAction, ...]:
        """Those that need selected photos."""
        return (
            self.approve_chosen, self.reject_chosen, self.add_tag, self.caption_chosen, self.undo_chosen,
            self.clean_chosen, self.copy_captions, self.copy_paths, self.forget_chosen,
        )  # fmt: skip

    def of_grid(self) -> tuple[QAction, ...]:
        """The context menu of the photos."""
        groups = (
            (self.look_large, self.open_outside, self.show_in_folder),
            (self.approve_chosen, self.reject_chosen, self.edit_caption, self.add_tag),
            (self.caption_chosen, self.find_similar),
            (self.copy_captions, self.copy_paths),
            (self.undo_chosen, self.clean_chosen, self.forget_chosen),
            (self.select_all, self.look_around),
        )
        found: list[QAction] = []
        for group in groups:
            found += [_separator(self._window), *group] if found else group
        return tuple(found)

    def enable(
        self, *, library: str | None, chosen: int, reviewing: bool, undoable: bool, redoable: bool, reviewable: bool
    ) -> None:
        """Offer what can be done now: in the library of this name, None for none, with so many photos selected."""
        self.library_button.setText(shown(library or _tr("No library")).replace("&", "&&"))
        for action in (self.close_library, self.caption_all):
            action.setEnabled(library is not None)
        for action in (self.select_all, self.look_around):
            action.setEnabled(library is not None and not reviewing)
        for action in self.of_photos():
            action.setEnabled(chosen > 0 and not reviewing)
        for action in self.of_one:
            action.setEnabled(chosen == 1 and not reviewing)
        self.undo.setEnabled(undoable and not reviewing)
        self.redo.setEnabled(redoable and not reviewing)
        self.review.setEnabled(reviewable and not reviewing)

    def dress_view(self, view: QAction, picture: str, keys: str) -> None:
        """Give the action that shows a dock its icon and its keys."""
        view.setIcon(icon(picture))
        view.setShortcut(QKeySequence(keys))

    def offer_recent(self, roots: Sequence[Path], choose: Callable[[Path], object]) -> None:
        """Fill the menu of libraries that were open."""
        self.recent.clear()
        for root in roots:
            name = shown(f"{root.name or root}  \N{EM DASH}  {root.parent}").replace("&", "&&")
            self.recent.addAction(name).triggered.connect(partial(_choose, choose, root))
        if roots:
            self.recent.addSeparator()
        self.recent.addAction(self.open_folder)

    def fill_menus(self, views: list[QAction]) -> None:
        """Make the menus; ``views`` show and hide the window's docks."""
        bar = self._window.menuBar()
        file = bar.addMenu(_tr("&File"))
        _add(file, self.open_folder, self.open_photos, self.paste)
        file.addMenu(self.recent)
        _add(file, None, self.close_library, None, self.quit)
        _add(bar.addMenu(_tr("&Edit")), self.undo, self.redo, None, self.watching, self.models, self.settings)
        photos = bar.addMenu(_tr("&Photos"))
        _add(photos, self.caption_all, self.review, self.review_first)
        _add(photos, None, *self.of_grid())
        view = bar.addMenu(_tr("&View"))
        _add(view, *views, None)
        look = view.addMenu(_tr("&Colours"))
        _add(look, *self.theme_choices.values())
        _add(bar.addMenu(_tr("&Help")), self.about)

    def make_tool_bar(self, views: list[QAction]) -> QToolBar:
        """The tool bar, with the button that switches libraries at its left."""
        bar = QToolBar(_tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.toggleViewAction().setVisible(False)
        self.library_button = QToolButton()
        self.library_button.setIcon(icon("library"))
        self.library_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.library_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.library_button.setMenu(self.recent)
        self.library_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.library_button.setAccessibleName(_tr("Library"))
        self.library_button.setToolTip(_tr("Switch to another library"))
        bar.addWidget(self.library_button)
        bar.addSeparator()
        for action in (self.open_folder, self.caption_all, None, self.undo, self.redo, None, self.review):
            bar.addSeparator() if action is None else bar.addAction(action)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        gap.setMinimumWidth(SPACE)
        bar.addWidget(gap)
        for action in (self.review_first, *views):
            bar.addAction(action)
        for view in views:
            button = bar.widgetForAction(view)
            if isinstance(button, QToolButton):  # a narrow window has no room for these words
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
                button.setAccessibleName(view.text())
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return bar


def _separator(window: QMainWindow) -> QAction:
    action = QAction(window)
    action.setSeparator(True)
    return action


def _choose(choose: Callable[[Path], object], root: Path, _checked: bool = False) -> None:
    choose(root)


def _add(menu: QMenu, *actions: QAction | None) -> None:
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
