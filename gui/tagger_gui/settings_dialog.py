"""The settings: one dialogue over the same files as the command line, the user's own and the library's.

Each setting says whether it stands in the file that is edited; taking it out lets hold what held before.
"""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tagger.config import library_config_file, user_config_file
from tagger.core.errors import TaggerError
from tagger.storage.library import Library
from tagger_gui import texts
from tagger_gui.icons import icon
from tagger_gui.languages import LANGUAGES
from tagger_gui.memory import Memory
from tagger_gui.notice import Notice
from tagger_gui.settings_editors import Editor, as_lines, make_editor
from tagger_gui.settings_fields import Field, Kind, Page, pages
from tagger_gui.settings_file import SettingsFile
from tagger_gui.theme import SPACE

_LABELS, _ROW, _BASELINE = 20 * SPACE, 4 * SPACE, 6  # pixels: words beside fields, a page's name, a field's frame


class SettingsDialog(QDialog):
    """Edits the user's settings, and those of the library at ``root`` where there is one. Raises RunError.

    Nothing is written before ``Save``.
    """

    saved = Signal()
    """The files were written: whoever has settings reads them again."""

    def __init__(self, memory: Memory, root: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.resize(860, 640)
        self._memory, self._root = memory, root
        user = user_config_file()
        self.files = [SettingsFile(user)]
        if root is not None:
            self.files.append(SettingsFile(library_config_file(root), below=[user]))
        self.rows: dict[str, SettingRow] = {}
        self.notice = Notice()
        self.scope = self._make_scope()
        self.list, self.stack = QListWidget(), QStackedWidget()
        self.language = QComboBox()
        self._fill()
        self._lay_out()
        self._show_values()

    @property
    def file(self) -> SettingsFile:
        """The file that is edited now."""
        return self.files[self.scope.currentIndex()]

    def accept(self) -> None:
        """Write what was changed; where that cannot be, say why and stay open."""
        for scope, file in enumerate(self.files):
            try:
                if file.is_changed and scope and self._root is not None:
                    Library(self._root).create()
                file.save()
            except TaggerError as error:
                self.scope.setCurrentIndex(scope)
                self.notice.tell(error)
                return
        self._memory.keep_language(self.language.currentData())
        super().accept()
        self.saved.emit()

    def _make_scope(self) -> QComboBox:
        box = QComboBox()
        box.addItem(self.tr("All libraries"))
        if self._root is not None:
            box.addItem(self.tr("Only “{library}”").format(library=texts.shown(self._root.name or str(self._root))))
        box.setEnabled(self._root is not None)
        box.setAccessibleName(self.tr("These settings hold for"))
        box.currentIndexChanged.connect(lambda _: self._show_values())
        return box

    def _fill(self) -> None:
        self.list.setAccessibleName(self.windowTitle())
        self.list.setFixedWidth(22 * SPACE)
        for page in pages():
            self._add(page.title, self._page(page))
        self._add(self.tr("Language"), self._language_page())
        self._add(self.tr("Privacy"), self._privacy_page())
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.list.setCurrentRow(0)

    def _lay_out(self) -> None:
        words = QLabel(self.tr("These settings hold for"))
        top = QHBoxLayout()
        top.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        top.setSpacing(SPACE)
        top.addWidget(words)
        top.addWidget(self.scope)
        top.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.list)
        middle.addWidget(self.stack, 1)
        choices = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(choices.Save | choices.Cancel)
        buttons.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, 2 * SPACE)
        self.save = buttons.button(choices.Save)
        self.save.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addWidget(buttons)

    def _add(self, title: str, page: QWidget) -> None:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(page)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        item = QListWidgetItem(title)
        item.setSizeHint(QSize(0, _ROW))
        self.list.addItem(item)
        self.stack.addWidget(area)

    def _page(self, page: Page) -> QWidget:
        body, grid = _body(page.title, page.words)
        for field in page.fields:
            row = SettingRow(field, self)
            row.add_to(grid)
            self.rows[field.key] = row
        grid.setColumnMinimumWidth(0, _LABELS)
        grid.setRowStretch(grid.rowCount(), 1)
        return body

    def _language_page(self) -> QWidget:
        body, grid = _body(self.tr("Language"), self.tr("Of this program; captions are in the language of the model."))
        self.language.addItem(self.tr("As the desktop"), "")
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(self._memory.language)))
        self.language.setAccessibleName(self.tr("Language"))
        grid.addWidget(self.language, 1, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(_muted(self.tr("It changes when the program is started again.")), 2, 0, 1, 3)
        grid.setRowStretch(3, 1)
        return body

    def _privacy_page(self) -> QWidget:
        body, grid = _body(self.tr("Privacy"), self.tr("There is nothing to choose here, because nothing is sent."))
        facts = (
            self.tr("Photos, captions and tags never leave this computer: the model runs here, without a network."),
            self.tr("There is no account, no count of what you do, and no look for updates."),
            self.tr("Reports of crashes are files on this computer. You decide whether anybody gets one."),
            self.tr("The index and the undo history are in the folder .tagger of each library."),
            self.tr("Settings are in {file}.").format(file=texts.shown(str(self.files[0].file))),
        )
        for row, fact in enumerate(facts, 1):
            mark = QLabel()
            mark.setPixmap(icon("review", "success").pixmap(18, 18))
            words = QLabel(fact)
            words.setWordWrap(True)
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
        grid.setRowStretch(len(facts) + 1, 1)
        return body

    def _show_values(self) -> None:
        for row in self.rows.values():
            row.refresh()


class SettingRow:
    """One setting in the dialogue: its words, its editor, and a button that takes it out of the file."""

    def __init__(self, field: Field, dialog: SettingsDialog) -> None:
        self.field, self._dialog = field, dialog
        self.editor: Editor = make_editor(field, self._edit)
        self.reset = QPushButton(icon("undo"), "")
        self.reset.setProperty("role", "quiet")
        self.reset.setToolTip(_tr("Take it out of these settings"))
        self.reset.setAccessibleName(_tr("{setting}: take it out of these settings").format(setting=field.label))
        self.reset.clicked.connect(self._reset)
        kept = self.reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(kept)

    def add_to(self, grid: QGridLayout) -> None:
        """Put it at the end of a page."""
        row = grid.rowCount()
        if self.field.kind is not Kind.FLAG:
            label = QLabel(self.field.label)
            label.setWordWrap(True)
            label.setBuddy(self.editor.widget)
            label.setContentsMargins(0, _BASELINE, 0, 0)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        cell = QVBoxLayout()
        cell.setSpacing(SPACE // 2)
        narrow = self.field.kind in (Kind.CHOICE, Kind.NUMBER, Kind.SHARE)
        cell.addWidget(self.editor.widget, 0, Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0))
        if self.field.hint:
            cell.addWidget(_muted(self.field.hint))
        grid.addLayout(cell, row, 1)
        grid.addWidget(self.reset, row, 2, Qt.AlignmentFlag.AlignTop)

    def refresh(self) -> None:
        """Show what the file says now."""
        file = self._dialog.file
        if isinstance(self.editor.widget, QPlainTextEdit):
            self.editor.widget.setPlaceholderText(as_lines(file.inherited(self.field.key)))
        self.editor.show(file.value(self.field.key))
        self.reset.setVisible(file.has(self.field.key))

    def _edit(self, value: Any) -> None:
        file = self._dialog.file
        if value is None or value == {}:
            file.unset(self.field.key)
        else:
            file.set(self.field.key, value)
        self.reset.setVisible(file.has(self.field.key))

    def _reset(self) -> None:
        self._dialog.file.unset(self.field.key)
        self.refresh()
        self.editor.widget.setFocus()


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings", text)


def _body(title: str, words: str) -> tuple[QWidget, QGridLayout]:
    """A page with a heading; what follows goes into the grid."""
    body = QWidget()
    grid = QGridLayout(body)
    grid.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
    grid.setHorizontalSpacing(2 * SPACE)
    grid.setVerticalSpacing(2 * SPACE)
    grid.setColumnStretch(1, 1)
    heading = QLabel(title)
    heading.setProperty("role", "heading")
    top = QVBoxLayout()
    top.setContentsMargins(0, 0, 0, SPACE)
    top.addWidget(heading)
    top.addWidget(_muted(words))
    grid.addLayout(top, 0, 0, 1, 3)
    return body, grid


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "muted")
    label.setWordWrap(True)
    return label
