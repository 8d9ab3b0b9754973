"""How good a bundle (or a training run) is on one split of a data set: captions, tags, confidence, speed."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tagger_training.concepts import ConceptMatcher, load_concepts
from tagger_training.datasets import CaptionedPhoto
from tagger_training.metrics import CaptionScores, TagScores, score_captions, score_tags

from tagger.captioning.tags import Label
from tagger.core.errors import PhotoError
from tagger.core.records import Caption
from tagger_export.answers import Answers, Part, Speed
from tagger_export.habits import Habits, habits
from tagger_export.sureness import LEVEL, SUREST, Sureness, sureness


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of one model on the photos that can be read; ``failed`` are the errors of the others.

    ``said`` is in the order of ``photos``; ``tag_scores`` is None where the model has no tag head, or one whose labels
    our table of concepts does not know.
    """

    photos: tuple[CaptionedPhoto, ...]
    said: tuple[Caption, ...]
    caption_scores: CaptionScores
    tag_scores: TagScores | None
    habits: Habits
    sureness: Sureness
    speed: Speed
    failed: tuple[PhotoError, ...] = ()

    @property
    def captions(self) -> tuple[str, ...]:
        """The captions as sentences."""
        return tuple(caption.text for caption in self.said)

    def as_json(self) -> dict[str, Any]:
        """The scores as JSON values; ``cider_error`` is the bootstrap's."""
        scores = asdict(self.caption_scores)
        scores["cider_error"] = bootstrap_error(scores.pop("each"))
        scores |= {f"bleu_{n}": value for n, value in enumerate(scores.pop("bleu"), start=1)}
        if self.tag_scores:
            scores |= {f"tags_{name}": value for name, value in asdict(self.tag_scores).items()}
        scores |= asdict(self.habits) | self.sureness.as_json()
        scores["photos_per_second"] = self.speed.photos_per_second
        for name, part in (("encoder", self.speed.encoder), ("after_encoder", self.speed.after)):
            if part is not None:
                scores |= {f"{name}_busy_ms": part.busy, f"{name}_ms": part.passed}
        known = {name: value for name, value in scores.items() if value is not None}
        return {name: value if isinstance(value, bool) else round(value, 4) for name, value in known.items()}

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
            *self._sure_rows(),
            ("distinct words", f"{scores.distinct_words}"),
            ("words a caption", f"{scores.mean_length:.1f}"),
            ("photos that share their caption", f"{self.habits.shared:.1%}"),
            ("captions that name a thing twice", f"{self.habits.repeating}"),
            ("captions with a wrong article", f"{self.habits.wrong_articles}"),
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
            ]
        if self.habits.tags_a_photo is not None:
            rows += [
                ("tags a photo, parents too", f"{self.habits.tags_a_photo:.1f}"),
                ("photos without a tag", f"{self.habits.untagged:.1%}"),
            ]
        return [*rows, *_speed_rows(self.speed)]

    def _sure_rows(self) -> list[tuple[str, str]]:
        """CIDEr of what the model is surest of, and of what would be written."""
        sure, all_ = self.sureness, self.caption_scores.cider
        kind = "confidence" if sure.calibrated else "probability of the words"
        rows = [(f"CIDEr-D of the surest {SUREST:.0%}", f"{sure.surest:.3f} ({_more(sure.surest, all_)})")]
        if sure.threshold is not None:
            written = f"{sure.written:.3f} ({_more(sure.written, all_)})" if sure.written is not None else "nothing"
            rows.append((f"CIDEr-D of what is written, {kind} at least {sure.threshold:.2f}", written))
            rows.append(("share of captions that is written", f"{sure.writing:.1%}"))
        if sure.calibrated:
            rows.append((f"confidence: calibration error (right: CIDEr-D from {sure.level:g})", f"{sure.error:.3f}"))
        return rows


def evaluate(
    answers: Answers, *, meteor: bool = False, level: float = LEVEL, threshold: float | None = None
) -> Evaluation:
    """Score what a model said; ``level`` and ``threshold`` as in ``sureness``."""
    scores = score_captions(
        [caption.text for caption in answers.captions], [photo.captions for photo in answers.photos], meteor=meteor
    )
    return Evaluation(
        answers.photos,
        answers.captions,
        scores,
        _tag_scores(answers.labels, answers.tag_scores, answers.captions, answers.photos),
        habits(answers.captions, tagged=bool(answers.labels)),
        sureness(answers.captions, scores.each, level=level, threshold=threshold),
        answers.speed,
        answers.failed,
    )


def bootstrap_error(values: Sequence[float], *, samples: int = 2000, seed: int = 0) -> float:
    """Standard error of the mean of ``values``, one a photo: how the mean varies over photos drawn with replacement.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979).
    """
    return float(bootstrap_means(values, samples=samples, seed=seed).std())


def bootstrap_means(values: Sequence[float], *, samples: int = 2000, seed: int = 0) -> NDArray[np.float64]:
    """The means (``samples``,) of as many values drawn from ``values`` with replacement."""
    random = np.random.default_rng(seed)
    own = np.asarray(values, np.float64)
    return np.array([own[random.integers(0, len(own), len(own))].mean() for _ in range(samples)])


def _more(some: float, all_: float) -> str:
    return f"{some / all_ - 1:+.0%}" if all_ > 0 else "of nothing"


def _speed_rows(speed: Speed) -> list[tuple[str, str]]:
    def shown(part: Part) -> str:
        return f"{part.busy:.1f} busy, {part.passed:.1f} passed"

    parts = (("encoder, ms a photo", speed.encoder), ("after the encoder, ms a photo", speed.after))
    rows = [(name, shown(part)) for name, part in parts if part is not None]
    return [*rows, ("photos/s", f"{speed.photos_per_second:.1f}")]


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
