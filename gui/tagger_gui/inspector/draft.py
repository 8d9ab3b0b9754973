"""What a person has in mind for a photo, before it is decided: another caption, tags more, tags less. No Qt."""

import math
from dataclasses import dataclass, replace

from tagger.captioning.names import fold_name
from tagger.core.records import Caption, Tag


@dataclass(frozen=True, slots=True)
class Draft:
    """Changes to what the machine said; ``caption`` None leaves the sentence as it is."""

    caption: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether all stays as the machine said it."""
        return self == Draft()

    def applied(self, caption: Caption) -> Caption:
        """The caption as it would then be."""
        gone = {fold_name(word) for word in self.removed}
        tags = [tag for tag in caption.tags if fold_name(tag.label) not in gone]
        known = {fold_name(tag.label) for tag in tags}
        tags += [Tag(word, 1.0) for word in self.added if fold_name(word) not in known]
        text = caption.text if self.caption is None else self.caption
        return replace(caption, text=text, tags=tuple(tags))


def confidence(text: str, log_probability: float, calibrated: float | None = None) -> float | None:
    """How sure the model is of a caption, 0 to 1 (``Caption.score``); None where it is not known.

    ``calibrated`` is its ``Caption.confidence``.
    Not a sentence's own probability, which says more about its length than about its truth.
    """
    score = Caption(text, log_probability, confidence=calibrated).score
    return None if math.isnan(score) else score
