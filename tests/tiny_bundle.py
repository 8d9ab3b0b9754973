"""A complete model bundle of a few kilobytes that says which colour a photo has. No training, no TensorFlow.

The encoder is the mean colour; the decoder is a Markov chain over words whose choice of colour depends on the photo
(state ``photo``) and that grows readier to end the longer it talks (state ``said``). It loves to repeat itself
("a red photo of a red photo of ..."), so that the rules against that have something to do.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIZE = 16
VOCABULARY = (
    "<pad>", "<start>", "<end>", "<unk>", "a", "red", "green", "blue", "grey", "photo", "wall", "sky", "of",
)  # fmt: skip
TAGS = "label\tthreshold\tparents\tsynonyms\n" + "".join(
    f"{label}\t{threshold}\t{parents}\t\n"
    for label, threshold, parents in (
        ("colour", 1.1, ""),
        ("warm", 1.1, "colour"),
        ("cold", 1.1, "colour"),
        ("red", 0.5, "warm;colour"),
        ("green", 0.5, "colour"),
        ("blue", 0.5, "cold;colour"),
    )
)
COLOURS = {"red": (200, 20, 30), "green": (20, 190, 40), "blue": (15, 30, 210), "grey": (128, 128, 128)}
# From the mean colour to how much each word is favoured after "a", and to the scores of the tags.
_COLOUR_WORDS = {"red": (14, -7, -7), "green": (-7, 14, -7), "blue": (-7, -7, 14), "grey": (0, 0, 0)}
_TAG_WEIGHTS = ((0, 0, 0), (9, -9, 0), (-9, 0, 9), (9, -9, -9), (-9, 9, -9), (-9, -9, 9))
_NEXT_WORDS: dict[str, dict[str, float]] = {
    "<start>": {"a": 6, "red": 1, "grey": 1, "photo": 2, "<end>": 3},
    "a": {"red": 2, "green": 2, "blue": 2, "grey": 3.5, "photo": 1},
    **{word: {"photo": 5, "wall": 3.5, "sky": 3, "<end>": 1} for word in COLOURS},
    "photo": {"of": 4, "<end>": 3.5, "<unk>": 5, "<pad>": 5, "<start>": 5},
    **{word: {"of": 2, "<end>": 4} for word in ("wall", "sky")},
    "of": {"a": 5, "red": 1, "photo": 2},
}


def write_bundle(folder: Path, *, version: str = "1", **changes: Any) -> Path:
    """Write the bundle into a new folder. ``changes`` replace parts of the manifest (dicts are merged)."""
    folder.mkdir(parents=True)
    contents: dict[str, bytes] = {
        "encoder_model.onnx": encoder(),
        "decoder_start.onnx": decoder_start(),
        "decoder_step.onnx": decoder_step(),
        "tag_model.onnx": tag_model(),
        "vocabulary.txt": "".join(f"{word}\n" for word in VOCABULARY).encode(),
        "tags.tsv": TAGS.encode(),
        "MODEL_CARD.md": b"# Tiny\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    manifest: dict[str, Any] = {
        "format": 1,
        "name": "tiny",
        "version": version,
        "architecture": "markov",
        "image": {"size": SIZE, "resize": "squash", "color_order": "RGB", "scale": 1 / 255}
        | {"mean": [0, 0, 0], "std": [1, 1, 1]},
        "text": {"padding": 0, "start": 1, "end": 2, "unknown": 3, "max_length": 12, "case": "sentence"},
        "generation": {"beam_width": 3, "length_penalty": 0.7, "no_repeat_ngram": 3},
        "graphs": {},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        "tags": {"count": 6},
        "provenance": {"seed": 0},
    }
    for key, value in changes.items():
        manifest[key] = manifest[key] | value if isinstance(value, dict) else value
    write_manifest(folder, manifest)
    return folder


def write_bundle_of_two(folder: Path, candidates: Mapping[str, Any], **step: Any) -> Path:
    """Write the bundle with a second decoder, which is fond of walls, and with ``candidates`` to choose among."""
    write_bundle(folder, generation={"candidates": candidates})
    contents = {
        "decoder_start_2.onnx": decoder_start(),
        "decoder_step_2.onnx": decoder_step(**({"fond_of": "wall"} | step)),
        "reranker.json": b'{"format": 1, "qualities": {}}',
    }
    for name, content in contents.items():
        replace_file(folder, name, content)
    return folder


def read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "bundle.json").read_text())
    return manifest


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    (folder / "bundle.json").write_text(json.dumps(manifest))


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Put another file into the bundle, its hash into the manifest: damaged by its maker, not on the way."""
    (folder / name).write_bytes(content)
    manifest = read_manifest(folder)
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    write_manifest(folder, manifest)


def zipped(folder: Path, target: Path, *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(target, "w", compression) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return target


def encoder(*, size: int | str = SIZE) -> bytes:
    """``pooled`` is the mean colour; the grid has one place."""
    return graph(
        [
            helper.make_node("ReduceMean", ["pixel_values", "axes"], ["pooled"], keepdims=0),
            helper.make_node("Unsqueeze", ["pooled", "one"], ["encoder_hidden_states"]),
        ],
        {"pixel_values": ("N", size, size, 3)},
        {"encoder_hidden_states": ("N", 1, 3), "pooled": ("N", 3)},
        {"axes": np.array([1, 2]), "one": np.array([1])},
    )


def decoder_start(*, width: int = 3, state: str = "state.photo") -> bytes:
    return graph(
        [
            helper.make_node("Identity", ["pooled"], [state]),
            helper.make_node("ReduceSum", ["pooled", "axes"], ["sum"], keepdims=1),
            helper.make_node("Mul", ["sum", "zero"], ["state.said"]),
        ],
        {"pooled": ("N", width)},
        {state: ("N", width), "state.said": ("N", 1)},
        {"axes": np.array([1]), "zero": np.zeros(1, np.float32)},
    )


def decoder_step(*, vocabulary: Sequence[str] = VOCABULARY, fond_of: str = "") -> bytes:
    """A step graph; one that is ``fond_of`` a word says it more often than others do."""
    count = len(vocabulary)
    index = {word: i for i, word in enumerate(vocabulary)}
    following = np.full((count, count), -6, np.float32)
    for word, weights in _NEXT_WORDS.items():
        for other, weight in weights.items():
            following[index[word], index[other]] = weight + 3 * (other == fond_of)
    colours = np.zeros((3, count), np.float32)
    for word, weight in _COLOUR_WORDS.items():
        colours[:, index[word]] = weight
    gate = np.zeros((count, 1), np.float32)
    gate[index["a"]] = 1
    ending = np.zeros((1, count), np.float32)
    ending[0, index["<end>"]] = 0.4
    return graph(
        [
            helper.make_node("Gather", ["following", "input_ids"], ["markov"]),
            helper.make_node("Gather", ["gate", "input_ids"], ["open"]),
            helper.make_node("MatMul", ["state.photo", "colours"], ["seen"]),
            helper.make_node("Mul", ["open", "seen"], ["coloured"]),
            helper.make_node("MatMul", ["state.said", "ending"], ["tired"]),
            helper.make_node("Add", ["markov", "coloured"], ["both"]),
            helper.make_node("Add", ["both", "tired"], ["logits"]),
            helper.make_node("Identity", ["state.photo"], ["next.state.photo"]),
            helper.make_node("Add", ["state.said", "one"], ["next.state.said"]),
        ],
        {"input_ids": ("N",), "state.photo": ("N", 3), "state.said": ("N", 1)},
        {"logits": ("N", count), "next.state.photo": ("N", 3), "next.state.said": ("N", 1)},
        {"following": following, "gate": gate, "colours": colours, "ending": ending, "one": np.ones(1, np.float32)},
    )


def tag_model(*, labels: int = 6) -> bytes:
    return graph(
        [
            helper.make_node("MatMul", ["pooled", "weights"], ["raw"]),
            helper.make_node("Sigmoid", ["raw"], ["tag_scores"]),
        ],
        {"pooled": ("N", 3)},
        {"tag_scores": ("N", labels)},
        {"weights": np.array(_TAG_WEIGHTS[:labels], np.float32).T.copy()},
    )


def graph(
    nodes: Sequence[Any],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Mapping[str, Sequence[int | str]],
    constants: Mapping[str, NDArray[Any]],
) -> bytes:
    """A serialized ONNX model; ``input_ids`` is int64, everything else float32."""

    def value(name: str, shape: Sequence[int | str]) -> Any:
        kind = TensorProto.INT64 if name == "input_ids" else TensorProto.FLOAT
        return helper.make_tensor_value_info(name, kind, list(shape))

    made = helper.make_graph(
        list(nodes),
        "tiny",
        [value(*item) for item in inputs.items()],
        [value(*item) for item in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content
