"""Bundles that learn to choose: what is fitted, what is written, and that the runtime then does it."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="the extra train is not installed")

import tiny_bundle
from onnx import helper
from tagger_export import fitting
from tagger_export.command import export
from tagger_export.finding import CHOSEN
from tagger_export.manifest import replace_section
from tagger_export.phrases import phrases_of
from tagger_export.reranking import RIGHT_FROM, References, rerank
from tagger_training.datasets import CaptionedPhoto, load_dataset
from tagger_training.metrics import score_captions

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.generation import CandidateSpec
from tagger.captioning.reranking import Linear
from tagger.core.errors import RunError
from tagger.core.records import Photo

CANDIDATES = {"default": CandidateSpec(4, 4, 1.0), "best": CandidateSpec(6, 10, 1.0)}


def photo(*captions: str) -> CaptionedPhoto:
    return CaptionedPhoto(Path("a.jpg"), captions)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_bundle.write_bundle(tmp_path / "bundle")


def learn(folder: Path, data: Path, **candidates: CandidateSpec):
    dataset = load_dataset(data)
    seen: list[int] = []
    fitted = rerank(
        folder, dataset.split("val"), dataset.split("train"), CANDIDATES | candidates, lambda done: seen.append(done)
    )
    assert seen[-1] == 8
    return fitted


def made_up(seed: int = 0, photos: int = 60) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Candidates whose reward is their first feature less half of the second, and a little noise."""
    rng = np.random.default_rng(seed)
    values = [rng.normal(size=(int(rng.integers(2, 9)), 3)) for _ in range(photos)]
    return values, [own[:, 0] - 0.5 * own[:, 1] + rng.normal(0, 0.1, len(own)) for own in values]


def test_a_ranking_finds_what_makes_the_reward() -> None:
    values, rewards = made_up()
    names = ("log_probability", "words", "drawn")
    learned = fitting.fit_ranking(values, rewards, names)
    weights = dict(zip(learned.features, learned.weights, strict=True))
    assert weights["log_probability"] > 0 > weights["words"]
    assert abs(weights["drawn"]) < 0.2 * weights["log_probability"]
    others, truth = made_up(1)
    chosen = [own[int(np.argmax(learned.scores(v, names)))] for v, own in zip(others, truth, strict=True)]
    assert np.mean(chosen) > 0.95 * np.mean([own.max() for own in truth])


def test_what_is_the_same_for_all_is_left_out() -> None:
    values, rewards = made_up()
    for own in values:
        own[:, 2] = 7
    assert fitting.fit_ranking(values, rewards, ("log_probability", "words", "drawn")).features == (
        "log_probability",
        "words",
    )


def test_confidence_is_a_probability() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4000, 2))
    truth = 1 / (1 + np.exp(-(2 * values[:, 0] - 1)))
    learned = fitting.fit_confidence(values, rng.random(4000) < truth, ("consensus", "words"))
    sure = 1 / (1 + np.exp(-learned.scores(values, ("consensus", "words"))))
    assert np.abs(sure - truth).mean() < 0.05
    for low in (0.1, 0.4, 0.7):
        own = (sure > low) & (sure < low + 0.2)
        assert sure[own].mean() == pytest.approx(truth[own].mean(), abs=0.05)


def test_confidence_of_captions_that_are_all_right() -> None:
    learned = fitting.fit_confidence(np.random.default_rng(0).normal(size=(50, 1)), np.ones(50, bool), ("words",))
    assert np.isfinite(learned.bias)
    assert learned.bias > 2


def test_the_threshold_writes_as_many_as_may_be() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    cider = np.array([2.0, 1.0, 1.0, 1.0, 0.0, 0.0])  # mean 0.83; of the first five 1.0, 20 % above
    assert fitting.threshold(confidence, cider) == pytest.approx(0.45)
    assert fitting.threshold(confidence, cider, gain=0.3) == pytest.approx(0.55)
    assert fitting.threshold(confidence, np.ones(6)) == 0.0
    assert fitting.threshold(confidence, cider[::-1]) == 0.0


def test_every_place_is_held_out_once() -> None:
    parts = fitting.folds(23)
    assert len(parts) == fitting.FOLDS
    assert sorted(np.concatenate(parts).tolist()) == list(range(23))
    assert not set(fitting.others(parts[0], 23)) & set(parts[0])
    assert [part.tolist() for part in fitting.folds(1)] == [[0]]
    assert fitting.others(np.array([0]), 1).tolist() == [0]


def test_scores_are_those_of_the_reference_code() -> None:
    photos = [
        photo("a red dog on grass", "the dog runs", "a dog"),
        photo("a blue car on a road", "a car in a street"),
        photo("two cats sleep", "cats on a bed"),
    ]
    said = ["A red dog on a bed", "A car on a road", "cats"]
    references = References(photos)
    expected = score_captions(said, [one.captions for one in photos]).each
    assert [references.score([text], i)[0] for i, text in enumerate(said)] == pytest.approx(expected)


def test_phrases_of_few_photos_are_not_shipped() -> None:
    photos = [photo(*[f"a red dog named x{i}"] * 3) for i in range(4)] + [photo("seen once", "seen once", "seen once")]
    phrases, expected, rare = phrases_of(
        [one.captions for one in photos], ["a", "red", "dog", "named", "seen", "once", "x0"]
    )
    assert set(phrases) >= {"a", "red dog", "a red dog named"}
    assert not set(phrases) & {"seen", "x0", "seen once", "dog named x0"}
    assert phrases["a"] < rare
    assert expected == 0  # five photos at least


def test_a_bundle_learns_and_the_runtime_does_it(folder: Path, data: Path) -> None:
    plain = load_bundle(folder).generation
    fitted = learn(folder, data)
    bundle = load_bundle(folder)
    assert (bundle.generation.beam_width, bundle.generation.right_from) == (plain.beam_width, RIGHT_FROM)
    assert bundle.generation.candidates == CANDIDATES
    assert set(bundle.generation.review_below) == set(fitted) == {"fast", "default", "best"}
    for quality, one in fitted.items():
        assert (one.learned.ranking is None) == (quality == "fast")
        assert isinstance(one.learned.confidence, Linear)
        assert (one.cider <= one.best + 1e-9).all()
        assert ((one.confidence > 0) & (one.confidence < 1)).all()
        assert bundle.provenance["choosing"][quality]["cider"] == pytest.approx(one.cider.mean(), abs=1e-4)
    photos = load_dataset(data).split("val")
    for quality in fitted:
        it = OnnxCaptioner(bundle, threads=1, decoding=Decoding(quality=quality))
        captions = it.generate([it.prepare(Photo(one.path, 0, 0)) for one in photos])
        assert all(caption.confidence is not None for caption in captions)


def test_a_model_of_phrases_is_taken_in(folder: Path, data: Path, tmp_path: Path) -> None:
    weights = np.zeros((3, 2), np.float32)
    weights[0, 0] = 9
    nodes = [
        helper.make_node("MatMul", ["pooled", "weights"], ["raw"]),
        helper.make_node("Sigmoid", ["raw"], ["expected"]),
    ]
    model = tiny_bundle.graph(nodes, {"pooled": ("N", 3)}, {"expected": ("N", 2)}, {"weights": weights})
    phrases = tmp_path / "phrases"
    phrases.mkdir()
    (phrases / "ngram_model.onnx").write_bytes(model)
    arguments = [str(folder), str(tmp_path / "out"), "--rerank", "--data", str(data), "--phrases", str(phrases)]
    with pytest.raises(RunError, match=r"ngrams\.tsv cannot be read"):
        export(arguments)
    (phrases / "ngrams.tsv").write_text("ngram\tweight\tusual\nred\t2\t0.1\na red\t3\t0.1\na green\t3\t0\n")
    assert export(arguments) == 0
    bundle = load_bundle(tmp_path / "out")
    assert bundle.read("ngrams.tsv") == (phrases / "ngrams.tsv").read_bytes()
    assert bundle.graphs["ngram_model.onnx"]["bytes"] == len(model)
    record = json.loads(bundle.read("reranker.json"))
    assert record["qualities"]["default"]["ranking"]["features"] == list(CHOSEN.features)
    assert record["qualities"]["default"]["ranking"]["weights"] == list(CHOSEN.weights)
    assert record["common"]
    assert all(count > 1 and words.islower() for words, count in record["common"].items())
    # It stays where the bundle learns again.
    assert export([str(tmp_path / "out"), str(tmp_path / "again"), "--rerank", "--data", str(data)]) == 0
    assert load_bundle(tmp_path / "again").read("ngrams.tsv") == bundle.read("ngrams.tsv")


def test_decoders_of_other_bundles_are_taken_in(folder: Path, data: Path, tmp_path: Path) -> None:
    others = [tiny_bundle.write_bundle(tmp_path / name) for name in ("b", "c")]
    steps = [tiny_bundle.decoder_step(fond_of=word) for word in ("wall", "sky")]
    for other, step in zip(others, steps, strict=True):
        tiny_bundle.replace_file(other, "decoder_step.onnx", step)
    out = tmp_path / "out"
    arguments = [str(folder), str(out), "--rerank", "--data", str(data), "--with", *map(str, others)]
    assert export(arguments) == 0
    bundle = load_bundle(out)
    assert bundle.decoders == 3
    who = {quality: [one.decoder for one in spec.speakers] for quality, spec in bundle.generation.candidates.items()}
    assert who == {"default": [0], "best": [0, 1, 2]}
    assert len({one.view for one in bundle.generation.candidates["best"].speakers}) == 3
    assert [bundle.read(f"decoder_step_{number}.onnx") for number in (2, 3)] == steps
    assert bundle.graphs["decoder_step_2.onnx"]["bytes"] == len(steps[0])
    assert len(OnnxCaptioner(bundle).at("best").generate([np.zeros((16, 16, 3), np.float32)])) == 1
    tiny_bundle.replace_file(others[1], "vocabulary.txt", load_bundle(folder).read("vocabulary.txt") + b"more\n")
    with pytest.raises(RunError, match="knows other words"):
        export([str(folder), str(tmp_path / "never"), *arguments[2:]])
    manifest = tiny_bundle.read_manifest(others[1]) | {"architecture": "other"}
    tiny_bundle.write_manifest(others[1], manifest)
    with pytest.raises(RunError, match="is of another system"):
        export([str(folder), str(tmp_path / "never"), *arguments[2:]])
    assert not (tmp_path / "never").exists()


def test_learning_twice_gives_the_same(folder: Path, data: Path) -> None:
    learn(folder, data)
    first = (folder / "reranker.json").read_bytes()
    learn(folder, data)
    assert (folder / "reranker.json").read_bytes() == first


def test_a_bundle_without_tags(tmp_path: Path, data: Path) -> None:
    folder = tiny_bundle.write_bundle(tmp_path / "plain")
    manifest = tiny_bundle.read_manifest(folder)
    del manifest["tags"]
    tiny_bundle.write_manifest(folder, manifest)
    fitted = learn(folder, data)
    assert not any(name.startswith("tag") for one in fitted.values() for name in one.learned.uses)
    OnnxCaptioner(load_bundle(folder)).generate([np.zeros((16, 16, 3), np.float32)])


def test_the_command_makes_another_bundle(folder: Path, data: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    out, picture = tmp_path / "out", tmp_path / "sure.png"
    arguments = [str(folder), str(out), "--rerank", "--data", str(data), "--reliability", str(picture)]
    assert export(arguments) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert load_bundle(out).generation.candidates
    assert picture.read_bytes().startswith(b"\x89PNG")
    card = (out / "MODEL_CARD.md").read_text()
    assert card.startswith("# Tiny\n")
    assert card.count("## Choosing and confidence") == 1
    assert not list(tmp_path.glob("*.unfinished"))
    with pytest.raises(RunError, match="exists already"):
        export(arguments[:-2])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--rerank"], "--data"),
        (["--reliability", "a.png", "--data", "DATA"], "--rerank"),
        (["--phrases", "a", "--data", "DATA"], "--phrases goes with --rerank"),
        (["--with", "b", "--data", "DATA"], "--with goes with --rerank"),
        (["--rerank", "--data", "DATA", "--reliability", "a.gif"], "not called .png"),
        (["--rerank", "dev", "--data", "DATA"], "'dev'"),
    ],
)
def test_what_does_not_go_together(folder: Path, data: Path, tmp_path: Path, options: list[str], words: str) -> None:
    given = [str(data) if option == "DATA" else option for option in options]
    with pytest.raises(RunError, match=words):
        export([str(folder), str(tmp_path / "out"), *given])
    assert not (tmp_path / "out").exists()


def test_a_section_takes_the_place_of_the_one_before(folder: Path) -> None:
    (folder / "MODEL_CARD.md").write_text("# Card\n\n## Mine\n\nold\n\n## Other\n\nstays\n")
    replace_section(folder, "## Mine\n\nnew\n")
    assert (folder / "MODEL_CARD.md").read_text() == "# Card\n\n## Mine\n\nnew\n\n## Other\n\nstays\n"
    replace_section(folder, "## Late\n\nlast\n")
    assert (folder / "MODEL_CARD.md").read_text().endswith("stays\n\n## Late\n\nlast\n")
    assert load_bundle(folder).read("MODEL_CARD.md")


def test_the_card_says_how_large_the_bundle_is_now(folder: Path, data: Path, tmp_path: Path) -> None:
    other = tiny_bundle.write_bundle(tmp_path / "b")
    arguments = [str(folder), str(tmp_path / "out"), "--rerank", "--data", str(data), "--with", str(other)]
    assert export(arguments) == 0
    card = (tmp_path / "out" / "MODEL_CARD.md").read_text()
    assert card.count("## Sizes") == 1
    assert "decoder_step_2.onnx 0.0 MB (float32)" in card


def test_what_was_measured_is_in_the_manifest(folder: Path, data: Path) -> None:
    learn(folder, data)
    record = json.loads((folder / "bundle.json").read_text())["provenance"]["choosing"]
    assert record["photos"] == 8
    assert set(record["default"]) == {
        "cider", "cider_of_search", "cider_of_best_choice", "candidates", "review_below", "share_written",
        "cider_of_written",
    }  # fmt: skip
