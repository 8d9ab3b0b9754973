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
@pytest.mark.parametrize("name", ["mobilenetv2", "efficientnet-lite2"])
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


def test_lite2_cannot_be_fetched() -> None:
    from tagger_training.encoders import ENCODERS, build_encoder

    with pytest.raises(RunError, match="--encoder-weights"):
        build_encoder(ENCODERS["efficientnet-lite2"], None)
