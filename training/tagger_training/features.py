"""Encoder features on disk, keyed by photo and encoder: no photo is encoded twice, and nothing is held in memory.

A cache folder holds for each encoder ``KEY.f32`` with a row of pooled float32 a photo, and ``KEY.photos`` with the
SHA-256 of the photo file of each row; where a grid was asked for, ``KEY.grid.f16`` and ``KEY.grid.photos`` too, as
float16. Other views of a photo have rows of their own, whose names end in ``-cropped`` (its middle instead of the
whole), ``-mirrored`` or both. How the files grow, and how several runs share them, is in feature_store.py: an
interrupted run loses one batch at most.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tagger.captioning.bundle import ImageSpec
from tagger.captioning.image import decode_image, preprocess
from tagger.core.errors import PhotoError, RunError
from tagger_training.encoders import EncoderSpec, build_encoder, encoder_key
from tagger_training.feature_store import Features, FeatureStore, photo_key

_BATCH = 32
_AHEAD = 2  # batches that are decoded while the encoder is at work
_CROPPED, _MIRRORED = "-cropped", "-mirrored"

Counted = Callable[[int, int], None]
"""Called with what is done, and with all that there is to do."""
Encode = Callable[[NDArray[np.float32]], Mapping[str, NDArray]]


def encoded_photos(
    photos: Sequence[Path],
    spec: EncoderSpec,
    weights: Path | None,
    cache: Path,
    *,
    grid: bool = False,
    mirrored: bool = False,
    cropped: bool = False,
    reading: Counted = lambda _done, _total: None,
    progress: Counted,
) -> tuple[dict[str, Features], dict[int, PhotoError]]:
    """Features by the encoder's output names: ``pooled`` (P), and with ``grid`` ``encoder_hidden_states`` (S, D).

    They are those of the photos that can be read, in order; the errors of the others are returned by position. With
    ``mirrored`` and ``cropped`` they have those of the other views beside them. ``reading(done, total)`` counts the
    files that are looked at, ``progress(done, total)`` the photos that had to be encoded. Photos are decoded by threads
    while the encoder is at work. Raises RunError where the encoder's weights do not load.
    """
    cache.mkdir(parents=True, exist_ok=True)
    key = encoder_key(spec, weights)
    stores = {"pooled": FeatureStore(cache / f"{key}.f32", cache / f"{key}.photos", (spec.width,), np.float32)}
    if grid:
        files = cache / f"{key}.grid.f16", cache / f"{key}.grid.photos"
        stores["encoder_hidden_states"] = FeatureStore(*files, (spec.cells, spec.channels), np.float16)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            keys, failed = _photo_keys(pool, photos, reading)
            known = set.intersection(*(set(store.rows) for store in stores.values()))
            images = {"": spec.image} | ({_CROPPED: replace(spec.image, resize="center_crop")} if cropped else {})
            suffixes = [crop + mirror for crop in images for mirror in (("", _MIRRORED) if mirrored else ("",))]
            wanted = {key: i for i, key in reversed(list(enumerate(keys))) if key}
            todo = sorted(i for key, i in wanted.items() if any(key + suffix not in known for suffix in suffixes))
            bad: dict[str, str] = {}
            if todo:
                encode = _encoder(spec, weights)
                done = 0
                for batch, loaded in _decoded(pool, photos, todo, tuple(images.values())):
                    seen = [(keys[i], pictures) for i, pictures in zip(batch, loaded, strict=True)]
                    bad |= {key: error.cause for key, error in seen if isinstance(error, PhotoError)}
                    for suffix in suffixes:
                        place = list(images).index(suffix.removesuffix(_MIRRORED))
                        good = {key + suffix: views[place] for key, views in seen if isinstance(views, list)}
                        good = {name: pixels for name, pixels in good.items() if name not in known}
                        if good:
                            pixels = np.stack(list(good.values()))
                            outputs = encode(pixels[:, :, ::-1] if suffix.endswith(_MIRRORED) else pixels)
                            for name, store in stores.items():
                                store.append(list(good), outputs[name])
                    done += len(batch)
                    progress(done, len(todo))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    failed |= {i: PhotoError(photos[i], bad[key]) for i, key in enumerate(keys) if key in bad}
    kept = [key for i, key in enumerate(keys) if i not in failed]
    found = {}
    for name, store in stores.items():
        views = {suffix: store.features([key + suffix for key in kept]) for suffix in suffixes}
        found[name] = views[""]
        for suffix in images:
            views[suffix].mirrored = views.get(suffix + _MIRRORED)
        found[name].cropped = views.get(_CROPPED)
    return found, failed


def _photo_keys(
    pool: ThreadPoolExecutor, photos: Sequence[Path], reading: Counted
) -> tuple[list[str], dict[int, PhotoError]]:
    """The key of every photo, empty for one that cannot be read."""

    def look(path: Path) -> str | PhotoError:
        try:
            return photo_key(path)
        except PhotoError as error:
            return error

    keys: list[str] = []
    failed: dict[int, PhotoError] = {}
    for position, key in enumerate(pool.map(look, photos)):
        if isinstance(key, PhotoError):
            failed[position] = key
        keys.append("" if isinstance(key, PhotoError) else key)
        reading(position + 1, len(photos))
    return keys, failed


def _decoded(
    pool: ThreadPoolExecutor, photos: Sequence[Path], todo: Sequence[int], images: Sequence[ImageSpec]
) -> Iterator[tuple[Sequence[int], list[list[NDArray[np.float32]] | PhotoError]]]:
    """Batches of positions and their pixels, one array for each of ``images``; ``pool`` is a few batches ahead."""
    batches = deque(todo[start : start + _BATCH] for start in range(0, len(todo), _BATCH))
    ahead: deque[tuple[Sequence[int], list[Future[list[NDArray[np.float32]] | PhotoError]]]] = deque()
    while batches or ahead:
        while batches and len(ahead) <= _AHEAD:
            batch = batches.popleft()
            ahead.append((batch, [pool.submit(_load, photos[i], images) for i in batch]))
        batch, loading = ahead.popleft()
        yield batch, [future.result() for future in loading]


def _load(path: Path, images: Sequence[ImageSpec]) -> list[NDArray[np.float32]] | PhotoError:
    try:
        content = path.read_bytes()
        return [preprocess(decode_image(content, image, path), image) for image in images]
    except OSError as error:
        return PhotoError(path, f"cannot be read: {error.strerror}")
    except PhotoError as error:
        return error


def _encoder(spec: EncoderSpec, weights: Path | None) -> Encode:
    """Pixels (N, H, W, 3) -> outputs by name; where they do not fit into memory at once, in halves."""
    model = build_encoder(spec, weights)

    def encode(pixels: NDArray[np.float32]) -> Mapping[str, NDArray]:
        try:
            return {name: np.asarray(values) for name, values in model(pixels, training=False).items()}
        except (tf.errors.ResourceExhaustedError, MemoryError) as error:
            if len(pixels) == 1:
                raise RunError(f"{spec.name} does not fit into the memory", "take a smaller encoder") from error
        half = len(pixels) // 2
        first, second = encode(pixels[:half]), encode(pixels[half:])
        return {name: np.concatenate([values, second[name]]) for name, values in first.items()}

    return encode
