"""Names as people sort them: IMG_2 before IMG_10, whatever the case; what is in a folder stays together.

A key is made once for each name and compared byte by byte, by Python and by SQLite alike.
"""

import re
import unicodedata

_DIGITS = re.compile(rb"0*([0-9]+)")
_ACCENTS = re.compile("[\u0300-\u036f]")


def natural_key(name: bytes) -> bytes:
    """The key of a name or path (``/`` between names), in the file system's own bytes; names that differ in case,
    accents or zeros before a number alone have the same.
    """
    return _DIGITS.sub(_numbered, _folded(name).replace(b"/", b"\0"))  # a folder ends before any letter


def _folded(name: bytes) -> bytes:
    if name.isascii():
        return name.lower()
    text = unicodedata.normalize("NFD", name.decode("utf-8", "surrogateescape").casefold())
    return _ACCENTS.sub("", text).encode("utf-8", "surrogateescape")


def _numbered(found: re.Match[bytes]) -> bytes:
    """A number with its length before it: the longer one is the greater one, and all sort where digits do."""
    digits = found[1]
    return b"0" + bytes([min(len(digits), 255)]) + digits
