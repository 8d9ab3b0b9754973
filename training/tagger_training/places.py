"""Folders that live elsewhere (s3://, gs://, gdrive://, any fsspec address), worked on as local folders.

A data set is copied here before it is read, files that are here already are not copied again; a run's folder and a
feature cache are brought here at the start and sent back whenever the training has written something worth keeping.
A path of this machine is used as it is. Knows neither data sets nor runs: only files and their sizes.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import platformdirs

from tagger.core.errors import RunError

_LARGE = 1 << 20  # bytes

Progress = Callable[[int, int], None]
"""Called with the number of files done and of all."""


def is_remote(address: str) -> bool:
    """Whether ``address`` is an fsspec address rather than a path (``C:/photos`` is a path)."""
    scheme, mark, _ = address.partition("://")
    return bool(mark) and len(scheme) > 1


@dataclass(slots=True)
class Place:
    """A folder at ``address`` and the local folder that stands for it: the same one for a path of this machine."""

    address: str
    local: Path
    _filesystem: Any = None
    _root: str = ""
    _sent: dict[str, int | None] = field(default_factory=dict)

    @property
    def remote(self) -> bool:
        """Whether anything has to be copied at all."""
        return self._filesystem is not None

    def fetch(self, progress: Progress = lambda *_: None) -> Path:
        """Copy what is there and not here (told by size); returns the local folder. Raises RunError."""
        if not self.remote:
            return self.local
        with _told(self.address):
            found = self._listing()
            todo = [name for name, size in found.items() if _size(self.local / name) != size]
            for done, name in enumerate(todo, start=1):
                target = self.local / name
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary = target.with_name(f".{target.name}.part")
                self._filesystem.get_file(f"{self._root}/{name}", str(temporary))
                os.replace(temporary, target)  # noqa: PTH105 - whole or not at all
                progress(done, len(todo))
            # Of a small file the size says little: one that is not fetched now is sent again.
            known = {name for name in found if name in todo or found[name] > _LARGE}
            self._sent = {name: _stamp(self.local / name) if name in known else None for name in found}
        return self.local

    def send(self, progress: Progress = lambda *_: None) -> None:
        """Copy there what is new or changed here since the last copy either way. Raises RunError."""
        if not self.remote:
            return
        with _told(self.address):
            here = {name: _stamp(self.local / name) for name in self._local_names()}
            todo = [name for name, stamp in here.items() if self._sent.get(name) != stamp]
            for done, name in enumerate(todo, start=1):
                target = f"{self._root}/{name}"
                self._filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
                self._filesystem.put_file(str(self.local / name), target)
                self._sent[name] = here[name]
                progress(done, len(todo))
            for name in self._sent.keys() - here.keys():  # an older checkpoint
                self._filesystem.rm_file(f"{self._root}/{name}")
                del self._sent[name]

    def _listing(self) -> dict[str, int]:
        if not self._filesystem.exists(self._root):
            return {}
        found: dict[str, int] = {}
        for path, info in self._filesystem.find(self._root, detail=True).items():
            name = PurePosixPath(path.removeprefix(self._root).lstrip("/"))
            if ".." in name.parts or name.is_absolute() or not name.parts:
                raise RunError(f"{self.address} holds a file named {path!r}", "a name must stay inside its folder")
            found[str(name)] = int(info["size"])
        return found

    def _local_names(self) -> Iterator[str]:
        for path in sorted(self.local.rglob("*")):
            if path.is_file() and not path.name.endswith((".part", ".lock")) and not path.name.startswith(".part."):
                yield path.relative_to(self.local).as_posix()


def place(address: str) -> Place:
    """The place that ``address`` names. Raises RunError for one that cannot be reached from here."""
    if not is_remote(address):
        return Place(address, Path(address))
    try:
        import fsspec
    except ImportError as error:
        raise RunError(f"{address}: needs fsspec", "pip install 'tagger-photos[remote]'") from error
    try:
        filesystem, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:  # the protocol's own package is missing, or no such protocol
        raise RunError(f"{address}: {' '.join(str(error).split())}", "install the package for that protocol") from error
    folder = hashlib.sha256(address.encode()).hexdigest()[:16]
    local = platformdirs.user_cache_path("tagger", appauthor=False) / "places" / folder
    local.mkdir(parents=True, exist_ok=True)
    return Place(address, local, filesystem, root.rstrip("/"))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _stamp(path: Path) -> int:
    status = path.stat()
    return hash((status.st_size, status.st_mtime_ns))


class _told:  # noqa: N801 - used like a function
    """Turns what file systems raise into one line about the address."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, OSError):
            cause = error.strerror or str(error) or type(error).__name__
            raise RunError(
                f"{self._address}: {' '.join(cause.split())}", "check the address and your rights"
            ) from error
