"""A judge who knows what every file of a library may hold: exactly what it held, or exactly what the journal says.

Keeps every file's bytes itself and uses none of our code for metadata; the databases are read in another process.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tagger import bootstrap
from tagger.config import Settings

LEFTOVER = ".tagger-tmp"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the journal: hashes as there, empty for a file that is not there."""

    id: int
    run: str
    state: str
    path: Path
    target: Path
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the index."""

    size: int
    mtime_ns: int
    text: str
    written: bool
    sidecar: Path | None


@dataclass(slots=True)
class Report:
    """What recovery did, and what the databases say afterwards."""

    pending_before: int = 0
    recovered: list[str] = field(default_factory=list)
    pending_after: int = 0
    records: list[Record] = field(default_factory=list)
    splices: dict[int, list[tuple[int, bytes, bytes]]] = field(default_factory=dict)
    rows: dict[Path, Row] = field(default_factory=dict)
    integrity: list[str] = field(default_factory=list)


def recover(root: Path, *, since: int = 0, photos: Sequence[Path] = ()) -> Report:
    """Recover as the first thing of the next command does, then say what is recorded since record ``since``."""
    report = Report()
    with bootstrap.open_library(root, Settings(), create=True) as library:
        report.pending_before = len(library.journal.pending())
        for outcome in library.recover():
            report.recovered.append(f"{outcome.kind} {outcome.path.name}: {outcome.reason}")
        report.pending_after = len(library.journal.pending())
        runs = {}
        for record in _records(root):
            report.records.append(record)
            if record.id > since:
                runs[record.run] = True
        for name in runs:
            for entry in library.journal.changes(run=name):
                report.splices[entry.id] = [(splice.offset, splice.old, splice.new) for splice in entry.change.splices]
        for path in photos:
            row = library.index.get(path)
            if row is not None:
                photo = row.photo
                report.rows[path] = Row(photo.size, photo.mtime_ns, row.caption.text, row.written, row.sidecar)
    for name in ("index.db", "journal.db"):
        with closing(sqlite3.connect(root / ".tagger" / name)) as connection:
            connection.create_function("fold", 1, str.casefold, deterministic=True)
            report.integrity += [f"{name}: {row[0]}" for row in connection.execute("PRAGMA integrity_check")]
    return report


def _records(root: Path) -> Iterator[Record]:
    with closing(sqlite3.connect(root / ".tagger/journal.db")) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(records)")}
        sidecar = "sidecar" if "sidecar" in columns else "NULL"
        rows = connection.execute(
            f"SELECT id, run, state, path, {sidecar}, before_sha256, after_sha256 FROM records ORDER BY id"  # noqa: S608
        )
        for number, name, state, path, beside, before, after in rows.fetchall():
            photo = root / os.fsdecode(path)
            target = root / os.fsdecode(beside) if beside else photo
            yield Record(number, name, state, photo, target, before, after)


@dataclass(slots=True)
class Judge:
    """What every file of a library held when we last looked, and what it may hold now."""

    root: Path
    files: dict[Path, bytes]
    photos: list[Path] = field(default_factory=list)
    seen: int = 0  # the newest record of the journal that was judged
    states: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.photos = [path for path in self.files if path.suffix != ".xmp"]

    def leftovers(self) -> list[Path]:
        """Temporary files of ours below the root, tagger's own folder left aside."""
        return [path for path in self.root.rglob("*") if LEFTOVER in path.name]

    def judge(self, report: Report, *, strict_rows: bool) -> None:
        """Compare files, journal and index with each other and with what was there; then take that as known."""
        now = {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file() and self.is_theirs(path)}
        complain = self.problems.append
        problems = [line for line in report.integrity if not line.endswith(": ok")]
        problems += [f"left behind: {path.name}" for path in self.leftovers()]
        problems += [f"{report.pending_after} records still pending"] if report.pending_after else []
        problems += [line for line in report.recovered if line.startswith("failed")]
        for line in problems:
            complain(line)
        changed: dict[Path, list[Record]] = {}
        for record in report.records:
            if record.id > self.seen or self.states.get(record.id) != record.state:
                changed.setdefault(record.target, []).append(record)
        for target in self.files.keys() | now.keys():
            self._judge_file(target, now.get(target), changed.get(target, []), report)
        for path in self.photos:
            self._judge_row(path, report.rows.get(path), now, changed, strict=strict_rows)
        self.files = now
        self.seen = max((record.id for record in report.records), default=0)
        self.states = {record.id: record.state for record in report.records}

    def is_theirs(self, path: Path) -> bool:
        """Whether a file is none of tagger's own."""
        return ".tagger" not in path.relative_to(self.root).parts and LEFTOVER not in path.name

    def _judge_file(self, target: Path, content: bytes | None, changed: list[Record], report: Report) -> None:
        """The file is what the journal's settled records make of what it was: exactly before, or exactly after."""
        expected, name = digest(self.files.get(target)), target.name
        begun = [record for record in changed if record.id > self.seen]
        for record in begun:
            if record.state == "committed":
                if record.before != expected:
                    self.problems.append(f"{name}: record {record.id} began with something else than was there")
                expected = record.after
            elif record.state not in ("rolled-back", "undone"):
                self.problems.append(f"{name}: record {record.id} is {record.state}, and nobody else was there")
        undone = [record for record in changed if record.id <= self.seen and record.state == "undone"]
        if undone and not begun:
            expected = undone[0].before
        if digest(content) != expected:
            held = {digest(self.files.get(target)): "as before", **{record.before: "older" for record in changed}}
            self.problems.append(f"{name}: is {held.get(digest(content), 'something else')}, against the journal")
        made = [record for record in changed if record.id > self.seen and record.state == "committed"]
        if len(made) == 1 and content is not None:
            back = _taken_back(content, report.splices[made[0].id])
            if digest(back if made[0].before else None) != made[0].before:
                self.problems.append(f"{name}: the journal could not take record {made[0].id} back")

    def _judge_row(
        self, path: Path, row: Row | None, now: dict[Path, bytes], changed: dict[Path, list[Record]], *, strict: bool
    ) -> None:
        beside = [path.with_name(path.name + ".xmp"), path.with_suffix(".xmp")]
        begun = [
            record
            for target in (path, *beside)
            for record in changed.get(target, [])
            if record.path == path and record.id > self.seen
        ]
        # Of a photo of which only one of two files was written there is no row: it is looked at again.
        made = bool(begun) and all(record.state == "committed" for record in begun)
        if path not in now:
            return  # which is said of the file already
        if row is None:
            if made and strict:
                self.problems.append(f"{path.name}: written, and not in the index")
            return
        status = path.stat()
        if (row.size, row.mtime_ns) != (status.st_size, status.st_mtime_ns):
            if made and strict:
                self.problems.append(f"{path.name}: the index has another size or time than the file")
            return
        held = b"".join(now.get(file, b"") for file in (path, *beside))
        if row.written and row.text.encode() not in held:
            self.problems.append(f"{path.name}: the index says {row.text!r}, the file does not")


def digest(content: bytes | None) -> str:
    """SHA-256 in hex; empty for a file that is not there, as in the journal."""
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _taken_back(content: bytes, splices: Sequence[tuple[int, bytes, bytes]]) -> bytes:
    """Undo a record by hand: the splices are relative to the file before, so later ones have moved."""
    shift = sum(len(new) - len(old) for _, old, new in splices)
    for at, old, new in reversed(splices):
        shift -= len(new) - len(old)
        if content[at + shift : at + shift + len(new)] != new:
            return b"the bytes are not those of the record"
        content = content[: at + shift] + old + content[at + shift + len(new) :]
    return content
