"""The photo of a command that takes one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Outcome, Photo
from tagger.scan import scan


def one_photo(path: Path) -> Photo:
    """The photo at ``path``, as a scan sees it. Raises RunError where there is none."""
    found = next(scan([path], recursive=False), None)
    if found is None or isinstance(found, Outcome):
        raise RunError(f"{path}: {found.reason if found else 'holds no photo'}", "name one photo")
    return found


@contextmanager
def only(path: Path) -> Iterator[None]:
    """Where the one photo fails, the whole command does: raises its PhotoError as a RunError that names it."""
    try:
        yield
    except PhotoError as error:
        raise RunError(f"{path}: {error}") from error
