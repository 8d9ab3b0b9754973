"""One open library: where it is, its settings, how to read in it, and its jobs. The window's parts know only this.

Knows how a command becomes a job; what the command does is in tagger. Nothing of a library stays open in between: a
drive can be removed, another program can write or swap the index.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tagger import bootstrap, pipeline, redo, restore
from tagger.core.errors import RunError
from tagger.core.records import Action, ChangeState, JournalRecord, Outcome, OutcomeKind, Photo
from tagger.scan import scan
from tagger.stages import is_gone
from tagger.upkeep import Cleaning
from tagger_gui.inspector.drafts import Drafts, drafts_file
from tagger_gui.job_queue import JobQueue
from tagger_gui.memory import default_file
from tagger_gui.running import Job, Labour

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary
    from tagger.config import Settings
    from tagger.lazy import LazyCaptioner

_STILL_THERE = "the file is still there: a line in a file .taggerignore leaves it out"
_NO_NEWS = (OutcomeKind.UNCHANGED, OutcomeKind.SKIPPED)

Work = Callable[["OpenLibrary", Labour], Iterable[Outcome]]
"""What a job does in its open library; the labour is its StopEvent."""


class Captioners:
    """The models of all libraries, each loaded once, when the first photo needs it. Thread-safe."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], LazyCaptioner] = {}
        self._lock = threading.Lock()

    def of(self, settings: "Settings") -> "LazyCaptioner":
        """The captioner that these settings ask for. Raises BundleError, RunError."""
        wanted = (
            *(settings.bundle, settings.device, settings.quality, settings.beam_width),
            *(settings.caption_style, settings.neutral, settings.review_below),
        )
        with self._lock:
            if wanted not in self._made:
                self._made[wanted] = bootstrap.make_captioner(settings)
            return self._made[wanted].under(settings.tags)


class LibrarySession(QObject):
    """The library at ``root``, which need not be one yet. Raises RunError for settings that cannot be used."""

    changed = Signal(object)
    """A list of paths: photos whose row or file may have changed. An empty list: all of them."""
    settings_changed = Signal()
    review_first_changed = Signal(bool)

    def __init__(self, root: Path, captioners: Captioners, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = root
        self.settings = bootstrap.settings_for(root)
        self.jobs = JobQueue(self)
        self.drafts = Drafts(root, drafts_file(root, default_file().parent), self)
        self._captioners = captioners
        self._review_first = False

    @property
    def name(self) -> str:
        """What people call it: the name of its folder."""
        return self.root.name or str(self.root)

    @property
    def review_first(self) -> bool:
        """Whether captions stay in the index until a person approved them."""
        return self._review_first

    def set_review_first(self, wanted: bool) -> None:
        """From now on: into the index only, or into the photos at once."""
        if wanted != self._review_first:
            self._review_first = wanted
            self.review_first_changed.emit(wanted)

    def reload(self) -> None:
        """Read the settings again. Raises RunError: then those of before stay."""
        self.settings = bootstrap.settings_for(self.root)
        self.settings_changed.emit()

    def reading(self) -> "AbstractContextManager[OpenLibrary]":
        """Index and journal, opened for reading; each thread opens its own. Raises RunError."""
        return bootstrap.open_library(self.root, self.settings, reading=True)

    def captioner(self) -> "LazyCaptioner":
        """The captioner of the library's bundle, not loaded before a photo needs it. Raises BundleError, RunError."""
        return self._captioners.of(self.settings)

    def start(
        self,
        command: str,
        title: str,
        work: Work,
        *,
        count: Callable[[Labour], int] | None = None,
        create: bool = False,
    ) -> Job:
        """Queue a job that writes in the library: it holds the claim, and settles what a crash left first.

        ``command`` is what other programs are told, one word; ``title`` is for people. ``create``: make it a library.
        """

        def outcomes(labour: Labour) -> Iterator[Outcome]:
            if not create:
                bootstrap.existing_root(self.root)
            with bootstrap.open_library(self.root, self.settings, create=create, claim=labour.claim()) as library:
                yield from library.recover()
                yield from work(library, labour)

        return self._add(Job(command, title, outcomes, count=count))

    def start_each(self, command: str, title: str, paths: Sequence[Path], do: "Callable[[OpenLibrary], _Do]") -> Job:
        """Queue a job that does one thing to each photo at or below ``paths``; ``do`` makes it of the open library."""

        def work(library: "OpenLibrary", labour: Labour) -> Iterator[Outcome]:
            return pipeline.each(scan(paths), do(library), labour)

        return self.start(command, title, work, count=_counting(paths))

    def tag(self, paths: Sequence[Path]) -> Job:
        """Queue the captioning of what is at or below ``paths``; without any photo there, no library is made."""
        settings = self.settings.replace(write=self.settings.write and not self._review_first)

        def outcomes(labour: Labour) -> Iterator[Outcome]:
            if not any(isinstance(found, Photo) for found in scan(paths)):
                yield from (found for found in scan(paths) if isinstance(found, Outcome))
                return
            captioner = self._captioners.of(settings)
            with bootstrap.open_library(self.root, settings, create=True, claim=labour.claim()) as library:
                yield from library.recover()
                labour.run_id = bootstrap.new_run_id()
                stages = library.stages(captioner, settings, run=labour.run_id, dry_run=False)
                yield from pipeline.run(scan(paths), stages, labour)
                labour.remark = "; ".join(note for note in (captioner.device_note, captioner.quality_note) if note)

        return self._add(Job("tag", self.tr("Captioning"), outcomes, count=_counting(paths)))

    def clean(self, paths: Sequence[Path], *, approved: bool = False) -> Job:
        """Queue taking everything of ours out of what is at or below ``paths``; ``approved``: that too."""
        run = bootstrap.new_run_id()

        def cleaning(library: "OpenLibrary") -> "_Do":
            return Cleaning(library.writer, library.index, library.journal, run, approved=approved).clean

        return self.start_each("clean", self.tr("Taking our words out"), paths, cleaning)

    def undo_run(self, run: str, *, with_later: bool = False) -> Job:
        """Queue taking back what one run changed."""

        def work(library: "OpenLibrary", labour: Labour) -> Iterator[Outcome]:
            records = library.journal.changes(run=run)
            labour.total = len({one.change.path for one in records if one.state is ChangeState.COMMITTED})
            return _undo(library, library.journal.changes(run=run), labour, with_later=with_later)

        return self.start("undo", self.tr("Undoing"), work)

    def redo_run(self, run: str) -> Job:
        """Queue making once more what was undone of one run."""

        def work(library: "OpenLibrary", labour: Labour) -> Iterator[Outcome]:
            records = library.journal.changes(run=run)
            labour.total = len({one.change.path for one in records if one.state is ChangeState.UNDONE})
            labour.run_id = run
            records = library.journal.changes(run=run)
            return redo.redo(records, library.writer, library.index, library.journal, labour)

        return self.start("redo", self.tr("Doing again"), work)

    def undo_photos(self, paths: Sequence[Path]) -> Job:
        """Queue taking back the last change of each of these photos that still stands."""

        def work(library: "OpenLibrary", labour: Labour) -> Iterator[Outcome]:
            return _undo(library, _last_changes(library, paths), labour)

        return self.start("undo", self.tr("Undoing"), work, count=lambda _: len(paths))

    def undo_records(self, records: Sequence[JournalRecord]) -> Job:
        """Queue taking these changes back, newest first."""

        def work(library: "OpenLibrary", labour: Labour) -> Iterator[Outcome]:
            return _undo(library, records, labour)

        return self.start("undo", self.tr("Undoing"), work, count=lambda _: len(records))

    def forget(self, paths: Sequence[Path]) -> Job:
        """Queue taking photos off the list whose files are gone; the others are left alone."""

        def work(library: "OpenLibrary", labour: Labour) -> Iterator[Outcome]:
            for path in paths:
                if labour.is_set():
                    return
                if is_gone(path):
                    library.index.remove(path)
                    library.index.forgive(path)
                    yield Outcome(OutcomeKind.UNCHANGED, path)
                else:
                    yield Outcome(OutcomeKind.FAILED, path, _STILL_THERE)

        job = self.start("forget", self.tr("Taking off the list"), work, count=lambda _: len(paths))
        job.finished.connect(lambda: self.changed.emit([]))
        return job

    def close(self, seconds: float = 10.0) -> bool:
        """End all jobs, waiting at most ``seconds``; False where one is still at work."""
        self.jobs.cancel_all()
        with suppress(RunError):  # who wants to be told saves them before
            self.drafts.save()
        return self.jobs.wait(seconds)

    def _add(self, job: Job) -> Job:
        job.progressed.connect(self._tell)
        return self.jobs.add(job)

    def _tell(self, batch: list[Outcome]) -> None:
        paths = [outcome.path for outcome in batch if outcome.kind not in _NO_NEWS]
        if paths:
            self.changed.emit(paths)


_Do = Callable[[Photo], Outcome]


def _undo(
    library: "OpenLibrary", records: Iterable[JournalRecord], labour: Labour, *, with_later: bool = False
) -> Iterator[Outcome]:
    labour.run_id = bootstrap.new_run_id()
    return restore.undo(
        records, library.writer, library.index, library.journal, labour, run=labour.run_id, with_later=with_later
    )


def _last_changes(library: "OpenLibrary", paths: Sequence[Path]) -> Iterator[JournalRecord]:
    for path in paths:
        for record in library.journal.changes(path=path):
            if record.state is ChangeState.COMMITTED and record.intent.action is not Action.UNDO:
                yield record
                break


def _counting(paths: Sequence[Path]) -> Callable[[Labour], int]:
    def count(labour: Labour) -> int:
        found = 0
        for _ in scan(paths):
            if labour.is_set():
                break
            found += 1
        return found

    return count
