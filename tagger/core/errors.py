"""Every error that tagger raises on purpose.

::

    TaggerError
    ├── PhotoError          this photo fails; the run goes on (exit code 1)
    │   ├── PhotoSkipped    not an error of the photo: we choose not to touch it (reported as skipped)
    │   │   └── NotEmbeddable   the file itself cannot hold our values; a sidecar can
    │   └── PhotoChanged    somebody else changed the file between our looks at it
    ├── FetchError          an address on the web gives no picture (exit code 1)
    └── RunError            the run cannot go on; tell the user (exit code 2)
        ├── BundleError     the model bundle cannot be used
        └── StorageFull     index or journal found the disk full; a run reports it per photo and goes on

Anything else that escapes is a bug of ours and ends in a traceback.
"""

from pathlib import Path


class TaggerError(Exception):
    """Base of all errors that are shown to the user as one line."""


class PhotoError(TaggerError):
    """One photo cannot be processed: ``path``, what is the ``cause``, and what to do (``hint``)."""

    def __init__(self, path: Path, cause: str, hint: str = "") -> None:
        self.path = path
        self.cause = cause
        self.hint = hint
        super().__init__(f"{cause} ({hint})" if hint else cause)


class PhotoSkipped(PhotoError):
    """The photo is left alone on purpose (a format that is not written yet, a read-only file, ...)."""


class NotEmbeddable(PhotoSkipped):
    """Our values cannot go into the file itself, and it was not touched; a sidecar beside it can hold them."""


class PhotoChanged(PhotoError):
    """The file is no longer what it was when we read it; it was not touched."""


class FetchError(TaggerError):
    """The picture at ``address`` cannot be had: what is the ``cause``, and what to do (``hint``)."""

    def __init__(self, address: str, cause: str, hint: str = "") -> None:
        self.address = address
        self.cause = cause
        self.hint = hint
        super().__init__(f"{address}: {cause} ({hint})" if hint else f"{address}: {cause}")


class RunError(TaggerError):
    """The run cannot start or go on: what is the ``cause``, and what to do (``hint``)."""

    def __init__(self, cause: str, hint: str = "") -> None:
        self.cause = cause
        self.hint = hint
        super().__init__(f"{cause} ({hint})" if hint else cause)


class BundleError(RunError):
    """The model bundle is damaged, of an unknown format, or not a bundle at all."""


class StorageFull(RunError):
    """The disk that holds index and journal is full: nothing may be changed that cannot be recorded."""
