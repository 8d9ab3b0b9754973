"""Choosing among captions: what is weighed, what is kept, and bundles that learned something that cannot be."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_bundle
from onnx import helper

from tagger.captioning import stepping
from tagger.captioning.bundle import load_bundle
from tagger.captioning.candidates import FEATURES, Candidate, Describing, merged
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.choosing import ALTERNATIVES, Chooser
from tagger.captioning.generation import CandidateSpec, GenerationSpec
from tagger.captioning.naming import Naming
from tagger.captioning.ngrams import Phrases
from tagger.captioning.quality import candidates_of, ranks
from tagger.captioning.repetition import repeats
from tagger.captioning.reranking import Learned, Linear, Reranker
from tagger.captioning.sampler import Hypothesis
from tagger.captioning.session import Graph
from tagger.captioning.tags import Label
from tagger.core.errors import BundleError

WORDS = ("<pad>", "<start>", "<end>", "<unk>", "a", "dog", "cat", "red", "on", "grass", "two", "dogs", "some")
LABELS = (Label("dog", 0.5), Label("cat", 0.5), Label("red", 0.5))
CANDIDATES = {"default": {"beam_width": 4, "samples": 6, "temperature": 1.0}}


def said(text: str, log: float = -1.0, *, doubt: str = "") -> Hypothesis:
    ids = tuple(WORDS.index(word) for word in text.split())
    logs = tuple(math.log(0.05 if WORDS[i] == doubt else 0.9) for i in ids)
    return Hypothesis(ids, log, log, logs)


def chooser(**weights: float) -> Chooser:
    names = tuple(weights)
    ranking = Linear(names, tuple(weights.values()), (0.0,) * len(names), (1.0,) * len(names))
    confidence = Linear(("ranking", "margin"), (1.0, 0.0), (0.0, 0.0), (1.0, 1.0))
    describing = Describing(WORDS, Naming(LABELS), np.array([0.1, 0.1, 0.1]), Phrases((), (), 1.0))
    return Chooser(describing, Reranker({"default": Learned(ranking, confidence)}, least_sure=0.2))


def choose(it: Chooser, *found: Hypothesis, tags: tuple[float, ...] = (0.9, 0.1, 0.1), quality: str = "default") -> Any:
    return it.choose(merged(found), np.array(tags, np.float32), None, quality)


def text(hypothesis: Hypothesis) -> str:
    return " ".join(WORDS[token] for token in hypothesis.token_ids)


def test_each_caption_once_and_how_often_it_was_found() -> None:
    one, other = said("a dog"), said("a cat")
    assert merged([one, other, said("a dog", -3.0)]) == [Candidate(one, 2), Candidate(other, 1)]


def test_the_tags_choose() -> None:
    choice = choose(chooser(tag_recall=1.0), said("a cat", -1.0), said("a dog", -2.0))
    assert [text(one) for one in choice.hypotheses] == ["a dog", "a cat"]
    assert choice.confidence == pytest.approx(1 / (1 + math.exp(-0.9 / 1.1)))


def test_a_quality_that_was_not_learned_keeps_the_order_of_the_search() -> None:
    choice = choose(chooser(tag_recall=1.0), said("a cat"), said("a dog"), quality="fast")
    assert [text(one) for one in choice.hypotheses] == ["a cat", "a dog"]
    assert choice.confidence is None


def test_few_alternatives_are_kept() -> None:
    found = [said(f"a {word} on {other}") for word in ("dog", "cat", "red") for other in ("grass", "dog", "cat")]
    assert len(choose(chooser(words=1.0), *found).hypotheses) == 1 + ALTERNATIVES


def test_the_same_captions_in_another_order_are_chosen_from_alike() -> None:
    found = [said("a cat", -1.0), said("a dog", -2.0), said("a dog on grass", -3.0)]
    it = chooser(tag_recall=1.0, consensus=0.5, log_probability=0.3)
    assert choose(it, *found).hypotheses[0] == choose(it, *reversed(found)).hypotheses[0]


def test_rather_a_caption_without_doubts_where_it_is_nearly_as_good() -> None:
    found = [said("a red dog", -1.0, doubt="red"), said("a dog", -1.1)]
    assert text(choose(chooser(log_probability=1.0), *found).hypotheses[0]) == "a dog"


def test_a_doubtful_colour_goes_where_no_other_caption_is_as_good() -> None:
    found = [said("a red dog", -1.0, doubt="red"), said("a cat", -9.0)]
    choice = choose(chooser(log_probability=1.0), *found)
    assert [text(one) for one in choice.hypotheses] == ["a dog", "a cat"]
    assert text(choose(chooser(log_probability=1.0), said("two dogs", doubt="two")).hypotheses[0]) == "some dogs"


def test_what_names_a_thing_twice_is_no_candidate(learned: Path) -> None:
    it = captioner(learned)
    encoded = it.encode(np.stack(pixels("red", "grey")))
    scores = it.tag_scores(encoded["pooled"])
    expected = it.expected(encoded, scores)
    found = {
        quality: [
            it.detokenize(one.hypothesis.token_ids)
            for own in it.at(quality).candidates(encoded, scores, expected)
            for one in own
        ]
        for quality in ("default", "best")
    }
    assert not any(repeats(caption.lower().split()) for caption in found["default"])
    assert found["best"]  # not learned: left as they are


@pytest.mark.parametrize(
    ("caption", "twice"),
    [
        ("a man wearing a tie and a tie", True),
        ("a tennis racket on a tennis court", False),
        ("a black and white photo of a black dog", False),
        ("a dog with a dog", True),
        ("two dogs on a bed", False),
        ("", False),
    ],
)
def test_a_thing_twice(caption: str, twice: bool) -> None:
    assert repeats(caption.split()) == twice


def test_a_tag_does_away_with_doubts() -> None:
    found = said("a red dog", doubt="red")
    choice = choose(chooser(log_probability=1.0), found, tags=(0.9, 0.1, 0.8))
    assert text(choice.hypotheses[0]) == "a red dog"


def test_features_by_hand() -> None:
    describing = chooser(words=1.0).describing
    found = [Candidate(said("a dog on grass", -2.0), 3), Candidate(said("grass", -1.0), 1)]
    rows = describing.features(found, np.array([0.8, 0.1, 0.1], np.float32))
    one = dict(zip(FEATURES, rows[0], strict=True))
    odds = math.log(0.8 / 0.2)
    assert one["log_probability"] == -2.0
    assert one["log_probability_per_word"] == pytest.approx(-2 / 5)
    assert one["least_word"] == pytest.approx(math.log(0.9))
    assert (one["words"], one["words_squared"], one["drawn"]) == (4, 16, 3)
    assert one["tag_log_odds"] == one["tag_log_odds_least"] == pytest.approx(odds)
    assert one["tag_log_odds_minus_prior"] == pytest.approx(odds - math.log(0.1 / 0.9))
    assert one["tag_probability"] == pytest.approx(0.8)
    assert one["tag_recall"] == pytest.approx(0.8)
    other = dict(zip(FEATURES, rows[1], strict=True))
    assert (other["tag_log_odds"], other["tag_recall"], other["ngram_agreement"]) == (0, 0, 0)
    assert 0 < other["consensus"] < one["consensus_drawn"]


def test_without_tags_and_alone() -> None:
    describing = Describing(WORDS, Naming(()), np.zeros(0), Phrases((), (), 1.0))
    rows = describing.features([Candidate(said("a dog"))], np.zeros(0, np.float32))
    assert np.isfinite(rows).all()


def test_what_is_found_at_each_quality() -> None:
    plain = GenerationSpec(beam_width=3)
    assert candidates_of(plain, "fast", None) == candidates_of(plain, "default", None) == CandidateSpec(3)
    assert candidates_of(plain, "best", None) == CandidateSpec(5)
    assert candidates_of(plain, "best", 2) == CandidateSpec(2)
    learned = GenerationSpec(beam_width=3, candidates={"best": CandidateSpec(8, 20, 0.7)})
    assert candidates_of(learned, "best", None) == CandidateSpec(8, 20, 0.7)
    assert candidates_of(learned, "best", 4) == CandidateSpec(4, 20, 0.7)
    assert ranks(learned, "best")
    assert not ranks(learned, "default")
    assert not ranks(GenerationSpec(candidates={"fast": CandidateSpec(3)}), "fast")


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    """A bundle that prefers captions that name the tags, short ones."""
    folder = tiny_bundle.write_bundle(tmp_path / "learned", generation={"candidates": CANDIDATES})
    one = Linear(("tag_recall", "words"), (9.0, -1.0), (0.0, 0.0), (1.0, 1.0))
    reranker = Reranker({"default": Learned(one, one)}, {"red": 0.2}, 5.0, 0.0)
    tiny_bundle.replace_file(folder, "reranker.json", reranker.to_json().encode())
    return folder


def captioner(folder: Path, **decoding: Any) -> OnnxCaptioner:
    return OnnxCaptioner(load_bundle(folder), threads=1, decoding=Decoding(**decoding))


def pixels(*colours: str) -> list[Any]:
    return [np.full((16, 16, 3), np.array(tiny_bundle.COLOURS[name]) / 255, np.float32) for name in colours]


def test_a_bundle_that_learned_chooses_and_says_how_sure_it_is(learned: Path, bundle_folder: Path) -> None:
    batch = pixels("red", "blue")
    default = captioner(learned).generate(batch)
    fast = captioner(learned, quality="fast").generate(batch)
    assert [caption.text for caption in fast] == [caption.text for caption in captioner(bundle_folder).generate(batch)]
    assert all(caption.confidence is None for caption in fast)
    assert all(caption.confidence is not None and 0 < caption.confidence < 1 for caption in default)
    assert [caption.score for caption in default] == pytest.approx([caption.confidence for caption in default])
    assert all(len(one.text.split()) < len(other.text.split()) for one, other in zip(default, fast, strict=True))
    for caption, colour in zip(default, ("red", "blue"), strict=True):
        assert colour in caption.text
        texts = [caption.text, *(other.text for other in caption.alternatives)]
        assert len(set(texts)) == len(texts) <= 1 + ALTERNATIVES


def test_a_caption_depends_on_its_photo_alone(learned: Path) -> None:
    it, colours = captioner(learned), ("red", "green", "blue", "grey", "red")
    together = it.generate(pixels(*colours))
    alone = [captioner(learned).generate(pixels(colour))[0] for colour in colours]
    assert [caption.text for caption in together] == [caption.text for caption in alone]
    assert together[0] == together[4]
    assert [caption.confidence for caption in together] == pytest.approx([one.confidence for one in alone], abs=1e-3)
    assert it.generate(pixels(*colours)) == together


def test_what_is_explained_is_what_is_said(learned: Path) -> None:
    it = captioner(learned)
    encoded = it.encode(np.stack(pixels("red")))
    assert it.detokenize(it.search(encoded)[0][0].token_ids) == it.generate(pixels("red"))[0].text


def test_another_quality_of_the_same_graphs(learned: Path) -> None:
    it = captioner(learned)
    fast = it.at("fast").generate(pixels("red"))[0]
    assert fast == captioner(learned, quality="fast").generate(pixels("red"))[0]
    assert it.generate(pixels("red"))[0] != fast


def ngram_model(phrases: int, *, name: str = "expected") -> bytes:
    weights = np.zeros((3, phrases), np.float32)
    weights[:, 0] = 40
    return tiny_bundle.graph(
        [helper.make_node("MatMul", ["pooled", "weights"], ["raw"]), helper.make_node("Sigmoid", ["raw"], [name])],
        {"pooled": ("N", 3)},
        {name: ("N", phrases)},
        {"weights": weights},
    )


def expects(folder: Path) -> Path:
    """Let the bundle expect "wall": a caption that has it agrees."""
    one = Linear(("ngram_agreement", "words"), (9.0, -0.01), (0.0, 0.0), (1.0, 1.0))
    reranker = Reranker({"default": Learned(one, None)}, {}, 5.0, 0.0)
    tiny_bundle.replace_file(folder, "reranker.json", reranker.to_json().encode())
    tiny_bundle.replace_file(folder, "ngrams.tsv", b"ngram\tweight\tusual\nwall\t5\t0\nphoto of a\t6\t0\n")
    tiny_bundle.replace_file(folder, "ngram_model.onnx", ngram_model(1))
    return folder


def test_phrases_that_are_expected(learned: Path) -> None:
    plain = captioner(learned, quality="fast").generate(pixels("red"))[0].text
    chosen = captioner(expects(learned)).generate(pixels("red"))[0]
    assert "wall" in chosen.text.split()
    assert "wall" not in plain.split()
    assert chosen.confidence is None


def test_words_that_nobody_puts_beside_each_other_are_counted() -> None:
    words = ["<pad>", "<start>", "<end>", "<unk>", "a", "red", "dog"]
    phrases = Phrases([(4, 5), (5, 6)], [1.0, 1.0], 2.0, [0.1, 0.1])
    describing = Describing(words, Naming(()), np.zeros(0), phrases)
    candidates = merged([Hypothesis(tokens, -1.0, -1.0) for tokens in ((4, 5, 6), (5, 4, 6), (4,))])
    found = describing.features(candidates, np.zeros(0, np.float32), np.array([0.2], np.float32))
    assert found[:, FEATURES.index("new_pairs")].tolist() == [0, 2, 0]


def test_what_is_said_again_and_again_is_said_less(learned: Path) -> None:
    one = Linear(("log_probability", "common"), (1.0, -100.0), (0.0, 0.0), (1.0, 1.0))
    plain = Reranker({"default": Learned(one, None)}, {}, 5.0, 0.0)
    tiny_bundle.replace_file(learned, "reranker.json", plain.to_json().encode())
    first = captioner(learned).generate(pixels("red"))[0].text
    again = replace(plain, common={first.lower(): 7.0})
    tiny_bundle.replace_file(learned, "reranker.json", again.to_json().encode())
    assert captioner(learned).generate(pixels("red"))[0].text != first


def damaged(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: tiny_bundle.replace_file(folder, name, content)


def _without(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        manifest = tiny_bundle.read_manifest(folder)
        del manifest["files"][name]
        tiny_bundle.write_manifest(folder, manifest)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (damaged("reranker.json", b"{}"), "reranker.json: its format"),
        (damaged("reranker.json", b"\xff"), "reranker.json"),
        (damaged("ngrams.tsv", b"ngram\tweight\tusual\nof\tmuch\t0\n"), "ngrams.tsv: line 2"),
        (damaged("ngram_model.onnx", b"none"), "ngram_model.onnx cannot be loaded"),
        (damaged("ngram_model.onnx", ngram_model(3)), "phrases of ngrams.tsv"),
        (damaged("ngram_model.onnx", ngram_model(2, name="scores")), "phrases of ngrams.tsv"),
        (_without("ngram_model.onnx"), "a feature of a n-gram model"),
        (_without("reranker.json"), "reranker.json is not in its manifest"),
    ],
)
def test_bundles_that_learned_nonsense(learned: Path, change: Callable[[Path], None], words: str) -> None:
    folder = expects(learned)
    change(folder)
    with pytest.raises(BundleError, match=words):
        captioner(folder)


@pytest.mark.parametrize(
    "candidates",
    [
        {"default": {"beam_width": 0, "samples": 0, "temperature": 1}},
        {"default": {"beam_width": 3, "samples": 10_000, "temperature": 1}},
        {"default": {"beam_width": 3, "samples": 1, "temperature": 0}},
        {"default": {"beam_width": 3}},
        {"default": 3},
        [],
    ],
)
def test_numbers_of_candidates_are_not_trusted(learned: Path, candidates: object) -> None:
    manifest = tiny_bundle.read_manifest(learned)
    manifest["generation"]["candidates"] = candidates
    (learned / "bundle.json").write_text(json.dumps(manifest))
    if candidates == []:
        manifest["generation"]["review_below"] = {"default": 2}
        (learned / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError):
        load_bundle(learned)


def test_what_does_not_change_is_not_carried_with_the_rows(bundle_folder: Path) -> None:
    bundle = load_bundle(bundle_folder)
    graph = Graph(bundle.read("decoder_step.onnx"), name="step")
    started = {
        "state.photo": np.random.default_rng(0).random((3, 3), dtype=np.float32),
        "state.said": np.zeros((3, 1), np.float32),
    }
    step, state = stepping.Stepping(graph).begin(started)
    assert set(state) == {"state.said", "photo"}
    # Rows come, go, and change places.
    for photos in ([0, 1, 2], [0, 0, 1, 1, 2, 2], [0, 0, 1, 2, 2], [2, 0, 0, 1], [1], [1, 1, 1]):
        rows = np.array(photos)
        said_ = np.random.default_rng(len(rows)).random((len(rows), 1), dtype=np.float32)
        ids = np.arange(len(rows)) % 5 + 4
        logits, after = step(ids, {"state.said": said_, "photo": rows})
        whole = graph.run({"input_ids": ids, "state.photo": started["state.photo"][rows], "state.said": said_})
        assert np.allclose(logits, whole["logits"], atol=1e-5)
        assert np.array_equal(after["state.said"], whole["next.state.said"])
        assert np.array_equal(after["photo"], rows)
