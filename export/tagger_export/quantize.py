"""Float32 encoder -> int8: static, QDQ, a scale per channel, calibrated on real photos.

Weights have 7 bits: with 8, processors without VNNI instructions saturate their 16-bit sums and the features are wrong
there (ONNX Runtime's documentation, "Quantize ONNX models", reduce_range). Decoder and tag head stay float32.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning.session import Graph
from tagger_export.checks import Check

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALIBRATION_PHOTOS = 128
SIMILARITY = 0.97


def quantize_encoder(model: bytes, pictures: "Sequence[NDArray[np.float32]]") -> bytes:
    """The encoder as an int8 graph; ``pictures`` (H, W, 3) are ``pixel_values`` that show it what values occur."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Pictures(CalibrationDataReader):  # type: ignore[misc]
        """Hands out one picture after the other."""

        def __init__(self) -> None:
            self._rest: Iterator[Any] = iter(pictures)

        def get_next(self) -> "dict[str, NDArray[np.float32]] | None":
            """The next input, None after the last."""
            picture = next(self._rest, None)
            return None if picture is None else {"pixel_values": picture[None]}

    with tempfile.TemporaryDirectory() as folder:
        original, prepared, quantized = (Path(folder) / name for name in ("f.onnx", "p.onnx", "q.onnx"))
        original.write_bytes(model)
        quant_pre_process(original, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            quantized,
            Pictures(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        return quantized.read_bytes()


def check_quantized(original: bytes, quantized: bytes, pictures: "Sequence[NDArray[np.float32]]") -> Check:
    """Whether the int8 encoder still gives nearly the same features: mean cosine similarity."""
    inputs = {"pixel_values": np.stack(pictures)}
    a, b = (Graph(model, name="encoder").run(inputs, ["pooled"])["pooled"] for model in (original, quantized))
    cosine = (a * b).sum(axis=1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-9)
    seen = f"mean cosine similarity {cosine.mean():.4f}, smallest {cosine.min():.4f}"
    return Check("encoder_model.onnx: int8", bool(cosine.mean() >= SIMILARITY), seen)
