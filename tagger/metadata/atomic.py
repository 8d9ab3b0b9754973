"""Replace a file whole or not at all: a temporary file beside it, verified, then renamed over it.

Source: POSIX rename(2), fsync(2). Knows nothing of photos but their errors.
"""

import contextlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from tagger.core.errors import PhotoChanged
from tagger.metadata.files import Source, photo_error, read

SUFFIX = ".tagger-tmp"
_NAME_MAX = 255  # bytes, on every common file system
_EXTRA = len("..") + 8 + len(SUFFIX)
_log = logging.getLogger(__name__)


def replace(
    source: Source, content: bytes, *, mtime_ns: int | None, verify: Callable[[bytes], None], path: Path
) -> os.stat_result:
    """Put ``content`` in place of the file ``source``; returns its stat afterwards.

    Permissions, owner (where allowed) and extended attributes (where there are any) go over; the modification time
    becomes ``mtime_ns`` (nanoseconds), or now if None. ``verify`` gets what the disk then holds and raises to refuse.
    Raises PhotoChanged where the file is no longer ``source``, PhotoError for any error of the system (both about
    ``path``, the file's name as the user knows it). Then the file is untouched and the temporary one removed.
    """
    target = source.path
    temporary = _temporary(target)
    try:
        with _removed_on_error(temporary):
            _write(temporary, content, source, mtime_ns)
            verify(read(temporary, about=path).data)
            now = read(target, about=path)
            same_file = (now.stat.st_dev, now.stat.st_ino) == (source.stat.st_dev, source.stat.st_ino)
            if not same_file or now.data != source.data:
                raise PhotoChanged(path, "the file changed meanwhile", "another program wrote it; run again")
            os.replace(temporary, target)  # noqa: PTH105 - the one call that everything here leads to
        _sync_folder(target.parent)
        return target.stat()
    except OSError as error:
        raise photo_error(path, error) from error


def leftovers(path: Path) -> Iterator[Path]:
    """Yield the temporary files that an interrupted ``replace`` of ``path`` left. Raises OSError."""
    target = path.resolve()
    pattern = re.compile(re.escape(f".{_stem(target.name)}.") + "[0-9a-f]{8}" + re.escape(SUFFIX))
    with os.scandir(target.parent) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                yield Path(entry.path)


def _temporary(target: Path) -> Path:
    return target.with_name(f".{_stem(target.name)}.{secrets.token_hex(4)}{SUFFIX}")


def _stem(name: str) -> str:
    """Shorten a name so that the temporary one fits; without splitting a character."""
    encoded = os.fsencode(name)
    if len(encoded) + _EXTRA <= _NAME_MAX:
        return name
    cut = _NAME_MAX - _EXTRA
    while cut and encoded[cut] & 0xC0 == 0x80:
        cut -= 1
    return os.fsdecode(encoded[:cut])


@contextlib.contextmanager
def _removed_on_error(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:  # also when the user interrupts
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _write(temporary: Path, content: bytes, source: Source, mtime_ns: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        _copy_rights(descriptor, temporary, source)
        if mtime_ns is not None:
            os.utime(temporary, ns=(source.stat.st_atime_ns, mtime_ns))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_rights(descriptor: int, temporary: Path, source: Source) -> None:
    if hasattr(os, "fchown"):
        mine = os.fstat(descriptor)
        if (mine.st_uid, mine.st_gid) != (source.stat.st_uid, source.stat.st_gid):
            try:
                os.fchown(descriptor, source.stat.st_uid, source.stat.st_gid)
            except PermissionError:  # only root may give files away; the group may still be allowed
                with contextlib.suppress(PermissionError):
                    os.fchown(descriptor, -1, source.stat.st_gid)
    if hasattr(os, "listxattr"):
        _copy_attributes(descriptor, source.path)
    temporary.chmod(source.stat.st_mode & 0o7777)  # last: changing the owner clears bits, an ACL may set them


def _copy_attributes(descriptor: int, target: Path) -> None:
    """Copy extended attributes (labels, ACLs, where-from); those that the system keeps to itself stay behind."""
    try:
        names = os.listxattr(target)
    except OSError:  # a file system without them
        return
    for name in names:
        try:
            os.setxattr(descriptor, name, os.getxattr(target, name))
        except OSError as error:
            _log.debug("extended attribute %s not copied: %s", name, error.strerror)


def _sync_folder(folder: Path) -> None:
    """Make the rename durable; a system that cannot sync folders (Windows) does so by itself."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
