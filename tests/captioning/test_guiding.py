"""Searches that are drawn to phrases which are expected of a photo."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_bundle
from onnx import helper

from tagger.captioning import sampler
from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.guiding import Guide
from tagger.captioning.ngrams import Phrases
from tagger.captioning.reranking import Learned, Linear, Reranker
from tagger.core.errors import BundleError

START, END, A, DOG, CAT, ON = range(6)
RULES = sampler.Rules(START, END, max_length=5)
KNOWN = [(A,), (DOG,), (CAT,), (A, DOG), (A, CAT), (DOG, ON), (A, DOG, ON), None]
PHRASES = Phrases(KNOWN, [0.0, 2.0, 2.0, 3.0, 3.0, 4.0, 5.0, 1.0], 6.0, [0.3, 0.1, 0.0, 0.2, 0.0, 0.0, 0.1, 0.0])


def flat(token_ids: Any, state: Any) -> tuple[Any, Any]:
    """A decoder to which every word is as likely as the other; it counts its steps."""
    return np.zeros((len(token_ids), 6), np.float32), {"n": state["n"] + 1}


def drawn(expected: Any, *, strength: float = 1.0, usual: float = 0.0, step: Any = flat) -> tuple[Any, Any]:
    rows = np.array(expected, np.float32)
    return Guide(PHRASES, 6).draw(step, {"n": np.zeros(len(rows), np.int64)}, rows, strength, usual)


def plainly(said: list[int], expected: Any, strength: float, usual: float) -> list[float]:
    """What is added to the logit of each word after these, phrase by phrase."""
    found = [0.0] * 6
    for place, phrase in enumerate(KNOWN):
        wanted = strength * (float(expected[place]) if place < len(expected) else 0.0)
        wanted -= strength * usual * float(PHRASES.usual[place])
        if phrase and (len(phrase) == 1 or (len(phrase) == 2 and phrase[0] == said[-1])):
            found[phrase[-1]] += wanted * PHRASES.weights[place]
    weights = {A: 0.0, DOG: 2.0, CAT: 2.0}
    return [-weights.get(word, 0.0) if word in said else value for word, value in enumerate(found)]


def test_it_adds_what_is_expected_of_each_photo() -> None:
    rng = np.random.default_rng(0)
    expected = rng.random((3, 7))
    step, state = drawn(expected, strength=2.0, usual=1.5)
    said = [[START], [START], [START]]
    for words in ([A, A, DOG], [DOG, CAT, ON], [ON, DOG, A]):
        logits, state = step(np.array([row[-1] for row in said]), state)
        for row in range(3):
            assert logits[row].tolist() == pytest.approx(plainly(said[row], expected[row], 2.0, 1.5), abs=1e-5)
            said[row].append(words[row])
    assert state["n"].tolist() == [3, 3, 3]


def test_rows_that_move_keep_their_photo_and_what_they_said() -> None:
    expected = np.array([[0, 0.9, 0, 0, 0, 0, 0, 0], [0, 0, 0.9, 0, 0, 0, 0, 0]])
    step, state = drawn(expected)
    _, state = step(np.array([START, START]), state)
    _, state = step(np.array([A, CAT]), state)
    state = sampler.gather(state, [1, 0, 1])
    logits, _ = step(np.array([ON, ON, ON]), state)
    assert logits[:, DOG].tolist() == pytest.approx([0, 1.8, 0])
    assert logits[:, CAT].tolist() == pytest.approx([-2, 0, -2])  # it was said


def test_each_photo_gets_its_own_words_whatever_is_beside_it() -> None:
    expected = np.array([[0.1, 0.9, 0, 0.5, 0, 0.3, 0, 0], [0.1, 0, 0.9, 0, 0.5, 0, 0, 0]])
    together = sampler.beam_search(*drawn(expected, strength=3.0), 2, RULES, width=3)
    alone = [sampler.beam_search(*drawn(one[None], strength=3.0), 1, RULES, width=3)[0] for one in expected]
    assert together == alone
    assert DOG in together[0][0].token_ids
    assert CAT in together[1][0].token_ids


def test_a_thing_is_not_said_twice_for_being_expected() -> None:
    (found,) = sampler.greedy(*drawn(np.array([[0, 0.9, 0.2, 0, 0, 0, 0, 0]]), strength=5.0), 1, RULES)
    assert found[0].token_ids.count(DOG) == 1


def test_a_table_without_words() -> None:
    guide = Guide(Phrases((), (), 1.0), 6)
    step, state = guide.draw(flat, {"n": np.zeros(2, np.int64)}, np.zeros((2, 0), np.float32), 2.0, 1.0)
    logits, state = step(np.array([START, START]), state)
    assert not logits.any()


def expecting(folder: Path, guidance: dict[str, float]) -> Path:
    """A bundle that expects the word "wall" of every photo, and finds a single caption of it."""
    candidates = {"default": {"beam_width": 1, "samples": 0, "temperature": 1.0, **guidance}}
    tiny_bundle.write_bundle(folder, generation={"candidates": candidates})
    one = Linear(("ngram_agreement",), (1.0,), (0.0,), (1.0,))
    reranker = Reranker({"default": Learned(one, None)}, {}, 5.0, 0.0)
    tiny_bundle.replace_file(folder, "reranker.json", reranker.to_json().encode())
    tiny_bundle.replace_file(folder, "ngrams.tsv", b"ngram\tweight\tusual\nwall\t5\t0.5\nphoto of a\t6\t0\n")
    model = tiny_bundle.graph(
        [
            helper.make_node("MatMul", ["pooled", "weights"], ["raw"]),
            helper.make_node("Sigmoid", ["raw"], ["expected"]),
        ],
        {"pooled": ("N", 3)},
        {"expected": ("N", 1)},
        {"weights": np.full((3, 1), 40, np.float32)},
    )
    tiny_bundle.replace_file(folder, "ngram_model.onnx", model)
    return folder


@pytest.mark.parametrize(
    ("guidance", "drawn_to"),
    [({}, False), ({"guidance": 3.0}, True), ({"guidance": 3.0, "guidance_usual": 2.0}, False)],
)
def test_a_bundle_says_how_strongly(tmp_path: Path, guidance: dict[str, float], drawn_to: bool) -> None:
    captioner = OnnxCaptioner(load_bundle(expecting(tmp_path / "bundle", guidance)))
    (caption,) = captioner.generate([np.full((16, 16, 3), 0.4, np.float32)])
    assert ("wall" in caption.text.lower().split()) == drawn_to


@pytest.mark.parametrize(
    "guidance", [{"guidance": -1}, {"guidance": 101}, {"guidance": float("nan")}, {"guidance_usual": -0.1}]
)
def test_guidance_that_is_none(tmp_path: Path, guidance: dict[str, float]) -> None:
    with pytest.raises(BundleError, match="guidance_usual of 0 to 100"):
        load_bundle(expecting(tmp_path / "bundle", guidance))


def test_guidance_without_anything_that_expects(tmp_path: Path) -> None:
    candidates = {"default": {"beam_width": 1, "samples": 0, "temperature": 1.0, "guidance": 1.0}}
    folder = tiny_bundle.write_bundle(tmp_path / "bundle", generation={"candidates": candidates})
    with pytest.raises(BundleError, match=r"only where there is an ngram_model\.onnx"):
        load_bundle(folder)
