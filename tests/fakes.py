"""In-memory implementations of every protocol, for tests: quick, deterministic, no patching."""

import hashlib
import json
import math
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tagger.core.changes import FieldChange, MetadataChange, Splice
from tagger.core.errors import PhotoChanged, PhotoError, PhotoSkipped
from tagger.core.natural import natural_key
from tagger.core.records import (
    Alternative,
    Caption,
    ChangeState,
    Correction,
    Failure,
    IndexEntry,
    Intent,
    JournalRecord,
    Photo,
    PhotoMetadata,
    Provenance,
    Review,
    State,
    Tag,
)
from tagger.storage.query import Either, Every, Kind, Not, Query, Term, parse
from tagger.storage.searching import Order
from tagger.storage.text import fold, printable


class FakeIndex:
    """An Index in a dict. ``root`` is what ``path:`` terms are relative to."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root
        self.rows: dict[Path, IndexEntry] = {}
        self.failed: dict[Path, Failure] = {}
        self.results: dict[tuple[str, str, str], Caption] = {}
        self.failed: dict[Path, Failure] = {}
        self._lock = threading.Lock()

    def get(self, path: Path) -> IndexEntry | None:
        with self._lock:
            return self.rows.get(path)

    def known(self, paths: Sequence[Path], *, words: bool = True) -> dict[Path, IndexEntry]:
        with self._lock:
            found = {path: self.rows[path] for path in paths if path in self.rows}
        wordless = Caption("", math.nan)
        return found if words else {path: replace(entry, caption=wordless) for path, entry in found.items()}

    def find(self, identity: str) -> list[IndexEntry]:
        with self._lock:
            return [self.rows[path] for path in sorted(self.rows, key=bytes) if self.rows[path].identity == identity]

    def put(self, entry: IndexEntry) -> None:
        with self._lock:
            self.rows[entry.photo.path] = replace(entry, caption=replace(entry.caption, scores=None))
            self.failed.pop(entry.photo.path, None)
            if entry.caption.scores is not None:
                key = (entry.identity, entry.model, entry.decoding)
                self.results.setdefault(key, replace(entry.caption, tags=()))

    def result(self, identity: str, model: str, decoding: str) -> Caption | None:
        with self._lock:
            return self.results.get((identity, model, decoding))

    def fail(self, failure: Failure) -> None:
        with self._lock:
            self.failed[failure.photo.path] = failure

    def failures(self) -> Iterator[Failure]:
        with self._lock:
            found = [self.failed[path] for path in sorted(self.failed, key=bytes)]
        return iter(found)

    def forgive(self, path: Path) -> None:
        with self._lock:
            self.failed.pop(path, None)

    def remove(self, path: Path) -> None:
        with self._lock:
            self.rows.pop(path, None)

    def search(
        self, query: str, *, limit: int | None = None, order: Order = Order.PATH, descending: bool = False
    ) -> Iterator[IndexEntry]:
        wanted = parse(query)
        with self._lock:
            found = [path for path, entry in self.rows.items() if self._holds(wanted, entry)]
            found.sort(key=lambda path: _key(order, self.rows[path]))
        if descending:
            found.reverse()
        return self._still_there(found[: None if limit is None else max(0, limit)])

    def count(self, query: str = "") -> int:
        wanted = parse(query)
        with self._lock:
            return sum(self._holds(wanted, entry) for entry in self.rows.values())

    def close(self) -> None:
        """Nothing to close."""

    def _still_there(self, paths: list[Path]) -> Iterator[IndexEntry]:
        for path in paths:
            entry = self.get(path)
            if entry is not None:
                yield entry

    def _holds(self, query: Query, entry: IndexEntry) -> bool:
        match query:
            case Every():
                return all(self._holds(part, entry) for part in query.parts)
            case Either():
                return any(self._holds(part, entry) for part in query.parts)
            case Not():
                return not self._holds(query.part, entry)
            case Term():
                return self._term_holds(query, entry)

    def _term_holds(self, term: Term, entry: IndexEntry) -> bool:
        names = [name for tag in entry.caption.tags for name in (tag.label, *tag.ancestors)]
        taken, captioned = ((when or "")[: len(term.value)] for when in (entry.taken_at, entry.captioned_at))
        score = _score(entry)
        match term.kind:
            case Kind.WORD | Kind.PHRASE:
                prefix = term.kind is Kind.WORD
                return any(_holds_words(text, term.value, prefix=prefix) for text in (entry.caption.text, *names))
            case Kind.TAG:
                return term.value in {fold(name).strip() for name in names}
            case Kind.PATH:
                return term.value in fold(printable(bytes(entry.photo.path.relative_to(self.root))))
            case Kind.MODEL:
                return fold(entry.model).startswith(term.value)
            case Kind.STATE:
                return entry.state.value == term.value
            case Kind.IS:
                failed = entry.photo.path in self.failed
                return {"failed": failed, "uncaptioned": not entry.caption.text, "written": entry.written}[term.value]
            case Kind.SINCE:
                return (taken or captioned) >= term.value
            case Kind.UNTIL:
                return (taken or captioned) <= term.value
            case Kind.CAPTIONED_SINCE:
                return captioned >= term.value
            case Kind.CAPTIONED_UNTIL:
                return captioned <= term.value
            case Kind.SCORE_BELOW:
                return score is not None and math.exp(score) < float(term.value)
            case Kind.SCORE_ABOVE:
                return score is not None and math.exp(score) > float(term.value)


def _score(entry: IndexEntry) -> float | None:
    return entry.caption.log_score if math.isfinite(entry.caption.log_score) else None


def _key(order: Order, entry: IndexEntry) -> tuple[object, ...]:
    score = _score(entry)
    keys: dict[Order, tuple[object, ...]] = {
        Order.DATE: (entry.taken_at or entry.captioned_at,),
        Order.CAPTIONED: (entry.captioned_at,),
        Order.SCORE: (score is not None, score or 0.0),
    }
    return keys.get(order, (natural_key(bytes(entry.photo.path)),))


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    return "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in plain).split()


def _holds_words(text: str, wanted: str, *, prefix: bool) -> bool:
    words, phrase = _words(text), _words(wanted)
    for start in range(len(words) - len(phrase) + 1):
        *whole, last = words[start : start + len(phrase)]
        if whole == phrase[:-1] and (last.startswith(phrase[-1]) if prefix else last == phrase[-1]):
            return True
    return False


class FakeJournal:
    """A Journal in a list."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime(2024, 5, 1, tzinfo=UTC)) -> None:
        self.records: list[JournalRecord] = []
        self._clock = clock
        self._lock = threading.Lock()

    def begin(self, run: str, change: MetadataChange, entry: IndexEntry, intent: Intent | None = None) -> int:
        begun_at = self._clock().isoformat(timespec="seconds")
        with self._lock:
            number = len(self.records) + 1
            record = JournalRecord(number, run, ChangeState.PENDING, begun_at, change, entry, intent or Intent())
            self.records.append(record)
        return number

    def resolve(self, record: int, state: ChangeState) -> None:
        with self._lock:
            if not 1 <= record <= len(self.records):
                raise KeyError(record)
            self.records[record - 1] = replace(self.records[record - 1], state=state)

    def pending(self) -> list[JournalRecord]:
        with self._lock:
            return [record for record in self.records if record.state in (ChangeState.PENDING, ChangeState.UNDOING)]

    def changes(
        self, *, run: str | None = None, path: Path | None = None, identity: str | None = None
    ) -> Iterator[JournalRecord]:
        with self._lock:
            ids = [record.id for record in self.records]
        return self._of(ids, run, path, identity)

    def close(self) -> None:
        """Nothing to close."""

    def _of(self, ids: list[int], run: str | None, path: Path | None, identity: str | None) -> Iterator[JournalRecord]:
        for number in reversed(ids):
            with self._lock:
                record = self.records[number - 1]
            change = record.change
            if run in (None, record.run) and path in (None, change.path) and identity in (None, change.identity):
                yield record


def _content(photo: Photo) -> bytes:
    """The file's bytes; for a photo that exists only in the test, its path."""
    return photo.path.read_bytes() if photo.path.exists() else bytes(photo.path)


class FakeCaptioner:
    """A Captioner whose sentence follows from a hash of the file's bytes.

    ``broken``: file names for which ``prepare`` raises PhotoError. ``prepared`` and ``batches`` tell the test what
    was asked for; ``error``, when set, is raised by ``generate``.
    """

    def __init__(
        self, *, broken: Collection[str] = (), model_id: str = "fake 1", error: Exception | None = None
    ) -> None:
        self.model_id = model_id
        self.broken = set(broken)
        self.error = error
        self.prepared: list[Path] = []
        self.batches: list[int] = []
        self._lock = threading.Lock()

    def prepare(self, photo: Photo) -> NDArray[np.float32]:
        with self._lock:
            self.prepared.append(photo.path)
        if photo.path.name in self.broken:
            raise PhotoError(photo.path, "cannot read the picture", "the fake was told so")
        digest = hashlib.sha256(_content(photo)).digest()
        return np.frombuffer((digest * 6)[:192], dtype=np.uint8).reshape(8, 8, 3).astype(np.float32)

    def generate(self, batch: Sequence[NDArray[np.float32]]) -> list[Caption]:
        self.batches.append(len(batch))
        if self.error is not None:
            raise self.error
        return [caption_of(pixel_values) for pixel_values in batch]

    def tags(self, scores: bytes) -> tuple[Tag, ...] | None:
        return (SUBJECTS[scores[0]],)


SUBJECTS = (
    Tag("dog", 0.9, ("pet", "animal")),
    Tag("boat", 0.8, ("vehicle",)),
    Tag("house", 0.7, ("building",)),
    Tag("child", 0.6, ("person",)),
)


def caption_of(pixel_values: NDArray[np.float32]) -> Caption:
    """What the fake says of a picture."""
    digest = hashlib.sha256(pixel_values.tobytes()).digest()
    colours = ("red", "green", "blue", "grey", "white", "black", "brown", "yellow")
    number = digest[1] % len(SUBJECTS)
    colour, subject = colours[digest[0] % len(colours)], SUBJECTS[number]
    return Caption(
        f"a {colour} {subject.label} number {digest.hex()[:8]}",
        -0.5 - digest[2] / 256,
        (Alternative(f"a {subject.label}", -3.0),),
        (subject,),
        bytes([number]),
    )


class FakeWriter:
    """A MetadataWriter whose files' metadata is a text in a dict; no file is ever touched.

    ``metadata`` maps a path to the text (JSON with description, keywords, model, run), "" when absent; of a sidecar,
    no text means no file. ``failing``: file names for which ``apply`` and ``revert`` raise PhotoError. ``missing``:
    paths that are gone. ``accompanied``: photos that get a sidecar beside what is written into them. ``approved``:
    photos whose words a person approved.
    """

    def __init__(self, *, failing: Collection[str] = (), error: Exception | None = None) -> None:
        self.metadata: dict[Path, str] = {}
        self.failing = set(failing)
        self.missing: set[Path] = set()
        self.accompanied: set[Path] = set()
        self.approved: set[Path] = set()
        self.error = error
        self.applied: list[Path] = []
        self.reverted: list[Path] = []
        self.discarded: list[Path] = []

    def read(self, photo: Photo) -> PhotoMetadata:
        self._check_there(photo.path)
        content = _content(photo)
        text = self.metadata.get(photo.path, "")
        held = json.loads(text) if text else {}
        provenance = None
        beside = self.metadata.get(_beside(photo.path), "")
        if "run" not in held and beside:
            held = json.loads(beside) | held
        if "run" in held:
            tags = tuple(Tag(word, 1.0) for word in held["keywords"])
            state = State.APPROVED if photo.path in self.approved else State(held.get("state", State.MACHINE))
            words = tuple(held["keywords"])
            said, gone, put_in = held.get("correction", ("", (), ()))
            correction = Correction(said, tuple(Tag(word, score) for word, score in gone), tuple(put_in))
            provenance = Provenance(held["model"], "1", held["run"], held["ours"], tags, words, state, correction)
        return PhotoMetadata(
            photo=photo,
            identity=hashlib.sha256(content).hexdigest(),
            revision=self._revision(photo.path),
            width=640,
            height=480,
            description=held.get("description", ""),
            keywords=tuple(held.get("keywords", ())),
            provenance=provenance,
        )

    def plan(
        self, metadata: PhotoMetadata, caption: Caption, *, model: str, run: str, review: Review | None = None
    ) -> tuple[MetadataChange, ...]:
        words = [tag.label for tag in caption.tags]

        def edited(old: str) -> str:
            held: dict[str, Any] = json.loads(old) if old else {"description": "", "keywords": []}
            state = State(held.get("state", State.MACHINE))
            said = held.get("correction", ["", [], []])
            if review is None and state.is_decided:
                return old
            if review is not None:
                gone = [[tag.label, tag.score] for tag in review.correction.rejected]
                said = [review.correction.caption, gone, list(review.correction.added)]
            now = {"state": str(review.state if review else State.MACHINE), "correction": said}
            if held.get("ours") == caption.text and held["keywords"] == words and (not review or held | now == held):
                return old
            theirs = held["description"] if held["description"] != held.get("ours", "") else ""
            theirs = "" if review and review.replaces else theirs
            values = {"description": theirs or caption.text, "keywords": words, "model": model, "run": run}
            decided = now if review or "state" in held else {}
            return json.dumps(values | {"ours": caption.text} | decided)

        return self._planned(metadata, edited)

    def plan_clean(self, metadata: PhotoMetadata, *, approved: bool = False) -> tuple[MetadataChange, ...]:
        if metadata.photo.path in self.approved and not approved:
            raise PhotoSkipped(metadata.photo.path, "approved by a person")

        def edited(old: str) -> str:
            held = json.loads(old) if old else {}
            theirs = held.get("description", "") if held.get("description", "") != held.get("ours", "") else ""
            return json.dumps({"description": theirs, "keywords": []}) if theirs else ""

        return self._planned(metadata, edited)

    def _planned(self, metadata: PhotoMetadata, edited: Callable[[str], str]) -> tuple[MetadataChange, ...]:
        path = metadata.photo.path
        if self._revision(path) != metadata.revision:
            raise PhotoChanged(path, "the file changed since it was read")
        changes = []
        for sidecar in (_beside(path), None) if path in self.accompanied else (None,):
            target = sidecar or path
            old = self.metadata.get(target, "")
            new = edited(old)
            if old == new:
                continue
            was, now = (json.loads(text) if text else {} for text in (old, new))
            fields = (("description", "description"), ("XMP tagger:Run", "run"))
            change = MetadataChange(
                path=path,
                identity=metadata.identity,
                before_sha256=_file_sha256(self.metadata.get(target), sidecar),
                after_sha256=_file_sha256(new or None, sidecar),
                before_size=metadata.photo.size,
                before_mtime_ns=metadata.photo.mtime_ns,
                splices=(Splice(0, old.encode(), new.encode()),),
                fields=tuple(FieldChange(name, was.get(key, ""), now.get(key, "")) for name, key in fields),
                sidecar=sidecar,
            )
            changes.append(change)
        return tuple(changes)

    def _revision(self, path: Path) -> str:
        return _sha256(self.metadata.get(path, "")) + _sha256(self.metadata.get(_beside(path), ""))

    def apply(self, change: MetadataChange) -> Photo:
        photo = self._change(change, change.before_sha256, change.splices[0].new if change.splices else None)
        self.applied.append(change.target)
        return photo

    def revert(self, change: MetadataChange) -> Photo:
        self._change(change, change.after_sha256, change.splices[0].old if change.splices else None)
        self.reverted.append(change.target)
        return Photo(change.path, change.before_size, change.before_mtime_ns)

    def compare(self, change: MetadataChange) -> str:
        if {change.path, change.target} & self.missing:
            return "missing"
        now = _file_sha256(self.metadata.get(change.target), change.sidecar)
        found = {change.after_sha256: "after", change.before_sha256: "before"}.get(now, "other")
        return "missing" if not now and found == "other" else found

    def discard_leftovers(self, change: MetadataChange) -> None:
        self.discarded.append(change.target)

    def _change(self, change: MetadataChange, expected: str, text: bytes | None) -> Photo:
        self._check_there(change.path)
        if self.error is not None:
            raise self.error
        if change.target.name in self.failing:
            raise PhotoError(change.path, "cannot write the file", "the fake was told so")
        if _file_sha256(self.metadata.get(change.target), change.sidecar) != expected:
            raise PhotoChanged(change.path, "the file is not what it was")
        if text is not None:
            self.metadata[change.target] = text.decode()
            if change.sidecar is not None and not text:
                del self.metadata[change.target]
        if change.path.exists():
            info = change.path.stat()
            return Photo(change.path, info.st_size, info.st_mtime_ns)
        return Photo(change.path, change.before_size, change.before_mtime_ns)

    def _check_there(self, path: Path) -> None:
        if path in self.missing:
            raise PhotoError(path, "no such file")


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".xmp")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _file_sha256(text: str | None, sidecar: Path | None) -> str:
    """A photo is always there, a sidecar only with a text."""
    return "" if text is None and sidecar is not None else _sha256(text or "")


if TYPE_CHECKING:  # mypy checks here that the fakes are what the protocols ask for
    from tagger.core import protocols

    _index: protocols.Index = FakeIndex()
    _journal: protocols.Journal = FakeJournal()
    _captioner: protocols.Captioner = FakeCaptioner()
    _writer: protocols.MetadataWriter = FakeWriter()
