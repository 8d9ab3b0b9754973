"""What may stand in a text field, and when two texts count as the same. Knows nothing of files or formats."""

import re
import unicodedata
from functools import lru_cache

# Everything that XML 1.0 (section 2.2, Char) does not allow, plus the separators that would break a single line.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Replace each character that XML 1.0 cannot hold by a space; line ends become a line feed."""
    return _ILLEGAL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return ``text`` legal, on one line, without white space around it or doubled inside."""
    return " ".join(legal(text).split())


def fold(text: str) -> str:
    """Return the form in which captions are compared: NFC, every run of white space one space.

    Programs that rewrite a packet fold line ends inside attributes and may normalise Unicode.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=512)  # the same few keywords are compared some hundred times a photo
def key(keyword: str) -> str:
    """Return the form in which keywords are compared: legal, folded, without case, ``;`` as in ``exif_keyword``.

    Empty for one that holds nothing but control characters: no field but its own can hold it, and there it stays.
    """
    return fold(legal(exif_keyword(keyword))).casefold()


def exif_keyword(keyword: str) -> str:
    """Return ``keyword`` as XPKeywords can hold it: ``;`` separates keywords there."""
    return keyword.replace(";", ",")


def truncate(data: bytes, limit: int, encoding: str) -> bytes:
    """Cut encoded text to at most ``limit`` bytes without splitting a character."""
    if len(data) <= limit:
        return data
    return data[:limit].decode(encoding, "ignore").encode(encoding)
