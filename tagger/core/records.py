"""The values that travel between the layers: frozen, slotted, without behaviour beyond what follows from them."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo file as a scan saw it: absolute ``path``, ``size`` in bytes, ``mtime_ns`` in nanoseconds."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One label with its calibrated probability (0 to 1) and its ancestors, nearest first (dog -> pet, animal)."""

    label: str
    score: float
    ancestors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another caption that the decoder found, with the natural log of its probability."""

    text: str
    log_probability: float


@dataclass(frozen=True, slots=True)
class Caption:
    """What the model says of one photo: a sentence, the natural log of its probability, runners-up, tags."""

    text: str
    log_probability: float
    alternatives: tuple[Alternative, ...] = ()
    tags: tuple[Tag, ...] = ()


class State(StrEnum):
    """Who answers for a caption: the machine, or a person who approved it."""

    MACHINE = "machine"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What we wrote into a photo ourselves, as recorded inside the photo.

    ``added`` are the keywords that were not there before us: only those may we take out again.
    """

    model: str
    version: str
    run: str
    caption: str
    tags: tuple[Tag, ...]
    added: tuple[str, ...]
    state: State = State.MACHINE


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What one read of a photo found, before any change.

    ``identity`` is the SHA-256 (hex) of the compressed picture data alone: it survives renames and metadata edits.
    ``revision`` is equal as long as nobody touched the file: opaque, and of no use in another process.
    ``description`` is the first non-empty one of XMP, EXIF and IPTC as a
    reader would show it; ``keywords`` is the union of every keyword field. ``taken_at`` is ISO 8601 without zone.
    """

    photo: Photo
    identity: str
    revision: str
    width: int
    height: int
    description: str = ""
    keywords: tuple[str, ...] = ()
    taken_at: str | None = None
    provenance: Provenance | None = None


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


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One photo's row in the index. ``size`` and ``mtime_ns`` are those *after* our own write.

    ``settings`` is a fingerprint of everything that shapes the result besides the model; a row with the same
    ``model``, ``settings``, ``size`` and ``mtime_ns`` needs no new inference. ``captioned_at`` is ISO 8601 in UTC.
    ``written`` says whether the caption is in the file (False: index only), ``sidecar`` which sidecar holds it too.
    """

    photo: Photo
    identity: str
    caption: Caption
    model: str
    settings: str
    run: str
    captioned_at: str
    taken_at: str | None = None
    state: State = State.MACHINE
    written: bool = True
    sidecar: Path | None = None


class ChangeState(StrEnum):
    """Where one journalled change stands."""

    PENDING = "pending"  # begun: the file may be before or after
    COMMITTED = "committed"
    ROLLED_BACK = "rolled-back"  # never reached the file
    UNDONE = "undone"
    CONFLICT = "conflict"  # somebody else changed the file: neither before nor after
    UNDOING = "undoing"  # being put back: the file may be before or after


class Action(StrEnum):
    """Which command made a change."""

    TAG = "tag"
    UNDO = "undo"
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Intent:
    """What a change is for.

    ``undoes`` are the journal's records that it takes back. ``indexed`` says whether the photo has a row in the index
    afterwards; where it has none, the record's ``entry`` is the row from before.
    """

    action: Action = Action.TAG
    undoes: tuple[int, ...] = ()
    indexed: bool = True


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """One change as the journal holds it; ``entry`` is the index row that belongs to it."""

    id: int
    run: str
    state: ChangeState
    begun_at: str
    change: MetadataChange
    entry: IndexEntry
    intent: Intent = Intent()


class OutcomeKind(StrEnum):
    """How one photo ended."""

    CAPTIONED = "captioned"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    RESTORED = "restored"  # by undo
    CLEANED = "cleaned"
    INDEXED = "indexed"  # by a rebuild of the index


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one photo ended, with the reason where it was not captioned.

    ``changes`` are those made, or planned in a dry run.
    """

    kind: OutcomeKind
    path: Path
    reason: str = ""
    caption: Caption | None = None
    changes: tuple[MetadataChange, ...] = ()
