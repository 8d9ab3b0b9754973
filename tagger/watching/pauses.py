"""When not to work although there is something to do: by the user's wish, on battery, in quiet hours, on a full disk.

The wish is a file in the user's state folder: any program can make it, and it holds after a restart too.

Source: https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-class-power.
"""

import re
import shutil
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from tagger.core.errors import RunError
from tagger.watching.status import state_folder

BY_USER = "paused by you"
"""The reason while the user wants a pause."""
_SUPPLIES = Path("/sys/class/power_supply")
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")
_ROOM = 20 << 20  # bytes free below which writing a photo may fail for want of space alone


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` up to ``end``, over midnight where ``end`` is the earlier one."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "QuietHours":
        """Read ``22:00-07:00``. Raises ValueError."""
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError("quiet hours look like 22:00-07:00")
        hours = cls(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
        if hours.start == hours.end:
            raise ValueError("quiet hours must end at another time than they start")
        return hours

    def hold(self, at: time) -> bool:
        """Whether ``at`` is in them."""
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def on_battery(supplies: Path = _SUPPLIES) -> bool:
    """Whether the machine runs on its battery; False where the system does not say."""
    discharging = False
    try:
        folders = sorted(supplies.iterdir())
    except OSError:
        return False
    for folder in folders:
        kind = _read(folder / "type")
        if kind in ("Mains", "USB", "Wireless") and _read(folder / "online") == "1":
            return False
        if kind == "Battery" and _read(folder / "scope") != "Device":  # not a mouse's
            discharging = discharging or _read(folder / "status") == "Discharging"
    return discharging


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Pauses:
    """What the user wants: ``quiet`` hours, and whether being on ``battery`` is a reason to wait.

    While there is such a ``file`` (``pause_file``), the user wants a pause.
    """

    quiet: QuietHours | None = None
    battery: bool = True
    file: Path | None = None

    def are_wanted(self) -> bool:
        """Whether the user wants a pause now."""
        return self.file is not None and self.file.exists()

    def reason(self, now: datetime, supplies: Path = _SUPPLIES) -> str:
        """Why to wait at ``now`` (the user's own time); empty: do not."""
        if self.are_wanted():
            return BY_USER
        if self.quiet is not None and self.quiet.hold(now.time()):
            return f"quiet hours {self.quiet}"
        return "on battery" if self.battery and on_battery(supplies) else ""


def pause_file(name: str, state: Path | None = None) -> Path:
    """The file that pauses the watcher ``name``."""
    return (state or state_folder()) / f"{name}.pause"


def want_pause(file: Path, wanted: bool) -> None:
    """Pause the watcher of this ``pause_file``, or let it go on; also one that does not run yet. Raises RunError."""
    try:
        if wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"cannot {'write' if wanted else 'remove'} {file}: {error.strerror}") from error


def is_full(folder: Path) -> bool:
    """Whether the disk of ``folder`` has too little room to write photos."""
    try:
        return shutil.disk_usage(folder).free < _ROOM
    except OSError:
        return False
