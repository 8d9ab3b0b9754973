"""The sidebar of the library: what to search for, and what to choose beside it. Its answer is one Wanted.

Knows what can be asked for, not what is found: the counts are told to it.
"""

import re
from datetime import date

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from tagger.core.errors import RunError, TaggerError
from tagger_gui import texts
from tagger_gui.library.badges import badge_pixmap
from tagger_gui.library.counted import CountedList
from tagger_gui.library.folders import FolderTree
from tagger_gui.library.searching import Counts
from tagger_gui.library.wanted import Wanted
from tagger_gui.notice import sentence
from tagger_gui.photo_states import state_name
from tagger_gui.theme import SPACE, PhotoState, colours_of

_TYPING_MILLISECONDS = 150
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")


class Filters(QFrame):
    """Search box, states, dates, tags and folders."""

    changed = Signal(object)
    """The Wanted that was chosen; its order is not chosen here."""
    left = Signal()
    """Down or Enter in the search box: on to the photos."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "sidebar")
        self._wanted = Wanted()
        self.search = _field(self.tr("Search captions and tags"), self.tr("Search"))
        self.search.setToolTip(
            self.tr(
                '<b>dog beach</b> both words, as beginnings<br><b>"sandy beach"</b> these words in this order<br>'
                "<b>dog OR cat</b> either<br><b>-dog</b> without it<br><b>tag:dog</b> with the tag, or one below it<br>"
                "<b>path:2024/may</b> in the path<br><b>since:2024-05 until:2024</b> when it was taken<br>"
                "<b>score&lt;0.3</b> captions that the model was unsure of"
            )
        )
        self.search.installEventFilter(self)
        self.problem = QLabel()
        self.problem.setProperty("role", "danger")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.clear_button = QPushButton(self.tr("Clear"))
        self.clear_button.setProperty("role", "quiet")
        place = self.clear_button.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self.clear_button.setSizePolicy(place)
        self.clear_button.setAccessibleName(self.tr("Show all photos"))
        self.clear_button.clicked.connect(self.clear)
        self.states = CountedList(name_of=lambda key: state_name(PhotoState(key)), mark_of=self._mark)
        self.states.setAccessibleName(self.tr("State"))
        self.since = _field(self.tr("from 2023"), self.tr("Taken since, as 2024, 2024-05 or 2024-05-31"))
        self.until = _field(self.tr("to 2024-05"), self.tr("Taken until, as 2024, 2024-05 or 2024-05-31"))
        self.tag_search = _field(self.tr("Find a tag"), self.tr("Find a tag"))
        self.tags = CountedList()
        self.tag_search.textChanged.connect(self.tags.narrow)
        self.tags.setAccessibleName(self.tr("Tags"))
        self._folders_heading = _heading(self.tr("Folders"))
        self.folders = FolderTree()
        self.folders.setAccessibleName(self.tr("Folders"))
        self._lay_out()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self._tell)
        for field in (self.search, self.since, self.until):
            field.textChanged.connect(lambda: self._typing.start())
            field.returnPressed.connect(self._tell)
        for chooser in (self.states, self.tags, self.folders):
            chooser.chosen_changed.connect(self._tell)
        self.count(Counts())
        self._show_clear()

    @property
    def wanted(self) -> Wanted:
        """What is chosen now; a date that is none yet counts as none."""
        return Wanted(
            text=self.search.text(),
            states=frozenset(PhotoState(key) for key in self.states.chosen),
            tags=self.tags.chosen,
            folder=self.folders.chosen,
            since=_date(self.since.text()) or "",
            until=_date(self.until.text()) or "",
        )

    def choose(self, wanted: Wanted) -> None:
        """Show another choice, silently."""
        for field, text in ((self.search, wanted.text), (self.since, wanted.since), (self.until, wanted.until)):
            field.setText(text)
        self.states.set_chosen(str(state) for state in PhotoState if state in wanted.states)
        self.tags.set_chosen(wanted.tags)
        self.folders.set_chosen(wanted.folder)
        self._typing.stop()
        self._wanted = self.wanted
        self._mark_dates()
        self._show_clear()

    def clear(self) -> None:
        """Show all photos again."""
        self.tag_search.clear()
        self.choose(Wanted())
        self.changed.emit(self._wanted)
        self.search.setFocus()

    def count(self, counts: Counts) -> None:
        """Show how many photos each thing has."""
        states = {str(state): counts.states.get(state, 0) for state in PhotoState}
        self.states.set_counts({key: count for key, count in states.items() if count})
        self.states.setFixedHeight(max(1, self.states.height_of_all()))
        self.tags.set_counts(counts.labels)
        self.folders.set_counts(counts.folders)
        for part in (self._folders_heading, self.folders):
            part.setVisible(any(counts.folders))

    def tell_problem(self, error: TaggerError | None) -> None:
        """Say below the search box why it finds nothing; None: nothing is wrong."""
        parts = (error.cause, error.hint) if isinstance(error, RunError) else (str(error or ""),)
        text = " ".join(sentence(part) for part in parts if part)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        """Down leads from the search box to the photos, Escape empties it."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Wide enough for a tag with its count."""
        return QSize(33 * SPACE, 80 * SPACE)

    def _lay_out(self) -> None:
        dates = QHBoxLayout()
        dates.setSpacing(SPACE)
        dates.addWidget(self.since)
        dates.addWidget(QLabel("\N{EN DASH}"))
        dates.addWidget(self.until)
        top = QHBoxLayout()
        top.addWidget(_heading(self.tr("Show")), 1)
        top.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.search)
        column.addWidget(self.problem)
        column.addLayout(top)
        column.addWidget(self.states)
        column.addSpacing(SPACE)
        column.addWidget(_heading(self.tr("Taken")))
        column.addLayout(dates)
        column.addSpacing(SPACE)
        column.addWidget(_heading(self.tr("Tags")))
        column.addWidget(self.tag_search)
        column.addWidget(self.tags, 3)
        column.addSpacing(SPACE)
        column.addWidget(self._folders_heading)
        column.addWidget(self.folders, 2)

    def _mark(self, key: str) -> QPixmap:
        return badge_pixmap(PhotoState(key), colours_of(), self.devicePixelRatioF())

    def _tell(self) -> None:
        self._typing.stop()
        self._mark_dates()
        self._show_clear()
        wanted = self.wanted
        if wanted != self._wanted:
            self._wanted = wanted
            self.changed.emit(wanted)

    def _mark_dates(self) -> None:
        wrong = [field.text() for field in (self.since, self.until) if _date(field.text()) is None]
        if wrong:
            hint = self.tr("write 2024, 2024-05 or 2024-05-31")
            self.tell_problem(RunError(self.tr("{date} is no date").format(date=texts.shown(wrong[0])), hint))
        else:
            self.tell_problem(None)

    def _show_clear(self) -> None:
        self.clear_button.setVisible(self.wanted != Wanted())


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label


def _field(placeholder: str, name: str) -> QLineEdit:
    field = QLineEdit()
    field.setPlaceholderText(placeholder)
    field.setAccessibleName(name)
    field.setClearButtonEnabled(True)
    return field


def _date(text: str) -> str | None:
    """A year, month or day as a search wants it; empty for nothing, None for what is no date."""
    text = text.strip()
    if not text:
        return ""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return None
    return "-".join([found[1], *(part.zfill(2) for part in found.groups()[1:] if part)])
