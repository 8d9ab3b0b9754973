"""Text and paths as the databases hold them: any str and any file name goes in and comes back unchanged."""

import os
import unicodedata
from pathlib import Path, PurePosixPath

from tagger.core.errors import RunError


def fold(text: str) -> str:
    """The form in which texts are compared: composed, without upper and lower case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def storable(text: str) -> str | bytes:
    """``text`` for a TEXT column; as bytes when it holds lone surrogates, which SQLite's UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def restored(value: str | bytes) -> str:
    """The inverse of ``storable``."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def searchable(text: str) -> str:
    """``text`` for the full-text index and for ``path:``: valid Unicode without NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def printable(name: bytes) -> str:
    r"""A path for people: bytes that are not UTF-8 appear as ``\xNN``."""
    return name.decode("utf-8", "backslashreplace")


class RelativePaths:
    """Paths below one root, as bytes relative to it, so that a library may move as a whole.

    Names stay the file system's own bytes; ``/`` stands between them on every system.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._prefix = os.path.join(self.root, "")  # noqa: PTH118 - with the separator at the end

    def encode(self, path: Path) -> bytes:
        """``path`` relative to the root. Raises RunError when it is not inside."""
        text = str(path)
        if (
            text.startswith(self._prefix) and ".." not in text and text != self._prefix
        ):  # nearly every path: a fifth of the time
            return os.fsencode(text[len(self._prefix) :].replace(os.sep, "/"))
        try:
            relative = self._relative(path)
        except ValueError:
            # The same folder by another name (a symbolic link, "..", a relative path)?
            try:
                relative = self._relative(path.parent.resolve() / path.name)
            except (ValueError, RuntimeError):  # RuntimeError: a loop of symbolic links
                raise RunError(
                    f"{path} is not inside the library {self.root}", "give a folder or a photo of this library"
                ) from None
        return os.fsencode(relative)

    def _relative(self, path: Path) -> str:
        relative = path.relative_to(self.root)
        if ".." in relative.parts or not relative.parts:
            raise ValueError(path)
        return relative.as_posix()

    def decode(self, name: bytes) -> Path:
        """The absolute path of ``name``. Raises ValueError when it would lead out of the root."""
        relative = PurePosixPath(os.fsdecode(name))
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise ValueError(f"{printable(name)} leads out of the library")
        path = self.root.joinpath(relative)
        if not path.is_relative_to(self.root):  # a drive letter on Windows
            raise ValueError(f"{printable(name)} leads out of the library")
        return path
