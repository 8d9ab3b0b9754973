"""A sidecar file in memory: an XMP packet and nothing else, as a document like any photo's.

Source: XMP specification part 3 section 1.1 (external storage of metadata).
"""

from dataclasses import dataclass
from pathlib import Path

from tagger.core.changes import Splice
from tagger.core.errors import PhotoError
from tagger.metadata import blocks, sidecar, splices, xmp
from tagger.metadata.container import Format
from tagger.metadata.contents import Blocks, Limits
from tagger.metadata.document import Document

_MOST = 200_000  # of "<", and of "=": ten times what brush strokes and masks take; some seconds to work through


@dataclass(frozen=True, slots=True)
class XmpFile:
    """The packet with its bytes; there is no picture in it."""

    data: bytes
    width: int = 0
    height: int = 0

    def identity(self) -> str:
        """Return nothing: a sidecar is known by its photo."""
        return ""

    def same_picture(self, other: "XmpFile") -> bool:
        """Say yes: neither holds one."""
        return isinstance(other, XmpFile)

    def blocks(self) -> Blocks:
        """Return the packet, the only block."""
        return Blocks(exif=None, xmp=self.data)


def parse(path: Path, data: bytes) -> Document:
    """Parse the bytes of a sidecar; ``path`` is the photo's, for messages.

    Raises PhotoError for anything that is not one well-formed packet in UTF-8, of bounded complexity.
    """
    if data.count(b"<") > _MOST or data.count(b"=") > _MOST:
        raise PhotoError(path, f"its sidecar holds more than {_MOST:,} elements or attributes", "move it away")
    container = XmpFile(data)
    try:
        parsed = blocks.parse(container.blocks(), path)
    except PhotoError as error:
        # The same words whatever the kind: with a broken sidecar nothing is written, neither here nor there.
        raise PhotoError(path, f"its sidecar: {error.cause}", error.hint) from error
    if data.strip() and (parsed.xmp is None or parsed.xmp.root is None):
        raise PhotoError(path, "its sidecar holds no XMP", "move it away")  # whatever it is, we would write over it
    return Document(FORMAT, container, parsed)


def _open(_path: Path, data: bytes, **_: object) -> XmpFile:
    return XmpFile(data)


def _splices(container: XmpFile, after: Blocks) -> tuple[Splice, ...]:
    return tuple(splices.trimmed(0, container.data, after.xmp or b""))


def _foreign(container: XmpFile) -> list[bytes]:
    """Return every property that is not ours to write, as it stands, and every attribute of their owners."""
    packet = xmp.parse(container.data, Path())
    found: list[bytes] = []
    for owner in packet.descriptions:
        found += [container.data[e.start : e.end] for e in owner.children if e.name not in _OURS]
        found += [
            f"{name}={value}".encode()
            for name, value in owner.attributes.items()
            if name not in _OURS and not name.endswith(" about")
        ]
    return sorted(found)


_OURS = frozenset(
    {f"{xmp.DC} description", f"{xmp.DC} subject"}
    | {f"{xmp.NAMESPACES[prefix]} {local}" for prefix, local in (name.split(":") for name in xmp.HIERARCHIES)}
    | {f"{xmp.TAGGER} {name}" for name in xmp.OURS}
)

FORMAT = Format(
    "XMP",
    lambda data: data.lstrip()[:1] == b"<",
    _open,
    _splices,
    _foreign,
    Limits(exif=0, xmp=sidecar.MAX_SIZE, photoshop=0),
)
"""Sidecars. No EXIF fits into one: what we would write there is in the packet as well."""
