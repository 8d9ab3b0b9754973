"""What ``tagger eval`` measures, prints, writes and leaves out."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_keras_and_onnx_score_alike(bundle: Path, run_folder: Path, data: Path, capsys: pytest.CaptureFixture) -> None:
    from tagger_export.command import evaluate

    scores = []
    for model in (bundle, run_folder / "run"):
        assert evaluate([str(model), "--data", str(data), "--method", "greedy", "--json"]) == 0
        scores.append(json.loads(capsys.readouterr().out))
    assert scores[0]["cider"] == pytest.approx(scores[1]["cider"])
    assert scores[0]["bleu_4"] == pytest.approx(scores[1]["bleu_4"])


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
    best, worst = (
        float(text.split(f"<h2>{which}</h2>")[1].split("CIDEr ")[1].split(",")[0]) for which in ("Best", "Worst")
    )
    assert best >= worst
    assert "<th>CIDEr-D (bootstrap standard error)</th>" in text


def test_a_photo_that_cannot_be_read_is_left_out_of_the_score(
    bundle: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    from tagger_export.command import evaluate

    own = Path(shutil.copytree(data, tmp_path / "data"))
    (own / "images" / "val2.jpg").write_bytes(b"no photo")
    captions, page = tmp_path / "captions.txt", tmp_path / "page.html"
    arguments = ["--data", str(own), "--captions", str(captions), "--html", str(page)]
    assert evaluate([str(bundle), *arguments]) == 1
    out, err = capsys.readouterr()
    assert "val2.jpg" in err
    assert "7 (1 cannot be read)" in out
    assert "photos/s" in out
    assert len(captions.read_text().splitlines()) == 7
    assert page.read_text(encoding="utf-8").count("<article>") == 7


def test_an_evaluation_that_has_nothing_to_read_or_cannot_write_says_so(
    bundle: Path, data: Path, tmp_path: Path
) -> None:
    from tagger_export.command import evaluate

    from tagger.core.errors import RunError

    with pytest.raises(RunError, match=r"captions\.txt cannot be written"):
        evaluate([str(bundle), "--data", str(data), "--captions", str(tmp_path / "nowhere" / "captions.txt")])
    own = Path(shutil.copytree(data, tmp_path / "data"))
    for path in (own / "images").glob("val*"):
        path.write_bytes(b"no photo")
    with pytest.raises(RunError, match="none of the 8 photos can be read"):
        evaluate([str(bundle), "--data", str(own)])


def test_the_standard_error_of_the_bootstrap_is_that_of_the_mean() -> None:
    from tagger_export.evaluation import bootstrap_error

    values = np.random.default_rng(1).gamma(1.0, 0.6, 300)
    assert bootstrap_error(values) == pytest.approx(values.std() / np.sqrt(300), rel=0.08)
    assert bootstrap_error(values) == bootstrap_error(values)
    assert bootstrap_error([0.5, 0.5]) == 0
