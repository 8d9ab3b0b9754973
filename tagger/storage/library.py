"""Where a library keeps its files: the folder ``.tagger`` in its root. Opens none of them."""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import RunError

FOLDER_NAME = ".tagger"


@dataclass(frozen=True, slots=True)
class Library:
    """A folder of photos, with its index, journal and settings in ``.tagger`` below it."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where everything of ours is."""
        return self.root / FOLDER_NAME

    @property
    def index_file(self) -> Path:
        """The index: a cache."""
        return self.folder / "index.db"

    @property
    def new_index_file(self) -> Path:
        """Where an index is being made that will take the old one's place."""
        return self.folder / "index-new.db"

    @property
    def journal_file(self) -> Path:
        """The journal: what undo needs."""
        return self.folder / "journal.db"

    @property
    def lock_file(self) -> Path:
        """The lock that whoever writes here holds."""
        return self.folder / "lock"

    def create(self) -> None:
        """Make the folder unless it is there. Raises RunError when that cannot be."""
        if _is_ours(self.folder):
            return
        try:
            self.folder.mkdir()
        except FileExistsError:  # another program was faster: look again at what it made
            _is_ours(self.folder)
        except FileNotFoundError as error:
            raise RunError(f"{self.root}: no such folder") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise RunError(f"the disk is full: cannot create {self.folder}", "free some space") from error
            if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise RunError(
                    f"cannot create {self.folder}: {os.strerror(error.errno)}",
                    "make the folder writable, or choose another folder that holds your photos as the library",
                ) from error
            raise RunError(f"cannot create {self.folder}: {error.strerror}") from error


def find_root(path: Path) -> Path | None:
    """The nearest folder at or above ``path`` that is a library's root. Raises RunError for a ``.tagger`` to refuse."""
    start = Path(os.path.realpath(path))
    for folder in (start, *start.parents):
        if _is_ours(folder / FOLDER_NAME):
            return folder
    return None


def _is_ours(folder: Path) -> bool:
    """Whether ``folder`` is there, as a folder; a file or a link in its place is not ours to follow."""
    try:
        mode = folder.lstat().st_mode
    except OSError:
        return False
    if not stat.S_ISDIR(mode):
        what = "a symbolic link" if stat.S_ISLNK(mode) else "not a folder"
        raise RunError(f"{folder} is {what}", "move it away: tagger keeps its files in a folder of this name")
    return True
