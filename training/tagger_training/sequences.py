"""Captions -> batches of arrays for one training form. Knows no encoder and no layer."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from tagger.captioning.tokenizer import Tokenizer, words
from tagger_training.feature_store import Seen, as_parts
from tagger_training.systems.prefix import pad_left
from tagger_training.systems.system import Form

Batch = tuple[tuple[NDArray, ...], NDArray, NDArray]
_SIDES = frozenset({"left", "right", "leftmost", "rightmost", "leftward", "rightward", "lefthand", "righthand"})


class CaptionBatches(keras.utils.PyDataset):
    """Shuffled batches of ((what is read of photos, tokens), targets, weights); the order depends on seed and epoch.

    ``seen`` is what the system reads of the photos, in its order. It stays where it is; a batch reads its rows.
    An epoch has every caption once, or with ``draw`` as many samples: photos drawn uniformly, and one caption of each.
    ``by_photo``: a batch is of ``batch_size`` photos, with all their captions. ``takes_rows``: what is read of a photo
    is there once for all of its captions in a batch, and which they are of stands before the tokens, as ``rows``.
    ``weights`` are 0 on padding. Where there are mirrored photos, half of the samples have those, but never for a
    caption that names a side; a share ``crop`` has cropped ones. With ``by_photo`` captions of a photo share a view.
    For several devices, every batch has the same number of samples, a ``multiple`` of theirs: those that are missing
    are repetitions of the first with weight 0, and the mean of the weights is 1 (see losses.py).
    """

    def __init__(
        self,
        seen: Seen,
        captions: Sequence[Sequence[str]],
        tokenizer: Tokenizer,
        *,
        form: Form,
        batch_size: int,
        max_length: int,
        seed: int,
        shuffle: bool = True,
        draw: bool = False,
        by_photo: bool = False,
        takes_rows: bool = False,
        crop: float = 0.0,
        multiple: int = 1,
    ) -> None:
        super().__init__()
        text = tokenizer.text
        self._seen = as_parts(seen)
        self._form, self._seed, self._crop, self._multiple = form, seed, crop, multiple
        self._padding, self._length, self._shuffle, self._draw = text.padding, max_length, shuffle, draw
        self._by_photo, self._takes_rows = by_photo, takes_rows
        rows, sequences, sided = [], [], []
        for row, texts in enumerate(captions):
            for caption in texts:
                if ids := tokenizer.encode(caption):
                    rows.append(row)
                    sided.append(names_a_side(caption))
                    sequences.append([text.start, *ids[:max_length], text.end])
        self._sequences = sequences
        # A sample is (photo row, caption, number of tokens read); teacher forcing reads the whole caption at once.
        if form == "prefix":
            samples = [(row, i, n) for i, row in enumerate(rows) for n in range(1, len(sequences[i]))]
        else:
            samples = [(row, i, len(sequences[i]) - 1) for i, row in enumerate(rows)]
        self._samples = np.asarray(samples, np.int64).reshape(-1, 3)
        # Samples of a photo are neighbours: the first of each, how many there are, and the photo of each sample.
        _, self._first, self._photo, self._count = np.unique(
            self._samples[:, 0], return_index=True, return_inverse=True, return_counts=True
        )
        self._sided = np.asarray(sided, bool)[self._samples[:, 1]]
        if by_photo and samples:
            self._sided = np.logical_or.reduceat(self._sided, self._first)[self._photo]
        self._mirror = self._cropped = np.zeros(len(self._samples), bool)
        self.batch_size = batch_size
        self._take_up(np.arange(len(self._first if by_photo else self._samples)))

    def __len__(self) -> int:
        return math.ceil(len(self._first if self._by_photo else self._samples) / self.batch_size)

    def __getitem__(self, index: int) -> Batch:
        part = slice(*self._bounds[index : index + 2])
        chosen, mirror, cropped = self._samples[self._order[part]], self._mirror[part], self._cropped[part]
        whole = -(-self.batch_size // self._multiple) * self._multiple if self._multiple > 1 else len(chosen)
        missing = whole - len(chosen)
        own = np.arange(whole) < len(chosen)
        chosen = np.concatenate([chosen, np.repeat(chosen[:1], missing, axis=0)])
        seen = self._read(chosen[:, 0], np.pad(mirror, (0, missing)), np.pad(cropped, (0, missing)))
        if self._form == "prefix":
            prefixes = [np.asarray([self._sequences[i][:n]], np.int32) for _, i, n in chosen]
            tokens = np.concatenate([pad_left(prefix, self._length, self._padding) for prefix in prefixes])
            targets = np.asarray([self._sequences[i][n] for _, i, n in chosen], np.int32)
            return (*seen, tokens), targets, self._shared(own.astype(np.float32))
        tokens = np.full((len(chosen), self._length + 1), self._padding, np.int32)
        targets = tokens.copy()
        for row, (_, i, n) in enumerate(chosen):
            tokens[row, :n], targets[row, :n] = self._sequences[i][:-1], self._sequences[i][1:]
        # As some published recipes do it: what follows the end marker is learned too.
        weights = np.where(self._form == "padded", 1, targets != self._padding).astype(np.float32)
        weights[~own] = 0
        return (*seen, tokens), targets, self._shared(weights)

    def _read(
        self, photos: NDArray[np.int64], mirror: NDArray[np.bool_], crop: NDArray[np.bool_]
    ) -> list[NDArray[Any]]:
        """What is read of the photos of samples, each in its view; every view of a photo is read once."""
        _, first, rows = np.unique(photos * 4 + mirror * 2 + crop, return_index=True, return_inverse=True)
        seen = [part.views(photos[first], mirror[first], crop[first]) for part in self._seen]
        return [*seen, rows.astype(np.int32)] if self._takes_rows else [part[rows] for part in seen]

    def _shared(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        return weights if self._multiple == 1 else weights * np.float32(weights.size / weights.sum())

    def start(self, epoch: int) -> None:
        """Take up the order of an epoch. (Keras calls ``on_epoch_end`` at other times too, so that counts nothing.)"""
        rng = np.random.default_rng([self._seed, epoch])
        count = len(self._samples)
        if self._by_photo:
            order = np.arange(len(self._first))
            self._take_up(rng.permutation(order) if self._shuffle else order)
        elif self._draw and count:
            photos = rng.integers(0, len(self._first), count)
            self._take_up(self._first[photos] + rng.integers(0, self._count[photos]))
        else:
            self._take_up(rng.permutation(count) if self._shuffle else np.arange(count))
        # Generators of their own: the order of a training is the same with and without other views.
        flip = 0.5 if self._seen[0].mirrored is not None else 0.0
        self._mirror = self._drawn(flip, epoch, 1) & ~self._sided[self._order]
        self._cropped = self._drawn(self._crop, epoch, 2)

    def resize(self, batch_size: int) -> None:
        """Make batches of this size from now on; the order begins anew with ``start``."""
        self.batch_size = batch_size
        self._take_up(np.arange(len(self._first if self._by_photo else self._samples)))

    def _take_up(self, order: NDArray[np.int64]) -> None:
        """Follow an order of samples, or of photos; batches end at ``_bounds``."""
        counts = np.ones(len(order), np.int64)
        if self._by_photo:
            counts = self._count[order]
            starts = np.repeat(self._first[order], counts)
            order = starts + np.arange(len(starts)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._order = order
        ends = np.cumsum(counts)[self.batch_size - 1 :: self.batch_size]
        self._bounds = np.unique([0, *ends.tolist(), len(order)]).tolist()

    def _drawn(self, share: float, epoch: int, kind: int) -> NDArray[np.bool_]:
        """Which samples of the epoch are among a ``share``; with ``by_photo`` all of a photo's, or none."""
        units = len(self._first if self._by_photo else self._samples)
        drawn = np.random.default_rng([self._seed, epoch, kind]).random(units) < share
        return drawn[self._photo[self._order]] if self._by_photo else drawn

    def counts(self, vocabulary: int) -> NDArray[np.int64]:
        """How often the captions ask for each token (vocabulary,); the end marker once a caption."""
        said = Counter(token for sequence in self._sequences for token in sequence[1:])
        return np.array([said[token] for token in range(vocabulary)], np.int64)


def names_a_side(caption: str) -> bool:
    """Whether a caption says left or right (in English), which is wrong of the mirrored photo."""
    return not _SIDES.isdisjoint(words(caption))
