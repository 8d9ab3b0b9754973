"""A process that runs for months must not keep what it needed for a minute: settings of the C library, if any.

Source: mallopt(3), malloc_trim(3). Each thread's arena keeps what its photos left free between other things; turns of a
watcher start new threads, and measured growth was 0.7 MB in 1,000 photos without it.
"""

import ctypes
import sys

_M_ARENA_MAX = -8


def share_memory() -> None:
    """Let all threads allocate from one place; to be called before there are any."""
    libc = _libc()
    if libc is not None and hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 1)


def give_memory_back() -> None:
    """Hand what is free back to the system."""
    libc = _libc()
    if libc is not None and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform.startswith("linux") else None
