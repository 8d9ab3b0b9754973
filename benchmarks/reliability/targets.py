"""Every parser that reads what strangers made, as a target of the fuzzer: photos, sidecars, headers, and the rest."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import harness
import variety
from target import Broken, Target
from text_targets import text_targets
from variety import formats

from tagger.core.errors import PhotoError
from tagger.core.records import Caption, Photo, Tag
from tagger.metadata import document, policy, splices, xmp_file
from tagger.metadata.document import Document
from tagger.metadata.policy import CaptionPolicy, Origin

PATH = Path("photo.jpg")
DOG = Caption("a dog on the grass & <mat>", -1.0, (), (Tag("dog", 0.93, ("pet", "animal")), Tag("猫", 0.5)))
ORIGIN = Origin(model="test 1", version="0.1", run="run-1")
POLICIES = tuple(CaptionPolicy)


def targets(scratch: Path) -> tuple[Target, ...]:
    """Every target; files go into ``scratch``, a folder in memory at best."""
    photos = [
        Target(item.name, 4, list(item.make().values()), _photo)
        for item in formats()
        if item.name in ("JPEG", "PNG", "WebP", "TIFF")
    ]
    photos = [Target(t.name, t.share, t.samples + [tagged(s) for s in t.samples], t.takes) for t in photos]
    readers = [
        Target(f"{item.name} header", 1, list(item.make().values()), _Reader(scratch, item.suffix))
        for item in formats()
        if item.name in ("GIF", "BMP", "AVIF", "HEIC", "DNG")
    ]
    return (
        *photos,
        Target("sidecar", 3, _sidecars(), _sidecar),
        Target("photo with sidecar", 1, _sidecars(), _Beside(scratch)),
        *readers,
        *text_targets(scratch),
    )


# --- photos and sidecars, in memory ---


def _photo(data: bytes) -> bool:
    return _written(lambda content: document.parse(PATH, content), data)


def _sidecar(data: bytes) -> bool:
    return _written(lambda content: xmp_file.parse(PATH, content), data)


def _written(parse: Callable[[bytes], Document], data: bytes) -> bool:
    """Parse, plan, splice, parse again; clean; take both back: every promise of an accepted file."""
    try:
        before = parse(data)
        chosen = POLICIES[len(data) % 3]
        cleaned_first = _cleaned(parse, data, before)
        wanted = policy.decide(before.contents, DOG, policy=chosen, origin=ORIGIN)
        if wanted is None:
            return True  # approved by a person: stays
        edits = document.plan(PATH, before, wanted)
        after = document.spliced(PATH, data, edits)
        result = parse(after)
        document.require_untouched(PATH, before, result)
    except PhotoError as error:
        if "please report" in str(error) or "\n" in str(error):
            raise Broken(str(error)) from error
        return False
    if before.container.identity() != result.container.identity():
        raise Broken("another identity after the edit")
    if splices.spliced(after, splices.inverse(edits)) != data:
        raise Broken("not taken back to the byte")
    again = policy.decide(result.contents, DOG, policy=chosen, origin=ORIGIN)
    if again is None or document.plan(PATH, result, again):
        raise Broken("a second run would write again")
    if result.contents.provenance is None or not result.contents.provenance.caption:
        raise Broken("our record is not there")
    held = {keyword.casefold() for keyword in policy.keywords(result.contents)}
    if not held.issuperset({"dog", "猫"}):
        raise Broken("our tags are not there")
    try:
        _cleaned(parse, after, result)
    except PhotoError as error:
        # Traces of an earlier run may be damaged; and what was there before us may make no sense by itself.
        if before.contents.provenance is None and "cannot be parsed" not in str(error):
            raise Broken(f"tagged, and cannot be cleaned: {error}") from error
    return cleaned_first or True


def _cleaned(parse: Callable[[bytes], Document], data: bytes, before: Document) -> bool:
    edits = document.plan_clean(PATH, before)
    if not edits:
        return False
    after = document.spliced(PATH, data, edits)
    if splices.spliced(after, splices.inverse(edits)) != data:
        raise Broken("clean: not taken back to the byte")
    if not after:
        return True  # a sidecar of which nothing remains
    result = parse(after)
    document.require_untouched(PATH, before, result)
    if result.contents.provenance is not None:
        raise Broken("clean: our record is still there")
    if document.plan_clean(PATH, result):
        raise Broken("clean: a second time finds more")
    return True


def tagged(data: bytes) -> bytes:
    """A sample as it is after a run of ours; as it was where it cannot hold our words."""
    try:
        parsed = document.parse(PATH, data)
        wanted = policy.decide(parsed.contents, DOG, policy=CaptionPolicy.KEEP, origin=ORIGIN)
        return document.spliced(PATH, data, document.plan(PATH, parsed, wanted)) if wanted else data
    except PhotoError:
        return data


def _sidecars() -> list[bytes]:
    import jpegs

    plain = [
        variety.SIDECAR,
        variety.PACKET,
        jpegs.packet('<rdf:Description rdf:about="" xmp:Rating="3"/>', wrap=False),
        jpegs.packet("", padding=0),
    ]
    tagged = []
    for content in plain:
        parsed = xmp_file.parse(PATH, content)
        wanted = policy.decide(parsed.contents, DOG, policy=CaptionPolicy.KEEP, origin=ORIGIN)
        tagged.append(document.spliced(PATH, content, document.plan(PATH, parsed, wanted)) if wanted else content)
    return plain + tagged


# --- files of other formats, through the writer ---


class _Reader:
    """A format that is never written into: the writer reads its header and plans a sidecar."""

    def __init__(self, scratch: Path, suffix: str) -> None:
        self._path = scratch / f"photo{suffix}"

    def __call__(self, data: bytes) -> bool:
        self._path.write_bytes(data)
        try:
            return _planned(self._path)
        finally:
            if self._path.read_bytes() != data:
                raise Broken("the photo changed")


class _Beside:
    """A sound photo with a sidecar of which anything may be expected."""

    def __init__(self, scratch: Path) -> None:
        self._path = scratch / "beside.gif"
        self._path.write_bytes(variety.saved(variety.picture("P"), "GIF"))
        self._sidecar = scratch / "beside.gif.xmp"

    def __call__(self, data: bytes) -> bool:
        self._sidecar.write_bytes(data)
        try:
            return _planned(self._path)
        finally:
            if self._sidecar.read_bytes() != data:
                raise Broken("planning changed the sidecar")
            self._sidecar.unlink()


def _planned(path: Path) -> bool:
    writer, status = _writer(), path.stat()
    try:
        metadata = writer.read(Photo(path, status.st_size, status.st_mtime_ns))
        changes = writer.plan(metadata, DOG, model="test 1", run="run-1")
        writer.plan_clean(metadata)
    except PhotoError as error:
        if "please report" in str(error) or "\n" in str(error):
            raise Broken(str(error)) from error
        return False
    for change in changes:
        if change.target == path and path.suffix != ".gif":
            raise Broken("it would write into the photo")
    return True


@cache
def _writer() -> Any:
    return harness.make_writer()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder in memory where there is one."""
    memory = Path("/dev/shm")  # noqa: S108 - only a faster place than the default
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="tagger-fuzz-", dir=place) as folder:
        yield Path(folder)
