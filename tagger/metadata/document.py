"""A photo file in memory: its container and its metadata blocks. The place where formats are told apart."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tagger.core.changes import FieldChange, Splice
from tagger.core.errors import PhotoChanged, PhotoError, PhotoSkipped
from tagger.core.records import Provenance
from tagger.metadata import (
    blocks,
    clean,
    container,
    fields,
    jpeg,
    jpeg_edit,
    png,
    png_edit,
    splices,
    tiff,
    tiff_edit,
    webp,
    webp_edit,
)
from tagger.metadata.container import Container, Format
from tagger.metadata.contents import Contents, Wanted

FORMATS = (
    Format("PNG", png.matches, png.parse, png_edit.splices, png_edit.foreign, png.LIMITS, png.refusal),
    Format("WebP", webp.matches, webp.parse, webp_edit.splices, webp_edit.foreign, webp.LIMITS, webp.refusal),
    Format("TIFF", tiff.matches, tiff.parse, tiff_edit.splices, tiff_edit.foreign, tiff.LIMITS),
    Format("JPEG", jpeg.matches, jpeg.parse, jpeg_edit.splices, jpeg_edit.foreign, jpeg.LIMITS),
)
"""Formats that can hold our values; the last one says what is wrong with a file that is none of them."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed photo: the container with its bytes, the blocks in it."""

    format: Format
    container: Container
    blocks: blocks.Parsed

    @property
    def contents(self) -> Contents:
        """What the blocks hold, as plain values."""
        return self.blocks.contents


def parse(path: Path, data: bytes, *, like: Document | None = None) -> Document:
    """Parse a photo; ``path`` is for messages only. Raises PhotoSkipped, PhotoError.

    ``like`` is one that should hold the same picture: that makes it faster and changes nothing.
    """
    format_, parsed = container.parse(FORMATS, path, data, like=like.container if like else None)
    if refusal := format_.refusal(parsed):
        raise refusal
    return Document(format_, parsed, blocks.parse(parsed.blocks(), path))


def plan(path: Path, document: Document, wanted: Wanted) -> tuple[Splice, ...]:
    """Return the splices that make the photo hold what is ``wanted``. Raises PhotoError."""
    after = blocks.edit(document.blocks, wanted, limits=document.format.limits, path=path)
    return tuple(document.format.splices(document.container, after))


def plan_rejected(
    path: Path, document: Document, wanted: Callable[[Contents], Wanted | None], record: Provenance
) -> tuple[Splice, ...]:
    """Return the splices that take everything of ours out and then put in what is ``wanted`` of a photo without it.

    Where that is nothing, only the ``record`` goes in: what others wrote is as it was before us. Raises PhotoError.
    """
    limits = document.format.limits
    bare = blocks.parse(clean.edit(document.blocks, limits=limits, path=path), path)
    decided = wanted(bare.contents)
    if decided is None:
        after = blocks.with_record(bare, record, limits=limits, path=path)
    else:
        after = blocks.edit(bare, decided, limits=limits, path=path)
    return tuple(document.format.splices(document.container, after))


def plan_clean(path: Path, document: Document, *, approved: bool = False) -> tuple[Splice, ...]:
    """Return the splices that take everything of ours out, from any run; none where there is nothing.

    Raises PhotoSkipped where a person decided about them, unless ``approved`` says to take those out too, and
    NotEmbeddable where they cannot be taken out safely.
    """
    record = document.contents.provenance
    if record is None:
        return ()
    if record.state.is_decided and not approved:
        raise PhotoSkipped(path, f"{record.state} by a person", "--approved takes those out too")
    after = clean.edit(document.blocks, limits=document.format.limits, path=path)
    return tuple(document.format.splices(document.container, after))


def spliced(path: Path, data: bytes, edits: tuple[Splice, ...]) -> bytes:
    """Return ``data`` with the edits made. Raises PhotoChanged where they do not fit."""
    try:
        return splices.spliced(data, edits)
    except ValueError as error:
        raise PhotoChanged(path, "the file is not what the recorded change belongs to", str(error)) from error


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
    if before.format is not after.format or not before.container.same_picture(after.container):
        raise PhotoError(path, "the edit would change the picture data", "please report this photo")
    if before.format.foreign(before.container) != after.format.foreign(after.container):
        raise PhotoError(path, "the edit would change foreign metadata", "please report this photo")
    if before.contents.taken_at != after.contents.taken_at:
        raise PhotoError(path, "the edit would change the date in EXIF", "please report this photo")
