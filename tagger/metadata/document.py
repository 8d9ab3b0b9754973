"""A photo file in memory: its container and its metadata blocks. The place where further formats will be told apart."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import PhotoChanged, PhotoError
from tagger.core.records import FieldChange, Splice
from tagger.metadata import blocks, fields, jpeg, jpeg_edit
from tagger.metadata.contents import Contents, Wanted


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed photo: the container with its bytes, the blocks in it."""

    container: jpeg.Jpeg
    blocks: blocks.Parsed

    @property
    def contents(self) -> Contents:
        """What the blocks hold, as plain values."""
        return self.blocks.contents


def parse(path: Path, data: bytes, *, like: Document | None = None) -> Document:
    """Parse a photo; ``path`` is for messages only. Raises PhotoSkipped, PhotoError.

    ``like`` is one that should hold the same picture: that makes it faster and changes nothing.
    """
    container = jpeg.parse(path, data, like=like.container if like else None)
    return Document(container, blocks.parse(container.blocks(), path))


def plan(path: Path, document: Document, wanted: Wanted) -> tuple[Splice, ...]:
    """Return the splices that make the photo hold what is ``wanted``. Raises PhotoError."""
    after = blocks.edit(document.blocks, wanted, limits=jpeg.LIMITS, path=path)
    return jpeg_edit.splices(document.container, after)


def spliced(path: Path, data: bytes, splices: tuple[Splice, ...]) -> bytes:
    """Return ``data`` with the splices made. Raises PhotoChanged where they do not fit."""
    try:
        return jpeg_edit.splice(data, splices)
    except ValueError as error:
        raise PhotoChanged(path, "the file is not what the recorded change belongs to", str(error)) from error


def inverse(splices: tuple[Splice, ...]) -> tuple[Splice, ...]:
    """Return the splices that take others back, relative to the file after them."""
    return jpeg_edit.inverse(splices)


def changes(before: Document, after: Document) -> tuple[FieldChange, ...]:
    """Return every field that differs, as people read it."""
    old, new = fields.show(before.contents), fields.show(after.contents)
    return tuple(FieldChange(title, old[title], new[title]) for title in old if old[title] != new[title])


def require_hash(path: Path, data: bytes, sha256: str) -> None:
    """Raise PhotoError where written bytes are not those that were planned."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise PhotoError(path, "the written file does not read back as planned", "check the disk and the memory")


def require_untouched(path: Path, before: Document, after: Document) -> None:
    """Raise PhotoError where an edit changed the picture, or anything else that is not ours, or the date."""
    if not before.container.same_picture(after.container):
        raise PhotoError(path, "the edit would change the picture data", "please report this photo")
    if jpeg_edit.foreign(before.container) != jpeg_edit.foreign(after.container):
        raise PhotoError(path, "the edit would change foreign metadata", "please report this photo")
    if before.contents.taken_at != after.contents.taken_at:
        raise PhotoError(path, "the edit would change the date in EXIF", "please report this photo")
