"""All metadata blocks of a photo together: read what they hold, write what is wanted. Knows no container."""

from dataclasses import dataclass, replace
from pathlib import Path

from tagger.core.errors import PhotoError
from tagger.metadata import exif, iptc, xmp, xmp_edit
from tagger.metadata.contents import Blocks, Contents, Limits, Values, Wanted
from tagger.metadata.policy import is_filler
from tagger.metadata.text import fold, key

_EXTENDED = (b"description", b"subject", b"hierarchicalSubject", b"TagsList")


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parsed blocks, and what they hold as plain values."""

    blocks: Blocks
    exif: exif.Exif | None
    xmp: xmp.Packet | None
    iptc: iptc.Iptc | None
    contents: Contents


def parse(blocks: Blocks, path: Path) -> Parsed:
    """Parse every block. Raises PhotoError where one cannot be understood: then nothing may be written."""
    tiff = exif.parse(blocks.exif, path) if blocks.exif is not None else None
    packet = xmp.parse(blocks.xmp, path) if blocks.xmp is not None else None
    iim = iptc.parse(blocks.photoshop, path)
    contents = Contents(
        exif=tiff.values() if tiff else Values(),
        xmp=packet.values() if packet else Values(),
        iptc=iim.values() if iim else None,
        hierarchies=packet.hierarchies() if packet else {},
        provenance=packet.provenance() if packet else None,
        added_hierarchy=packet.texts("tagger:AddedHierarchy") if packet else (),
        taken_at=tiff.taken_at() if tiff else None,
    )
    return Parsed(blocks, tiff, packet, iim, contents)


def edit(parsed: Parsed, wanted: Wanted, *, limits: Limits, path: Path) -> Blocks:
    """Return the blocks with what is ``wanted``; the same blocks where they hold it. Raises PhotoError."""
    blocks = parsed.blocks
    photoshop = blocks.photoshop
    if parsed.iptc is not None:
        photoshop = iptc.edit(parsed.iptc, wanted.iptc_description, wanted.keywords, limit=limits.photoshop, path=path)
    tiff = _exif(parsed, wanted, limits.exif, path)
    changed = tiff != blocks.exif or photoshop != blocks.photoshop
    packet = xmp_edit.edit(parsed.xmp, wanted, limit=limits.xmp, force=changed, path=path)
    if packet != blocks.xmp and any(name in blocks.extended_xmp for name in _EXTENDED):
        raise PhotoError(path, "extended XMP holds a description or keywords", "a sidecar may serve")
    return replace(blocks, exif=tiff, xmp=packet, photoshop=photoshop)


def _exif(parsed: Parsed, wanted: Wanted, limit: int, path: Path) -> bytes | None:
    have = parsed.contents.exif
    text: str | None = wanted.exif_description
    if text is not None and fold(text) == fold(have.description):
        text = None
    keywords: tuple[str, ...] | None = wanted.keywords
    if {key(keyword) for keyword in wanted.keywords} == {key(keyword) for keyword in have.keywords}:
        keywords = None
    if text is None and keywords is None:
        return parsed.blocks.exif
    new = exif.edit(parsed.exif, text, keywords, parsed.blocks.density)
    if len(new) <= limit:
        result = exif.parse(new, path)
        if result is None or exif.trespassed(result):
            raise PhotoError(path, "EXIF is damaged: it points past its end", "a program that repairs EXIF may help")
        return new
    # XMP alone will do, but not beside an EXIF field that would then tell only part of it.
    if (text is not None and not is_filler(have.description)) or (keywords is not None and have.keywords):
        raise PhotoError(path, "no room for our values in the EXIF block", "a sidecar may serve")
    return parsed.blocks.exif
