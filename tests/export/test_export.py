"""From photos with captions to a bundle that runs: train, export, evaluate. Made-up photos, random weights."""

import json
from pathlib import Path

import numpy as np
import pytest

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.core.records import Photo

pytestmark = pytest.mark.slow


def test_the_run_has_what_is_needed_to_judge_it(run_folder: Path) -> None:
    names = {path.name for path in (run_folder / "run").iterdir()}
    assert {"config.json", "vocabulary.txt", "best.weights.h5", "history.csv", "loss.png", "tags"} <= names


def test_the_bundle_runs_without_tensorflow_and_describes_itself(bundle: Path, data: Path) -> None:
    loaded = load_bundle(bundle)
    assert loaded.model_id == "tiny 1.0.0"
    captioner = OnnxCaptioner(loaded)
    photo = captioner.prepare(Photo(data / "images/val0.jpg", 0, 0))
    caption = captioner.generate([photo])[0]
    assert caption.text.split()[0] == "A"  # more than that three epochs do not teach
    assert len(captioner.labels) >= 250
    manifest = json.loads((bundle / "bundle.json").read_text())
    assert manifest["graphs"]["decoder_step.onnx"]["outputs"]["logits"] == ["N", len(captioner._tokenizer)]
    assert manifest["provenance"]["scores"]["photos"] == 8
    card = (bundle / "MODEL_CARD.md").read_text()
    assert "Made up." in card
    assert "| BLEU-1 |" in card
    for name in loaded.files:
        loaded.read(name)


def test_int8_where_it_costs_little(
    bundle: Path, run_folder: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    from tagger_export import quantize
    from tagger_export.command import export

    out, encoder, step = tmp_path / "int8", "encoder_model.onnx", "decoder_step.onnx"
    arguments = [str(run_folder / "run"), str(out), "--data", str(data), "--precision", "int8"]
    assert export(arguments) == 0
    loaded, card, said = load_bundle(out), (out / "MODEL_CARD.md").read_text(), capsys.readouterr().err
    trials = {trial["part"]: trial for trial in loaded.provenance["int8"]}
    for part, file in (("encoder", encoder), ("decoder", step), ("tags", "tag_model.onnx")):
        trial = trials[part]
        assert trial["kept"] is all(
            s["int8"] >= s["float32"] or s["int8"] > 0.98 * s["float32"] for s in trial["scores"].values()
        )
        precision = "int8" if trial["kept"] else "float32"
        assert loaded.graphs[file]["precision"] == precision
        assert f"int8: {part}: {precision if trial['kept'] else 'stays float32'}: " in said
        assert f"- {part}: {precision if trial['kept'] else 'stays float32'}. Seen: {trial['seen']}." in card
    assert "CIDEr" in trials["decoder"]["scores"]

    monkeypatch.setattr(quantize, "SIMILARITY", -1.0)
    second = tmp_path / "photos"
    photos = ["--photos", str(data / "images"), "--precision", "int8"]
    assert export([str(run_folder / "run"), str(second), *photos]) == 0
    loaded = load_bundle(second)
    for name in (encoder, step, "decoder_start.onnx", "tag_model.onnx"):
        assert loaded.graphs[name]["precision"] == "int8"
        assert loaded.graphs[name]["bytes"] == (second / name).stat().st_size < 0.7 * (bundle / name).stat().st_size
    assert "int8: tokens: beam: " in capsys.readouterr().err
    assert "- decoder: int8. Seen: not measured." in (second / "MODEL_CARD.md").read_text()
    captioner = OnnxCaptioner(loaded)
    assert captioner.generate([captioner.prepare(Photo(data / "images/val0.jpg", 0, 0))])[0].text


def test_a_run_that_is_reranked_gets_a_model_of_phrases(run_folder: Path, data: Path, tmp_path: Path) -> None:
    from tagger_export.command import export

    out = tmp_path / "out"
    arguments = [str(run_folder / "run"), str(out), "--data", str(data), "--rerank", "--cache", str(tmp_path / "cache")]
    assert export(arguments) == 0
    loaded = load_bundle(out)
    assert {"ngram_model.onnx", "ngrams.tsv", "reranker.json"} <= loaded.files.keys()
    captioner = OnnxCaptioner(loaded)
    assert captioner.generate([captioner.prepare(Photo(data / "images/val0.jpg", 0, 0))])[0].text


def test_int8_without_photos_is_refused(run_folder: Path, tmp_path: Path) -> None:
    from tagger_export.command import export

    from tagger.core.errors import RunError

    run, out = str(run_folder / "run"), str(tmp_path / "out")
    with pytest.raises(RunError, match="calibrated on photos"):
        export([run, out, "--precision", "int8"])
    with pytest.raises(RunError, match=r"nowhere cannot be read: .*--photos"):
        export([run, out, "--photos", str(tmp_path / "nowhere")])
    with pytest.raises(RunError, match=r"holds no JPEG"):
        export([run, out, "--photos", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


def test_graphs_of_another_opset(run_folder: Path, tmp_path: Path) -> None:
    import onnx
    from tagger_export.command import export

    from tagger.core.errors import RunError

    out = tmp_path / "out"
    for opset in ("12", "19", "99"):
        with pytest.raises(RunError, match=rf"ONNX opset {opset} cannot be written \(choose one of 13 to 18\)"):
            export([str(run_folder / "run"), str(out), "--opset", opset])
    assert export([str(run_folder / "run"), str(out), "--opset", "13"]) == 0
    step = onnx.load(out / "decoder_step.onnx")
    assert [item.version for item in step.opset_import if item.domain == ""] == [13]
    assert load_bundle(out).graphs["decoder_step.onnx"]["opset"] == 13


def test_features_that_int8_spoils_are_refused() -> None:
    from tagger_export.quantize import check_quantized
    from test_checks import pooling

    pictures = [np.random.default_rng(i).random((4, 4, 3), dtype=np.float32) for i in range(3)]
    assert check_quantized(pooling(), pooling(), pictures).holds
    assert not check_quantized(pooling(), pooling(negative=True), pictures).holds


def test_graphs_that_are_not_what_was_trained_are_not_written(
    run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tagger_export import exporter
    from tagger_export.command import export

    from tagger.core.errors import RunError

    def broken(model, inputs, *, opset: int) -> bytes:
        weights = model.get_weights()
        model.set_weights([weight * 1.01 for weight in weights])
        try:
            return real(model, inputs, opset=opset)
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
