"""Captions -> batches of arrays for one training form. Knows no encoder and no layer."""

import math
from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from tagger.captioning.tokenizer import Tokenizer
from tagger_training.systems.merge_lstm import Form, pad_left

Batch = tuple[tuple[NDArray, NDArray], NDArray, NDArray]


class CaptionBatches(keras.utils.PyDataset):
    """Shuffled batches of ((features, tokens), targets, weights); the order depends on seed and epoch alone."""

    def __init__(
        self,
        features: NDArray[np.float32],
        captions: Sequence[Sequence[str]],
        tokenizer: Tokenizer,
        *,
        form: Form,
        batch_size: int,
        max_length: int,
        seed: int,
        shuffle: bool = True,
    ) -> None:
        super().__init__()
        text = tokenizer.text
        self._features, self._form, self._batch_size, self._seed = features, form, batch_size, seed
        self._padding, self._length, self._shuffle = text.padding, max_length, shuffle
        rows, sequences = [], []
        for row, texts in enumerate(captions):
            for caption in texts:
                if ids := tokenizer.encode(caption):
                    rows.append(row)
                    sequences.append([text.start, *ids[:max_length], text.end])
        self._sequences = sequences
        # A sample is (photo row, caption, number of tokens read); teacher forcing reads the whole caption at once.
        if form == "prefix":
            samples = [(row, i, n) for i, row in enumerate(rows) for n in range(1, len(sequences[i]))]
        else:
            samples = [(row, i, len(sequences[i]) - 1) for i, row in enumerate(rows)]
        self._samples = np.asarray(samples, np.int64).reshape(-1, 3)
        self._order = np.arange(len(self._samples))

    def __len__(self) -> int:
        return math.ceil(len(self._order) / self._batch_size)

    def __getitem__(self, index: int) -> Batch:
        chosen = self._samples[self._order[index * self._batch_size : (index + 1) * self._batch_size]]
        features = self._features[chosen[:, 0]]
        if self._form == "prefix":
            prefixes = [np.asarray([self._sequences[i][:n]], np.int32) for _, i, n in chosen]
            tokens = np.concatenate([pad_left(prefix, self._length, self._padding) for prefix in prefixes])
            targets = np.asarray([self._sequences[i][n] for _, i, n in chosen], np.int32)
            return (features, tokens), targets, np.ones(len(chosen), np.float32)
        tokens = np.full((len(chosen), self._length + 1), self._padding, np.int32)
        targets = tokens.copy()
        for row, (_, i, n) in enumerate(chosen):
            tokens[row, :n], targets[row, :n] = self._sequences[i][:-1], self._sequences[i][1:]
        return (features, tokens), targets, (targets != self._padding).astype(np.float32)

    def start(self, epoch: int) -> None:
        """Take up the order of an epoch. (Keras calls ``on_epoch_end`` at other times too, so that counts nothing.)"""
        if self._shuffle:
            self._order = np.random.default_rng([self._seed, epoch]).permutation(len(self._samples))
