"""One folder: which names in it are photos, which are folders to go into, in what order; and what a file is now.

Looks at names and at the file system, never into a photo. Knows of no arguments and walks nowhere.
"""

import errno
import os
import stat
from pathlib import Path

from tagger.core.formats import PHOTO_SUFFIXES, suffix
from tagger.core.natural import natural_key
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.ignored import FILE_NAME, Ignored

NOT_YET = {".jxl": "JPEG XL"}
"""Formats that are photos to people, but that we cannot read yet: suffix -> name."""

_IGNORED_NAMES = frozenset({"@eaDir", ".tagger", "$RECYCLE.BIN", "System Volume Information"})
_TEMPORARY_SUFFIX = ".tagger-tmp"
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT: Windows' other kind of folder link


def listed(folder: Path, ignored: Ignored) -> tuple[list[str], list[str], Outcome | None]:
    """Names of the photos and of the folders to go into, sorted, and what stopped the listing if something did."""
    files: list[str] = []
    folders: list[str] = []
    problem: Outcome | None = None
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_ignored(entry.name):
                    continue
                if _is_folder(entry, follow_symlinks=False):
                    if not _is_junction(entry):
                        folders.append(entry.name)
                elif is_photo(entry.name) and not (entry.is_symlink() and _is_folder(entry, follow_symlinks=True)):
                    files.append(entry.name)
    except OSError as error:
        problem = Outcome(OutcomeKind.FAILED, folder, f"cannot list the folder: {cause(error)}")
    try:
        if (files or folders) and ignored.holds_in(folder):
            files = [name for name in files if not ignored.covers(folder / name, folder=False)]
            folders = [name for name in folders if not ignored.covers(folder / name, folder=True)]
    except OSError as error:
        return [], [], Outcome(OutcomeKind.FAILED, folder, f"cannot read {FILE_NAME}: {cause(error)}")
    files.sort(key=_natural)
    folders.sort(key=_natural)
    return files, folders, problem


def _is_folder(entry: "os.DirEntry[str]", *, follow_symlinks: bool) -> bool:
    try:
        return entry.is_dir(follow_symlinks=follow_symlinks)
    except OSError:  # a loop of links, or a file that may not be looked at
        return False


def _is_junction(entry: "os.DirEntry[str]") -> bool:
    if os.name != "nt":
        return False
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


def _natural(name: str) -> tuple[bytes, bytes]:
    """Sorts names as people do; those that are alike to people by their bytes."""
    raw = os.fsencode(name)
    return natural_key(raw), raw


def is_ignored(name: str) -> bool:
    """Whether files and folders of this name are passed over: hidden, the system's, or our own."""
    return name.startswith(".") or name in _IGNORED_NAMES or name.endswith(_TEMPORARY_SUFFIX)


def is_photo(name: str) -> bool:
    """Whether a file of this name counts as a photo."""
    ending = suffix(name)
    return ending in PHOTO_SUFFIXES or ending in NOT_YET


def look(path: Path) -> Photo | Outcome:
    """What the file at ``path``, named as a photo, is now."""
    try:
        info = path.lstat()
        if stat.S_ISLNK(info.st_mode):
            return Outcome(OutcomeKind.SKIPPED, path, f"symbolic link to {printable(str(path.readlink()))}")
    except OSError as error:
        return Outcome(OutcomeKind.FAILED, path, cause(error))
    if not stat.S_ISREG(info.st_mode):
        return Outcome(OutcomeKind.SKIPPED, path, "not a regular file")
    other = NOT_YET.get(suffix(path.name))
    if other is not None:
        return Outcome(OutcomeKind.SKIPPED, path, f"{other} cannot be read yet")
    return Photo(path, info.st_size, info.st_mtime_ns)


def cause(error: OSError) -> str:
    """What the system says went wrong, in words for the user."""
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "no such file or folder"
    if error.errno == errno.ELOOP:
        return "a symbolic link that leads back to itself"
    return (error.strerror or str(error)).lower()


def printable(name: str) -> str:
    r"""A name for people: bytes that are no text as ``\xNN``, line breaks and the like escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
