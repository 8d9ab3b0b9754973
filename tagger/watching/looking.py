"""One look at a file that may still be written: its numbers, and whether its end is there. Decodes nothing.

Source: the end of JPEG (ITU-T T.81, EOI), PNG (IEND), GIF (trailer), WebP (size in the RIFF header), XML (a tag).
"""

import stat
import time
from pathlib import Path
from typing import BinaryIO

from tagger.core.formats import SIDECAR_SUFFIX, suffix
from tagger.watching.settling import Look

_PNG_END = b"IEND\xaeB\x60\x82"
_ENDS = {
    ".jpg": b"\xff\xd9", ".jpeg": b"\xff\xd9", ".jpe": b"\xff\xd9", ".jfif": b"\xff\xd9",
    ".png": _PNG_END, ".apng": _PNG_END, ".gif": b"\x3b",
}  # fmt: skip
_TAIL = 8


def look_at(path: Path) -> Look | None:
    """What is at ``path`` now; None where there is no file.

    ``whole`` is False where the end is missing for certain or the file cannot be opened: a trailer behind the end,
    as telephones write, counts as missing. Formats without an end are whole unless they are empty.
    """
    try:
        info = path.lstat()
        if not stat.S_ISREG(info.st_mode):
            return None
        try:
            with path.open("rb") as file:
                whole = info.st_size > 0 and _has_end(file.read(12), _tail(file, info.st_size), info.st_size, path)
        except FileNotFoundError:
            return None
        except OSError:
            whole = False
    except OSError:
        return None
    return Look(info.st_size, info.st_mtime_ns, info.st_ctime_ns, (info.st_dev, info.st_ino), whole)


def is_unfinished(path: Path, settle: float) -> bool:
    """Whether a file has no end, or changed less than ``settle`` seconds ago or at a time that is still to come."""
    look = look_at(path)
    if look is None:
        return False
    return not look.whole or time.time() - max(look.mtime_ns, look.ctime_ns) / 1e9 < settle


def _tail(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, size - _TAIL))
    return file.read(_TAIL)


def _has_end(head: bytes, tail: bytes, size: int, path: Path) -> bool:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return size >= 8 + int.from_bytes(head[4:8], "little")
    if suffix(path.name) == SIDECAR_SUFFIX:
        return tail.rstrip(b"\0 \t\r\n").endswith(b">")
    end = _ENDS.get(suffix(path.name))
    return end is None or tail.endswith(end)
