"""The usual ONNX export of a captioner, of a few kilobytes: the Markov chain of tiny_bundle under the hub's names.

The colour of the photo reaches the later steps through ``past_key_values.0.encoder.key`` alone, and readiness to end
grows with the length of ``past_key_values.0.decoder.key``: a past that is lost or mixed up changes the captions.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tiny_bundle import _COLOUR_WORDS, _NEXT_WORDS, VOCABULARY

SIZE = 16
COUNT = len(VOCABULARY)
_PAST = ("past_key_values.0.decoder.key", "past_key_values.0.encoder.key")
_PRESENT = ("present.0.decoder.key", "present.0.encoder.key")
LAYOUTS = ("plain", "with_past", "merged")


def write_export(folder: Path, *, layout: str = "with_past", below: str = "", **changes: Any) -> Path:
    """Write the export into a new folder, graphs ``below`` it; ``changes`` go into its JSON files by their stems."""
    graphs = folder / below
    graphs.mkdir(parents=True)
    (graphs / "encoder_model.onnx").write_bytes(encoder())
    for name, content in {
        "plain": {"decoder_model": decoder(past=False, presents=False)},
        "with_past": {"decoder_model": decoder(past=False), "decoder_with_past_model": decoder(past=True)},
        "merged": {"decoder_model_merged": merged()},
    }[layout].items():
        (graphs / f"{name}.onnx").write_bytes(content)
    files: dict[str, dict[str, Any]] = {
        "config": {"model_type": "vision-encoder-decoder", "decoder": {"model_type": "gpt2"}},
        "generation_config": {
            "decoder_start_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "max_length": 12, "num_beams": 3,
            "suppress_tokens": [0, 1, 3],
        },
        "preprocessor_config": {
            "image_processor_type": "ViTImageProcessor", "size": {"height": SIZE, "width": SIZE}, "resample": 3,
            "image_mean": [0, 0, 0], "image_std": [1, 1, 1],
        },
        "tokenizer": tokenizer(),
    }  # fmt: skip
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content | changes.get(name, {})))
    (folder / "README.md").write_text("# Tiny captioner\n\nLicence: none\n")
    return folder


def tokenizer() -> dict[str, Any]:
    special = [
        {"id": i, "content": VOCABULARY[i], "single_word": False, "lstrip": False, "rstrip": False}
        | {"normalized": False, "special": True}
        for i in range(4)
    ]
    model = {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(VOCABULARY)}, "unk_token": "<unk>"}
    parts = dict.fromkeys(("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder"))
    return {"version": "1.0", "added_tokens": special, "model": model} | parts


def encoder() -> bytes:
    """The mean colour of photos (N, 3, H, W) as one place."""
    node = helper.make_node("ReduceMean", ["pixel_values", "axes"], ["mean"], keepdims=0)
    made = helper.make_node("Unsqueeze", ["mean", "one"], ["last_hidden_state"])
    return _model(
        [node, made],
        [_value("pixel_values", ("N", 3, "H", "W"))],
        [_value("last_hidden_state", ("N", 1, 3))],
        {"axes": np.array([2, 3]), "one": np.array([1])},
    )


def decoder(*, past: bool, presents: bool = True) -> bytes:
    inputs = [_value("input_ids", ("N", "L"), TensorProto.INT64)]
    inputs += _pasts() if past else [_value("encoder_hidden_states", ("N", 1, 3))]
    outputs = [_value("logits", ("N", "L", COUNT))]
    outputs += [_value(_PRESENT[0], ("N", 1, "P", 1))] if presents else []
    outputs += [_value(_PRESENT[1], ("N", 1, 1, 3))] if presents and not past else []
    return _model(_nodes(past=past), inputs, outputs, _constants())


def merged() -> bytes:
    """Both steps in one graph, as optimum merges them: the second does not give the photo's past again."""
    outputs = [_value("logits", ("N", "L", COUNT)), _value(_PRESENT[0], ("N", 1, "P", 1))]
    outputs.append(_value(_PRESENT[1], ("M", 1, 1, 3)))
    empty = helper.make_node("Identity", ["empty"], [_PRESENT[1]])
    branches = {
        "then_branch": helper.make_graph([*_nodes(past=True, prefix="t."), empty], "then", [], outputs),
        "else_branch": helper.make_graph(_nodes(past=False, prefix="e."), "else", [], outputs),
    }
    inputs = [
        _value("input_ids", ("N", "L"), TensorProto.INT64),
        _value("encoder_hidden_states", ("N", 1, 3)),
        *_pasts(),
        _value("use_cache_branch", (1,), TensorProto.BOOL),
    ]
    node = helper.make_node("If", ["use_cache_branch"], ["logits", *_PRESENT], **branches)
    return _model([node], inputs, outputs, _constants() | {"empty": np.zeros((0, 1, 1, 3), np.float32)})


def outside(content: bytes, location: str, folder: Path) -> bytes:
    """The same graph with its largest weights in a file beside it."""
    model = onnx.load_model_from_string(content)
    tensor = next(each for each in model.graph.initializer if each.name == "following")
    weights = numpy_helper.to_array(tensor).tobytes()
    tensor.ClearField("raw_data")
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "8"), ("length", str(len(weights)))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    if folder.is_dir():
        (folder / location).write_bytes(b"\0" * 8 + weights)
    changed: bytes = model.SerializeToString()
    return changed


def _nodes(*, past: bool, prefix: str = "") -> list[Any]:
    hidden = f"{prefix}hidden" if past else "encoder_hidden_states"
    ids = "input_ids"

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> Any:
        return helper.make_node(kind, inputs, [output], **attributes)

    p = prefix
    nodes = [node("Squeeze", [_PAST[1], "one"], hidden)] if past else []
    nodes += [
        node("Cast", [ids], f"{p}said", to=TensorProto.FLOAT),
        node("Unsqueeze", [f"{p}said", "around"], f"{p}new"),
        node("Concat", [_PAST[0], f"{p}new"], _PRESENT[0], axis=2)
        if past
        else node("Identity", [f"{p}new"], _PRESENT[0]),
        node("Gather", ["following", ids], f"{p}markov"),
        node("Gather", ["gate", ids], f"{p}open"),
        node("MatMul", [hidden, "colours"], f"{p}seen"),
        node("Mul", [f"{p}open", f"{p}seen"], f"{p}coloured"),
        node("Shape", [_PRESENT[0]], f"{p}length", start=2, end=3),
        node("Cast", [f"{p}length"], f"{p}long", to=TensorProto.FLOAT),
        node("Mul", [f"{p}long", "ending"], f"{p}tired"),
        node("Add", [f"{p}markov", f"{p}coloured"], f"{p}both"),
        node("Add", [f"{p}both", f"{p}tired"], "logits"),
    ]
    return nodes if past else [*nodes, node("Unsqueeze", [hidden, "one"], _PRESENT[1])]


def _constants() -> dict[str, Any]:
    index = {word: i for i, word in enumerate(VOCABULARY)}
    following = np.full((COUNT, COUNT), -6, np.float32)
    for word, weights in _NEXT_WORDS.items():
        for other, weight in weights.items():
            following[index[word], index[other]] = weight
    colours = np.zeros((3, COUNT), np.float32)
    for word, weight in _COLOUR_WORDS.items():
        colours[:, index[word]] = weight
    gate = np.zeros((COUNT, 1), np.float32)
    gate[index["a"]] = 1
    ending = np.zeros(COUNT, np.float32)
    ending[index["<end>"]] = 0.4
    shapes = {"one": np.array([1]), "around": np.array([1, 3])}
    return {"following": following, "colours": colours, "gate": gate, "ending": ending} | shapes


def _pasts() -> list[Any]:
    return [_value(_PAST[0], ("N", 1, "P", 1)), _value(_PAST[1], ("N", 1, 1, 3))]


def _value(name: str, shape: tuple[int | str, ...], kind: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor_value_info(name, kind, list(shape))


def _model(nodes: list[Any], inputs: list[Any], outputs: list[Any], constants: dict[str, Any]) -> bytes:
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    made = helper.make_graph(nodes, "tiny", inputs, outputs, tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    content: bytes = model.SerializeToString()
    return content
