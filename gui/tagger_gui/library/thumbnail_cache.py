"""Thumbnails on disk, in the user's cache folder: one SQLite file that never grows past its limit.

A cache: it may be deleted at any time, and where it cannot be used thumbnails are made anew. Knows no pictures.
"""

import hashlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tagger.core.errors import RunError
from tagger.storage.database import Database, discard

log = logging.getLogger(__name__)

LIMIT_BYTES = 500 << 20
_KEPT = 0.9  # of the limit, after making room
_LOOK_EVERY = 64  # thumbnails written between two looks at the size
_USED_SECONDS = 86400  # how exact the time of the last use is: reading must not write each time


def m001_create_thumbnails(connection: sqlite3.Connection) -> None:
    """Thumbnails by a key of everything they depend on."""
    connection.execute(
        "CREATE TABLE thumbnails (key BLOB PRIMARY KEY, used INTEGER NOT NULL,"
        " size INTEGER NOT NULL, jpeg BLOB NOT NULL)"
    )
    connection.execute("CREATE INDEX thumbnails_by_use ON thumbnails (used, size)")


class ThumbnailCache:
    """Thumbnails in ``file``, at most ``limit`` bytes. Thread-safe; raises nothing."""

    def __init__(self, file: Path, *, limit: int = LIMIT_BYTES, clock: Callable[[], float] = time.time) -> None:
        self._file, self._limit, self._clock = file, limit, clock
        self._lock = threading.Lock()
        self._written = 0
        self._database = self._opened()

    def get(self, key: bytes) -> bytes | None:
        """The JPEG of a key."""
        if self._database is None:
            return None
        now = int(self._clock())
        try:
            with self._database.reading() as connection:
                row = connection.execute("SELECT jpeg, used FROM thumbnails WHERE key = ?", (key,)).fetchone()
            if row is not None and now - row[1] > _USED_SECONDS:
                with self._database.writing() as connection:
                    connection.execute("UPDATE thumbnails SET used = ? WHERE key = ?", (now, key))
        except RunError as error:
            self._give_up(error)
            return None
        return bytes(row[0]) if row is not None else None

    def put(self, key: bytes, jpeg: bytes) -> None:
        """Keep a JPEG; those that were not looked at for longest make room."""
        if self._database is None:
            return
        try:
            with self._database.writing() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO thumbnails (key, used, size, jpeg) VALUES (?, ?, ?, ?)",
                    (key, int(self._clock()), len(jpeg), jpeg),
                )
                with self._lock:
                    self._written += 1
                    look = self._written % _LOOK_EVERY == 1
                if look:
                    _make_room(connection, self._limit)
        except RunError as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def _opened(self) -> Database | None:
        for last in (False, True):
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                steps = (m001_create_thumbnails,)
                return Database(self._file, steps, synchronous="NORMAL", damaged_hint="delete it", shrinking=True)
            except (OSError, RunError) as error:
                log.info("no thumbnails on disk: %s", error)
                if last:
                    break
                try:
                    discard(self._file)  # damaged, or of another version: it is only a cache
                except RunError:
                    break
        return None

    def _give_up(self, error: RunError) -> None:
        log.info("no thumbnails on disk any more: %s", error)
        self._database = None


def thumbnail_key(path: Path, size: int, mtime_ns: int, pixels: int) -> bytes:
    """What a thumbnail depends on: which file, as it is now, and how large the thumbnail is (its longer side)."""
    text = os.fsencode(path) + f"\0{size} {mtime_ns} {pixels} 1".encode()
    return hashlib.sha256(text).digest()[:20]


def cache_file() -> Path:
    """Where the user's thumbnails are."""
    import platformdirs

    return platformdirs.user_cache_path("tagger", appauthor=False) / "thumbnails.db"


def _make_room(connection: sqlite3.Connection, limit: int) -> None:
    by_use = "FROM thumbnails INDEXED BY thumbnails_by_use"  # which holds the sizes too
    (held,) = connection.execute(f"SELECT coalesce(sum(size), 0) {by_use}").fetchone()
    surplus = held - int(limit * _KEPT)
    if held <= limit:
        return
    for row, size in connection.execute(f"SELECT rowid, size {by_use} ORDER BY used").fetchall():
        if surplus <= 0:
            break
        connection.execute("DELETE FROM thumbnails WHERE rowid = ?", (row,))
        surplus -= size
