"""Which runs can be exported, and what is said of those that cannot or were stopped."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tagger.captioning.bundle import load_bundle

pytestmark = pytest.mark.slow


def test_a_run_without_a_finished_epoch_is_named(own_run: Path, tmp_path: Path) -> None:
    from tagger_export.command import export

    from tagger.core.errors import RunError

    content = (own_run / "best.weights.h5").read_bytes()
    (own_run / "best.weights.h5").write_bytes(content[: len(content) // 2])
    with pytest.raises(RunError, match=r"best\.weights\.h5 is not a checkpoint"):
        export([str(own_run), str(tmp_path / "out")])
    (own_run / "best.weights.h5").unlink()
    with pytest.raises(RunError, match=r"no finished epoch \(train it first"):
        export([str(own_run), str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_a_run_that_was_stopped_says_so(own_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    from tagger_export.command import export

    config = json.loads((own_run / "config.json").read_text())
    (own_run / "config.json").write_text(json.dumps({**config, "epochs": 9, "patience": 9}))
    assert export([str(own_run), str(tmp_path / "out")]) == 0
    assert "training was stopped after 3 of 9 epochs; the best of them is exported" in capsys.readouterr().err
    assert "Training was stopped after 3 of 9 epochs." in (tmp_path / "out" / "MODEL_CARD.md").read_text()


def test_the_card_says_how_it_was_trained(bundle: Path, own_run: Path) -> None:
    from dataclasses import replace

    from tagger_export.model_card import model_card
    from tagger_training.run import open_run

    run = open_run(own_run)
    card = model_card(load_bundle(bundle), run, None, "")
    assert "Merge LSTM, teacher-forced, trained on" in card
    assert "mirrored" not in card
    assert "self-critical" not in card
    run.scst_folder.mkdir()
    shutil.copy(run.best_weights, run.scst_folder)
    config = replace(run.config, form="padded", draw=True, flip=True, label_smoothing=0.1)
    card = model_card(load_bundle(bundle), replace(run, config=config), None, "")
    for words in (
        "teacher-forced with the padding in the loss",
        "One caption of a photo drawn at random a step.",
        "Half of the photos of a step mirrored.",
        "Label smoothing 0.1.",
        "Then self-critical sequence training on CIDEr-D.",
    ):
        assert words in card
    (run.scst_folder / "config.json").write_text('{"way": 0.5}')
    assert "on CIDEr-D, of whose weights 50% of the way" in model_card(load_bundle(bundle), run, None, "")


def test_padding_in_the_loss_changes_what_is_learned_and_not_what_is_measured(run_folder: Path) -> None:
    """A decoder trained in the padded form steps and exports like any other."""
    from dataclasses import replace

    from tagger_training.run import open_run
    from tagger_training.sequences import CaptionBatches

    run = open_run(run_folder / "run")
    features = np.zeros((1, 4), np.float32)
    weights = {}
    for form in ("teacher-forced", "padded"):
        batches = CaptionBatches(
            features, [["a red dog"]], run.tokenizer, form=form, batch_size=2, max_length=6, seed=0, shuffle=False
        )
        weights[form] = batches[0][2][0].tolist()
    assert weights == {"teacher-forced": [1, 1, 1, 1, 0, 0, 0], "padded": [1] * 7}
    assert replace(run, config=replace(run.config, form="padded")).system.form == "teacher-forced"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_refused(own_run: Path, tmp_path: Path, value: float) -> None:
    from tagger_export.command import export
    from tagger_training.run import open_run

    from tagger.core.errors import RunError

    model = open_run(own_run).best_model()
    kernel, bias = model.get_layer("hidden").get_weights()
    kernel[3, 4] = value
    model.get_layer("hidden").set_weights([kernel, bias])
    model.save_weights(own_run / "best.weights.h5")
    with pytest.raises(RunError, match=r"best\.weights\.h5 has weights that are not finite \(layer hidden\)"):
        export([str(own_run), str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_what_is_no_run_is_named(tmp_path: Path) -> None:
    from tagger_export.command import export

    from tagger.core.errors import RunError

    with pytest.raises(RunError, match="is not a training run"):
        export([str(tmp_path), str(tmp_path / "out")])
