"""The tag head: concepts, the encoder's own classes behind them, and what is written of both."""

import json
from pathlib import Path

import numpy as np
import pytest

from tagger.core.errors import RunError

pytestmark = pytest.mark.slow

WORDS = ["dog", "car", "beach"]
PUG = 254  # its class


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory):
    """Folder, features of ``val`` (N, D), its kinds, the report; features 0 to 2 tell kinds, 3 a pug from 0.1 on."""
    from tagger_training.systems.system import ClassHead
    from tagger_training.tag_head import train_tag_head

    rng = np.random.default_rng(0)
    features, captions, kinds = {}, {}, {}
    for split, n in (("train", 240), ("val", 60)):
        kinds[split] = rng.integers(0, 3, n)
        features[split] = rng.random((n, 2, 16), dtype=np.float32) * 0.2
        features[split][np.arange(n), :, kinds[split]] += 3
        captions[split] = [[f"a {WORDS[k]}", f"one {WORDS[k]}", f"the {WORDS[k]}"] for k in kinds[split]]
    kernel = np.zeros((16, 1000), np.float32)
    bias = np.zeros(1000, np.float32)
    kernel[3, PUG], bias[PUG] = 300, -20
    folder = tmp_path_factory.mktemp("run") / "tags"
    head = ClassHead(kernel, bias)
    report = train_tag_head(folder, features, captions, seed=1, head=head)
    return folder, features["val"][:, 0], kinds["val"], report


def test_concepts_come_first_and_labels_of_imagenet_behind_them(trained) -> None:
    from tagger_export.tag_table import tag_labels
    from tagger_training.concepts import load_concepts
    from tagger_training.imagenet_labels import load_imagenet_labels
    from tagger_training.tag_head import load_tag_head

    folder, features, _, report = trained
    model, thresholds = load_tag_head(folder)
    concepts = load_concepts()
    table = load_imagenet_labels(concepts)
    assert list(thresholds) == [own.label for own in (*concepts, *table.labels)]
    assert model.output_names == ["tag_scores"]
    assert model(features).shape == (len(features), len(thresholds))
    assert report["val_precision"] > 0.95
    rows = {label.label: label for label in tag_labels(thresholds)}
    assert (rows["dog"].kind, rows["dog"].parents) == ("animal", ("pet", "animal"))
    assert rows["pug"].parents == ("dog", "pet", "animal")


def test_a_label_needs_its_class_and_its_parent(trained) -> None:
    from tagger_training.tag_head import load_tag_head

    folder, features, kinds, _ = trained
    model, thresholds = load_tag_head(folder)
    place = list(thresholds).index("pug")
    seen = features.copy()
    seen[:, 3] = 0
    plain = np.asarray(model(seen))[:, place]
    seen[:, 3] = 0.2
    scores = np.asarray(model(seen))
    assert (scores >= 0).all()
    assert (scores <= 1).all()
    assert plain.max() < 0.1  # no class says so
    assert scores[kinds == 0, place].min() > 0.5
    assert scores[kinds != 0, place].max() < 0.3  # no concept says "dog"


def test_the_layer_does_what_its_formula_says() -> None:
    from tagger_training.tag_layers import ClassLabels

    rng = np.random.default_rng(2)
    pooled, concepts = rng.random((5, 4), dtype=np.float32), rng.random((5, 3), dtype=np.float32)
    kernel, bias = rng.normal(0, 1, (4, 6)).astype(np.float32), rng.normal(0, 1, 6).astype(np.float32)
    members = np.array([[1, 0], [1, 0], [0, 1], [0, 0], [0, 0], [0, 0]], np.float32)
    supports = np.array([[1, 0], [0, 0], [0, 0]], np.float32)
    opposes = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
    layer = ClassLabels(2, 6)
    layer(pooled, concepts)
    layer.fix((kernel, bias), members, supports, np.array([0.4, 1], np.float32), opposes)
    classes = np.exp(pooled @ kernel + bias)
    classes /= classes.sum(axis=1, keepdims=True)
    first = (classes[:, 0] + classes[:, 1]) * np.minimum(1, 0.4 + 0.6 * concepts[:, 0] / 0.5)
    first *= (1 - concepts[:, 1]) * (1 - concepts[:, 2])
    second = classes[:, 2] * (1 - concepts[:, 2])
    np.testing.assert_allclose(np.asarray(layer(pooled, concepts)), np.stack([first, second], 1), rtol=1e-5)


def test_the_graph_gives_what_keras_gives(trained) -> None:
    from tagger_export.graphs import to_onnx
    from tagger_training.tag_head import load_tag_head

    from tagger.captioning.session import Graph

    folder, features, _, _ = trained
    model, thresholds = load_tag_head(folder)
    graph = Graph(to_onnx(model, {"pooled": ((None, 16), "float32")}), name="tags")
    assert graph.shapes["tag_scores"] == ("N", len(thresholds))
    np.testing.assert_allclose(graph.run({"pooled": features})["tag_scores"], np.asarray(model(features)), atol=1e-5)


def test_held_out_scores_are_kept_for_the_decoder(trained) -> None:
    from tagger_training.tag_head import load_held_out

    folder = trained[0]
    held_out = load_held_out(folder)
    assert held_out.shape == (240, 2, 380)
    assert held_out.min() >= 0
    assert held_out.max() <= 1
    with pytest.raises(RunError, match="no held-out scores"):
        load_held_out(folder / "nowhere")


def test_the_report_has_reliability_by_bins(trained) -> None:
    folder, _, _, report = trained
    written = json.loads((folder / "scores.json").read_text())
    assert report.items() <= written.items()
    bins = written["reliability"]["out_of_fold"]
    assert sum(each["count"] for each in bins) == 240 * 380
    assert 0 <= report["out_of_fold_calibration_error"] < 0.05


def test_an_encoder_without_classes_has_concepts_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tagger_training import tag_head, tag_rounds

    monkeypatch.setattr(tag_rounds, "EPOCHS", 1)
    features = {split: np.ones((6, 4), np.float32) for split in ("train", "val")}
    captions = {split: [["a dog", "a dog", "a dog"]] * 6 for split in ("train", "val")}
    report = tag_head.train_tag_head(tmp_path / "tags", features, captions, seed=0)
    model, thresholds = tag_head.load_tag_head(tmp_path / "tags")
    assert "imagenet_labels" not in report
    assert len(thresholds) == model.output_shape[1] == report["labels"]


def test_one_caption_is_completed_more_than_five_are() -> None:
    from tagger_training.tag_rounds import completed

    share = np.array([[0.0], [0.0], [1.0]], np.float32)
    expected = np.full((3, 1), 0.9, np.float32)
    one, five, sure = completed(share, np.array([1, 5, 5]), expected)[:, 0]
    assert 0.5 < one < 0.7
    assert 0.2 < five < 0.3
    assert 0.95 < sure < 1
