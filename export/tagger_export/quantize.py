"""Float32 graphs -> int8. Encoders: static, QDQ, calibrated on real photos. Others: dynamic, matrix products only.

A scale per channel in both. Weights have 7 bits: with 8, processors without VNNI instructions saturate their 16-bit
sums and the results are wrong there (ONNX Runtime's documentation, "Quantize ONNX models", reduce_range). Dynamic int8
makes convolutions slower, so encoders are calibrated; what a decoder's matrix products read depends on the words said,
so its range is measured at every step. Knows no bundle and no score.
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

    return _quantized(
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
