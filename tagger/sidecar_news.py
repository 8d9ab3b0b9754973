"""Whether another program wrote a sidecar since its photo's row was made: then the photo is to be read again.

A photo's row holds size and time of the photo alone. A sidecar that was written later than the row is compared with
what the journal says that we left; one that looks as it did then is not read. Knows names, hashes and rows; nothing of
XMP.
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.formats import SIDECAR_SUFFIX, suffix
from tagger.core.records import ChangeState, IndexEntry, Photo
from tagger.metadata import sidecar as sidecars

if TYPE_CHECKING:
    from tagger.core.protocols import Journal
    from tagger.storage.sidecar_looks import Numbers, SidecarLooks

_RUN_TIME = "%Y%m%d-%H%M%S"  # how the id of a run begins, local time


def listed(folder: Path) -> list["os.DirEntry[str]"]:
    """The sidecars in a folder; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if suffix(entry.name) == SIDECAR_SUFFIX]
    except OSError:
        return []


def names(photo: Path) -> tuple[Path, Path]:
    """What sidecars of a photo are called by programs that make new ones."""
    return photo.with_name(photo.name + SIDECAR_SUFFIX), photo.with_suffix(SIDECAR_SUFFIX)


def left_by_us(sidecar: Path, photo: Path, journal: "Journal") -> bool:
    """Whether a sidecar is as the last change of the journal left it."""
    digest = _hash(sidecar)
    if digest is None:
        return False
    for record in journal.changes(path=photo):
        if record.change.sidecar == sidecar and record.state in (ChangeState.COMMITTED, ChangeState.UNDONE):
            change, made = record.change, record.state is ChangeState.COMMITTED
            return digest == (change.after_sha256 if made else change.before_sha256)
    return False


def is_newer(sidecar: Path, row: IndexEntry) -> bool:
    """Whether a sidecar was written after the run began that ``row`` is of."""
    try:
        began = datetime.strptime(row.run[: len("yyyymmdd-hhmmss")], _RUN_TIME).astimezone().timestamp()
        info = sidecar.lstat()
    except (ValueError, OverflowError, OSError):
        return False
    return max(info.st_mtime, info.st_ctime) >= began  # a copy may keep the time of its original


@dataclass(slots=True)
class SidecarFinder:
    """Finds the sidecars of photos that come folder by folder; lists each folder once."""

    _here: tuple[Path | None, frozenset[str]] = (None, frozenset())

    def find(self, photo: Path) -> Path | None:
        """The sidecar of a photo; None where it has none."""
        folder, there = self._here
        if photo.parent != folder:
            there = frozenset(entry.name.casefold() for entry in listed(photo.parent))
            self._here = photo.parent, there
        if not there or there.isdisjoint(path.name.casefold() for path in names(photo)):
            return None
        return sidecars.find(photo)


@dataclass(frozen=True, slots=True)
class SidecarNews:
    """News of the sidecars of one library, for one run. Without ``remember`` nothing is written. Thread-safe."""

    journal: "Journal"
    looks: "SidecarLooks"
    remember: bool = True
    _finder: SidecarFinder = field(default_factory=SidecarFinder)

    def about(self, rows: Sequence[tuple[Photo, IndexEntry]]) -> set[Path]:
        """Those photos whose sidecar somebody else wrote since their row was made. Raises RunError.

        Photos about which a person decided are left alone: nothing would be written.
        """
        beside: dict[Path, tuple[Path, IndexEntry, Numbers]] = {}
        for photo, row in rows:
            sidecar = None if row.state.is_decided else self._finder.find(photo.path)
            numbers = None if sidecar is None else _numbers(sidecar)
            if sidecar is not None and numbers is not None:
                beside[sidecar] = photo.path, row, numbers
        known = self.looks.known([*beside]) if beside else {}
        news: set[Path] = set()
        ours: dict[Path, Numbers] = {}
        for sidecar, (photo_path, row, numbers) in beside.items():
            if known.get(sidecar) == numbers or not is_newer(sidecar, row):
                continue
            if not left_by_us(sidecar, photo_path, self.journal):
                news.add(photo_path)
            elif _numbers(sidecar) == numbers:
                ours[sidecar] = numbers
        if ours and self.remember:
            self.looks.keep(ours)
        return news

    def left(self, sidecar: Path, digest: str) -> None:
        """Remember how a sidecar looks that was just written, if it is what was written. Raises RunError."""
        numbers = _numbers(sidecar)
        if self.remember and numbers is not None and _hash(sidecar) == digest and _numbers(sidecar) == numbers:
            self.looks.keep({sidecar: numbers})


def _numbers(sidecar: Path) -> "Numbers | None":
    with suppress(OSError):
        info = sidecar.lstat()
        return info.st_size, info.st_mtime_ns, info.st_ctime_ns
    return None


def _hash(sidecar: Path) -> str | None:
    try:
        if sidecar.lstat().st_size > sidecars.MAX_SIZE or sidecar.is_symlink():
            return None
        return hashlib.sha256(sidecar.read_bytes()).hexdigest()
    except OSError:
        return None
