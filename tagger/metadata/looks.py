"""A photo and its sidecar as they are at one moment, read together: every decision needs both."""

from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoChanged, PhotoError
from tagger.core.records import PhotoMetadata, Provenance
from tagger.metadata import document, files, policy, sealed, sidecar, xmp_file
from tagger.metadata.contents import Contents
from tagger.metadata.document import Document
from tagger.metadata.files import Source
from tagger.metadata.sealed import Sealed


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The sidecar that a photo has: where, as it was read, parsed."""

    path: Path
    source: Source
    document: Document


@dataclass(frozen=True, slots=True)
class Look:
    """A photo as it was read: a document that can be written, or one that is sealed; and its sidecar if it has one."""

    path: Path
    source: Source
    photo: Document | Sealed
    sidecar: Sidecar | None

    @property
    def revision(self) -> str:
        """What changes whenever either file does, or a sidecar comes or goes."""
        return _revision(self.source, self.sidecar)

    @property
    def contents(self) -> Contents:
        """What the photo itself holds."""
        return self.photo.contents

    @property
    def beside(self) -> Contents | None:
        """What its sidecar holds."""
        return self.sidecar.document.contents if self.sidecar else None

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the picture data; of the whole file where that is not told apart."""
        return self.photo.identity() if isinstance(self.photo, Sealed) else self.photo.container.identity()

    def metadata(self) -> PhotoMetadata:
        """Return what both files say together: a person's words in the sidecar come first."""
        size = self.photo if isinstance(self.photo, Sealed) else self.photo.container
        documents = [contents for contents in (self.beside, self.contents) if contents is not None]
        return PhotoMetadata(
            photo=files.photo(self.path, self.source.stat),
            identity=self.identity(),
            revision=self.revision,
            width=size.width,
            height=size.height,
            description=_description(documents),
            keywords=policy.keywords(documents[0], *documents[1:]),
            taken_at=self.contents.taken_at,
            provenance=_provenance(documents),
        )


def look(path: Path, source: Source, *, lenient: bool = False) -> Look:
    """Parse a photo, read as ``source``, and its sidecar. With ``lenient`` one that cannot be read counts as absent.

    Raises PhotoSkipped for a format that we cannot read, PhotoChanged for a file that is gone, PhotoError for one that
    cannot be read or parsed, the sidecar included.
    """
    photo = _photo(path, source.data)
    where = sidecar.find(path)
    if where is None:
        return Look(path, source, photo, None)
    try:
        beside = sidecar.read(path, where)
        return Look(path, source, photo, Sidecar(where, beside, xmp_file.parse(path, beside.data)))
    except PhotoChanged:
        raise
    except PhotoError:
        if not lenient:
            raise
        return Look(path, source, photo, None)


def is_photo_of(metadata: PhotoMetadata, source: Source) -> bool:
    """Whether the photo itself is still as it was when ``metadata`` was read, whatever became of its sidecar."""
    return metadata.revision.partition("|")[0] == source.revision


def _photo(path: Path, data: bytes) -> Document | Sealed:
    title = sealed.name(path, data)
    if title:
        return sealed.parse(path, data, title)
    try:
        return document.parse(path, data)
    except NotEmbeddable as reason:
        return sealed.refused(path, data, reason)


def _revision(source: Source, beside: Sidecar | None) -> str:
    return f"{source.revision}|{beside.path.name} {beside.source.revision}" if beside else source.revision


def _description(documents: list[Contents]) -> str:
    """Return the first description that a person wrote, else the first one at all."""
    texts = [(policy.description(contents), contents.provenance) for contents in documents]
    theirs = [text for text, record in texts if text and (record is None or text != record.caption)]
    return next(iter([*theirs, *(text for text, _ in texts if text)]), "")


def _provenance(documents: list[Contents]) -> Provenance | None:
    """Return our record: one about which a person decided, wherever it is, else the first."""
    records = [contents.provenance for contents in documents if contents.provenance is not None]
    decided = [record for record in records if record.state.is_decided]
    return next(iter([*decided, *records]), None)
