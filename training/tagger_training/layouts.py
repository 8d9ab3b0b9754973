"""The published layouts of photos with captions: which one a folder has, and its rows. Opens no photo.

* ``captions.tsv`` (columns ``split``, ``file``, ..., ``caption``, tab-separated) beside a folder ``images``
* Karpathy's splits: ``dataset_*.json`` (COCO, Flickr8k, Flickr30k) beside the photos of any of these
* Flickr8k: ``Flickr8k.token.txt`` with ``Flickr_8k.{train,dev,test}Images.txt``, photos in ``Flicker8k_Dataset``
* Flickr30k: ``results_20130124.token`` (or ``results.csv``, columns by ``|``), photos in ``flickr30k-images``
* MS-COCO: ``annotations/captions_{train,val}20{14,17}.json`` beside ``{train,val}20{14,17}``
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

from tagger.core.errors import RunError

Row = tuple[str, str, str]
"""Split (``train``, ``val``, ``test``), file below the photos' folder, caption."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout: its ``name`` for people, whether a folder has it, and how its photos' folder and rows are read."""

    name: str
    recognises: Callable[[Path], bool]
    read: Callable[[Path], tuple[Path, Iterable[Row]]]


def read_rows(folder: Path) -> tuple[Path, Iterable[Row]]:
    """Return the photos' folder and the rows of a data set. Raises RunError that says which layouts are known."""
    for layout in LAYOUTS:
        if layout.recognises(folder):
            return layout.read(folder)
    known = ", ".join(layout.name for layout in LAYOUTS)
    raise RunError(f"{folder} is no data set that tagger knows", f"known are {known} in their published layouts")


def require_inside(file: str, source: Path) -> str:
    """Return ``file`` if it stays below the photos' folder; a captions file may come from anywhere. Raises RunError."""
    parts = PurePosixPath(file.replace("\\", "/"))
    if not file or parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0] or "\0" in file:
        raise RunError(f"{source} names the photo {file!r}, outside its own folder", "mend the line")
    return file


def _read_tsv(folder: Path) -> tuple[Path, Iterable[Row]]:
    source = folder / "captions.tsv"

    def rows() -> Iterator[Row]:
        with _open(source) as lines:
            reader = csv.reader(_text(lines, source), delimiter="\t", quoting=csv.QUOTE_NONE)
            header = next(reader, [])
            try:
                split, file, caption = (header.index(name) for name in ("split", "file", "caption"))
            except ValueError as error:
                raise RunError(
                    f"{source}: its first line names no column split, file or caption", "add them"
                ) from error
            try:
                for row in reader:
                    if len(row) != len(header):
                        cause = f"{source} line {reader.line_num}: {len(row)} columns, not {len(header)}"
                        raise RunError(cause, "mend the line")
                    yield row[split], require_inside(row[file], source), row[caption]
            except csv.Error as error:
                raise RunError(f"{source} line {reader.line_num}: {error}", "mend the line") from error

    return folder / "images", rows()


def _read_karpathy(folder: Path) -> tuple[Path, Iterable[Row]]:
    source = min(folder.glob("dataset_*.json"))

    def rows() -> Iterator[Row]:
        # "restval" is the part of COCO's validation photos that everybody trains on (Karpathy and Fei-Fei, 2015).
        names = {"restval": "train"}
        try:
            for photo in _json(source)["images"]:
                file = f"{photo['filepath']}/{photo['filename']}" if photo.get("filepath") else photo["filename"]
                for sentence in photo["sentences"]:
                    split = names.get(photo["split"], photo["split"])
                    yield split, require_inside(file, source), _caption(sentence["raw"])
        except (KeyError, TypeError, AttributeError) as error:
            raise RunError(f"{source} is not in the format of Karpathy's splits: {error!r}", "get it again") from error

    return _photos(folder, "images", "Images", "flickr30k-images", "Flicker8k_Dataset"), rows()


def _read_flickr8k(folder: Path) -> tuple[Path, Iterable[Row]]:
    text = folder / "Flickr8k_text" if (folder / "Flickr8k_text").is_dir() else folder
    split_of: dict[str, str] = {}
    for split, part in (("train", "train"), ("val", "dev"), ("test", "test")):
        listing = text / f"Flickr_8k.{part}Images.txt"
        if listing.exists():
            split_of |= dict.fromkeys(listing.read_text(encoding="utf-8").split(), split)
    rows = _token_rows(text / "Flickr8k.token.txt")
    listed = ((split_of.get(file, "" if split_of else "train"), file, caption) for file, caption in rows)
    return _photos(folder, "Flicker8k_Dataset", "Images", "images"), (row for row in listed if row[0])


def _read_flickr30k(folder: Path) -> tuple[Path, Iterable[Row]]:
    """Flickr30k comes without a split: all of it is for training (Karpathy's file makes one)."""
    tokens, table = folder / "results_20130124.token", folder / "results.csv"
    pairs = _token_rows(tokens) if tokens.exists() else _bar_rows(table)
    images = _photos(folder, "flickr30k-images", "flickr30k_images", "images")
    return images, (("train", file, caption) for file, caption in pairs)


def _read_coco(folder: Path) -> tuple[Path, Iterable[Row]]:
    def rows() -> Iterator[Row]:
        for source in sorted((folder / "annotations").glob("captions_*.json")):
            part = source.stem.removeprefix("captions_")
            try:
                content = _json(source)
                names = {image["id"]: image["file_name"] for image in content["images"]}
                for entry in content["annotations"]:
                    file = require_inside(f"{part}/{names[entry['image_id']]}", source)
                    yield part.rstrip("0123456789"), file, _caption(entry["caption"])
            except (KeyError, TypeError, AttributeError) as error:
                raise RunError(f"{source} is not in MS-COCO's captions format: {error!r}", "get it again") from error

    return folder, rows()


def _token_rows(source: Path) -> Iterator[tuple[str, str]]:
    """Lines ``photo.jpg#0 TAB caption``."""
    with _open(source) as lines:
        for number, line in enumerate(_text(lines, source), start=1):
            name, tab, caption = line.rstrip("\r\n").partition("\t")
            if not tab and line.strip():
                raise RunError(f"{source} line {number}: no tab between photo and caption", "mend the line")
            if tab:
                yield require_inside(name.partition("#")[0], source), caption


def _bar_rows(source: Path) -> Iterator[tuple[str, str]]:
    """Lines ``photo.jpg| 0| caption`` behind a header; one line of the published file lacks its last bar."""
    with _open(source) as lines:
        for line in list(_text(lines, source))[1:]:
            file, _, rest = line.partition("|")
            if file.strip():
                caption = rest.rpartition("|")[2] if "|" in rest else rest.strip().lstrip("0123456789")
                yield require_inside(file.strip(), source), caption


def _photos(folder: Path, *names: str) -> Path:
    return next((folder / name for name in names if (folder / name).is_dir()), folder)


def _json(source: Path) -> Any:
    try:
        return json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"{source} cannot be read: {error.strerror}", "check the data folder") from error
    except ValueError as error:
        raise RunError(f"{source} is not JSON: {error}", "get it again") from error


def _caption(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no caption")
    return value


def _open(source: Path) -> TextIO:
    try:
        return source.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise RunError(f"{source} cannot be read: {error.strerror}", "check the data folder") from error


def _text(lines: TextIO, source: Path) -> Iterator[str]:
    try:
        yield from lines
    except UnicodeDecodeError as error:
        raise RunError(f"{source} is not text in UTF-8", "save it as UTF-8") from error


LAYOUTS = (
    Layout("captions.tsv with images/", lambda folder: (folder / "captions.tsv").exists(), _read_tsv),
    Layout("Karpathy's dataset_*.json", lambda folder: any(folder.glob("dataset_*.json")), _read_karpathy),
    Layout("Flickr8k", lambda folder: any(folder.glob("**/Flickr8k.token.txt")), _read_flickr8k),
    Layout(
        "Flickr30k",
        lambda folder: (folder / "results_20130124.token").exists() or (folder / "results.csv").exists(),
        _read_flickr30k,
    ),
    Layout("MS-COCO", lambda folder: any(folder.glob("annotations/captions_*.json")), _read_coco),
)
"""In the order in which they are looked for: a split file says more than the captions that it splits."""
