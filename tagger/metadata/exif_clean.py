"""EXIF as it was before us: what our two fields held, and the block without what we appended.

What is told of the time before us comes out of the photo and is untrusted: the old directory counts only where
everything in it that is not ours is what stands in the present one.
"""

import struct
from collections.abc import Mapping
from pathlib import Path

from tagger.metadata import exif
from tagger.metadata.before import ABSENT, TEXT, Original
from tagger.metadata.exif import DESCRIPTION, OURS, XP_KEYWORDS, Entry, Exif
from tagger.metadata.text import key, one_line

_RAW, _BLOCK, _HOLLOW = "raw", "block", "hollow"
_PLACE = struct.Struct("<II")  # offset of the first directory, bytes of the block
_IN_FILES = OURS | {700, 33723, 34377}  # ours and the blocks that a TIFF file holds, which its container compares
_NONE = (2, b"")  # type and bytes of an absent field
_EMPTY = Original(ABSENT)


def description(have: Exif | None) -> Original:
    """Return what the description's field holds."""
    kind, value = _value(have, DESCRIPTION)
    text = value[:-1].decode(errors="replace")
    if value and text == one_line(text) and (kind, value) == exif.description_value(text):
        return Original(TEXT, text.encode())
    return Original(_RAW, value, kind) if value else _EMPTY


def keywords(have: Exif | None) -> Original | None:
    """Return what the keywords' field holds; None where writing its keywords again makes the same bytes."""
    kind, value = _value(have, XP_KEYWORDS)
    if have is None or not value:
        return _EMPTY
    return None if (kind, value) == exif.keywords_value(have.values().keywords) else Original(_RAW, value, kind)


def place(have: Exif | None, block: bytes | None) -> Original:
    """Return where the first directory is and how long the block is; absent where there is none, or nothing in it."""
    if have is None:
        return Original(_HOLLOW) if block is not None else _EMPTY
    return Original(_BLOCK, _PLACE.pack(have.ifd, len(have.block)))


def value_of(original: Original) -> tuple[int, bytes]:
    """Return type and bytes for one of our fields; no bytes for absent, or where the original makes no sense."""
    if original.form == TEXT:
        return exif.description_value(original.value.decode(errors="replace").replace("\0", " "))
    size = exif.SIZES.get(original.kind)
    if original.form != _RAW or not size or len(original.value) % size:
        return _NONE
    return original.kind, original.value


def keywords_of(original: Original | None, keywords: tuple[str, ...]) -> tuple[int, bytes]:
    """Return type and bytes of these keywords: those that they had, where the field held the same ones."""
    kind, value = value_of(original) if original is not None and original.form == _RAW else _NONE
    held = {key(keyword) for keyword in exif.keywords_of(value)}
    return (kind, value) if value and held == {key(k) for k in keywords} else exif.keywords_value(keywords)


def floor(have: Exif | None, original: Original | None, *, legacy: bool, kept: int | None = None) -> int:
    """Return where at the earliest a tail may begin that an edit may write over, by what the record says.

    ``legacy``: a version that kept no such record may have appended one. ``kept`` is as for ``base``.
    """
    if have is None or (original is not None and original.form != _BLOCK) or (original is None and legacy):
        return 0
    before = base(have, original, kept)
    return len(before.block) if before else len(have.block)


def base(have: Exif, original: Original | None, kept: int | None = None) -> Exif | None:
    """Return the block as it was before we appended to it; None where that cannot be shown.

    ``kept``: the block is a file, and its container knows that we began behind so many bytes.
    """
    if original is None or original.form != _BLOCK or len(original.value) != _PLACE.size:
        return None
    ifd, length = _PLACE.unpack(original.value)
    if kept is None:
        sound = length <= have.ifd <= length + 1 and exif.own_tail(have) == have.ifd
        sound = sound and not exif.trespassed(have, start=length)
    else:
        sound = length == kept <= have.ifd
    if not sound or not 8 <= ifd < length:
        return None
    entries, next_ifd = exif.directory(have.block[:length], have.order, ifd)
    tags = OURS if kept is None else _IN_FILES
    if next_ifd != have.next_ifd or _others(entries, tags) != _others(have.entries, tags):
        return None
    block = b"".join((have.block[:4], struct.pack(have.order + "I", ifd), memoryview(have.block)[8:length]))
    return Exif(block, have.order, ifd, entries, next_ifd)


def cleaned(
    have: Exif,
    replaced: Mapping[int, tuple[int, bytes]],
    original: Original | None,
    density: tuple[int, int, int],
    *,
    legacy: bool,
    path: Path,
    kept: int | None = None,
) -> bytes | None:
    """Return the block with other values of ours, without our tail where that says the same; None: all of it was ours.

    ``original`` and ``legacy`` are what the record says of the block, ``density`` is as for ``exif.edit``,
    ``kept`` as for ``base``. Raises NotEmbeddable for a block that points to where our part would be.
    """
    values = {tag: replaced.get(tag, _value(have, tag)) for tag in OURS}
    wanted = {tag: value if value[1] else _NONE for tag, value in values.items()}
    before = base(have, original, kept)
    if before is not None and all(_value(before, tag) == wanted[tag] for tag in OURS):
        return before.block
    new = have.block
    if any(wanted[tag] != _value(have, tag) for tag in OURS):
        new = exif.rewritten(have, replaced, floor=floor(have, original, legacy=legacy, kept=kept))
        exif.require_sound(new, path)
    if any(value for _, value in wanted.values()):
        return new
    fresh = exif.fresh(density)
    if original is None and new == exif.rewritten(fresh, {}):
        return None
    is_ours = original is not None and original.form in {ABSENT, _HOLLOW} and not have.next_ifd
    if is_ours and original is not None and _plain(have) == _plain(fresh):
        return None if original.form == ABSENT else b""
    return new


def _plain(have: Exif) -> list[tuple[int, int, object]]:
    """Return the values of the entries that are not ours, as numbers where the byte order matters."""
    codes = {3: "H", 5: "II"}
    found: list[tuple[int, int, object]] = []
    for entry in _others(have.entries, OURS):
        value: object = have.value(entry)
        code = codes.get(entry.kind)
        if isinstance(value, bytes) and code is not None and struct.calcsize(code) == len(value):
            value = struct.unpack(have.order + code, value)
        found.append((entry.tag, entry.kind, value))
    return found


def _others(entries: tuple[Entry, ...], ours: frozenset[int]) -> list[Entry]:
    return sorted((entry for entry in entries if entry.tag not in ours), key=lambda entry: entry.tag)


def _value(have: Exif | None, tag: int) -> tuple[int, bytes]:
    """Return type and bytes of the first entry with a tag; no bytes where there is none, or none that can be read."""
    for entry in have.entries if have else ():
        if have is not None and entry.tag == tag:
            value = have.value(entry)
            return (entry.kind, value) if value else _NONE
    return _NONE
