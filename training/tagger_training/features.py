"""Pooled encoder features on disk, keyed by photo and encoder: no photo is encoded twice.

A cache folder holds one pair of files an encoder: ``KEY.f32`` with a row of float32 a photo, and ``KEY.photos``
with the SHA-256 of the photo file of each row. Both only grow, so an interrupted run loses one batch at most.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.image import decode_image, preprocess
from tagger.core.errors import PhotoError
from tagger_training.encoders import EncoderSpec, build_encoder, encoder_key

_BATCH = 32


def pooled_features(
    photos: Sequence[Path],
    spec: EncoderSpec,
    weights: Path | None,
    cache: Path,
    *,
    progress: Callable[[int, int], None],
) -> tuple[NDArray[np.float32], dict[int, PhotoError]]:
    """Features (len(photos), channels) in the order of ``photos``; rows of photos that cannot be read are zero.

    Those are returned too, by position. ``progress(done, total)`` counts the photos that had to be encoded.
    """
    cache.mkdir(parents=True, exist_ok=True)
    store = _Store(cache / encoder_key(spec, weights), spec.channels)
    keys: list[str] = []
    failed: dict[int, PhotoError] = {}
    for position, path in enumerate(photos):
        try:
            keys.append(hashlib.sha256(path.read_bytes()).hexdigest())
        except OSError as error:
            keys.append("")
            failed[position] = PhotoError(path, f"cannot be read: {error.strerror}")
    first = {key: i for i, key in reversed(list(enumerate(keys))) if key and key not in store.rows}
    todo = sorted(first.values())
    if todo:
        encoder = build_encoder(spec, weights)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(todo), _BATCH):
                batch = todo[start : start + _BATCH]
                loaded = list(pool.map(lambda i: _load(photos[i], spec), batch))
                good = [(i, pixels) for i, pixels in zip(batch, loaded, strict=True) if isinstance(pixels, np.ndarray)]
                failed |= {i: e for i, e in zip(batch, loaded, strict=True) if isinstance(e, PhotoError)}
                if good:
                    pixel_values = np.stack([pixels for _, pixels in good])
                    pooled = np.asarray(encoder(pixel_values, training=False)["pooled"])
                    store.append([keys[i] for i, _ in good], pooled)
                progress(min(start + _BATCH, len(todo)), len(todo))
    features = np.zeros((len(photos), spec.channels), np.float32)
    for position, key in enumerate(keys):
        if key in store.rows:
            features[position] = store.values[store.rows[key]]
    return features, failed


def _load(path: Path, spec: EncoderSpec) -> NDArray[np.float32] | PhotoError:
    try:
        return preprocess(decode_image(path.read_bytes(), spec.image, path), spec.image)
    except PhotoError as error:
        return error


class _Store:
    """The two files of one encoder, and the row of each photo."""

    def __init__(self, stem: Path, channels: int) -> None:
        self._values, self._photos = stem.with_suffix(".f32"), stem.with_suffix(".photos")
        self._channels = channels
        lines = self._photos.read_text().split() if self._photos.exists() else []
        size = self._values.stat().st_size if self._values.exists() else 0
        whole = min(len(lines), size // (4 * channels))
        if self._values.exists():  # drop what an interruption left half-written
            os.truncate(self._values, whole * 4 * channels)
            self._photos.write_text("".join(line + "\n" for line in lines[:whole]))
        self.rows = {line: row for row, line in enumerate(lines[:whole])}

    @property
    def values(self) -> NDArray[np.float32]:
        """All rows (N, channels), mapped from disk."""
        if not self.rows:
            return np.zeros((0, self._channels), np.float32)
        return np.memmap(self._values, np.float32, "r", shape=(len(self.rows), self._channels))

    def append(self, keys: Sequence[str], values: NDArray[np.float32]) -> None:
        """Add rows for keys that are not there yet."""
        with self._values.open("ab") as file:
            file.write(np.ascontiguousarray(values, np.float32).tobytes())
        with self._photos.open("a") as file:
            file.write("".join(key + "\n" for key in keys))
        first = len(self.rows)
        for offset, key in enumerate(keys):
            self.rows[key] = first + offset
