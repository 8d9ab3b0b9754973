"""Photos that need nothing: found many at a time, by file system and index alone."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fakes import FakeIndex
from pipeline_library import C, Library, U, kinds, made_up

from tagger.core.records import IndexEntry, Outcome, OutcomeKind, Photo
from tagger.pipeline import run


class Counted(FakeIndex):
    """Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[tuple[int, bool]] = []
        self.single = 0

    def known(self, paths: Sequence[Path], *, words: bool = True) -> dict[Path, IndexEntry]:
        self.batches.append((len(paths), words))
        return super().known(paths, words=words)

    def get(self, path: Path) -> IndexEntry | None:
        self.single += 1
        return super().get(path)


def test_looked_up_together() -> None:
    library = Library(index=Counted())
    library.run(made_up(200))
    library.index.single, library.index.batches = 0, []
    outcomes = library.run(made_up(200))
    assert kinds(outcomes) == [U] * 200
    assert [outcome.path for outcome in outcomes] == [photo.path for photo in made_up(200)]
    assert library.index.single == 0
    assert [words for _, words in library.index.batches] == [True] * len(library.index.batches)
    assert sum(size for size, _ in library.index.batches) == 200
    assert len(library.index.batches) <= 4


def test_terse() -> None:
    """Captions that nobody asked for are not read."""
    library = Library(index=Counted())
    first = library.run(made_up(5))
    spoken = library.run(made_up(5))
    assert [outcome.caption for outcome in spoken] == [library.index.rows[photo.path].caption for photo in made_up(5)]
    library.index.batches.clear()
    terse = library.run(made_up(5), terse=True)
    assert kinds(terse) == [U] * 5
    assert {outcome.caption for outcome in terse} == {None}
    assert library.index.batches == [(5, False)]
    assert all(outcome.caption is not None for outcome in first)


def test_what_is_not_as_it_was_is_looked_at() -> None:
    library = Library()
    library.run(made_up(6))
    photos = made_up(7)
    photos[1] = replace(photos[1], size=2)
    photos[2] = replace(photos[2], mtime_ns=2)
    library.index.rows[photos[3].path] = replace(library.index.rows[photos[3].path], model="another")
    library.index.rows[photos[4].path] = replace(library.index.rows[photos[4].path], sidecar=Path("/gone.xmp"))
    settled = library.stages(terse=True).settled(photos)
    assert [isinstance(item, Outcome) for item in settled] == [True, False, False, False, False, True, False]
    assert [item.path for item in settled] == [photo.path for photo in photos]
    assert kinds(library.run(photos))[-1] is C


def test_other_settings_settle_nothing() -> None:
    library = Library()
    library.run(made_up(3))
    for options in ({"decoding": "other"}, {"policy": "other"}, {"vocabulary": "other"}):
        assert library.stages(**options).settled(made_up(3)) == made_up(3)
    assert len([1 for item in library.stages(write=False).settled(made_up(3)) if isinstance(item, Outcome)]) == 3


def test_outcomes_of_the_scan_keep_their_place() -> None:
    library = Library()
    library.run(made_up(4))
    skipped = Outcome(OutcomeKind.SKIPPED, Path("/photos/link.jpg"), "a link")
    items: list[Photo | Outcome] = [*made_up(2), skipped, *made_up(4)[2:]]
    assert kinds(library.run(items)) == [U, U, OutcomeKind.SKIPPED, U, U]


def test_stop_among_photos_that_need_nothing() -> None:
    library = Library()
    library.run(made_up(500))
    stop = threading.Event()
    outcomes = run(made_up(500), library.stages(), stop)
    next(outcomes)
    stop.set()
    assert len(list(outcomes)) < 100
