"""When a file is no longer being written: the judgement alone, fed with events, looks and times. Touches no file.

A file is settled when for ``settle`` seconds no event named it and two looks found it the same, and its end is there.
One whose end is missing, or that cannot be opened, gets ``patience`` seconds instead: it may be damaged, or of a
program that writes slowly. A ``close`` is an event like others: not every writer closes just once.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a file found: size (bytes), times (ns), which file it is, and whether its end is there."""

    size: int
    mtime_ns: int
    ctime_ns: int
    file: tuple[int, int]
    whole: bool


@dataclass(slots=True)
class _Waiting:
    """A file that may still be written: when it last changed, when to look next (seconds), and the last look."""

    changed_at: float
    look_at: float
    look: Look | None = None


class Settling:
    """The files that are waited for, at most ``limit``. Times are seconds of one clock that never goes back."""

    def __init__(self, *, settle: float, patience: float, limit: int) -> None:
        self.settle, self.patience, self._limit = settle, max(settle, patience), limit
        self._files: dict[Path, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: object) -> bool:
        return path in self._files

    def touch(self, path: Path, at: float) -> bool:
        """Something happened to a file: its clock starts again. False where no more files can be waited for."""
        waiting = self._files.get(path)
        if waiting is None:
            if len(self._files) >= self._limit:
                return False
            self._files[path] = _Waiting(at, at)
            return True
        waiting.changed_at = max(waiting.changed_at, at)
        if waiting.look is not None:
            waiting.look_at = max(waiting.look_at, waiting.changed_at + self.settle)
        return True

    def notice(self, path: Path, at: float) -> bool:
        """A file was found, which says nothing of when it changed. Returns like ``touch``."""
        return path in self._files or self.touch(path, at)

    def drop(self, path: Path) -> None:
        """Wait no longer for a file."""
        self._files.pop(path, None)

    def clear(self) -> None:
        """Wait for nothing."""
        self._files.clear()

    def due(self, now: float) -> list[Path]:
        """The files to look at now, each of which is then to be judged."""
        return [path for path, waiting in self._files.items() if waiting.look_at <= now]

    def judge(self, path: Path, look: Look | None, now: float) -> bool:
        """Whether a file, as ``look`` found it at ``now`` (None: gone), is settled; then it is waited for no more."""
        waiting = self._files.get(path)
        if waiting is None:
            return False
        if look is None:
            del self._files[path]
            return False
        if look != waiting.look:
            waiting.look = look
            waiting.changed_at = max(waiting.changed_at, now)
            waiting.look_at = waiting.changed_at + self.settle
            return False
        ready_at = waiting.changed_at + (self.settle if look.whole else self.patience)
        if now >= ready_at:
            del self._files[path]
            return True
        waiting.look_at = min(ready_at, now + self.settle)
        return False

    def next_look(self) -> float | None:
        """When the next look is due."""
        return min((waiting.look_at for waiting in self._files.values()), default=None)
