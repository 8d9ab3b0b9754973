"""Caption and tags of one photo with what a person makes of them: the draft. Decides nothing itself."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from tagger.core.records import Alternative, IndexEntry
from tagger_gui import theme
from tagger_gui.inspector.caption_editor import CaptionEditor, words_of
from tagger_gui.inspector.chips import TagChips
from tagger_gui.inspector.column import ScrolledColumn
from tagger_gui.inspector.draft import Draft


class WordsPanel(ScrolledColumn):
    """Caption, other captions, tags of one photo; what a person changes is kept until it is reverted or decided.

    ``draft_changed`` comes with every edit, ``committed`` with Enter in the caption.
    ``word_pointed(index)`` is the word of the caption under the mouse, -1 for none; ``more_wanted`` asks for tags that
    the model is not sure of.
    """

    draft_changed = Signal()
    committed = Signal()
    word_pointed = Signal(int)
    more_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: IndexEntry | None = None
        self._path: Path | None = None
        self._drafts: dict[Path, Draft] = {}
        self.caption = CaptionEditor(self)
        self.tags = TagChips(self)
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "muted")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder, layout = self.refill()
        layout.addWidget(_heading(self.tr("Caption"), holder))
        layout.addWidget(self.caption)
        layout.addWidget(self.hint)
        layout.addSpacing(theme.SPACE)
        layout.addWidget(_heading(self.tr("Tags"), holder))
        layout.addWidget(self.tags)
        layout.addStretch(1)
        self.caption.changed.connect(self.draft_changed)
        self.caption.committed.connect(self.committed)
        self.caption.word_pointed.connect(self.word_pointed)
        self.tags.changed.connect(self.draft_changed)
        self.tags.more_wanted.connect(self.more_wanted)
        self.show_hint("")

    @property
    def entry(self) -> IndexEntry | None:
        """What is shown."""
        return self._entry

    @property
    def draft(self) -> Draft:
        """What a person changed so far."""
        if self._entry is None:
            return Draft()
        edited = self.caption.text if self.caption.is_edited else None
        return Draft(edited, self.tags.added, self.tags.removed)

    @property
    def words(self) -> list[str]:
        """The words of the caption as it stands in the editor."""
        return words_of(self.caption.text)

    def turn(self, path: Path | None) -> None:
        """Turn to another photo, of which nothing is known yet; what was changed of this one comes back with it."""
        self._keep()
        self._path = path
        self._fill(None)

    def show_entry(self, entry: IndexEntry | None) -> None:
        """Show the words of the photo, and what was changed of them before; None where it has none yet."""
        self._keep()
        self._fill(entry)

    def revert(self) -> None:
        """Forget what was changed."""
        if self._path is not None:
            self._drafts.pop(self._path, None)
        self._fill(self._entry)

    def _keep(self) -> None:
        """Remember what is changed at the moment: the words of a photo may be read anew, or be gone for a while."""
        if self._path is None or self._entry is None:
            return
        if self.draft.is_empty:
            self._drafts.pop(self._path, None)
        else:
            self._drafts[self._path] = self.draft

    def _fill(self, entry: IndexEntry | None) -> None:
        self._entry = None  # what the widgets tell while they are filled is no draft
        if entry is None:
            self.caption.show_caption("", float("nan"), ())
            self.tags.show_tags(())
        else:
            caption = entry.caption
            said = entry.correction.caption  # by the model, before a person changed it
            others = (Alternative(said, float("nan")), *caption.alternatives) if said else caption.alternatives
            self.caption.show_caption(caption.text, caption.log_probability, others)
            self.tags.show_tags(caption.tags, rejected=entry.correction.rejected, added=entry.correction.added)
            if self._path in self._drafts:
                self._restore(self._drafts[self._path])
        self.setEnabled(entry is not None)
        self._entry = entry
        self.show_hint("")
        self.draft_changed.emit()

    def _restore(self, draft: Draft) -> None:
        if draft.caption is not None:
            self.caption.type(draft.caption)
        for word in draft.removed:
            self.tags.reject(word)
        for word in draft.added:
            self.tags.add(word)

    def show_hint(self, text: str) -> None:
        """Say something below the caption."""
        self.hint.setText(text)
        self.hint.setVisible(bool(text))


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setProperty("role", "heading")
    return label
