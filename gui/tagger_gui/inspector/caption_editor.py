"""The caption of one photo: to be edited, to be exchanged for another one, to be pointed at word by word.

Knows texts only: what is done with them is the panel's part.
"""

import re
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from tagger.core.records import Alternative
from tagger_gui import theme
from tagger_gui.inspector.choice import ChoiceButton
from tagger_gui.inspector.draft import confidence

_WORD = re.compile(r"\S+")
_ENDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_LINES = 2  # at least so many are shown


def words_of(text: str) -> list[str]:
    """The words of a caption, as a model's words are counted: what stands between blanks."""
    return _WORD.findall(text)


class CaptionEdit(QPlainTextEdit):
    """A caption of one line, however many rows it takes on the screen.

    ``word_pointed(index)`` tells the word under the mouse, or at the caret when it moves; -1 for none. Enter emits
    ``committed``, Escape ``reverted``.
    """

    word_pointed = Signal(int)
    committed = Signal()
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pointed = -1
        self._typing = False
        self.setTabChangesFocus(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlaceholderText(self.tr("No caption"))
        self.setAccessibleName(self.tr("Caption"))
        self.setAccessibleDescription(self.tr("Enter approves, Escape takes back what was typed"))
        self.cursorPositionChanged.connect(self._follow_caret)
        self.textChanged.connect(self._fit_height)
        self.textChanged.connect(lambda: self.point(-1))
        self._fit_height()

    def event(self, event: QEvent) -> bool:
        """Claim Enter and Escape before they are shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _ENDING:
            event.accept()
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the word under the mouse."""
        super().mouseMoveEvent(event)
        self.point(self._word_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        super().leaveEvent(event)
        self.point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape end editing; a caption has one line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
        else:
            self._typing = bool(event.text())  # where the model looked is for who reads, not for who writes
            super().keyPressEvent(event)
            self._typing = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the whole caption, whatever the width."""
        super().resizeEvent(event)
        self._fit_height()

    def point(self, index: int) -> None:
        """Mark a word, and tell which."""
        if index == self._pointed:
            return
        self._pointed = index
        self._mark(index)
        self.word_pointed.emit(index)

    def _spans(self) -> Iterator[tuple[int, int]]:
        return (found.span() for found in _WORD.finditer(self.toPlainText()))

    def _word_at(self, place: QPoint) -> int:
        cursor = self.cursorForPosition(place)
        for index, (start, end) in enumerate(self._spans()):
            if start <= cursor.position() <= end and self._covers(place, start, end):
                return index
        return -1

    def _covers(self, place: QPoint, start: int, end: int) -> bool:
        """Whether ``place`` is on the word itself: Qt gives the nearest place in the text for any point."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        left = self.cursorRect(cursor)
        cursor.setPosition(end)
        right = self.cursorRect(cursor)
        if left.top() != right.top():  # broken over two rows
            return left.top() <= place.y() <= right.bottom()
        return left.left() <= place.x() <= right.right() and left.top() <= place.y() <= left.bottom()

    def _follow_caret(self) -> None:
        if not self.hasFocus() or self._typing or self.textCursor().hasSelection():
            return
        caret = self.textCursor().position()
        self.point(next((i for i, (start, end) in enumerate(self._spans()) if start <= caret <= end), -1))

    def _mark(self, index: int) -> None:
        spans = list(self._spans())
        if not 0 <= index < len(spans):
            self.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(spans[index][0])
        cursor.setPosition(spans[index][1], QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        selection.format.setBackground(theme.colours_of().color("selection"))
        self.setExtraSelections([selection])

    def _fit_height(self) -> None:
        metrics = QFontMetrics(self.font())
        rows = max(_LINES, round(self.document().size().height()))
        edges = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        self.setFixedHeight(min(rows, 6) * metrics.lineSpacing() + edges + 2)


class CaptionEditor(QWidget):
    """The caption with, below it, the other sentences that the search found, one click away.

    ``changed`` comes with every edit, ``committed`` with Enter, ``word_pointed`` as of CaptionEdit.
    """

    changed = Signal()
    committed = Signal()
    word_pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = CaptionEdit(self)
        self._original = ""
        self._others = QVBoxLayout()
        self._others.setSpacing(theme.SPACE // 4)
        self._heading = QLabel(self.tr("Other captions"), self)
        self._heading.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE // 2)
        layout.addWidget(self.edit)
        layout.addWidget(self._heading)
        layout.addLayout(self._others)
        self.choices: list[ChoiceButton] = []
        self.edit.textChanged.connect(self._text_changed)
        self.edit.committed.connect(self.committed)
        self.edit.reverted.connect(self.revert)
        self.edit.word_pointed.connect(self.word_pointed)
        self.show_caption("", float("nan"), ())

    @property
    def text(self) -> str:
        """The caption as it stands in the editor, on one line."""
        return " ".join(words_of(self.edit.toPlainText()))

    @property
    def is_edited(self) -> bool:
        """Whether it is another caption than the one that was shown."""
        return self.text != " ".join(words_of(self._original))

    def show_caption(
        self,
        text: str,
        log_probability: float,
        alternatives: Sequence[Alternative],
        calibrated: float | None = None,
    ) -> None:
        """Show a caption and its runners-up; what was typed is gone.

        Where the model says how likely its caption is right, it says nothing such of the others.
        """
        self._original = text
        self._set(text)
        shares = {text: confidence(text, log_probability, calibrated)}
        for other in alternatives:
            sure = None if calibrated is not None else confidence(other.text, other.log_probability)
            shares[other.text] = shares[text] if other.text == text and calibrated is not None else sure
        for choice in self.choices:
            self._others.removeWidget(choice)
            choice.deleteLater()
        self.choices = []
        shares.pop("", None)  # where a person wants none
        if len(shares) > 1 or not text:
            for sentence, sure in shares.items():
                self._add_choice(sentence, sure)
        self._heading.setVisible(bool(self.choices))
        self._tell_choices()

    def revert(self) -> None:
        """Take back what was typed."""
        self._set(self._original)

    def type(self, text: str) -> None:
        """Put another text in place, as if it had been typed."""
        self._set(text)

    def choose(self, index: int) -> None:
        """Take one of the sentences, 0 for the model's first."""
        if 0 <= index < len(self.choices):
            self._set(self.choices[index].text())

    def _add_choice(self, sentence: str, sure: float | None) -> None:
        share = "" if sure is None else f"{sure:.0%}"
        button = ChoiceButton(sentence, share, self)
        button.clicked.connect(lambda: self._set(sentence))
        self._others.addWidget(button)
        self.choices.append(button)

    def _set(self, text: str) -> None:
        if self.edit.toPlainText() == text:
            return
        cursor = self.edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)  # not setPlainText: the editor's own undo keeps what was typed
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.edit.setTextCursor(cursor)

    def _text_changed(self) -> None:
        self._tell_choices()
        self.changed.emit()

    def _tell_choices(self) -> None:
        text = self.text
        for choice in self.choices:
            choice.setChecked(choice.text() == text)
