"""Which sidecar belongs to a photo: names and nothing else. One photo never has two, and two never share one.

``photo.jpg.xmp`` belongs to ``photo.jpg`` alone. ``photo.xmp`` says less, so it is followed, or made, only by the one
photo called ``photo``, or by the one RAW among several. Looks at names in a folder, never into a file.

Source: XMP specification part 3 section 1.1 (``name.xmp``); darktable and digiKam write ``name.ext.xmp``.
"""

import os
import stat
from enum import StrEnum
from pathlib import Path

from tagger.core.errors import PhotoError
from tagger.core.formats import PHOTO_SUFFIXES, RAW_SUFFIXES, suffix
from tagger.metadata import files
from tagger.metadata.files import Source

MAX_SIZE = 16 << 20  # bytes; the largest that real programs write (masks, brush strokes) are a few MiB
_SUFFIXES = (".xmp", ".XMP", ".Xmp")


class SidecarPolicy(StrEnum):
    """Where our words go."""

    AUTO = "auto"  # into the photo where that is possible, and into a sidecar that is there already
    ALWAYS = "always"  # into a sidecar; photos are not touched
    NEVER = "never"  # into photos only; sidecars are not touched


class SidecarName(StrEnum):
    """What a new sidecar is called."""

    EXT = "ext"
    STEM = "stem"


def find(photo: Path) -> Path | None:
    """Return the sidecar that the photo has, a symbolic link or worse included; None where it has none."""
    by_name = _existing(photo.name, photo)
    if by_name is not None:
        return by_name
    by_stem = _existing(photo.stem, photo)
    return by_stem if by_stem is not None and _owns_stem(photo) else None


def new(photo: Path, name: SidecarName) -> Path:
    """Return where a new sidecar of a photo that has none goes.

    That is never a name that a sidecar of another photo has: a ``photo.xmp`` that is there is not ours to follow.
    """
    by_stem = name is SidecarName.STEM and _existing(photo.stem, photo) is None and _owns_stem(photo)
    return photo.with_name(f"{photo.stem if by_stem else photo.name}{_SUFFIXES[0]}")


def read(photo: Path, sidecar: Path) -> Source:
    """Read a sidecar whole. Raises PhotoError, PhotoChanged, both about the photo.

    Refused are links (they may lead anywhere), anything that is not a regular file, and more than ``MAX_SIZE`` bytes.
    """
    try:
        status = sidecar.lstat()
    except (OSError, ValueError) as error:
        raise files.photo_error(photo, error) from error
    if stat.S_ISLNK(status.st_mode):
        raise PhotoError(photo, f"its sidecar {sidecar.name} is a symbolic link", "put the file itself there")
    if not stat.S_ISREG(status.st_mode):
        raise PhotoError(photo, f"its sidecar {sidecar.name} is not a regular file", "move it away")
    if status.st_size > MAX_SIZE:
        raise PhotoError(photo, f"its sidecar {sidecar.name} is larger than 16 MiB", "no program writes such a one")
    return files.read(sidecar, about=photo, follow=False)


def _existing(stem: str, photo: Path) -> Path | None:
    # Asked by name, not by listing: a folder may hold many thousand photos.
    for ending in _SUFFIXES:
        candidate = photo.with_name(stem + ending)
        if os.path.lexists(candidate):
            return candidate
    return None


def _owns_stem(photo: Path) -> bool:
    """Whether ``stem.xmp`` is this photo's, by what other photos there are in its folder."""
    stem = photo.stem.casefold()
    sharing: list[str] = []
    try:
        with os.scandir(photo.parent) as entries:
            for entry in entries:
                name = entry.name
                if not name.casefold().startswith(stem) or suffix(name) not in PHOTO_SUFFIXES:
                    continue
                if name.casefold() == stem:  # this photo is called a.jpg.png, and there is an a.jpg
                    return False
                if Path(name).stem.casefold() == stem:
                    sharing.append(name)
    except OSError:
        return False
    raws = [name for name in sharing if suffix(name) in RAW_SUFFIXES]
    return sharing == [photo.name] or raws == [photo.name]
