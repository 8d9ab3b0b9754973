"""Where a captioner looks for each word: its own attention, or what hiding a part of the photo does to the word.

Attention comes out of the decoder step of bundles that attend (docs/bundle.md). Every other bundle is asked by
occlusion (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks"): no gradients, batched.
Knows numbers only; drawing is for a face.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np

from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.views import whole
from tagger.core.errors import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Method = Literal["attention", "occlusion"]
CELLS = 7  # of each side of the grid of hidden patches
PATCH = 2.0  # side of a patch, in cells
_BATCH = 16


@dataclass(frozen=True, slots=True, eq=False)
class WordMap:
    """One word, the natural log of its probability, and the weight (h, w) of each part of the picture for it.

    Weights are not negative and sum to 1, or are all 0 where no part matters.
    """

    word: str
    log_probability: float
    weights: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """A caption, its words with their maps, and how the maps were found."""

    text: str
    words: tuple[WordMap, ...]
    method: Method


def explain_words(
    captioner: OnnxCaptioner, pixel_values: "NDArray[np.float32]", *, method: Method | None = None
) -> Explanation:
    """Caption one photo, ``pixel_values`` as the captioner prepares them, and say for every word where it comes from.

    ``method`` None: attention where the bundle has it, else occlusion. Raises RunError for attention where it has none.
    """
    encoded = captioner.encode(pixel_values[None])
    token_ids = captioner.search(encoded)[0][0].token_ids
    log_probabilities, attention = captioner.follow(encoded, token_ids)
    side = math.isqrt(attention.shape[2]) if attention is not None else 0
    square = attention is not None and side * side == attention.shape[2]
    if method == "attention" and not square:
        raise RunError("this bundle has no attention to show", "use --method occlusion")
    if square and method != "occlusion" and attention is not None:
        maps, method = attention[0].reshape(-1, side, side), "attention"
    else:
        maps, method = _occlusion(captioner, whole(pixel_values), token_ids, log_probabilities[0]), "occlusion"
    text = captioner.detokenize(token_ids)
    words = zip(text.split(" "), log_probabilities[0], maps, strict=True)
    return Explanation(text, tuple(WordMap(word, float(log), weights) for word, log, weights in words), method)


def _occlusion(
    captioner: OnnxCaptioner,
    pixel_values: "NDArray[np.float32]",
    token_ids: tuple[int, ...],
    log_probabilities: "NDArray[np.float32]",
) -> "NDArray[np.float32]":
    """Maps (T, CELLS, CELLS): by how much hiding the place lowers the word's log-probability, as a share of all."""
    drops = []
    hidden = _hidden(pixel_values)
    while pictures := list(islice(hidden, _BATCH)):
        found, _ = captioner.follow(captioner.encode(np.stack(pictures)), token_ids)
        drops.append(log_probabilities - found)
    maps = np.maximum(np.concatenate(drops), 0.0).T.reshape(-1, CELLS, CELLS)
    total = maps.sum(axis=(1, 2), keepdims=True)
    return np.asarray(np.divide(maps, total, out=np.zeros_like(maps), where=total > 0), np.float32)


def _hidden(pixel_values: "NDArray[np.float32]") -> "Iterator[NDArray[np.float32]]":
    """The picture with one patch after the other in its mean colour, row by row."""
    height, width, _ = pixel_values.shape
    mean = pixel_values.mean(axis=(0, 1))
    for row in range(CELLS):
        for column in range(CELLS):
            picture = pixel_values.copy()
            picture[_patch(row, height), _patch(column, width)] = mean
            yield picture


def _patch(cell: int, size: int) -> slice:
    """The pixels of a patch around the middle of a cell."""
    middle, half = (cell + 0.5) * size / CELLS, PATCH * size / CELLS / 2
    return slice(max(0, round(middle - half)), round(middle + half))
