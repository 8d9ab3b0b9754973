"""What learning captions needs and gives: the boundary to the workshop that can train a decoder.

The workshop has TensorFlow, this program has not: it is found by its entry point, and only where the extra is there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tagger.captioning.bundle import Bundle
from tagger.core.errors import RunError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tagger.core.protocols import StopEvent
    from tagger.core.records import Photo

GROUP = "tagger.learners"
INSTALL = "pip install 'tagger-photos[train]'"

Tell = Callable[[str, int, int], object]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Said:
    """The caption that a person approved or wrote of the picture ``key``; ``edited``: it is the person's own."""

    key: str
    text: str
    edited: bool


@dataclass(frozen=True, slots=True)
class CaptionLesson:
    """What there is to learn from. ``base`` is the bundle as it is, ``bundle`` the same with the tags it learned.

    ``seen`` are the encoder's outputs by picture, of those that captions were ``said`` of and of ``others``, which are
    there so that nothing is forgotten. ``data``: a data set whose split ``val`` measures what was. ``look`` encodes
    more pictures, by key, and says what it is doing.
    """

    base: Bundle
    bundle: Bundle
    said: tuple[Said, ...]
    others: tuple[str, ...]
    seen: "Mapping[str, Mapping[str, NDArray[Any]]]"
    look: "Callable[[Sequence[tuple[Photo, str]], str], Mapping[str, Mapping[str, NDArray[np.float32]]]]"
    data: Path | None = None


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How near captions are to the person's on ``photos`` that were held back, before and after.

    ``words``: F1 of the words (0 to 1); ``cider``: CIDEr-D against the person's captions.
    """

    photos: int
    words_before: float
    words_after: float
    cider_before: float
    cider_after: float


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of photos that nobody corrected: ``same`` share of ``photos`` has the caption that it had (0 to 1).

    ``data_photos`` of a data set have the CIDEr-D ``cider_before`` and ``cider_after``; 0 where there was none.
    """

    photos: int
    same: float
    data_photos: int = 0
    cider_before: float = 0.0
    cider_after: float = 0.0


@dataclass(frozen=True, slots=True)
class LearnedCaptions:
    """A decoder that learned: its ``files``, what the manifest says of its ``graphs``, and what was measured.

    ``share`` of the way from the old weights to the learned ones was gone (0 to 1), so that little is forgotten.
    """

    files: "Mapping[str, bytes]"
    graphs: Mapping[str, Mapping[str, Any]]
    captions: int
    new_words: tuple[str, ...]
    held_back: HeldBack
    forgotten: Forgotten
    share: float


class CaptionLearner(Protocol):
    """Trains the decoder of a bundle a little further."""

    def __call__(self, lesson: CaptionLesson, tell: Tell, stop: "StopEvent") -> LearnedCaptions | None:
        """The decoder that learned; None where ``stop`` ended it. Raises RunError for a decoder that cannot learn."""


def caption_learner() -> CaptionLearner:
    """The workshop's. Raises RunError that says which extra is missing."""
    point = next((point for point in metadata.entry_points(group=GROUP) if point.name == "captions"), None)
    if point is None:
        raise RunError("learning captions is not part of this installation", INSTALL)
    try:
        learner: CaptionLearner = point.load()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("tagger", "tagger_export", "tagger_training"):
            raise
        raise RunError(f"learning captions needs {error.name}, which is not installed", INSTALL) from error
    return learner
