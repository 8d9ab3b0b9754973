"""From photos with captions to a bundle that runs: train, export, evaluate. Made-up photos, random weights."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.core.records import Photo

pytestmark = pytest.mark.slow

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (30, 50, 200), "white": (240, 240, 240)}


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def bundle(run_folder: Path, data: Path) -> Path:
    from tagger_export.command import export

    notes = run_folder / "notes.md"
    notes.write_text("## Data and licences\n\nMade up.\n")
    photos = str(data / "images")
    arguments = ["--data", str(data), "--photos", photos, "--notes", str(notes), "--name", "tiny"]
    assert export([str(run_folder / "run"), str(run_folder / "bundle"), *arguments]) == 0
    return run_folder / "bundle"


def test_the_run_has_what_is_needed_to_judge_it(run_folder: Path) -> None:
    names = {path.name for path in (run_folder / "run").iterdir()}
    assert {"config.json", "vocabulary.txt", "best.weights.h5", "history.csv", "loss.png", "tags"} <= names


def test_the_bundle_runs_without_tensorflow_and_describes_itself(bundle: Path, data: Path) -> None:
    loaded = load_bundle(bundle)
    assert loaded.model_id == "tiny 1.0.0"
    captioner = OnnxCaptioner(loaded)
    photo = captioner.prepare(Photo(data / "images/val0.jpg", 0, 0))
    caption = captioner.generate([photo])[0]
    assert caption.text.startswith("A ")
    assert len(captioner.labels) >= 250
    manifest = json.loads((bundle / "bundle.json").read_text())
    assert manifest["graphs"]["decoder_step.onnx"]["outputs"]["logits"] == ["N", len(captioner._tokenizer)]
    assert manifest["provenance"]["scores"]["photos"] == 8
    card = (bundle / "MODEL_CARD.md").read_text()
    assert "Made up." in card
    assert "| BLEU-1 |" in card
    for name in loaded.files:
        loaded.read(name)


def test_keras_and_onnx_score_alike(bundle: Path, run_folder: Path, data: Path, capsys: pytest.CaptureFixture) -> None:
    from tagger_export.command import evaluate

    scores = []
    for model in (bundle, run_folder / "run"):
        assert evaluate([str(model), "--data", str(data), "--method", "greedy", "--json"]) == 0
        scores.append(json.loads(capsys.readouterr().out))
    assert scores[0]["cider"] == pytest.approx(scores[1]["cider"])
    assert scores[0]["bleu_4"] == pytest.approx(scores[1]["bleu_4"])


def test_an_int8_encoder_is_smaller_and_says_so(
    bundle: Path, run_folder: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagger_export import quantize
    from tagger_export.command import export

    from tagger.core.errors import RunError

    with pytest.raises(RunError, match="calibrated on photos"):
        export([str(run_folder / "run"), str(tmp_path / "none"), "--precision", "int8"])
    out, name = tmp_path / "int8", "encoder_model.onnx"
    arguments = [str(run_folder / "run"), str(out), "--data", str(data), "--precision", "int8"]
    # The features of an encoder with random weights nearly vanish, and int8 loses them: refused, nothing written.
    with pytest.raises(RunError, match=r"encoder_model\.onnx: int8 .*cosine"):
        export(arguments)
    assert not out.exists()
    monkeypatch.setattr(quantize, "SIMILARITY", -1.0)
    assert export(arguments) == 0
    assert load_bundle(out).graphs[name]["precision"] == "int8"
    assert load_bundle(bundle).graphs[name]["precision"] == "float32"
    assert (out / name).stat().st_size < 0.4 * (bundle / name).stat().st_size
    captioner = OnnxCaptioner(load_bundle(out))
    assert captioner.generate([captioner.prepare(Photo(data / "images/val0.jpg", 0, 0))])[0].text


def test_features_that_int8_spoils_are_refused() -> None:
    from tagger_export.quantize import check_quantized
    from test_checks import pooling

    pictures = [np.random.default_rng(i).random((4, 4, 3), dtype=np.float32) for i in range(3)]
    assert check_quantized(pooling(), pooling(), pictures).holds
    assert not check_quantized(pooling(), pooling(negative=True), pictures).holds


def test_a_prefix_model_is_evaluated_and_not_exported(run_folder: Path, data: Path, tmp_path: Path) -> None:
    from tagger_export.command import evaluate, export

    from tagger.core.errors import RunError

    captions = tmp_path / "captions.txt"
    arguments = ["--data", str(data), "--method", "greedy", "--captions", str(captions)]
    assert evaluate([str(run_folder / "prefix"), *arguments]) == 0
    assert len(captions.read_text().splitlines()) == 8
    with pytest.raises(RunError, match="padded prefixes"):
        export([str(run_folder / "prefix"), str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()


def test_graphs_that_are_not_what_was_trained_are_not_written(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagger_export import exporter
    from tagger_export.command import export

    from tagger.core.errors import RunError

    def broken(model, inputs) -> bytes:
        weights = model.get_weights()
        model.set_weights([weight * 1.01 for weight in weights])
        try:
            return real(model, inputs)
        finally:
            model.set_weights(weights)

    real = exporter.to_onnx
    monkeypatch.setattr(exporter, "to_onnx", broken)
    with pytest.raises(RunError, match=r"not what was trained.*values"):
        export([str(run_folder / "run"), str(tmp_path / "out")])
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_not_overwritten(bundle: Path, run_folder: Path) -> None:
    from tagger_export.command import export

    from tagger.core.errors import RunError

    with pytest.raises(RunError, match="exists already"):
        export([str(run_folder / "run"), str(bundle)])


def test_what_is_no_run_is_named(tmp_path: Path) -> None:
    from tagger_export.command import export

    from tagger.core.errors import RunError

    with pytest.raises(RunError, match="is not a training run"):
        export([str(tmp_path), str(tmp_path / "out")])


def test_a_page_to_look_through(bundle: Path, data: Path, tmp_path: Path) -> None:
    from tagger_export.command import evaluate

    page = tmp_path / "page.html"
    assert evaluate([str(bundle), "--data", str(data), "--html", str(page), "--json"]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<article>") == 8
    assert text.count("data:image/jpeg;base64,") == 8
    assert "a red dog" in text
    assert "http" not in text.replace("http-equiv", "")
    assert "<script" not in text
