"""Reading a photo file whole, without blocking and without surprises; what errors of the system mean for a photo."""

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import PhotoChanged, PhotoError
from tagger.core.records import Photo

MAX_SIZE = 1 << 30  # bytes: files are read whole

_CAUSES = {
    errno.ENOSPC: ("the disk is full", "make room, then run again"),
    errno.EDQUOT: ("the disk quota is used up", "make room, then run again"),
    errno.EFBIG: ("the file would be larger than the system allows", "see the limit on file sizes (ulimit -f)"),
    errno.EACCES: ("permission denied", "check the permissions of the file and of its folder"),
    errno.EPERM: ("the system does not permit it", "check the permissions and attributes of the file and its folder"),
    errno.EROFS: ("the disk is read-only", "mount it writable"),
    errno.ENAMETOOLONG: ("the file's name is too long", "rename the file"),
    errno.EIO: ("the disk reports an error", "check the disk before anything else"),
    errno.ELOOP: ("its symbolic links go in a circle", "remove the link"),
    errno.EISDIR: ("this is a folder, not a file", ""),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was at one moment: its real path (links followed), its bytes, its stat."""

    path: Path
    data: bytes
    stat: os.stat_result

    @property
    def revision(self) -> str:
        """Return what changes whenever the file is written, replaced or given other rights.

        An editor may keep size and modification time; the time of the last change (ctime) it cannot set on POSIX.
        """
        return revision(self.stat)

    def sha256(self) -> str:
        """Return the SHA-256 (hex) of the whole file."""
        return hashlib.sha256(self.data).hexdigest()


def read(path: Path, *, about: Path | None = None, follow: bool = True) -> Source:
    """Read a regular file whole, as it is at one moment; errors are ``about`` the path that the user knows.

    Without ``follow`` a symbolic link is an error. Raises PhotoChanged where it is gone or changes meanwhile,
    PhotoError for anything else that stops it.
    """
    about = about or path
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
    try:
        real = path.resolve() if follow else path.parent.resolve() / path.name
        descriptor = os.open(real, flags)  # not blocking: opening a pipe must not wait for a writer
    except (OSError, ValueError, RuntimeError) as error:
        raise photo_error(about, error) from error
    try:
        status = os.fstat(descriptor)
        require_regular(about, status)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(status.st_size + 1)
        after = os.fstat(descriptor)
    except OSError as error:
        raise photo_error(about, error) from error
    finally:
        os.close(descriptor)
    if len(data) != status.st_size or after.st_mtime_ns != status.st_mtime_ns or after.st_size != status.st_size:
        raise PhotoChanged(about, "the file changes while it is read", "another program writes it; run again later")
    return Source(real, data, status)


def revision(status: os.stat_result) -> str:
    """Return the fingerprint that ``Source.revision`` describes, from a stat."""
    values = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return ":".join(map(str, values))


def require_regular(path: Path, status: os.stat_result) -> None:
    """Raise PhotoError for anything but a regular file of a size that we read whole."""
    if stat.S_ISDIR(status.st_mode):
        raise PhotoError(path, "this is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise PhotoError(path, "this is not a regular file", "pipes, devices and sockets are no photos")
    if status.st_size > MAX_SIZE:
        raise PhotoError(path, "the file is larger than 1 GiB", "no photo is; is it a video?")


def photo(path: Path, status: os.stat_result) -> Photo:
    """Return the record of a file under the name that the caller knows it by."""
    return Photo(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)


def photo_error(path: Path, error: Exception) -> PhotoError:
    """Translate an error of the system into one about a photo, with a cause and what to do."""
    if isinstance(error, PhotoError):
        return error
    if isinstance(error, OSError):
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            return PhotoChanged(path, "the file vanished", "it was moved, renamed or deleted meanwhile")
        cause, hint = _CAUSES.get(error.errno or 0, (error.strerror or str(error), ""))
        return PhotoError(path, cause, hint)
    return PhotoError(path, str(error))
