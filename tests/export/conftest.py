"""A small data set of made-up photos, a run that was trained on it for a moment, and its bundle: made once."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (30, 50, 200), "white": (240, 240, 240)}


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "images").mkdir()
    lines = ["split\tfile\tsource\tlicence\tcaption"]
    rng = np.random.default_rng(0)
    for split, count in (("train", 24), ("val", 8)):
        for i in range(count):
            name, colour = list(COLOURS.items())[i % 4]
            pixels = np.clip(rng.normal(colour, 12, (48, 48, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "images" / f"{split}{i}.jpg", quality=90)
            lines += [f"{split}\t{split}{i}.jpg\t-\t-\ta {name} {noun}" for noun in ("dog", "dog", "car")]
    (folder / "captions.tsv").write_text("".join(line + "\n" for line in lines))
    return folder


@pytest.fixture(scope="session")
def run_folder(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras
    from tagger_training.command import train

    out = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(1)
    weights = out / "random.weights.h5"
    keras.applications.MobileNetV2(weights=None).save_weights(weights)
    common = ["--data", str(data), "--encoder-weights", str(weights), "--cache", str(out / "cache")]
    arguments = ["--out", str(out / "run"), "--epochs", "3", "--min-count", "1", "--max-length", "6"]
    assert train([*common, *arguments]) == 0
    prefix = ["--out", str(out / "prefix"), "--form", "prefix", "--epochs", "1", "--no-tags", "--min-count", "1"]
    assert train([*common, *prefix, "--preprocessing", "source"]) == 0
    return out


@pytest.fixture(scope="session")
def bundle(run_folder: Path, data: Path) -> Path:
    from tagger_export.command import export

    notes = run_folder / "notes.md"
    notes.write_text("## Data and licences\n\nMade up.\n")
    photos = str(data / "images")
    arguments = ["--data", str(data), "--photos", photos, "--notes", str(notes), "--name", "tiny"]
    assert export([str(run_folder / "run"), str(run_folder / "bundle"), *arguments]) == 0
    return run_folder / "bundle"


@pytest.fixture
def own_run(run_folder: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may damage."""
    return Path(shutil.copytree(run_folder / "run", tmp_path / "own run"))
