"""``tagger train`` from end to end on a made-up data set: both stages, interrupted, resumed, begun anew, misused."""

import io
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_training import data_set, history

from tagger.cli.main import main

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

COLOURS = {"red": (250, 20, 20), "green": (20, 250, 20), "blue": (20, 20, 250)}


def picture(colour: tuple[int, int, int], seed: int) -> bytes:
    noise = np.random.default_rng(seed).integers(-20, 21, (32, 32, 3))
    stream = io.BytesIO()
    Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import tiny_encoder
    from tagger_training import encoders

    from tagger.captioning.bundle import ImageSpec

    spec = encoders.EncoderSpec("tiny", ImageSpec(16, scale=1 / 64), "grid", 3, 4, tiny_encoder.build, "none")
    monkeypatch.setitem(encoders.ENCODERS, "tiny", spec)
    pictures = {
        f"{split}/{split}{number}{name}.png": (
            picture(colour, len(name) + 10 * number),
            [f"a {name} photo", f"{name} here"],
        )
        for number, split in enumerate(("train", "val"))
        for name, colour in COLOURS.items()
    }
    pictures["val/again.png"] = (pictures["train/train0red.png"][0], ["a red photo"])
    pictures["train/broken.png"] = (b"nothing", ["a broken photo"])
    return data_set(tmp_path / "set", pictures)


def tagger(*arguments: object) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stderr(said):
        try:
            code = main(["train", *map(str, arguments)])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return code, said.getvalue()


def test_both_stages(data: Path, tmp_path: Path) -> None:
    from tagger_training.run import open_run

    run, cache = tmp_path / "run", tmp_path / "cache"
    common = ["--data", data, "--cache", cache]
    first = [*common, "--out", run, "--encoder", "tiny", "--min-count", 1, "--max-length", 4, "--no-tags"]
    first += ["--epochs", 2, "--flip", "--label-smoothing", 0.1, "--cider", "--learning-rate", 0.01]
    code, said = tagger(*first, "--resume")
    assert (code, "holds no whole epoch to go on from" in said) == (2, True)
    code, said = tagger(*common, "--out", run, "--stage", "scst")
    assert (code, "is not a training run" in said) == (2, True)
    code, said = tagger(*first)
    assert code == 0, said
    said = " ".join(said.split())
    assert "warning: 1 pictures are in two splits (train0red.png = again.png)" in said
    assert "broken.png" in said
    rows = history(run)
    assert len(rows) == 2
    assert all(row["val_cider"] for row in rows)
    assert (run / "metric.png").exists()
    best = (run / "best.weights.h5").read_bytes()
    assert tagger(*first, "--resume")[0] == 0
    assert history(run) == rows
    code, said = tagger(*first, "--dropout", 0.1)
    assert (code, "another configuration" in said) == (2, True)

    second = [*common, "--stage", "scst", "--epochs", 3, "--learning-rate", 0.003]
    code, said = tagger(*second, "--from", run, "--out", tmp_path / "two", "--tensorboard")
    assert code == 0, said
    two = open_run(tmp_path / "two")
    assert len(history(two.scst_folder)) == 3
    assert {path.name for path in two.scst_folder.iterdir()} >= {"config.json", "history.csv", "metric.png", "loss.png"}
    assert list((two.folder / "logs" / "scst").iterdir())
    assert (two.folder / "best.weights.h5").read_bytes() == best
    assert not (run / "scst").exists()
    code, said = tagger(*second, "--out", tmp_path / "two", "--resume", "--scst-samples", 3)
    assert (code, "a stage with another configuration" in said) == (2, True)
    code, said = tagger(*[*first[:4], "--out", tmp_path / "two", *first[6:]])
    assert (code, "has a second stage already" in said) == (2, True)
    assert tagger(*second, "--out", tmp_path / "two", "--restart", "--scst-samples", 3)[0] == 0
    assert len(history(two.scst_folder)) == 3

    assert tagger(*first, "--restart")[0] == 0
    assert history(run) == rows


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (["--stage", "scst", "--units", 8], "--units belongs to the first stage"),
        (["--stage", "scst", "--flip"], "--flip belongs to the first stage"),
        (["--stage", "scst", "--devices", "all"], "--devices belongs to the first stage"),
        (["--scst-samples", 4], "--scst-samples belongs to --stage scst"),
        (["--scst-cross-entropy", 0], "--scst-cross-entropy belongs to --stage scst"),
        (["--from", "run"], "--from belongs to --stage scst"),
        (["--stage", "scst", "--scst-samples", 1], "must be above 1"),
        (["--label-smoothing", 1], "at least 0 and below 1"),
        (["--learning-rate", 0], "must be above 0"),
        (["--learning-rate", "nan"], "must be above 0"),
        (["--resume", "--restart"], "not allowed with"),
        (["--devices", "none"], "must be a number above 0, or all"),
        (["--devices", 99], "ask for fewer"),
        (["--cider", "--form", "prefix"], "leave out --form prefix"),
    ],
)
def test_options_that_do_not_go_together(options: list[object], cause: str, data: Path, tmp_path: Path) -> None:
    code, said = tagger("--data", data, "--out", tmp_path / "run", "--cache", tmp_path / "cache", *options)
    assert code == 2
    assert cause in " ".join(said.split())
    assert "Traceback" not in said
    assert not (tmp_path / "run").exists()


def test_another_run_is_not_overwritten_by_a_copy(tmp_path: Path) -> None:
    from small_training import fit_run, small_run
    from tagger_training.second_stage import copy_run

    from tagger.core.errors import RunError

    one, other = (
        small_run(tmp_path / name, "stacked-gru", epochs=1, seed=i) for i, name in enumerate(("one", "other"))
    )
    with pytest.raises(RunError, match="has no finished epoch"):
        copy_run(one.folder, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    fit_run(one)
    with pytest.raises(RunError, match="holds another run than"):
        copy_run(one.folder, other.folder)
    copy_run(one.folder, tmp_path / "copy")
    copied = (tmp_path / "copy" / "best.weights.h5").read_bytes()
    assert copied == (one.folder / "best.weights.h5").read_bytes()
