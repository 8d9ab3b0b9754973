"""Keras -> ONNX: weights that are too large for the converter go round it, and come out the same."""

import numpy as np
import onnx
import pytest

from tagger.captioning.session import Graph

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
