"""Questions to the model about one photo: where it looks for each word, and which tags it nearly gave.

Answered in threads, so that the first question may load the model without anybody waiting. How the maps are found is
``tagger.captioning.heatmaps``' part.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from tagger.core.errors import PhotoError
from tagger.core.records import Photo, Tag

if TYPE_CHECKING:
    from tagger.captioning.bundle import Resize
    from tagger.captioning.heatmaps import Explanation
    from tagger.lazy import LazyCaptioner

_KEPT = 64  # explanations, some kilobytes each
OFFERED = 8  # tags at most
_LEAST = 0.02  # probability of a tag that is offered


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Where the words of one photo's caption come from; ``resize`` is how the model saw the photo."""

    path: Path
    explanation: "Explanation"
    resize: "Resize"


@dataclass(frozen=True, slots=True)
class Offer:
    """Tags of which the model is not sure enough, surest first."""

    path: Path
    tags: tuple[Tag, ...]


class ModelQuestions:
    """Asks the captioner that ``captioner`` gives. Every method takes its time and belongs into a thread."""

    def __init__(self, captioner: "Callable[[], LazyCaptioner]") -> None:
        self._captioner = captioner
        self._known: OrderedDict[tuple[Path, int, int, str], Explained] = OrderedDict()
        self._lock = Lock()

    def explain(self, path: Path) -> Explained:
        """Where each word of the photo's caption comes from; asked again it is known. Raises PhotoError, RunError."""
        from tagger.captioning.heatmaps import explain_words

        photo, lazy = _look(path), self._captioner()
        key = (path, photo.size, photo.mtime_ns, lazy.model_id)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        found = Explained(path, explain_words(lazy.captioner(), lazy.prepare(photo)), lazy.bundle.image.resize)
        with self._lock:
            self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def offer(self, path: Path) -> Offer:
        """The tags that the photo nearly got. Raises PhotoError, RunError."""
        from tagger.captioning.selection import Verdict

        photo, lazy = _look(path), self._captioner()
        near = [
            Tag(one.entry.word, one.score, one.entry.ancestors)
            for one in lazy.captioner().explain(lazy.prepare(photo))
            if one.verdict is Verdict.BELOW and one.score is not None and one.score >= _LEAST
        ]
        return Offer(path, tuple(sorted(near, key=lambda tag: -tag.score)[:OFFERED]))

    def vocabulary(self) -> dict[str, tuple[str, ...]]:
        """The words that tags can be, each with its ancestors, nearest first. Loads no model. Raises RunError."""
        return {entry.word: entry.ancestors for entry in self._captioner().vocabulary.entries}


def _look(path: Path) -> Photo:
    try:
        info = path.stat()
    except OSError as error:
        raise PhotoError(path, f"cannot be read: {error.strerror}", "check that it exists and its rights") from error
    return Photo(path, info.st_size, info.st_mtime_ns)


def map_of_word(explanation: "Explanation", words: list[str], index: int) -> int | None:
    """Which word of the explanation is the word at ``index`` of a caption, as it may have been edited.

    Told by the word and by how often it stood before; None where the model did not say that word.
    """
    if not 0 <= index < len(words):
        return None
    wanted = _bare(words[index])
    before = sum(_bare(word) == wanted for word in words[:index])
    places = [i for i, one in enumerate(explanation.words) if _bare(one.word) == wanted]
    return places[before] if before < len(places) else None


def _bare(word: str) -> str:
    return word.strip(".,;:!?\"'()").casefold()
