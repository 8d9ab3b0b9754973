"""How good captions and tags are. Captions by pycocoevalcap's reference code, tags by counting. Knows no model."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tagger.captioning.tokenizer import words


@dataclass(frozen=True, slots=True)
class CaptionScores:
    """Corpus BLEU-1..4, ROUGE-L, METEOR (None where it was not asked for), CIDEr-D with its standard error over photos.

    ``distinct_words`` and ``mean_length`` are of the captions, in words; ``each`` is CIDEr-D photo by photo.
    """

    bleu: tuple[float, float, float, float]
    rouge_l: float
    meteor: float | None
    cider: float
    cider_error: float
    distinct_words: int
    mean_length: float
    photos: int
    each: tuple[float, ...]


def has_java() -> bool:
    """Whether METEOR, which is a Java program, can run here."""
    return shutil.which("java") is not None


def score_captions(
    captions: Sequence[str], references: Sequence[Sequence[str]], *, meteor: bool = False
) -> CaptionScores:
    """Score one caption a photo against its references; ``meteor`` needs Java, and ten seconds to start.

    Words are lower-case without punctuation on both sides (our tokenizer instead of the Java PTB tokenizer).
    """
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge

    said = {i: [" ".join(words(caption))] for i, caption in enumerate(captions)}
    wanted = {i: [" ".join(words(text)) for text in texts] for i, texts in enumerate(references)}
    bleu, _ = Bleu(4).compute_score(wanted, said, verbose=0)
    cider, each = Cider().compute_score(wanted, said)
    rouge, _ = Rouge().compute_score(wanted, said)
    lengths = [len(text.split()) for (text,) in said.values()]
    return CaptionScores(
        bleu=tuple(float(value) for value in bleu),
        rouge_l=float(rouge),
        meteor=_meteor(wanted, said) if meteor else None,
        cider=float(cider),
        cider_error=float(np.std(each) / np.sqrt(len(each))),
        distinct_words=len({word for (text,) in said.values() for word in text.split()}),
        mean_length=float(np.mean(lengths)),
        photos=len(said),
        each=tuple(float(value) for value in each),
    )


def _meteor(wanted: dict[int, list[str]], said: dict[int, list[str]]) -> float:
    from pycocoevalcap.meteor.meteor import Meteor

    scorer = Meteor()
    with scorer.meteor_p as java:
        try:
            return float(scorer.compute_score(wanted, said)[0])
        finally:
            java.kill()


@dataclass(frozen=True, slots=True)
class TagScores:
    """Micro precision and recall of what fired, macro mean average precision, tags a photo, photos without one."""

    precision: float
    recall: float
    mean_average_precision: float
    labels_in_map: int
    labels_fired: int
    tags_per_photo: float
    without: float


def score_tags(scores: NDArray[np.float32], fired: NDArray[np.bool_], truth: NDArray[np.bool_]) -> TagScores:
    """Score probabilities (N, T) and decisions (N, T) against what the captions name (N, T).

    Average precision is over labels with at least 3 positive photos.
    """
    counted = np.flatnonzero(truth.sum(axis=0) >= 3)
    right = float((fired & truth).sum())
    return TagScores(
        precision=right / max(1.0, float(fired.sum())),
        recall=right / max(1.0, float(truth.sum())),
        mean_average_precision=float(np.mean([average_precision(scores[:, i], truth[:, i]) for i in counted] or [0.0])),
        labels_in_map=len(counted),
        labels_fired=int(fired.any(axis=0).sum()),
        tags_per_photo=float(fired.sum(axis=1).mean()),
        without=float((~fired.any(axis=1)).mean()),
    )


def average_precision(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Mean of the precision at each positive photo, ranked by score (N,)."""
    ranked = truth[np.argsort(-scores, kind="stable")]
    hits = np.cumsum(ranked)
    return float((hits / np.arange(1, len(ranked) + 1))[ranked].mean()) if ranked.any() else 0.0
