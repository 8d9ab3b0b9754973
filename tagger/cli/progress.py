"""Progress of a run on the terminal: count, rate, time left. Silent where standard error is no terminal."""

import sys
import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tagger.core.records import Outcome

if TYPE_CHECKING:
    from tagger.core.protocols import StopEvent


_REFRESH_SECONDS = 0.05  # photos that need nothing come by the ten thousand


class RunProgress:
    """A progress bar over the photos of a run; lines printed through it stay above the bar."""

    def __init__(self, *, enabled: bool) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        self._err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
        columns: list[ProgressColumn] = [
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[name]}", markup=False),
        ]
        self._progress = Progress(*columns, console=self._err, disable=not (enabled and self._err.is_terminal))
        self._task = self._progress.add_task("", total=None, rate="", name="")
        self._done = self._total = 0
        self._next = 0.0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.update(self._task, completed=self._done)
        self._progress.stop()

    def count(self, photos: Iterable[object], stop: "StopEvent") -> None:
        """Count the photos to come, beside the run; the total and the time left appear when that is done."""
        if self._progress.disable:
            return

        def count() -> None:
            found = 0
            for _ in photos:
                if stop.is_set():
                    return
                found += 1
            self._total += found
            self._progress.update(self._task, total=self._total)

        thread = threading.Thread(target=count, name="tagger-count", daemon=True)
        thread.start()

    def ask(self, question: str) -> bool:
        """Ask a person at the terminal; anything but yes is no."""
        self._progress.stop()
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip().lower()
        self._progress.start()
        return answer in ("y", "yes")

    def expect(self, total: int) -> None:
        """There are ``total`` photos to come, or steps: known without counting."""
        self._total += total
        self._progress.update(self._task, total=self._total)

    def advance_to(self, done: int, what: str) -> None:
        """So many steps are done."""
        self._done = done
        self._progress.update(self._task, completed=done, name=what)

    def advance(self, outcome: Outcome) -> None:
        """One photo is done."""
        self._done += 1
        now = time.monotonic()
        if self._progress.disable or now < self._next:
            return
        self._next = now + _REFRESH_SECONDS
        task = self._progress.tasks[0]
        rate = f"{task.speed:.1f}/s" if task.speed else ""
        name = "".join(c if c.isprintable() else "?" for c in outcome.path.name)[:40]
        self._progress.update(self._task, completed=self._done, rate=rate, name=name)

    def print(self, line: str) -> None:
        """A line on standard output."""
        if self._progress.disable or not sys.stdout.isatty():
            print(line, flush=True)
        else:  # the same terminal: above the bar
            self._progress.print(line, markup=False)

    def complain(self, line: str) -> None:
        """A line on standard error."""
        if self._progress.disable:
            print(line, file=sys.stderr)
        else:
            self._progress.print(line, markup=False)

    def note(self, line: str) -> None:
        """A line on standard error, where there is something to say."""
        if line:
            self.complain(line)
