"""The merge LSTM: size, exact stepping, two training forms."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow

D, V, T = 12, 30, 6


@pytest.fixture
def model():
    import keras
    from tagger_training.systems.merge_lstm import MergeLstm

    keras.utils.set_random_seed(3)
    return MergeLstm(D, V, T).build()


def test_parameters_at_the_size_of_its_source() -> None:
    from tagger_training.systems.merge_lstm import MergeLstm

    assert MergeLstm(1280, 19_222, 39).build().count_params() == 8_286_614
    assert MergeLstm(1280, 19_222, 39, form="prefix").build().count_params() == 8_286_614


def test_start_and_step_say_what_the_whole_caption_says(model) -> None:
    from tagger_training.systems.merge_lstm import MergeLstm

    rng = np.random.default_rng(0)
    features = rng.random((4, D), dtype=np.float32)
    tokens = rng.integers(0, V, (4, T)).astype(np.int32)
    whole = np.asarray(model([features, tokens], training=False))
    system = MergeLstm(D, V, T)
    start, step = system.start(model), system.step(model)
    state = {name: np.asarray(value) for name, value in start(features).items()}
    for t in range(T):
        outputs = step([tokens[:, t].astype(np.int64), state["state.h"], state["state.c"], state["state.image"]])
        np.testing.assert_allclose(np.asarray(outputs["logits"]), whole[:, t], atol=1e-5)
        state = {
            name.removeprefix("next."): np.asarray(value) for name, value in outputs.items() if name.startswith("next.")
        }


def test_what_comes_later_changes_nothing_before(model) -> None:
    features = np.ones((1, D), np.float32)
    one = np.asarray(model([features, np.array([[1, 4, 5, 0, 0]], np.int32)], training=False))
    two = np.asarray(model([features, np.array([[1, 4, 5, 9, 7]], np.int32)], training=False))
    np.testing.assert_allclose(one[:, :3], two[:, :3], atol=1e-6)
    assert np.abs(one[:, 3:] - two[:, 3:]).max() > 1e-4


def test_prefix_decoder_agrees_with_the_model(model) -> None:
    from tagger_training.systems.merge_lstm import MergeLstm
    from tagger_training.systems.prefix import PrefixDecoder

    decoder = PrefixDecoder(model, MergeLstm(D, V, T))
    features = np.random.default_rng(1).random((2, D), dtype=np.float32)
    tokens = np.array([[1, 5, 6], [1, 7, 8]], np.int64)
    state = decoder.start(features)
    for t in range(3):
        logits, state = decoder.step(tokens[:, t], state)
    whole = np.asarray(model([features, tokens.astype(np.int32)], training=False))
    np.testing.assert_allclose(logits, whole[:, -1], atol=1e-6)


def test_batches_mask_the_padding_and_shift_by_one() -> None:
    from tagger_training.sequences import CaptionBatches

    from tagger.captioning.bundle import TextSpec
    from tagger.captioning.tokenizer import SPECIAL_TOKENS, Tokenizer

    tokenizer = Tokenizer([*SPECIAL_TOKENS, "a", "dog", "runs"], TextSpec(max_length=4))
    features = np.eye(2, D, dtype=np.float32)
    settings = {"batch_size": 8, "max_length": 4, "seed": 1, "shuffle": False}
    captions = [["A dog runs"], ["a cat"]]
    forced = CaptionBatches(features, captions, tokenizer, form="teacher-forced", **settings)
    (rows, tokens), targets, weights = forced[0]
    assert tokens.tolist() == [[1, 4, 5, 6, 0], [1, 4, 3, 0, 0]]
    assert targets.tolist() == [[4, 5, 6, 2, 0], [4, 3, 2, 0, 0]]
    assert weights.tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]]
    assert (rows == features).all()
    prefix = CaptionBatches(features, captions, tokenizer, form="prefix", **settings)
    (_, tokens), targets, _ = prefix[0]
    assert tokens.tolist()[:4] == [[0, 0, 0, 1], [0, 0, 1, 4], [0, 1, 4, 5], [1, 4, 5, 6]]
    assert targets.tolist() == [4, 5, 6, 2, 4, 3, 2]
