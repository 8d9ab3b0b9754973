"""Short ways for the tests to tag photos that have or get a sidecar."""

from pathlib import Path

import jpegs
from trial import DOG, photo, writer

from tagger.core.changes import MetadataChange
from tagger.core.records import Caption
from tagger.metadata import xmp_file
from tagger.metadata.document import Document
from tagger.metadata.sidecar import SidecarPolicy
from tagger.metadata.writer import PhotoWriter

AUTO, ALWAYS, NEVER = SidecarPolicy.AUTO, SidecarPolicy.ALWAYS, SidecarPolicy.NEVER
HEIC = (Path(__file__).parent / "assets/pattern.heic").read_bytes()
FOREIGN = jpegs.foreign_packet(jpegs.bag("dc:subject", "sea"), padding=0)


def tagged(path: Path, caption: Caption = DOG, *, ours: PhotoWriter | None = None) -> tuple[MetadataChange, ...]:
    """Plan and apply."""
    ours = ours or writer()
    changes = ours.plan(ours.read(photo(path)), caption, model="test 1", run="run-1")
    for change in changes:
        assert ours.compare(change) == "before"
        assert ours.apply(change) == photo(path)
        assert ours.compare(change) == "after"
    return changes


def held(path: Path) -> Document:
    return xmp_file.parse(path, path.read_bytes())
