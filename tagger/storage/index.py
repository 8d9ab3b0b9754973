"""What is known of every photo of a library, in SQLite: captions, tags, full-text search.

A cache of what the photos themselves say: the file may be deleted and rebuilt at any time. So it trades the last
transactions before a power failure (never its own soundness) for speed.
"""

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from tagger.core.records import Caption, Failure, IndexEntry, Photo
from tagger.storage import checking, counting, features, path_parts, photo_rows, photo_words, postings, searching
from tagger.storage import query as search_language
from tagger.storage import results as model_results
from tagger.storage.counting import IndexStatistics
from tagger.storage.database import BUSY_SECONDS, Database
from tagger.storage.migrations import INDEX_STEPS
from tagger.storage.searching import Order
from tagger.storage.sidecar_looks import SidecarLooks
from tagger.storage.text import RelativePaths, printable, restored, storable

_PAGE = 200


class SqliteIndex:
    """The index of the photos below ``root``, in ``file``. Safe to use from several threads. Raises RunError.

    So many ``results`` of models are kept.
    """

    def __init__(
        self,
        root: Path,
        file: Path,
        *,
        busy_seconds: float = BUSY_SECONDS,
        reading: bool = False,
        results: int = model_results.KEPT,
    ) -> None:
        self._results = results
        self._paths = RelativePaths(root)
        self._database = Database(
            file,
            INDEX_STEPS,
            synchronous="NORMAL",
            damaged_hint="it is only a cache: delete it, then run tagger index rebuild",
            busy_seconds=busy_seconds,
            reading=reading,
        )

    def get(self, path: Path) -> IndexEntry | None:
        """The row of ``path``."""
        name = self._paths.encode(path)
        with self._database.reading() as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM photos WHERE path = ?", (name,))]
            return next(iter(self._entries(connection, ids)), None)

    def known(self, paths: Sequence[Path], *, words: bool = True) -> dict[Path, IndexEntry]:
        """The rows of those of ``paths`` that have one; without ``words`` captions are empty, which is much faster.

        Looks up all of them at once: not more than a few hundred, please.
        """
        names = {self._paths.encode(path): path for path in paths}
        marks = ",".join("?" * len(names))
        with self._database.reading() as connection:
            if not words:
                return {entry.photo.path: entry for entry in photo_rows.find_wordless(connection, names, self._paths)}
            found = connection.execute(f"SELECT id FROM photos WHERE path IN ({marks})", [*names])  # noqa: S608
            entries = self._entries(connection, [row[0] for row in found])
        return {names[self._paths.encode(entry.photo.path)]: entry for entry in entries}

    def find(self, identity: str) -> list[IndexEntry]:
        """Rows with this picture data, wherever they were last seen, by path."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM photos WHERE identity = ? ORDER BY path", (identity,))
            return self._entries(connection, [row[0] for row in rows])

    def put(self, entry: IndexEntry) -> None:
        """Insert or replace the row of ``entry.photo.path``; it survives a crash of the program on return."""
        self.put_all([entry])

    def put_all(self, entries: Sequence[IndexEntry]) -> None:
        """Insert or replace several rows, all or none: much faster than one by one."""
        with self._database.writing() as connection:
            for entry in entries:
                self._put(connection, entry)
            postings.settle(connection)

    def result(self, identity: str, model: str, decoding: str) -> Caption | None:
        """What this model once said of this picture, with ``scores`` and without tags; None where it is not kept."""
        with self._database.reading() as connection:
            return model_results.find(connection, identity, model, decoding)

    def fail(self, failure: Failure) -> None:
        """Remember that a photo failed, until it is ``put`` or forgiven."""
        photo, name = failure.photo, self._paths.encode(failure.photo.path)
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO failures (path, path_text, size, mtime_ns, cause, failed_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (name, printable(name), photo.size, photo.mtime_ns, storable(failure.cause), failure.failed_at),
            )

    def failures(self) -> Iterator[Failure]:
        """Photos that failed, by path."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT path, size, mtime_ns, cause, failed_at FROM failures ORDER BY path")
            found = rows.fetchall()
        for name, size, mtime_ns, cause, failed_at in found:
            yield Failure(Photo(self._paths.decode(name), size, mtime_ns), restored(cause), failed_at)

    def forgive(self, path: Path) -> None:
        """Forget that a photo failed."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM failures WHERE path = ?", (self._paths.encode(path),))

    def remove(self, path: Path) -> None:
        """Forget ``path``; nothing happens when it is unknown."""
        name = self._paths.encode(path)
        with self._database.writing() as connection:
            found = connection.execute("SELECT id, path_text FROM photos WHERE path = ?", (name,)).fetchall()
            for photo, path_text in found:
                path_parts.remove(connection, photo, path_text)
                photo_words.remove(connection, photo)
                connection.execute("DELETE FROM photos WHERE id = ?", (photo,))
                postings.mark(connection, photo)
            postings.settle(connection)

    def search(
        self, query: str, *, limit: int | None = None, order: Order = Order.PATH, descending: bool = False
    ) -> Iterator[IndexEntry]:
        """Rows that match ``query`` (docs/search.md), sorted; all for an empty query. Raises RunError.

        The rows that match are found at once, their content is read page by page: rows may be changed meanwhile,
        and a row that is removed before its turn is left out.
        """
        wanted = search_language.parse(query)
        with self._database.reading() as connection:
            ids = searching.matching(connection, wanted, order=order, descending=descending, limit=limit)
        return self._pages(ids)

    def count(self, query: str = "") -> int:
        """How many photos match ``query``; how many there are, for an empty one. Raises RunError."""
        wanted = search_language.parse(query)
        with self._database.reading() as connection:
            return searching.count(connection, wanted)

    @property
    def features(self) -> features.FeatureStore:
        """What the photos look like."""
        return features.FeatureStore(self._database)

    @property
    def sidecar_looks(self) -> SidecarLooks:
        """How sidecars looked when they said nothing new."""
        return SidecarLooks(self._database, self._paths)

    def statistics(self, *, tags: int = 10) -> IndexStatistics:
        """Counts over all rows, and the ``tags`` most frequent tags."""
        with self._database.reading() as connection:
            return counting.statistics(connection, tags)

    def problems(self) -> list[str]:
        """What is wrong with the index itself, in words; nothing where all is well. Takes a while. Raises RunError."""
        return list(checking.problems(self._database))

    def rows(self, ids: Sequence[int]) -> list[IndexEntry]:
        """The rows with these ids (see ``browsing``), in their order; rows that are gone are left out."""
        with self._database.reading() as connection:
            return self._entries(connection, list(ids))

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """A transaction in which every statement sees the same state, for other ways of reading. Raises RunError."""
        return self._database.reading()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, connection: sqlite3.Connection, entry: IndexEntry) -> None:
        name = self._paths.encode(entry.photo.path)
        is_new = connection.execute("SELECT 1 FROM photos WHERE path = ?", (name,)).fetchone() is None
        photo = photo_rows.put(connection, entry, self._paths)
        connection.execute("DELETE FROM failures WHERE path = ?", (name,))
        model_results.store(connection, entry, kept=self._results)
        features.store(connection, entry)
        if is_new:
            path_parts.add(connection, photo)
        else:
            photo_words.remove(connection, photo)
        photo_words.add(connection, photo, entry.caption)
        postings.mark(connection, photo)

    def _pages(self, ids: "array[int]") -> Iterator[IndexEntry]:
        for start in range(0, len(ids), _PAGE):
            with self._database.reading() as connection:
                page = self._entries(connection, ids[start : start + _PAGE].tolist())
            yield from page

    def _entries(self, connection: sqlite3.Connection, ids: list[int]) -> list[IndexEntry]:
        """The rows with these ids, in their order; unknown ids are left out."""
        try:
            return photo_rows.find(connection, ids, self._paths)
        except (ValueError, TypeError) as error:
            raise self._database.damaged(str(error)) from error
