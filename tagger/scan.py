"""Folders, files and patterns -> photos, in a stable order, one at a time.

Order: arguments as given; in a folder first its files, then its folders, each as people count (IMG_2 before IMG_10).
Memory does not grow with the archive: one folder's names are held at a time, and what an earlier argument has
yielded already is worked out from that argument, not remembered. Looks at names and at the file system, never
into a photo; what a ``.taggerignore`` names is left out, but for arguments.
"""

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tagger.core.formats import PHOTO_SUFFIXES, SIDECAR_SUFFIX, suffix
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.ignored import FILE_NAME, Ignored

NOT_YET = {".jxl": "JPEG XL"}
"""Formats that are photos to people, but that we cannot read yet: suffix -> name."""

_IGNORED_NAMES = frozenset({"@eaDir", ".tagger", "$RECYCLE.BIN", "System Volume Information"})
_TEMPORARY_SUFFIX = ".tagger-tmp"
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT: Windows' other kind of folder link
_DIGITS = re.compile(rb"([0-9]+)")
_MAGIC = re.compile(r"[*?\[]")


def scan(paths: Sequence[Path], *, recursive: bool = True) -> Iterator[Photo | Outcome]:
    """Yield a Photo for each photo at or below ``paths``, and an Outcome for what cannot be a Photo and why.

    Each file comes once, however often and by whatever name ``paths`` lead to it. Symbolic links are followed when
    they are named in ``paths``, not when they are found. A pattern (``*``, ``?``, ``[...]``, ``**``) that is no
    file is expanded. Problems are outcomes: nothing is raised.
    """
    earlier = _Earlier(recursive)
    for path in paths:
        try:
            real = Path(os.path.realpath(path, strict=True))
            is_folder = stat.S_ISDIR(real.lstat().st_mode)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            pattern = None if isinstance(error, ValueError) or os.path.lexists(path) else _pattern(path)
            if pattern is not None:
                yield from _expand(path, pattern, earlier)
                earlier.patterns.append(pattern)
            else:
                yield _missing(path, error)
            continue
        if is_folder:
            yield from _walk(real, earlier, Ignored(real))
            earlier.folders.add(real)
        elif not earlier.covers(real):
            earlier.files.add(real)
            yield _look(real) if _is_photo(real.name) else _not_a_photo(real)


def look_below(top: Path, path: Path, ignored: Ignored) -> Photo | Outcome | None:
    """What a recursive scan of the folder ``top`` would yield of the file ``path``; None: nothing.

    Both are absolute, ``top`` without links; ``ignored`` is of ``top``. Nothing is raised.
    """
    if not _is_photo(path.name) or not reaches(top, path.parent) or _is_ignored(path.name):
        return None
    try:
        if ignored.covers_any(path):
            return None
    except OSError as error:
        return Outcome(OutcomeKind.FAILED, path, f"cannot read {FILE_NAME}: {_reason(error)}")
    return _look(path)


def reaches(top: Path, folder: Path) -> bool:
    """Whether a scan of ``top`` goes into ``folder``, as far as names and links have a say in it."""
    if not folder.is_relative_to(top):
        return False
    for at in (folder, *folder.parents):
        if at == top:
            return True
        try:
            if _is_ignored(at.name) or stat.S_ISLNK(at.lstat().st_mode):
                return False
        except OSError:
            return False
    return False


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern: the folder before its first wildcard, and the names below, which may be wildcards."""

    base: Path
    names: tuple[str, ...]

    def matches(self, path: Path) -> bool:
        """Whether ``path`` itself, a file or a folder, matches and can be met below ``base``."""
        if not path.is_relative_to(self.base):
            return False
        names = path.relative_to(self.base).parts
        return not any(map(_is_ignored, names)) and _match(names, self.names)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The arguments that are done, from which follows what has been yielded."""

    recursive: bool
    files: set[Path] = field(default_factory=set)
    folders: set[Path] = field(default_factory=set)
    patterns: list[_Pattern] = field(default_factory=list)

    def covers(self, file: Path) -> bool:
        """Whether ``file`` (absolute, without links) has been yielded."""
        if self.names(file):
            return True
        return _is_photo(file.name) and not _is_ignored(file.name) and self.covers_folder(file.parent)

    def names(self, file: Path) -> bool:
        """Whether an argument led to ``file`` by itself, not by way of its folder."""
        return file in self.files or (_is_photo(file.name) and any(pattern.matches(file) for pattern in self.patterns))

    def covers_folder(self, folder: Path) -> bool:
        """Whether every photo in ``folder`` (and below, when recursive) has been yielded."""
        if not self.folders and not self.patterns:
            return False
        for at in (folder, *folder.parents):
            if at in self.folders or any(pattern.matches(at) for pattern in self.patterns):
                return True
            if not self.recursive or _is_ignored(at.name):
                return False
        return False


def _walk(folder: Path, earlier: _Earlier, ignored: Ignored) -> Iterator[Photo | Outcome]:
    """What is in ``folder``, and below it when recursive, and has not come before."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        if earlier.covers_folder(here):
            continue
        files, folders, problem = _list(here, ignored)
        if problem is not None:
            yield problem
        for name in files:
            path = here / name
            if not earlier.names(path):
                yield _look(path)
        if earlier.recursive:
            waiting += [here / name for name in reversed(folders)]


def _pattern(path: Path) -> _Pattern | None:
    """``path`` as a pattern, if it has a wildcard."""
    for at, name in enumerate(path.parts):
        # The anchor is no name, and may hold a "?" on Windows.
        if name != path.anchor and _MAGIC.search(name):
            return _Pattern(Path(os.path.realpath(Path(*path.parts[:at]))), path.parts[at:])
    return None


def _expand(path: Path, pattern: _Pattern, earlier: _Earlier) -> Iterator[Photo | Outcome]:
    """What matches ``pattern`` and has not come before; a folder that matches is walked."""
    deepest = None if "**" in pattern.names else len(pattern.names)
    found, ignored = False, Ignored(pattern.base)
    waiting = [(pattern.base, 0)] if pattern.base.is_dir() else []
    while waiting:
        here, level = waiting.pop()
        whole = level > 0 and pattern.matches(here)
        found = found or whole
        if whole and earlier.recursive:
            yield from _walk(here, earlier, ignored)
            continue
        if level == deepest and not whole:
            continue
        files, folders, problem = _list(here, ignored)
        if problem is not None:
            yield problem
        for file in (here / name for name in files):
            if whole or pattern.matches(file):
                found = True
                if not earlier.covers(file):
                    yield _look(file)
        if deepest is None or level < deepest:
            waiting += [(here / name, level + 1) for name in reversed(folders)]
    if not found:
        yield Outcome(OutcomeKind.FAILED, path, "no photo or folder matches this pattern")


def _match(names: tuple[str, ...], wildcards: tuple[str, ...]) -> bool:
    """Whether each name matches its wildcard; ``**`` stands for any number of names, at the end for at least one."""
    if not wildcards:
        return not names
    if wildcards[0] == "**":
        if len(wildcards) == 1:
            return bool(names)
        return any(_match(names[start:], wildcards[1:]) for start in range(len(names)))
    return bool(names) and fnmatch.fnmatch(names[0], wildcards[0]) and _match(names[1:], wildcards[1:])


def _list(folder: Path, ignored: Ignored) -> tuple[list[str], list[str], Outcome | None]:
    """Names of the photos and of the folders to go into, sorted, and what stopped the listing if something did."""
    files: list[str] = []
    folders: list[str] = []
    problem: Outcome | None = None
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_ignored(entry.name):
                    continue
                if _is_folder(entry, follow_symlinks=False):
                    if not _is_junction(entry):
                        folders.append(entry.name)
                elif _is_photo(entry.name) and not (entry.is_symlink() and _is_folder(entry, follow_symlinks=True)):
                    files.append(entry.name)
    except OSError as error:
        problem = Outcome(OutcomeKind.FAILED, folder, f"cannot list the folder: {_reason(error)}")
    try:
        files = [name for name in files if not ignored.covers(folder / name, folder=False)]
        folders = [name for name in folders if not ignored.covers(folder / name, folder=True)]
    except OSError as error:
        return [], [], Outcome(OutcomeKind.FAILED, folder, f"cannot read {FILE_NAME}: {_reason(error)}")
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


def _natural(name: str) -> tuple[list[bytes | int], bytes]:
    """Sorts runs of digits by their value, everything else by its bytes."""
    raw = os.fsencode(name)
    # split() alternates text and digits, so that a number meets a number when two keys are compared.
    return [int(part) if at % 2 else part for at, part in enumerate(_DIGITS.split(raw))], raw


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name in _IGNORED_NAMES or name.endswith(_TEMPORARY_SUFFIX)


def _is_photo(name: str) -> bool:
    ending = suffix(name)
    return ending in PHOTO_SUFFIXES or ending in NOT_YET


def _look(path: Path) -> Photo | Outcome:
    """What the file at ``path``, named as a photo, is now."""
    try:
        info = path.lstat()
        if stat.S_ISLNK(info.st_mode):
            return Outcome(OutcomeKind.SKIPPED, path, f"symbolic link to {_printable(str(path.readlink()))}")
    except OSError as error:
        return Outcome(OutcomeKind.FAILED, path, _reason(error))
    if not stat.S_ISREG(info.st_mode):
        return Outcome(OutcomeKind.SKIPPED, path, "not a regular file")
    other = NOT_YET.get(suffix(path.name))
    if other is not None:
        return Outcome(OutcomeKind.SKIPPED, path, f"{other} cannot be read yet")
    return Photo(path, info.st_size, info.st_mtime_ns)


def _not_a_photo(path: Path) -> Outcome:
    ending = suffix(path.name)
    if ending == SIDECAR_SUFFIX:
        reason = "not a photo: it is a sidecar, and written with its photo"
    elif ending:
        reason = f"not a photo: {_printable(ending)} is no photo format"
    else:
        reason = "not a photo: its name has no suffix"
    return Outcome(OutcomeKind.FAILED, path, reason)


def _missing(path: Path, error: OSError | ValueError) -> Outcome:
    """Why an argument leads nowhere."""
    if isinstance(error, ValueError):
        return Outcome(OutcomeKind.FAILED, path, "not a file name")
    try:
        target = _printable(str(path.readlink()))
    except OSError:  # no link
        return Outcome(OutcomeKind.FAILED, path, _reason(error))
    missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
    reason = f"symbolic link to {target}, which is not there" if missing else _reason(error)
    return Outcome(OutcomeKind.FAILED, path, reason)


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "no such file or folder"
    if error.errno == errno.ELOOP:
        return "a symbolic link that leads back to itself"
    return (error.strerror or str(error)).lower()


def _printable(name: str) -> str:
    r"""A name for people: bytes that are no text as ``\xNN``, line breaks and the like escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
