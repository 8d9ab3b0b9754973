"""Keras -> ONNX: weights that are too large for the converter go round it, and come out the same."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from tagger.captioning.session import Graph
from tagger.core.errors import RunError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("large", [1 << 30, 600])
def test_large_weights_come_back_as_constants(large: int) -> None:
    import keras
    from tagger_export.graphs import to_onnx

    pixels = keras.layers.Input((8, 8, 3), name="pixels")
    other = keras.layers.Input((5,), name="other")
    x = keras.layers.Flatten()(keras.layers.Conv2D(4, 3, name="conv")(pixels))
    x = keras.layers.Concatenate()([x, keras.layers.Dense(2, name="small")(other)])
    x = keras.layers.Dense(7, activation="relu", name="big")(x)
    model = keras.Model([pixels, other], {"b.y": keras.layers.Dense(40, name="bigger")(x), "a.x": x}, name="m")
    shapes = {"pixels": ((None, 8, 8, 3), "float32"), "other": ((None, 5), "float32")}
    content = to_onnx(model, shapes, large=large)
    assert [value.name for value in onnx.load_from_string(content).graph.input] == ["pixels", "other"]
    graph = Graph(content, name="m")
    rng = np.random.default_rng(0)
    inputs = {"pixels": rng.random((3, 8, 8, 3), np.float32), "other": rng.random((3, 5), np.float32)}
    expected = model(list(inputs.values()))
    found = graph.run(inputs)
    for name in ("a.x", "b.y"):
        np.testing.assert_allclose(found[name], np.asarray(expected[name]), atol=1e-5)


def test_an_operator_that_onnx_does_not_have_is_named() -> None:
    import keras
    import tensorflow as tf
    from tagger_export.graphs import to_onnx

    class Odd(keras.layers.Layer):
        def call(self, x):
            return tf.math.erfinv(x)

    inputs = keras.layers.Input((4,), name="x")
    model = keras.Model(inputs, {"y": Odd(name="odd")(inputs)}, name="decoder")
    with pytest.raises(
        RunError, match=r"^decoder .*ONNX opset 18 has no operator Erfinv \(at .*build that layer"
    ) as error:
        to_onnx(model, {"x": ((None, 4), "float32")})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("opset", [0, 12, 19])
def test_an_opset_that_cannot_be_written_is_refused(opset: int) -> None:
    from tagger_export.graphs import to_onnx

    with pytest.raises(RunError, match=rf"ONNX opset {opset} cannot be written \(choose one of 13 to 18\)"):
        to_onnx(None, {}, opset=opset)


@pytest.mark.parametrize(
    ("name", "application"),
    [("resnet50", "ResNet50"), ("inceptionv3", "InceptionV3"), ("mobilenetv3small", "MobileNetV3Small")],
)
def test_encoders_that_nothing_was_trained_on_here_export_as_they_are(
    name: str, application: str, tmp_path: Path
) -> None:
    """With random weights: every output by name, axis and shape, and the values that Keras gives."""
    import keras
    from tagger_export.checks import Interface, check_interface
    from tagger_export.graphs import to_onnx
    from tagger_training.encoders import ENCODERS, build_encoder

    keras.utils.set_random_seed(5)
    spec, weights = ENCODERS[name], tmp_path / "random.weights.h5"
    size = spec.image.size
    getattr(keras.applications, application)(input_shape=(size, size, 3), weights=None).save_weights(weights)
    encoder = build_encoder(spec, weights)
    graph = Graph(to_onnx(encoder, {"pixel_values": ((None, size, size, 3), "float32")}), name=name)
    outputs = {"pooled": (None, spec.width), "encoder_hidden_states": (None, spec.cells, spec.channels)}
    interface = Interface({"pixel_values": (None, size, size, 3)}, outputs)
    assert all(check.holds for check in check_interface(name, graph, interface))
    pixels = np.random.default_rng(0).uniform(-1, 1, (2, size, size, 3)).astype(np.float32)
    expected, found = encoder(pixels, training=False), graph.run({"pixel_values": pixels})
    for output in outputs:
        wanted = np.asarray(expected[output])
        assert np.abs(wanted).max() > 0
        np.testing.assert_allclose(found[output] / np.abs(wanted).max(), wanted / np.abs(wanted).max(), atol=1e-4)
