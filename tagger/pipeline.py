"""The way of one photo: examine -> caption -> plan -> journal -> apply -> index. Sees protocols only.

``run``, ``undo`` and ``recover`` are generators over outcomes; every face iterates over the same ones, so they
cannot differ. A photo's failure is a value; only RunError and bugs end a run.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.core.errors import PhotoError, PhotoSkipped, StorageFull
from tagger.core.records import (
    Caption,
    ChangeState,
    IndexEntry,
    JournalRecord,
    MetadataChange,
    Outcome,
    OutcomeKind,
    Photo,
    PhotoMetadata,
    State,
)

if TYPE_CHECKING:
    from tagger.core.protocols import Captioner, Index, Journal, MetadataWriter, StopEvent

_POLL_SECONDS = 0.2  # how long a stop request may go unseen while every stage is busy
_BATCHES_IN_FLIGHT = 2


@dataclass(frozen=True, slots=True)
class RunOptions:
    """One run: its id, fingerprints of the decoding and of the write policy, and how far it goes.

    ``write`` False: index only. ``dry_run``: nothing is written anywhere, outcomes carry the planned change.
    ``jobs`` loader threads; ``batch_size`` photos a captioning call.
    """

    run: str
    decoding: str = ""
    policy: str = ""
    write: bool = True
    dry_run: bool = False
    jobs: int = 2
    batch_size: int = 16

    @property
    def settings(self) -> str:
        """What an index row must agree with for its photo to need nothing."""
        return f"{self.decoding}|{self.policy}"


@dataclass(frozen=True, slots=True)
class _Examined:
    """A photo that needs work: its metadata, and either pixels to caption or a caption that is known already."""

    metadata: PhotoMetadata
    pixel_values: Any = None
    known: IndexEntry | None = None


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of one run over one library, each callable on its own: tests run them in sequence."""

    captioner: "Captioner"
    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    options: RunOptions

    def examine(self, photo: Photo) -> "_Examined | Outcome":
        """Read what is there and decide what the photo needs. Runs in the loader threads."""
        try:
            entry = self.index.get(photo.path)
            if entry is not None and self._is_done(entry, photo):
                return Outcome(OutcomeKind.UNCHANGED, photo.path, caption=entry.caption)
            metadata = self.writer.read(photo)
            if metadata.provenance is not None and metadata.provenance.state is State.APPROVED:
                return Outcome(OutcomeKind.UNCHANGED, photo.path, "approved by a person")
            known = self._known(metadata, entry)
            return _Examined(metadata, None if known else self.captioner.prepare(photo), known)
        except PhotoError as error:
            return _failed(error, photo.path)

    def caption(self, batch: Sequence[_Examined]) -> list[Caption]:
        """Caption a batch; runs in one thread."""
        return self.captioner.generate([item.pixel_values for item in batch])

    def write(self, item: _Examined, caption: Caption) -> Outcome:
        """Plan, journal, apply, index; runs in one thread."""
        try:
            return self._write(item, caption)
        except (PhotoError, StorageFull) as error:
            return _failed(error, item.metadata.photo.path)

    def _write(self, item: _Examined, caption: Caption) -> Outcome:
        options, metadata = self.options, item.metadata
        path = metadata.photo.path
        entry = IndexEntry(
            photo=metadata.photo,
            identity=metadata.identity,
            caption=caption,
            model=self.captioner.model_id,
            settings=options.settings,
            run=options.run,
            captioned_at=item.known.captioned_at if item.known else datetime.now(UTC).isoformat(timespec="seconds"),
            taken_at=metadata.taken_at,
            written=options.write,
        )
        if not options.write:
            if not options.dry_run:
                self._put(entry, item.known)
            return Outcome(OutcomeKind.CAPTIONED, path, caption=caption)
        change = self.writer.plan(metadata, caption, model=entry.model, run=options.run)
        if options.dry_run:
            kind = OutcomeKind.CAPTIONED if change.splices else OutcomeKind.UNCHANGED
            return Outcome(kind, path, caption=caption, change=change)
        if not change.splices:
            self._put(entry, item.known)
            return Outcome(OutcomeKind.UNCHANGED, path, _moved(item.known, path), caption=caption)
        record = self.journal.begin(options.run, change, entry)
        try:
            after = self.writer.apply(change)
        except PhotoError:
            self.journal.resolve(record, ChangeState.ROLLED_BACK)
            raise
        self._put(replace(entry, photo=after), item.known)
        self.journal.resolve(record, ChangeState.COMMITTED)
        return Outcome(OutcomeKind.CAPTIONED, path, caption=caption, change=change)

    def _put(self, entry: IndexEntry, known: IndexEntry | None) -> None:
        """Write the row; the row of a photo that was moved here is taken along."""
        self.index.put(entry)
        if known is not None and known.photo.path != entry.photo.path and not known.photo.path.exists():
            self.index.remove(known.photo.path)

    def _is_done(self, entry: IndexEntry, photo: Photo) -> bool:
        same_file = entry.photo.size == photo.size and entry.photo.mtime_ns == photo.mtime_ns
        same_work = entry.model == self.captioner.model_id and entry.settings == self.options.settings
        return same_file and (entry.state is State.APPROVED or (same_work and entry.written >= self.options.write))

    def _known(self, metadata: PhotoMetadata, entry: IndexEntry | None) -> IndexEntry | None:
        """A row with the caption of these very pixels by this model: after a move, a copy, or somebody's edit."""
        rows = [entry] if entry is not None and entry.identity == metadata.identity else []
        for row in (*rows, *self.index.find(metadata.identity)):
            same_decoding = row.settings.partition("|")[0] == self.options.decoding
            if row.model == self.captioner.model_id and same_decoding:
                return row
        return None


@dataclass(slots=True)
class _Flow:
    """What is under way in each stage, oldest first; every queue is bounded, which bounds memory."""

    loading: deque[Future[_Examined | Outcome]] = field(default_factory=deque)
    batch: list[_Examined] = field(default_factory=list)
    captioning: deque[tuple[Future[list[Caption]], list[_Examined]]] = field(default_factory=deque)
    writing: deque[Future[Outcome]] = field(default_factory=deque)

    def heads(self) -> list[Future[Any]]:
        """The oldest future of each stage."""
        captioning = [self.captioning[0][0]] if self.captioning else []
        return [*list(self.loading)[:1], *captioning, *list(self.writing)[:1]]


def run(photos: Iterable[Photo | Outcome], stages: Stages, stop: "StopEvent") -> Iterator[Outcome]:
    """Take photos through all stages; outcomes of the scan pass through.

    Stops soon after ``stop`` is set: the photo that is being written is finished, no other is begun.
    """
    options = stages.options
    source, exhausted, flow = iter(photos), False, _Flow()
    loaders = ThreadPoolExecutor(max(1, options.jobs), "tagger-load")
    captioning = ThreadPoolExecutor(1, "tagger-caption")
    writing = ThreadPoolExecutor(1, "tagger-write")
    try:
        while not stop.is_set():
            while not exhausted and len(flow.loading) < options.jobs + options.batch_size:
                photo = next(source, None)
                if photo is None:
                    exhausted = True
                elif isinstance(photo, Outcome):
                    yield photo
                else:
                    flow.loading.append(loaders.submit(stages.examine, photo))
            yield from _advance(flow, stages, captioning, writing, flush=exhausted)
            heads = flow.heads()
            if exhausted and not heads and not flow.batch:
                return
            if heads and not any(head.done() for head in heads):
                wait(heads, _POLL_SECONDS, FIRST_COMPLETED)
        for write in flow.writing:
            if not write.cancel():
                yield write.result()
    finally:
        for pool in (loaders, captioning, writing):
            pool.shutdown(wait=True, cancel_futures=True)


def _advance(
    flow: _Flow, stages: Stages, captioning: ThreadPoolExecutor, writing: ThreadPoolExecutor, *, flush: bool
) -> Iterator[Outcome]:
    """Move whatever is done to its next stage; hand out what is finished."""
    size = stages.options.batch_size
    while flow.writing and flow.writing[0].done():
        yield flow.writing.popleft().result()
    while flow.captioning and flow.captioning[0][0].done() and len(flow.writing) < 2 * size:
        captions, batch = flow.captioning.popleft()
        for item, caption in zip(batch, captions.result(), strict=True):
            flow.writing.append(writing.submit(stages.write, item, caption))
    while flow.loading and flow.loading[0].done() and len(flow.batch) < size and len(flow.writing) < 4 * size:
        examined = flow.loading.popleft().result()
        if isinstance(examined, Outcome):
            yield examined
        elif examined.known is not None:
            flow.writing.append(writing.submit(stages.write, examined, examined.known.caption))
        else:
            flow.batch.append(examined)
    ready = len(flow.batch) >= size or (flush and flow.batch and not flow.loading)
    if ready and len(flow.captioning) < _BATCHES_IN_FLIGHT:
        flow.captioning.append((captioning.submit(stages.caption, flow.batch), flow.batch))
        flow.batch = []


def undo(
    records: Iterable[JournalRecord],
    writer: "MetadataWriter",
    index: "Index",
    journal: "Journal",
    stop: "StopEvent",
) -> Iterator[Outcome]:
    """Put back the bytes from before each change, newest first; a photo that others changed since is reported."""
    for record in records:
        if stop.is_set():
            return
        if record.state is not ChangeState.COMMITTED:
            continue
        change = _follow_move(record.change, writer, index)
        try:
            where = writer.compare(change)
            if where == "before":
                journal.resolve(record.id, ChangeState.UNDONE)
                yield Outcome(OutcomeKind.UNCHANGED, change.path, "is as it was before the run already")
                continue
            if where == "missing":
                raise PhotoError(change.path, "is not there any more", "restore it, or name where it is now")
            if where == "other":
                raise PhotoError(
                    change.path, "was changed since by another program or a later run", "undo later runs first"
                )
            writer.revert(change)
        except PhotoError as error:
            yield _failed(error, change.path)
            continue
        index.remove(change.path)
        journal.resolve(record.id, ChangeState.UNDONE)
        yield Outcome(OutcomeKind.RESTORED, change.path, change=change)


def recover(writer: "MetadataWriter", index: "Index", journal: "Journal") -> Iterator[Outcome]:
    """After a crash: every change that was begun is found to be made (and indexed) or not, and settled as such."""
    for record in journal.pending():
        change = record.change
        try:
            writer.discard_leftovers(change)
            where = writer.compare(change)
            if where == "after":
                info = change.path.stat()
                index.put(replace(record.entry, photo=Photo(change.path, info.st_size, info.st_mtime_ns)))
                journal.resolve(record.id, ChangeState.COMMITTED)
                yield Outcome(OutcomeKind.CAPTIONED, change.path, "an interrupted run had written it")
            elif where == "before":
                journal.resolve(record.id, ChangeState.ROLLED_BACK)
                yield Outcome(OutcomeKind.UNCHANGED, change.path, "an interrupted run had not written it")
            else:
                journal.resolve(record.id, ChangeState.CONFLICT)
                reason = "vanished" if where == "missing" else "was changed by another program"
                yield Outcome(OutcomeKind.FAILED, change.path, f"{reason} during an interrupted run")
        except PhotoError as error:
            yield _failed(error, change.path)


def _follow_move(change: MetadataChange, writer: "MetadataWriter", index: "Index") -> MetadataChange:
    """A photo that was renamed since is found by its picture data."""
    if writer.compare(change) != "missing":
        return change
    for row in index.find(change.identity):
        moved = replace(change, path=row.photo.path)
        if writer.compare(moved) == "after":
            return moved
    return change


def _failed(error: PhotoError | StorageFull, path: Path) -> Outcome:
    kind = OutcomeKind.SKIPPED if isinstance(error, PhotoSkipped) else OutcomeKind.FAILED
    return Outcome(kind, path, str(error))


def _moved(known: IndexEntry | None, path: Path) -> str:
    return f"moved from {known.photo.path}" if known is not None and known.photo.path != path else ""
