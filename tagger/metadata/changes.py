"""One change to one file: proved in memory, made on disk, taken back, compared. The file is a photo or a sidecar.

Knows neither whose words win nor which file they go into: that is the writer's part.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tagger.core.changes import MetadataChange, Splice
from tagger.core.errors import PhotoChanged, PhotoError
from tagger.core.records import Photo
from tagger.metadata import atomic, document, files, rights, sidecar, splices, xmp_file
from tagger.metadata.document import Document
from tagger.metadata.files import Source

Edit = Callable[[Document], tuple[Splice, ...]]
"""From a document to what is to change in it; nothing where it is as it shall be."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A change with the file that it was planned on (None: it is to be made) and the bytes of the file to be."""

    change: MetadataChange
    source: Source | None
    after: bytes

    def is_current(self) -> bool:
        """Whether nobody touched the file since, as far as its stat tells (contents, rights, links)."""
        if self.source is None:
            return True  # making it never overwrites one that has appeared
        try:
            return files.revision(self.source.path.stat()) == self.source.revision
        except OSError:
            return False


def proved(path: Path, data: bytes, before: Document, edits: tuple[Splice, ...], edit: Edit) -> tuple[bytes, Document]:
    """Make ``edits`` in memory; returns the bytes and the document afterwards. Raises PhotoError where it is not right.

    Right is: only what is ours has changed, and making the same edit again would change nothing more.
    """
    after = document.spliced(path, data, edits)
    result = parsed(path, after, before)
    document.require_untouched(path, before, result)
    if edit(result):
        raise PhotoError(path, "the values would not read back as written", "please report this photo")
    return after, result


def parsed(path: Path, data: bytes, like: Document) -> Document:
    """Parse bytes that should be a document of the same kind, holding the same picture."""
    return xmp_file.parse(path, data) if like.format is xmp_file.FORMAT else document.parse(path, data, like=like)


def planned(
    path: Path,
    identity: str,
    source: Source,
    before: Document,
    edits: tuple[Splice, ...],
    edit: Edit,
    where: Path | None,
) -> Plan:
    """Return the change of a file that is there: the photo, or the sidecar ``where``. Raises PhotoError."""
    after, result = proved(path, source.data, before, edits, edit)
    change = MetadataChange(
        path=path,
        identity=identity,
        before_sha256=source.sha256(),  # of these very bytes: undo relies on it
        after_sha256=hashlib.sha256(after).hexdigest(),
        before_size=len(source.data),
        before_mtime_ns=source.stat.st_mtime_ns,
        splices=edits,
        fields=document.changes(before, result),
        sidecar=where,
    )
    return Plan(change, source, after)


def creation(path: Path, identity: str, content: bytes, before: Document, after: Document, where: Path) -> Plan:
    """Return the change that makes the sidecar ``where``; ``before`` is what the photo itself had for it."""
    change = MetadataChange(
        path=path,
        identity=identity,
        before_sha256="",
        after_sha256=hashlib.sha256(content).hexdigest(),
        before_size=0,
        before_mtime_ns=0,
        splices=(Splice(0, b"", content),),
        fields=document.changes(before, after),
        sidecar=where,
    )
    return Plan(change, None, content)


def removal(path: Path, identity: str, source: Source, before: Document, after: Document, where: Path) -> Plan:
    """Return the change that removes the sidecar ``where``, which holds nothing that the photo does not hold too."""
    change = MetadataChange(
        path=path,
        identity=identity,
        before_sha256=source.sha256(),
        after_sha256="",
        before_size=len(source.data),
        before_mtime_ns=source.stat.st_mtime_ns,
        splices=(Splice(0, source.data, b""),),
        fields=document.changes(before, after),
        sidecar=where,
    )
    return Plan(change, source, b"")


def apply(change: MetadataChange, plan: Plan | None, *, keep_time: bool, hard_links: bool) -> None:
    """Make the change; with ``plan``, what was proved when it was planned is not proved again.

    Raises PhotoChanged where the file is not what it was then, PhotoError; the file is untouched then.
    """
    path = change.path
    if not change.before_sha256:
        _create(change, plan.after if plan else _whole(path, b"", change.splices), change.after_sha256, None)
        return
    known = plan.source if plan else None
    source = known or _read(change)
    if known is None and source.sha256() != change.before_sha256:
        raise PhotoChanged(path, "the file changed since the change was planned", "run again")
    if not change.after_sha256:
        atomic.remove(source, path=path)
        return
    if not change.splices:
        return
    mtime_ns = change.before_mtime_ns if keep_time and change.sidecar is None else None
    if plan is not None:

        def same(written: bytes) -> None:
            # The plan proved these very bytes: picture, foreign blocks, our values. The last look at the file,
            # before it is replaced, compares all of it.
            if written != plan.after:
                raise PhotoError(
                    path, "the written file does not read back as planned", "check the disk and the memory"
                )

        atomic.replace(source, plan.after, mtime_ns=mtime_ns, verify=same, path=path)
        return
    _require_replaceable(change, source, hard_links=hard_links)
    content = _whole(path, source.data, change.splices)

    def verify(written: bytes) -> None:
        document.require_hash(path, written, change.after_sha256)
        before = xmp_file.parse(path, source.data) if change.sidecar else document.parse(path, source.data)
        after = parsed(path, written, before)
        document.require_untouched(path, before, after)
        if document.changes(before, after) != change.fields:
            raise PhotoError(path, "the written file does not hold what was planned", "please report this")

    atomic.replace(source, content, mtime_ns=mtime_ns, verify=verify, path=path)


def revert(change: MetadataChange, *, hard_links: bool) -> None:
    """Put back what was there before ``change``. Raises like ``apply``."""
    path = change.path
    if not change.after_sha256:
        content = _whole(path, b"", splices.inverse(change.splices))
        _create(change, content, change.before_sha256, change.before_mtime_ns)
        return
    source = _read(change)
    if source.sha256() != change.after_sha256:
        raise PhotoChanged(path, "the file changed since we wrote it", "undo would lose that change")
    if not change.before_sha256:
        atomic.remove(source, path=path)
        return
    if not change.splices:
        return
    _require_replaceable(change, source, hard_links=hard_links)
    content = _whole(path, source.data, splices.inverse(change.splices))

    def verify(written: bytes) -> None:
        document.require_hash(path, written, change.before_sha256)

    atomic.replace(source, content, mtime_ns=change.before_mtime_ns, verify=verify, path=path)


def compare(change: MetadataChange) -> str:
    """Say whether the file is as ``before`` the change, ``after`` it, ``other`` or ``missing``. Raises PhotoError.

    A file that the change makes or removes may rightly not be there, as long as its photo is.
    """
    grown = sum(len(splice.new) - len(splice.old) for splice in change.splices)
    absent = {not change.before_sha256: "before", not change.after_sha256: "after"}.get(True)
    try:
        status = change.target.lstat() if change.sidecar else change.target.stat()
        sizes = {change.before_size, change.before_size + grown}
        if (
            status.st_size not in sizes
            or not change.target.is_file()
            or (change.sidecar and change.target.is_symlink())
        ):
            return "other"
        digest = _read(change).sha256()
    except OSError as error:
        failure = files.photo_error(change.path, error)
        if not isinstance(failure, PhotoChanged):
            raise failure from error
        return absent if absent and change.path.exists() else "missing"
    except PhotoChanged:
        if change.target.exists():
            return "other"
        return absent if absent and change.path.exists() else "missing"
    return {change.after_sha256: "after", change.before_sha256: "before"}.get(digest, "other")


def photo(change: MetadataChange) -> Photo:
    """Return the photo of a change as it now is. Raises PhotoChanged, PhotoError."""
    try:
        return files.photo(change.path, change.path.stat())
    except OSError as error:
        raise files.photo_error(change.path, error) from error


def _read(change: MetadataChange) -> Source:
    return sidecar.read(change.path, change.sidecar) if change.sidecar else files.read(change.path)


def _whole(path: Path, data: bytes, edits: tuple[Splice, ...]) -> bytes:
    return document.spliced(path, data, edits)


def _create(change: MetadataChange, content: bytes, sha256: str, mtime_ns: int | None) -> None:
    try:
        like = change.path.stat()
    except OSError as error:
        raise files.photo_error(change.path, error) from error

    def verify(written: bytes) -> None:
        document.require_hash(change.path, written, sha256)

    atomic.create(change.target, content, like=like, mtime_ns=mtime_ns, verify=verify, path=change.path)


def _require_replaceable(change: MetadataChange, source: Source, *, hard_links: bool) -> None:
    if change.sidecar:
        rights.require_sidecar_replaceable(change.path, source, hard_links=hard_links)
    else:
        rights.require_replaceable(change.path, source, hard_links=hard_links)
