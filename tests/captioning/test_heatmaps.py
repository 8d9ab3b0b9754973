"""Where each word comes from: by the bundle's own attention, and by hiding parts of the picture."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import tiny_bundle
from onnx import TensorProto, helper, numpy_helper

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.heatmaps import CELLS, explain_words
from tagger.core.errors import RunError


def attending(folder: Path, cells: int = 4) -> Path:
    """The tiny bundle with an attention that looks at cell 0 in red photos, 1 in green, 2 in blue ones."""
    model = onnx.load_from_string(tiny_bundle.decoder_step())
    weights = np.zeros((3, cells), np.float32)
    weights[np.arange(3), np.arange(3)] = 9
    model.graph.initializer.append(numpy_helper.from_array(weights, "looks"))
    model.graph.node.append(helper.make_node("MatMul", ["state.photo", "looks"], ["looked"]))
    model.graph.node.append(helper.make_node("Softmax", ["looked"], ["attention"]))
    model.graph.output.append(helper.make_tensor_value_info("attention", TensorProto.FLOAT, ["N", cells]))
    tiny_bundle.replace_file(folder, "decoder_step.onnx", model.SerializeToString())
    return folder


def captioner(folder: Path) -> OnnxCaptioner:
    return OnnxCaptioner(load_bundle(folder), threads=1, decoding=Decoding(method="greedy"))


def plain(colour: str) -> np.ndarray:
    return np.full((16, 16, 3), np.array(tiny_bundle.COLOURS[colour]) / 255, np.float32)


def with_red_corner() -> np.ndarray:
    """Black, and red in the fourth right below."""
    picture = np.zeros((16, 16, 3), np.float32)
    picture[8:, 8:, 0] = 1
    return picture


def test_attention_is_shown_as_the_bundle_gives_it(own_bundle: Path) -> None:
    found = explain_words(captioner(attending(own_bundle)), plain("green"))
    assert (found.text, found.method) == ("A green photo", "attention")
    assert [word.word for word in found.words] == ["A", "green", "photo"]
    for word in found.words:
        assert word.weights.shape == (2, 2)
        assert word.weights.sum() == pytest.approx(1, abs=1e-5)
        assert word.weights.argmax() == 1
        assert word.log_probability < 0


def test_words_have_the_probabilities_that_the_search_gives(bundle_folder: Path) -> None:
    it = captioner(bundle_folder)
    encoded = it.encode(np.stack([plain("red"), plain("blue")]))
    hypotheses = [found[0] for found in it.search(encoded)]
    for row, hypothesis in enumerate(hypotheses):
        log_probabilities, attention = it.follow(encoded, hypothesis.token_ids)
        assert log_probabilities.shape == (2, len(hypothesis.token_ids))
        assert attention is None
        # The search's is higher: it shares out what may not be said, and counts the end.
        assert log_probabilities[row].sum() > log_probabilities[1 - row].sum()
        steps = log_probabilities[row]
        assert (steps < 0).all()


def test_hiding_what_a_word_names_is_what_counts(bundle_folder: Path) -> None:
    found = explain_words(captioner(bundle_folder), with_red_corner())
    assert found.method == "occlusion"
    red = next(word for word in found.words if word.word == "red").weights
    assert red.shape == (CELLS, CELLS)
    assert red.min() >= 0
    assert red.sum() == pytest.approx(1, abs=1e-5)
    half = CELLS // 2
    assert red[half:, half:].sum() > 0.99
    assert red[half + 1 :, half + 1 :].sum() > 0.6


def test_where_no_part_matters_all_weights_are_nothing(bundle_folder: Path) -> None:
    for word in explain_words(captioner(bundle_folder), plain("blue")).words:
        assert not word.weights.any()  # the mean colour hides nothing in a plain picture


def test_occlusion_can_be_asked_for_and_attention_must_be_there(own_bundle: Path, bundle_folder: Path) -> None:
    with pytest.raises(RunError, match="no attention to show"):
        explain_words(captioner(bundle_folder), plain("red"), method="attention")
    found = explain_words(captioner(attending(own_bundle)), with_red_corner(), method="occlusion")
    assert found.method == "occlusion"
    assert found.words[0].weights.shape == (CELLS, CELLS)


def test_an_attention_that_is_no_square_is_not_drawn(own_bundle: Path) -> None:
    assert explain_words(captioner(attending(own_bundle, 5)), plain("red")).method == "occlusion"
