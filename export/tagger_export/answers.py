"""What a model says of photos, and how long it takes: bundles as users run them, training runs by Keras. No scores."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tagger_training.datasets import CaptionedPhoto

from tagger.captioning import sampler
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.image import load_image, preprocess
from tagger.captioning.tags import Label
from tagger.captioning.wording import Wording
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Caption, Photo

if TYPE_CHECKING:
    from tagger_training.run import Run

BATCH = 16
Progress = Callable[[int], None]
"""Called with the number of photos that are behind us."""


@dataclass(frozen=True, slots=True)
class Part:
    """How long one part of the work takes for a photo, in ms: the busy time of all cores, and the time that passes."""

    busy: float
    passed: float


@dataclass(frozen=True, slots=True)
class Speed:
    """``photos_per_second`` is of the whole way from the file to the caption, without loading the model.

    ``encoder`` and ``after`` (search, wording and tags) are None where the model does not tell them apart.
    """

    photos_per_second: float
    encoder: Part | None = None
    after: Part | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What one model says of the ``photos`` that could be read, in their order; ``failed`` are the others' errors.

    ``tag_scores`` (N, T) are the probabilities of the ``labels``.
    """

    photos: tuple[CaptionedPhoto, ...]
    captions: tuple[Caption, ...]
    labels: tuple[Label, ...]
    tag_scores: NDArray[np.float32]
    speed: Speed
    failed: tuple[PhotoError, ...] = ()

    def only(self, paths: frozenset[Path]) -> "Answers":
        """The answers for those photos alone."""
        kept = [i for i, photo in enumerate(self.photos) if photo.path in paths]
        return Answers(
            tuple(self.photos[i] for i in kept),
            tuple(self.captions[i] for i in kept),
            self.labels,
            self.tag_scores[kept],
            self.speed,
            self.failed,
        )


def ask_bundle(captioner: OnnxCaptioner, photos: Sequence[CaptionedPhoto], progress: Progress) -> Answers:
    """Caption every photo with the runtime, 16 at a time, worded as by default.

    Raises RunError where no photo can be read.
    """
    wording = Wording()
    encoder, after = _Clock(), _Clock()
    captions: list[Caption] = []
    scores: list[NDArray[np.float32]] = []
    started = time.perf_counter()
    reading = Reading(lambda path: captioner.prepare(Photo(path, 0, 0)))
    for pixel_values in reading.batches(photos, progress):
        with encoder.counting(len(pixel_values)):
            encoded = captioner.encode(pixel_values)
        with after.counting(len(pixel_values)):
            captions.extend(wording.worded(caption) for caption in captioner.decode(encoded))
        scores.append(captioner.scores(encoded))
    seconds = time.perf_counter() - started
    read = reading.done()
    speed = Speed(len(read) / seconds, encoder.part(), after.part())
    failed = tuple(reading.failed)
    return Answers(read, tuple(captions), captioner.labels, np.concatenate(scores), speed, failed)


def ask_run(run: "Run", photos: Sequence[CaptionedPhoto], progress: Progress) -> Answers:
    """Caption with the Keras model of a run, greedily, the whole prefix again for every word; no tags.

    Raises RunError where no photo can be read.
    """
    from tagger_training.encoders import build_encoder
    from tagger_training.seeing import Seeing
    from tagger_training.systems.prefix import PrefixDecoder

    wording = Wording()
    started = time.perf_counter()
    encoder, spec = build_encoder(run.config.encoder_spec, run.weights), run.config.encoder_spec.image
    text = run.tokenizer.text
    rules = sampler.Rules(text.start, text.end, text.max_length, (text.padding, text.unknown))
    decoder, seeing = PrefixDecoder(run.best_model(), run.system), Seeing(run, encoder)
    captions: list[Caption] = []
    reading = Reading(lambda path: preprocess(load_image(path, spec), spec))
    for pixel_values in reading.batches(photos, progress):
        start = decoder.start(*seeing.look(pixel_values))
        for found in sampler.greedy(decoder.step, start, len(pixel_values), rules):
            said = Caption(run.tokenizer.decode(found[0].token_ids), found[0].log_probability)
            captions.append(wording.worded(said))
    seconds = time.perf_counter() - started
    read = reading.done()
    none = np.zeros((len(read), 0), np.float32)
    return Answers(read, tuple(captions), (), none, Speed(len(read) / seconds), tuple(reading.failed))


class Reading:
    """Photos -> batches of ``pixel_values``; keeps apart which photos could be read, and why the others could not."""

    def __init__(self, prepare: Callable[[Path], NDArray[np.float32]]) -> None:
        self._prepare = prepare
        self._read: list[CaptionedPhoto] = []
        self.failed: list[PhotoError] = []

    def batches(self, photos: Sequence[CaptionedPhoto], progress: Progress) -> Iterator[NDArray[np.float32]]:
        """``pixel_values`` (N, H, W, 3) in order. While one is with the caller nothing is read: it may be timed."""
        with ThreadPoolExecutor(2) as pool:
            for start in range(0, len(photos), BATCH):
                batch = photos[start : start + BATCH]
                pictures = []
                for photo, found in zip(batch, pool.map(self._try, batch), strict=True):
                    if isinstance(found, PhotoError):
                        self.failed.append(found)
                    else:
                        self._read.append(photo)
                        pictures.append(found)
                if pictures:
                    yield np.stack(pictures)
                progress(start + len(batch))

    def done(self) -> tuple[CaptionedPhoto, ...]:
        """The photos that were read. Raises RunError where there are none."""
        if not self._read:
            raise RunError(f"none of the {len(self.failed)} photos can be read", "mend the data set")
        return tuple(self._read)

    def _try(self, photo: CaptionedPhoto) -> NDArray[np.float32] | PhotoError:
        try:
            return self._prepare(photo.path)
        except PhotoError as error:
            return error


@dataclass(slots=True)
class _Clock:
    """Adds up what batches take; the first, in which everything is slow, counts only where there is no other."""

    _counted: list[tuple[int, float, float]] = field(default_factory=list)

    def counting(self, photos: int) -> "_Counting":
        return _Counting(self._counted, photos)

    def part(self) -> Part:
        warm = self._counted[1:] or self._counted
        photos = sum(count for count, _, _ in warm)
        return Part(*(1000 * sum(batch[i] for batch in warm) / photos for i in (1, 2)))


class _Counting:
    def __init__(self, counted: list[tuple[int, float, float]], photos: int) -> None:
        self._counted, self._photos = counted, photos

    def __enter__(self) -> None:
        self._busy, self._passed = time.process_time(), time.perf_counter()

    def __exit__(self, *_: object) -> None:
        busy, passed = time.process_time() - self._busy, time.perf_counter() - self._passed
        self._counted.append((self._photos, busy, passed))
