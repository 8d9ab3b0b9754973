"""Folders, files and patterns -> photos, in a stable order, one at a time.

Order: arguments as given, those on different disks in turn; in a folder first its files, then its folders, each as
people count (IMG_2 before IMG_10). Memory does not grow with the archive: one folder's names are held at a time, and
what an earlier argument has yielded already is worked out from that argument, not remembered. Looks at names and at
the file system, never into a photo; what a ``.taggerignore`` names is left out, but for arguments.
"""

import errno
import fnmatch
import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tagger.core.formats import SIDECAR_SUFFIX, suffix
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.folders import cause, is_ignored, is_photo, listed, look, printable
from tagger.ignored import FILE_NAME, Ignored

_MAGIC = re.compile(r"[*?\[]")


def device_of(path: Path) -> int:
    """The number of the disk that ``path`` is on. Raises OSError, ValueError."""
    return path.stat().st_dev


def scan(
    paths: Sequence[Path], *, recursive: bool = True, device: Callable[[Path], int] = device_of
) -> Iterator[Photo | Outcome]:
    """Yield a Photo for each photo at or below ``paths``, and an Outcome for what cannot be a Photo and why.

    Each file comes once, however often and by whatever name ``paths`` lead to it. Symbolic links are followed when
    they are named in ``paths``, not when they are found. A pattern (``*``, ``?``, ``[...]``, ``**``) that is no
    file is expanded. Arguments on different disks, as ``device`` tells them apart, take turns, so that the disks work
    at the same time. Problems are outcomes: nothing is raised.
    """
    disks: dict[int, list[Path]] = {}
    at = 0
    for path in paths:
        with suppress(OSError, ValueError):  # a path that leads nowhere, or a pattern, stays with the one before it
            at = device(path)
        disks.setdefault(at, []).append(path)
    if len(disks) <= 1:
        yield from _in_order(paths, _Earlier(recursive))
        return
    earlier, streams = _Earlier(recursive), deque[Iterator[Photo | Outcome]]()
    for group in disks.values():
        streams.append(_in_order(group, earlier.copy()))
        for path in group:
            earlier.add(path)
    while streams:
        stream = streams.popleft()
        for item in stream:
            yield item
            streams.append(stream)
            break


def _in_order(paths: Sequence[Path], earlier: "_Earlier") -> Iterator[Photo | Outcome]:
    for path in paths:
        try:
            real, is_folder = _resolved(path)
        except (OSError, ValueError) as error:
            pattern = _pattern(path)
            yield from [_missing(path, error)] if pattern is None else _expand(path, pattern, earlier)
        else:
            if is_folder:
                yield from _walk(real, earlier, Ignored(real))
            elif not earlier.covers(real):
                yield look(real) if is_photo(real.name) else _not_a_photo(real)
        earlier.add(path)


def _resolved(path: Path) -> tuple[Path, bool]:
    """``path`` without links, and whether it is a folder. Raises OSError, and ValueError for a NUL in the name."""
    real = Path(os.path.realpath(path, strict=True))
    return real, stat.S_ISDIR(real.lstat().st_mode)


def look_below(top: Path, path: Path, ignored: Ignored) -> Photo | Outcome | None:
    """What a recursive scan of the folder ``top`` would yield of the file ``path``; None: nothing.

    Both are absolute, ``top`` without links; ``ignored`` is of ``top``. Nothing is raised.
    """
    if not is_photo(path.name) or not reaches(top, path.parent) or is_ignored(path.name):
        return None
    try:
        if ignored.covers_any(path):
            return None
    except OSError as error:
        return Outcome(OutcomeKind.FAILED, path, f"cannot read {FILE_NAME}: {cause(error)}")
    return look(path)


def reaches(top: Path, folder: Path) -> bool:
    """Whether a scan of ``top`` goes into ``folder``, as far as names and links have a say in it."""
    if not folder.is_relative_to(top):
        return False
    for at in (folder, *folder.parents):
        if at == top:
            return True
        try:
            if is_ignored(at.name) or stat.S_ISLNK(at.lstat().st_mode):
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
        return not any(map(is_ignored, names)) and _match(names, self.names)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The arguments that are done, from which follows what has been yielded."""

    recursive: bool
    files: set[Path] = field(default_factory=set)
    folders: set[Path] = field(default_factory=set)
    patterns: list[_Pattern] = field(default_factory=list)

    def copy(self) -> "_Earlier":
        """The same arguments, to which others can be added."""
        return _Earlier(self.recursive, set(self.files), set(self.folders), list(self.patterns))

    def add(self, path: Path) -> None:
        """From now on what ``path`` leads to counts as yielded."""
        try:
            real, is_folder = _resolved(path)
        except (OSError, ValueError):
            if (pattern := _pattern(path)) is not None:
                self.patterns.append(pattern)
        else:
            (self.folders if is_folder else self.files).add(real)

    def covers(self, file: Path) -> bool:
        """Whether ``file`` (absolute, without links) has been yielded."""
        if self.names(file):
            return True
        return is_photo(file.name) and not is_ignored(file.name) and self.covers_folder(file.parent)

    def names(self, file: Path) -> bool:
        """Whether an argument led to ``file`` by itself, not by way of its folder."""
        if not self.files and not self.patterns:
            return False
        return file in self.files or (is_photo(file.name) and any(pattern.matches(file) for pattern in self.patterns))

    def covers_folder(self, folder: Path) -> bool:
        """Whether every photo in ``folder`` (and below, when recursive) has been yielded."""
        if not self.folders and not self.patterns:
            return False
        for at in (folder, *folder.parents):
            if at in self.folders or any(pattern.matches(at) for pattern in self.patterns):
                return True
            if not self.recursive or is_ignored(at.name):
                return False
        return False


def _walk(folder: Path, earlier: _Earlier, ignored: Ignored) -> Iterator[Photo | Outcome]:
    """What is in ``folder``, and below it when recursive, and has not come before."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        if earlier.covers_folder(here):
            continue
        files, folders, problem = listed(here, ignored)
        if problem is not None:
            yield problem
        for name in files:
            path = here / name
            if not earlier.names(path):
                yield look(path)
        if earlier.recursive:
            waiting += [here / name for name in reversed(folders)]


def _pattern(path: Path) -> _Pattern | None:
    """``path`` as a pattern, if it has a wildcard and is no file of that very name."""
    try:
        if os.path.lexists(path):
            return None
    except ValueError:  # a NUL in the name
        return None
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
        files, folders, problem = listed(here, ignored)
        if problem is not None:
            yield problem
        for file in (here / name for name in files):
            if whole or pattern.matches(file):
                found = True
                if not earlier.covers(file):
                    yield look(file)
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


def _not_a_photo(path: Path) -> Outcome:
    ending = suffix(path.name)
    if ending == SIDECAR_SUFFIX:
        reason = "not a photo: it is a sidecar, and written with its photo"
    elif ending:
        reason = f"not a photo: {printable(ending)} is no photo format"
    else:
        reason = "not a photo: its name has no suffix"
    return Outcome(OutcomeKind.FAILED, path, reason)


def _missing(path: Path, error: OSError | ValueError) -> Outcome:
    """Why an argument leads nowhere."""
    if isinstance(error, ValueError):
        return Outcome(OutcomeKind.FAILED, path, "not a file name")
    try:
        target = printable(str(path.readlink()))
    except OSError:  # no link
        return Outcome(OutcomeKind.FAILED, path, cause(error))
    missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
    reason = f"symbolic link to {target}, which is not there" if missing else cause(error)
    return Outcome(OutcomeKind.FAILED, path, reason)
