"""A training that is interrupted ends as one that is not, to the last digit; what is damaged or missing is said."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_training import DECODERS, batches, fit_run, history, small_run

from tagger.core.errors import RunError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Interrupting:
    """A callback that stops the program after so many batches, as Ctrl-C does."""

    def __new__(cls, batches: int):
        import keras

        count = [0]

        def end(batch: int, logs: object) -> None:
            count[0] += 1
            if count[0] == batches:
                raise KeyboardInterrupt

        return keras.callbacks.LambdaCallback(on_train_batch_end=end)


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_history_is_the_same_to_the_last_digit(decoder: str, tmp_path: Path) -> None:
    """Order, mirrored photos, dropout, drawn captions, a rate that falls: all go on where they were."""
    settings = {"draw": True, "flip": True, "label_smoothing": 0.1, "epochs": 7, "patience": 3}
    settings["learning_rate"] = {"merge-lstm": 0.01, "stacked-gru": 0.1, "attention-lstm": 0.05}.get(decoder, 0.03)
    whole = small_run(tmp_path / "whole", decoder, **settings)
    fit_run(whole)
    rates = [float(row["learning_rate"]) for row in history(whole.folder)]
    assert rates[-1] < rates[0]  # or nothing was tested of it
    parts = small_run(tmp_path / "parts", decoder, **settings)
    for steps in (1, 5):  # both in the middle of an epoch
        with pytest.raises(KeyboardInterrupt):
            fit_run(parts, callbacks=(Interrupting(steps),))
    fit_run(parts)
    assert history(parts.folder) == history(whole.folder)
    one, other = (run.best_model().get_weights() for run in (parts, whole))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    fit_run(parts)  # nothing is left to do
    assert history(parts.folder) == history(whole.folder)


FINE = {"epochs": 2, "batch_size": 1, "learning_rate": 0.02, "dropout": 0.3, "averaging": 0.6, "warm_up": 0.2}


@pytest.mark.parametrize("decoder", ["merge-lstm", "told-attention-lstm"])
def test_a_cosine_and_a_second_part_with_averaged_weights_go_on_too(decoder: str, tmp_path: Path) -> None:
    settings = {"by_photo": True, "batch_size": 3, "optimizer": "adamw", "weight_decay": 0.1, "clip": 0.5, "epochs": 2}
    settings |= {"schedule": "cosine", "warm_up": 0.3, "averaging": 0.5, "keep": "last", "flip": True, "fine": FINE}
    whole = small_run(tmp_path / "whole", decoder, **settings)
    fit_run(whole)
    rows = history(whole.folder)
    rates = [float(row["learning_rate"]) for row in rows]
    assert len(rows) == 4
    assert rates[0] > rates[1]
    assert rates[2] > rates[3]
    parts = small_run(tmp_path / "parts", decoder, **settings)
    for steps in (1, 3, 4, 3):  # in the first, second and third epoch, and in the last: four and two steps an epoch
        with pytest.raises(KeyboardInterrupt):
            fit_run(parts, callbacks=(Interrupting(steps),))
    fit_run(parts)
    assert history(parts.folder) == rows
    one, other = (run.best_model().get_weights() for run in (parts, whole))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    fit_run(parts)  # nothing is left to do
    assert history(parts.folder) == rows


def test_a_training_that_stopped_early_stays_stopped(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", "merge-lstm", epochs=20, learning_rate=0.01, patience=2)
    fit_run(run)
    before = history(run.folder)
    assert len(before) < 20
    fit_run(run)
    assert history(run.folder) == before
    best = min(before, key=lambda row: float(row["val_loss"]))
    assert int(before[-1]["epoch"]) - int(best["epoch"]) == 2


def test_the_weights_kept_are_those_of_the_best_epoch(tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", "merge-lstm", epochs=8, learning_rate=0.01, dropout=0.0)
    fit_run(run)
    losses = [float(row["val_loss"]) for row in history(run.folder)]
    best = int(np.argmin(losses))
    assert best < len(losses) - 1
    again = small_run(tmp_path / "again", "merge-lstm", epochs=best + 1, learning_rate=0.01, dropout=0.0)
    fit_run(again)
    one, other = (r.best_model().get_weights() for r in (run, again))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("decoder", ["transformer", "merge-lstm"])  # the second hides it: relu of no number may be 0
def test_a_loss_that_is_not_finite_keeps_what_was_good(decoder: str, tmp_path: Path) -> None:
    from tagger_training.fit import fit

    run = small_run(tmp_path / "run", decoder, epochs=1)
    fit_run(run)
    longer = replace(run, config=replace(run.config, epochs=3))
    kept = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    broken = batches(longer, train=True)
    broken._seen[0].stored[:] = np.nan
    with pytest.raises(RunError, match="not finite any more") as found:
        fit(longer, broken, batches(longer, train=False))
    assert "the last good checkpoint is kept" in str(found.value)
    assert {path.name: path.read_bytes() for path in run.folder.iterdir()} == kept
    fit_run(longer)
    assert len(history(run.folder)) == 3


def test_a_batch_that_does_not_fit_is_one_line(tmp_path: Path) -> None:
    import keras
    import tensorflow as tf

    def allocate(batch: int, logs: object) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[64,20,9000]")

    run = small_run(tmp_path / "run", "merge-lstm", batch_size=64)
    with pytest.raises(RunError, match="a batch of 64 does not fit into the memory") as found:
        fit_run(run, callbacks=(keras.callbacks.LambdaCallback(on_train_batch_end=allocate),))
    assert "--batch-size, to 32" in str(found.value)


def test_memory_that_numpy_does_not_get_is_the_same_line(tmp_path: Path) -> None:
    from tagger_training.devices import enough_memory

    with pytest.raises(RunError, match="a batch of 8 does not fit"), enough_memory(8):
        np.zeros(1 << 58, np.uint8)


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_last_checkpoint_of_another_system_is_named(decoder: str, tmp_path: Path) -> None:
    other = "merge-lstm" if decoder != "merge-lstm" else "stacked-gru"
    one, two = small_run(tmp_path / "one", decoder, epochs=1), small_run(tmp_path / "two", other, epochs=1)
    fit_run(one)
    fit_run(two)
    (one.folder / "last-0.keras").write_bytes((two.folder / "last-0.keras").read_bytes())
    with pytest.raises(RunError, match=r"last-0\.keras is not a checkpoint of this system") as found:
        fit_run(replace(one, config=replace(one.config, epochs=2)))
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (lambda run: (run / "last-0.keras").write_bytes(b"PK nothing"), r"last-0\.keras is damaged"),
        (lambda run: (run / "last-0.keras").unlink(), "has lost the checkpoint"),
        (lambda run: (run / "state.json").write_text("{"), r"state\.json is damaged"),
        (lambda run: (run / "state.json").write_text("[]"), r"state\.json is damaged"),
    ],
)
def test_what_is_damaged_is_named(damage, cause: str, tmp_path: Path) -> None:
    run = small_run(tmp_path / "run", "merge-lstm", epochs=1)
    fit_run(run)
    damage(run.folder)
    with pytest.raises(RunError, match=cause) as found:
        fit_run(replace(run, config=replace(run.config, epochs=2)))
    assert "--restart" in str(found.value)
    assert "\n" not in str(found.value)


def test_forgetting_a_run_leaves_what_is_the_users(tmp_path: Path) -> None:
    from tagger_training.run import forget

    run = small_run(tmp_path / "run", "merge-lstm", epochs=1)
    fit_run(run)
    for name in ("notes.txt", "mine.png", "logs/mine.txt", "other.keras"):
        (run.folder / name).parent.mkdir(exist_ok=True)
        (run.folder / name).write_text("mine")
    forget(run.folder)
    left = sorted(path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file())
    assert left == ["logs/mine.txt", "mine.png", "notes.txt", "other.keras"]
    with pytest.raises(RunError, match="is not a training run"):
        forget(run.folder)
    forget(tmp_path / "nothing there")


def test_a_run_of_the_version_before_is_gone_on_with(tmp_path: Path) -> None:
    """Its state has the fields that ours has, and its configuration lacks the new ones."""
    run = small_run(tmp_path / "run", "merge-lstm", epochs=1)
    fit_run(run)
    path = run.folder / "config.json"
    config = json.loads(path.read_text())
    for name in ("flip", "label_smoothing", "mixed_precision"):
        del config[name]
    path.write_text(json.dumps(config))
    assert set(json.loads((run.folder / "state.json").read_text())) == {"history", "early", "falling", "model"}
    again = small_run(tmp_path / "run", "merge-lstm", epochs=1)
    fit_run(replace(again, config=replace(again.config, epochs=2)))
    assert len(history(run.folder)) == 2
