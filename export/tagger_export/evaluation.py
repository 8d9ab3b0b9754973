"""How good a bundle (or a training run) is on one split of a data set: captions, tags, speed."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tagger_training.concepts import ConceptMatcher, load_concepts
from tagger_training.datasets import CaptionedPhoto
from tagger_training.encoders import build_encoder
from tagger_training.metrics import CaptionScores, TagScores, score_captions, score_tags
from tagger_training.run import Run
from tagger_training.systems.prefix import PrefixDecoder

from tagger.captioning import sampler
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.image import load_image, preprocess
from tagger.captioning.tags import Label
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Caption, Photo

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model on the photos that can be read; ``failed`` are the errors of the others.

    ``captions`` are in the order of ``photos``; ``tag_scores`` is None where the model has no tag head.
    ``photos_per_second`` is of the whole way from the file to the caption, without loading the model.
    """

    photos: tuple[CaptionedPhoto, ...]
    captions: tuple[str, ...]
    caption_scores: CaptionScores
    tag_scores: TagScores | None
    photos_per_second: float
    failed: tuple[PhotoError, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The scores as JSON values; ``cider_error`` is the bootstrap's."""
        scores = asdict(self.caption_scores)
        scores["cider_error"] = bootstrap_error(scores.pop("each"))
        scores |= {f"bleu_{n}": value for n, value in enumerate(scores.pop("bleu"), start=1)}
        if self.tag_scores:
            scores |= {f"tags_{name}": value for name, value in asdict(self.tag_scores).items()}
        scores["photos_per_second"] = self.photos_per_second
        return {name: round(value, 4) for name, value in scores.items() if value is not None}

    def rows(self) -> list[tuple[str, str]]:
        """The scores for people: name and value."""
        scores = self.caption_scores
        bleu = [(f"BLEU-{n}", f"{value:.3f}") for n, value in enumerate(scores.bleu, start=1)]
        rows = [
            ("photos", f"{scores.photos}" + (f" ({len(self.failed)} cannot be read)" if self.failed else "")),
            *bleu,
            ("ROUGE-L", f"{scores.rouge_l:.3f}"),
            *([("METEOR", f"{scores.meteor:.3f}")] if scores.meteor is not None else []),
            ("CIDEr-D (bootstrap standard error)", f"{scores.cider:.3f} ({bootstrap_error(scores.each):.3f})"),
            ("distinct words", f"{scores.distinct_words}"),
            ("words a caption", f"{scores.mean_length:.1f}"),
        ]
        if tags := self.tag_scores:
            rows += [
                ("tags: precision", f"{tags.precision:.3f}"),
                ("tags: recall", f"{tags.recall:.3f}"),
                (
                    "tags: macro mean average precision",
                    f"{tags.mean_average_precision:.3f} ({tags.labels_in_map} labels)",
                ),
                ("tags: labels that fired", f"{tags.labels_fired}"),
                ("tags a photo", f"{tags.tags_per_photo:.1f}"),
                ("photos without a tag", f"{tags.without:.1%}"),
            ]
        return [*rows, ("photos/s", f"{self.photos_per_second:.1f}")]


def bootstrap_error(values: Sequence[float], *, samples: int = 2000, seed: int = 0) -> float:
    """Standard error of the mean of ``values``, one a photo: how the mean varies over photos drawn with replacement.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979).
    """
    drawn = np.random.default_rng(seed).integers(0, len(values), (samples, len(values)))
    return float(np.asarray(values)[drawn].mean(axis=1).std())


def evaluate_bundle(
    captioner: OnnxCaptioner,
    photos: Sequence[CaptionedPhoto],
    progress: Callable[[int], None],
    *,
    meteor: bool = False,
) -> Evaluation:
    """Caption every photo with the runtime as users run it, and score the captions and tags.

    Raises RunError where no photo can be read.
    """
    started = time.perf_counter()
    reading = _Reading(lambda path: captioner.prepare(Photo(path, 0, 0)))
    captions: list[Caption] = []
    scores: list[NDArray[np.float32]] = []
    for pixel_values in reading.batches(photos, progress):
        encoded = captioner.encode(pixel_values)
        captions.extend(captioner.decode(encoded))
        scores.append(captioner.tag_scores(encoded["pooled"]))
    seconds = time.perf_counter() - started
    read = reading.done()
    texts = tuple(caption.text for caption in captions)
    return Evaluation(
        read,
        texts,
        score_captions(texts, [photo.captions for photo in read], meteor=meteor),
        _tag_scores(captioner.labels, np.concatenate(scores), captions, read),
        len(read) / seconds,
        tuple(reading.failed),
    )


def evaluate_run(run: Run, photos: Sequence[CaptionedPhoto], progress: Callable[[int], None]) -> Evaluation:
    """Caption with the Keras model of a run, greedily, the whole prefix again for every word; no tags.

    Raises RunError where no photo can be read.
    """
    started = time.perf_counter()
    encoder, spec = build_encoder(run.config.encoder_spec, run.weights), run.config.encoder_spec.image
    text = run.tokenizer.text
    rules = sampler.Rules(text.start, text.end, text.max_length, (text.padding, text.unknown))
    decoder = PrefixDecoder(run.best_model(), run.system)
    texts: list[str] = []
    reading = _Reading(lambda path: preprocess(load_image(path, spec), spec))
    for pixel_values in reading.batches(photos, progress):
        features = np.asarray(encoder(pixel_values, training=False)[run.system.reads])
        found = sampler.greedy(decoder.step, decoder.start(features), len(features), rules)
        texts.extend(run.tokenizer.decode(hypotheses[0].token_ids) for hypotheses in found)
    seconds = time.perf_counter() - started
    read = reading.done()
    scores = score_captions(texts, [photo.captions for photo in read])
    return Evaluation(read, tuple(texts), scores, None, len(read) / seconds, tuple(reading.failed))


class _Reading:
    """Photos -> batches of ``pixel_values``; keeps apart which photos could be read, and why the others could not."""

    def __init__(self, prepare: "Callable[[Path], NDArray[np.float32]]") -> None:
        self._prepare = prepare
        self._read: list[CaptionedPhoto] = []
        self.failed: list[PhotoError] = []

    def batches(
        self, photos: Sequence[CaptionedPhoto], progress: Callable[[int], None]
    ) -> "Iterator[NDArray[np.float32]]":
        """``pixel_values`` (N, H, W, 3) in order; ``progress`` is told how many photos are behind us."""
        with ThreadPoolExecutor(2) as pool:
            for start in range(0, len(photos), _BATCH):
                batch = photos[start : start + _BATCH]
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

    def _try(self, photo: CaptionedPhoto) -> "NDArray[np.float32] | PhotoError":
        try:
            return self._prepare(photo.path)
        except PhotoError as error:
            return error


def _tag_scores(
    labels: Sequence[Label],
    scores: NDArray[np.float32],
    captions: Sequence[Caption],
    photos: Sequence[CaptionedPhoto],
) -> TagScores | None:
    """Scores over the bundle's labels that our table of concepts knows as well."""
    concepts = {concept.label: i for i, concept in enumerate(load_concepts())}
    shared = [i for i, label in enumerate(labels) if label.label in concepts]
    if not shared:
        return None
    names = [labels[i].label for i in shared]
    fired = np.array([[name in {tag.label for tag in caption.tags} for name in names] for caption in captions])
    truth = ConceptMatcher(load_concepts()).share([photo.captions for photo in photos]) > 0
    return score_tags(scores[:, shared], fired, truth[:, [concepts[name] for name in names]])
