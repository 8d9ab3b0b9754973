"""Whether a watched folder is there, the same as before, and in which library: a drive may go, and come back.

Looks at the folder and the library's own folder only.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tagger import bootstrap
from tagger.core.errors import RunError
from tagger.storage.library import Library


@dataclass(slots=True)
class Presence:
    """One folder. With ``existing`` it is not made a library where it is in none, but waited for."""

    folder: Path
    existing: bool
    root: Path = field(init=False)
    """Root of the library of this folder, known once the folder was there."""
    _is_new: bool = True

    def __post_init__(self) -> None:
        self.root = self.folder

    def look(self) -> tuple[str, tuple[int, int] | None]:
        """Why the folder cannot be used, empty where it can, and which one it is (device, number)."""
        try:
            info = self.folder.stat()
            if self._is_new:
                self.root = bootstrap.library_root(self.folder)
        except OSError as error:
            return (error.strerror or str(error)).lower(), None
        except RunError as error:
            return str(error), None
        library = Library(self.root)
        if not library.folder.is_dir():
            # An empty mount point looks like a folder whose photos are all gone: the library tells them apart.
            if not self._is_new or self.existing:
                return "not a library now (is its drive connected?)", None
            try:
                library.create()
            except RunError as error:
                return str(error), None
        self._is_new = False
        return "", (info.st_dev, info.st_ino)
