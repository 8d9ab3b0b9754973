"""Results that other machines found -> written photos: the one writer, whoever captioned. Sees protocols only.

A line is taken only for the very picture that it is about. Then the photo goes through the ordinary stages: examined,
planned, journalled, applied and verified, indexed; so a second time nothing is left to do, and undo takes it back.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tagger.core.records import Caption, Outcome, OutcomeKind, Photo, Tag
from tagger.results import Line, Result, from_line
from tagger.stages import Stages, is_gone

_SINCE = "since its caption was found"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The model that found the results, on another machine: it can be named (a Captioner), but not asked."""

    model_id: str

    def prepare(self, photo: Photo) -> Any:  # noqa: ARG002 - the protocol's
        """Nothing: the words are there already."""
        return None

    def generate(self, batch: Any) -> list[Caption]:
        """Raise: whoever has the words asks for none."""
        raise AssertionError(f"{self.model_id} was asked for {len(batch)} captions")

    def tags(self, scores: bytes) -> tuple[Tag, ...] | None:  # noqa: ARG002 - the protocol's
        """None: its vocabulary is not here either."""
        return None


@dataclass(frozen=True, slots=True)
class Assigned:
    """A result and the photo that it is about, as that is now."""

    result: Result
    caption: Caption
    photo: Photo


class Applying:
    """Takes results into one library. ``stages`` are those of the run, whose captioner is not asked.

    ``place`` says where a path of a result is on this machine (ValueError: outside the library), ``look`` what is
    there, as a scan would see it.
    """

    def __init__(
        self, stages: Stages, *, place: Callable[[str], Path], look: Callable[[Path], Photo | Outcome | None]
    ) -> None:
        self._stages, self._place, self._look = stages, place, look
        self._by: dict[tuple[str, str], Stages] = {}

    def assigned(self, lines: Iterable[Line]) -> Iterator[Assigned | Outcome]:
        """Read lines one by one; what is wrong with one is an outcome, about the file that it is in.

        Each photo comes once: 16 bytes of each, and their keeping (about 100), stay in memory.
        """
        seen: set[bytes] = set()
        for line in lines:
            try:
                result = from_line(line)
                found = self._found(result)
                key = hashlib.sha256(bytes(found.path)).digest()[:16]
                if key in seen:
                    raise ValueError(f"a second one about {result.path}")
            except ValueError as error:
                yield Outcome(OutcomeKind.FAILED, line.file, f"line {line.number}: {error}")
                continue
            seen.add(key)
            if isinstance(found, Outcome):
                yield found
            elif result.caption is None:
                yield Outcome(result.kind, found.path, result.reason)
            else:
                yield Assigned(result, result.caption, found)

    def apply(self, item: Assigned) -> Outcome:
        """Take one result through the stages; thread-safe for different photos."""
        stages = self._stages_of(item.result)
        found = stages.examine(item.photo)
        if isinstance(found, Outcome):
            return found
        if found.metadata.identity != item.result.identity:
            return Outcome(OutcomeKind.SKIPPED, item.photo.path, f"changed {_SINCE} (run its shard again)")
        own = found.caption if found.review is not None else None  # a person's words, which the file has lost
        return stages.write(found, own or item.caption)

    def _found(self, result: Result) -> Photo | Outcome:
        """The photo that a result is about, or what became of it. Raises ValueError: outside the library."""
        named = self._place(result.path)
        # The same name may be composed on one system and decomposed on another.
        spelt = [self._place(unicodedata.normalize(form, result.path)) for form in ("NFC", "NFD")]
        for path in dict.fromkeys((named, *spelt)):
            if not is_gone(path):
                return self._look(path) or Outcome(OutcomeKind.FAILED, path, "not a photo that a scan would find")
        rows = self._stages.index.find(result.identity) if result.identity else []
        for path in (row.photo.path for row in rows):  # moved, and known by its new name
            if not is_gone(path) and isinstance(there := self._look(path), Photo):
                return there
        return Outcome(OutcomeKind.SKIPPED, named, f"gone {_SINCE}")

    def _stages_of(self, result: Result) -> Stages:
        """The stages of this run, in the name of whoever found the result."""
        by = (result.model, result.settings)
        if by not in self._by:
            decoding, _, vocabulary = result.settings.partition("#")
            options = replace(self._stages.options, decoding=decoding, vocabulary=vocabulary)
            self._by[by] = replace(self._stages, captioner=Elsewhere(result.model), options=options)
        return self._by[by]
