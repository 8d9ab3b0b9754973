"""Keras models -> ONNX graphs with the names, axes and opset of a bundle. Knows no files."""

import math
import os
from collections.abc import Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.core.errors import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET = 18  # the newest that tf2onnx writes
OPSETS = range(13, OPSET + 1)  # int8 with a scale per channel begins at 13
LARGE = 64 << 20  # bytes of a dense layer's weights; tf2onnx copies what it holds a dozen times (VGG16: 24 GB and more)


def to_onnx(
    model: Any,
    inputs: Mapping[str, tuple[tuple[int | None, ...], str]],
    *,
    large: int = LARGE,
    opset: int = OPSET,
) -> bytes:
    """Convert a Keras model whose outputs are a dict (or one tensor named as its last layer) to ONNX.

    ``inputs`` gives for each input its shape (None: the batch axis, called ``N``) and its dtype, in the order of the
    model's inputs. Dense weights of more than ``large`` bytes go round the converter: they are inputs to it, and are
    put back as constants afterwards. Raises RunError for an ``opset`` that cannot be written, and naming the operators
    that ONNX does not have.
    """
    if opset not in OPSETS:
        raise RunError(f"ONNX opset {opset} cannot be written", f"choose one of {OPSETS[0]} to {OPSETS[-1]}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import onnx
    import tensorflow as tf
    import tf2onnx

    names = {f"input_{i}": name for i, name in enumerate(inputs)}
    signature = [
        tf.TensorSpec(shape, dtype, name=plain) for plain, (shape, dtype) in zip(names, inputs.values(), strict=True)
    ]

    weights = [w for w in model.weights if len(w.shape) == 2 and w.name == "kernel" and 4 * math.prod(w.shape) > large]
    signature += [tf.TensorSpec(w.shape, w.dtype, name=f"weights_{i}") for i, w in enumerate(weights)]

    def call(*arguments: Any) -> dict[str, Any]:
        tensors, values = arguments[: len(inputs)], arguments[len(inputs) :]
        with keras.StatelessScope(state_mapping=list(zip(weights, values, strict=True))) if weights else nullcontext():
            outputs = model(list(tensors) if len(tensors) > 1 else tensors[0], training=False)
        if not isinstance(outputs, dict):
            outputs = {model.output_names[0]: outputs}
        return {f"output_{i}": outputs[name] for i, name in enumerate(sorted(outputs))}

    function = tf.function(call, input_signature=signature)
    try:
        graph, _ = tf2onnx.convert.from_function(function, signature, opset=opset)
    except (ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        raise RunError(f"{model.name} cannot be converted to ONNX: {str(error).splitlines()[0]}") from error
    outputs = model.output_names if not isinstance(model.output, dict) else sorted(model.output)
    names |= {f"output_{i}": name for i, name in enumerate(outputs)}
    _put_back(graph, {f"weights_{i}": np.asarray(weight) for i, weight in enumerate(weights)})
    _rename(graph, names)
    _require_known(graph, model.name, opset)
    try:
        onnx.checker.check_model(graph, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise RunError(f"{model.name} becomes an ONNX graph that is not valid: {str(error).splitlines()[0]}") from error
    return bytes(graph.SerializeToString())


def _require_known(graph: Any, name: str, opset: int) -> None:
    """The converter only logs what it cannot translate, and leaves TensorFlow's operator in the graph."""
    import onnx

    unknown: dict[str, str] = {}
    for node in graph.graph.node:
        domain = "" if node.domain == "ai.onnx" else node.domain
        if domain == "" and not onnx.defs.has(node.op_type, opset, domain):
            unknown.setdefault(node.op_type, node.name)
    if unknown:
        raise RunError(
            f"{name} cannot be converted: ONNX opset {opset} has no operator "
            + ", ".join(f"{kind} (at {place})" for kind, place in sorted(unknown.items())),
            "build that layer from other operations",
        )


def _put_back(graph: Any, weights: "Mapping[str, NDArray[Any]]") -> None:
    """Make constants of the inputs that are weights."""
    from onnx import numpy_helper

    for name, values in weights.items():
        (place,) = (i for i, value in enumerate(graph.graph.input) if value.name.partition(":")[0] == name)
        graph.graph.initializer.append(numpy_helper.from_array(values, graph.graph.input[place].name))
        del graph.graph.input[place]


def _rename(graph: Any, names: Mapping[str, str]) -> None:
    """Give inputs and outputs their names (TensorFlow allows no dots) and the batch axis its own."""
    known = {f"{old}:0": new for old, new in names.items()} | dict(names)
    for node in graph.graph.node:
        node.input[:] = [known.get(name, name) for name in node.input]
        node.output[:] = [known.get(name, name) for name in node.output]
    for value in (*graph.graph.input, *graph.graph.output):
        value.name = known.get(value.name, value.name)
        first = value.type.tensor_type.shape.dim[0]
        first.Clear()
        first.dim_param = "N"
    graph.producer_name = "tagger"
    graph.doc_string = ""
    del graph.graph.value_info[:]
