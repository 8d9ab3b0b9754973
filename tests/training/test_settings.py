"""Each setting of a training does what docs/systems.md says of it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_training import CAPTIONS, DECODERS, UNLIKE, batches, features_of, fit_run, history, seen_of, small_run

from tagger.core.errors import RunError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_half_of_the_photos_are_mirrored_but_not_under_a_side(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", "merge-lstm", flip=True)
    (plain,), (mirrored,) = features_of(run), features_of(run, 4, 1)
    train = batches(run, train=True)
    sided = {"a dog sleeps on the left"}
    seen: dict[bool, int] = {False: 0, True: 0}
    orders = []
    for epoch in range(30):
        train.start(epoch)
        for index in range(len(train)):
            (features, tokens), _, _ = train[index]
            for row, words in zip(features, tokens, strict=True):
                photo = next(i for i in range(4) if (row == plain[i]).all() or (row == mirrored[i]).all())
                flipped = bool((row == mirrored[photo]).all())
                said = run.tokenizer.decode(words[1:]).lower()
                assert not (flipped and any(text.startswith(said) for text in sided if photo == 3 and "a dog" in said))
                seen[flipped] += 1
                orders.append((photo, said))
    assert 0.3 < seen[True] / sum(seen.values()) < 0.55
    train = batches(small_run(tmp_path / "plain", "merge-lstm"), train=True)
    train.start(0)
    (_, tokens), _, _ = train[0]
    assert [said for _, said in orders[:3]] == [run.tokenizer.decode(words[1:]).lower() for words in tokens]


@pytest.mark.parametrize(
    ("caption", "sided"),
    [("A dog on the left", True), ("Turning right.", True), ("A bright dog that leftovers", False), ("A dog", False)],
)
def test_captions_that_name_a_side(caption: str, sided: bool) -> None:
    from tagger_training.sequences import names_a_side

    assert names_a_side(caption) == sided


def test_mirrored_photos_are_encoded_beside_the_others_and_once(tmp_path: Path) -> None:
    from tagger_training.encoders import EncoderSpec
    from tagger_training.features import encoded_photos
    from tiny_encoder import build

    from tagger.captioning.bundle import ImageSpec

    spec = EncoderSpec("tiny", ImageSpec(16), "grid", 3, 4, build, "none")
    paths = [tmp_path / f"{i}.png" for i in range(3)]
    for i, path in enumerate(paths):
        pixels = np.zeros((16, 16, 3), np.uint8)
        pixels[:, 12:] = 40 * (i + 1)  # bright on the right
        Image.fromarray(pixels).save(path)
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    counted = []

    def encoded(photos: list[Path], *, mirrored: bool):
        found, failed = encoded_photos(
            photos, spec, None, tmp_path / "cache", grid=True, mirrored=mirrored, progress=lambda *n: counted.append(n)
        )
        return found["encoder_hidden_states"], failed

    plain, _ = encoded(paths[:2], mirrored=False)
    assert plain.mirrored is None
    both, failed = encoded([tmp_path / "broken.png", *paths], mirrored=True)
    assert list(failed) == [0]
    assert counted == [(2, 2), (4, 4)]
    grid, other = both[:].reshape(3, 4, 4, 3), both.mirrored[:].reshape(3, 4, 4, 3)
    assert (grid[:, :, 3] > 0).all()
    np.testing.assert_array_equal(other, grid[:, :, ::-1])
    encoded(paths, mirrored=True)
    assert len(counted) == 2


def test_label_smoothing_is_the_formula_and_spares_what_is_never_said() -> None:
    import keras
    from tagger_training.losses import WordCrossEntropy

    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (2, 3, 9)).astype(np.float32)
    targets, weights = rng.integers(2, 9, (2, 3)), np.array([[1, 1, 0], [1, 0, 0]], np.float32)
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    found = float(WordCrossEntropy()(targets, logits, weights))
    assert found == pytest.approx(float(plain(targets, logits, weights)), rel=1e-6)
    log_p = logits - np.log(np.exp(logits.astype(np.float64)).sum(axis=2, keepdims=True))
    own = np.take_along_axis(log_p, targets[:, :, None], 2)[:, :, 0]
    each = -0.8 * own - 0.2 * log_p[:, :, 2:].mean(axis=2)
    smoothed = WordCrossEntropy(0.2)
    assert float(smoothed(targets, logits, weights)) == pytest.approx((each * weights).sum() / 3, rel=1e-5)
    logits[:, :, :2] = -1e9
    assert float(smoothed(targets, logits, weights)) < 100
    again = WordCrossEntropy.from_config(smoothed.get_config())
    assert float(again(targets, logits, weights)) == float(smoothed(targets, logits, weights))


@pytest.mark.parametrize("decoder", DECODERS)
def test_half_precision_is_applied_and_leaves_a_checkpoint_in_full(decoder: str, tmp_path: Path) -> None:
    import keras
    from tagger_training.fit import fit

    usual = {"label_smoothing": 0.1, "dropout": 0.0, "learning_rate": 1e-3}
    run = small_run(tmp_path / "run", decoder, epochs=2, mixed_precision="on", **usual)
    seen: dict[str, set[str]] = {}

    class Look(keras.callbacks.Callback):
        def on_train_begin(self, logs: dict | None = None) -> None:
            seen["layers"] = {layer.compute_dtype for layer in self.model.layers}
            seen["logits"] = {self.model.get_layer("logits").compute_dtype, self.model.output.dtype}
            seen["optimizer"] = {type(self.model.optimizer).__name__}

    train, val = batches(run, train=True), batches(run, train=False, captions=UNLIKE)
    fit(run, train, val, callbacks=(Look(),))
    assert "float16" in seen["layers"]
    assert seen["logits"] == {"float32"}
    assert seen["optimizer"] == {"LossScaleOptimizer"}
    assert keras.mixed_precision.dtype_policy().name == "float32"
    losses = [float(row["loss"]) for row in history(run.folder)]
    assert np.isfinite(losses).all()
    assert losses[1] < losses[0]
    model = run.best_model()
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    for graph in (run.system.start(model), run.system.step(model)):
        assert {str(value.dtype) for value in graph.output.values()} <= {"float32", "int64"}
    full = small_run(tmp_path / "full", decoder, epochs=1, **usual)
    fit_run(full)
    assert float(history(full.folder)[0]["loss"]) == pytest.approx(losses[0], rel=0.05)


def test_half_precision_by_itself_only_where_there_is_a_gpu() -> None:
    import tensorflow as tf
    from tagger_training.devices import precision

    with precision("auto") as policy:
        assert policy == ("mixed_float16" if tf.config.list_physical_devices("GPU") else "float32")
    with precision("off") as policy:
        assert policy == "float32"


def test_tensorboard_and_cider_each_epoch(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from tagger_training.caption_score import CiderEachEpoch, Validation
    from tagger_training.events import epoch_events
    from tagger_training.plots import plot_history
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = small_run(tmp_path / "run", "stacked-gru", epochs=3)
    measure = CiderEachEpoch(run, Validation(seen_of(run), CAPTIONS, run.tokenizer))
    fit_run(run, measures=(measure,), callbacks=(epoch_events(run.folder),))
    rows = history(run.folder)
    assert all(0 <= float(row["val_cider"]) < 10 for row in rows)
    events = EventAccumulator(str(run.folder / "logs" / "validation")).Reload()
    assert "epoch_loss" in events.Tags()["tensors"]
    assert len(events.Tensors("epoch_loss")) == 3
    plot_history(run.folder)
    with Image.open(run.folder / "metric.png") as metric, Image.open(run.folder / "loss.png") as loss:
        assert metric.height > 1.5 * loss.height  # accuracy and CIDEr-D


def test_tensorboard_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from tagger_training import events

    monkeypatch.setattr(events, "find_spec", lambda name: None)
    with pytest.raises(RunError, match="pip install tensorboard"):
        events.require_tensorboard()


DEVICES = """
import sys
from pathlib import Path
import numpy as np
import tensorflow as tf
tf.config.set_visible_devices([], "GPU")
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
sys.path[:0] = [sys.argv[2]]
from small_training import batches, history, small_run
from tagger_training.devices import mirrored_over
from tagger_training.fit import fit
from tagger_training.spoken import Spoken
from tagger.core.errors import RunError

def train(name, asked, captions, epochs):
    strategy = mirrored_over(asked)
    settings = {"dropout": 0.0, "batch_size": 4, "epochs": epochs, "learning_rate": 1e-3}
    run = small_run(Path(sys.argv[1]) / name, "merge-lstm", **settings)
    multiple = strategy.num_replicas_in_sync if strategy else 1
    parts = [batches(run, train=t, captions=captions, multiple=multiple) for t in (True, False)]
    say = Spoken(run, [parts[1]._seen[0][:1]], lambda line: None)
    fit(run, *parts, callbacks=(say,), strategy=strategy)
    return np.array([[float(value) for value in row.values()] for row in history(run.folder)])

even = [["a dog runs", "a cat"], ["dog", "cat sleeps"], ["a cat runs", "a"], ["a dog sleeps", "dog runs"]]
one = train("one", "1", even, 4)
two = train("two", "2", even, 2)
two = train("two again", "all", even, 4)
losses = [1, 3]  # columns of the history
np.testing.assert_allclose(two[:, losses], one[:, losses], rtol=2e-4)
np.testing.assert_allclose(two, one, atol=0.05)
odd = [*even, ["a dog runs"]]
one, two = train("odd one", "1", odd, 2), train("odd two", "2", odd, 2)
np.testing.assert_allclose(two[:, losses], one[:, losses], rtol=0.15)
try:
    mirrored_over("3")
except RunError as error:
    print(error)
"""


def test_two_devices_learn_what_one_learns(tmp_path: Path) -> None:
    """On batches that are shared evenly, and nearly so on a last batch that is not."""
    found = subprocess.run(
        [sys.executable, "-c", DEVICES, str(tmp_path), str(Path(__file__).parent)], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr[-3000:]
    assert "--devices 3: TensorFlow sees 2 CPU device(s) here (ask for fewer)" in found.stdout


def test_several_machines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from tagger_training.devices import mirrored_over

    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:1"]}}')
    with pytest.raises(RunError, match="unset TF_CONFIG"):
        mirrored_over("all")
    assert mirrored_over("1") is None
