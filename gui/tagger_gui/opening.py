"""What somebody dropped, pasted or named -> the libraries it belongs to. Looks at the disk: not for Qt's thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tagger import bootstrap
from tagger.core.errors import RunError
from tagger.core.formats import PHOTO_SUFFIXES, suffix


@dataclass(frozen=True, slots=True)
class Sorted:
    """``groups`` are photos and folders by the root of their library; ``refused`` is what is neither."""

    groups: dict[Path, list[Path]]
    refused: tuple[Path, ...]

    @property
    def refusal(self) -> RunError | None:
        """What to tell of what was refused; None where nothing was."""
        if not self.refused:
            return None
        names = ", ".join(path.name for path in self.refused[:3]) + (" …" if len(self.refused) > 3 else "")
        return RunError(
            QCoreApplication.translate("opening", "{names}: no photo and no folder").format(names=names),
            QCoreApplication.translate("opening", "drop photos (JPEG, PNG, HEIC, RAW …) or folders of them"),
        )


def sort_out(paths: Sequence[Path]) -> Sorted:
    """Sort paths by the library that they belong to, or that a run over them will make."""
    photos: list[Path] = []
    refused: list[Path] = []
    for path in paths:
        meant = path.is_dir() or (suffix(path.name) in PHOTO_SUFFIXES and path.is_file())
        (photos if meant else refused).append(path)
    return Sorted(bootstrap.by_library(photos), tuple(refused))
