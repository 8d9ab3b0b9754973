"""What a person decides about photos, as jobs of the library; and what a decision would write, before it is made.

Has no rules of its own: those are in ``tagger.review``.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QCoreApplication

from tagger import bootstrap
from tagger.captioning.names import fold_name
from tagger.core.records import IndexEntry, Outcome, OutcomeKind, Photo, State
from tagger.review import Edit, Reviewing
from tagger.storage.browsing import Browsing
from tagger_gui.inspector.draft import Draft, confidence
from tagger_gui.inspector.drafts import Drafts

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from tagger.bootstrap import OpenLibrary
    from tagger.config import Settings
    from tagger.core.records import JournalRecord
    from tagger.lazy import LazyCaptioner
    from tagger_gui.running import Job

WAITING = "state:review OR (state:machine -is:written)"
"""The photos whose captions are only in the index, in the search language of docs/search.md."""

Do = Callable[[Photo], Outcome]


class Session(Protocol):
    """What the inspector and the review need of an open library (``tagger_gui.session.LibrarySession``)."""

    settings: "Settings"
    drafts: Drafts

    @property
    def changed(self) -> "SignalInstance": ...  # noqa: D102
    @property
    def settings_changed(self) -> "SignalInstance": ...  # noqa: D102
    def reading(self) -> "AbstractContextManager[OpenLibrary]": ...  # noqa: D102
    def captioner(self) -> "LazyCaptioner": ...  # noqa: D102
    def tag(self, paths: Sequence[Path]) -> "Job": ...  # noqa: D102
    def clean(self, paths: Sequence[Path]) -> "Job": ...  # noqa: D102
    def undo_photos(self, paths: Sequence[Path]) -> "Job": ...  # noqa: D102
    def undo_records(self, records: "Sequence[JournalRecord]") -> "Job": ...  # noqa: D102
    def start_each(  # noqa: D102
        self, command: str, title: str, paths: Sequence[Path], do: "Callable[[OpenLibrary], Do]"
    ) -> "Job": ...


def waiting(session: Session) -> tuple[Path, ...]:
    """The photos that wait for a person, in the order of the library. Takes its time. Raises RunError."""
    with session.reading() as library:
        return tuple(library.root / os.fsdecode(name) for name in Browsing(library.index).select(WAITING).names)


def planned(library: "OpenLibrary", photo: Photo, entry: IndexEntry, draft: Draft, *, write: bool) -> Outcome:
    """What approving the draft would write into the photo; writes nothing."""
    if entry.state is State.REJECTED and draft.caption is None:
        return Outcome(OutcomeKind.UNCHANGED, photo.path)
    return _approve(_reviewing(library, run="", write=write, dry_run=True), photo, draft)


def approve(
    session: Session, paths: Sequence[Path], draft: Draft | None = None, *, above: float | None = None
) -> "Job":
    """Queue the approval of photos, with the draft's changes to each of them.

    ``above``: only of captions that are at least so sure (0 to 1, ``draft.confidence``).
    """
    run, write, wanted = bootstrap.new_run_id(), session.settings.write, draft or Draft()

    def do(library: "OpenLibrary") -> Do:
        reviewing = _reviewing(library, run=run, write=write)

        def approve_one(photo: Photo) -> Outcome:
            entry = library.index.get(photo.path)
            if above is not None and not _is_sure(entry, above):
                return Outcome(OutcomeKind.UNCHANGED, photo.path, "not sure enough")
            return _approve(reviewing, photo, wanted if len(paths) == 1 else _fitting(wanted, entry))

        return approve_one

    title = QCoreApplication.translate("deciding", "Approving")
    job = session.start_each("approve" if wanted.is_empty else "edit", title, paths, do)
    if len(paths) == 1 and not wanted.is_empty:
        job.finished.connect(lambda: _settle(session, paths[0], wanted, job))
    return job


def _settle(session: Session, path: Path, draft: Draft, job: "Job") -> None:
    """What is written is no draft any more; what could not be is still one."""
    if job.done and not job.failures and job.error is None:
        session.drafts.forget(path, draft)


def reject(session: Session, paths: Sequence[Path]) -> "Job":
    """Queue the rejection of what the machine said of photos."""
    run, write = bootstrap.new_run_id(), session.settings.write

    def do(library: "OpenLibrary") -> Do:
        return _reviewing(library, run=run, write=write).reject

    return session.start_each("reject", QCoreApplication.translate("deciding", "Rejecting"), paths, do)


def caption_again(session: Session, paths: Sequence[Path]) -> "Job":
    """Queue the captioning of photos anew."""
    return session.tag(paths)


def _reviewing(library: "OpenLibrary", *, run: str, write: bool, dry_run: bool = False) -> Reviewing:
    return Reviewing(library.writer, library.index, library.journal, run, write=write, dry_run=dry_run)


def _approve(reviewing: Reviewing, photo: Photo, draft: Draft) -> Outcome:
    if draft.is_empty:
        return reviewing.approve(photo)
    return reviewing.edit(photo, Edit(draft.caption, None, draft.added, draft.removed))


def _fitting(draft: Draft, entry: IndexEntry | None) -> Draft:
    """The draft for one of many photos: what it does not have cannot be taken out of it."""
    has = {fold_name(tag.label) for tag in entry.caption.tags} if entry is not None else set()
    return Draft(draft.caption, draft.added, tuple(word for word in draft.removed if fold_name(word) in has))


def _is_sure(entry: IndexEntry | None, above: float) -> bool:
    if entry is None:
        return False
    sure = confidence(entry.caption.text, entry.caption.log_probability, entry.caption.confidence)
    return sure is not None and sure >= above
