"""EfficientNet-Lite2 as a Keras model.

The architecture of https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (Apache-2.0):
EfficientNet (Tan and Le 2019) without squeeze-and-excitation, ReLU6 for swish, stem and head not scaled.
"""

from dataclasses import dataclass

import keras
from keras import layers

WIDTH, DEPTH, RESOLUTION = 1.1, 1.2, 260


@dataclass(frozen=True, slots=True)
class _Stage:
    """Repeated inverted bottlenecks: ``kernel`` size, first ``stride``, ``expansion`` factor, output ``filters``."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)


def efficientnet_lite2(weights: str | None = None) -> keras.Model:
    """Pixels (N, 260, 260, 3), normalised with ImageNet's mean and deviation -> 1000 logits.

    Features: layer ``head_act`` (9 x 9 x 1280). ``weights``: a file with layers of these names.
    """
    inputs = layers.Input((RESOLUTION, RESOLUTION, 3))
    x = _convolution(inputs, 32, 3, 2, "stem")
    block = 0
    for index, stage in enumerate(_STAGES):
        # The first and the last stage are not repeated more often in the Lite family.
        repeats = stage.repeats if index in (0, len(_STAGES) - 1) else _round_up(stage.repeats * DEPTH)
        for repeat in range(repeats):
            x = _bottleneck(x, stage, stage.stride if repeat == 0 else 1, f"b{block}")
            block += 1
    x = _convolution(x, 1280, 1, 1, "head")
    outputs = layers.Dense(1000, name="fc")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, outputs, name="efficientnet_lite2")
    if weights:
        model.load_weights(weights)
    return model


def _bottleneck(x: keras.KerasTensor, stage: _Stage, stride: int, name: str) -> keras.KerasTensor:
    filters, entered = _width(stage.filters), x
    if stage.expansion > 1:
        x = layers.Conv2D(x.shape[-1] * stage.expansion, 1, padding="same", use_bias=False, name=f"{name}_expand")(x)
        x = layers.ReLU(6.0, name=f"{name}_act0")(layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn0")(x))
    x = layers.DepthwiseConv2D(stage.kernel, stride, padding="same", use_bias=False, name=f"{name}_dw")(x)
    x = layers.ReLU(6.0, name=f"{name}_act1")(layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn1")(x))
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}_project")(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn2")(x)
    return layers.Add(name=f"{name}_add")([x, entered]) if stride == 1 and entered.shape[-1] == filters else x


def _convolution(x: keras.KerasTensor, filters: int, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(filters, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.ReLU(6.0, name=f"{name}_act")(layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x))


def _width(filters: int, divisor: int = 8) -> int:
    """Scaled number of filters, a multiple of 8 that is not more than a tenth smaller."""
    scaled = filters * WIDTH
    rounded = max(divisor, int(scaled + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * scaled else rounded


def _round_up(value: float) -> int:
    return -int(-value // 1)
