"""The metadata writer: reads, plans, applies and takes back changes inside photo files.

Ties container, blocks, policy and file system together; each of them is tested by itself.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tagger.core.errors import PhotoChanged, PhotoError, PhotoSkipped
from tagger.core.records import Caption, FieldChange, MetadataChange, Photo, PhotoMetadata
from tagger.metadata import atomic, document, files, policy
from tagger.metadata.files import Source
from tagger.metadata.policy import CaptionPolicy, Origin

_PLANS_KEPT = 4  # more than are ever written at once


class EmbeddedWriter:
    """Writes captions and tags into the photo files themselves (a MetadataWriter).

    ``caption_policy`` says what becomes of a person's caption, ``version`` is this program's, recorded beside our
    words. With ``keep_time`` the modification time stays, which hides the change from programs that look at times.
    """

    def __init__(self, *, caption_policy: CaptionPolicy, keep_time: bool = False, version: str) -> None:
        self._policy = caption_policy
        self._keep_time = keep_time
        self._version = version
        # Bytes of the latest plans: a plan that is applied at once is not read and proved a second time.
        self._planned: dict[Path, _Plan] = {}
        self._lock = Lock()

    def read(self, photo: Photo) -> PhotoMetadata:
        """Parse what the file holds; never decodes pixels.

        Raises PhotoSkipped for a format that is not written yet, PhotoChanged for a file that is gone, PhotoError
        for one that cannot be read or parsed.
        """
        source = files.read(photo.path)
        parsed = document.parse(photo.path, source.data)
        contents = parsed.contents
        return PhotoMetadata(
            photo=files.photo(photo.path, source.stat),
            identity=parsed.container.identity(),
            revision=source.revision,
            width=parsed.container.width,
            height=parsed.container.height,
            description=policy.description(contents),
            keywords=policy.keywords(contents),
            taken_at=contents.taken_at,
            provenance=contents.provenance,
        )

    def plan(self, metadata: PhotoMetadata, caption: Caption, *, model: str, run: str) -> MetadataChange:
        """Work out the change; writes nothing. A change without splices: the file holds all of it already.

        Raises PhotoChanged where the file is not the one that was read, PhotoSkipped for one that is read-only or
        has several hard links, PhotoError for one that cannot hold the values or may not be written.
        """
        path = metadata.photo.path
        source = files.read(path)
        if source.revision != metadata.revision:
            _require_writable(path, source)  # new rights are a reason of their own
            raise PhotoChanged(path, "the file changed since it was read", "run again")
        parsed = document.parse(path, source.data)
        origin = Origin(model=model, version=self._version, run=run)
        wanted = policy.decide(parsed.contents, caption, policy=self._policy, origin=origin)
        splices = document.plan(path, parsed, wanted) if wanted else ()
        after = source.data
        changes: tuple[FieldChange, ...] = ()
        if splices:
            _require_writable(path, source)
            after = document.spliced(path, source.data, splices)
            result = document.parse(path, after, like=parsed)
            document.require_untouched(path, parsed, result)
            again = policy.decide(result.contents, caption, policy=self._policy, origin=origin)
            if again is None or document.plan(path, result, again):
                raise PhotoError(path, "the values would not read back as written", "please report this photo")
            changes = document.changes(parsed, result)
        before_sha256 = source.sha256()  # of these very bytes: undo relies on it
        change = MetadataChange(
            path=path,
            identity=metadata.identity,
            before_sha256=before_sha256,
            after_sha256=hashlib.sha256(after).hexdigest() if splices else before_sha256,
            before_size=len(source.data),
            before_mtime_ns=source.stat.st_mtime_ns,
            splices=splices,
            fields=changes,
        )
        if splices:
            self._remember(_Plan(change, source, after))
        return change

    def apply(self, change: MetadataChange) -> Photo:
        """Make the change atomically and verified; returns the file as it then is.

        Raises PhotoChanged where the file is not what it was at ``plan``, PhotoError for anything else that stops it;
        in both cases the file is untouched.
        """
        with self._lock:
            plan = self._planned.pop(change.path, None)
        mtime_ns = change.before_mtime_ns if self._keep_time else None
        if plan is not None and plan.change is change and plan.is_current():

            def same(written: bytes) -> None:
                # ``plan`` proved these very bytes: picture, foreign blocks, our values. The last look at the file,
                # before it is replaced, compares all of it.
                if written != plan.after:
                    raise PhotoError(
                        change.path, "the written file does not read back as planned", "check the disk and the memory"
                    )

            status = atomic.replace(plan.source, plan.after, mtime_ns=mtime_ns, verify=same, path=change.path)
            return files.photo(change.path, status)
        source = files.read(change.path)
        if source.sha256() != change.before_sha256:
            raise PhotoChanged(change.path, "the file changed since the change was planned", "run again")
        if not change.splices:
            return files.photo(change.path, source.stat)
        _require_writable(change.path, source)
        content = document.spliced(change.path, source.data, change.splices)

        def verify(written: bytes) -> None:
            document.require_hash(change.path, written, change.after_sha256)
            before = document.parse(change.path, source.data)
            after = document.parse(change.path, written, like=before)
            document.require_untouched(change.path, before, after)
            if document.changes(before, after) != change.fields:
                raise PhotoError(change.path, "the written file does not hold what was planned", "please report this")

        status = atomic.replace(source, content, mtime_ns=mtime_ns, verify=verify, path=change.path)
        return files.photo(change.path, status)

    def _remember(self, plan: "_Plan") -> None:
        """Keep the bytes of a few plans, the oldest goes first: plans of a dry run are never applied."""
        with self._lock:
            self._planned[plan.change.path] = plan
            while len(self._planned) > _PLANS_KEPT:
                del self._planned[next(iter(self._planned))]

    def revert(self, change: MetadataChange) -> Photo:
        """Put the bytes and the modification time from before ``change`` back. Raises like ``apply``."""
        source = files.read(change.path)
        if source.sha256() != change.after_sha256:
            raise PhotoChanged(change.path, "the file changed since we wrote it", "undo would lose that change")
        if not change.splices:
            return files.photo(change.path, source.stat)
        _require_writable(change.path, source)
        content = document.spliced(change.path, source.data, document.inverse(change.splices))

        def verify(written: bytes) -> None:
            document.require_hash(change.path, written, change.before_sha256)

        status = atomic.replace(source, content, mtime_ns=change.before_mtime_ns, verify=verify, path=change.path)
        return files.photo(change.path, status)

    def compare(self, change: MetadataChange) -> str:
        """Say whether the file is as ``before`` the change, ``after`` it, ``other`` or ``missing``.

        Raises PhotoError where it cannot be read.
        """
        grown = sum(len(splice.new) - len(splice.old) for splice in change.splices)
        try:
            size = change.path.stat().st_size
            if size not in {change.before_size, change.before_size + grown} or not change.path.is_file():
                return "other"
            digest = files.read(change.path).sha256()
        except OSError as error:
            failure = files.photo_error(change.path, error)
            if not isinstance(failure, PhotoChanged):
                raise failure from error
            return "missing"
        except PhotoChanged:
            return "other" if change.path.exists() else "missing"
        return {change.after_sha256: "after", change.before_sha256: "before"}.get(digest, "other")

    def discard_leftovers(self, change: MetadataChange) -> None:
        """Remove the temporary file that an interrupted ``apply`` or ``revert`` may have left. Raises PhotoError."""
        try:
            for leftover in atomic.leftovers(change.path):
                leftover.unlink(missing_ok=True)
        except OSError as error:
            failure = files.photo_error(change.path, error)
            if not isinstance(failure, PhotoChanged):  # the folder is gone, and so is the leftover
                raise failure from error


@dataclass(frozen=True, slots=True)
class _Plan:
    """A change with the file that it was planned on, and the bytes of the file to be."""

    change: MetadataChange
    source: Source
    after: bytes

    def is_current(self) -> bool:
        """Whether nobody touched the file since, as far as its stat tells (contents, rights, links)."""
        try:
            return files.revision(self.source.path.stat()) == self.source.revision
        except OSError:
            return False


def _require_writable(path: Path, source: Source) -> None:
    """Raise PhotoSkipped for a file that is meant to stay as it is, PhotoError for one that we may not replace."""
    status = source.stat
    if status.st_nlink > 1:
        raise PhotoSkipped(
            path, f"has {status.st_nlink} hard links; replacing it would separate them", "a sidecar may serve"
        )
    if not status.st_mode & 0o222:
        raise PhotoSkipped(path, "file is read-only", "make it writable to have it captioned")
    effective = os.access in os.supports_effective_ids
    if not os.access(source.path, os.W_OK, effective_ids=effective):
        raise PhotoError(path, "no permission to write the file", "check its owner and permissions")
    if not os.access(source.path.parent, os.W_OK | os.X_OK, effective_ids=effective):
        raise PhotoError(
            path, "no permission to write in the file's folder", "the new file is written beside the old one"
        )
