"""Short ways for the tests to tag bytes and files."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import jpegs

from tagger.core.changes import MetadataChange, Splice
from tagger.core.records import Caption, Photo, PhotoMetadata, Tag
from tagger.metadata import document, policy
from tagger.metadata.atomic import SUFFIX
from tagger.metadata.policy import CaptionPolicy, Origin
from tagger.metadata.writer import PhotoWriter

PICTURE = jpegs.picture()
NOBODY = 65534
DOG = Caption("a dog on the grass", -1.0, (), (Tag("dog", 0.93, ("pet", "animal")), Tag("grass", 0.5)))
CAT = Caption("a cat on a sofa & <mat>", -1.0, (), (Tag("cat", 0.8, ("pet", "animal")), Tag("grass", 0.51)))
CAFE = Caption("un café à Köln \u2013 猫", -1.0, (), (Tag("café", 0.7), Tag("猫", 0.6)))


def tag(
    data: bytes, caption: Caption = DOG, *, caption_policy: CaptionPolicy = CaptionPolicy.KEEP, run: str = "run-1"
) -> tuple[bytes, tuple[Splice, ...]]:
    """Tag the bytes of a photo; returns the new bytes and the splices."""
    path = Path("photo.jpg")
    parsed = document.parse(path, data)
    origin = Origin(model="test 1", version="0.1", run=run)
    wanted = policy.decide(parsed.contents, caption, policy=caption_policy, origin=origin)
    splices = document.plan(path, parsed, wanted) if wanted else ()
    after = document.spliced(path, data, splices)
    document.require_untouched(path, parsed, document.parse(path, after))
    return after, splices


def contents(data: bytes):
    return document.parse(Path("photo.jpg"), data).contents


def writer(**options) -> PhotoWriter:
    return PhotoWriter(**{"caption_policy": CaptionPolicy.KEEP, "version": "0.1"} | options)


def photo(path: Path) -> Photo:
    status = path.stat()
    return Photo(path, status.st_size, status.st_mtime_ns)


def read(path: Path) -> PhotoMetadata:
    return writer().read(photo(path))


def plan(path: Path, caption: Caption = DOG, *, run: str = "run-1", **options) -> MetadataChange:
    it = writer(**options)
    (change,) = it.plan(it.read(photo(path)), caption, model="test 1", run=run)
    return change


def write(path: Path, caption: Caption = DOG, *, run: str = "run-1", **options) -> MetadataChange:
    change = plan(path, caption, run=run, **options)
    writer(**options).apply(change)
    return change


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Act without root's rights, where the tests run as root."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if was == 0:
            os.seteuid(was)


def leftovers(path: Path) -> list[str]:
    return [entry.name for entry in path.parent.iterdir() if entry.name.endswith(SUFFIX)]


def read_gone(path: Path) -> None:
    writer().read(Photo(path, 0, 0))
