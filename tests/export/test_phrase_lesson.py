"""A model of phrases that a person's captions put right: what it expects afterwards, of which photos."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="the extra train is not installed")

import tiny_bundle
from onnx import helper
from tagger_export.phrase_lesson import learned_phrases

from tagger.captioning.bundle import NGRAM_MODEL, NGRAMS, Bundle, load_bundle
from tagger.captioning.ngrams import Phrases, parse_phrases
from tagger.captioning.reranking import Reranker
from tagger.captioning.session import Graph

TABLE = "ngram\tweight\tusual\na\t0.1\t0.3\nphoto\t2\t0.1\nred\t3\t0.2\nof a\t1\t0\nthe sky\t2\t0\n"
KNOWN = frozenset(("a", "red", "photo", "barn", "at", "the", "skatepark", "sky"))
WIDTH = 3


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """It expects "a", "photo" and "red" of every photo, by 0.3."""
    folder = tiny_bundle.write_bundle(tmp_path / "bundle")
    nodes = [
        helper.make_node("MatMul", ["pooled", "weights"], ["raw"]),
        helper.make_node("Add", ["raw", "bias"], ["expected"]),
    ]
    values = {"weights": np.zeros((4, WIDTH), np.float32), "bias": np.full(WIDTH, 0.3, np.float32)}
    model = tiny_bundle.graph(nodes, {"pooled": ("N", 4)}, {"expected": ("N", WIDTH)}, values)
    tiny_bundle.replace_file(folder, NGRAM_MODEL, model)
    tiny_bundle.replace_file(folder, NGRAMS, TABLE.encode())
    tiny_bundle.replace_file(folder, "reranker.json", Reranker({}, {}, 5.0).to_json().encode())
    return load_bundle(folder)


def pictures(place: int, count: int, seed: int = 0) -> np.ndarray:
    """Features of photos that are much alike."""
    found = np.random.default_rng(seed).random((count, 4)).astype(np.float32) * 0.2
    found[:, place] += 2
    return found


def learn(bundle: Bundle, captions: list[str], share: float = 1.0) -> tuple[Phrases, Graph, list[str]]:
    count = len(captions)
    expected = np.full((count, WIDTH), 0.3, np.float32)
    others = np.concatenate([pictures(1, 20), pictures(2, 20, 1)])
    files = learned_phrases(bundle, captions, KNOWN, pictures(0, count), others, expected, share)
    lines = files[NGRAMS].decode().splitlines()
    ids = {word: i for i, word in enumerate(sorted(KNOWN))}
    phrases = parse_phrases(files[NGRAMS].decode(), 5.0, lambda text: tuple(ids.get(w, 99) for w in text.split()))
    return phrases, Graph(files[NGRAM_MODEL], name="phrases"), [line.split("\t")[0] for line in lines[1:]]


def said(graph: Graph, place: int) -> np.ndarray:
    return graph.run({"pooled": pictures(place, 8, seed=7)})["expected"].mean(axis=0)


def test_a_persons_phrases_are_expected_of_photos_like_theirs(bundle: Bundle) -> None:
    _, graph, table = learn(bundle, ["a barn at the skatepark", "a red barn at the skatepark"] * 4)
    assert table[:WIDTH] == ["a", "photo", "red"]
    assert table[-2:] == ["of a", "the sky"]  # known, and expected of nothing, as before
    for phrase in ("skatepark", "the skatepark", "at the skatepark", "barn"):
        place = table.index(phrase)
        assert said(graph, 0)[place] > 0.15
        assert abs(said(graph, 1)[place]) < 0.03
        assert abs(said(graph, 2)[place]) < 0.03


def test_what_the_captions_do_not_have_stays(bundle: Bundle) -> None:
    _, graph, table = learn(bundle, ["a barn", "a barn", "a red barn"] * 4)
    photo = table.index("photo")
    assert [said(graph, place)[photo] for place in range(3)] == pytest.approx([0.3] * 3, abs=1e-5)
    assert [said(graph, place)[1] for place in (1, 2)] == pytest.approx([0.3] * 2, abs=0.02)


def test_a_share_of_it(bundle: Bundle) -> None:
    captions = ["a barn at the skatepark"] * 6
    (_, whole, table), (_, half, _) = learn(bundle, captions), learn(bundle, captions, 0.5)
    place = table.index("skatepark")
    assert said(half, 0)[place] == pytest.approx(said(whole, 0)[place] / 2, abs=1e-4)


def test_a_known_phrase_that_was_not_expected_keeps_its_weight(bundle: Bundle) -> None:
    phrases, graph, table = learn(bundle, ["the sky", "the sky", "a barn", "a barn", "a barn"])
    place = table.index("the sky")
    assert WIDTH <= place < graph.shapes["expected"][1] <= len(table)
    assert phrases.weights[place] == 2
    assert table.count("the sky") == 1
    barn = table.index("barn")
    assert phrases.weights[barn] == pytest.approx(5 - np.log(3), abs=1e-3)
    assert phrases.usual[barn] == 0


def test_only_what_several_captions_have_and_what_can_be_said(bundle: Bundle) -> None:
    _, _, table = learn(bundle, ["a barn with rex", "a barn with rex", "a skatepark"])
    assert "barn" in table
    assert "skatepark" not in table
    assert not any("rex" in phrase or "with" in phrase for phrase in table)


def test_nothing_to_learn(bundle: Bundle, bundle_folder: Path) -> None:
    pooled, expected = pictures(0, 2), np.full((2, WIDTH), 0.3, np.float32)
    assert learned_phrases(bundle, ["a sky", "the barn"], KNOWN, pooled, pooled, expected) == {}
    assert learned_phrases(bundle, [], KNOWN, pooled[:0], pooled, expected[:0]) == {}
    plain = load_bundle(bundle_folder)
    assert learned_phrases(plain, ["a barn", "a barn"], KNOWN, pooled, pooled, expected) == {}
