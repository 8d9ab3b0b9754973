"""One part of a library on one machine: which photos are its, the captioning of them, the file that holds the results.

Nothing of the library is changed, nor is its index opened: a database must not be used from two machines at once.
Source: a photo's part is the first 8 bytes, big-endian, of the SHA-256 of its path, modulo the number of parts.
"""

import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from tagger.core.errors import RunError
from tagger.core.records import Caption, Outcome, OutcomeKind, Photo
from tagger.results import MARK, Line, Result, from_line, read_lines, to_line
from tagger.stages import Examined, Stages
from tagger.storage.lock import locked_by_system
from tagger.storage.text import RelativePaths

MOST_SHARDS = 100_000
SYNC_SECONDS = 5.0
_BEGINNING = b'{"%s":' % MARK.encode()


@dataclass(frozen=True, slots=True)
class Shard:
    """The ``number``-th (from 1) of ``of`` parts of a library; the same photos on every machine and system."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2/5``. Raises ValueError."""
        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]) <= MOST_SHARDS:
            raise ValueError(f"{text!r} is not a part such as 2/5, from 1/{MOST_SHARDS} to {MOST_SHARDS}/{MOST_SHARDS}")
        return cls(int(found[1]), int(found[2]))

    def holds(self, path: str) -> bool:
        """Whether the photo at ``path``, relative to the library's root (see ``portable``), is in this part."""
        # The same name may be composed on one system and decomposed on another.
        name = unicodedata.normalize("NFC", path).encode("utf-8", "surrogateescape")
        return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % self.of == self.number - 1


def portable(path: Path, paths: RelativePaths) -> str:
    """``path`` relative to the root as results hold it: ``/`` between names, bytes that are no text as surrogates.

    Raises RunError where it is outside.
    """
    return paths.encode(path).decode("utf-8", "surrogateescape")


def local(path: str, paths: RelativePaths) -> Path:
    """The inverse of ``portable`` on this machine. Raises ValueError where it would lead out of the root."""
    return paths.decode(path.encode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class Recording(Stages):
    """The stages of a run that writes neither photos nor index: ``record`` gets each photo's result instead."""

    paths: RelativePaths
    record: Callable[[Result], object]

    def examine(self, photo: Photo) -> Examined | Outcome:
        """Read what is there, and the pixels. What a person decided about stays as it is."""
        found = Stages.examine(self, photo)
        if isinstance(found, Outcome):
            self.record(self._result(photo, kind=found.kind, reason=_plain(found.reason)))
        return found

    def write(self, item: Examined, caption: Caption) -> Outcome:
        """Record the words."""
        photo = item.metadata.photo
        self.record(self._result(photo, identity=item.metadata.identity, caption=caption))
        return Outcome(OutcomeKind.CAPTIONED, photo.path, caption=caption)

    def _result(
        self,
        photo: Photo,
        *,
        kind: OutcomeKind = OutcomeKind.CAPTIONED,
        identity: str = "",
        caption: Caption | None = None,
        reason: str = "",
    ) -> Result:
        return Result(
            path=portable(photo.path, self.paths),
            size=photo.size,
            mtime_ns=photo.mtime_ns,
            model=self.captioner.model_id,
            settings=self.options.words,
            identity=identity,
            kind=kind,
            caption=caption,
            reason=reason,
        )


class ResultsFile:
    """A file of results that grows line by line, and goes on where it was cut off. Raises RunError.

    ``model`` and ``settings`` are those of the run; a file with results of another one is refused. What it holds
    of photos that have changed since, of photos that failed, and a last line that was cut off, is dropped: those
    photos are looked at again. ``clock`` counts seconds. 16 bytes and their keeping (about 100) stay in memory
    for each line that is there at the start.
    """

    def __init__(
        self,
        file: Path,
        paths: RelativePaths,
        *,
        model: str,
        settings: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.file = file
        self._paths, self._model, self._settings, self._clock = paths, model, settings, clock
        self._done: set[bytes] = set()
        self._lock = Lock()
        self._synced = clock()
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._descriptor = self._opened()
        try:
            self._resume()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            with self._errors():
                os.fsync(self._descriptor)
        finally:
            self._close()

    def __len__(self) -> int:
        return len(self._done)

    def append(self, result: Result) -> None:
        """Add a line; it survives the end of this program at once, of the system within seconds. Thread-safe."""
        line = memoryview(to_line(result))
        with self._lock, self._errors():
            while line:
                line = line[os.write(self._descriptor, line) :]
            if self._clock() - self._synced >= SYNC_SECONDS:
                os.fsync(self._descriptor)
                self._synced = self._clock()

    def left(self, found: Iterable[Photo | Outcome], shard: Shard) -> Iterator[Photo | Outcome]:
        """What is in ``shard`` and not in the file already; what stopped the scan passes through everywhere."""
        for item in found:
            if isinstance(item, Outcome) and item.kind is OutcomeKind.FAILED:
                yield item
                continue
            name = portable(item.path, self._paths)
            if shard.holds(name) and _digest(name) not in self._done:
                yield item

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            descriptor = os.open(self.file, flags, 0o666)
        except (OSError, ValueError) as error:
            cause = error.strerror if isinstance(error, OSError) else "not a file name"
            raise RunError(f"cannot write {self.file}: {cause}", "name a file in a folder that is there") from error
        if locked_by_system(descriptor) is False:
            os.close(descriptor)
            raise RunError(f"{self.file} is in use by another tagger", "give each machine a file of its own")
        return descriptor

    def _resume(self) -> None:
        """Read what is there; where some of it does not hold any more, leave it out."""
        kept, stale = 0, set[int]()
        for line in read_lines(self.file):
            result = self._read(line)
            if result is not None and self._holds(result):
                self._done.add(_digest(result.path))
                kept += len(line.content or b"")
            elif result is not None:
                stale.add(line.number)
        with self._errors():
            if stale:
                self._leave_out(stale)
            elif os.fstat(self._descriptor).st_size > kept:
                os.ftruncate(self._descriptor, kept)

    def _read(self, line: Line) -> Result | None:
        """The result in a line; None for a last one that was cut off. A file that is not ours stays untouched."""
        if not line.whole and _is_torn(line):
            return None
        try:
            result = from_line(line)
        except ValueError as error:
            raise RunError(
                f"{self.file}: line {line.number}: {error}", "it is no file of results: give --results another name"
            ) from error
        if (result.model, result.settings) != (self._model, self._settings):
            raise RunError(
                f"{self.file} holds results of {result.model} ({result.settings}), "
                f"this run is {self._model} ({self._settings})",
                "give --results another name",
            )
        return result

    def _holds(self, result: Result) -> bool:
        """Whether the result is of the photo as it is now."""
        if result.kind not in (OutcomeKind.CAPTIONED, OutcomeKind.UNCHANGED):
            return False
        try:
            info = local(result.path, self._paths).lstat()
        except (OSError, ValueError):
            return True  # gone, or out of reach: whoever applies the results will see
        return (info.st_size, info.st_mtime_ns) == (result.size, result.mtime_ns)

    def _leave_out(self, stale: set[int]) -> None:
        """Put a file without these lines, and without a torn last one, in the place of this one."""
        scratch = self.file.with_name(f"{self.file.name}.tagger-tmp")
        with scratch.open("wb") as stream:
            for line in read_lines(self.file):
                if line.number not in stale and self._read(line) is not None:
                    stream.write(line.content or b"")
            stream.flush()
            os.fsync(stream.fileno())
        self._close()  # Windows replaces no file that is open
        scratch.replace(self.file)
        self._descriptor = self._opened()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RunError(
                f"cannot write {self.file}: {error.strerror}", "what it holds stays: run again to go on"
            ) from error


def _is_torn(line: Line) -> bool:
    """Whether a last line can only be the beginning of one of ours, or what a crash of the system leaves of it."""
    content = line.content
    if content is None or (line.number == 1 and not content.startswith(_BEGINNING)):
        return False  # as likely a file of somebody else
    return not content.strip(b"\0") or content[: len(_BEGINNING)] == _BEGINNING[: len(content)]


def _digest(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).digest()[:16]


def _plain(text: str) -> str:
    """``text`` as a line of results may hold it."""
    return "".join(c if c.isprintable() else "?" for c in text)[:1000]
