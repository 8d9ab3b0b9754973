"""Which phrases people would write of a photo: a linear model of its features, fitted by ridge regression.

CIDEr compares captions as vectors: phrases of one to four words, weighted by how rare they are, of length 1 an order.
The model expects, of a photo, the mean of the vectors of what people would write, so that its product with the vector
of a candidate is the CIDEr that the candidate may expect, but for the penalty on lengths. No caption is in the model:
each of its phrases was written of several photos.

Sources: Vedantam, Zitnick and Parikh, "CIDEr" (2015); Izenman, "Reduced-rank regression" (1975).
"""

import math
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress
from tagger_training.datasets import DataSet
from tagger_training.encoding import EncodedSplit, encode_splits
from tagger_training.run import Run
from tagger_training.told import every_view, tell

from tagger.captioning.bundle import NGRAM_MODEL, NGRAMS
from tagger.captioning.ngrams import ORDERS, Phrases, format_phrases
from tagger.captioning.tokenizer import words
from tagger_export.graphs import OPSET
from tagger_export.quantize import quantize_products

RANK = 256
RIDGE = 1.0
_SEVERAL = 3  # captions: a photo with fewer says little about which phrases are common
_MOST, _MOST_EXPECTED = 30_000, 8_000
_LEAST, _LEAST_EXPECTED = 3, 5  # photos that a phrase was written of

Floats = NDArray[np.float64]


def phrases_in(caption: str, known: AbstractSet[str]) -> set[str]:
    """The phrases of one to four words that a caption has, of words that are known."""
    said = words(caption)
    parts = (said[i : i + order] for order in range(1, ORDERS + 1) for i in range(len(said) - order + 1))
    return {" ".join(part) for part in parts if known >= set(part)}


def phrases_of(captions: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> tuple[dict[str, float], int, float]:
    """Phrases that the captions of several photos have, with their weights; how many of them, the first, are common
    enough to be expected; and the weight of any other phrase.

    No caption can be read out of them: a phrase has four words at most, and three photos at least.
    """
    rich = [own for own in captions if len(own) >= _SEVERAL] or list(captions)
    known, counts = set(vocabulary), Counter[str]()
    for own in rich:
        found: set[str] = set()
        for text in own:
            found |= phrases_in(text, known)
        counts.update(found)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    common = [(phrase, count) for phrase, count in ordered if count >= _LEAST]
    expected = sum(count >= _LEAST_EXPECTED for _, count in common[:_MOST_EXPECTED])
    most = math.log(max(2, len(rich)))
    return {phrase: max(0.0, most - math.log(count)) for phrase, count in common}, expected, most


def make_phrases(run: Run, data: DataSet, cache: Path, folder: Path, *, int8: bool, progress: Progress) -> None:
    """Fit a model on the split ``train``, and write it with its table into the folder.

    Nothing is written where no phrase is common enough. Photos are read in every view that ``cache`` has; a run whose
    decoder is told the tags lets the model read them too.
    """
    encoded = encode_splits(data, run, cache, progress)
    if told := "tag_probabilities" in run.system.reads:
        encoded = tell(run, encoded)
    train = encoded["train"]
    table, expected, rare = phrases_of(train.captions, run.tokenizer.vocabulary)
    if not expected:
        return
    targets = vectors_of(train.captions, table, expected, rare)
    pooled = _views(train, "pooled")
    model = fit_phrases(pooled, _views(train, "tag_probabilities") if told else None, targets, _counts(train))
    folder.mkdir(parents=True, exist_ok=True)
    graph = model.to_onnx()
    (folder / NGRAM_MODEL).write_bytes(quantize_products(graph) if int8 else graph)
    usual = np.maximum(model.mean, 0.0).tolist()
    (folder / NGRAMS).write_text(format_phrases(table, usual), encoding="utf-8")


def vectors_of(
    captions: Sequence[Sequence[str]], table: dict[str, float], expected: int, rare: float
) -> NDArray[np.float32]:
    """The mean vector (N, K) of the captions of each photo, of the first K phrases of the table."""
    ids: dict[str, int] = {}

    def tokens(said: Sequence[str]) -> tuple[int, ...]:
        return tuple(ids.setdefault(word, len(ids)) for word in said)

    phrases = Phrases([tokens(phrase.split(" ")) for phrase in table], list(table.values()), rare)
    found = np.zeros((len(captions), expected), np.float32)
    for row, own in zip(found, captions, strict=True):
        vectors = phrases.vectors([tokens(words(text)) for text in own])
        mean = vectors.values.mean(axis=0)
        for phrase, value in zip(vectors.phrases, mean, strict=True):
            place = phrases.place(phrase)
            if place is not None and place < expected:
                row[place] = value
    return found


@dataclass(frozen=True, slots=True)
class PhraseModel:
    """Roots of pooled features (P) and of tags' probabilities (C) -> what is expected of K phrases, by a bottleneck R.

    ``pooled`` (P, R), ``tags`` (C, R) or None, ``bias`` (R,), ``phrases`` (R, K), ``mean`` (K,).
    """

    pooled: Floats
    tags: Floats | None
    bias: Floats
    phrases: Floats
    mean: Floats

    def expected(self, pooled: NDArray[np.float32], tags: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """(N, P) and (N, C) -> (N, K)."""
        narrow = np.sqrt(np.maximum(pooled, 0)) @ self.pooled + self.bias
        if self.tags is not None and tags is not None:
            narrow = narrow + np.sqrt(np.maximum(tags, 0)) @ self.tags
        return np.asarray(narrow @ self.phrases + self.mean, np.float32)

    def to_onnx(self) -> bytes:
        """As ``ngram_model.onnx`` of a bundle (docs/bundle.md)."""
        from onnx import TensorProto, checker, helper, numpy_helper

        weights = {"pooled_weights": self.pooled, "bias": self.bias, "phrases": self.phrases, "mean": self.mean}
        nodes = [
            helper.make_node("Relu", ["pooled"], ["positive"]),
            helper.make_node("Sqrt", ["positive"], ["roots"]),
            helper.make_node("MatMul", ["roots", "pooled_weights"], ["seen"]),
        ]
        inputs = {"pooled": self.pooled.shape[0]}
        last = "seen"
        if self.tags is not None:
            weights["tag_weights"], inputs["tag_probabilities"] = self.tags, self.tags.shape[0]
            nodes += [
                helper.make_node("Relu", ["tag_probabilities"], ["possible"]),
                helper.make_node("Sqrt", ["possible"], ["tag_roots"]),
                helper.make_node("MatMul", ["tag_roots", "tag_weights"], ["told"]),
                helper.make_node("Add", ["seen", "told"], ["both"]),
            ]
            last = "both"
        nodes += [
            helper.make_node("Add", [last, "bias"], ["narrow"]),
            helper.make_node("MatMul", ["narrow", "phrases"], ["above"]),
            helper.make_node("Add", ["above", "mean"], ["expected"]),
        ]
        graph = helper.make_graph(
            nodes,
            "phrases",
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", width]) for n, width in inputs.items()],
            [helper.make_tensor_value_info("expected", TensorProto.FLOAT, ["N", len(self.mean)])],
            [numpy_helper.from_array(values.astype(np.float32), name) for name, values in weights.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString())


def fit_phrases(
    pooled: NDArray[np.float32],
    tags: NDArray[np.float32] | None,
    targets: NDArray[np.float32],
    counts: NDArray[np.int64],
    *,
    rank: int = RANK,
) -> PhraseModel:
    """Ridge regression from features in V views (N, V, P), (N, V, C) to targets (N, K), then of the ``rank`` that
    loses least. Photos with more captions, ``counts`` (N,), count more, by the root."""
    photos, views = pooled.shape[:2]
    parts = [_Scaled.of(np.sqrt(np.maximum(pooled, 0)).reshape(photos * views, -1), each=True)]
    if tags is not None:
        parts.append(_Scaled.of(np.sqrt(np.maximum(tags, 0)).reshape(photos * views, -1), each=False))
    x = np.concatenate([part.values for part in parts], axis=1)
    share = np.sqrt(counts).astype(np.float32)
    mean = (share @ targets) / share.sum()
    seen = x.reshape(photos, views, -1).mean(axis=1) * share[:, None]
    right = (seen.T @ (targets - mean)).astype(np.float64)
    weighed = x * np.repeat(np.sqrt(share / views), views)[:, None]
    gram = (weighed.T @ weighed).astype(np.float64) + RIDGE * np.eye(x.shape[1])
    solved = np.linalg.solve(gram, right)
    # The directions of what the model says of the photos, most said first.
    lower = np.linalg.cholesky(gram)
    said = lower.T @ solved
    _, directions = np.linalg.eigh(said @ said.T)
    directions = directions[:, ::-1][:, : min(rank, len(gram))]
    narrow = np.linalg.solve(lower.T, directions)
    scaled = [part.scale[:, None] * own for part, own in zip(parts, np.split(narrow, _ends(parts)), strict=True)]
    bias = -sum(part.mean @ own for part, own in zip(parts, scaled, strict=True))
    return PhraseModel(
        scaled[0], scaled[1] if tags is not None else None, np.asarray(bias), directions.T @ said, mean.astype(float)
    )


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Columns less their mean, times a scale, so that a row has length 1 on average."""

    values: NDArray[np.float32]
    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, values: NDArray[np.float32], *, each: bool) -> "_Scaled":
        """``each``: every column is as long as any other."""
        mean, deviation = values.mean(axis=0), values.std(axis=0)
        length = np.sqrt((deviation**2).sum()) + 1e-9
        scale = 1 / ((deviation + 1e-3) * math.sqrt(values.shape[1])) if each else np.full(len(mean), 1 / length)
        return cls((values - mean) * scale.astype(np.float32), mean.astype(float), scale.astype(float))


def _ends(parts: Sequence[_Scaled]) -> list[int]:
    return [int(end) for end in np.cumsum([len(part.mean) for part in parts])[:-1]]


def _counts(split: EncodedSplit) -> NDArray[np.int64]:
    return np.array([len(own) for own in split.captions], np.int64)


def _views(split: EncodedSplit, name: str) -> NDArray[np.float32]:
    """A feature of the photos in all views that there are (N, V, ...)."""
    return np.stack([view[:] for view in every_view(split.features[name])], axis=1)
