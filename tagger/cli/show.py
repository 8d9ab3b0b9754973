"""``tagger show``: what the index knows of one photo, and what is in the file."""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.main import make_parser
from tagger.cli.one_photo import one_photo, only
from tagger.core.records import IndexEntry, PhotoMetadata


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    found = one_photo(options.photo)
    root = bootstrap.existing_root(found.path)
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        entry = library.index.get(found.path)
        with only(options.photo):
            metadata = library.writer.read(found)
    rows = _rows(metadata, entry)
    if options.json:
        print(json.dumps(rows))
    else:
        for name, value in rows.items():
            text = ", ".join(value) if isinstance(value, list) else str(value)
            print(f"{name:<16} {output.printable(text)}")
    return 0


def _rows(metadata: PhotoMetadata, entry: IndexEntry | None) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "path": str(metadata.photo.path),
        "size": f"{metadata.width} x {metadata.height}",
        "identity": metadata.identity,
        "taken": metadata.taken_at or "",
        "in the file": metadata.description,
        "keywords": list(metadata.keywords),
    }
    if provenance := metadata.provenance:
        rows |= {"written by": f"{provenance.model}, run {provenance.run}", "state": str(provenance.state)}
    if entry is None:
        return rows | {"in the index": "no"}
    rows |= {
        "caption": entry.caption.text,
        "log-probability": None if math.isnan(entry.caption.log_probability) else entry.caption.log_probability,
        "score": None if math.isnan(entry.caption.score) else round(entry.caption.score, 4),
        "tags": [f"{tag.label} {tag.score:.2f}" for tag in entry.caption.tags],
        "alternatives": [other.text for other in entry.caption.alternatives],
        "model": entry.model,
        "captioned at": entry.captioned_at,
    }
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("show", "What the index knows of one photo, and what is in the file.")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="a photo of a library")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser
