"""Rows of the index as tables for other programs: CSV that spreadsheets may open, JSON, Parquet. Streams."""

import csv
import json
import math
from collections.abc import Iterable
from itertools import islice
from typing import IO, Any

from tagger.cli import output
from tagger.core.errors import RunError
from tagger.core.records import IndexEntry
from tagger.report import harmless

FORMATS = ("csv", "json", "parquet")
_PAGE = 5000

COLUMNS = (
    "path", "caption", "tags", "tag_scores", "alternatives", "log_probability", "score", "state", "model", "run",
    "captioned_at", "taken_at", "written", "sidecar", "size", "mtime_ns", "identity",
)  # fmt: skip

Cell = str | int | float | bool | None


def cells(entry: IndexEntry) -> dict[str, Cell]:
    """One row, flat: names of columns and values. Bytes of names that are no text appear as ``\\xNN``."""
    caption = entry.caption
    known = math.isfinite(caption.log_probability)
    return {
        "path": _text(str(entry.photo.path)),
        "caption": _text(caption.text),
        "tags": "; ".join(_text(tag.label) for tag in caption.tags),
        "tag_scores": "; ".join(f"{tag.score:.3f}" for tag in caption.tags),
        "alternatives": " | ".join(_text(other.text) for other in caption.alternatives),
        "log_probability": caption.log_probability if known else None,
        "score": None if math.isnan(caption.score) else round(caption.score, 4),
        "state": str(entry.state),
        "model": _text(entry.model),
        "run": _text(entry.run),
        "captioned_at": _text(entry.captioned_at),
        "taken_at": None if entry.taken_at is None else _text(entry.taken_at),
        "written": entry.written,
        "sidecar": None if entry.sidecar is None else _text(str(entry.sidecar)),
        "size": entry.photo.size,
        "mtime_ns": entry.photo.mtime_ns,
        "identity": entry.identity,
    }


def write_csv(entries: Iterable[IndexEntry], file: IO[str]) -> int:
    """Write rows as CSV with a heading (RFC 4180, no cell is a formula to a spreadsheet); returns how many."""
    writer, count = csv.writer(file), 0
    writer.writerow(COLUMNS)
    for entry in entries:
        row = cells(entry)
        writer.writerow(harmless(cell) if isinstance(cell := row[name], str) else cell for name in COLUMNS)
        count += 1
    return count


def write_json(entries: Iterable[IndexEntry], file: IO[str]) -> int:
    """Write rows as JSON, one object a line; returns how many."""
    count = 0
    for entry in entries:
        file.write(json.dumps(_record(entry)) + "\n")
        count += 1
    return count


def write_parquet(entries: Iterable[IndexEntry], file: IO[bytes]) -> int:
    """Write rows as Parquet (tags and their probabilities as lists); returns how many. Raises RunError."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise RunError(
            "Parquet needs pyarrow, which is not installed", "pip install 'tagger-photos[parquet]'"
        ) from error
    text, texts = pyarrow.string(), pyarrow.list_(pyarrow.string())
    types = {
        **dict.fromkeys(("path", "caption"), text),
        "tags": texts,
        "tag_scores": pyarrow.list_(pyarrow.float32()),
        "alternatives": texts,
        **dict.fromkeys(("log_probability", "score"), pyarrow.float64()),
        **dict.fromkeys(("state", "model", "run", "captioned_at", "taken_at"), text),
        "written": pyarrow.bool_(),
        "sidecar": text,
        **dict.fromkeys(("size", "mtime_ns"), pyarrow.int64()),
        "identity": text,
    }
    schema, count = pyarrow.schema(list(types.items())), 0
    with parquet.ParquetWriter(file, schema) as writer:
        rows = (cells(entry) | _lists(entry) for entry in entries)
        while page := list(islice(rows, _PAGE)):
            writer.write_table(pyarrow.Table.from_pylist(page, schema))
            count += len(page)
    return count


def _record(entry: IndexEntry) -> dict[str, Any]:
    """A row for JSON: paths as they are, bytes that are no text as lone surrogates."""
    paths = {"path": str(entry.photo.path), "sidecar": None if entry.sidecar is None else str(entry.sidecar)}
    return cells(entry) | _lists(entry) | paths


def _lists(entry: IndexEntry) -> dict[str, Any]:
    caption = entry.caption
    return {
        "tags": [_text(tag.label) for tag in caption.tags],
        "tag_scores": [round(tag.score, 3) for tag in caption.tags],
        "alternatives": [_text(other.text) for other in caption.alternatives],
    }


def _text(text: str) -> str:
    return output.printable(text)
