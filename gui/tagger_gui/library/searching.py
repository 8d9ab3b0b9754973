"""One search over index and survey together: which photos, in which order; and the counts beside it.

Everything here may take a moment and belongs into a thread. Knows no widget.
"""

import os
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tagger.storage.browsing import Browsing, Selected
from tagger.storage.query import parse
from tagger_gui.library.survey import Survey
from tagger_gui.library.wanted import Wanted
from tagger_gui.theme import PhotoState


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one search: photos in order (0 for the id of one without a row), and where each stands.

    ``failed`` says why photos could not be captioned.
    """

    wanted: Wanted
    survey: Survey = field(default_factory=Survey)
    failed: Mapping[bytes, str] = field(default_factory=dict)
    photos: Selected = field(default_factory=Selected)
    rows: dict[bytes, int] = field(default_factory=dict)

    def state(self, name: bytes, state: str | None) -> PhotoState:
        """What a photo's badge says; ``state`` is its row's, None where it has none."""
        if name in self.failed:
            return PhotoState.FAILED
        if state is None:
            return PhotoState.NEW
        return PhotoState.OUTSIDE if name in self.survey.outside else PhotoState(state)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the filters show: how many of the photos found have each tag, are in each state; photos in each folder."""

    labels: dict[str, int] = field(default_factory=dict)
    states: dict[PhotoState, int] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)


def find(browsing: Browsing, wanted: Wanted, survey: Survey, only: Sequence[bytes] | None = None) -> Found:
    """Search; ``only`` are photos to show in this order instead. Raises RunError."""
    failed = browsing.failures()
    if only is not None:
        photos = browsing.these(only)
    else:
        parse(wanted.text)  # by itself: an open quote must not swallow what was chosen beside it
        photos = _with_rows(browsing, wanted, survey, failed)
        unknown = [] if wanted.words else _unknown(browsing, survey, failed)  # which have no words
        unknown = [name for name in unknown if wanted.has_folder(name) and wanted.takes(_state(name, failed))]
        if unknown:
            photos = Selected(array("q", [0] * len(unknown)) + photos.ids, unknown + photos.names)
    return Found(wanted, survey, failed, photos, {name: row for row, name in enumerate(photos.names)})


def count(browsing: Browsing, wanted: Wanted, survey: Survey) -> Counts:
    """Count for the filters: tags of what is found, states of what would be found in any state. Raises RunError."""
    states = {PhotoState(state): number for state, number in browsing.states(wanted.words, below=wanted.folder).items()}
    failed = browsing.failures()
    unknown = _unknown(browsing, survey, failed)
    if not wanted.words:
        new = [name for name in unknown if name not in failed]
        for state, names in ((PhotoState.NEW, new), (PhotoState.OUTSIDE, survey.outside), (PhotoState.FAILED, failed)):
            states[state] = sum(1 for name in names if wanted.has_folder(name))
    folders = Counter(browsing.folders())
    folders.update(os.fsdecode(name.rpartition(b"/")[0]) for name in unknown)
    return Counts(browsing.labels(wanted.query, below=wanted.folder), states, dict(sorted(folders.items())))


def _with_rows(browsing: Browsing, wanted: Wanted, survey: Survey, failed: Mapping[bytes, str]) -> Selected:
    def select(query: str) -> Selected:
        return browsing.select(query, order=wanted.order, descending=wanted.descending, below=wanted.folder)

    beside: set[bytes] = set()
    if PhotoState.OUTSIDE in wanted.states:
        beside |= survey.outside
    if PhotoState.FAILED in wanted.states:
        beside.update(failed)
    if not beside:
        return select(wanted.query) if wanted.asks_index else Selected()
    if wanted.asks_index:
        beside.update(select(wanted.query).names)
    every = select(wanted.words)
    kept = [row for row, name in enumerate(every.names) if name in beside]
    return Selected(array("q", (every.ids[row] for row in kept)), [every.names[row] for row in kept])


def _state(name: bytes, failed: Mapping[bytes, str]) -> PhotoState:
    """Of a photo without a row."""
    return PhotoState.FAILED if name in failed else PhotoState.NEW


def _unknown(browsing: Browsing, survey: Survey, failed: Mapping[bytes, str]) -> list[bytes]:
    """Failed photos and new ones, as far as they have no row: others may have captioned some since the survey."""
    names = [*failed, *(name for name in survey.new if name not in failed)]
    known = browsing.files(names)
    return [name for name in names if name not in known]
