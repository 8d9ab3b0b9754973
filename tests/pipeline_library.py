"""A library of fakes, for the tests of the pipeline."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakes import FakeCaptioner, FakeIndex, FakeJournal, FakeWriter

from tagger.core.changes import MetadataChange
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.pipeline import run
from tagger.run_options import RunOptions
from tagger.stages import Stages

C, U, S, F = OutcomeKind.CAPTIONED, OutcomeKind.UNCHANGED, OutcomeKind.SKIPPED, OutcomeKind.FAILED


@dataclass
class Library:
    """One library of fakes, to be run over several times."""

    captioner: Any = field(default_factory=FakeCaptioner)
    writer: Any = field(default_factory=FakeWriter)
    index: Any = field(default_factory=FakeIndex)
    journal: Any = field(default_factory=FakeJournal)

    def stages(self, **options: Any) -> Stages:
        chosen = RunOptions(**{"run": "r1", "decoding": "d", "policy": "p", "batch_size": 4} | options)
        return Stages(self.captioner, self.writer, self.index, self.journal, chosen)

    def run(self, photos: Iterable[Photo | Outcome], stop: Any = None, **options: Any) -> list[Outcome]:
        return list(run(photos, self.stages(**options), stop or threading.Event()))


def made_up(count: int) -> list[Photo]:
    return [Photo(Path(f"/photos/{number}.jpg"), 1, 1) for number in range(count)]


def kinds(outcomes: Iterable[Outcome]) -> list[OutcomeKind]:
    return [outcome.kind for outcome in outcomes]


def pipeline_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("tagger-")]


class Gate(FakeWriter):
    """Calls ``before`` ahead of every change that it applies."""

    def __init__(self, before: Callable[[], object]) -> None:
        super().__init__()
        self.before = before

    def apply(self, change: MetadataChange) -> Photo:
        self.before()
        return super().apply(change)
