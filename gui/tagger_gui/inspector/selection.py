"""Several photos at once: how many are in which state, which tags they share, and what can be done to all of them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from tagger_gui import theme
from tagger_gui.inspector.column import ScrolledColumn
from tagger_gui.inspector.summary import Summary
from tagger_gui.photo_states import state_name
from tagger_gui.texts import number, shown

if TYPE_CHECKING:
    from tagger_gui.inspector.batch import BatchBar

_TAGS = 12  # shown at most


class SelectionPage(ScrolledColumn):
    """The page of a selection, with the batch operations on it."""

    def __init__(self, batch: "BatchBar", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        holder, layout = self.refill()
        self.title, self.states, self.tags = QLabel(holder), QLabel(holder), QLabel(holder)
        self.title.setProperty("role", "heading")
        for label in (self.states, self.tags):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setProperty("role", "muted")
        layout.setContentsMargins(theme.SPACE * 2, theme.SPACE * 2, theme.SPACE * 2, theme.SPACE * 2)
        for label in (self.title, self.states, self.tags):
            layout.addWidget(label)
        layout.addSpacing(theme.SPACE)
        layout.addWidget(batch)
        layout.addStretch(1)

    def show_summary(self, summary: Summary) -> None:
        """Show the counts."""
        self.title.setText(self.tr("%n photos selected", "", summary.photos))
        states = [f"{number(count)} {state_name(state).lower()}" for state, count in summary.states.most_common()]
        text = ", ".join(states)
        if summary.looked_at < summary.photos:
            text = self.tr("The first {count}: {text}").format(count=number(summary.looked_at), text=text)
        self.states.setText(text if summary.looked_at else "")
        tags = [f"{shown(tag)} {count}" for tag, count in summary.tags.most_common(_TAGS)]
        self.tags.setText(self.tr("Tags: {tags}").format(tags=", ".join(tags)) if tags else "")
        self.tags.setVisible(bool(tags))
