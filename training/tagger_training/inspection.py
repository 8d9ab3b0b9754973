"""What is wrong with a data set before hours are spent on it: missing, broken and doubled photos, leaking splits.

Knows no model. Every photo is opened once, in parallel.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import PhotoError
from tagger_training.datasets import CaptionedPhoto, DataSet
from tagger_training.leaks import Leak, Seen, leaks, look


@dataclass(frozen=True, slots=True)
class SplitReport:
    """One split in numbers; ``words`` counts distinct ones, lower case, between white space."""

    photos: int
    captions: int
    words: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a data set holds, and what is wrong with it.

    ``doubled`` are groups of photos with the same bytes; ``leaks`` pairs of photos in different splits that show the
    same picture.
    """

    splits: dict[str, SplitReport]
    missing: int
    empty: int
    broken: tuple[PhotoError, ...]
    doubled: tuple[tuple[Path, ...], ...]
    leaks: tuple[Leak, ...]


def inspect(data: DataSet, *, jobs: int, progress: Callable[[int, int], None]) -> Report:
    """Open every photo of ``data`` with ``jobs`` threads; ``progress(done, total)`` counts photos."""
    photos = [(split, photo) for split, members in data.splits.items() for photo in members]
    broken: list[PhotoError] = []
    by_bytes: dict[str, list[Path]] = {}
    sound: dict[str, list[Seen]] = {split: [] for split in data.splits}
    with ThreadPoolExecutor(jobs) as pool:
        for done, ((split, photo), seen) in enumerate(zip(photos, pool.map(_look, photos), strict=True), start=1):
            if isinstance(seen, PhotoError):
                broken.append(seen)
            else:
                by_bytes.setdefault(seen.key, []).append(photo.path)
                sound[split].append(seen)
            progress(done, len(photos))
    return Report(
        splits={split: _counted(members) for split, members in data.splits.items()},
        missing=data.missing,
        empty=data.empty,
        broken=tuple(broken),
        doubled=tuple(tuple(paths) for paths in by_bytes.values() if len(paths) > 1),
        leaks=leaks(sound),
    )


def _look(item: tuple[str, CaptionedPhoto]) -> Seen | PhotoError:
    try:
        return look(item[1].path)
    except PhotoError as error:
        return error


def _counted(photos: Iterable[CaptionedPhoto]) -> SplitReport:
    members = list(photos)
    texts = [caption.split() for photo in members for caption in photo.captions]
    words = Counter(word.lower() for text in texts for word in text)
    lengths = [len(text) for text in texts] or [0]
    return SplitReport(len(members), len(texts), len(words), min(lengths), max(lengths))
