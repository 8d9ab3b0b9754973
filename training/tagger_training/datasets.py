"""Photos with captions from the published layouts. Knows no model.

* ``captions.tsv`` (columns ``split``, ``file``, ..., ``caption``, tab-separated) beside a folder ``images``
* Flickr8k: ``Flickr8k.token.txt`` with ``Flickr_8k.{train,dev,test}Images.txt``, photos in ``Flicker8k_Dataset``
* MS-COCO: ``annotations/captions_{train,val}20{14,17}.json`` beside ``{train,val}20{14,17}``
"""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tagger.core.errors import RunError


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
    for recognises, read in _LAYOUTS:
        if recognises(folder):
            return read(folder)
    raise RunError(
        f"{folder} is no data set that tagger knows",
        "known are captions.tsv with images/, Flickr8k and MS-COCO in their published layouts",
    )


def _read_tsv(folder: Path) -> DataSet:
    source = folder / "captions.tsv"
    with _open(source) as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(rows, [])
        try:
            split, file, caption = (header.index(name) for name in ("split", "file", "caption"))
        except ValueError as error:
            raise RunError(f"{source}: its first line names no column split, file or caption", "add them") from error
        triples = []
        for number, row in enumerate(rows, start=2):
            if len(row) != len(header):
                raise RunError(f"{source} line {number}: {len(row)} columns, not {len(header)}", "mend the line")
            triples.append((row[split], row[file], row[caption]))
    return _collect(folder.name, folder / "images", triples)


def _read_flickr8k(folder: Path) -> DataSet:
    text = folder / "Flickr8k_text" if (folder / "Flickr8k_text").is_dir() else folder
    photo_split = {}
    for split, part in (("train", "train"), ("val", "dev"), ("test", "test")):
        listing = text / f"Flickr_8k.{part}Images.txt"
        if listing.exists():
            photo_split |= dict.fromkeys(listing.read_text(encoding="utf-8").split(), split)
    triples = []
    with _open(text / "Flickr8k.token.txt") as lines:
        for line in lines:
            name, tab, caption = line.rstrip("\n").partition("\t")
            file = name.partition("#")[0]
            if tab:
                triples.append((photo_split.get(file, "" if photo_split else "train"), file, caption))
    images = next((folder / n for n in ("Flicker8k_Dataset", "Images", "images") if (folder / n).is_dir()), folder)
    return _collect(folder.name, images, (triple for triple in triples if triple[0]))


def _read_coco(folder: Path) -> DataSet:
    parts = []
    for source in sorted((folder / "annotations").glob("captions_*.json")):
        part = source.stem.removeprefix("captions_")
        try:
            content = json.loads(source.read_text(encoding="utf-8"))
            names = {image["id"]: image["file_name"] for image in content["images"]}
            triples = [
                (part.rstrip("0123456789"), f"{part}/{names[a['image_id']]}", a["caption"])
                for a in content["annotations"]
            ]
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise RunError(f"{source} is not in MS-COCO's captions format: {error!r}", "get it again") from error
        parts.extend(triples)
    return _collect(folder.name, folder, parts)


def _collect(name: str, images: Path, triples: Iterable[tuple[str, str, str]]) -> DataSet:
    """Group captions by photo, in the order of first mention; a photo in two splits is refused."""
    captions: dict[str, list[str]] = {}
    split_of: dict[str, str] = {}
    empty = 0
    for split, file, caption in triples:
        if split_of.setdefault(file, split) != split:
            raise RunError(f"photo {file} is in the splits {split_of[file]} and {split}", "keep it in one of them")
        if text := " ".join(caption.split()):
            captions.setdefault(file, []).append(text)
        else:
            empty += 1
    splits: dict[str, list[CaptionedPhoto]] = {}
    missing = 0
    for file, texts in captions.items():
        path = images / file
        if path.is_file():
            splits.setdefault(split_of[file], []).append(CaptionedPhoto(path, tuple(texts)))
        else:
            missing += 1
    return DataSet(name, {split: tuple(photos) for split, photos in splits.items()}, missing, empty)


def _open(source: Path) -> TextIO:
    try:
        return source.open(encoding="utf-8", newline="")
    except OSError as error:
        raise RunError(f"{source} cannot be read: {error.strerror}", "check the data folder") from error


_LAYOUTS: tuple[tuple[Callable[[Path], bool], Callable[[Path], DataSet]], ...] = (
    (lambda folder: (folder / "captions.tsv").exists(), _read_tsv),
    (lambda folder: any(folder.glob("**/Flickr8k.token.txt")), _read_flickr8k),
    (lambda folder: any(folder.glob("annotations/captions_*.json")), _read_coco),
)
