"""How a photo of the grid is put in words: for its tooltip, and for who listens instead of looking."""

from html import escape
from typing import TYPE_CHECKING

from tagger.storage.text import printable
from tagger_gui.photo_states import state_name, state_sentence
from tagger_gui.texts import shown
from tagger_gui.theme import PhotoState

if TYPE_CHECKING:
    from tagger.core.records import IndexEntry


def tip(name: bytes, state: PhotoState | None, entry: "IndexEntry | None", problem: str) -> str:
    """A tooltip as HTML; ``name`` is the path relative to the root."""
    caption = entry.caption if entry else None
    lines = [
        f"<b>{escape(shown(caption.text))}</b>" if caption and caption.text else "",
        escape(shown(", ".join(tag.label for tag in caption.tags))) if caption else "",
        escape(shown(printable(name))),
        escape(state_sentence(state)) if state else "",
        escape(shown(problem)),
    ]
    return "<br>".join(line for line in lines if line)


def spoken(name: bytes, state: PhotoState | None, entry: "IndexEntry | None") -> str:
    """The photo for a screen reader."""
    caption = shown(entry.caption.text) if entry else ""
    parts = (caption, printable(name.rpartition(b"/")[2]), state_name(state) if state else "")
    return ", ".join(part for part in parts if part)
