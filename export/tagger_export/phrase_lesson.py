"""A bundle's model of phrases, as a person's captions put it right: it expects their phrases of photos like theirs.

Without, a bundle that learned a word would hardly say it: its captions are drawn to, and chosen by, what people are
expected to write, and nobody is expected to write a new word. What is learned is what the model's expectation lacked,
by ridge regression on the photos' features beside photos of which nothing is lacking; how strongly the ridge holds
back is chosen by leaving out each of the photos in turn. Only phrases that several of the captions have are learned.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from tagger.captioning.bundle import NGRAM_MODEL, NGRAMS, RERANKER, Bundle
from tagger.captioning.ngrams import HEADER
from tagger.captioning.reranking import parse_reranker
from tagger_export.phrases import Floats, phrases_in, vectors_of

_SEVERAL = 2  # captions
_RIDGES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_MOST_DIRECTIONS = 32
_EXPECTED, _BEFORE = "expected", "expected.before"

Pooled = NDArray[np.float32]


def learned_phrases(
    bundle: Bundle,
    captions: Sequence[str],
    known: frozenset[str],
    seen: Pooled,
    others: Pooled,
    expected: NDArray[np.float32],
    share: float = 1.0,
) -> dict[str, bytes]:
    """The files of the bundle's model of phrases with what was learned; none where it has none, or nothing is common.

    ``captions`` (N) were written of photos whose pooled features are ``seen`` (N, P) and of which ``expected`` (N, K)
    is expected; ``others`` (M, P) are of photos to which nothing shall happen. ``known`` words can be said; ``share``
    of what is learned is added.
    """
    if NGRAM_MODEL not in bundle.files or not captions:
        return {}
    counts = Counter(phrase for caption in captions for phrase in phrases_in(caption, known))
    common = {phrase: count for phrase, count in counts.items() if count >= _SEVERAL}
    if not common:
        return {}
    width, rare = expected.shape[1], parse_reranker(bundle.read(RERANKER).decode("utf-8")).rare
    rows = [line.split("\t") for line in bundle.read(NGRAMS).decode("utf-8").splitlines()[1:]]
    later = {row[0]: row for row in rows[width:]}
    first = {row[0] for row in rows[:width]}
    fresh = [later.pop(p, [p, f"{max(0.0, rare - math.log(n)):.3f}", "0"]) for p, n in common.items() if p not in first]
    table = [*rows[:width], *fresh, *later.values()]
    weights = {phrase: float(weight) for phrase, weight, _ in table}
    wide = width + len(fresh)
    lacking = vectors_of([[caption] for caption in captions], weights, wide, rare).astype(np.float64)
    lacking[:, :width] -= expected
    lacking[:, [i for i, (phrase, _, _) in enumerate(table[:wide]) if phrase not in common]] = 0
    features, bias = _similarity(seen, others, lacking)
    left, sizes, right = np.linalg.svd(features @ lacking, full_matrices=False)
    count = min(_MOST_DIRECTIONS, len(sizes))
    narrow = share * left[:, :count] * sizes[:count]
    content = _added(bundle.read(NGRAM_MODEL), narrow, right[:count], share * bias @ lacking, wide - width)
    lines = ("\t".join(row) for row in (HEADER, *table))
    return {NGRAM_MODEL: content, NGRAMS: "".join(f"{line}\n" for line in lines).encode()}


def _similarity(seen: Pooled, others: Pooled, lacking: Floats) -> tuple[Floats, Floats]:
    """How much of what each of N photos lacks another lacks: by the roots of its features (P, N), and always (N,)."""
    roots = np.sqrt(np.maximum(np.concatenate([seen, others]), 0)).astype(np.float64)
    mean, deviation = roots.mean(axis=0), roots.std(axis=0)
    scale = 1 / ((deviation + 1e-3) * math.sqrt(roots.shape[1]))
    x = (roots - mean) * scale
    alike = x @ x.T + 1  # and the same for all
    wanted = np.concatenate([lacking, np.zeros((len(others), lacking.shape[1]))])
    best, inverse = math.inf, np.eye(len(x))
    for ridge in _RIDGES:
        tried = np.linalg.inv(alike + ridge * np.eye(len(x)))
        # What is wrong of each photo if it is left out: the residual, over what is left of its own weight (PRESS).
        wrong = ridge * tried @ wanted / np.maximum(ridge * np.diag(tried), 1e-9)[:, None]
        if (total := float((wrong**2).sum())) < best:
            best, inverse = total, tried
    features = scale[:, None] * (x.T @ inverse[:, : len(seen)])
    return features, inverse[:, : len(seen)].sum(axis=0) - mean @ features


def _added(content: bytes, narrow: Floats, phrases: Floats, bias: Floats, more: int) -> bytes:
    """The graph whose output is so many phrases wider, with roots of features (P, R) times phrases (R, K) added."""
    model = onnx.load_model_from_string(content)
    graph = model.graph
    for node in graph.node:
        node.output[:] = [_BEFORE if name == _EXPECTED else name for name in node.output]
    made = [
        ("Relu", ["pooled"], "learned.positive"),
        ("Sqrt", ["learned.positive"], "learned.roots"),
        ("MatMul", ["learned.roots", "learned.features"], "learned.narrow"),
        ("MatMul", ["learned.narrow", "learned.phrases"], "learned.above"),
        ("Add", ["learned.above", "learned.bias"], "learned.lacking"),
        ("Pad", [_BEFORE, "learned.room"], "learned.before"),
        ("Add", ["learned.before", "learned.lacking"], _EXPECTED),
    ]
    graph.node.extend(helper.make_node(operation, inputs, [output]) for operation, inputs, output in made)
    values = {"learned.features": narrow, "learned.phrases": phrases, "learned.bias": bias}
    graph.initializer.extend(numpy_helper.from_array(v.astype(np.float32), name) for name, v in values.items())
    graph.initializer.append(numpy_helper.from_array(np.array([0, 0, 0, more], np.int64), "learned.room"))
    for value in graph.output:
        if value.name == _EXPECTED:
            value.type.tensor_type.shape.dim[1].dim_value = phrases.shape[1]
    if not any(value.name == "pooled" for value in graph.input):  # it reads the tags alone
        graph.input.append(helper.make_tensor_value_info("pooled", onnx.TensorProto.FLOAT, ["N", len(narrow)]))
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
