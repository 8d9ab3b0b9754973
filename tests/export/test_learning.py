"""A bundle's decoder in TensorFlow says what it says in ONNX Runtime, and learns a person's captions."""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import tiny_bundle
from onnxruntime.quantization import quantize_dynamic

pytestmark = pytest.mark.slow

pytest.importorskip("tensorflow")

from tagger_export import learning  # noqa: E402
from tagger_export.differentiable import LOGITS, NEXT, STATE, StepGraph  # noqa: E402
from tagger_export.learning import learn_captions  # noqa: E402
from tagger_export.lessons import parts_to_hold_back, word_overlap  # noqa: E402

from tagger.bootstrap import DEFAULT_BUNDLE  # noqa: E402
from tagger.captioning.bundle import Bundle, load_bundle  # noqa: E402
from tagger.captioning.captioner import OnnxCaptioner  # noqa: E402
from tagger.captioning.reranking import Learned, Linear, Reranker  # noqa: E402
from tagger.captioning.session import Graph  # noqa: E402
from tagger.core.errors import RunError  # noqa: E402
from tagger.learning.captions import CaptionLesson, Said  # noqa: E402
from tagger.learning.versions import write_version  # noqa: E402

EMBEDDED = load_bundle(DEFAULT_BUNDLE).read("decoder_step.onnx")  # int8
OWN = StepGraph(EMBEDDED).written({})  # float32


def feed_of(graph: Graph, rows: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    feed: dict[str, Any] = {"input_ids": rng.integers(4, 12, rows)}
    for name in graph.inputs:
        if name.startswith(STATE):
            feed[name] = rng.uniform(-1, 1, (rows, *graph.shapes[name][1:])).astype(np.float32)
    return feed


@pytest.mark.parametrize("content", [tiny_bundle.decoder_step(), OWN], ids=["tiny", "own"])
def test_it_says_the_same_in_tensorflow(content: bytes) -> None:
    graph, step = Graph(content, name="step"), StepGraph(content)
    feed = feed_of(graph)
    found = step.run({}, feed)
    for name, values in graph.run(feed).items():
        np.testing.assert_allclose(found[name], values, atol=2e-5, err_msg=name)


def quantized_by_batch() -> bytes:
    """As bundles were quantised before: one range for the batch."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "a.onnx", Path(folder) / "b.onnx"
        source.write_bytes(OWN)
        quantize_dynamic(source, out, op_types_to_quantize=["MatMul"], per_channel=True, reduce_range=True)
        return out.read_bytes()


@pytest.mark.parametrize("quantized", [lambda: EMBEDDED, quantized_by_batch], ids=["by rows", "by batch"])
def test_an_int8_decoder_says_nearly_the_same(quantized: Callable[[], bytes]) -> None:
    content = quantized()
    assert b"MatMulInteger" in content
    graph, step = Graph(content, name="step"), StepGraph(content)
    assert not {"DynamicQuantizeLinear", "MatMulInteger", "Abs"} & {node.op_type for node in step.model.graph.node}
    feed = feed_of(graph)
    found, wanted = np.asarray(step.run({}, feed)[LOGITS]), graph.run(feed)[LOGITS]
    assert np.abs(found - wanted).mean() < 0.05
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("name", ["tiny", "own"])
def test_new_words_have_room_and_the_others_stay(name: str) -> None:
    content = tiny_bundle.decoder_step() if name == "tiny" else OWN
    before = Graph(content, name="step")
    vocabulary = before.shapes[LOGITS][1]
    step = StepGraph(content)
    step.grow(vocabulary, 3)
    grown = Graph(step.written({}), name="grown")
    assert grown.shapes[LOGITS] == ("N", vocabulary + 3)
    feed = feed_of(before)
    found = grown.run(feed)
    np.testing.assert_allclose(found[LOGITS][:, :vocabulary], before.run(feed)[LOGITS], atol=2e-5)
    said = grown.run({**feed, "input_ids": np.full(3, vocabulary + 1)})
    assert np.isfinite(said[LOGITS]).all()
    assert {n for n in found if n.startswith(NEXT)} == {n for n in before.outputs if n.startswith(NEXT)}


def test_an_unknown_operator_is_named() -> None:
    node = onnx.helper.make_node("Hardmax", ["state.x"], ["logits"])
    content = tiny_bundle.graph([node], {"state.x": ("N", 3)}, {"logits": ("N", 3)}, {})
    with pytest.raises(RunError, match="operator Hardmax"):
        StepGraph(content)


@pytest.fixture
def lesson(bundle_folder: Path) -> CaptionLesson:
    return lesson_of(load_bundle(bundle_folder))


def lesson_of(base: Bundle) -> CaptionLesson:
    """Red photos show a barn, says somebody; photos of other colours nobody corrected."""
    rng = np.random.default_rng(0)

    def seen(red: float, green: float, blue: float) -> dict[str, Any]:
        pooled = (np.array([red, green, blue]) + rng.normal(size=3) * 0.02).astype(np.float32)
        return {"pooled": pooled, "encoder_hidden_states": pooled[None]}

    pictures = {f"red{i}": seen(0.8, 0.1, 0.1) for i in range(15)}
    others = {f"green{i}": seen(0.1, 0.75, 0.1) for i in range(12)} | {
        f"blue{i}": seen(0.1, 0.1, 0.8) for i in range(12)
    }
    said = tuple(Said(key, "A red barn", edited=True) for key in pictures)
    return CaptionLesson(base, base, said, tuple(others), pictures | others, look=lambda _pictures, _what: {})


def test_it_learns_a_word_and_forgets_little(
    lesson: CaptionLesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_RATE", 0.1)  # the tiny decoder's numbers are large
    steps: list[tuple[str, int, int]] = []
    learned = learn_captions(lesson, lambda *told: steps.append(told), threading.Event())
    assert learned is not None
    assert learned.new_words == ("barn",)
    assert learned.captions == 15
    assert learned.held_back.photos == 15
    assert learned.held_back.words_after > learned.held_back.words_before
    assert learned.held_back.cider_after > learned.held_back.cider_before
    assert learned.forgotten.same >= 0.5
    assert all(0 <= done <= total for _, done, total in steps)
    assert {what for what, _, _ in steps} >= {"learning captions", "measuring on captions held back (5 of 5)"}
    tmp_path.joinpath("new").mkdir()
    changes = {"graphs": learned.graphs}
    made = write_version(tmp_path / "new", lesson.base, name="n", version="1", files=learned.files, changes=changes)
    captioner = OnnxCaptioner(made)
    encoded = {name: np.stack([lesson.seen["red0"][name]]) for name in ("pooled", "encoder_hidden_states")}
    assert "barn" in captioner.detokenize(captioner.search(encoded)[0][0].token_ids)


def test_a_bundle_that_expects_phrases_learns_to_expect_the_new_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its captions are chosen by what is expected alone: a word that it never expects it would not say."""
    monkeypatch.setattr(learning, "_RATE", 0.1)
    candidates = {"default": {"beam_width": 6, "samples": 0, "temperature": 1.0, "guidance": 2.0}}
    folder = tiny_bundle.write_bundle(tmp_path / "base", generation={"candidates": candidates})
    one = Linear(("ngram_agreement",), (1.0,), (0.0,), (1.0,))
    reranker = Reranker({"default": Learned(one, None)}, {}, 5.0)
    tiny_bundle.replace_file(folder, "reranker.json", reranker.to_json().encode())
    tiny_bundle.replace_file(folder, "ngrams.tsv", b"ngram\tweight\tusual\nwall\t2\t0.1\n")
    nodes = [onnx.helper.make_node("MatMul", ["pooled", "w"], ["raw"])]
    nodes.append(onnx.helper.make_node("Sigmoid", ["raw"], ["expected"]))
    values = {"w": np.zeros((3, 1), np.float32)}
    model = tiny_bundle.graph(nodes, {"pooled": ("N", 3)}, {"expected": ("N", 1)}, values)
    tiny_bundle.replace_file(folder, "ngram_model.onnx", model)
    lesson = lesson_of(load_bundle(folder))
    learned = learn_captions(lesson, lambda *_told: None, threading.Event())
    assert learned is not None
    assert "\nbarn\t" in learned.files["ngrams.tsv"].decode()
    tmp_path.joinpath("new").mkdir()
    made = write_version(tmp_path / "new", lesson.base, name="n", version="1", files=learned.files, changes={})
    captioner = OnnxCaptioner(made)
    barn = captioner.bundle.read("ngrams.tsv").decode().splitlines().index("barn\t" + "2.292\t0") - 1
    for key, is_expected in (("red0", True), ("green0", False), ("blue0", False)):
        encoded = {name: np.stack([lesson.seen[key][name]]) for name in ("pooled", "encoder_hidden_states")}
        assert (captioner.expected(encoded, captioner.scores(encoded))[0, barn] > 0.05) == is_expected
        said = captioner.detokenize(captioner.search(encoded)[0][0].token_ids)
        assert ("barn" in said) == is_expected


def test_it_stops_when_it_is_told_to(lesson: CaptionLesson) -> None:
    stop = threading.Event()

    def tell(what: str, done: int, _total: int) -> None:
        if what == "learning captions" and done == 3:
            stop.set()

    assert learn_captions(lesson, tell, stop) is None


def test_few_captions_are_held_back_each_in_turn() -> None:
    few = [Said(str(i), f"a {'b' * i}", edited=True) for i in range(7)]
    parts = parts_to_hold_back(few)
    assert len(parts) == 5
    assert sorted(one.key for part in parts for one in part) == [str(i) for i in range(7)]
    many = [Said(str(i), f"a {'b' * i}", edited=True) for i in range(30)]
    (part,) = parts_to_hold_back(many)
    assert len(part) == 6


def test_words_in_common() -> None:
    assert word_overlap("A red barn.", "a red barn") == 1
    assert word_overlap("a dog", "the cat") == 0
    assert word_overlap("a a a", "a dog") == pytest.approx(2 / 5)
