"""Before and after of every change to a file, in SQLite: the truth for undo and for recovery after a crash.

A file of its own, written through to the disk before a photo is touched (synchronous = FULL). Nothing here is ever
rebuilt from elsewhere, so a damaged journal is never suggested for deletion.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tagger.core.changes import FieldChange, MetadataChange, Splice
from tagger.core.records import Action, ChangeState, IndexEntry, Intent, JournalRecord
from tagger.storage import pruning
from tagger.storage.database import BUSY_SECONDS, Database
from tagger.storage.entries import entry_from_json, entry_to_json
from tagger.storage.migrations import JOURNAL_STEPS
from tagger.storage.packing import pack, pack_text, unpack, unpack_text
from tagger.storage.pruning import Forgotten, Pruned
from tagger.storage.text import RelativePaths

_PAGE = 32
_PACED_SECONDS = 10  # a shorter run says little of how long another takes
_COLUMNS = (
    "id, run, state, begun_at, path, identity, before_sha256, after_sha256, before_size, before_mtime_ns, fields,"
    " entry, sidecar, action, undoes, indexed"
)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run as the journal knows it: which command it was, and how many of its changes are in which state."""

    run: str
    action: Action
    begun_at: str
    states: dict[ChangeState, int]

    @property
    def changes(self) -> int:
        """How many changes it began."""
        return sum(self.states.values())

    @property
    def undoable(self) -> int:
        """How many of them can be undone."""
        return self.states.get(ChangeState.COMMITTED, 0)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteJournal:
    """The journal of changes below ``root``, in ``file``. Safe to use from several threads. Raises RunError."""

    def __init__(
        self,
        root: Path,
        file: Path,
        *,
        clock: Callable[[], datetime] = _utc_now,
        busy_seconds: float = BUSY_SECONDS,
        reading: bool = False,
    ) -> None:
        self._paths = RelativePaths(root)
        self._clock = clock
        self._database = Database(
            file,
            JOURNAL_STEPS,
            synchronous="FULL",
            damaged_hint="keep the file, undo depends on it; put a backup copy in its place if you have one",
            busy_seconds=busy_seconds,
            shrinking=True,
            reading=reading,
        )

    def begin(self, run: str, change: MetadataChange, entry: IndexEntry, intent: Intent | None = None) -> int:
        """Record a change as pending; on the disk on return. Returns the record's id."""
        intent = intent or Intent()
        name = self._paths.encode(change.path)
        splices = [
            (position, splice.offset, *pack(splice.old, splice.new)) for position, splice in enumerate(change.splices)
        ]
        values = (
            run,
            ChangeState.PENDING.value,
            self._clock().astimezone(UTC).isoformat(timespec="seconds"),
            name,
            change.identity,
            change.before_sha256,
            change.after_sha256,
            change.before_size,
            change.before_mtime_ns,
            pack_text(json.dumps([(field.name, field.before, field.after) for field in change.fields])),
            pack_text(entry_to_json(entry, self._paths)),
            None if change.sidecar is None else self._paths.encode(change.sidecar),
            intent.action.value,
            json.dumps(intent.undoes),
            intent.indexed,
        )
        with self._database.writing() as connection:
            (record,) = connection.execute(
                "INSERT INTO records (run, state, begun_at, path, identity, before_sha256, after_sha256, before_size,"
                " before_mtime_ns, fields, entry, sidecar, action, undoes, indexed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                values,
            ).fetchone()
            connection.executemany(
                "INSERT INTO splices (record, position, offset, old, new) VALUES (?, ?, ?, ?, ?)",
                [(record, *splice) for splice in splices],
            )
        return int(record)

    def resolve(self, record: int, state: ChangeState) -> None:
        """Say how the change ended; on the disk on return. Raises KeyError for an id that ``begin`` never gave."""
        with self._database.writing() as connection:
            done = connection.execute("UPDATE records SET state = ? WHERE id = ?", (state.value, record)).rowcount
        if not done:
            raise KeyError(record)

    def pending(self) -> list[JournalRecord]:
        """Changes that were begun, or begun to be put back, and never resolved; oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM records WHERE {pruning.OPEN} ORDER BY id")  # noqa: S608
            return [self._record(connection, row) for row in rows.fetchall()]

    def changes(
        self, *, run: str | None = None, path: Path | None = None, identity: str | None = None
    ) -> Iterator[JournalRecord]:
        """Records of a run, of a path, of a picture, of all that is given together, or all; newest first.

        Read page by page: records may be resolved meanwhile, and records begun meanwhile do not appear.
        """
        conditions = ["id < ?"]
        values: list[object] = []
        if run is not None:
            conditions.append("run = ?")
            values.append(run)
        if path is not None:
            conditions.append("path = ?")
            values.append(self._paths.encode(path))
        if identity is not None:
            conditions.append("identity = ?")
            values.append(identity)
        with self._database.reading() as connection:
            (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM records").fetchone()
        return self._pages(" AND ".join(conditions), values, last + 1)

    def runs(self) -> list[RunSummary]:
        """Every run with a record, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT run, state, count(*), min(begun_at), max(action) FROM records GROUP BY run, state"
                " ORDER BY max(max(id)) OVER (PARTITION BY run) DESC"
            )
            found: dict[str, RunSummary] = {}
            try:
                for run, state, count, begun_at, action in rows.fetchall():
                    first = found.setdefault(run, RunSummary(run, Action(action), begun_at, {}))
                    states = first.states | {ChangeState(state): count}
                    found[run] = RunSummary(run, first.action, min(first.begun_at, begun_at), states)
            except ValueError as error:
                raise self._database.damaged(str(error)) from error
            return list(found.values())

    def pace(self, actions: Collection[Action]) -> float | None:
        """Photos a second of the latest run of these commands that took long enough to tell; None without one."""
        marks = ",".join("?" * len(actions))
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT count(*), strftime('%s', max(begun_at)) - strftime('%s', min(begun_at)) FROM records"  # noqa: S608
                f" WHERE action IN ({marks}) GROUP BY run ORDER BY max(id) DESC LIMIT 10",
                [*actions],
            ).fetchall()
        return next((count / seconds for count, seconds in rows if (seconds or 0) >= _PACED_SECONDS), None)

    def forgotten(self) -> list[Forgotten]:
        """Runs of which records were deleted to save space, the latest first."""
        return pruning.forgotten(self._database)

    def prune(
        self, *, older_than: timedelta | None = None, keep_bytes: int | None = None, compact: bool = False
    ) -> Pruned:
        """Delete what is settled, the oldest first, and give the room back to the disk.

        Runs that ended longer ago than ``older_than`` go, then as many of the rest as exceed ``keep_bytes``: whole
        runs, of the newest only as much as it takes. ``compact`` rewrites a file that an older version made, which
        for a moment needs up to twice its room.
        """
        now = self._clock().astimezone(UTC)
        return pruning.prune(self._database, now, older_than=older_than, keep_bytes=keep_bytes, compact=compact)

    def size(self) -> int:
        """Bytes that the records take."""
        return pruning.used_bytes(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _pages(self, where: str, values: list[object], before: int) -> Iterator[JournalRecord]:
        sql = f"SELECT {_COLUMNS} FROM records WHERE {where} ORDER BY id DESC LIMIT {_PAGE}"  # noqa: S608
        while True:
            with self._database.reading() as connection:
                rows = connection.execute(sql, [before, *values]).fetchall()
                page = [self._record(connection, row) for row in rows]
            yield from page
            if len(page) < _PAGE:
                return
            before = page[-1].id

    def _record(self, connection: sqlite3.Connection, row: tuple[Any, ...]) -> JournalRecord:
        record, run, state, begun_at, name = row[:5]
        identity, before_sha256, after_sha256, before_size, before_mtime_ns, fields, entry = row[5:12]
        sidecar, action, undoes, indexed = row[12:]
        splices = connection.execute(
            "SELECT offset, old, new FROM splices WHERE record = ? ORDER BY position", (record,)
        ).fetchall()
        try:
            change = MetadataChange(
                path=self._paths.decode(name),
                identity=identity,
                before_sha256=before_sha256,
                after_sha256=after_sha256,
                before_size=before_size,
                before_mtime_ns=before_mtime_ns,
                splices=tuple(Splice(at, *unpack(old, new)) for at, old, new in splices),
                fields=tuple(FieldChange(*field) for field in json.loads(unpack_text(fields))),
                sidecar=None if sidecar is None else self._paths.decode(sidecar),
            )
            intent = Intent(Action(action), tuple(json.loads(undoes)), bool(indexed))
            row_then = entry_from_json(unpack_text(entry), self._paths)
            return JournalRecord(record, run, ChangeState(state), begun_at, change, row_then, intent)
        except (ValueError, TypeError, KeyError) as error:
            raise self._database.damaged(f"record {record}: {error}") from error
