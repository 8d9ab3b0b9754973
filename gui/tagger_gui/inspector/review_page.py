"""How the review looks: the picture, beside it the words and the buttons, below the keys. Does nothing by itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tagger_gui import theme
from tagger_gui.inspector.column import NameLabel, plain_label
from tagger_gui.inspector.decision_bar import DecisionBar
from tagger_gui.inspector.drafts import Drafts
from tagger_gui.inspector.picture import PictureView
from tagger_gui.inspector.state_label import StateLabel
from tagger_gui.inspector.words import WordsPanel

_SIDE = 400  # pixels of the column with the words


class ReviewPage(QWidget):
    """The parts of the review: ``pages`` shows the photo, or a sentence where there is none."""

    def __init__(self, drafts: Drafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = PictureView(self)
        self.words = WordsPanel(drafts, self)
        self.decisions = DecisionBar(self)
        self.state = StateLabel(self)
        self.name = NameLabel(self)
        self.counter = QLabel(self)
        self.notice = plain_label("", self)
        self.empty = plain_label("", self)
        self.back = QPushButton(self.tr("Back to the library"), self)
        self.close_review = QPushButton(self.tr("Close the review"), self)
        self.close_review.setProperty("role", "quiet")
        self.again = QPushButton(self.tr("Look again"), self)
        self.pages = QStackedWidget(self)
        self.counter.setProperty("role", "muted")
        self.notice.setProperty("role", "danger")
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.state)
        side = QWidget(self)
        side.setFixedWidth(_SIDE)
        inner = QVBoxLayout()
        inner.setContentsMargins(theme.SPACE * 2, theme.SPACE * 2, theme.SPACE, 0)
        inner.setSpacing(theme.SPACE)
        inner.addLayout(head)
        inner.addWidget(self.counter)
        inner.addWidget(self.notice)
        inner.addWidget(self.words, 1)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(inner, 1)
        column.addWidget(self.decisions)
        page = QWidget(self)
        layout = QHBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.picture, 1)
        layout.addWidget(side)
        for widget in (page, self._empty_page()):
            self.pages.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.pages, 1)
        outer.addWidget(self._keys_strip())
        for button in self.findChildren(QAbstractButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Enter is about the photo again

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.again)
        buttons.addWidget(self.back)
        buttons.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setSpacing(theme.SPACE * 2)
        layout.addStretch(1)
        layout.addWidget(self.empty)
        layout.addLayout(buttons)
        layout.addStretch(1)
        return page

    def _keys_strip(self) -> QWidget:
        strip = QFrame(self)
        strip.setProperty("role", "strip")
        keys = self.tr("Enter approves  ·  Backspace rejects  ·  Right and Left turn  ·  E edits  ·  U takes back")
        label = QLabel(keys, strip)
        label.setProperty("role", "muted")
        layout = QHBoxLayout(strip)
        layout.setContentsMargins(theme.SPACE * 2, theme.SPACE, theme.SPACE * 2, theme.SPACE)
        layout.addWidget(label)
        layout.addStretch(1)
        layout.addWidget(self.close_review)
        return strip
