"""Taking back what was written: byte by byte where nobody else wrote since, else our words out and theirs kept.

Sees protocols only. The rules for people are in docs/undo.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.core.changes import MetadataChange
from tagger.core.errors import PhotoError
from tagger.core.records import Action, ChangeState, Intent, JournalRecord, Outcome, OutcomeKind, PhotoMetadata, Review
from tagger.making import make, settle
from tagger.past import changes_of, entry_before, holds_words, look, moved, placed, run_before, wrote_caption
from tagger.recovery import commit_again, settle_undone, settled

if TYPE_CHECKING:
    from tagger.core.protocols import Index, Journal, MetadataWriter, StopEvent


def undo(
    records: Iterable[JournalRecord],
    writer: "MetadataWriter",
    index: "Index",
    journal: "Journal",
    stop: "StopEvent",
    *,
    run: str = "undo",
    places: Mapping[str, Path] | None = None,
    with_later: bool = False,
) -> Iterator[Outcome]:
    """Take back each photo's changes of the run that a record belongs to; ``records`` come newest first.

    ``run`` is the id of this undo, for what it has to write anew. ``places`` maps identities to where the user says
    those photos are now. ``with_later``: what later runs did to the same photo goes first, instead of being a reason
    to refuse.
    """
    return _Undo(writer, index, journal, run, places or {}, with_later).undo(records, stop)


@dataclass(frozen=True, slots=True)
class _Undo:
    """Taking changes of one library back, photo by photo."""

    writer: "MetadataWriter"
    index: "Index"
    journal: "Journal"
    run: str
    places: Mapping[str, Path]
    with_later: bool

    def undo(self, records: Iterable[JournalRecord], stop: "StopEvent") -> Iterator[Outcome]:
        done: set[int] = set()
        for record in records:
            if stop.is_set():
                return
            if record.state is not ChangeState.COMMITTED or record.id in done:
                continue
            others = self.journal.changes(run=record.run, path=record.change.path)
            group = [other for other in others if other.state is ChangeState.COMMITTED] or [record]
            path = record.change.path
            try:
                path = self._place(group)
                chain = [replace(one, change=moved(one.change, path)) for one in group]
                if any(self.writer.compare(one.change) == "other" for one in _newest_of_each(chain)):
                    later = self._later(group, path)
                    if later and not self.with_later:
                        raise PhotoError(
                            path, f"was changed since by run {later[0].run}", "undo that first, or undo --with-later"
                        )
                    chain = [replace(one, change=moved(one.change, path)) for one in later] + chain
                done.update(one.id for one in chain)
                yield self._take_back(chain, path)
            except PhotoError as error:
                yield Outcome(OutcomeKind.FAILED, path, str(error))

    def _take_back(self, chain: Sequence[JournalRecord], path: Path) -> Outcome:
        """Take back one photo's changes, newest first."""
        found = {one.id: self.writer.compare(one.change) for one in _newest_of_each(chain)}
        for one in _newest_of_each(chain):
            if found[one.id] == "missing":
                what = f"its sidecar {one.change.sidecar.name} is" if one.change.sidecar else "is"
                raise PhotoError(path, f"{what} not there any more", "restore it, or name where it is now")
        if "other" in found.values():
            self._require_ours(self._read(path, chain), chain)
        undone: list[MetadataChange] = []
        merging: list[JournalRecord] = []
        # Taking a merge back brings words of a run that may have to go too: then all of it is one merge.
        at_once = any(record.intent.action is Action.UNDO for record in chain[:-1])
        for record in chain:
            others_came = any(other.change.target == record.change.target for other in merging)
            where = "other" if at_once or others_came else self.writer.compare(record.change)
            if where == "other":
                merging.append(record)
            else:
                self._revert(record, where)
                undone += [record.change] if where == "after" else []
        if not merging:
            if undone:
                return Outcome(OutcomeKind.RESTORED, path, changes=tuple(undone))
            return Outcome(OutcomeKind.UNCHANGED, path, "is as it was before the run already")
        return self._merge(merging, path, tuple(undone))

    def _revert(self, record: JournalRecord, where: str) -> None:
        """Put the bytes from before one change back, and the row that belongs to them."""
        photo = look(record.change)
        if where == "after":
            self.journal.resolve(record.id, ChangeState.UNDOING)
            try:
                photo = self.writer.revert(record.change)
            except PhotoError:
                with suppress(PhotoError):  # else, or where it was put back after all, recovery settles it
                    if settled(record.change, self.writer) != "before":
                        self.journal.resolve(record.id, ChangeState.COMMITTED)
                raise
        settle_undone(record, photo, self.index, self.journal)

    def _merge(self, records: Sequence[JournalRecord], path: Path, undone: tuple[MetadataChange, ...]) -> Outcome:
        """Our words out of a photo that others changed too, or those of the run before back in; theirs stay."""
        metadata = self._read(path, records)
        oldest, newest = records[-1], records[0]
        ids = tuple(record.id for record in records)
        if metadata.provenance is None and newest.intent.indexed:
            if holds_words(metadata, newest):
                raise PhotoError(
                    path, "was changed since, and our record in it is gone: our words cannot be told apart"
                )
            gone = Intent(Action.UNDO, ids, indexed=False)
            settle(gone, replace(newest.entry, photo=metadata.photo), self.index, self.journal)
            return Outcome(OutcomeKind.UNCHANGED, path, "another program has taken our words out already")
        run = run_before(oldest)
        earlier = entry_before(oldest, self.journal)
        if run and earlier is None:
            raise PhotoError(
                path, f"was changed by others since, and run {run} before it is not in the journal any more",
                "tagger clean takes all our words out",
            )  # fmt: skip
        if earlier is not None:
            if metadata.identity != newest.change.identity:
                raise PhotoError(path, "holds another picture now", "tagger clean takes our words out")
            row = placed(earlier, metadata.photo, metadata.identity)
            review = Review(row.state, row.correction, replaces=bool(row.correction.caption))
            changes = self.writer.plan(metadata, row.caption, model=row.model, run=row.run, review=review)
        else:
            row = placed(newest.entry, metadata.photo, metadata.identity)
            changes = self.writer.plan_clean(metadata, approved=True)  # by this very run, or _require_ours had objected
            if not changes:
                raise PhotoError(path, "was changed by others since, and our words cannot be told from theirs")
        intent = Intent(Action.UNDO, ids, indexed=earlier is not None)
        make(self.run, changes, row, self.writer, self.index, self.journal, intent)
        for record in records:
            commit_again(record, self.journal, before=oldest.id)
        edited = wrote_caption(records) and newest.entry.caption.text not in metadata.description
        reason = "what others changed since stays" + (", the caption too" if edited else "")
        return Outcome(OutcomeKind.RESTORED, path, reason, changes=(*undone, *changes))

    def _read(self, path: Path, chain: Sequence[JournalRecord]) -> PhotoMetadata:
        return self.writer.read(look(replace(chain[0].change, path=path)))

    def _require_ours(self, metadata: PhotoMetadata, chain: Sequence[JournalRecord]) -> None:
        """Raise PhotoError unless the words in the photo are those that the records speak of."""
        path, provenance = metadata.photo.path, metadata.provenance
        if provenance is None:
            return
        own = [record.entry for record in chain if provenance.run in (record.run, record.entry.run)]
        if provenance.state.is_decided and all(entry.state is not provenance.state for entry in own):
            raise PhotoError(
                path, f"was changed since, and a person {provenance.state} the words in it", "tagger clean --approved"
            )
        if not own:
            raise PhotoError(
                path, f"was changed since and holds the words of run {provenance.run}, unknown to this journal",
                "tagger clean takes all our words out",
            )  # fmt: skip

    def _later(self, group: Sequence[JournalRecord], path: Path) -> list[JournalRecord]:
        """What was done to the same photo later and still stands, newest first."""
        change, last = group[0].change, max(record.id for record in group)
        found = changes_of(self.journal, {change.path, path}, [change.identity])
        return [record for record in found if record.id > last and record.state is ChangeState.COMMITTED]

    def _place(self, group: Sequence[JournalRecord]) -> Path:
        """Where the photo is now: one that was renamed since is found by its picture data."""
        change = next((record.change for record in group if record.change.sidecar is None), group[0].change)
        if self.writer.compare(change) != "missing":
            return change.path
        rows = [row.photo.path for row in self.index.find(change.identity)]
        named = self.places.get(change.identity)
        candidates = [*([named] if named else []), *rows]
        for path in candidates:
            if self.writer.compare(moved(change, path)) in ("after", "before"):
                return path
        for path in candidates:  # changed by others too, and not a copy with a history of its own
            own = any(record.state is ChangeState.COMMITTED for record in self.journal.changes(path=path))
            if self.writer.compare(moved(change, path)) == "other" and not own:
                return path
        return change.path


def _newest_of_each(chain: Sequence[JournalRecord]) -> list[JournalRecord]:
    """The first record of each file; ``chain`` is newest first."""
    newest: dict[Path, JournalRecord] = {}
    for record in chain:
        newest.setdefault(record.change.target, record)
    return list(newest.values())
