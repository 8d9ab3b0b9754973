"""The metadata writer: what a photo holds, which of its files our words go into, and the changes that put them there.

Whose words win is ``policy``'s part, how a file changes ``changes``', how a format is edited the containers'.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

from tagger.core.changes import MetadataChange, Splice
from tagger.core.errors import NotEmbeddable, PhotoChanged, PhotoError
from tagger.core.records import Caption, Photo, PhotoMetadata, Review, State
from tagger.metadata import atomic, changes, document, files, looks, policy, rights, sealed, seed, sidecar, xmp_file
from tagger.metadata.blocks import Parsed
from tagger.metadata.changes import Edit, Plan
from tagger.metadata.contents import Contents, Wanted
from tagger.metadata.document import Document
from tagger.metadata.files import Source
from tagger.metadata.looks import Look, Sidecar
from tagger.metadata.policy import CaptionPolicy, Hierarchical, Origin
from tagger.metadata.recent import RecentLooks
from tagger.metadata.sidecar import SidecarName, SidecarPolicy

_PLANS_KEPT = 8  # more than are ever written at once: two threads, two files a photo


class PhotoWriter:
    """Writes captions and tags into photos and into sidecars beside them (a MetadataWriter).

    ``caption_policy`` says what becomes of a person's caption, ``hierarchical`` whether hierarchies are written,
    ``version`` is this program's, recorded beside our words. With ``keep_time`` a photo's modification time stays,
    which hides the change from programs that look at times. ``sidecar`` says where our words go, ``sidecar_name`` what
    a new sidecar is called. With ``hard_links`` a file with several names is replaced, which separates them; without,
    it gets a sidecar.
    """

    def __init__(
        self,
        *,
        caption_policy: CaptionPolicy,
        keep_time: bool = False,
        version: str,
        hierarchical: Hierarchical = Hierarchical.AUTO,
        sidecar: SidecarPolicy = SidecarPolicy.AUTO,
        sidecar_name: SidecarName = SidecarName.EXT,
        hard_links: bool = False,
    ) -> None:
        self._policy = caption_policy
        self._keep_time = keep_time
        self._version = version
        self._hierarchical = hierarchical
        self._sidecar = sidecar
        self._sidecar_name = sidecar_name
        self._hard_links = hard_links
        # Bytes of the latest plans: a plan that is applied at once is not read and proved a second time.
        self._planned: dict[Path, Plan] = {}
        self._recent = RecentLooks()
        self._lock = Lock()

    def read(self, photo: Photo) -> PhotoMetadata:
        """Parse what the photo and its sidecar hold; never decodes pixels.

        Raises PhotoSkipped for a format that we cannot read, PhotoChanged for a file that is gone, PhotoError for one
        that cannot be read or parsed.
        """
        look = self._look(photo.path, files.read(photo.path))
        self._recent.keep(look)
        return look.metadata()

    def plan(
        self, metadata: PhotoMetadata, caption: Caption, *, model: str, run: str, review: Review | None = None
    ) -> tuple[MetadataChange, ...]:
        """Work out the changes, the sidecar's first; writes nothing. None: the files hold all of it already.

        What a person decided earlier stays, unless a ``review`` says what is decided now.
        Raises PhotoChanged where the files are not those that were read, PhotoSkipped where our words may go into
        neither, PhotoError where one cannot hold them or may not be written.
        """
        origin = Origin(model=model, version=self._version, run=run)
        look = self._look_again(metadata)
        path = look.path

        def decided(contents: Contents, beside: Contents | None) -> Wanted | None:
            return policy.decide(
                contents,
                caption,
                policy=self._policy,
                origin=origin,
                hierarchical=self._hierarchical,
                beside=beside,
                review=review,
            )

        def wanted(parsed: Document, beside: Contents | None) -> tuple[Splice, ...]:
            if review is not None and review.state is State.REJECTED:
                left = caption.text or caption.tags
                return document.plan_rejected(
                    path,
                    parsed,
                    lambda bare: decided(bare, beside) if left else None,
                    policy.record(origin, review),
                )
            values = decided(parsed.contents, beside)
            return document.plan(path, parsed, values) if values else ()

        embedded, reason = None, None
        if self._sidecar is not SidecarPolicy.ALWAYS:
            try:
                embedded = self._embedded(metadata, look, lambda parsed: wanted(parsed, look.beside))
            except NotEmbeddable as error:
                if self._sidecar is SidecarPolicy.NEVER:
                    raise
                reason = error
        plans = [embedded] if embedded else []
        if self._sidecar is not SidecarPolicy.NEVER:
            beside = self._beside(metadata, look, lambda parsed: wanted(parsed, look.contents), reason)
            plans = [*beside, *plans]
        return self._remembered(plans)

    def plan_clean(self, metadata: PhotoMetadata, *, approved: bool = False) -> tuple[MetadataChange, ...]:
        """Work out what takes everything of ours out again, from both files and any run. Raises like ``plan``.

        A sidecar that then holds no more than the photo itself does is removed.
        """
        look = self._look_again(metadata)

        def clean(parsed: Document) -> tuple[Splice, ...]:
            return document.plan_clean(look.path, parsed, approved=approved)

        embedded = self._embedded(metadata, look, clean) if isinstance(look.photo, Document) else None
        plans = [embedded] if embedded else []
        if look.sidecar is not None:
            plans = [*self._cleaned(metadata, look, look.sidecar, clean), *plans]
        return self._remembered(plans)

    def apply(self, change: MetadataChange) -> Photo:
        """Make the change atomically and verified; returns the photo as it then is.

        Raises PhotoChanged where the file is not what it was at ``plan``, PhotoError for anything else that stops it;
        in both cases the file is untouched.
        """
        with self._lock:
            plan = self._planned.pop(change.target, None)
        proved = plan if plan is not None and plan.change is change and plan.is_current() else None
        changes.apply(change, proved, keep_time=self._keep_time, hard_links=self._hard_links)
        return changes.photo(change)

    def revert(self, change: MetadataChange) -> Photo:
        """Put the bytes and the modification time from before ``change`` back. Raises like ``apply``."""
        changes.revert(change, hard_links=self._hard_links)
        return changes.photo(change)

    def compare(self, change: MetadataChange) -> str:
        """Say whether the file is as ``before`` the change, ``after`` it, ``other`` or ``missing``.

        Raises PhotoError where it cannot be read.
        """
        return changes.compare(change)

    def discard_leftovers(self, change: MetadataChange) -> None:
        """Remove the temporary file that an interrupted ``apply`` or ``revert`` may have left. Raises PhotoError."""
        try:
            for leftover in atomic.leftovers(change.target):
                leftover.unlink(missing_ok=True)
        except OSError as error:
            failure = files.photo_error(change.path, error)
            if not isinstance(failure, PhotoChanged):  # the folder is gone, and so is the leftover
                raise failure from error

    def _look(self, path: Path, source: Source) -> Look:
        return looks.look(path, source, lenient=self._sidecar is SidecarPolicy.NEVER)

    def _look_again(self, metadata: PhotoMetadata) -> Look:
        path = metadata.photo.path
        recent = self._recent.take(path)
        if recent is not None and recent.revision == metadata.revision:
            return recent
        source = files.read(path)
        if not looks.is_photo_of(metadata, source):
            # New rights are a reason of their own.
            rights.require_replaceable(path, source, hard_links=self._hard_links)
            raise PhotoChanged(path, "the file changed since it was read", "run again")
        look = self._look(path, source)
        if look.revision != metadata.revision:
            raise PhotoChanged(path, "its sidecar changed since it was read", "run again")
        return look

    def _embedded(self, metadata: PhotoMetadata, look: Look, edit: Edit) -> Plan | None:
        """The change of the photo itself; None where it holds all of it. Raises NotEmbeddable, PhotoError."""
        if isinstance(look.photo, sealed.Sealed):
            raise look.photo.reason
        edits = edit(look.photo)
        if not edits:
            return None
        rights.require_replaceable(look.path, look.source, hard_links=self._hard_links)
        return changes.planned(look.path, metadata.identity, look.source, look.photo, edits, edit, None)

    def _beside(self, metadata: PhotoMetadata, look: Look, edit: Edit, reason: NotEmbeddable | None) -> list[Plan]:
        """The change of the sidecar, where the photo has one, always gets one, or needs one for the ``reason``."""
        note = f"into a sidecar: {reason.cause}" if reason else ""
        if look.sidecar is not None:
            found = look.sidecar
            edits = _own_errors(look.path, lambda: edit(found.document))
            return self._edited(metadata, look, found, edits, edit, note) if edits else []
        if reason is None and self._sidecar is not SidecarPolicy.ALWAYS:
            return []
        begin = xmp_file.parse(look.path, seed.packet(_parsed(look), look.path))
        edits = _own_errors(look.path, lambda: edit(begin))
        if not edits and begin.contents.provenance is None:
            return []
        where = sidecar.new(look.path, self._sidecar_name)
        rights.require_folder(look.path, where.parent)
        content, after = begin.container.data, begin  # asked for though the photo itself says all of it already
        if edits:
            content, after = changes.proved(look.path, content, begin, edits, edit)
        return [_noted(changes.creation(look.path, metadata.identity, content, begin, after, where), note)]

    def _edited(
        self, metadata: PhotoMetadata, look: Look, beside: Sidecar, edits: tuple[Splice, ...], edit: Edit, note: str
    ) -> list[Plan]:
        rights.require_sidecar_replaceable(look.path, beside.source, hard_links=self._hard_links)
        plan = changes.planned(look.path, metadata.identity, beside.source, beside.document, edits, edit, beside.path)
        return [_noted(plan, note)]

    def _cleaned(self, metadata: PhotoMetadata, look: Look, beside: Sidecar, clean: Edit) -> list[Plan]:
        edits = _own_errors(look.path, lambda: clean(beside.document))
        if not edits:
            return []
        after = document.spliced(look.path, beside.source.data, edits)
        begin = xmp_file.parse(look.path, seed.packet(_parsed(look), look.path))
        bare = document.spliced(look.path, begin.container.data, clean(begin))
        if not seed.same(after, bare, look.path):
            return self._edited(metadata, look, beside, edits, clean, "")
        rights.require_folder(look.path, beside.path.parent)
        result = xmp_file.parse(look.path, after)
        document.require_untouched(look.path, beside.document, result)
        return [changes.removal(look.path, metadata.identity, beside.source, beside.document, result, beside.path)]

    def _remembered(self, plans: list[Plan]) -> tuple[MetadataChange, ...]:
        """Keep the bytes of a few plans, the oldest goes first: plans of a dry run are never applied."""
        with self._lock:
            for plan in plans:
                self._planned.pop(plan.change.target, None)
                self._planned[plan.change.target] = plan
            while len(self._planned) > _PLANS_KEPT:
                del self._planned[next(iter(self._planned))]
        return tuple(plan.change for plan in plans)


def _parsed(look: Look) -> Parsed:
    return look.photo.parsed if isinstance(look.photo, sealed.Sealed) else look.photo.blocks


def _noted(plan: Plan, note: str) -> Plan:
    return replace(plan, change=replace(plan.change, note=note)) if note else plan


def _own_errors(path: Path, edit: Callable[[], tuple[Splice, ...]]) -> tuple[Splice, ...]:
    """Make an edit of a sidecar: where that cannot hold our values there is nowhere else to go."""
    try:
        return edit()
    except NotEmbeddable as error:
        raise PhotoError(path, f"its sidecar: {error.cause}", "a program that repairs XMP may help") from error
