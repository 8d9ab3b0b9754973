"""What no index says of a library's photos: which are new, and which another program changed or took away.

Looks at names, sizes and times only, as a scan does; decides nothing.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.core.records import Photo
from tagger.scan import scan
from tagger.stages import is_gone
from tagger.storage.browsing import Browsing


@dataclass(frozen=True, slots=True)
class Survey:
    """Photos by their path relative to the root (bytes, ``/`` between names).

    ``new``: without a row. ``outside``: not as they were when we wrote or looked last, or gone.
    """

    new: tuple[bytes, ...] = ()
    outside: frozenset[bytes] = frozenset()


def look_around(root: Path, browsing: Browsing, stopped: Callable[[], bool]) -> Survey:
    """Walk the whole library. Raises RunError for an index that cannot be read."""
    known = browsing.files()
    new: list[bytes] = []
    outside: set[bytes] = set()
    seen = False
    for found in scan([root]):
        if stopped():
            return Survey()
        if not isinstance(found, Photo):
            continue
        seen = True
        name = name_of(root, found.path)
        as_known = known.pop(name, None)
        if as_known is None:
            new.append(name)
        elif as_known != (found.size, found.mtime_ns):
            outside.add(name)
    if seen:  # an empty root is a drive that is not there, and no reason to call every photo gone
        outside.update(name for name in known if not stopped() and is_gone(path_of(root, name)))
    return Survey(tuple(new), frozenset(outside))


def look_again(root: Path, browsing: Browsing, before: Survey, names: Sequence[bytes]) -> Survey:
    """The survey ``before`` with these photos looked at anew. Raises RunError."""
    known = browsing.files(names)
    there = {name: _stat(path_of(root, name)) for name in names}
    new = {name for name in names if there[name] is not None and name not in known}
    outside = {name for name in names if name in known and there[name] != known[name]}
    again = frozenset(names)
    held = [name for name in before.new if name not in again or name in new]
    added = sorted(new.difference(held))
    return Survey((*held, *added), (before.outside - again) | outside)


def name_of(root: Path, path: Path) -> bytes:
    """A path as an index holds it. Raises ValueError for one outside of the root."""
    return os.fsencode(path.relative_to(root).as_posix())


def path_of(root: Path, name: bytes) -> Path:
    """The inverse of ``name_of``."""
    return root / os.fsdecode(name)


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        info = path.stat()
    except OSError:
        return None
    return info.st_size, info.st_mtime_ns
