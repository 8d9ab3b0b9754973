"""The bytes of an ONNX graph: as much of the format as it takes to put a learned part behind a tag model.

A graph is a message of protocol buffers: numbered fields, one after the other. What is not understood here stays as it
is, byte for byte. Sources: protobuf.dev, "Encoding"; onnx.proto (numbers of fields and types). Needs no package, runs
no graph, and knows nothing of tags but the name of their tensor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.core.errors import BundleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

POOLED, SCORES = "pooled", "tag_scores"
_GRAPH = 7  # of a model
_NODE, _INITIALIZER, _OUTPUT = 1, 5, 12  # of a graph
_NODE_INPUT, _NODE_OUTPUT = 1, 2
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_FLOAT, _INT64, _BOOL = 1, 7, 9
_TYPES = {"float32": _FLOAT, "int64": _INT64, "bool": _BOOL}
ALMOST = 1e-4
"""Probabilities nearer to 0 or 1 than this have the logit of this."""


@dataclass(frozen=True, slots=True)
class TagExtension:
    """What was learned on R = P + T numbers of a photo: the signed square roots of its pooled features, the logits of
    the labels that are there; ``mean`` is taken off, and what is left divided by ``deviation`` (R,).

    Labels at the positions ``changed`` (M,) get ``shift`` (R, M) and ``shift_bias`` (M,) added to their logits; all
    others stay exactly what they are. K new labels follow those that are there: ``weights`` (R, K), ``bias`` (K,).
    """

    mean: "NDArray[np.float32]"
    deviation: "NDArray[np.float32]"
    changed: "NDArray[np.int64]"
    shift: "NDArray[np.float32]"
    shift_bias: "NDArray[np.float32]"
    weights: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"


def logits_of(scores: "NDArray[np.floating[Any]]") -> "NDArray[np.float64]":
    """Logits of probabilities, those next to 0 and 1 cut off."""
    inner = np.clip(np.asarray(scores, np.float64), ALMOST, 1 - ALMOST)
    return np.asarray(np.log(inner / (1 - inner)), np.float64)


def numbers_of(pooled: "NDArray[np.float32]", scores: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """What an extension reads of photos, from pooled features (N, P) and scores (N, T): (N, R), not yet equalised."""
    roots = np.sign(pooled) * np.sqrt(np.abs(pooled.astype(np.float64)))
    return np.concatenate([roots, logits_of(scores)], axis=1)


def extend_tag_model(content: bytes, extension: TagExtension, labels: int, *, name: str) -> bytes:
    """A tag model of ``labels`` labels with the extension behind it; ``name`` is the graph's, for messages.

    Raises BundleError for bytes that are no such graph.
    """
    try:
        prefix = _free_prefix(content)
        fields = list(_fields(content))
        if [number for number, _, _ in fields].count(_GRAPH) != 1:
            raise ValueError("it has no graph")
        made = b"".join(
            _field(_GRAPH, _extended(value, extension, labels, prefix)) if number == _GRAPH else raw
            for number, value, raw in fields
        )
    except (ValueError, IndexError) as error:
        raise BundleError(f"{name} cannot be extended: {error}", "get the bundle again") from error
    return made


def _extended(graph: bytes, extension: TagExtension, labels: int, prefix: str) -> bytes:
    shipped = f"{prefix}shipped"
    kept, found = bytearray(), False
    for number, value, raw in _fields(graph):
        if number == _NODE:
            node, renamed = _renamed(value, SCORES, shipped)
            found |= renamed
            kept += _field(_NODE, node)
        elif number != _OUTPUT:
            kept += raw
    if not found:
        raise ValueError(f"none of its nodes gives {SCORES}")
    nodes, constants = _parts(extension, labels, prefix, shipped)
    added = [_field(_NODE, _node(*node)) for node in nodes]
    added += [_field(_INITIALIZER, _tensor(prefix + key, values)) for key, values in constants.items()]
    total = labels + extension.weights.shape[1]
    return bytes(kept) + b"".join(added) + _field(_OUTPUT, _value(SCORES, total))


def _parts(
    extension: TagExtension, labels: int, prefix: str, shipped: str
) -> "tuple[list[tuple[str, list[str], str, dict[str, int]]], dict[str, NDArray[Any]]]":
    """Nodes (operator, inputs, output, attributes) and constants."""
    e, p = extension, prefix
    constants: dict[str, NDArray[Any]] = {"mean": e.mean, "deviation": e.deviation, "one": np.ones(1, np.float32)}
    constants |= {"least": np.array(ALMOST, np.float32), "most": np.array(1 - ALMOST, np.float32)}
    nodes: list[tuple[str, list[str], str, dict[str, int]]] = [
        ("Abs", [POOLED], p + "size", {}),
        ("Sqrt", [p + "size"], p + "root", {}),
        ("Sign", [POOLED], p + "sign", {}),
        ("Mul", [p + "sign", p + "root"], p + "signed", {}),
        ("Clip", [shipped, p + "least", p + "most"], p + "inner", {}),
        ("Sub", [p + "one", p + "inner"], p + "rest", {}),
        ("Div", [p + "inner", p + "rest"], p + "odds", {}),
        ("Log", [p + "odds"], p + "logits", {}),
        ("Concat", [p + "signed", p + "logits"], p + "numbers", {"axis": 1}),
        ("Sub", [p + "numbers", p + "mean"], p + "centred", {}),
        ("Div", [p + "centred", p + "deviation"], p + "read", {}),
    ]
    scores = shipped
    if len(e.changed):
        place = np.zeros((len(e.changed), labels), np.float32)
        place[np.arange(len(e.changed)), e.changed] = 1
        constants |= {"shift": e.shift, "shift_bias": e.shift_bias, "place": place}
        constants["changed"] = place.sum(axis=0, keepdims=True) > 0
        nodes += [
            ("MatMul", [p + "read", p + "shift"], p + "product", {}),
            ("Add", [p + "product", p + "shift_bias"], p + "added", {}),
            ("MatMul", [p + "added", p + "place"], p + "wide", {}),
            ("Add", [p + "logits", p + "wide"], p + "moved", {}),
            ("Sigmoid", [p + "moved"], p + "shifted", {}),
            ("Where", [p + "changed", p + "shifted", shipped], p + "known", {}),
        ]
        scores = p + "known"
    if e.weights.shape[1]:
        constants |= {"weights": e.weights, "bias": e.bias}
        nodes += [
            ("MatMul", [p + "read", p + "weights"], p + "own", {}),
            ("Add", [p + "own", p + "bias"], p + "own_logits", {}),
            ("Sigmoid", [p + "own_logits"], p + "new", {}),
            ("Concat", [scores, p + "new"], SCORES, {"axis": 1}),
        ]
    else:
        nodes.append(("Identity", [scores], SCORES, {}))
    return nodes, constants


def _free_prefix(content: bytes) -> str:
    """A beginning of names that no name in the graph has: a tag model may be extended again."""
    return next(name for n in range(1, 1000) if (name := f"learned{n}.").encode() not in content)


def _renamed(node: bytes, old: str, new: str) -> tuple[bytes, bool]:
    """A node whose inputs and outputs called ``old`` are called ``new``, and whether it gives it."""
    made, gives = bytearray(), False
    for number, value, raw in _fields(node):
        if number in (_NODE_INPUT, _NODE_OUTPUT) and value == old.encode():
            made += _field(number, new.encode())
            gives |= number == _NODE_OUTPUT
        else:
            made += raw
    return bytes(made), gives


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, content (of fields that hold bytes; else empty) and raw bytes of every field. Raises ValueError."""
    at = 0
    while at < len(message):
        start = at
        key, at = _read_varint(message, at)
        number, kind = key >> 3, key & 7
        value = b""
        if kind == _VARINT:
            _, at = _read_varint(message, at)
        elif kind in (_EIGHT, _FOUR):
            at += 8 if kind == _EIGHT else 4
        elif kind == _BYTES:
            length, at = _read_varint(message, at)
            value = message[at : at + length]
            at += length
        else:
            raise ValueError("it is not an ONNX graph")
        if at > len(message):
            raise ValueError("it is cut off")
        yield number, value, message[start:at]


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("it is cut off")
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def _field(number: int, content: "bytes | int") -> bytes:
    if isinstance(content, int):
        return _varint(number << 3 | _VARINT) + _varint(content)
    return _varint(number << 3 | _BYTES) + _varint(len(content)) + content


def _node(operator: str, inputs: Sequence[str], output: str, attributes: dict[str, int]) -> bytes:
    made = b"".join(_field(_NODE_INPUT, name.encode()) for name in inputs)
    made += _field(_NODE_OUTPUT, output.encode()) + _field(4, operator.encode())
    for name, value in attributes.items():  # AttributeProto: name 1, i 3, type 20 (INT is 2)
        made += _field(5, _field(1, name.encode()) + _field(3, value) + _field(20, 2))
    return made


def _tensor(name: str, values: "NDArray[Any]") -> bytes:
    """TensorProto: dims 1, data_type 2, name 8, raw_data 9, which is little-endian."""
    dims = b"".join(_field(1, int(size)) for size in values.shape)
    raw = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    return dims + _field(2, _TYPES[values.dtype.name]) + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, width: int) -> bytes:
    """ValueInfoProto of float32 (N, width)."""
    shape = _field(1, _field(2, b"N")) + _field(1, _field(1, width))
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, _FLOAT) + _field(2, shape)))
