"""IPTC in a TIFF: raw in a tag of its own, inside Photoshop's image resources, or the same in both.

The raw one is shown to the rest as an image resource, and taken out of it again.
Source: XMP part 3 section 1.1.4 (TIFF), MWG 2.0 section 3.3, Adobe Photoshop TIFF technical notes.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.metadata import iptc

IIM, RESOURCES = 33723, 34377
_LONG = 4
_WRAP = b"8BIM\4\4\0\0"
_MARKER = 0x1C  # what every dataset begins with
_WORD = re.compile(rb"(.)(.)(.)(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Places:
    """The values of both tags, None where absent, and their types."""

    iim: bytes | None
    iim_kind: int
    resources: bytes | None
    resources_kind: int

    def blocks(self, path: Path) -> tuple[bytes, ...]:
        """Return the blocks of image resources; both where the places say different things, which nobody accepts.

        The raw one comes without its padding, and a digest that counted the padding as one that does not.
        """
        rest = (self.resources,) if self.resources else ()
        whole = self._in_order(self.iim or b"")
        if not whole.strip(b"\0"):
            return rest
        inside, plain = _parsed(rest, path), _plain(whole, path)
        if inside is not None and b"".join(item.raw for item in inside.datasets) == plain:
            return (inside.blocks[0].replace(_digest(whole), _digest(inside.data)),)
        return (_wrapped(plain), *(block.replace(_digest(whole), _digest(plain)) for block in rest))

    def replaced(self, after: tuple[bytes, ...], path: Path) -> dict[int, tuple[int, bytes]]:
        """Return what the tags shall hold for the blocks to be ``after``: tag -> (type, value), only what changes."""
        if after == self.blocks(path):
            return {}
        found: dict[int, tuple[int, bytes]] = {}
        resources = after[-1] if self.resources else b""
        if (self.iim or b"").strip(b"\0"):
            parsed = _parsed(after, path)
            iim = parsed.data if parsed else b""
            whole = iim + b"\0" * (-len(iim) % 4) if self.iim_kind == _LONG else iim
            found[IIM] = (self.iim_kind, self._in_order(whole))
            if _digest(self._in_order(self.iim or b"")) in (self.resources or b""):
                resources = resources.replace(_digest(iim), _digest(whole))
        if self.resources and resources != self.resources:
            found[RESOURCES] = (self.resources_kind, resources)
        return found

    def _in_order(self, iim: bytes) -> bytes:
        """Return words in the other byte order the right way round, or back; some writers put them so."""
        raw = self.iim or b"\0"
        swapped = self.iim_kind == _LONG and raw[0] != _MARKER and raw[3:4] == bytes((_MARKER,))
        return _WORD.sub(rb"\4\3\2\1", iim) if swapped else iim


def _wrapped(iim: bytes) -> bytes:
    return _WRAP + len(iim).to_bytes(4, "big") + iim + b"\0" * (len(iim) % 2)


def _plain(iim: bytes, path: Path) -> bytes:
    """Return IPTC without what follows its last dataset; as it is where it cannot be understood."""
    parsed = _parsed((_wrapped(iim),), path)
    return b"".join(item.raw for item in parsed.datasets) if parsed else iim


def _parsed(blocks: tuple[bytes, ...], path: Path) -> iptc.Iptc | None:
    """Parse image resources; None also for those that cannot be: the next one to look refuses them with the cause."""
    try:
        return iptc.parse(blocks, path)
    except NotEmbeddable:
        return None


def _digest(iim: bytes) -> bytes:
    return hashlib.md5(iim, usedforsecurity=False).digest()
