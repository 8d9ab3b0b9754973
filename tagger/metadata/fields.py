"""What is written where: the table that the code names its changes by, and that the documentation is made from."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tagger.core.records import Correction, Tag
from tagger.metadata.before import DIGIKAM, LIGHTROOM
from tagger.metadata.contents import Contents


class WriteMode(StrEnum):
    """When a field is written."""

    ALWAYS = "always"
    IF_PRESENT = "only if the photo has it"
    IF_CORRECTED = "only if a person corrected it"
    IF_KNOWN = "only if the model says it"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a photo: its block and name, the mode, and how to read it out as one line of text."""

    block: str
    name: str
    mode: WriteMode
    note: str
    show: Callable[[Contents], str]

    @property
    def title(self) -> str:
        """The name in reports: ``XMP dc:subject``."""
        return f"{self.block} {self.name}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning, and the fields that hold it, in the order in which readers look."""

    name: str
    fields: tuple[Field, ...]


def _list(values: tuple[str, ...]) -> str:
    return "; ".join(values)


def _confidence(contents: Contents) -> str:
    sure = contents.provenance.confidence if contents.provenance else None
    return "" if sure is None else f"{sure:.3f}"


_ALWAYS, _PRESENT, _CORRECTED = WriteMode.ALWAYS, WriteMode.IF_PRESENT, WriteMode.IF_CORRECTED
FIELDS = (
    Meaning(
        "caption",
        (
            Field("XMP", "dc:description", _ALWAYS, "x-default", lambda c: c.xmp.description),
            Field("EXIF", "ImageDescription", _ALWAYS, "UTF-8", lambda c: c.exif.description),
            Field("IPTC", "Caption-Abstract", _PRESENT, "2000 bytes", lambda c: c.iptc.description if c.iptc else ""),
        ),
    ),
    Meaning(
        "tags",
        (
            Field("XMP", "dc:subject", _ALWAYS, "Bag", lambda c: _list(c.xmp.keywords)),
            Field("EXIF", "XPKeywords", _ALWAYS, "UTF-16LE, `;`", lambda c: _list(c.exif.keywords)),
            Field("IPTC", "Keywords", _PRESENT, "64 bytes each", lambda c: _list(c.iptc.keywords) if c.iptc else ""),
        ),
    ),
    Meaning(
        "hierarchy",
        (
            Field("XMP", LIGHTROOM, _PRESENT, "`animal|dog`", lambda c: _list(c.hierarchies.get(LIGHTROOM, ()))),
            Field("XMP", DIGIKAM, _PRESENT, "`animal/dog`", lambda c: _list(c.hierarchies.get(DIGIKAM, ()))),
        ),
    ),
    Meaning(
        "provenance",
        (
            Field("XMP", "tagger:Model", _ALWAYS, "", lambda c: c.provenance.model if c.provenance else ""),
            Field("XMP", "tagger:Version", _ALWAYS, "", lambda c: c.provenance.version if c.provenance else ""),
            Field("XMP", "tagger:Run", _ALWAYS, "", lambda c: c.provenance.run if c.provenance else ""),
            Field("XMP", "tagger:State", _ALWAYS, "", lambda c: c.provenance.state.value if c.provenance else ""),
            Field("XMP", "tagger:Caption", _ALWAYS, "ours", lambda c: c.provenance.caption if c.provenance else ""),
            Field("XMP", "tagger:Confidence", WriteMode.IF_KNOWN, "`0.812`", _confidence),
            Field("XMP", "tagger:Tags", _ALWAYS, "`dog|0.930`", lambda c: _scores(_tags(c))),
            Field(
                "XMP", "tagger:Added", _ALWAYS, "keywords", lambda c: _list(c.provenance.added) if c.provenance else ""
            ),
            Field("XMP", "tagger:AddedHierarchy", _PRESENT, "hierarchy", lambda c: _list(c.added_hierarchy)),
            Field(
                "XMP", "tagger:Before", _ALWAYS, "fields before us", lambda c: _list(tuple(sorted(c.before.originals)))
            ),
        ),
    ),
    Meaning(
        "correction",
        (
            Field("XMP", "tagger:MachineCaption", _CORRECTED, "", lambda c: _corrected(c).caption),
            Field("XMP", "tagger:RejectedTags", _CORRECTED, "`dog|0.930`", lambda c: _scores(_corrected(c).rejected)),
            Field("XMP", "tagger:PersonTags", _CORRECTED, "", lambda c: _list(_corrected(c).added)),
        ),
    ),
)


def _tags(contents: Contents) -> tuple[Tag, ...]:
    return contents.provenance.tags if contents.provenance else ()


def _corrected(contents: Contents) -> Correction:
    return contents.provenance.correction if contents.provenance else Correction()


def _scores(tags: tuple[Tag, ...]) -> str:
    return _list(tuple(f"{tag.label}|{tag.score:.3f}" for tag in tags))


def show(contents: Contents) -> dict[str, str]:
    """Return every field of the table as one text, by title; empty where the photo does not have it."""
    return {field.title: field.show(contents) for meaning in FIELDS for field in meaning.fields}


def markdown() -> str:
    """Render the table for the documentation."""
    lines = ["| meaning | EXIF | XMP | IPTC |", "|---|---|---|---|"]
    for meaning in FIELDS:
        cells = (", ".join(_cell(f) for f in meaning.fields if f.block == block) for block in ("EXIF", "XMP", "IPTC"))
        lines.append(f"| {meaning.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(field: Field) -> str:
    mode = "" if field.mode is _ALWAYS else f"{field.mode}"
    notes = ", ".join(note.replace("|", "\\|") for note in (field.note, mode) if note)
    return f"`{field.name}`" + (f" ({notes})" if notes else "")
