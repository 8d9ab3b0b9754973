"""IPTC as it was before us: what the caption's field held, and the block without what we put in.

What is told of the time before us comes out of the photo and is untrusted: it can only become a caption.
"""

from collections.abc import Set as AbstractSet
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.metadata import iptc
from tagger.metadata.before import ABSENT, TEXT, Original
from tagger.metadata.iptc import CAPTION, CAPTION_LIMIT, CHARSET, KEYWORDS, UTF8_MARK, DataSet, Iptc
from tagger.metadata.text import one_line

_RAW = "raw"


def caption(have: Iptc) -> Original:
    """Return what the caption's field holds."""
    found = [item for item in have.datasets if item.id == CAPTION]
    if not found:
        return Original(ABSENT)
    text = found[0].value.decode("ascii", "replace")
    is_plain = len(found) == 1 and found[0].value.isascii() and text == one_line(text) != ""
    return Original(TEXT, text.encode()) if is_plain else Original(_RAW, b"".join(item.raw for item in found))


def mark(before: Iptc, after: tuple[bytes, ...], path: Path) -> Original | None:
    """Return that no character set was declared, where the edit that led to ``after`` declared one."""
    now = iptc.parse(after, path)
    return Original(ABSENT) if now is not None and now.marked and not before.marked else None


def captions_of(original: Original, have: Iptc, path: Path) -> list[DataSet]:
    """Return the datasets that the caption's field held; none where the original makes no sense.

    Raises NotEmbeddable where the character set cannot hold a text.
    """
    if original.form == TEXT:
        text = original.value.decode(errors="replace")
        return [iptc.encoded(CAPTION, text, have.encoding, CAPTION_LIMIT, path)]
    try:
        found, rest = iptc.split(original.value if original.form == _RAW else b"", path)
    except NotEmbeddable:
        return []
    return list(found) if not rest and all(item.id == CAPTION for item in found) else []


def cleaned(
    have: Iptc, captions: list[DataSet] | None, gone: AbstractSet[str], *, unmark: bool, limit: int, path: Path
) -> tuple[bytes, ...]:
    """Return the resource blocks with other captions (None: as they are) and without the keywords with these keys.

    With ``unmark`` the character set is declared no longer, where no text needs it.
    """
    datasets = [
        item for item in have.datasets if item.id != KEYWORDS or iptc.short_key(iptc.decoded(have, item)) not in gone
    ]
    if captions is not None:
        datasets = iptc.with_captions(datasets, captions)
    if unmark and iptc.is_ascii(datasets):
        datasets = [item for item in datasets if (item.id, item.value) != (CHARSET, UTF8_MARK)]
    if tuple(datasets) == have.datasets:
        return have.blocks
    iptc.require_clear(have, datasets, path)
    return iptc.rebuilt(have, datasets, limit, path)
