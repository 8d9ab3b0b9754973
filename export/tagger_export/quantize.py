"""Float32 graphs -> int8. Encoders: static, QDQ, calibrated on real photos. Others: dynamic, matrix products only.

A scale per channel of the weights in both. Weights have 7 bits: with 8, processors without VNNI instructions saturate
their 16-bit sums and the results are wrong there (ONNX Runtime's documentation, "Quantize ONNX models", reduce_range).
Dynamic int8 makes convolutions slower, so encoders are calibrated; what a decoder's matrix products read depends on the
words said, so its range is measured at every step, for each row by itself: ONNX Runtime's own dynamic form has one
range for the whole batch, and what is said of a photo would depend on the photos beside it. Knows no bundle, no score.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.session import Graph
from tagger_export.checks import Check

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALIBRATION_PHOTOS = 128
SIMILARITY = 0.97
_OUTERMOST = 3


def quantize_encoder(model: bytes, pictures: "Sequence[NDArray[np.float32]]") -> bytes:
    """The encoder as an int8 graph; ``pictures`` (H, W, 3) are ``pixel_values`` that show it what values occur."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Pictures(CalibrationDataReader):  # type: ignore[misc]
        """Hands out one picture after the other."""

        def __init__(self) -> None:
            self._rest: Iterator[Any] = iter(pictures)

        def get_next(self) -> "dict[str, NDArray[np.float32]] | None":
            """The next input, None after the last."""
            picture = next(self._rest, None)
            return None if picture is None else {"pixel_values": picture[None]}

    return _quantized(
        model,
        lambda source, out: quantize_static(
            source,
            out,
            Pictures(),
            nodes_to_exclude=_outermost(source),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        ),
    )


def quantize_products(model: bytes) -> bytes:
    """A graph whose products with learned matrices are int8; everything between them stays float32."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantized = _quantized(
        model,
        lambda source, out: quantize_dynamic(
            source,
            out,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        ),
    )
    return _a_range_a_row(quantized)


def _a_range_a_row(quantized: bytes) -> bytes:
    """The same graph where what a product reads is scaled by the largest value of each row, not of the whole batch."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_model_from_string(quantized)
    constants = {"row.axis": np.array([-1], np.int64), "row.half_up": np.array(128.5, np.float32)}
    constants |= {"row.steps": np.array(127, np.float32), "row.least": np.array(1e-20, np.float32)}
    scales = {node.output[1] for node in model.graph.node if node.op_type == "DynamicQuantizeLinear"}
    both = {
        node.output[0]: node.input for node in model.graph.node if node.op_type == "Mul" and node.input[0] in scales
    }
    nodes = []
    for node in model.graph.node:
        made: list[tuple[str, list[str], str]] = []
        if node.op_type == "DynamicQuantizeLinear":
            (value,), (integers, scale, zero_point) = node.input, node.output
            constants[zero_point] = np.array(128, np.uint8)
            made = [
                ("Abs", [value], f"{value}.size"),
                ("ReduceMax", [f"{value}.size", "row.axis"], f"{value}.largest"),
                ("Max", [f"{value}.largest", "row.least"], f"{value}.range"),
                ("Div", [f"{value}.range", "row.steps"], scale),
                ("Div", ["row.steps", f"{value}.range"], f"{value}.inverse"),
                ("Mul", [value, f"{value}.inverse"], f"{value}.steps"),
                (
                    "Add",
                    [f"{value}.steps", "row.half_up"],
                    f"{value}.shifted",
                ),  # Cast cuts off what is behind the point
            ]
        elif node.op_type == "Mul" and node.input[1] in both:
            # One scale after the other: ONNX Runtime fuses a product of both into one that knows a single row's scale.
            (product, of_both), (result,) = node.input, node.output
            row, weights = both[of_both]
            made = [("Mul", [product, weights], f"{product}.weighed"), ("Mul", [f"{product}.weighed", row], result)]
        elif node.output[0] not in both:
            nodes.append(node)
        nodes += [helper.make_node(operation, inputs, [output]) for operation, inputs, output in made]
        if node.op_type == "DynamicQuantizeLinear":
            nodes.append(helper.make_node("Cast", [f"{value}.shifted"], [integers], to=onnx.TensorProto.UINT8))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in constants.items())
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _outermost(model: Path) -> list[str]:
    """The names of the first and last convolutions, which int8 hurts most, and which take little of the time."""
    import onnx

    found = [node.name for node in onnx.load(str(model)).graph.node if node.op_type == "Conv"]
    return found[:_OUTERMOST] + found[-_OUTERMOST:] if len(found) > 4 * _OUTERMOST else []


def check_quantized(original: bytes, quantized: bytes, pictures: "Sequence[NDArray[np.float32]]") -> Check:
    """Whether the int8 encoder still gives nearly the same features: mean cosine similarity."""
    inputs = {"pixel_values": np.stack(pictures)}
    a, b = (Graph(model, name="encoder").run(inputs, ["pooled"])["pooled"] for model in (original, quantized))
    cosine = (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-9)
    seen = f"mean cosine similarity {cosine.mean():.4f}, smallest {cosine.min():.4f}"
    return Check("encoder_model.onnx: int8", bool(cosine.mean() >= SIMILARITY), seen)


def _quantized(model: bytes, quantize: Callable[[Path, Path], None]) -> bytes:
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        original, prepared, quantized = (Path(folder) / name for name in ("f.onnx", "p.onnx", "q.onnx"))
        original.write_bytes(model)
        quant_pre_process(original, prepared, skip_symbolic_shape=True)
        quantize(prepared, quantized)
        return quantized.read_bytes()
