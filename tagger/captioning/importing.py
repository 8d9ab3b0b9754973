"""The usual ONNX export of a captioner -> a bundle that runs here, with the tags of one of ours.

Nothing of the export is executed while it is read; weights that lie beside a graph (ONNX external data) are taken into
it, from within the export's folder only. Knows ONNX's file format, by the onnx package; knows no command line.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tagger
from tagger.captioning.bundle import IMPORTED_FORMAT, MANIFEST, MODEL_CARD, TAGS, Bundle, load_bundle
from tagger.captioning.hub import TOKENIZER
from tagger.captioning.hub_folder import HubFolder, inside
from tagger.core.errors import BundleError, RunError

if TYPE_CHECKING:
    from tagger.captioning.captioner import OnnxCaptioner

SUFFIX = ".taggerbundle"
_MAX_GRAPH_BYTES = (2 << 30) - (1 << 20)  # what one message of protocol buffers holds, and a little air
_OURS = ("encoder_model.onnx", "tag_model.onnx", TAGS)
_INSTALL = "pip install 'tagger-photos[hub]'"


def import_bundle(
    found: HubFolder,
    target: Path,
    *,
    name: str,
    tags_from: Bundle,
    told: Callable[[str], object] = lambda _: None,
) -> Bundle:
    """Write the bundle ``target``, a folder or, by its name, a ``.taggerbundle`` file; it appears whole or not at all.

    ``tags_from`` gives the tags. ``told`` hears of each step. The bundle has captioned a picture before it appears.
    Raises RunError where the export cannot be used or the bundle not be written, BundleError where it does not run.
    """
    if os.path.lexists(target):
        raise RunError(f"{target} exists already", "choose another place with --out, or remove it")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as temporary:
            made = Path(temporary) / "bundle"
            made.mkdir()
            _write(found, made, name, tags_from, told)
            told("captioning a picture with it")
            try_out(load_bundle(made))
            if target.suffix == SUFFIX:
                made = _zipped(made, Path(temporary) / target.name)
            made.rename(target)
    except BundleError as error:
        # The bundle is only being made: what is wrong is wrong in the folder.
        cause = re.sub(r"bundle \S*/\.new-[^/]+/bundle: ", f"{found.folder}: ", error.cause)
        raise BundleError(cause, error.hint) from error
    except OSError as error:
        raise RunError(f"cannot write {target}: {error.strerror}", "choose another place with --out") from error
    return load_bundle(target)


def try_out(bundle: Bundle) -> "tuple[OnnxCaptioner, str]":
    """Load a bundle and have it caption a picture of noise. Returns the captioner and what it said."""
    import numpy as np

    from tagger.captioning.image import preprocess
    from tagger.captioning.opening import open_captioner

    captioner = open_captioner(bundle, threads=2)
    size = bundle.image.size
    noise = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), dtype=np.uint8)
    return captioner, captioner.generate(list(preprocess(noise, bundle.image)))[0].text


def _write(found: HubFolder, made: Path, name: str, tags_from: Bundle, told: Callable[[str], object]) -> None:
    """Fill the new folder ``made`` with graphs, words, tags, card and manifest."""
    for file, source in found.graphs.items():
        told(f"reading {source}")
        (made / file).write_bytes(_whole_graph(found.folder, source))
    (made / TOKENIZER).write_bytes(inside(found.folder, found.tokenizer).read_bytes())
    ours = _OURS if tags_from.tags else ()
    for file in ours:
        (made / file).write_bytes(tags_from.read(file))
    (made / MODEL_CARD).write_text(_card(found, name, tags_from), encoding="utf-8")
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(made.iterdir())}
    record = _manifest(found, name, tags_from, files)
    for graph in (*found.graphs, *(file for file in ours if file.endswith(".onnx"))):
        record["graphs"][graph] = {"bytes": (made / graph).stat().st_size} | (
            {"precision": tags_from.graphs.get(graph, {}).get("precision", "")} if graph in ours else {}
        )
    version = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:8]
    (made / MANIFEST).write_text(json.dumps({**record, "version": version}, indent=1), encoding="utf-8")


def _manifest(found: HubFolder, name: str, tags_from: Bundle, files: dict[str, str]) -> dict[str, Any]:
    imported: dict[str, Any] = {"model_type": found.model_type, "layout": found.layout}
    if tags_from.tags:
        imported["tag_image"] = asdict(tags_from.imported.tag_image if tags_from.imported else tags_from.image)  # type: ignore[arg-type]
    rules = found.rules
    return {
        "format": IMPORTED_FORMAT,
        "name": name,
        "architecture": found.model_type,
        "image": asdict(found.image),
        "text": {
            "padding": found.padding,
            "start": rules.start,
            "end": rules.ends[0],
            "unknown": found.padding,
            "max_length": rules.max_length - 1,
            "case": "lower",
        },
        "generation": {
            "beam_width": found.beam_width,
            "length_penalty": found.length_penalty,
            "no_repeat_ngram": rules.no_repeat_ngram,
            "rules": rules.record,
        },
        "imported": imported,
        "graphs": {},
        "tags": dict(tags_from.tags),
        "provenance": {
            "tagger": tagger.__version__,
            "imported": found.folder.resolve().name,
            "tags_from": tags_from.model_id if tags_from.tags else "",
        },
        "files": files,
    }


def _card(found: HubFolder, name: str, tags_from: Bundle) -> str:
    tags = f"the bundle {tags_from.model_id}" if tags_from.tags else "nothing: it gives none"
    own = f"What came with the model says:\n\n{found.card}" if found.card else "Nothing came with the model that says."
    return (
        f"# {name}\n\nA captioner that was trained elsewhere ({found.model_type}), imported by tagger "
        f"{tagger.__version__}.\nIts captions are its own; its tags come from {tags}.\n"
        f"Whether you may use it, and for what, is for its licence to say.\n\n{own}\n"
    )


def _whole_graph(folder: Path, path: Path) -> bytes:
    """A graph with all its weights in it. Raises RunError."""
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise RunError("importing needs the package onnx, which is not installed", _INSTALL) from error
    real = inside(folder, path)
    if real.stat().st_size > _MAX_GRAPH_BYTES:
        raise RunError(f"{path} is larger than 2 GiB", "export it in float16 or int8")
    content = real.read_bytes()
    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as error:
        raise RunError(f"{path} is not an ONNX graph", "export the model again") from error
    outside = [tensor for tensor in _tensors(model) if tensor.data_location == onnx.TensorProto.EXTERNAL]
    if not outside:
        return content
    total = len(content)
    for tensor in outside:
        weights = _external(folder, path, {entry.key: entry.value for entry in tensor.external_data})
        total += len(weights)
        if total > _MAX_GRAPH_BYTES:
            raise RunError(f"{path} and its weights are larger than 2 GiB", "export it in float16 or int8")
        tensor.raw_data = weights
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]
    whole: bytes = model.SerializeToString()
    return whole


def _external(folder: Path, graph: Path, said: dict[str, str]) -> bytes:
    """The weights that a graph keeps beside it, as ``said`` in its ``external_data``."""
    location = said.get("location", "")
    if not location or "\0" in location or Path(location).is_absolute() or ".." in re.split(r"[/\\]", location):
        raise RunError(f"{graph} keeps weights in {location!r}, which leaves its folder", "do not use this model")
    path = inside(folder, graph.parent / location)
    try:
        offset, length = int(said.get("offset", 0)), int(said.get("length", path.stat().st_size))
    except ValueError as error:
        raise RunError(f"{graph} does not say where in {location} its weights are", "export it again") from error
    if offset < 0 or length < 0 or offset + length > path.stat().st_size:
        raise RunError(f"{graph}: {location} is shorter than the graph says", "get the model again")
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _tensors(model: Any) -> Iterator[Any]:
    """Every tensor with weights in a model, those of graphs in graphs and of functions too."""
    yield from _of_graph(model.graph)
    for function in model.functions:
        yield from _of_nodes(function.node)


def _of_graph(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    yield from _of_nodes(graph.node)


def _of_nodes(nodes: Iterable[Any]) -> Iterator[Any]:
    for node in nodes:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            if attribute.HasField("g"):
                yield from _of_graph(attribute.g)
            for graph in attribute.graphs:
                yield from _of_graph(graph)


def _zipped(folder: Path, target: Path) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    with suppress(OSError):
        shutil.rmtree(folder)
    return target
