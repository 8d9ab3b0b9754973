"""How good a bundle (or a training run) is on one split of a data set: captions, tags, speed."""

import time
from collections.abc import Callable, Sequence
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
from tagger.core.records import Caption, Photo

_BATCH = 16


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model; ``tags`` is None where it has no tag head. ``captions`` are in the order of the photos."""

    captions: tuple[str, ...]
    caption_scores: CaptionScores
    tag_scores: TagScores | None
    photos_per_second: float

    def as_json(self) -> dict[str, Any]:
        """The scores as JSON values."""
        scores = asdict(self.caption_scores)
        del scores["each"]
        scores |= {f"bleu_{n}": value for n, value in enumerate(scores.pop("bleu"), start=1)}
        if self.tag_scores:
            scores |= {f"tags_{name}": value for name, value in asdict(self.tag_scores).items()}
        scores["photos_per_second"] = self.photos_per_second
        return {name: round(value, 4) for name, value in scores.items() if value is not None}


def evaluate_bundle(
    captioner: OnnxCaptioner,
    photos: Sequence[CaptionedPhoto],
    progress: Callable[[int], None],
    *,
    meteor: bool = False,
) -> Evaluation:
    """Caption every photo with the runtime as users run it, and score the captions and tags.

    Raises PhotoError for a photo that cannot be read.
    """
    started = time.perf_counter()
    captions: list[Caption] = []
    scores: list[NDArray[np.float32]] = []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(photos), _BATCH):
            batch = [Photo(photo.path, 0, 0) for photo in photos[start : start + _BATCH]]
            pixel_values = list(pool.map(captioner.prepare, batch))
            encoded = captioner.encode(np.stack(pixel_values))
            captions.extend(captioner.decode(encoded))
            scores.append(captioner.tag_scores(encoded["pooled"]))
            progress(len(captions))
    seconds = time.perf_counter() - started
    texts = tuple(caption.text for caption in captions)
    return Evaluation(
        texts,
        score_captions(texts, [photo.captions for photo in photos], meteor=meteor),
        _tag_scores(captioner.labels, np.concatenate(scores), captions, photos),
        len(photos) / seconds,
    )


def evaluate_run(run: Run, photos: Sequence[CaptionedPhoto], progress: Callable[[int], None]) -> Evaluation:
    """Caption with the Keras model of a run, greedily, the whole prefix again for every word; no tags."""
    started = time.perf_counter()
    encoder, spec = build_encoder(run.config.encoder_spec, run.weights), run.config.encoder_spec.image
    text = run.tokenizer.text
    rules = sampler.Rules(text.start, text.end, text.max_length, (text.padding, text.unknown))
    decoder = PrefixDecoder(run.best_model(), run.system)
    texts: list[str] = []
    for start in range(0, len(photos), _BATCH):
        pixels = np.stack([load_image(photo.path, spec) for photo in photos[start : start + _BATCH]])
        features = np.asarray(encoder(preprocess(pixels, spec), training=False)[run.system.reads])
        found = sampler.greedy(decoder.step, decoder.start(features), len(features), rules)
        texts.extend(run.tokenizer.decode(hypotheses[0].token_ids) for hypotheses in found)
        progress(len(texts))
    seconds = time.perf_counter() - started
    scores = score_captions(texts, [photo.captions for photo in photos])
    return Evaluation(tuple(texts), scores, None, len(photos) / seconds)


def golden_photos(folder: Path) -> tuple[Path, ...]:
    """The JPEG files of a folder, in order."""
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg")))


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
