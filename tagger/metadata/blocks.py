"""All metadata blocks of a photo together: read what they hold, write what is wanted. Knows no container."""

from dataclasses import dataclass, replace
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.core.records import Provenance
from tagger.metadata import before as names
from tagger.metadata import exif, exif_clean, iptc, iptc_clean, xmp, xmp_clean, xmp_edit
from tagger.metadata.before import ABSENT, Before, Original
from tagger.metadata.contents import Blocks, Contents, Limits, Values, Wanted
from tagger.metadata.fillers import is_filler
from tagger.metadata.policy import human_part, ours_in
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
    """Parse every block. Raises NotEmbeddable where one cannot be understood: then nothing may be written."""
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
        before=packet.before() if packet else Before(),
    )
    return Parsed(blocks, tiff, packet, iim, contents)


def edit(parsed: Parsed, wanted: Wanted, *, limits: Limits, path: Path) -> Blocks:
    """Return the blocks with what is ``wanted``; the same blocks where they hold it. Raises NotEmbeddable."""
    blocks = parsed.blocks
    photoshop = blocks.photoshop
    if parsed.iptc is not None:
        photoshop = iptc.edit(parsed.iptc, wanted.iptc_description, wanted.keywords, limit=limits.photoshop, path=path)
    tiff = _exif(parsed, wanted, limits.exif, path)
    before = _before_xmp(parsed, wanted, wanted.before)
    if parsed.iptc is not None and photoshop != blocks.photoshop:
        before = _before_iptc(parsed.iptc, photoshop, wanted, parsed.contents, before, path)
    if tiff != blocks.exif:
        before = _before_exif(parsed, wanted, before)
    if tiff != blocks.exif or blocks.kept is not None:
        before = _before_place(parsed, before)
    changed = tiff != blocks.exif or photoshop != blocks.photoshop
    packet = xmp_edit.edit(parsed.xmp, replace(wanted, before=before), limit=limits.xmp, force=changed, path=path)
    if packet != blocks.xmp and any(name in blocks.extended_xmp for name in _EXTENDED):
        raise NotEmbeddable(path, "extended XMP holds a description or keywords", "a sidecar may serve")
    return replace(blocks, exif=tiff, xmp=packet, photoshop=photoshop)


def with_record(parsed: Parsed, record: Provenance, *, limits: Limits, path: Path) -> Blocks:
    """Return blocks that hold nothing of ours with our record and nothing else. Raises NotEmbeddable."""
    have = parsed.contents
    wanted = Wanted(None, None, None, have.xmp.keywords, have.hierarchies, record, ())
    before = _before_xmp(parsed, wanted, Before())
    if parsed.blocks.kept is not None:
        before = _before_place(parsed, before)
    packet = xmp_edit.edit(parsed.xmp, replace(wanted, before=before), limit=limits.xmp, force=True, path=path)
    return replace(parsed.blocks, xmp=packet)


def _exif(parsed: Parsed, wanted: Wanted, limit: int, path: Path) -> bytes | None:
    have = parsed.contents.exif
    text, keywords = _exif_changes(have, wanted)
    if text is None and keywords is None:
        return parsed.blocks.exif
    before = parsed.contents.before
    legacy = parsed.contents.provenance is not None and (before.legacy or not before)
    floor = exif_clean.floor(parsed.exif, before.originals.get(names.EXIF), legacy=legacy, kept=parsed.blocks.kept)
    new = exif.edit(parsed.exif, text, keywords, parsed.blocks.density, floor=floor)
    if len(new) <= limit:
        exif.require_sound(new, path)
        return new
    # XMP alone will do, but not beside an EXIF field that would then tell only part of it.
    if (text is not None and not is_filler(have.description)) or (keywords is not None and have.keywords):
        raise NotEmbeddable(path, "no room for our values in the EXIF block", "a sidecar may serve")
    return parsed.blocks.exif


def _exif_changes(have: Values, wanted: Wanted) -> tuple[str | None, tuple[str, ...] | None]:
    """Return the description and the keywords to write; None for what is there already."""
    text: str | None = wanted.exif_description
    if text is not None and fold(text) == fold(have.description):
        text = None
    want, present = ({key(keyword) for keyword in words} | {""} for words in (wanted.keywords, have.keywords))
    if want == present:
        return text, None
    stay = tuple(keyword for keyword in have.keywords if key(keyword) in want)  # as they are spelled here
    return text, (*stay, *(keyword for keyword in wanted.keywords if key(keyword) not in present))


def _before_exif(parsed: Parsed, wanted: Wanted, before: Before) -> Before:
    """Return the record for an edit that changes EXIF."""
    have, block = parsed.contents.exif, parsed.exif
    text, keywords = _exif_changes(have, wanted)
    if text is not None:
        original = _text(parsed.contents, "exif", have.description, exif_clean.description(block))
        before = before.with_text(names.IMAGE_DESCRIPTION, have.description, text, original)
    if keywords is not None:
        before = before.with_structure(names.XP_KEYWORDS, exif_clean.keywords(block))
    return before


def _before_place(parsed: Parsed, before: Before) -> Before:
    """Return the record for an edit that appends to EXIF, or to a file that is one EXIF block."""
    known, block, kept = before.originals.get(names.EXIF), parsed.exif, parsed.blocks.kept
    place = exif_clean.place(block, parsed.blocks.exif)
    is_ours = known is None or known.form != place.form or block is None
    if known is not None and not is_ours and block is not None and exif_clean.base(block, known, kept) is None:
        return before.with_original(names.EXIF, place)  # another program made it anew
    return before.with_structure(names.EXIF, place)


def _before_iptc(
    have: iptc.Iptc, after: tuple[bytes, ...], wanted: Wanted, contents: Contents, before: Before, path: Path
) -> Before:
    """Return the record for an edit that makes the image resources ``after``."""
    text, now = have.values().description, wanted.iptc_description
    if now is not None and fold(have.caption_text(now)) != fold(text):
        original = _text(contents, "iptc", text, iptc_clean.caption(have))
        before = before.with_text(names.CAPTION_ABSTRACT, text, have.caption_text(now), original)
    return before.with_structure(names.CHARACTER_SET, iptc_clean.mark(have, after, path))


def _before_xmp(parsed: Parsed, wanted: Wanted, before: Before) -> Before:
    """Return the record for what the edit changes in XMP."""
    packet, have = parsed.xmp, xmp_clean.default_text(parsed.xmp)
    before = before.with_structure(names.XMP, xmp_clean.place(packet))
    for name in sorted(xmp_edit.changed(packet, wanted)):
        original = xmp_clean.original(packet, name)
        if name != names.DESCRIPTION:
            before = before.with_structure(name, original)
        elif original is not None:
            first = _text(parsed.contents, "xmp", have, original)
            before = before.with_text(name, have, wanted.xmp_description or "", first)
    return before


def _text(contents: Contents, name: str, have: str, original: Original) -> Original:
    """Return what a caption's field held before us: its ``original``, but for what is ours in it."""
    ours = ours_in(contents, name)
    if ours and fold(have) == fold(ours):
        return Original(ABSENT)
    part = human_part(have, ours)
    return names.plain(part) if part and part != have else original
