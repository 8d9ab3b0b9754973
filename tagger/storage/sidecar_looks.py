"""How sidecars looked when they last said nothing new: size and times alone tell that they need not be read again.

A cache like the whole index. Knows no photo and no words.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tagger.storage.database import Database
from tagger.storage.text import RelativePaths

Numbers = tuple[int, int, int]
"""Size (bytes), modification time and change time (ns)."""
_AT_ONCE = 500  # SQLite takes 999 values at least


class SidecarLooks:
    """The looks that an index holds. Every method raises RunError."""

    def __init__(self, database: Database, paths: RelativePaths) -> None:
        self._database, self._paths = database, paths

    def known(self, sidecars: Sequence[Path]) -> dict[Path, Numbers]:
        """The looks of those of ``sidecars`` that have one."""
        names = {self._paths.encode(path): path for path in sidecars}
        found: dict[Path, Numbers] = {}
        with self._database.reading() as connection:
            for start in range(0, len(names), _AT_ONCE):
                some = [*names][start : start + _AT_ONCE]
                rows = connection.execute(
                    "SELECT path, size, mtime_ns, ctime_ns FROM sidecar_looks"  # noqa: S608
                    f" WHERE path IN ({', '.join('?' * len(some))})",
                    some,
                )
                found |= {names[name]: (size, mtime_ns, ctime_ns) for name, size, mtime_ns, ctime_ns in rows}
        return found

    def keep(self, looks: Mapping[Path, Numbers]) -> None:
        """Insert or replace looks."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO sidecar_looks (path, size, mtime_ns, ctime_ns) VALUES (?, ?, ?, ?)",
                [(self._paths.encode(path), *numbers) for path, numbers in looks.items()],
            )
