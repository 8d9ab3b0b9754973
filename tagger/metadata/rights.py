"""May this file be replaced? Says why not, before anything is written. Knows nothing of what is in it."""

import os
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError, PhotoSkipped
from tagger.metadata import file_flags
from tagger.metadata.files import Source


def require_replaceable(path: Path, source: Source, *, hard_links: bool) -> None:
    """Raise where a photo is meant to stay as it is, or may not be replaced by us.

    NotEmbeddable for one that is read-only, immutable or (without ``hard_links``) has several names: a sidecar leaves
    it alone. PhotoError where the rights of whoever runs us do not suffice.
    """
    status = source.stat
    if status.st_nlink > 1 and not hard_links:
        raise NotEmbeddable(
            path, f"has {status.st_nlink} hard links; replacing it would separate them", "a sidecar may serve"
        )
    if not status.st_mode & 0o222:
        raise NotEmbeddable(path, "file is read-only", "make it writable, or allow a sidecar")
    if not _may(source.path, os.W_OK):
        if file_flags.is_immutable(source.path):
            raise NotEmbeddable(path, "file is marked as immutable", "a sidecar may serve")
        raise PhotoError(path, "no permission to write the file", "check its owner and permissions")
    require_folder(path, source.path.parent)


def require_sidecar_replaceable(path: Path, source: Source, *, hard_links: bool) -> None:
    """Raise PhotoSkipped for a sidecar that is meant to stay as it is, PhotoError where we may not replace it."""
    name, status = source.path.name, source.stat
    if status.st_nlink > 1 and not hard_links:
        raise PhotoSkipped(
            path, f"its sidecar {name} has {status.st_nlink} hard links", "replacing would separate them"
        )
    if not status.st_mode & 0o222:
        raise PhotoSkipped(path, f"its sidecar {name} is read-only", "make it writable")
    if not _may(source.path, os.W_OK):
        raise PhotoError(path, f"no permission to write its sidecar {name}", "check its owner and permissions")
    require_folder(path, source.path.parent)


def require_folder(path: Path, folder: Path) -> None:
    """Raise PhotoError where no file can be made in ``folder``."""
    if _may(folder, os.W_OK | os.X_OK):
        return
    if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
        raise PhotoError(path, "the disk is read-only", "mount it writable")
    raise PhotoError(path, "no permission to write in the file's folder", "new files are written beside the old ones")


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)
