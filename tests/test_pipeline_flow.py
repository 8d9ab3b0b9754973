"""How a run ends, and what it may hold on the way: stop, errors, full disks, memory, threads."""

import gc
import itertools
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeCaptioner, FakeIndex, FakeJournal, FakeWriter
from pipeline_library import C, F, Gate, Library, U, kinds, made_up, pipeline_threads

from tagger.core.changes import MetadataChange
from tagger.core.errors import BundleError, PhotoChanged, RunError, StorageFull
from tagger.core.records import Caption, ChangeState, IndexEntry, Intent, Photo
from tagger.pipeline import WRITERS, run


@pytest.fixture(autouse=True)
def no_threads_stay() -> Iterator[None]:
    yield
    assert pipeline_threads() == []


def test_stop_finishes_the_photo_in_hand() -> None:
    """Stop comes while the first photos are written and the others wait for them: none of those is begun."""
    stop, captioned = threading.Event(), threading.Event()

    class Watched(FakeCaptioner):
        def generate(self, batch: Sequence[Any]) -> list[Caption]:
            captions = super().generate(batch)
            if len(self.batches) == 4:
                captioned.set()
            return captions

    def while_writing() -> None:
        captioned.wait(10)
        stop.set()
        threading.Event().wait(0.3)  # longer than the pipeline takes to see it

    library = Library(Watched(), Gate(while_writing))
    outcomes = library.run(made_up(100), stop)
    assert 1 <= len(library.writer.applied) <= 2 * WRITERS
    assert {outcome.path for outcome in outcomes} == set(library.writer.applied) == set(library.index.rows)
    assert library.journal.pending() == []
    library.writer.before = lambda: None
    rest = library.run(made_up(100))
    assert kinds(rest) == [U] * len(outcomes) + [C] * (100 - len(outcomes))


def test_stop_before_the_start() -> None:
    stop = threading.Event()
    stop.set()
    library = Library()
    assert library.run(made_up(3), stop) == []
    assert library.captioner.prepared == []


def test_closing_early() -> None:
    library = Library()
    outcomes = run(made_up(100), library.stages(), threading.Event())
    assert next(outcomes).kind is C
    assert pipeline_threads()
    outcomes.close()
    assert pipeline_threads() == []
    assert library.journal.pending() == []
    assert len(library.writer.applied) == len(library.index.rows) < 100


@pytest.mark.parametrize("error", [RunError("no model"), BundleError("damaged"), ZeroDivisionError()], ids=repr)
def test_what_ends_a_run(error: Exception) -> None:
    library = Library(FakeCaptioner(error=error))
    with pytest.raises(type(error)):
        library.run(made_up(20))
    assert library.writer.applied == []


def test_run_error_of_the_index_ends_the_run() -> None:
    class Locked(FakeIndex):
        def get(self, path: Path) -> IndexEntry | None:
            raise RunError("in use by another program")

    with pytest.raises(RunError):
        Library(index=Locked()).run(made_up(3))


class Full:
    """The third call finds the disk full."""

    calls: Iterator[int]

    def __init_subclass__(cls) -> None:
        cls.calls = itertools.count(1)  # counted without a race by the two writers

    def check(self) -> None:
        if next(self.calls) == 3:
            raise StorageFull("the disk is full", "free some space")


class FullJournal(FakeJournal, Full):
    def begin(self, run: str, change: MetadataChange, entry: IndexEntry, intent: Intent | None = None) -> int:
        self.check()
        return super().begin(run, change, entry, intent)


class FullIndex(FakeIndex, Full):
    def put(self, entry: IndexEntry) -> None:
        self.check()
        super().put(entry)


def test_full_disk_at_the_journal() -> None:
    """What cannot be recorded is not done; the run goes on."""
    library = Library(journal=FullJournal())
    outcomes = library.run(made_up(5))
    assert sorted(kinds(outcomes)) == [C, C, C, C, F]
    (failed,) = (outcome for outcome in outcomes if outcome.kind is F)
    assert failed.reason == "the disk is full (free some space)"
    assert failed.path not in library.writer.metadata


def test_full_disk_at_the_index() -> None:
    """The photo is written by then: the journal keeps it pending, for the next run to settle."""
    library = Library(index=FullIndex())
    outcomes = library.run(made_up(5))
    assert sorted(kinds(outcomes)) == [C, C, C, C, F]
    (failed,) = (outcome for outcome in outcomes if outcome.kind is F)
    assert [record.change.path for record in library.journal.pending()] == [failed.path]


def test_changed_between_plan_and_apply() -> None:
    class Changed(FakeWriter):
        def apply(self, change: MetadataChange) -> Photo:
            raise PhotoChanged(change.path, "the file changed meanwhile")

    library = Library(writer=Changed())
    assert [outcome.reason for outcome in library.run(made_up(1))] == ["the file changed meanwhile"]
    assert [record.state for record in library.journal.records] == [ChangeState.ROLLED_BACK]


def test_memory_is_bounded() -> None:
    """However slow captioning or writing is, few model inputs are alive: the disk waits for the model."""
    alive: list[weakref.ref[Any]] = []
    most = 0

    class Counting(FakeCaptioner):
        def prepare(self, photo: Photo) -> Any:
            values = super().prepare(photo).copy()
            alive.append(weakref.ref(values))
            return values

    def count() -> None:
        nonlocal most
        threading.Event().wait(0.01)
        most = max(most, sum(reference() is not None for reference in alive))

    library = Library(Counting(), Gate(count))
    assert kinds(library.run(made_up(120), jobs=3, batch_size=4)) == [C] * 120
    assert 4 < most <= 3 + 4 * 4
    gc.collect()
    assert not any(reference() is not None for reference in alive)


def test_waiting_costs_nothing() -> None:
    """While the model works and every queue is full, the pipeline sleeps."""

    class Slow(FakeCaptioner):
        def generate(self, batch: Sequence[Any]) -> list[Caption]:
            threading.Event().wait(0.3)
            return super().generate(batch)

    class Asked(threading.Event):
        times = 0

        def is_set(self) -> bool:
            self.times += 1
            return super().is_set()

    stop = Asked()
    library = Library(Slow())
    library.run(made_up(16), stop, batch_size=4)
    assert stop.times < 100
