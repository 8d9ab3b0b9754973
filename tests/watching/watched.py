"""A folder that is watched by a real watcher in a thread, with the tiny bundle; and distinct photos to put there."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from captioning.pictures import photo
from tiny_bundle import COLOURS

from tagger import bootstrap
from tagger.config import Settings
from tagger.core.records import ChangeState, IndexEntry, JournalRecord, OutcomeKind
from tagger.watching.place import Place, Watching
from tagger.watching.watcher import Watcher
from tagger.watching.workshop import Workshop

SETTLE = 0.3
PATIENCE_SECONDS = 60.0  # of the tests, on a busy machine
_LOOK_SECONDS = 0.05
_LOOKS = int(PATIENCE_SECONDS / _LOOK_SECONDS)
_BASE = {colour: photo(value) for colour, value in COLOURS.items()}


def jpeg(number: int) -> bytes:
    """A small photo whose picture data no other number has: a quantisation table that nothing uses."""
    base = _BASE[list(_BASE)[number % len(_BASE)]]
    values = bytes(number // 255**place % 255 + 1 for place in range(4))  # a table holds no 0
    table = b"\xff\xdb\x00\x43\x03" + values + b"\1" * 60
    return base[:2] + table + base[2:]


def put(folder: Path, *numbers: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:05}.jpg" for number in numbers]
    for path, number in zip(paths, numbers, strict=True):
        path.write_bytes(jpeg(number))
    return paths


class Watched:
    """Watch ``folders`` as a context manager; leaving it stops the watcher as a signal would."""

    def __init__(self, *folders: Path, limit: int = 10_000, status: Path | None = None, **options: Any) -> None:
        self.folders = [folder.resolve() for folder in folders]
        self.stop, self.wake, self.reload = threading.Event(), threading.Event(), threading.Event()
        once = bool(options.get("once"))
        watching = Watching(**{"settle": SETTLE} | options)
        self.places = [Place(folder, watching, self.wake, limit=limit) for folder in self.folders]
        self.watcher = Watcher(self.places, Workshop({}), self.stop, self.wake, self.reload, once=once, status=status)
        self._thread = threading.Thread(target=self._run, name="watcher")
        self.error: BaseException | None = None

    def _run(self) -> None:
        try:
            self.watcher.run()
        except BaseException as error:  # noqa: BLE001 - shown by the test's own thread
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        self.until(lambda: all(not place.is_drained or place.how or place.away for place in self.places))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop.set()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()
        if self.error is not None and error is None:
            raise self.error

    @property
    def counts(self) -> Counter[OutcomeKind]:
        return self.watcher.counts

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that a watcher does in its own time.

        Looks are counted, not seconds: while a machine stands still, or programs are stopped, a watcher does nothing.
        """
        for _ in range(_LOOKS):
            if holds():
                return
            assert self.error is None, self.error
            time.sleep(_LOOK_SECONDS)
        raise AssertionError("it does not come")

    def until_calm(self) -> None:
        """Wait until nothing is left to do, for longer than the files need to settle."""
        calm, before = 0, -1
        for _ in range(_LOOKS):
            done = sum(self.counts.values())
            calm = calm + 1 if done == before and all(place.is_drained for place in self.places) else 0
            before = done
            if calm * _LOOK_SECONDS >= 4 * SETTLE + 0.7:
                return
            assert self.error is None, self.error
            time.sleep(_LOOK_SECONDS)
        raise AssertionError("it does not become calm")

    def until_captioned(self, count: int) -> None:
        self.until(lambda: self.counts[OutcomeKind.CAPTIONED] >= count)


def rows(root: Path) -> dict[str, IndexEntry]:
    """Path below the root -> row."""
    with bootstrap.open_library(root, Settings(), reading=True) as library:
        return {str(row.photo.path.relative_to(root.resolve())): row for row in library.index.search("")}


def records(root: Path) -> list[JournalRecord]:
    with bootstrap.open_library(root, Settings(), reading=True) as library:
        return list(library.journal.changes())


def assert_each_once(root: Path, count: int) -> None:
    """Each of ``count`` pictures was captioned exactly once, and the rows are those of the files that are there."""
    made = [record for record in records(root) if record.state is not ChangeState.ROLLED_BACK]
    assert all(record.state is ChangeState.COMMITTED for record in made)
    often = {identity: times for identity, times in Counter(r.change.identity for r in made).items() if times != 1}
    assert not often
    assert len(made) == count
    there = {str(path.relative_to(root)) for path in root.rglob("*.jpg") if not path.name.startswith(".")}
    assert set(rows(root)) == there
