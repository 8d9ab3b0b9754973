"""Photos that the journal may know under another name: they are recognised by their pictures."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tagger import bootstrap
from tagger.core.errors import PhotoError
from tagger.core.records import Photo
from tagger.scan import scan


def renamed(library: bootstrap.OpenLibrary, paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Identity and path of photos at or below ``paths`` under whose name the journal knows nothing."""
    for found in scan(paths):
        if isinstance(found, Photo) and next(library.journal.changes(path=found.path), None) is None:
            with suppress(PhotoError):
                yield library.writer.read(found).identity, found.path
