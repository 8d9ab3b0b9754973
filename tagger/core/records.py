"""The values that travel between the layers: frozen, slotted, without behaviour beyond what follows from them."""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from tagger.core.changes import MetadataChange


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


_LEAST_CONFIDENCE = 1e-4  # has a logarithm


@dataclass(frozen=True, slots=True)
class Caption:
    """What the model says of one photo: a sentence, the natural log of its probability, runners-up, tags.

    ``scores`` are the probabilities of all labels that the model knows (float16, little-endian), from which other
    words for tags can be made later. Only a caption that comes fresh from a model, or from a cache of such, has them.
    ``features`` are what the photo looks like to the model (see ``captioning.features``), where it comes from there.
    ``confidence`` is how likely the sentence is right (0 to 1), from models that learned to say so.
    """

    text: str
    log_probability: float
    alternatives: tuple[Alternative, ...] = ()
    tags: tuple[Tag, ...] = ()
    scores: bytes | None = field(default=None, compare=False, repr=False)
    features: bytes | None = field(default=None, compare=False, repr=False)
    confidence: float | None = None

    @property
    def log_score(self) -> float:
        """The natural log of ``score``; not a number if unknown."""
        if self.confidence is not None:
            return math.log(max(self.confidence, _LEAST_CONFIDENCE))
        return self.log_probability / max(1, len(self.text.split()))

    @property
    def score(self) -> float:
        """How sure the model is: its ``confidence``, or the geometric mean of the probabilities of its words.

        Not a number if unknown.
        """
        mean = self.log_score
        return mean if math.isnan(mean) else math.exp(min(0.0, mean))


class State(StrEnum):
    """Who answers for the words of a photo: the machine, or a person who decided about them."""

    MACHINE = "machine"
    REVIEW = "review"  # the machine's, and they wait for a person
    APPROVED = "approved"
    REJECTED = "rejected"  # a person wants no caption of ours here

    @property
    def is_decided(self) -> bool:
        """Whether a person decided: then no machine changes the words any more."""
        return self in (State.APPROVED, State.REJECTED)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person changed of what the machine said, kept beside the words that stand: models can learn from it.

    ``caption`` is the machine's, where a person replaced it or does not want it. ``rejected`` are tags of the machine
    that a person took out, ``added`` labels that a person put in.
    """

    caption: str = ""
    rejected: tuple[Tag, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.caption or self.rejected or self.added)

    @property
    def holds_own_words(self) -> bool:
        """Whether words that stand are a person's, not only fewer of the machine's."""
        return bool(self.caption or self.added)

    def of(self, caption: Caption) -> Caption:
        """``caption`` without the tags that a person took out."""
        gone = {tag.label.casefold() for tag in self.rejected}
        if not gone:
            return caption
        return replace(caption, tags=tuple(tag for tag in caption.tags if tag.label.casefold() not in gone))


@dataclass(frozen=True, slots=True)
class Review:
    """What is decided about words that go into a photo: their state, and what a person changed of the machine's.

    ``replaces``: the caption takes the place of one that others wrote, whatever the policy for captions is.
    """

    state: State
    correction: Correction = Correction()
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """What we wrote into a photo ourselves, as recorded inside the photo.

    ``added`` are the keywords that were not there before us: only those may we take out again. ``caption`` and
    ``tags`` are the words that stand, a person's where one corrected the machine's. ``confidence`` is that of a
    machine's caption (see ``Caption``).
    """

    model: str
    version: str
    run: str
    caption: str
    tags: tuple[Tag, ...]
    added: tuple[str, ...]
    state: State = State.MACHINE
    correction: Correction = Correction()
    confidence: float | None = None


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
    correction: Correction = Correction()

    @property
    def decoding(self) -> str:
        """The part of ``settings`` that says how the caption was searched for."""
        return self.settings.partition("|")[0].partition("#")[0]


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be captioned or written: as it was then, why, and when (ISO 8601, UTC)."""

    photo: Photo
    cause: str
    failed_at: str


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
    RETAG = "retag"
    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"


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
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one photo ended, with the reason where it was not captioned.

    ``changes`` are those made, or planned in a dry run. ``before`` is the row that the index had of the photo.
    ``state`` is that of its words, where it was captioned.
    """

    kind: OutcomeKind
    path: Path
    reason: str = ""
    caption: Caption | None = None
    changes: tuple[MetadataChange, ...] = ()
    before: IndexEntry | None = None
    state: State | None = field(default=None, compare=False)
