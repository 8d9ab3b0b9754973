"""Files that an evaluation writes: checked before the work begins, new ones only, for what is there may be dear."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tagger.core.errors import RunError

PAGE = (".html", ".htm")
PICTURE = (".png",)


def check_new(path: Path, option: str, endings: Sequence[str] = ()) -> None:
    """Refuse a file that cannot be made later, named by a command's ``option``. Raises RunError."""
    if endings and path.suffix.lower() not in endings:
        raise RunError(f"{path} is not called {endings[0]}", f"choose another name with {option}")
    if path.is_symlink() or path.exists():
        raise RunError(f"{path} is there already", f"choose another name with {option}")
    if not path.parent.is_dir():
        raise RunError(f"{path} cannot be written: there is no folder {path.parent}", f"choose another with {option}")


@contextmanager
def new_file(path: Path, option: str) -> Iterator[IO[bytes]]:
    """A new file to write into. Raises RunError where it cannot be made or written; a file that is there stays."""
    try:
        with path.open("xb") as file:
            yield file
    except FileExistsError as error:
        raise RunError(f"{path} is there already", f"choose another name with {option}") from error
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}", f"choose another place with {option}") from error
