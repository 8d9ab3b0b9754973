"""Every decoder: stepping says exactly what the whole caption says; sizes; what attention and padding may do."""

import numpy as np
import pytest

from tagger.core.errors import RunError

pytestmark = pytest.mark.slow

D, S, V, T, C = 12, 9, 30, 6, 7
NAMES = ["merge-lstm", "stacked-gru", "attention-lstm", "transformer", "told-attention-lstm"]
TOLD = {"features": D, "pooled": D, "cells": S, "concepts": C, "classes": 5, "units": 16, "embedding": 8, "heads": 2}


def decoder(name: str, **numbers):
    from tagger_training.systems.catalogue import DECODERS

    small = {
        "merge-lstm": {"features": D},
        "stacked-gru": {"features": D, "units": 16, "embedding": 8},
        "attention-lstm": {"features": D, "cells": S, "units": 16, "depth": 2, "embedding": 8},
        "transformer": {"features": D, "cells": S, "units": 16},
        "told-attention-lstm": {**TOLD, "directions": 4, "top": 3},
    }
    return DECODERS[name](vocabulary=V, max_length=T, **small[name], **numbers)


def features_for(system, count: int, seed: int = 0):
    """What the system reads of photos."""
    shapes = {"pooled": (D,), "encoder_hidden_states": (S, D), "tag_probabilities": (C,)}
    rng = np.random.default_rng(seed)
    found = [rng.normal(0, 1, (count, *shapes[name])).astype(np.float32) for name in system.reads]
    return [1 / (1 + np.exp(-part)) if part.shape[1:] == (C,) else part for part in found]


def inputs(system, features, tokens, rows=None):
    """Inputs of the training model for a caption of each photo, or of the photos ``rows``."""
    rows = np.arange(len(tokens), dtype=np.int32) if rows is None else np.asarray(rows, np.int32)
    return [*features, *([rows] if system.takes_rows else []), tokens]


def steps(system, model, features, tokens):
    """Outputs of the step function for each word of tokens (N, T)."""
    start, step = system.start(model), system.step(model)
    state = {name: np.asarray(v) for name, v in start(features if len(features) > 1 else features[0]).items()}
    found = []
    for t in range(tokens.shape[1]):
        read = [tokens[:, t].astype(np.int64), *(state[tensor.name] for tensor in step.inputs[1:])]
        outputs = {name: np.asarray(value) for name, value in step(read, training=False).items()}
        state = {name.removeprefix("next."): outputs[name] for name in outputs if name.startswith("next.")}
        found.append(outputs)
    return found


@pytest.fixture(params=NAMES)
def system(request: pytest.FixtureRequest):
    return decoder(request.param)


@pytest.fixture
def model(system):
    import keras

    keras.utils.set_random_seed(3)
    return system.build()


def test_start_and_step_say_what_the_whole_caption_says(system, model) -> None:
    features = features_for(system, 4)
    tokens = np.random.default_rng(1).integers(2, V, (4, T + 1)).astype(np.int32)
    whole = np.asarray(model(inputs(system, features, tokens), training=False))
    assert whole.shape == (4, T + 1, V)
    for t, outputs in enumerate(steps(system, model, features, tokens)):
        np.testing.assert_allclose(outputs["logits"], whole[:, t], atol=2e-5)


def test_what_comes_later_changes_nothing_before(system, model) -> None:
    features = features_for(system, 1)
    one = np.asarray(model(inputs(system, features, np.array([[1, 4, 5, 0, 0]], np.int32)), training=False))
    two = np.asarray(model(inputs(system, features, np.array([[1, 4, 5, 9, 7]], np.int32)), training=False))
    np.testing.assert_allclose(one[:, :3], two[:, :3], atol=1e-5)
    assert np.abs(one[:, 3:] - two[:, 3:]).max() > 1e-4


def test_the_picture_and_the_order_of_words_matter(system, model) -> None:
    tokens = np.array([[1, 4, 5, 6]], np.int32)
    first, second = features_for(system, 1), features_for(system, 1, 1)
    one, two = (np.asarray(model(inputs(system, seen, tokens), training=False)) for seen in (first, second))
    assert np.abs(one - two).max() > 1e-3
    turned = np.asarray(model(inputs(system, first, np.array([[1, 5, 4, 6]], np.int32)), training=False))
    assert np.abs(one[:, -1] - turned[:, -1]).max() > 1e-5


def test_the_prefix_decoder_agrees_with_the_model(system, model) -> None:
    from tagger_training.systems.prefix import PrefixDecoder

    decoder = PrefixDecoder(model, system)
    features = features_for(system, 2)
    tokens = np.array([[1, 5, 6], [1, 7, 8]], np.int64)
    state = decoder.start(*features)
    for t in range(3):
        logits, state = decoder.step(tokens[:, t], state)
    whole = np.asarray(model(inputs(system, features, tokens.astype(np.int32)), training=False))
    np.testing.assert_allclose(logits, whole[:, -1], atol=1e-5)


@pytest.mark.parametrize("name", ["attention-lstm", "transformer", "told-attention-lstm"])
def test_attention_is_a_share_of_every_cell_and_moves(name: str) -> None:
    import keras

    keras.utils.set_random_seed(3)
    system = decoder(name)
    model = system.build()
    tokens = np.random.default_rng(1).integers(2, V, (3, T)).astype(np.int32)
    attention = np.stack([o["attention"] for o in steps(system, model, features_for(system, 3), tokens)])
    assert attention.shape == (T, 3, S)
    assert attention.min() >= 0
    np.testing.assert_allclose(attention.sum(axis=2), 1, atol=1e-5)
    assert np.abs(attention[0] - attention[-1]).max() > 1e-6


def test_the_transformer_never_says_padding_or_start() -> None:
    """Even where everything that was learned wants to."""
    import keras

    system = decoder("transformer")
    model = system.build(np.ones(V, np.int64))
    bias = np.zeros(V, np.float32)
    bias[:2] = 1e6
    kernel = np.asarray(model.get_layer("logits").kernel)
    model.get_layer("logits").set_weights([kernel, bias])
    logits = np.asarray(model(inputs(system, features_for(system, 2), np.ones((2, T), np.int32)), training=False))
    assert not np.isin(logits.argmax(axis=-1), (0, 1)).any()
    assert (keras.ops.softmax(logits)[..., :2].numpy() == 0).all()
    for outputs in steps(system, model, features_for(system, 2), np.ones((2, T), np.int32)):
        assert not np.isin(outputs["logits"].argmax(axis=-1), (0, 1)).any()


def test_the_transformer_starts_from_the_frequency_of_words() -> None:
    counts = np.arange(V) ** 2
    bias = np.asarray(decoder("transformer").build(counts).get_layer("logits").bias)
    np.testing.assert_allclose(bias[3:], np.log(counts[3:] / counts.sum()), rtol=1e-5)
    assert np.isfinite(bias).all()
    assert not np.asarray(decoder("transformer").build().get_layer("logits").bias).any()


def test_a_decoder_that_is_told_the_tags_listens_and_one_that_is_not_does_not_ask() -> None:
    tokens = np.array([[1, 4, 5, 6]], np.int32)
    system = decoder("told-attention-lstm")
    model = system.build()
    pooled, grid, tags = features_for(system, 1)
    told = np.asarray(model(inputs(system, [pooled, grid, tags], tokens), training=False))
    other = np.asarray(model(inputs(system, [pooled, grid, 1 - tags], tokens), training=False))
    assert np.abs(told - other).max() > 1e-3
    plain = decoder("told-attention-lstm", untold=True)
    assert plain.reads == ("pooled", "encoder_hidden_states")
    found = np.asarray(plain.build()(inputs(plain, [pooled, grid], tokens), training=False))
    assert found.shape == told.shape
    assert [tensor.name for tensor in plain.start(plain.build()).inputs] == list(plain.reads)


def test_a_photo_is_remembered_once_for_all_of_its_captions() -> None:
    system = decoder("told-attention-lstm")
    model, features = system.build(), features_for(system, 2)
    tokens = np.random.default_rng(1).integers(2, V, (3, T)).astype(np.int32)
    rows = [1, 0, 1]
    together = np.asarray(model(inputs(system, features, tokens, rows), training=False))
    apart = np.asarray(model(inputs(system, [part[rows] for part in features], tokens), training=False))
    np.testing.assert_allclose(together, apart, atol=1e-6)


def test_what_is_fixed_before_training_is_one_product_with_what_is_learned() -> None:
    """The ImageNet classes and the main directions: the same with and without, and never trained."""
    import keras
    from tagger_training.systems.system import ClassHead, TrainingPhotos

    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(0)
    system = decoder("told-attention-lstm", dropout=0.0)
    model = system.build()
    photos = TrainingPhotos(rng.random((50, D), np.float32), rng.random((400, D), np.float32))
    head = ClassHead(rng.normal(size=(D, 5)).astype(np.float32), rng.normal(size=5).astype(np.float32))
    before = [np.asarray(weight).copy() for weight in model.trainable_weights]
    system.adapt(model, photos, head)
    assert all(np.array_equal(a, np.asarray(b)) for a, b in zip(before, model.trainable_weights, strict=True))
    for name, given in (("cells", np.sqrt(photos.cells)), ("classes", photos.pooled)):
        layer = model.get_layer(name)
        np.testing.assert_allclose(layer(given, training=True), layer(given, training=False), atol=1e-4)
        middle = given @ np.asarray(layer.fixed) + np.asarray(layer.fixed_bias)
        np.testing.assert_allclose(middle.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(middle.std(axis=0), 0.5, atol=1e-3)  # of the classes
    directions = np.asarray(model.get_layer("cells").fixed)
    np.testing.assert_allclose(directions.T @ directions, np.eye(4) * (directions**2).sum(axis=0), atol=1e-3)
    root = np.asarray(model.get_layer("pooled_root")(photos.pooled))
    np.testing.assert_allclose((root.mean(axis=0), root.std(axis=0)), (np.zeros(D), np.ones(D)), atol=0.02)


def test_sizes_are_those_of_the_sources() -> None:
    from tagger_training.systems.inceptionv3_attention import AttentionLstm
    from tagger_training.systems.merge_lstm import MergeLstm
    from tagger_training.systems.mobilenetv3small_transformer import Transformer
    from tagger_training.systems.vgg16_gru import StackedGru

    assert MergeLstm(2048, 19_222, 39).build().count_params() == 8_483_222
    assert StackedGru(4096, 10_000, 20).build().count_params() == 12_645_648
    assert StackedGru(512, 10_000, 20).build().count_params() == 12_645_648 - (4096 - 512) * 512
    attention = 2048 * 256 + 256 + 256 * 512 + 512  # memory, keys
    attention += 2 * (256 * 512 + 512) + 512 * 512 + 512  # first states; query and score
    attention += 5_000 * 256 + 4 * ((256 + 256 + 512) * 512 + 512)  # embedding, LSTM
    attention += 512 * 512 + 512 + 512 * 5_000 + 5_000  # hidden, logits
    assert AttentionLstm(2048, 64, 5_000, 20).build().count_params() == attention
    own = 3 * (256 * 512 + 512) + 512 * 256 + 256
    cross = (256 * 512 + 512) + 2 * (576 * 512 + 512) + 512 * 256 + 256
    layer = own + cross + 256 * 512 + 512 + 512 * 256 + 256 + 3 * 512
    transformer = 2 * layer + 5_000 * 256 + 21 * 256 + 256 * 5_000 + 5_000
    assert Transformer(576, 49, 5_000, 20).build().count_params() == transformer


def test_every_recipe_is_offered_and_knows_its_parts() -> None:
    from tagger_training.command import SYSTEMS
    from tagger_training.encoders import ENCODERS
    from tagger_training.run import RunConfig
    from tagger_training.scst import ScstConfig
    from tagger_training.systems.catalogue import DECODERS, RECIPES

    assert tuple(RECIPES) == SYSTEMS
    for recipe in RECIPES.values():
        assert recipe.encoder in ENCODERS
        assert recipe.decoder in DECODERS
        config = RunConfig(recipe.encoder, "made up", recipe.decoder, **recipe.settings)
        assert config.all_epochs == sum(part.epochs for part in config.parts)
        ScstConfig("made up", **recipe.second_stage)


def test_options_override_the_recipe_and_the_recipe_the_usual() -> None:
    from tagger_training.command import _parser
    from tagger_training.train import run_config

    def config(*arguments: str):
        return run_config(_parser().parse_args(["--data", "d", "--out", "o", *arguments]))

    usual = config()
    assert (usual.encoder, usual.decoder, usual.epochs, usual.batch_size) == ("mobilenetv2", "merge-lstm", 25, 64)
    gru = config("--system", "vgg16-gru")
    assert (gru.optimizer, gru.epochs, gru.vocabulary_size, gru.draw) == ("rmsprop", 20, 10_000, True)
    other = config("--system", "vgg16-gru", "--encoder", "vgg16-conv", "--epochs", "3", "--units", "64")
    assert (other.encoder, other.epochs, other.numbers, other.draw) == ("vgg16-conv", 3, {"units": 64}, True)
    transformer = config("--system", "mobilenetv3small-transformer", "--learning-rate", "3e-4", "--seed", "7")
    assert (transformer.learning_rate, transformer.batch_size, transformer.seed) == (3e-4, 32, 7)
    told = config("--system", "efficientnet-lite2-attention", "--fine-epochs", "2", "--no-flip", "--untold")
    assert (told.by_photo, told.flip, told.numbers, told.all_epochs) == (True, False, {"untold": True}, 12)
    first, second = told.parts
    assert (first.batch_size, first.dropout, first.averaging) == (48, 0.3, 0.99)
    assert (second.batch_size, second.dropout, second.averaging, second.learning_rate) == (16, 0.35, 0.997, 6e-4)
    assert config("--system", "efficientnet-lite2-attention", "--fine-epochs", "0").all_epochs == 10
    with pytest.raises(RunError, match="needs its number of epochs"):
        config("--fine-dropout", "0.1")


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"decoder": "merge-lstm", "numbers": {"units": 4}}, "merge-lstm has no setting units"),
        ({"decoder": "stacked-gru", "numbers": {"heads": 4}}, "stacked-gru has no setting heads"),
        ({"decoder": "transformer", "form": "prefix"}, "transformer cannot be trained on prefixes"),
        ({"decoder": "other"}, "unknown decoder 'other'"),
        ({"encoder": "other"}, "unknown encoder 'other'"),
    ],
)
def test_settings_that_a_system_has_not_are_refused(changes, cause: str, tmp_path) -> None:
    from tagger_training.run import RunConfig, create_run

    from tagger.captioning.tokenizer import SPECIAL_TOKENS

    with pytest.raises(RunError, match=cause):
        create_run(tmp_path / "run", RunConfig(**{"encoder": "mobilenetv2", "data": "d", **changes}), [*SPECIAL_TOKENS])
    assert not (tmp_path / "run").exists()


@pytest.mark.filterwarnings("ignore:Skipping")
@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_of_another_system_is_named(name: str, tmp_path) -> None:
    from tagger_training.run import RunConfig, create_run
    from tagger_training.systems.catalogue import DECODERS

    from tagger.captioning.tokenizer import SPECIAL_TOKENS

    other = {"merge-lstm": "transformer"}.get(name, "merge-lstm")
    tokens = [*SPECIAL_TOKENS, "a", "b"]
    runs = {d: create_run(tmp_path / d, RunConfig("mobilenetv3small", "d", d), tokens) for d in DECODERS}
    with pytest.raises(RunError, match="has no finished epoch"):
        runs[name].best_model()
    runs[other].system.build().save_weights(tmp_path / name / "best.weights.h5")
    with pytest.raises(RunError, match=r"best\.weights\.h5 is not a checkpoint of this system") as found:
        runs[name].best_model()
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("name", ["stacked-gru", "attention-lstm", "transformer"])  # the others in test_resuming.py
def test_training_goes_on_where_it_stopped(name: str, tmp_path) -> None:
    """The layers of our own are in the checkpoint, and the history is that of one training without a break."""
    import csv
    from dataclasses import replace

    from tagger_training.fit import fit
    from tagger_training.run import RunConfig, create_run
    from tagger_training.sequences import CaptionBatches

    from tagger.captioning.tokenizer import SPECIAL_TOKENS

    config = RunConfig(
        "mobilenetv3small", "d", name, batch_size=2, dropout=0.1, max_length=4, draw=True, numbers={"units": 8}
    )

    def train(folder: str, epochs: int) -> list[list[float]]:
        run = create_run(tmp_path / folder, config, [*SPECIAL_TOKENS, "a", "dog", "cat"])
        shape = (4, 576) if run.system.reads == ("pooled",) else (4, 49, 576)
        features = np.random.default_rng(0).random(shape, np.float32)
        captions = [["a dog", "dog"], ["a cat"], ["cat"], ["a"]]
        train, val = (
            CaptionBatches(
                features, captions, run.tokenizer, form="teacher-forced", batch_size=2, max_length=4, seed=1, draw=draw
            )
            for draw in (True, False)
        )
        fit(replace(run, config=replace(config, epochs=epochs)), train, val)
        with (run.folder / "history.csv").open(newline="") as lines:
            return [[float(value) for value in row.values()] for row in csv.DictReader(lines)]

    whole = train("whole", 3)
    train("parts", 1)
    np.testing.assert_allclose(train("parts", 3), whole, rtol=1e-4)
