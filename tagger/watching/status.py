"""What a watcher is doing, for other programs to read: a file in the user's state folder, replaced as a whole.

The state folder also holds the log, and what says that a folder is watched: nothing on a drive is kept open for it, so
that it can be removed.
"""

import hashlib
import json
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tagger.storage.processes import is_alive

_SUFFIX = ".status.json"
_SILENT_SECONDS = 600.0  # after which the number of the process is another's


@dataclass(frozen=True, slots=True)
class PlaceStatus:
    """One watched folder: ``state`` is ``watching``, ``going through`` or why not; ``how`` changes are noticed.

    ``settling``: files that may still be written; ``ready``: photos to be captioned.
    """

    folder: str
    library: str
    state: str
    how: str
    settling: int
    ready: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A photo that failed: when (ISO 8601, UTC), which, why."""

    at: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    """One watcher. ``rate``: photos captioned in the last minute; ``paused``: why nothing is done, empty otherwise.

    ``counts``: outcomes since ``since``. ``provider`` is empty until the first photo. Moments are ISO 8601 in UTC.
    """

    name: str
    pid: int
    host: str
    version: str
    since: str
    updated: str
    model: str
    provider: str = ""
    paused: str = ""
    rate: int = 0
    places: tuple[PlaceStatus, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    errors: tuple[Trouble, ...] = ()

    @property
    def queue(self) -> int:
        """Files that wait for anything."""
        return sum(place.settling + place.ready for place in self.places)

    def is_running(self) -> bool:
        """Whether the process that wrote this is there and still writes; one on another computer cannot be asked."""
        age = (datetime.now(UTC) - datetime.fromisoformat(self.updated)).total_seconds()
        return age < _SILENT_SECONDS and self.host == socket.gethostname() and is_alive(self.pid)


def now() -> str:
    """This moment."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def state_folder() -> Path:
    """Where status and log of the user's watchers are."""
    import platformdirs

    return platformdirs.user_state_path("tagger", appauthor=False)


def name_of(folders: Sequence[Path]) -> str:
    """The name of a watcher of these folders, the same each time."""
    return "watch-" + hashlib.sha256(b"\0".join(sorted(map(os.fsencode, folders)))).hexdigest()[:10]


def status_file(name: str, state: Path | None = None) -> Path:
    """Where the watcher ``name`` writes its status."""
    return (state or state_folder()) / f"{name}{_SUFFIX}"


def log_file(name: str, state: Path | None = None) -> Path:
    """Where the watcher ``name`` writes its log."""
    return (state or state_folder()) / f"{name}.log"


def write_status(file: Path, status: Status) -> None:
    """Replace the file; a disk that is full is no reason to stop watching."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    with suppress(OSError):
        new.write_text(json.dumps(asdict(status) | {"queue": status.queue}, indent=1), encoding="ascii")
        new.replace(file)


def read_status(file: Path) -> Status | None:
    """What the file says; None where it is not there or says nothing that can be read."""
    try:
        values: dict[str, Any] = json.loads(file.read_bytes())
        values["places"] = tuple(PlaceStatus(**place) for place in values["places"])
        values["errors"] = tuple(Trouble(**error) for error in values["errors"])
        return Status(**{item.name: values[item.name] for item in fields(Status)})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def all_statuses(state: Path | None = None) -> list[Status]:
    """Those of all watchers of this user, by name; also of watchers that do not run any more."""
    files = sorted((state or state_folder()).glob(f"*{_SUFFIX}"))
    return [status for status in map(read_status, files) if status is not None]
