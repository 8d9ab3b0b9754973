"""The only boundaries between layers. Fakes in the tests implement them; so do the real things."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from tagger.core.changes import MetadataChange
    from tagger.core.records import (
        Caption,
        ChangeState,
        Failure,
        IndexEntry,
        Intent,
        JournalRecord,
        Photo,
        PhotoMetadata,
        Review,
        Tag,
    )


class StopEvent(Protocol):
    """Asked between photos: shall the run end? ``threading.Event`` is one."""

    def is_set(self) -> bool: ...


class Captioner(Protocol):
    """Pixels to words."""

    @property
    def model_id(self) -> str:
        """Name and version of the bundle, as recorded in photos and index."""

    def prepare(self, photo: "Photo") -> "NDArray[np.float32]":
        """Read one photo into ``pixel_values`` (H, W, 3). Thread-safe. Raises PhotoError."""

    def generate(self, batch: "Sequence[NDArray[np.float32]]") -> "list[Caption]":
        """Caption a batch; same length and order out. Called from one thread at a time."""

    def tags(self, scores: bytes) -> "tuple[Tag, ...] | None":
        """The tags that ``generate`` gives for a photo of these ``Caption.scores``; None where they do not fit.

        Thread-safe, and needs no loaded model.
        """


class MetadataWriter(Protocol):
    """Words to file."""

    def read(self, photo: "Photo") -> "PhotoMetadata":
        """Parse what the file holds; never decodes pixels. Raises PhotoError, PhotoSkipped."""

    def plan(
        self,
        metadata: "PhotoMetadata",
        caption: "Caption",
        *,
        model: str,
        run: str,
        review: "Review | None" = None,
    ) -> "tuple[MetadataChange, ...]":
        """Work out the changes, at most one a file; none where all of it is there already. Writes nothing.

        Without a ``review``, what a person decided stays as it is. With one, that is what is decided from now on; where
        it rejects, what was in the fields before us comes back, and ``caption`` is what stays of ours.
        Raises PhotoError, PhotoChanged, PhotoSkipped.
        """

    def plan_clean(self, metadata: "PhotoMetadata", *, approved: bool = False) -> "tuple[MetadataChange, ...]":
        """Work out what takes everything of ours out again, from any run. Otherwise like ``plan``.

        What a person decided stays (PhotoSkipped), unless ``approved``.
        """

    def apply(self, change: "MetadataChange") -> "Photo":
        """Make the change atomically and verified; returns the photo as it then is.

        Raises PhotoChanged if the file is not what it was at ``plan``, PhotoError for anything else that
        stops it; in both cases the file is untouched.
        """

    def revert(self, change: "MetadataChange") -> "Photo":
        """Put the bytes and the modification time from before ``change`` back. Raises like ``apply``."""

    def compare(self, change: "MetadataChange") -> str:
        """Say whether the file is now as ``before`` the change, ``after`` it, ``other`` or ``missing``."""

    def discard_leftovers(self, change: "MetadataChange") -> None:
        """Remove the temporary file that an interrupted ``apply`` or ``revert`` may have left beside the target."""


class SidecarNews(Protocol):
    """Which sidecars another program wrote."""

    def about(self, rows: "Sequence[tuple[Photo, IndexEntry]]") -> "set[Path]":
        """Those photos whose sidecar somebody else wrote since their row was made."""

    def left(self, sidecar: "Path", digest: str) -> None:
        """A sidecar was just written by us: its SHA-256."""


class Index(Protocol):
    """What is known of every photo of a library. A cache: may be deleted and rebuilt."""

    def get(self, path: "Path") -> "IndexEntry | None": ...

    def known(self, paths: "Sequence[Path]", *, words: bool = True) -> "dict[Path, IndexEntry]":
        """The rows of those of ``paths`` that have one; without ``words`` captions are empty, which is much faster."""

    def find(self, identity: str) -> "list[IndexEntry]":
        """Rows with this picture data, wherever they were last seen."""

    def put(self, entry: "IndexEntry") -> None:
        """Insert or replace the row of ``entry.photo.path``; durable on return.

        The photo has not failed then; a caption that comes fresh from a model is kept for ``result`` too.
        """

    def result(self, identity: str, model: str, decoding: str) -> "Caption | None":
        """What this model once said of this picture, with ``scores`` and without tags; a cache, None at any time."""

    def fail(self, failure: "Failure") -> None:
        """Remember that a photo failed, until it is ``put`` or forgiven."""

    def failures(self) -> "Iterator[Failure]":
        """Photos that failed, by path."""

    def forgive(self, path: "Path") -> None:
        """Forget that a photo failed."""

    def remove(self, path: "Path") -> None: ...

    def search(self, query: str, *, limit: int | None = None) -> "Iterator[IndexEntry]":
        """Rows that match every term (see docs/search.md). Raises RunError for a malformed query."""


class Journal(Protocol):
    """Before and after of every change to a file. The truth for undo and for recovery after a crash."""

    def begin(self, run: str, change: "MetadataChange", entry: "IndexEntry", intent: "Intent | None" = None) -> int:
        """Record a change; durable on return, before the photo is touched. Returns the record's id."""

    def resolve(self, record: int, state: "ChangeState") -> None:
        """Say how the change ended."""

    def pending(self) -> "list[JournalRecord]":
        """Records of which the file may be before or after the change (PENDING, UNDOING), oldest first."""

    def changes(
        self, *, run: str | None = None, path: "Path | None" = None, identity: str | None = None
    ) -> "Iterator[JournalRecord]":
        """Records of a run, of a path, of a picture (or all), newest first."""
