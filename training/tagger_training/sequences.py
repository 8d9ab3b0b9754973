"""Captions -> batches of arrays for one training form. Knows no encoder and no layer."""

import math
from collections import Counter
from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from tagger.captioning.tokenizer import Tokenizer, words
from tagger_training.feature_store import Features
from tagger_training.systems.prefix import pad_left
from tagger_training.systems.system import Form

Batch = tuple[tuple[NDArray, NDArray], NDArray, NDArray]
_SIDES = frozenset({"left", "right", "leftmost", "rightmost", "leftward", "rightward", "lefthand", "righthand"})


class CaptionBatches(keras.utils.PyDataset):
    """Shuffled batches of ((features, tokens), targets, weights); the order depends on seed and epoch alone.

    An epoch has every caption once, or with ``draw`` as many samples: photos drawn uniformly, and one caption of each.
    The features stay where they are; a batch reads its rows. ``weights`` are 0 on padding.
    Where there are features of the ``mirrored`` photos, one of the two views is drawn for every sample, never the
    mirrored one for a caption that names a side. For several devices, every batch has the same number of samples, a
    ``multiple`` of theirs: those that are missing are repetitions of the first with weight 0, and the mean of the
    weights is 1 (see losses.py).
    """

    def __init__(
        self,
        features: Features | NDArray[np.float32],
        captions: Sequence[Sequence[str]],
        tokenizer: Tokenizer,
        *,
        form: Form,
        batch_size: int,
        max_length: int,
        seed: int,
        shuffle: bool = True,
        draw: bool = False,
        mirrored: Features | NDArray[np.float32] | None = None,
        multiple: int = 1,
    ) -> None:
        super().__init__()
        text = tokenizer.text
        self._features, self._form, self._batch_size, self._seed = features, form, batch_size, seed
        self._padding, self._length, self._shuffle, self._draw = text.padding, max_length, shuffle, draw
        self._mirrored, self._multiple = mirrored, multiple
        rows, sequences, sided = [], [], []
        for row, texts in enumerate(captions):
            for caption in texts:
                if ids := tokenizer.encode(caption):
                    rows.append(row)
                    sided.append(mirrored is not None and names_a_side(caption))
                    sequences.append([text.start, *ids[:max_length], text.end])
        self._sequences = sequences
        self._sided = np.asarray(sided, bool)
        # A sample is (photo row, caption, number of tokens read); teacher forcing reads the whole caption at once.
        if form == "prefix":
            samples = [(row, i, n) for i, row in enumerate(rows) for n in range(1, len(sequences[i]))]
        else:
            samples = [(row, i, len(sequences[i]) - 1) for i, row in enumerate(rows)]
        self._samples = np.asarray(samples, np.int64).reshape(-1, 3)
        self._order = np.arange(len(self._samples))
        self._mirror = np.zeros(len(self._samples), bool)

    def __len__(self) -> int:
        return math.ceil(len(self._order) / self._batch_size)

    def __getitem__(self, index: int) -> Batch:
        part = slice(index * self._batch_size, (index + 1) * self._batch_size)
        chosen, mirror = self._samples[self._order[part]], self._mirror[part]
        whole = -(-self._batch_size // self._multiple) * self._multiple if self._multiple > 1 else len(chosen)
        missing = whole - len(chosen)
        chosen = np.concatenate([chosen, np.repeat(chosen[:1], missing, axis=0)])
        features = self._features[chosen[:, 0]]
        if self._mirrored is not None and mirror.any():
            features[: len(mirror)][mirror] = self._mirrored[chosen[: len(mirror)][mirror, 0]]
        if self._form == "prefix":
            prefixes = [np.asarray([self._sequences[i][:n]], np.int32) for _, i, n in chosen]
            tokens = np.concatenate([pad_left(prefix, self._length, self._padding) for prefix in prefixes])
            targets = np.asarray([self._sequences[i][n] for _, i, n in chosen], np.int32)
            return (features, tokens), targets, self._shared((np.arange(len(chosen)) < len(mirror)).astype(np.float32))
        tokens = np.full((len(chosen), self._length + 1), self._padding, np.int32)
        targets = tokens.copy()
        for row, (_, i, n) in enumerate(chosen):
            tokens[row, :n], targets[row, :n] = self._sequences[i][:-1], self._sequences[i][1:]
        # As some published recipes do it: what follows the end marker is learned too.
        weights = np.where(self._form == "padded", 1, targets != self._padding).astype(np.float32)
        weights[len(mirror) :] = 0
        return (features, tokens), targets, self._shared(weights)

    def _shared(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        return weights if self._multiple == 1 else weights * np.float32(weights.size / weights.sum())

    def start(self, epoch: int) -> None:
        """Take up the order of an epoch. (Keras calls ``on_epoch_end`` at other times too, so that counts nothing.)"""
        rng = np.random.default_rng([self._seed, epoch])
        count = len(self._samples)
        if self._draw and count:
            _, first, captions = np.unique(self._samples[:, 0], return_index=True, return_counts=True)
            photos = rng.integers(0, len(first), count)
            self._order = first[photos] + rng.integers(0, captions[photos])
        elif self._shuffle:
            self._order = rng.permutation(count)
        if self._mirrored is not None:
            # A generator of its own: the order of a training is the same with and without mirrored photos.
            drawn = np.random.default_rng([self._seed, epoch, 1]).random(count) < 0.5
            self._mirror = drawn & ~self._sided[self._samples[self._order, 1]]

    def counts(self, vocabulary: int) -> NDArray[np.int64]:
        """How often the captions ask for each token (vocabulary,); the end marker once a caption."""
        said = Counter(token for sequence in self._sequences for token in sequence[1:])
        return np.array([said[token] for token in range(vocabulary)], np.int64)


def names_a_side(caption: str) -> bool:
    """Whether a caption says left or right (in English), which is wrong of the mirrored photo."""
    return not _SIDES.isdisjoint(words(caption))
