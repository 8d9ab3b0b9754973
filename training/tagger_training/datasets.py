"""Photos with captions: rows of any layout collected by photo and split. Knows no model and no layout."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tagger.core.errors import RunError
from tagger_training.layouts import Row, read_rows


@dataclass(frozen=True, slots=True)
class CaptionedPhoto:
    """One photo file with its human captions."""

    path: Path
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """Photos by split (``train``, ``val``, ``test``), and how many photo files are missing and captions empty."""

    name: str
    splits: dict[str, tuple[CaptionedPhoto, ...]]
    missing: int = 0
    empty: int = 0

    def split(self, name: str) -> tuple[CaptionedPhoto, ...]:
        """Photos of one split. Raises RunError where there is none."""
        photos = self.splits.get(name, ())
        if not photos:
            raise RunError(f"data set {self.name} has no photos in its split {name!r}", f"it has {sorted(self.splits)}")
        return photos


def load_dataset(folder: Path) -> DataSet:
    """Recognise the layout of ``folder`` and read it. Raises RunError that says which layouts are known."""
    images, rows = read_rows(folder)
    return _collect(folder.resolve().name, images, rows)


def _collect(name: str, images: Path, rows: Iterable[Row]) -> DataSet:
    """Group captions by photo, in the order of first mention; a photo in two splits is refused.

    ``./a.jpg`` and ``a.jpg`` are one photo.
    """
    captions: dict[str, list[str]] = {}
    split_of: dict[str, str] = {}
    empty = 0
    for split, named, caption in rows:
        file = str(PurePosixPath(named))
        if split_of.setdefault(file, split) != split:
            raise RunError(f"photo {file} is in the splits {split_of[file]} and {split}", "keep it in one of them")
        texts = captions.setdefault(file, [])
        if text := " ".join(caption.split()):
            texts.append(text)
        else:
            empty += 1
    splits: dict[str, list[CaptionedPhoto]] = {}
    missing = 0
    for file, texts in captions.items():
        path = images / file
        if not path.is_file():
            missing += 1
        elif texts:
            splits.setdefault(split_of[file], []).append(CaptionedPhoto(path, tuple(texts)))
    return DataSet(name, {split: tuple(photos) for split, photos in splits.items()}, missing, empty)
