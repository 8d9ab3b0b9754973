"""Which parts of a bundle become int8: what is kept, what stays float32, and what the manifest says of it."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import tiny_bundle
from onnx import helper
from tagger_export import int8, quantize
from tagger_export.checks import Check, Interface
from tagger_export.int8 import Trial, make_int8
from tagger_export.quantize import quantize_products

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.session import Graph

GRAPHS = ("encoder_model.onnx", "decoder_start.onnx", "decoder_step.onnx")
GOLDEN = np.stack([np.full((16, 16, 3), colour, np.float32) / 255 for colour in tiny_bundle.COLOURS.values()])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    graphs = {name: {"precision": "float32", "bytes": 1} for name in (*GRAPHS, "tag_model.onnx")}
    return tiny_bundle.write_bundle(tmp_path / "tiny", graphs=graphs)


def interfaces(folder: Path) -> dict[str, Interface]:
    found = {}
    for name in GRAPHS:
        graph = Graph((folder / name).read_bytes(), name=name)

        def shapes(values: tuple[str, ...], graph: Graph = graph) -> dict[str, tuple[int | None, ...]]:
            return {value: (None, *graph.shapes[value][1:]) for value in values}

        found[name] = Interface(shapes(graph.inputs), shapes(graph.outputs), frozenset({"input_ids"}))
    return found


def precisions(folder: Path) -> dict[str, str]:
    return {name: load_bundle(folder).graphs[name]["precision"] for name in GRAPHS}


def scored(*ciders: float, tags: tuple[float, ...] = ()):
    """A score that gives these CIDErs, and these mean average precisions of the tags, one a call."""
    rest = [
        SimpleNamespace(
            caption_scores=SimpleNamespace(cider=cider),
            tag_scores=SimpleNamespace(mean_average_precision=tags[i]) if tags else None,
        )
        for i, cider in enumerate(ciders)
    ]
    return lambda _folder: rest.pop(0)


def attempt(folder: Path, score=None) -> tuple[tuple[Trial, ...], object, list[Check]]:
    said: list[Check] = []
    trials, left = make_int8(folder, interfaces(folder), list(GOLDEN), GOLDEN, score=score, report=said.append)
    return trials, left, said


def test_parts_that_cost_less_than_two_percent_are_kept(folder: Path) -> None:
    trials, left, said = attempt(folder, scored(0.5, 0.497, 0.4901))
    assert [(trial.part, trial.kept) for trial in trials] == [("encoder", True), ("decoder", True)]
    assert set(precisions(folder).values()) == {"int8"}
    assert left.caption_scores.cider == 0.4901
    assert trials[1].as_json() == {
        "part": "decoder",
        "kept": True,
        "seen": "CIDEr 0.500 in float32, 0.490 with it (-2.0%)",
        "scores": {"CIDEr": {"float32": 0.5, "int8": 0.4901}},
    }
    assert [check.name for check in said] == [
        "int8: encoder",
        "int8: decoder",
        "int8: tokens: greedy",
        "int8: tokens: beam",
    ]
    assert all("of 4 photos agree" in check.seen for check in said[2:])


def test_a_part_that_costs_two_percent_stays_float32_to_the_byte(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in GRAPHS}
    trials, left, said = attempt(folder, scored(0.5, 0.499, 0.49))
    assert [trial.kept for trial in trials] == [True, False]
    assert precisions(folder) == dict(zip(GRAPHS, ("int8", "float32", "float32"), strict=True))
    for name in GRAPHS[1:]:
        assert (folder / name).read_bytes() == before[name]
    assert left.caption_scores.cider == 0.499
    assert said[1].seen == "stays float32: CIDEr 0.500 in float32, 0.490 with it (-2.0%)"
    bundle = load_bundle(folder)
    assert OnnxCaptioner(bundle).generate([GOLDEN[0]])[0].text  # every digest in the manifest is right again


def test_what_the_encoder_lost_counts_for_the_decoder_too(folder: Path) -> None:
    """Each part alone costs 1.5 %, both 3 %: the bundle would have lost too much."""
    trials, left, _ = attempt(folder, scored(1.0, 0.985, 0.970))
    assert [trial.kept for trial in trials] == [True, False]
    assert left.caption_scores.cider == 0.985


def test_tags_count_as_well(folder: Path) -> None:
    trials, _, said = attempt(folder, scored(0.5, 0.5, 0.5, tags=(0.4, 0.391, 0.393)))
    assert [trial.kept for trial in trials] == [False, True]
    assert precisions(folder)["encoder_model.onnx"] == "float32"
    assert said[0].seen.endswith("tags' mean average precision 0.400 in float32, 0.391 with it (-2.2%)")


def test_the_tag_model_is_a_part_of_its_own(folder: Path) -> None:
    model = Graph((folder / "tag_model.onnx").read_bytes(), name="tags")
    tags = Interface({"pooled": (None, 3)}, {name: (None, *model.shapes[name][1:]) for name in model.outputs})
    score = scored(0.5, 0.5, 0.5, 0.5, tags=(0.4, 0.4, 0.4, 0.38))
    trials, _ = make_int8(
        folder,
        interfaces(folder) | {"tag_model.onnx": tags},
        list(GOLDEN),
        GOLDEN,
        score=score,
        report=lambda _: None,
    )
    assert [(trial.part, trial.kept) for trial in trials] == [("encoder", True), ("decoder", True), ("tags", False)]
    assert load_bundle(folder).graphs["tag_model.onnx"]["precision"] == "float32"


def test_where_scores_can_be_had_they_decide_and_not_the_features(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantize, "SIMILARITY", 1.01)
    trials, left, said = attempt(folder, scored(0.5, 0.51, 0.51))
    assert [trial.kept for trial in trials] == [True, True]
    assert "cosine similarity" in said[0].seen
    assert left.caption_scores.cider == 0.51


def test_without_data_an_encoder_whose_features_change_stays_float32(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantize, "SIMILARITY", 1.01)
    trials, _, said = attempt(folder)
    assert [trial.kept for trial in trials] == [False, True]
    assert said[0].seen.startswith("stays float32: mean cosine similarity")
    assert precisions(folder) == dict(zip(GRAPHS, ("float32", "int8", "int8"), strict=True))


def test_without_data_the_features_decide_and_nothing_is_claimed(folder: Path) -> None:
    trials, left, said = attempt(folder)
    assert all(trial.kept and not trial.scores for trial in trials)
    assert left is None
    assert said[1].seen == "int8: not measured"


def test_nothing_kept_is_the_float32_bundle(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in GRAPHS}
    trials, left, said = attempt(folder, scored(0.5, 0.1, 0.2))
    assert not any(trial.kept for trial in trials)
    assert {name: (folder / name).read_bytes() for name in GRAPHS} == before
    assert left.caption_scores.cider == 0.5
    assert len(said) == 2


def test_tokens_that_differ_are_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder that says other words than before is reported as such."""
    other = tiny_bundle.decoder_step(
        vocabulary=tiny_bundle.VOCABULARY[:4] + tuple(reversed(tiny_bundle.VOCABULARY[4:]))
    )
    real = int8.quantize_products
    step = (folder / "decoder_step.onnx").read_bytes()
    monkeypatch.setattr(int8, "quantize_products", lambda model: other if model == step else real(model))
    _, _, said = attempt(folder)
    agree = int(said[2].seen.split()[0])
    assert agree < 4
    assert said[2].seen == f"{agree} of 4 photos agree"


def test_the_first_and_last_convolutions_stay_float32() -> None:
    rng = np.random.default_rng(0)
    count = 14
    weights = {f"w{i}": rng.normal(0, 0.5, (3, 3, 1, 1)).astype(np.float32) for i in range(count)}
    nodes = [helper.make_node("Transpose", ["pixel_values"], ["x0"], perm=[0, 3, 1, 2])]
    nodes += [helper.make_node("Conv", [f"x{i}", f"w{i}"], [f"x{i + 1}"], name=f"conv{i}") for i in range(count)]
    nodes += [helper.make_node("GlobalAveragePool", [f"x{count}"], ["mean"])]
    nodes += [helper.make_node("Flatten", ["mean"], ["pooled"])]
    model = tiny_bundle.graph(nodes, {"pixel_values": ("N", 16, 16, 3)}, {"pooled": ("N", 3)}, weights)
    graph = onnx.load_from_string(quantize.quantize_encoder(model, list(GOLDEN))).graph
    small = {tensor.name for tensor in graph.initializer if tensor.data_type == onnx.TensorProto.INT8}
    kept = [i for i in range(count) if not any(name.startswith(f"w{i}_") for name in small)]
    assert kept == [0, 1, 2, 11, 12, 13]


def test_a_decoder_graph_becomes_smaller_and_nearly_the_same() -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 1, (64, 96)).astype(np.float32) * np.linspace(0.01, 5, 96, dtype=np.float32)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    model = tiny_bundle.graph(nodes, {"x": ("N", 64)}, {"y": ("N", 96)}, {"w": weights})
    small = quantize_products(model)
    assert len(small) < 0.5 * len(model)
    float32, quantized = Graph(model, name="float32"), Graph(small, name="int8")
    assert (quantized.inputs, quantized.outputs, quantized.shapes) == (float32.inputs, float32.outputs, float32.shapes)
    inputs = {"x": rng.uniform(-1, 1, (5, 64)).astype(np.float32)}
    a, b = float32.run(inputs)["y"], quantized.run(inputs)["y"]
    # A scale per channel: the column whose weights are 500 times smaller keeps its digits too.
    assert (np.abs(a - b).max(axis=0) < 0.03 * np.linalg.norm(weights, axis=0)).all()
    assert not np.array_equal(a, b)


@pytest.mark.parametrize("between", [(), (7,)])
def test_what_is_computed_of_a_row_does_not_depend_on_the_rows_beside_it(between: tuple[int, ...]) -> None:
    """ONNX Runtime's own dynamic int8 has one range for the batch: small rows beside a large one lose all digits."""
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 1, (64, 96)).astype(np.float32)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    model = tiny_bundle.graph(nodes, {"x": ("N", *between, 64)}, {"y": ("N", *between, 96)}, {"w": weights})
    quantized = Graph(quantize_products(model), name="int8")
    size = np.array([1e-3, 0, 1, 1e4], np.float32).reshape(4, *(1 for _ in between), 1)
    x = rng.uniform(-1, 1, (4, *between, 64)).astype(np.float32) * size
    together = quantized.run({"x": x})["y"]
    alone = np.concatenate([quantized.run({"x": x[i : i + 1]})["y"] for i in range(4)])
    np.testing.assert_array_equal(together, alone)
    assert not together[1].any()
    exact = x @ weights
    assert (np.abs(together - exact) <= 0.03 * np.linalg.norm(weights, axis=0) * size).all()
