"""What the metadata blocks of a photo hold, and what they shall hold: plain values, no bytes, no formats."""

from dataclasses import dataclass, field

from tagger.core.records import Provenance
from tagger.metadata.before import DIGIKAM, LIGHTROOM, Before

SEPARATORS = {LIGHTROOM: "|", DIGIKAM: "/"}


@dataclass(frozen=True, slots=True)
class Values:
    """One block's description and keywords; empty where it has none."""

    description: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that we read from a photo's blocks.

    ``iptc`` is None when the photo has no IPTC. ``hierarchies`` holds only the properties that are present.
    ``added_hierarchy`` are entries that we put there, each behind the property's name and a space
    (``lr:hierarchicalSubject animal|dog``). ``before`` is what our record says of the fields before us.
    """

    exif: Values
    xmp: Values
    iptc: Values | None
    hierarchies: dict[str, tuple[str, ...]]
    provenance: Provenance | None
    added_hierarchy: tuple[str, ...]
    taken_at: str | None
    before: Before = field(default_factory=Before)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the blocks shall hold. A description of None stays as it is; an empty one is removed.

    ``keywords`` is the union that every keyword field gets; ``hierarchies`` the entries for each property present.
    ``before`` is what the record shall say of the fields before us, but for those that the edit is first to change.
    """

    exif_description: str | None
    xmp_description: str | None
    iptc_description: str | None
    keywords: tuple[str, ...]
    hierarchies: dict[str, tuple[str, ...]]
    provenance: Provenance
    added_hierarchy: tuple[str, ...]
    before: Before = field(default_factory=Before)


@dataclass(frozen=True, slots=True)
class Blocks:
    """The raw metadata blocks of one photo, whatever container they sit in.

    ``exif`` is a TIFF block, ``xmp`` an XMP packet, ``photoshop`` the image resources of each segment that holds some,
    ``extended_xmp`` what must not be edited but be looked at. ``density`` is (x, y, unit as in EXIF ResolutionUnit).
    ``kept`` says where ``exif`` is a whole file: how many of its bytes (from the start) were there before us.
    """

    exif: bytes | None
    xmp: bytes | None
    photoshop: tuple[bytes, ...] = ()
    extended_xmp: bytes = b""
    density: tuple[int, int, int] = (72, 72, 2)
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes that the container can hold in one block."""

    exif: int
    xmp: int
    photoshop: int
