"""The encoders: architecture, interface, and what happens with wrong weights. Random weights: nothing is fetched."""

from pathlib import Path

import numpy as np
import pytest

from tagger.core.errors import RunError

pytestmark = pytest.mark.slow


def test_efficientnet_lite2_has_the_size_of_its_source() -> None:
    from tagger_training.efficientnet_lite import efficientnet_lite2

    model = efficientnet_lite2()
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trainable == 6_092_072
    assert model.get_layer("head_act").output.shape == (None, 9, 9, 1280)


def test_weights_survive_a_file(tmp_path: Path) -> None:
    from tagger_training.efficientnet_lite import efficientnet_lite2
    from tagger_training.encoders import ENCODERS, build_encoder

    original = efficientnet_lite2()
    original.save(tmp_path / "weights.keras")
    encoder = build_encoder(ENCODERS["efficientnet-lite2"], tmp_path / "weights.keras")
    pixels = np.random.default_rng(0).random((1, 260, 260, 3), dtype=np.float32)
    outputs = encoder(pixels)
    assert outputs["encoder_hidden_states"].shape == (1, 81, 1280)
    cells = np.asarray(outputs["encoder_hidden_states"])
    np.testing.assert_allclose(cells.mean(axis=1), np.asarray(outputs["pooled"]), atol=1e-5)


@pytest.mark.filterwarnings("ignore:Skipping nested container")
@pytest.mark.parametrize("name", ["mobilenetv2", "efficientnet-lite2", "mobilenetv3small", "vgg16-conv"])
def test_wrong_weights_are_named(name: str, tmp_path: Path) -> None:
    import keras
    from tagger_training.encoders import ENCODERS, build_encoder

    with pytest.raises(RunError, match="no encoder weights"):
        build_encoder(ENCODERS[name], tmp_path / "missing.h5")
    inputs = keras.layers.Input((4,))
    other = tmp_path / "other.weights.h5"
    keras.Model(inputs, keras.layers.Dense(2)(inputs)).save_weights(other)
    with pytest.raises(RunError, match=f"do not load into {name}"):
        build_encoder(ENCODERS[name], other)


@pytest.mark.parametrize(
    ("name", "cells", "channels", "pooled"),
    [
        ("mobilenetv3small", 49, 576, 576),
        ("resnet50", 49, 2048, 2048),
        ("inceptionv3", 64, 2048, 2048),
        ("vgg16-conv", 49, 512, 512),
    ],
)
def test_every_encoder_gives_the_grid_and_the_pooled_features_that_it_promises(
    name: str, cells: int, channels: int, pooled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras
    from tagger_training.encoders import ENCODERS, build_encoder

    spec = ENCODERS[name]
    assert (spec.cells, spec.channels, spec.width) == (cells, channels, pooled)
    without_weights(monkeypatch)
    keras.layers.Activation("relu")  # names that Keras counts must not matter
    encoder = build_encoder(spec, None)
    assert encoder.input.shape[1:] == (spec.image.size, spec.image.size, 3)
    assert encoder.output["encoder_hidden_states"].shape == (None, cells, channels)
    assert encoder.output["pooled"].shape == (None, pooled)
    outputs = encoder(np.random.default_rng(0).random((1, spec.image.size, spec.image.size, 3), dtype=np.float32))
    mean = np.asarray(outputs["encoder_hidden_states"]).mean(axis=1)
    np.testing.assert_allclose(mean, np.asarray(outputs["pooled"]), atol=1e-4)


def test_vgg16_as_a_whole_is_described_by_its_second_dense_layer() -> None:
    from tagger_training.encoders import ENCODERS

    spec = ENCODERS["vgg16"]
    assert (spec.pooled, spec.width, spec.channels, spec.cells) == ("fc2", 4096, 512, 49)


def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """keras.applications as it is, but with random weights where it would fetch some."""
    import keras

    def bare(make):
        return lambda **settings: make(**{**settings, "weights": None})

    for name in ("MobileNetV3Small", "ResNet50", "InceptionV3", "VGG16"):
        monkeypatch.setattr(keras.applications, name, bare(getattr(keras.applications, name)))


def test_a_failed_download_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras
    from tagger_training.encoders import ENCODERS, build_encoder

    def failing(**settings):
        raise Exception("URL fetch failure on https://example.org/resnet50.h5: None -- no network\nmore")

    monkeypatch.setattr(keras.applications, "ResNet50", failing)
    with pytest.raises(RunError, match=r"weights of resnet50 cannot be fetched: .*--encoder-weights") as found:
        build_encoder(ENCODERS["resnet50"], None)
    assert "\n" not in str(found.value)


def test_small_resnets_say_which_package_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from tagger_training.encoders import ENCODERS, build_encoder

    monkeypatch.setitem(sys.modules, "keras_hub", None)
    for name in ("resnet18", "resnet34"):
        with pytest.raises(RunError, match="pip install keras-hub"):
            build_encoder(ENCODERS[name], None)


@pytest.mark.parametrize("name", ["resnet18", "resnet34"])
def test_small_resnets_where_keras_hub_is_installed(name: str, tmp_path: Path) -> None:
    hub = pytest.importorskip("keras_hub")
    from tagger_training.encoders import ENCODERS, build_encoder

    shape = {"resnet18": ([64], [7], [2, 2, 2, 2], ""), "resnet34": ([32, 32, 64], [3, 3, 3], [3, 4, 6, 3], "_vd")}
    filters, kernels, blocks, suffix = shape[name]
    backbone = hub.models.ResNetBackbone(
        input_conv_filters=filters,
        input_conv_kernel_sizes=kernels,
        stackwise_num_filters=[64, 128, 256, 512],
        stackwise_num_blocks=blocks,
        stackwise_num_strides=[1, 2, 2, 2],
        block_type="basic_block" + suffix,
        image_shape=(224, 224, 3),
    )
    backbone.save_weights(tmp_path / "r.weights.h5")
    pixels = np.random.default_rng(0).random((1, 224, 224, 3), dtype=np.float32)
    outputs = build_encoder(ENCODERS[name], tmp_path / "r.weights.h5")(pixels, training=False)
    expected = np.asarray(backbone(pixels, training=False)).reshape(1, 49, 512)
    np.testing.assert_allclose(np.asarray(outputs["encoder_hidden_states"]), expected, atol=1e-5)


def test_lite2_cannot_be_fetched() -> None:
    from tagger_training.encoders import ENCODERS, build_encoder

    with pytest.raises(RunError, match="--encoder-weights"):
        build_encoder(ENCODERS["efficientnet-lite2"], None)
