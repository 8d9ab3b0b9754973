"""File flags beside the permissions (no dump, compressed, hidden, immutable): read, and copied where there are any.

Source: Linux ioctl_iflags(2), BSD and macOS chflags(2). All of it is best effort: a system without flags has none.
"""

import array
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

_GET, _SET = 0x80086601, 0x40086602  # FS_IOC_GETFLAGS, FS_IOC_SETFLAGS on 64-bit systems
_IMMUTABLE, _APPEND = 0x10, 0x20
# Secure deletion, undelete, compress, synchronous, no dump, no access times: a user's own choices. Others belong to the
# file system itself (extents, encryption, copy on write of a file with data).
_COPIED = 0x01 | 0x02 | 0x04 | 0x08 | 0x40 | 0x80
_BSD_COPIED = 0x0000FFFF & ~0x06  # what users may set, but not immutable and append-only
_BSD_IMMUTABLE = 0x02 | 0x04 | 0x20000 | 0x40000


def copy(source: Path, descriptor: int, target: Path) -> None:
    """Give the open file ``descriptor``, which is ``target``, the flags of ``source``."""
    chflags = getattr(os, "chflags", None)
    if chflags is not None:
        flags = getattr(source.stat(), "st_flags", 0) & _BSD_COPIED
        if flags:
            _quietly(lambda: chflags(target, flags))
        return
    flags = _linux(source) & _COPIED
    if flags:
        _quietly(lambda: _set(descriptor, flags))


def is_immutable(path: Path) -> bool:
    """Whether flags forbid to replace the file, whoever asks."""
    try:
        if hasattr(os, "chflags"):
            return bool(getattr(path.stat(), "st_flags", 0) & _BSD_IMMUTABLE)
    except OSError:
        return False
    return bool(_linux(path) & (_IMMUTABLE | _APPEND))


def _linux(path: Path) -> int:
    try:
        import fcntl

        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (ImportError, OSError):
        return 0
    try:
        flags = array.array("l", [0])
        fcntl.ioctl(descriptor, _GET, flags, True)
    except OSError:  # a file system without flags
        return 0
    finally:
        os.close(descriptor)
    return flags[0] & 0xFFFFFFFF


def _set(descriptor: int, flags: int) -> None:
    import fcntl

    have = array.array("l", [0])
    fcntl.ioctl(descriptor, _GET, have, True)
    fcntl.ioctl(descriptor, _SET, array.array("l", [have[0] | flags]), True)


def _quietly(action: Callable[[], None]) -> None:
    with contextlib.suppress(OSError):
        action()
