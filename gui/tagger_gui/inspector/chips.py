"""The tags of one photo as chips: leave out, take back, add with completion, accept what the model offers.

Knows words only; whether and how they are written is decided elsewhere.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tagger.captioning.names import clean_name, fold_name
from tagger.core.records import Tag
from tagger_gui import theme
from tagger_gui.inspector.chip import Chip, ChipState
from tagger_gui.inspector.flow import FlowLayout

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TagEntry(QLineEdit):
    """Where a word is typed; Enter adds it, and where nothing is typed Enter is left to others."""

    def event(self, event: QEvent) -> bool:
        """Claim Enter before it is a shortcut of the window."""
        asked = event.type() == QEvent.Type.ShortcutOverride and bool(self.text())
        if asked and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter while there is a word."""
        super().keyPressEvent(event)
        if event.key() in _ENTER and self.text():
            event.accept()


class TagChips(QWidget):
    """The tags of one photo. ``changed`` comes with every decision; ``more_wanted`` asks for what the model offers."""

    changed = Signal()
    more_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lineages: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._given: dict[str, str] = {}
        self._holder = QWidget(self)
        self._flow = FlowLayout(self._holder, gap=theme.SPACE - 2)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._holder.setSizePolicy(policy)
        self.entry = TagEntry(self)
        self.entry.setPlaceholderText(self.tr("Add a tag"))
        self.entry.setAccessibleName(self.tr("Add a tag"))
        self.entry.setClearButtonEnabled(True)
        self._words = QStringListModel(self)
        completer = QCompleter(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(8)
        completer.activated.connect(self._add_typed, Qt.ConnectionType.QueuedConnection)
        self.entry.setCompleter(completer)
        self.entry.returnPressed.connect(self._add_typed)
        self.more = QPushButton(self.tr("Suggest more"), self)
        self.more.setToolTip(self.tr("Tags of which the model is not sure enough to write them by itself"))
        self.more.clicked.connect(self.more_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(self._holder)
        row = QHBoxLayout()
        row.addWidget(self.entry, 1)
        row.addWidget(self.more)
        layout.addLayout(row)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The chips in their order."""
        found = (self._flow.itemAt(index) for index in range(self._flow.count()))
        return tuple(widget for item in found if item and isinstance(widget := item.widget(), Chip))

    @property
    def added(self) -> tuple[str, ...]:
        """The words that the photo did not have when it was shown, and that it shall have."""
        return tuple(label for label in self._wanted() if fold_name(label) not in self._given)

    @property
    def removed(self) -> tuple[str, ...]:
        """The words that the photo had when it was shown, and that it shall not have."""
        wanted = {fold_name(label) for label in self._wanted()}
        return tuple(label for name, label in self._given.items() if name not in wanted)

    def set_vocabulary(self, words: Mapping[str, tuple[str, ...]]) -> None:
        """What is offered while typing: each word with its ancestors, nearest first."""
        self._lineages = {fold_name(word): (word, ancestors) for word, ancestors in words.items()}
        self._words.setStringList(sorted(words, key=str.casefold))

    def show_tags(self, tags: Sequence[Tag], *, rejected: Sequence[Tag] = (), added: Sequence[str] = ()) -> None:
        """Show the tags of a photo, surest first; what was changed of the one before is gone.

        ``rejected`` are tags of the model that a person took out earlier, ``added`` are those of ``tags`` that a
        person put in.
        """
        while (item := self._flow.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        own = {fold_name(label) for label in added}
        for tag in tags:
            self._append(tag, ChipState.ADDED if fold_name(tag.label) in own else ChipState.KEPT)
        for tag in rejected:
            self._append(tag, ChipState.REJECTED)
        self._given = {fold_name(tag.label): tag.label for tag in tags}
        self.entry.clear()
        self._holder.updateGeometry()

    def offer(self, tags: Sequence[Tag]) -> None:
        """Show what the model is not sure enough of, behind the rest, instead of what was offered before."""
        for chip in self.chips:
            if chip.state is ChipState.OFFERED:
                self._drop(chip)
        known = {fold_name(chip.tag.label) for chip in self.chips}
        for tag in tags:
            if fold_name(tag.label) not in known:
                self._append(tag, ChipState.OFFERED)
        self._holder.updateGeometry()

    def add(self, word: str) -> None:
        """Add a word as a person's; one that was left out comes back."""
        name = clean_name(word.replace(";", " "))
        if not name:
            return
        for chip in self.chips:
            if fold_name(chip.tag.label) == fold_name(name):
                self._accept(chip)
                return
        spelt, ancestors = self._lineages.get(fold_name(name), (name, ()))
        self._append(Tag(spelt, 1.0, ancestors), ChipState.ADDED)
        self._changed()

    def reject(self, word: str) -> None:
        """Leave a word out; one that a person added is gone."""
        for chip in self.chips:
            if fold_name(chip.tag.label) == fold_name(word):
                self._reject(chip)

    def _wanted(self) -> list[str]:
        return [chip.tag.label for chip in self.chips if chip.state in (ChipState.KEPT, ChipState.ADDED)]

    def _append(self, tag: Tag, state: ChipState) -> None:
        chip = Chip(tag, state, self._holder)
        chip.accepted.connect(lambda: self._accept(chip))
        chip.rejected.connect(lambda: self._reject(chip))
        offered = (index for index, other in enumerate(self.chips) if other.state is ChipState.OFFERED)
        self._flow.insert(next(offered, self._flow.count()) if state is ChipState.ADDED else self._flow.count(), chip)
        chip.show()

    def _accept(self, chip: Chip) -> None:
        if chip.state is ChipState.REJECTED:
            chip.state = ChipState.KEPT
        elif chip.state is ChipState.OFFERED:
            chip.state = ChipState.ADDED
        else:
            return
        self._changed()

    def _reject(self, chip: Chip) -> None:
        if chip.state is ChipState.ADDED:
            self._drop(chip)
        elif chip.state is ChipState.KEPT:
            chip.state = ChipState.REJECTED
        else:
            return
        self._changed()

    def _drop(self, chip: Chip) -> None:
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _add_typed(self) -> None:
        word = self.entry.text()
        self.entry.clear()
        self.add(word)

    def _changed(self) -> None:
        self._holder.updateGeometry()
        self.changed.emit()
