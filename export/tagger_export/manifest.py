"""Changing what a bundle folder holds: its manifest always has the SHA-256 of every other file."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tagger.captioning.bundle import MANIFEST, MODEL_CARD


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``bundle.json`` with the SHA-256 of every other file in the folder."""
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }
    content = {**manifest, "files": digests}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def add_model_card(folder: Path, card: str, provenance: Mapping[str, Any]) -> None:
    """Put the card into a finished bundle, and what was measured into its manifest."""
    manifest = _read_manifest(folder)
    manifest["provenance"] |= provenance
    (folder / MODEL_CARD).write_text(card, encoding="utf-8")
    write_manifest(folder, manifest)


def replace_graphs(folder: Path, graphs: Mapping[str, bytes], precision: str) -> None:
    """Put other forms of graphs into a bundle folder, and their precision and size in bytes into its manifest."""
    manifest = _read_manifest(folder)
    for file, content in graphs.items():
        (folder / file).write_bytes(content)
        manifest["graphs"][file] |= {"precision": precision, "bytes": len(content)}
    write_manifest(folder, manifest)


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest
