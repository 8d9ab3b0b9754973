"""What was done to one photo, newest first, and taking one change of it back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from tagger.core.records import ChangeState, JournalRecord
from tagger_gui import theme
from tagger_gui.inspector.column import ScrolledColumn, plain_label
from tagger_gui.inspector.fields import alike
from tagger_gui.inspector.texts import action_name, change_state_name, tooltip
from tagger_gui.texts import moment


class PhotoHistory(ScrolledColumn):
    """The journal's records of a photo; ``undo_wanted(records)`` asks to take those of one run back."""

    undo_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("History of this photo"))
        self.buttons: list[QPushButton] = []
        self.show_records(())

    def show_records(self, records: tuple[JournalRecord, ...]) -> None:
        """Show these records, which come newest first."""
        self.buttons = []
        holder, layout = self.refill()
        if not records:
            empty = plain_label(self.tr("Nothing was written into this photo yet."), holder)
            empty.setProperty("role", "muted")
            layout.addWidget(empty)
        for group in by_run(records):
            layout.addWidget(self._card(group, holder))
        layout.addStretch(1)

    def _card(self, group: list[JournalRecord], parent: QWidget) -> QWidget:
        first = group[0]
        card = QFrame(parent)
        card.setProperty("role", "card")
        what = QLabel(f"{action_name(first.intent.action)} · {change_state_name(first.state)}", card)
        what.setProperty("role", "heading")
        when = QLabel(moment(first.begun_at), card)
        when.setTextFormat(Qt.TextFormat.PlainText)
        when.setProperty("role", "muted")
        when.setToolTip(tooltip(first.run))
        top, texts = QHBoxLayout(), QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(what)
        texts.addWidget(when)
        top.addLayout(texts, 1)
        undoable = [record for record in group if record.state is ChangeState.COMMITTED]
        if undoable:
            button = QPushButton(self.tr("Undo"), card)
            button.setAccessibleName(self.tr("Undo: {what}, {when}").format(what=what.text(), when=when.text()))
            button.setToolTip(self.tr("Put back what was there before"))
            button.clicked.connect(lambda: self.undo_wanted.emit(undoable))
            self.buttons.append(button)
            top.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(theme.SPACE * 3 // 2, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(theme.SPACE // 2)
        layout.addLayout(top)
        changes = {(before, after) for one in group for _, before, after in alike(one.change.fields)}
        for before, after in sorted(changes):
            layout.addWidget(plain_label(f"{before or '–'}  →  {after or '–'}", card))
        return card


def by_run(records: tuple[JournalRecord, ...]) -> list[list[JournalRecord]]:
    """Records that belong together: a photo's and its sidecar's of one run."""
    groups: dict[str, list[JournalRecord]] = {}
    for record in records:
        groups.setdefault(record.run, []).append(record)
    return list(groups.values())
