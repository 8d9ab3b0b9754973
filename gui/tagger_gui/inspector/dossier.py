"""Everything that is known of one photo: its row, its file, its history, what is planned. Read in a thread; no Qt."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoError, TaggerError
from tagger.core.records import IndexEntry, JournalRecord, OutcomeKind, Photo, PhotoMetadata
from tagger.past import changes_of
from tagger_gui.inspector.deciding import planned
from tagger_gui.inspector.draft import Draft

if TYPE_CHECKING:
    from tagger.bootstrap import OpenLibrary

_RECORDS = 100  # of one photo's history


@dataclass(frozen=True, slots=True)
class Dossier:
    """One photo: ``changes`` are what approving ``draft`` would write; ``problem`` is why something is missing.

    ``changed_outside``: the file is not as we left it.
    """

    path: Path
    draft: Draft = field(default_factory=Draft)
    entry: IndexEntry | None = None
    metadata: PhotoMetadata | None = None
    changes: tuple[MetadataChange, ...] = ()
    records: tuple[JournalRecord, ...] = ()
    problem: str = ""
    changed_outside: bool = False


def dossier_of(
    reading: "Callable[[], AbstractContextManager[OpenLibrary]]", path: Path, draft: Draft, *, write: bool
) -> Dossier:
    """Open the library, and read one photo; raises nothing that a user can cause: ``problem`` says it."""
    try:
        with reading() as library:
            return read_dossier(library, path, draft, write=write)
    except TaggerError as error:
        return Dossier(path, draft, problem=str(error))


def read_dossier(library: "OpenLibrary", path: Path, draft: Draft, *, write: bool) -> Dossier:
    """Read what is known of one photo; what cannot be read is missing, and ``problem`` says why.

    ``write``: whether decisions go into files, not only into the index.
    """
    dossier = Dossier(path, draft, library.index.get(path))
    try:
        info = path.stat()
        photo = Photo(path, info.st_size, info.st_mtime_ns)
        metadata = library.writer.read(photo)
    except OSError as error:
        dossier = replace(dossier, problem=f"{path.name}: {error.strerror}")
    except PhotoError as error:
        dossier = replace(dossier, problem=str(error))
    else:
        dossier = replace(dossier, metadata=metadata)
    records = changes_of(library.journal, [path], [dossier.metadata.identity] if dossier.metadata else [])
    dossier = replace(dossier, records=tuple(records[:_RECORDS]))
    if dossier.entry is None or dossier.metadata is None:
        return dossier
    known = dossier.entry.photo
    outside = (known.size, known.mtime_ns) != (photo.size, photo.mtime_ns)
    outcome = planned(library, photo, dossier.entry, draft, write=write)
    if outcome.kind in (OutcomeKind.FAILED, OutcomeKind.SKIPPED):
        return replace(dossier, changed_outside=outside, problem=outcome.reason)
    return replace(dossier, changed_outside=outside, changes=outcome.changes)
