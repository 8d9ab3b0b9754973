"""What all commands share that take photos of libraries through some work: open, claim, recover, count, run, report.

Knows neither what the work is nor where the photos come from.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.claims import claim, covered
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.progress import RunProgress
from tagger.config import Settings
from tagger.core.records import Outcome, OutcomeKind, Photo, State
from tagger.scan import scan

if TYPE_CHECKING:
    from tagger.core.protocols import StopEvent

Work = Callable[[bootstrap.OpenLibrary, Iterable[Photo | Outcome]], Iterator[Outcome]]
"""What a command does with the photos of one open library."""


@dataclass(slots=True)
class Runs:
    """One run of ``command`` over one library after the other; a context that ends its progress bar.

    ``options`` are the command line's: wait, json, verbose, dry_run. ``changes`` is how a photo ends that the run
    wrote into. ``tells`` says of which photos there is a line even without --verbose.
    """

    command: str
    options: argparse.Namespace
    changes: OutcomeKind
    tells: Callable[[Outcome], bool] = lambda _: False
    run: str = field(default_factory=bootstrap.new_run_id)
    counts: Counter[OutcomeKind] = field(default_factory=Counter)
    changed: list[Path] = field(default_factory=list)
    waiting: Counter[Path] = field(default_factory=Counter)
    stop: "StopEvent" = field(init=False)
    progress: RunProgress = field(init=False)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.stop = self._open.enter_context(stop_on_interrupt())
        self.progress = self._open.enter_context(RunProgress(enabled=not self.options.json))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def over_paths(self, root: Path, paths: list[Path], settings: Settings, work: Work) -> None:
        """The photos that a scan of ``paths`` finds; they belong to the library ``root``, which is made if need be."""

        def found() -> Iterator[Photo | Outcome]:
            return scan(paths, recursive=self.options.recursive)

        # A misspelt name, or a folder without photos, shall not become a library.
        for_nothing = self.options.dry_run or not any(isinstance(item, Photo) for item in found())
        with self.opened(root, settings, create=not for_nothing, writes=not for_nothing) as (library, held):
            self.progress.count(found(), self.stop)
            self.take(root, work(library, found() if self.options.dry_run else covered(found(), held)))

    @contextmanager
    def opened(
        self, root: Path, settings: Settings, *, create: bool = False, writes: bool = True
    ) -> Iterator[tuple[bootstrap.OpenLibrary, bootstrap.Claim | None]]:
        """Open a library; with ``writes`` alone, and after what a crash left was settled. Raises RunError."""
        held = claim(self.command, self.options, self.stop, self.progress.note) if writes else None
        with bootstrap.open_library(root, settings, create=create, in_memory=not writes, claim=held) as library:
            if held is not None:
                for outcome in library.recover():
                    self.progress.note(output.outcome_line(outcome))
            yield library, held

    def take(self, root: Path, outcomes: Iterable[Outcome], *, seen: Callable[[Outcome], object] | None = None) -> None:
        """Count and show the outcomes of one library; ``seen`` gets each of them too."""
        before = self.counts[self.changes]
        for outcome in outcomes:
            self.counts[outcome.kind] += 1
            if outcome.kind is OutcomeKind.CAPTIONED and outcome.state is State.REVIEW:
                self.waiting[root] += 1
            self._show(outcome)
            if seen is not None:
                seen(outcome)
        if self.counts[self.changes] > before:
            self.changed.append(root)

    def finish(self, *, written: bool = True, nothing: str = "no photos found") -> int:
        """Say what happened, and how to go on or back where something was ``written``; returns the exit code."""
        total, interrupted = output.totals(self.counts) or nothing, self.stop.is_set()
        print("would be: " + total if self.options.dry_run else total, file=sys.stderr)
        if not self.options.dry_run:
            output.tell_waiting(self.waiting)
        if written and not self.options.dry_run:
            output.tell_undo(self.run, self.changed)
        if interrupted:
            print("stopped; run the same command again to do what is left", file=sys.stderr)
        return 1 if interrupted or self.counts[OutcomeKind.FAILED] else 0

    def _show(self, outcome: Outcome) -> None:
        options = self.options
        self.progress.advance(outcome)
        if options.json:
            print(output.outcome_json(outcome), flush=True)
        elif outcome.kind is OutcomeKind.FAILED:
            self.progress.complain(output.outcome_line(outcome))
        elif options.dry_run and outcome.changes:
            for line in (line for change in outcome.changes for line in output.diff_lines(change)):
                self.progress.print(line)
        elif options.verbose or self.tells(outcome):
            self.progress.print(output.outcome_line(outcome))
