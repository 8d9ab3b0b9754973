"""Sidecars that arrive late or that another program edits: whose they are, and whether the news is somebody else's.

A photo's row holds size and time of the photo alone, so for a sidecar's sake it is marked: the photo is then read again
as if it had been edited itself. What counts as news is ``sidecar_news``' part; knows names and rows, nothing of XMP.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.formats import PHOTO_SUFFIXES, SIDECAR_SUFFIX, suffix
from tagger.core.records import Photo
from tagger.metadata import sidecar as sidecars
from tagger.sidecar_news import SidecarFinder, is_newer, left_by_us

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary

_NEVER = 0  # a modification time (ns) that no photo of ours has: the row's photo is to be read again


def is_sidecar(path: Path) -> bool:
    """Whether a file is a sidecar, by its name."""
    return suffix(path.name) == SIDECAR_SUFFIX


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
    if row is not None and row.photo == photo and not left_by_us(sidecar, photo.path, library.journal):
        library.index.put(replace(row, photo=replace(photo, mtime_ns=_NEVER)))


@dataclass(slots=True)
class Meanwhile:
    """Finds sidecars that were written while nobody watched, photo by photo."""

    _finder: SidecarFinder = field(default_factory=SidecarFinder)

    def mark(self, photo: Photo, library: "OpenLibrary") -> None:
        """Have a photo read again whose sidecar somebody else wrote after the run that its row is of began.

        Photos about which a person decided are left alone: nothing would be written.
        """
        sidecar = self._finder.find(photo.path)
        row = None if sidecar is None else library.index.get(photo.path)
        if sidecar is not None and row is not None and not row.state.is_decided and is_newer(sidecar, row):
            mark(photo, sidecar, library)
