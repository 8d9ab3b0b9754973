"""Pretrained image encoders, each with the preprocessing that it was trained with. Knows no captions."""

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import keras

from tagger.captioning.bundle import ImageSpec
from tagger.core.errors import RunError

_IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """An encoder: its ``image`` preprocessing, the layer whose output is the ``grid``, the licence of its weights."""

    name: str
    image: ImageSpec
    grid: str
    channels: int
    build: Callable[[str | None], keras.Model]
    licence: str


def _mobilenet_v2(weights: str | None) -> keras.Model:
    model = keras.applications.MobileNetV2(input_shape=(224, 224, 3), weights=None if weights else "imagenet")
    if weights:
        model.load_weights(weights)
    return model


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
            ImageSpec(224, scale=1 / 127.5, mean=(1.0, 1.0, 1.0)),
            "out_relu",
            1280,
            _mobilenet_v2,
            "weights of keras.applications",
        ),
        EncoderSpec("efficientnet-lite2", ImageSpec(260, **_IMAGENET), "head_act", 1280, _lite2, "Apache-2.0"),
    )
}


def source_preprocessing(spec: EncoderSpec) -> EncoderSpec:
    """The same encoder fed as many published recipes do it: pixels / 255, nearest-neighbour resize."""
    return replace(spec, image=ImageSpec(spec.image.size, interpolation="nearest", scale=1 / 255))


def build_encoder(spec: EncoderSpec, weights: Path | None) -> keras.Model:
    """Keras model ``pixel_values`` (N, H, W, 3) -> dict of ``encoder_hidden_states`` (N, S, D) and ``pooled`` (N, D).

    Raises RunError for weights that are missing or of another architecture.
    """
    if weights is not None and not weights.is_file():
        raise RunError(f"no encoder weights at {weights}", "check the path given with --encoder-weights")
    try:
        model = spec.build(str(weights) if weights else None)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise RunError(f"the weights {weights or 'imagenet'} do not load into {spec.name}: {reason}") from error
    grid = model.get_layer(spec.grid).output
    cells = keras.layers.Reshape((-1, spec.channels), name="cells")(grid)
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(grid)
    return keras.Model(model.input, {"encoder_hidden_states": cells, "pooled": pooled}, name=spec.name)


def encoder_key(spec: EncoderSpec, weights: Path | None) -> str:
    """Hex key that changes with anything that changes the features: name, preprocessing, weights."""
    digest = hashlib.sha256(repr((spec.name, spec.grid, astuple(spec.image))).encode())
    digest.update(weights.read_bytes() if weights else b"imagenet")
    return digest.hexdigest()[:16]
