"""One change of one file: its bytes before and after, and what that is as fields. Frozen, slotted, no I/O."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Splice:
    """One edit of a file: at ``offset`` (bytes, in the file before the change) ``old`` becomes ``new``."""

    offset: int
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One metadata field for people to read: ``name`` (as ``XMP dc:subject``), its value before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """Everything needed to change one file and to change it back to the byte.

    ``path`` and ``identity`` are the photo's; ``sidecar`` is the file that changes where that is not the photo itself.
    The hashes are of the file that changes: an empty ``before_sha256`` says that the change makes it, an empty
    ``after_sha256`` that it removes it. ``splices`` are sorted by offset, do not overlap, and are relative to the file
    before the change. ``note`` says why a sidecar was used instead of the photo; the journal does not keep it.
    """

    path: Path
    identity: str
    before_sha256: str
    after_sha256: str
    before_size: int
    before_mtime_ns: int
    splices: tuple[Splice, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    sidecar: Path | None = None
    note: str = field(default="", compare=False)

    @property
    def target(self) -> Path:
        """The file that changes."""
        return self.sidecar or self.path
