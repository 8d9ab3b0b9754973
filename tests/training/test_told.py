"""A system that is told the tags: what it is told in training, batches of photos, other views, a falling rate."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_training import CAPTIONS, features_of, fit_run, history, seen_of, small_run

from tagger.core.errors import RunError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOLD = "told-attention-lstm"


def of_photos(run, captions=CAPTIONS, **settings):
    from tagger_training.sequences import CaptionBatches

    usual = {"form": "teacher-forced", "batch_size": 2, "max_length": 4, "seed": 1, "by_photo": True}
    seen = seen_of(run, len(captions), mirrored=True)
    return CaptionBatches(seen, captions, run.tokenizer, takes_rows=run.system.takes_rows, **(usual | settings))


def test_a_batch_is_of_photos_with_all_their_captions(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", TOLD)
    train = of_photos(run)
    orders = []
    for epoch in range(3):
        train.start(epoch)
        assert len(train) == 2
        said: dict[int, list[str]] = {}
        for index in range(2):
            (*seen, rows, tokens), targets, weights = train[index]
            assert [len(part) for part in seen] == [2, 2, 2]
            assert len(rows) == len(tokens) == len(targets) == len(weights)
            for row, words in zip(rows, tokens, strict=True):
                whole = np.concatenate([features_of(run)[0], features_of(run, 4, 1)[0]])
                (photo,) = np.flatnonzero((whole == seen[0][row]).all(axis=1))
                said.setdefault(photo % 4, []).append(run.tokenizer.decode(words[1:]).lower())
        cut = [[" ".join(text.split()[:4]) for text in texts] for texts in CAPTIONS]
        orders.append(list(said))
        assert {photo: len(texts) for photo, texts in said.items()} == {0: 3, 1: 2, 2: 1, 3: 2}
        for photo in range(3):
            assert sorted(said[photo]) == sorted(cut[photo])
    assert orders[0] != orders[1] or orders[1] != orders[2]


def test_a_view_is_drawn_for_a_photo_and_never_mirrored_where_one_caption_names_a_side(tmp_path: Path) -> None:
    from tagger_training.feature_store import Features
    from tagger_training.sequences import CaptionBatches

    run = small_run(tmp_path / "run", TOLD)
    plain = np.arange(4, dtype=np.float32)[:, None]
    seen = Features(plain, mirrored=Features(plain + 10), cropped=Features(plain + 20, mirrored=Features(plain + 30)))
    settings = {"form": "teacher-forced", "batch_size": 4, "max_length": 4, "seed": 1, "by_photo": True, "crop": 0.3}
    train = CaptionBatches([seen], CAPTIONS, run.tokenizer, takes_rows=True, **settings)
    counts = np.zeros((4, 4), int)  # photo, view
    for epoch in range(300):
        train.start(epoch)
        (values, rows, _), _, _ = train[0]
        assert len(values) == 4  # one view each
        assert sorted(rows.tolist()) == sorted(np.argsort(np.argsort(values[:, 0] % 10))[[0, 0, 0, 1, 1, 2, 3, 3]])
        for value in values[:, 0].astype(int):
            counts[value % 10, value // 10] += 1
    assert counts[3, 1] == counts[3, 3] == 0
    np.testing.assert_allclose(counts[:3].sum(axis=0) / 900, [0.35, 0.35, 0.15, 0.15], atol=0.06)


def test_photos_are_encoded_cropped_too(tmp_path: Path) -> None:
    from tagger_training.encoders import EncoderSpec
    from tagger_training.features import encoded_photos
    from tiny_encoder import build

    from tagger.captioning.bundle import ImageSpec

    spec = EncoderSpec("tiny", ImageSpec(16), "grid", 3, 4, build, "none")
    pixels = np.zeros((16, 64, 3), np.uint8)
    pixels[:, :16] = 200  # on the left, outside of the middle
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    found, _ = encoded_photos(
        [tmp_path / "wide.png"], spec, None, tmp_path / "cache", mirrored=True, cropped=True, progress=lambda *_: None
    )
    pooled = found["pooled"]
    views = (pooled, pooled.mirrored, pooled.cropped, pooled.cropped.mirrored)
    assert [view[:].max() > 0.1 for view in views] == [True, True, False, False]
    assert [view.names[0].partition("-")[2] for view in views] == ["", "mirrored", "cropped", "cropped-mirrored"]


def head(run, probability: float) -> None:
    """A tag head that says the same of every photo, and that said other things of those that it was trained on."""
    import keras

    folder = run.folder / "tags"
    folder.mkdir()
    inputs = keras.layers.Input((576,), name="pooled")
    ones = keras.layers.Dense(run.system.concepts + 2, kernel_initializer="zeros", bias_initializer="ones")
    said = keras.layers.Rescaling(probability, name="tag_scores")(ones(inputs))
    keras.Model(inputs, said).save(folder / "tag_head.keras")
    (folder / "thresholds.json").write_text(json.dumps({str(i): 0.5 for i in range(run.system.concepts + 2)}))


def test_training_photos_are_told_what_was_said_by_heads_that_did_not_see_them(tmp_path: Path) -> None:
    from tagger_training.encoding import EncodedSplit
    from tagger_training.feature_store import Features
    from tagger_training.told import tell

    run = small_run(tmp_path / "run", TOLD)
    head(run, 0.75)
    held_out = np.zeros((2, 2, run.system.concepts), np.float16)
    held_out[0], held_out[1] = [[0.1], [0.2]], [[0.3], [0.4]]  # photo, view
    np.save(run.folder / "tags" / "held_out.npy", held_out)
    names = ["aa", "bb", "cc"]
    pooled = features_of(run, 3)[0]
    photos = Features(pooled, names=names)
    photos.mirrored = Features(pooled, names=[f"{name}-mirrored" for name in names])
    splits = {"train": EncodedSplit({"pooled": photos}, CAPTIONS[:3])}
    with pytest.raises(RunError, match="does not say which photos"):
        tell(run, splits)
    (run.folder / "tags" / "held_out.photos").write_text("bb\naa\n")
    told = tell(run, splits)["train"].features["tag_probabilities"]
    assert told[:].shape == (3, run.system.concepts)
    np.testing.assert_allclose(told[:][:, 0], [0.3, 0.1, 0.75], atol=1e-3)
    np.testing.assert_allclose(told.mirrored[:][:, 5], [0.4, 0.2, 0.75], atol=1e-3)
    assert told.cropped is None


def test_runs_may_share_a_tag_head(tmp_path: Path) -> None:
    from tagger_training.told import has_tags, take_tags

    source, run = (small_run(tmp_path / name, TOLD) for name in ("source", "run"))
    with pytest.raises(RunError, match="has no tag head"):
        take_tags(source, run)
    head(source, 0.75)
    (source.folder / "tags" / "held_out.photos").write_text("aa\n")
    take_tags(source, run)
    assert has_tags(run)
    kept = {path.name: path.read_bytes() for path in (run.folder / "tags").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in (source.folder / "tags").iterdir()}
    other = small_run(tmp_path / "other", TOLD, preprocessing="source")
    with pytest.raises(RunError, match="of another encoder"):
        take_tags(source, other)


def test_the_rate_rises_in_a_line_and_falls_by_a_cosine(tmp_path: Path) -> None:
    from tagger_training.pace import CosineRate

    config = small_run(tmp_path / "run", "merge-lstm", epochs=10, warm_up=0.2, learning_rate=0.5).config
    rate = CosineRate(config, 3, 10)
    assert [rate.rate(3, step) for step in (0, 1, 9)] == pytest.approx([0.025, 0.05, 0.25])
    assert rate.rate(5, 0) == pytest.approx(0.5)
    assert rate.rate(9, 0) == pytest.approx(0.25)
    assert rate.rate(12, 9) < 1e-3


def test_the_averaged_weights_are_measured_and_kept_and_training_goes_on_with_its_own(tmp_path: Path) -> None:
    import keras

    run = small_run(tmp_path / "run", "merge-lstm", averaging=0.5, epochs=2, dropout=0.0)
    fit_run(run)
    last = keras.models.load_model(run.folder / "last-1.keras")
    kept = run.model_at(run.first_weights)
    averages = last.optimizer._model_variables_moving_average
    for own, mean, best in zip(last.trainable_weights, averages, kept.trainable_weights, strict=True):
        np.testing.assert_allclose(np.asarray(mean), np.asarray(best), atol=1e-7)
        assert np.abs(np.asarray(own) - np.asarray(best)).max() > 1e-5
    plain = small_run(tmp_path / "plain", "merge-lstm", epochs=2, dropout=0.0)
    fit_run(plain)
    one, other = history(run.folder), history(plain.folder)
    assert [row["loss"] for row in one] == [row["loss"] for row in other]
    assert [row["val_loss"] for row in one] != [row["val_loss"] for row in other]


@pytest.mark.parametrize("keep", ["best", "last"])
def test_the_epoch_that_is_kept(keep: str, tmp_path: Path) -> None:
    import keras

    run = small_run(tmp_path / "run", "merge-lstm", epochs=8, learning_rate=0.01, dropout=0.0, keep=keep)
    fit_run(run)
    losses = [float(row["val_loss"]) for row in history(run.folder)]
    assert np.argmin(losses) < 7
    last = keras.models.load_model(run.folder / "last-7.keras").get_weights()
    same = all(np.array_equal(a, b) for a, b in zip(last, run.best_model().get_weights(), strict=True))
    assert same is (keep == "last")


def test_photos_with_few_captions_may_be_left_out_of_the_second_stage(tmp_path: Path) -> None:
    from tagger_training.scst import Captioned, Scst, ScstConfig

    run = small_run(tmp_path / "run", TOLD, epochs=1)
    fit_run(run)
    photos = Captioned(seen_of(run), CAPTIONS)
    run.scst_folder.mkdir()
    assert Scst(run, ScstConfig("d", batch_size=1), photos, photos).steps == 4
    assert Scst(run, ScstConfig("d", batch_size=1, references=2), photos, photos).steps == 3
    with pytest.raises(RunError, match="fewer than two photos have 3 captions"):
        Scst(run, ScstConfig("d", references=3), photos, photos)


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (["--system", "efficientnet-lite2-attention", "--no-tags"], r"told the tags.*add --untold"),
        (["--system", "efficientnet-lite2-attention", "--devices", "2"], "cannot be shared among devices"),
        (["--tags-from", "runs/a"], "is for a decoder that is told the tags"),
        (["--by-photo", "--form", "prefix"], "--by-photo needs whole captions"),
        (["--averaging", "0.9", "--devices", "2"], "--averaging is for one device"),
        (["--fine-batch-size", "3"], "add --fine-epochs"),
        (["--weight-decay", "0.1"], "add --optimizer adamw"),
        (["--warm-up", "0.1"], "add --schedule cosine"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(arguments: list[str], cause: str, tmp_path: Path) -> None:
    from tagger_training.command import train

    with pytest.raises(RunError) as found:
        train(["--data", str(tmp_path), "--out", str(tmp_path / "run"), *arguments])
    assert re.search(cause, str(found.value))
    assert not (tmp_path / "run").exists()


def test_the_running_mean_is_a_short_one_at_first() -> None:
    import keras
    from tagger_training.optimizers import AveragingAdam

    weight = keras.Variable([0.0])
    optimizer = AveragingAdam(1.0, use_ema=True, ema_momentum=0.6)
    optimizer.build([weight])
    seen, mean = [], 0.0
    for step in range(20):
        optimizer.apply([keras.ops.convert_to_tensor([1.0])], [weight])
        share = min(0.6, step / (step + 9))
        mean = share * mean + (1 - share) * float(weight[0])
        seen.append((float(optimizer._model_variables_moving_average[0][0]), mean))
    np.testing.assert_allclose(*np.transpose(seen), rtol=1e-5)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert (type(again), again.ema_momentum) == (AveragingAdam, 0.6)
