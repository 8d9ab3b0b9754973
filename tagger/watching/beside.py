"""Sidecars that arrive late or that another program edits: whose they are, and whether the news is somebody else's.

A photo's row holds size and time of the photo alone, so for a sidecar's sake it is marked: the photo is then read again
as if it had been edited itself. Knows names, the journal's hashes and rows; nothing of XMP.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.formats import PHOTO_SUFFIXES, SIDECAR_SUFFIX, suffix
from tagger.core.records import ChangeState, IndexEntry, Photo
from tagger.metadata import sidecar as sidecars

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary
    from tagger.core.protocols import Journal

_RUN_TIME = "%Y%m%d-%H%M%S"  # how the id of a run begins, local time
_NEVER = 0  # a modification time (ns) that no photo of ours has: the row's photo is to be read again


def is_sidecar(path: Path) -> bool:
    """Whether a file is a sidecar, by its name."""
    return suffix(path.name) == SIDECAR_SUFFIX


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


def photos_of(sidecar: Path) -> list[Path]:
    """The photo that a sidecar belongs to, if there is one."""
    named = sidecar.with_name(sidecar.name[: -len(SIDECAR_SUFFIX)])
    if suffix(named.name) in PHOTO_SUFFIXES and os.path.lexists(named):
        found = [named]
    else:
        found = []
        with suppress(OSError), os.scandir(sidecar.parent) as entries:
            for entry in entries:
                if entry.name.startswith(named.name) and suffix(entry.name) in PHOTO_SUFFIXES:
                    found.append(sidecar.with_name(entry.name))
    return [photo for photo in found if sidecars.find(photo) == sidecar]


def mark(photo: Photo, sidecar: Path, library: "OpenLibrary") -> None:
    """Have a photo read again whose sidecar somebody else wrote; one without a row is read anyway."""
    row = library.index.get(photo.path)
    if row is not None and row.photo == photo and not _left_by_us(sidecar, photo.path, library.journal):
        library.index.put(replace(row, photo=replace(photo, mtime_ns=_NEVER)))


def _left_by_us(sidecar: Path, photo: Path, journal: "Journal") -> bool:
    """Whether a sidecar is as the last change of the journal left it."""
    try:
        if sidecar.lstat().st_size > sidecars.MAX_SIZE or sidecar.is_symlink():
            return False
        digest = hashlib.sha256(sidecar.read_bytes()).hexdigest()
    except OSError:
        return False
    for record in journal.changes(path=photo):
        if record.change.sidecar == sidecar and record.state in (ChangeState.COMMITTED, ChangeState.UNDONE):
            change, made = record.change, record.state is ChangeState.COMMITTED
            return digest == (change.after_sha256 if made else change.before_sha256)
    return False


@dataclass(slots=True)
class Meanwhile:
    """Finds sidecars that were written while nobody watched, photo by photo; lists each folder once."""

    _folder: Path | None = None
    _names: frozenset[str] = field(default_factory=frozenset)

    def mark(self, photo: Photo, library: "OpenLibrary") -> None:
        """Have a photo read again whose sidecar somebody else wrote after the run that its row is of began.

        Photos about which a person decided are left alone: nothing would be written.
        """
        sidecar = self._sidecar(photo.path)
        row = None if sidecar is None else library.index.get(photo.path)
        if sidecar is not None and row is not None and not row.state.is_decided and _is_newer(sidecar, row):
            mark(photo, sidecar, library)

    def _sidecar(self, photo: Path) -> Path | None:
        if photo.parent != self._folder:
            self._folder = photo.parent
            self._names = frozenset(entry.name.casefold() for entry in listed(photo.parent))
        if self._names.isdisjoint(path.name.casefold() for path in names(photo)):
            return None
        return sidecars.find(photo)


def _is_newer(sidecar: Path, row: IndexEntry) -> bool:
    try:
        began = datetime.strptime(row.run[: len("yyyymmdd-hhmmss")], _RUN_TIME).astimezone().timestamp()
        info = sidecar.lstat()
    except (ValueError, OverflowError, OSError):
        return False
    return max(info.st_mtime, info.st_ctime) >= began  # a copy may keep the time of its original
