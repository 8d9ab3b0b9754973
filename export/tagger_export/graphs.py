"""Keras models -> ONNX graphs with the names, axes and opset of a bundle. Knows no files."""

import os
from collections.abc import Mapping
from typing import Any

from tagger.core.errors import RunError

OPSET = 18  # the newest that tf2onnx writes


def to_onnx(model: Any, inputs: Mapping[str, tuple[tuple[int | None, ...], str]]) -> bytes:
    """Convert a Keras model whose outputs are a dict (or one tensor named as its last layer) to ONNX.

    ``inputs`` gives for each input its shape (None: the batch axis, called ``N``) and its dtype, in the order of the
    model's inputs. Raises RunError naming the operators where conversion fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import onnx
    import tensorflow as tf
    import tf2onnx

    names = {f"input_{i}": name for i, name in enumerate(inputs)}
    signature = [
        tf.TensorSpec(shape, dtype, name=plain) for plain, (shape, dtype) in zip(names, inputs.values(), strict=True)
    ]

    def call(*tensors: Any) -> dict[str, Any]:
        outputs = model(list(tensors) if len(tensors) > 1 else tensors[0], training=False)
        if not isinstance(outputs, dict):
            outputs = {model.output_names[0]: outputs}
        return {f"output_{i}": outputs[name] for i, name in enumerate(sorted(outputs))}

    function = tf.function(call, input_signature=signature)
    try:
        graph, _ = tf2onnx.convert.from_function(function, signature, opset=OPSET)
    except (ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        raise RunError(f"{model.name} cannot be converted to ONNX: {str(error).splitlines()[0]}") from error
    outputs = model.output_names if not isinstance(model.output, dict) else sorted(model.output)
    names |= {f"output_{i}": name for i, name in enumerate(outputs)}
    _rename(graph, names)
    onnx.checker.check_model(graph, full_check=True)
    return bytes(graph.SerializeToString())


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
