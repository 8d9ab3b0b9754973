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


def add_graphs(folder: Path, graphs: Mapping[str, bytes], entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Put further graphs into a bundle folder, and what is said of each into its manifest."""
    manifest = _read_manifest(folder)
    for file, content in graphs.items():
        (folder / file).write_bytes(content)
        manifest["graphs"][file] = {**entries[file], "bytes": len(content)}
    write_manifest(folder, manifest)


def learned_to_choose(
    folder: Path, files: Mapping[str, bytes], generation: Mapping[str, Any], provenance: Mapping[str, Any]
) -> None:
    """Put files into a bundle folder, and what goes with them into its manifest."""
    manifest = _read_manifest(folder)
    for name, content in files.items():
        (folder / name).write_bytes(content)
        if name.endswith(".onnx"):
            precision = "int8" if b"MatMulInteger" in content else "float32"
            manifest["graphs"][name] = {"precision": precision, "bytes": len(content)}
    manifest["generation"] |= generation
    manifest["provenance"] |= provenance
    write_manifest(folder, manifest)


def replace_section(folder: Path, section: str) -> None:
    """Put a section, whose first line is its heading, into the model card, in the place of one with that heading."""
    manifest, path = _read_manifest(folder), folder / MODEL_CARD
    card = path.read_text(encoding="utf-8") if path.exists() else ""
    heading = section.partition("\n")[0]
    before, found, rest = card.partition(heading + "\n")
    _, following, after = rest.partition("\n## ") if found else ("", "", "")
    card = before.rstrip("\n") + "\n\n" + section + (f"\n## {after}" if following else "")
    path.write_text(card.lstrip("\n"), encoding="utf-8")
    write_manifest(folder, manifest)


def _read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest
