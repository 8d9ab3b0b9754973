"""Training: it learns, it resumes as if nothing had happened, it encodes no photo twice."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tagger.core.errors import RunError

pytestmark = pytest.mark.slow

CAPTIONS = ["a red photo", "a green photo", "a blue photo", "a dark photo of nothing"]
TOKENS = ["<pad>", "<start>", "<end>", "<unk>", "a", "photo", "red", "green", "blue", "dark", "of", "nothing"]


def make_run(folder: Path, **changes):
    from tagger_training.run import RunConfig, create_run

    config = RunConfig("mobilenetv2", "made up", batch_size=4, dropout=0.1, learning_rate=1e-2, max_length=6, **changes)
    return create_run(folder, config, TOKENS)


def batches(run, *, shuffle: bool = True):
    from tagger_training.sequences import CaptionBatches

    features = np.repeat(np.eye(4, 1280, dtype=np.float32) * 3, 8, axis=0)
    captions = [[text] for text in CAPTIONS for _ in range(8)]
    return CaptionBatches(
        features, captions, run.tokenizer, form="teacher-forced", batch_size=4, max_length=6, seed=1, shuffle=shuffle
    )


def train(folder: Path, epochs: int):
    from tagger_training.fit import fit

    run = make_run(folder)
    run = replace(run, config=replace(run.config, epochs=epochs))  # as if interrupted after so many
    fit(run, batches(run), batches(run, shuffle=False))
    return run


def history(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_it_learns_a_small_set_by_heart(tmp_path: Path) -> None:
    from tagger_training.plots import plot_history
    from tagger_training.systems.prefix import PrefixDecoder

    from tagger.captioning import sampler

    run = train(tmp_path / "run", 12)
    decoder = PrefixDecoder(run.best_model(), run.system)
    rules = sampler.Rules(1, 2, 6, (0, 3))
    found = sampler.greedy(decoder.step, decoder.start(np.eye(4, 1280, dtype=np.float32) * 3), 4, rules)
    assert [run.tokenizer.decode(h[0].token_ids).lower() for h in found] == CAPTIONS
    plot_history(run.folder)
    with Image.open(run.folder / "loss.png") as plot:
        assert plot.size[0] > 300


def test_resumed_training_has_the_same_history(tmp_path: Path) -> None:
    train(tmp_path / "whole", 4)
    train(tmp_path / "parts", 2)
    train(tmp_path / "parts", 4)
    whole, parts = history(tmp_path / "whole"), history(tmp_path / "parts")
    assert len(whole) == len(parts) == 4
    for a, b in zip(whole, parts, strict=True):
        for name in a:
            assert float(a[name]) == pytest.approx(float(b[name]), rel=1e-4)


def test_a_loss_that_is_not_finite_ends_it_and_keeps_the_checkpoint(tmp_path: Path) -> None:
    from tagger_training.fit import fit

    run = train(tmp_path / "run", 1)
    before = (run.folder / "best.weights.h5").read_bytes()
    broken = batches(run)
    broken._seen[0].stored[:] = np.float32(3e38)
    longer = make_run(tmp_path / "run")
    with pytest.raises(RunError, match="not finite"):
        fit(longer, broken, batches(longer, shuffle=False))
    assert (run.folder / "best.weights.h5").read_bytes() == before
    assert len(history(run.folder)) == 1


def test_another_configuration_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    make_run(tmp_path / "run")
    with pytest.raises(RunError, match="another configuration"):
        make_run(tmp_path / "run", seed=2)


def test_photos_are_encoded_once(tmp_path: Path) -> None:
    import keras
    from tagger_training.encoders import EncoderSpec
    from tagger_training.features import encoded_photos

    from tagger.captioning.bundle import ImageSpec

    built = []

    def build(weights: str | None) -> keras.Model:
        built.append(weights)
        inputs = keras.layers.Input((16, 16, 3))
        return keras.Model(inputs, keras.layers.Activation("linear", name="grid")(inputs))

    spec = EncoderSpec("test", ImageSpec(16), "grid", 3, 16, build, "none")
    paths = [tmp_path / f"{i}.png" for i in range(40)]
    for i, path in enumerate(paths):
        Image.new("RGB", (20, 20), (i * 6, 100, 0)).save(path)
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    every = [*paths[:30], tmp_path / "broken.png"]
    encoded = []

    def progress(done: int, total: int) -> None:
        encoded.append(total)

    def pooled(photos: list[Path]):
        features, failed = encoded_photos(photos, spec, None, tmp_path / "cache", progress=progress)
        return features["pooled"][:], failed

    values, failed = pooled(every)
    np.testing.assert_allclose(values[:, 0] * 255, [i * 6 for i in range(30)], atol=0.5)
    assert list(failed) == [30]
    again, _ = pooled(paths[:30])
    assert len(built) == 1
    np.testing.assert_array_equal(values, again)
    with (next((tmp_path / "cache").glob("*.f32"))).open("ab") as file:
        file.write(b"cut off in the middle of a row"[:7])
    encoded.clear()
    more, _ = pooled(paths)
    assert encoded[-1] == 10
    np.testing.assert_allclose(more[:, 0] * 255, [i * 6 for i in range(40)], atol=0.5)
    assert list(pooled([tmp_path / "broken.png", paths[0], tmp_path / "gone.png"])[1]) == [2, 0]


def test_grids_are_kept_at_half_precision_and_read_a_batch_at_a_time(tmp_path: Path) -> None:
    from tagger_training.encoders import EncoderSpec
    from tagger_training.features import encoded_photos
    from tagger_training.sequences import CaptionBatches
    from tiny_encoder import build

    from tagger.captioning.bundle import ImageSpec

    spec = EncoderSpec("tiny", ImageSpec(16), "grid", 3, 4, build, "none")
    paths = [tmp_path / f"{i}.png" for i in range(5)]
    for i, path in enumerate(paths):
        Image.new("RGB", (20, 20), (i * 50, 100, 0)).save(path)
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    encoded = []

    def features(photos: list[Path], *, grid: bool):
        found, _ = encoded_photos(
            photos, spec, None, tmp_path / "cache", grid=grid, progress=lambda done, total: encoded.append(total)
        )
        return found

    assert list(features(paths[:2], grid=False)) == ["pooled"]
    found = features([tmp_path / "broken.png", *paths], grid=True)  # the pooled ones of two photos are there already
    assert encoded == [2, 6]
    assert (len(found["pooled"]), len(found["encoder_hidden_states"])) == (5, 5)
    grid = found["encoder_hidden_states"][np.array([4, 1])]
    assert (grid.shape, grid.dtype) == ((2, 16, 3), np.float32)
    np.testing.assert_allclose(grid[:, :, 0] * 255, [[200] * 16, [50] * 16], rtol=1e-3)
    np.testing.assert_allclose(found["pooled"][:][:, 0] * 255, [0, 50, 100, 150, 200], atol=0.5)
    assert next((tmp_path / "cache").glob("*.grid.f16")).stat().st_size == 5 * 16 * 3 * 2
    run = make_run(tmp_path / "run")
    batches = CaptionBatches(
        found["encoder_hidden_states"],
        [[text] for text in ("a red photo", *CAPTIONS)],
        run.tokenizer,
        form="teacher-forced",
        batch_size=2,
        max_length=6,
        seed=1,
        shuffle=False,
    )
    (rows, _), _, _ = batches[1]
    np.testing.assert_allclose(rows[:, 0, 0] * 255, [100, 150], rtol=1e-3)


def test_drawing_takes_photos_evenly_and_one_caption_of_each(tmp_path: Path) -> None:
    from tagger_training.sequences import CaptionBatches

    run = make_run(tmp_path / "run")
    features = np.arange(3, dtype=np.float32)[:, None]
    captions = [["a red photo"] * 18, ["a blue photo", "a dark photo"], []]
    settings = {"form": "teacher-forced", "batch_size": 10, "max_length": 6, "seed": 1, "draw": True}
    batches = CaptionBatches(features, captions, run.tokenizer, **settings)
    assert len(batches) == 2  # steps an epoch: from the number of captions

    def epoch(number: int) -> list[tuple[int, int]]:
        batches.start(number)
        pairs = []
        for i in range(2):
            (rows, tokens), _, _ = batches[i]
            pairs += zip(rows[:, 0].astype(int).tolist(), tokens[:, 2].tolist(), strict=True)
        return pairs

    assert len(epoch(0)) == 20
    assert epoch(3) == epoch(3)
    assert epoch(3) != epoch(4)
    drawn = [pair for number in range(40) for pair in epoch(number)]
    red, blue, dark = (TOKENS.index(word) for word in ("red", "blue", "dark"))
    assert set(drawn) == {(0, red), (1, blue), (1, dark)}
    assert 0.45 < np.mean([row == 0 for row, _ in drawn]) < 0.55  # not 0.9, as their captions are


def test_padding_counts_for_nothing(tmp_path: Path) -> None:
    """Loss and accuracy of a caption are the same however far it is padded, and whatever is said there."""
    from tagger_training.fit import _compiled

    run = make_run(tmp_path / "run")
    model = _compiled(run, batches(run))
    features = np.eye(2, 1280, dtype=np.float32)
    tokens, targets = np.array([[1, 4, 6], [1, 4, 5]]), np.array([[4, 6, 2], [4, 5, 2]])
    expected = model.evaluate([features, tokens], targets, sample_weight=np.ones((2, 3)), verbose=0, return_dict=True)
    assert set(expected) == {"loss", "accuracy"}
    for padding in (1, 9):
        more = ((0, 0), (0, padding))
        found = model.evaluate(
            [features, np.pad(tokens, more)],
            np.pad(targets, more, constant_values=7),
            sample_weight=np.pad(np.ones((2, 3)), more),
            verbose=0,
            return_dict=True,
        )
        assert found == pytest.approx(expected, abs=1e-6)


def test_a_run_of_an_earlier_version_is_taken_up_again(tmp_path: Path) -> None:
    import json

    from tagger_training.run import open_run

    run = make_run(tmp_path / "run")
    path = tmp_path / "run" / "config.json"
    config = json.loads(path.read_text())
    for name in ("decoder", "optimizer", "draw", "vocabulary_size", "numbers"):
        del config[name]
    path.write_text(json.dumps(config))
    assert open_run(tmp_path / "run").config == run.config
    assert make_run(tmp_path / "run").config == run.config


def test_the_tag_head_finds_what_is_in_the_features(tmp_path: Path) -> None:
    from tagger_training.tag_head import load_tag_head, train_tag_head

    rng = np.random.default_rng(0)
    words = ["dog", "car", "beach"]

    def photos(n: int):
        kinds = rng.integers(0, 3, n)
        features = rng.random((n, 32), dtype=np.float32) * 0.2
        features[np.arange(n), kinds] += 3
        return features, [[f"a {words[k]}", f"one {words[k]}", f"the {words[k]}"] for k in kinds]

    features, captions = {}, {}
    for split, n in (("train", 600), ("val", 90)):
        features[split], captions[split] = photos(n)
    scores = train_tag_head(tmp_path / "tags", features, captions, seed=1)
    assert scores["val_precision"] > 0.95
    assert scores["val_recall"] > 0.9
    model, thresholds = load_tag_head(tmp_path / "tags")
    labels = list(thresholds)
    probability = np.asarray(model(features["val"]))[:, labels.index("dog")]
    is_dog = np.array(["dog" in texts[0] for texts in captions["val"]])
    assert probability[is_dog].min() > probability[~is_dog].max()
