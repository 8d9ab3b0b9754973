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
from tagger_gui.inspector.drafts import Drafts


class WordsPanel(ScrolledColumn):
    """Caption, other captions, tags of one photo; what a person changes is kept until it is reverted or decided, in
    ``drafts``, which others may share.

    ``draft_changed`` comes with every edit, ``committed`` with Enter in the caption.
    ``word_pointed(index)`` is the word of the caption under the mouse, -1 for none; ``more_wanted`` asks for tags that
    the model is not sure of.
    """

    draft_changed = Signal()
    committed = Signal()
    word_pointed = Signal(int)
    more_wanted = Signal()

    def __init__(self, drafts: Drafts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: IndexEntry | None = None
        self._path: Path | None = None
        self._drafts = drafts or Drafts(parent=self)
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
        self.caption.changed.connect(self._edited)
        self.caption.committed.connect(self.committed)
        self.caption.word_pointed.connect(self.word_pointed)
        self.tags.changed.connect(self._edited)
        self.tags.more_wanted.connect(self.more_wanted)
        self._drafts.changed.connect(self._follow)
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
        self._path = path
        self._fill(None)

    def show_entry(self, entry: IndexEntry | None) -> None:
        """Show the words of the photo, and what was changed of them before; None where it has none yet."""
        self._fill(entry)

    def revert(self) -> None:
        """Forget what was changed."""
        if self._path is not None:
            self._drafts.forget(self._path)
        self._fill(self._entry)

    def _edited(self) -> None:
        """Remember what is changed, with every letter: the words of a photo may be read anew at any time."""
        if self._path is not None and self._entry is not None:
            self._drafts.keep(self._path, self.draft)
        self.draft_changed.emit()

    def _follow(self, path: Path) -> None:
        """The draft of a photo was changed, perhaps by another panel."""
        if path == self._path and self._entry is not None and self._drafts.of(path) != self.draft:
            self._fill(self._entry)

    def _fill(self, entry: IndexEntry | None) -> None:
        self._entry = None  # what the widgets tell while they are filled is no draft
        if entry is None:
            self.caption.show_caption("", float("nan"), ())
            self.tags.show_tags(())
        else:
            caption = entry.caption
            said = entry.correction.caption  # by the model, before a person changed it
            others = (Alternative(said, float("nan")), *caption.alternatives) if said else caption.alternatives
            self.caption.show_caption(caption.text, caption.log_probability, others, caption.confidence)
            self.tags.show_tags(caption.tags, rejected=entry.correction.rejected, added=entry.correction.added)
            if self._path is not None:
                self._restore(self._drafts.of(self._path))
        self.setEnabled(entry is not None)
        self._entry = entry
        if self._path is not None and entry is not None:  # what came true meanwhile is no draft any more
            self._drafts.keep(self._path, self.draft)
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
