"""Pretrained image encoders, each with the preprocessing that it was trained with. Knows no captions."""

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import keras

from tagger.captioning.bundle import ImageSpec
from tagger.core.errors import RunError
from tagger_training.systems.system import ClassHead

_IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
_CAFFE = {"color_order": "BGR", "scale": 1.0, "mean": (103.939, 116.779, 123.68)}
_TO_ONE = {"scale": 1 / 127.5, "mean": (1.0, 1.0, 1.0)}
_APPLICATIONS = "weights of keras.applications"
Build = Callable[[str | None], keras.Model]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """An encoder: its ``image`` preprocessing, the layer whose output is the ``grid``, the licence of its weights.

    The grid has ``side`` x ``side`` cells of ``channels`` numbers. ``pooled`` is the layer of ``pooled_channels``
    numbers that describes the whole picture; empty: the mean of the grid. ``head`` is the layer that tells ``classes``
    of ImageNet from ``pooled``, where the weights have it.
    """

    name: str
    image: ImageSpec
    grid: str
    channels: int
    side: int
    build: Build
    licence: str
    pooled: str = ""
    pooled_channels: int = 0
    head: str = ""
    classes: int = 0

    @property
    def cells(self) -> int:
        """Cells of the grid (S)."""
        return self.side * self.side

    @property
    def width(self) -> int:
        """Numbers of the pooled features (P)."""
        return self.pooled_channels or self.channels


def _application(name: str, size: int, **settings: Any) -> Build:
    def build(weights: str | None) -> keras.Model:
        make = getattr(keras.applications, name)
        model = make(input_shape=(size, size, 3), weights=None if weights else "imagenet", **settings)
        if weights:
            model.load_weights(weights)
        return model

    return build


def _mobilenet_v3_small(weights: str | None) -> keras.Model:
    model = _application("MobileNetV3Small", 224)(weights)
    # Keras numbers this model's activations by what was built before, so the grid is found by what follows it.
    *_, pooling = (layer for layer in model.layers if isinstance(layer, keras.layers.GlobalAveragePooling2D))
    return keras.Model(model.input, keras.layers.Activation("linear", name="grid")(pooling.input))


def _hub_resnet(preset: str, **architecture: Any) -> Build:
    """A ResNet of the package keras-hub, which an installation need not have."""

    def build(weights: str | None) -> keras.Model:
        try:
            from keras_hub.models import ResNetBackbone
        except ImportError as error:
            raise RunError(f"{preset} needs the package keras-hub", "pip install keras-hub") from error
        if weights is None:
            backbone = ResNetBackbone.from_preset(preset, image_shape=(224, 224, 3))
        else:
            backbone = ResNetBackbone(
                stackwise_num_filters=[64, 128, 256, 512],
                stackwise_num_strides=[1, 2, 2, 2],
                image_shape=(224, 224, 3),
                **architecture,
            )
            backbone.load_weights(weights)
        return keras.Model(backbone.input, keras.layers.Activation("linear", name="grid")(backbone.output))

    return build


def _lite2(weights: str | None) -> keras.Model:
    from tagger_training.efficientnet_lite import efficientnet_lite2

    if weights is None:
        raise RunError(
            "EfficientNet-Lite2 has no weights that Keras could fetch", "name its weights file with --encoder-weights"
        )
    return efficientnet_lite2(weights)


ENCODERS = {
    spec.name: spec
    for spec in (
        EncoderSpec(
            "mobilenetv2",
            ImageSpec(224, **_TO_ONE),
            "out_relu",
            1280,
            7,
            _application("MobileNetV2", 224),
            _APPLICATIONS,
        ),
        EncoderSpec(
            "efficientnet-lite2",
            ImageSpec(260, **_IMAGENET),
            "head_act",
            1280,
            9,
            _lite2,
            "Apache-2.0",
            head="fc",
            classes=1000,
        ),
        EncoderSpec(
            "resnet50",
            ImageSpec(224, **_CAFFE),
            "conv5_block3_out",
            2048,
            7,
            _application("ResNet50", 224),
            _APPLICATIONS,
        ),
        EncoderSpec(
            "vgg16",
            ImageSpec(224, **_CAFFE),
            "block5_pool",
            512,
            7,
            _application("VGG16", 224),
            _APPLICATIONS,
            "fc2",
            4096,
        ),
        EncoderSpec(
            "vgg16-conv",
            ImageSpec(224, **_CAFFE),
            "block5_pool",
            512,
            7,
            _application("VGG16", 224, include_top=False),
            _APPLICATIONS,
        ),
        EncoderSpec(
            "inceptionv3",
            ImageSpec(299, **_TO_ONE),
            "mixed10",
            2048,
            8,
            _application("InceptionV3", 299),
            _APPLICATIONS,
        ),
        EncoderSpec("mobilenetv3small", ImageSpec(224, scale=1.0), "grid", 576, 7, _mobilenet_v3_small, _APPLICATIONS),
        EncoderSpec(
            "resnet18",
            ImageSpec(224, **_IMAGENET),
            "grid",
            512,
            7,
            _hub_resnet(
                "resnet_18_imagenet",
                input_conv_filters=[64],
                input_conv_kernel_sizes=[7],
                stackwise_num_blocks=[2, 2, 2, 2],
                block_type="basic_block",
            ),
            "weights of keras-hub",
        ),
        EncoderSpec(
            "resnet34",
            ImageSpec(224, **_IMAGENET),
            "grid",
            512,
            7,
            _hub_resnet(
                "resnet_vd_34_imagenet",
                input_conv_filters=[32, 32, 64],
                input_conv_kernel_sizes=[3, 3, 3],
                stackwise_num_blocks=[3, 4, 6, 3],
                block_type="basic_block_vd",
            ),
            "weights of keras-hub",
        ),
    )
}


def source_preprocessing(spec: EncoderSpec) -> EncoderSpec:
    """The same encoder fed as many published recipes do it: pixels / 255, nearest-neighbour resize."""
    return replace(spec, image=ImageSpec(spec.image.size, interpolation="nearest", scale=1 / 255))


def build_encoder(spec: EncoderSpec, weights: Path | None) -> keras.Model:
    """Keras model ``pixel_values`` (N, H, W, 3) -> dict of ``encoder_hidden_states`` (N, S, D) and ``pooled`` (N, P).

    Raises RunError for weights that are missing, cannot be fetched, or are of another architecture.
    """
    model = _built(spec, weights)
    grid = model.get_layer(spec.grid).output
    cells = keras.layers.Reshape((-1, spec.channels), name="cells")(grid)
    if spec.pooled:
        pooled = model.get_layer(spec.pooled).output
    else:
        pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(grid)
    return keras.Model(model.input, {"encoder_hidden_states": cells, "pooled": pooled}, name=spec.name)


def class_head(spec: EncoderSpec, weights: Path | None) -> ClassHead | None:
    """The encoder's own classes of ImageNet, from the same weights; None where they have none. Raises as above."""
    if not spec.head:
        return None
    return ClassHead(*_built(spec, weights).get_layer(spec.head).get_weights())


def _built(spec: EncoderSpec, weights: Path | None) -> keras.Model:
    if weights is not None and not weights.is_file():
        raise RunError(f"no encoder weights at {weights}", "check the path given with --encoder-weights")
    try:
        return spec.build(str(weights) if weights else None)
    except RunError:
        raise
    except Exception as error:  # Keras reports a failed download by Exception itself
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        if weights is None:
            hint = "name a weights file with --encoder-weights"
            raise RunError(f"the weights of {spec.name} cannot be fetched: {reason}", hint) from error
        raise RunError(f"the weights {weights} do not load into {spec.name}: {reason}") from error


def encoder_key(spec: EncoderSpec, weights: Path | None) -> str:
    """Hex key that changes with anything that changes the features: name, preprocessing, weights."""
    digest = hashlib.sha256(repr((spec.name, spec.grid, astuple(spec.image))).encode())
    digest.update(weights.read_bytes() if weights else b"imagenet")
    return digest.hexdigest()[:16]
