"""What the user wants to see: the parts of a search, and the one query string that they make (docs/search.md).

Knows no widget. A photo that is new, or that another program changed, is in no index as such: those states are no
part of the query and are looked up elsewhere.
"""

import os
from dataclasses import dataclass, replace
from typing import Any, Self

from tagger.storage.searching import Order
from tagger_gui.theme import PhotoState

_IN_INDEX = (PhotoState.MACHINE, PhotoState.APPROVED, PhotoState.REVIEW, PhotoState.REJECTED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search: what was typed, and what was chosen beside it.

    ``states``: any of them, all when empty. ``tags``: every one of them. ``folder`` is relative to the root (``/``
    between names), empty for all of it. ``since`` and ``until`` are ISO dates, or empty.
    """

    text: str = ""
    states: frozenset[PhotoState] = frozenset()
    tags: tuple[str, ...] = ()
    folder: str = ""
    since: str = ""
    until: str = ""
    order: Order = Order.PATH
    descending: bool = False

    def replace(self, **changes: Any) -> Self:
        """A copy with these parts."""
        return replace(self, **changes)

    @property
    def words(self) -> str:
        """The query without the states."""
        text = self.text.strip()
        terms = [f"({text})" if " OR " in text else text]  # so that the rest holds for both sides
        terms += [f'tag:"{tag.replace(chr(34), " ")}"' for tag in self.tags]
        terms += [f"since:{self.since}"] if self.since else []
        terms += [f"until:{self.until}"] if self.until else []
        return " ".join(term for term in terms if term)

    @property
    def query(self) -> str:
        """The whole query, as far as an index can answer it: the states in it are those that it knows."""
        states = [f"state:{state}" for state in _IN_INDEX if state in self.states]
        if not states:
            return self.words
        either = states[0] if len(states) == 1 else f"({' OR '.join(states)})"
        return f"{self.words} {either}".strip()

    @property
    def is_everything(self) -> bool:
        """Whether nothing at all is left out."""
        return not (self.states or self.folder or self.words)

    @property
    def asks_index(self) -> bool:
        """Whether a state that only an index knows is among those that are wanted, or none is chosen."""
        return not self.states or any(state in self.states for state in _IN_INDEX)

    def takes(self, state: PhotoState) -> bool:
        """Whether photos in this state are wanted, as far as it is a matter of states."""
        return not self.states or state in self.states

    def has_folder(self, name: bytes) -> bool:
        """Whether a photo (its path relative to the root) is in the folder that is wanted."""
        return not self.folder or name.startswith(os.fsencode(self.folder) + b"/")
