"""Taking out what we put in: exactly that, from what the photo itself says. Knows no container.

Each field is judged by itself: where it holds what we wrote, what it held before us comes back; what anybody wrote
after us stays. The record is untrusted: all that it can bring about is another description or other keywords.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tagger.metadata import before as names
from tagger.metadata import exif, exif_clean, iptc, iptc_clean, xmp_clean
from tagger.metadata.before import ABSENT, CAPTION_FIELDS, KEYWORD_FIELDS, Original
from tagger.metadata.blocks import Parsed
from tagger.metadata.contents import Blocks, Contents, Limits
from tagger.metadata.policy import human_part, put_by_us
from tagger.metadata.text import fold, key


def edit(parsed: Parsed, *, limits: Limits, path: Path) -> Blocks:
    """Return the blocks without anything of ours, None for one that was all ours. Raises NotEmbeddable."""
    contents = parsed.contents
    if contents.provenance is None or parsed.xmp is None:
        return parsed.blocks
    photoshop = _iptc(parsed.iptc, contents, limits, path) if parsed.iptc is not None else parsed.blocks.photoshop
    block = _exif(parsed.exif, parsed, path) if parsed.exif is not None else parsed.blocks.exif
    originals = contents.before.originals
    lists = {}
    remaining = _remaining(contents.xmp.keywords, put_by_us(contents, "xmp"))
    if len(remaining) != len(contents.xmp.keywords):
        lists[names.SUBJECT] = remaining, originals.get(names.SUBJECT)
    for name, entries in contents.hierarchies.items():
        ours = {key(entry[len(name) + 1 :]) for entry in contents.added_hierarchy if entry.startswith(f"{name} ")}
        remaining = _remaining(entries, ours)
        if len(remaining) != len(entries):
            lists[name] = remaining, originals.get(name)
    description = _description(contents, "xmp", xmp_clean.default_text(parsed.xmp))
    packet = xmp_clean.cleaned(parsed.xmp, description, lists, originals.get(names.XMP), path)
    return replace(parsed.blocks, exif=block, xmp=packet, photoshop=photoshop)


def _description(contents: Contents, name: str, have: str) -> Original | None:
    """Return what the description of one block is to hold again; None where it is to stay as it is."""
    field = CAPTION_FIELDS[name]
    original = contents.before.originals.get(field)
    if original is not None and original.wrote == names.digest(have):
        return original
    ours = contents.provenance.caption if contents.provenance else ""
    if not ours or field in contents.before.kept:
        return None
    if fold(have) == fold(ours):
        return original or Original(ABSENT)
    part = human_part(have, ours)
    return names.plain(part) if part and part != have else None


def _remaining(entries: Iterable[str], ours: set[str]) -> tuple[str, ...]:
    return tuple(entry for entry in entries if key(entry) not in ours)


def _exif(have: exif.Exif, parsed: Parsed, path: Path) -> bytes | None:
    contents, replaced = parsed.contents, {}
    before = contents.before
    description = _description(contents, "exif", contents.exif.description)
    if description is not None:
        replaced[exif.DESCRIPTION] = exif_clean.value_of(description)
    keywords = _remaining(contents.exif.keywords, put_by_us(contents, "exif"))
    if len(keywords) != len(contents.exif.keywords):
        known = before.originals.get(KEYWORD_FIELDS["exif"])
        replaced[exif.XP_KEYWORDS] = exif_clean.keywords_of(known, keywords)
    legacy = before.legacy or not before
    place = before.originals.get(names.EXIF)
    blocks = parsed.blocks
    return exif_clean.cleaned(have, replaced, place, blocks.density, legacy=legacy, path=path, kept=blocks.kept)


def _iptc(have: iptc.Iptc, contents: Contents, limits: Limits, path: Path) -> tuple[bytes, ...]:
    description = _description(contents, "iptc", have.values().description)
    captions = None if description is None else iptc_clean.captions_of(description, have, path)
    unmark = names.CHARACTER_SET in contents.before.originals
    gone = put_by_us(contents, "iptc")
    return iptc_clean.cleaned(have, captions, gone, unmark=unmark, limit=limits.photoshop, path=path)
