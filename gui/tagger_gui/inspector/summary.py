"""Counts over a selection of photos: how many are in which state, which tags they have. Knows no widget."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.errors import TaggerError
from tagger_gui.theme import PhotoState

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary

LOOKED_AT = 2000  # photos: of more, the first ones stand for all


@dataclass(frozen=True, slots=True)
class Summary:
    """Of ``photos`` photos, ``looked_at`` were: how many are in each state and have each tag."""

    photos: int
    looked_at: int = 0
    states: Counter[PhotoState] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)


def summarise(library: "OpenLibrary", paths: Sequence[Path]) -> Summary:
    """Count over the rows of photos. Raises RunError."""
    states: Counter[PhotoState] = Counter()
    tags: Counter[str] = Counter()
    for path in paths[:LOOKED_AT]:
        entry = library.index.get(path)
        states[PhotoState.NEW if entry is None else PhotoState(entry.state.value)] += 1
        tags.update(() if entry is None else {tag.label for tag in entry.caption.tags})
    return Summary(len(paths), min(len(paths), LOOKED_AT), states, tags)


def summary_of(reading: "Callable[[], AbstractContextManager[OpenLibrary]]", paths: Sequence[Path]) -> Summary:
    """Open the library, and count; of one that cannot be read nothing is known. The window says why."""
    try:
        with reading() as library:
            return summarise(library, paths)
    except TaggerError:
        return Summary(len(paths))
