"""Encoder features on disk, keyed by photo and encoder: no photo is encoded twice, and nothing is held in memory.

A cache folder holds for each encoder ``KEY.f32`` with a row of pooled float32 a photo, and ``KEY.photos`` with the
SHA-256 of the photo file of each row; where a grid was asked for, ``KEY.grid.f16`` and ``KEY.grid.photos`` too, as
float16. All of them only grow, so an interrupted run loses one batch at most.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tagger.captioning.image import decode_image, preprocess
from tagger.core.errors import PhotoError
from tagger_training.encoders import EncoderSpec, build_encoder, encoder_key

_BATCH = 32


class Features:
    """Features of photos as they lie in the cache, mapped from disk; indexing reads rows as float32."""

    def __init__(self, values: NDArray, rows: NDArray[np.int64]) -> None:
        self._values, self._rows = values, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, photos: NDArray[np.int64] | slice) -> NDArray[np.float32]:
        return np.asarray(self._values[self._rows[photos]], np.float32)


def encoded_photos(
    photos: Sequence[Path],
    spec: EncoderSpec,
    weights: Path | None,
    cache: Path,
    *,
    grid: bool = False,
    progress: Callable[[int, int], None],
) -> tuple[dict[str, Features], dict[int, PhotoError]]:
    """Features by the encoder's output names: ``pooled`` (P), and with ``grid`` ``encoder_hidden_states`` (S, D).

    They are those of the photos that can be read, in order; the errors of the others are returned by position.
    ``progress(done, total)`` counts the photos that had to be encoded.
    """
    cache.mkdir(parents=True, exist_ok=True)
    key = encoder_key(spec, weights)
    stores = {"pooled": _Store(cache / f"{key}.f32", cache / f"{key}.photos", (spec.width,), np.float32)}
    if grid:
        files = cache / f"{key}.grid.f16", cache / f"{key}.grid.photos"
        stores["encoder_hidden_states"] = _Store(*files, (spec.cells, spec.channels), np.float16)
    keys: list[str] = []
    failed: dict[int, PhotoError] = {}
    for position, path in enumerate(photos):
        try:
            keys.append(hashlib.sha256(path.read_bytes()).hexdigest())
        except OSError as error:
            keys.append("")
            failed[position] = PhotoError(path, f"cannot be read: {error.strerror}")
    known = set.intersection(*(set(store.rows) for store in stores.values()))
    first = {key: i for i, key in reversed(list(enumerate(keys))) if key and key not in known}
    todo = sorted(first.values())
    bad: dict[str, str] = {}
    if todo:
        encoder = build_encoder(spec, weights)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(todo), _BATCH):
                batch = todo[start : start + _BATCH]
                loaded = list(pool.map(lambda i: _load(photos[i], spec), batch))
                good = [(i, pixels) for i, pixels in zip(batch, loaded, strict=True) if isinstance(pixels, np.ndarray)]
                bad |= {keys[i]: e.cause for i, e in zip(batch, loaded, strict=True) if isinstance(e, PhotoError)}
                if good:
                    outputs = encoder(np.stack([pixels for _, pixels in good]), training=False)
                    for name, store in stores.items():
                        store.append([keys[i] for i, _ in good], np.asarray(outputs[name]))
                progress(min(start + _BATCH, len(todo)), len(todo))
    failed |= {i: PhotoError(photos[i], bad[key]) for i, key in enumerate(keys) if key in bad}
    kept = [key for i, key in enumerate(keys) if i not in failed]
    return {name: store.features(kept) for name, store in stores.items()}, failed


def _load(path: Path, spec: EncoderSpec) -> NDArray[np.float32] | PhotoError:
    try:
        return preprocess(decode_image(path.read_bytes(), spec.image, path), spec.image)
    except PhotoError as error:
        return error


class _Store:
    """Two files, the values and the photos that they are of, and the row of each photo."""

    def __init__(self, values: Path, photos: Path, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        self._values, self._photos, self._shape, self._dtype = values, photos, shape, np.dtype(dtype)
        lines = photos.read_text().split() if photos.exists() else []
        size = values.stat().st_size if values.exists() else 0
        row = int(np.prod(shape)) * self._dtype.itemsize
        whole = min(len(lines), size // row)
        if values.exists():  # drop what an interruption left half-written
            os.truncate(values, whole * row)
            photos.write_text("".join(line + "\n" for line in lines[:whole]))
        self.rows = {line: row for row, line in enumerate(lines[:whole])}

    def features(self, keys: Sequence[str]) -> Features:
        """The rows of ``keys``, mapped from disk."""
        if not self.rows:
            return Features(np.zeros((0, *self._shape), self._dtype), np.zeros(0, np.int64))
        values = np.memmap(self._values, self._dtype, "r", shape=(len(self.rows), *self._shape))
        return Features(values, np.array([self.rows[key] for key in keys], np.int64))

    def append(self, keys: Sequence[str], values: NDArray) -> None:
        """Add rows for those of ``keys`` that are not there yet."""
        new = [i for i, key in enumerate(keys) if key not in self.rows]
        with self._values.open("ab") as file:
            file.write(np.ascontiguousarray(values[new], self._dtype).tobytes())
        with self._photos.open("a") as file:
            file.write("".join(keys[i] + "\n" for i in new))
        for i in new:
            self.rows[keys[i]] = len(self.rows)
