"""Replace, create or remove a file whole or not at all: a temporary file beside it, verified, then given its name.

Source: POSIX rename(2), link(2), fsync(2). Knows nothing of photos but their errors.
"""

import contextlib
import errno
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from tagger.core.errors import PhotoChanged
from tagger.metadata import file_flags
from tagger.metadata.files import Source, photo_error, read

SUFFIX = ".tagger-tmp"
_NAME_MAX = 255  # bytes, on every common file system
_EXTRA = len("..") + 8 + len(SUFFIX)
# What link(2) says on file systems that have no hard links, or forbid them.
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
_log = logging.getLogger(__name__)


def replace(
    source: Source, content: bytes, *, mtime_ns: int | None, verify: Callable[[bytes], None], path: Path
) -> os.stat_result:
    """Put ``content`` in place of the file ``source``; returns its stat afterwards.

    Permissions, owner (where allowed), extended attributes and flags (where there are any) go over; the modification
    time becomes ``mtime_ns`` (nanoseconds), or now if None. ``verify`` gets what the disk then holds, and raises to
    refuse. Raises PhotoChanged where the file is no longer ``source``, PhotoError for any error of the system (both
    about ``path``, the file's name as the user knows it). Then the file is untouched and the temporary one removed.
    """
    target = source.path
    temporary = _temporary(target)
    try:
        with _removed_on_error(temporary):
            times = None if mtime_ns is None else (source.stat.st_atime_ns, mtime_ns)
            _write(temporary, content, lambda descriptor: _copy_rights(descriptor, temporary, source), times)
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


def create(
    target: Path,
    content: bytes,
    *,
    like: os.stat_result,
    mtime_ns: int | None,
    verify: Callable[[bytes], None],
    path: Path,
) -> os.stat_result:
    """Make a new file ``target`` that holds ``content``; never overwrites one that is there. Returns its stat.

    Owner and permissions are those of the file with the stat ``like``, without the right to execute, and its owner may
    write. Otherwise like ``replace``: PhotoChanged means that a file of this name has appeared.
    """
    temporary = _temporary(target)
    times = None if mtime_ns is None else (mtime_ns, mtime_ns)
    try:
        with _removed_on_error(temporary):
            _write(temporary, content, lambda descriptor: _give_rights(descriptor, temporary, like), times)
            verify(read(temporary, about=path).data)
            _name(temporary, target)
        _sync_folder(target.parent)
        return target.stat()
    except FileExistsError as error:
        raise PhotoChanged(path, f"{target.name} appeared meanwhile", "another program made it; run again") from error
    except OSError as error:
        raise photo_error(path, error) from error


def remove(source: Source, *, path: Path) -> None:
    """Remove the file ``source``. Raises PhotoChanged where it is no longer that, PhotoError."""
    try:
        now = read(source.path, about=path, follow=False)
        if now.data != source.data:
            raise PhotoChanged(path, "the file changed meanwhile", "another program wrote it; run again")
        source.path.unlink()
        _sync_folder(source.path.parent)
    except OSError as error:
        raise photo_error(path, error) from error


def _name(temporary: Path, target: Path) -> None:
    """Give a finished file its name, but never that of a file that is there: that raises FileExistsError."""
    if os.name == "nt":
        temporary.rename(target)  # which never overwrites there
        return
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without hard links: take the name with an empty file, which only a file of ours replaces.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with _removed_on_error(target):
            os.replace(temporary, target)  # noqa: PTH105
        return
    temporary.unlink()


def leftovers(path: Path) -> Iterator[Path]:
    """Yield the temporary files that an interrupted ``replace`` or ``create`` of ``path`` left. Raises OSError."""
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


def _write(temporary: Path, content: bytes, give_rights: Callable[[int], None], times: tuple[int, int] | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        give_rights(descriptor)
        if times is not None:
            os.utime(temporary, ns=times)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_rights(descriptor: int, temporary: Path, source: Source) -> None:
    _give_owner(descriptor, source.stat)
    if hasattr(os, "listxattr"):
        _copy_attributes(descriptor, source.path)
    temporary.chmod(source.stat.st_mode & 0o7777)  # last: changing the owner clears bits, an ACL may set them
    file_flags.copy(source.path, descriptor, temporary)


def _give_rights(descriptor: int, temporary: Path, like: os.stat_result) -> None:
    _give_owner(descriptor, like)
    temporary.chmod(like.st_mode & 0o666 | 0o600)


def _give_owner(descriptor: int, like: os.stat_result) -> None:
    if not hasattr(os, "fchown"):
        return
    mine = os.fstat(descriptor)
    if (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
        try:
            os.fchown(descriptor, like.st_uid, like.st_gid)
        except PermissionError:  # only root may give files away; the group may still be allowed
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, -1, like.st_gid)


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
