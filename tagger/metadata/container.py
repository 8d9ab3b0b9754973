"""What every photo format offers, so that the rest of the package need not tell them apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tagger.core.changes import Splice
from tagger.core.errors import NotEmbeddable
from tagger.metadata.contents import Blocks, Limits


class Container(Protocol):
    """A parsed file of one format, with its bytes."""

    @property
    def data(self) -> bytes:
        """The whole file."""

    @property
    def width(self) -> int:
        """Pixels, as stored."""

    @property
    def height(self) -> int:
        """Pixels, as stored."""

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the picture data alone: no edit of metadata changes it."""

    def same_picture(self, other: Any, /) -> bool:
        """Say whether another of this format holds the same picture data, comparing every byte."""

    def blocks(self) -> Blocks:
        """Return the metadata blocks that we edit or look at."""


def _no_refusal(_: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Format:
    """One format that can hold our values.

    ``matches`` looks at a file's first bytes. ``parse(path, data, like=...)`` raises NotEmbeddable for a variant that
    cannot be written, PhotoError for a damaged file; ``like`` may be a container with the same picture, which makes
    it faster and changes nothing. ``splices(container, blocks)`` are the edits that give a file these blocks.
    ``foreign(container)`` is everything that no edit of ours may change, in file order. ``refusal(container)`` is why
    a sound file must not be written into all the same, if so: what it holds can be read.
    """

    name: str
    matches: Callable[[bytes], bool]
    parse: Callable[..., Container]
    splices: Callable[[Any, Blocks], Sequence[Splice]]
    foreign: Callable[[Any], Sequence[object]]
    limits: Limits
    refusal: Callable[[Any], NotEmbeddable | None] = _no_refusal


def parse(
    formats: Sequence[Format], path: Path, data: bytes, *, like: Container | None = None
) -> tuple[Format, Container]:
    """Parse a file by whichever of ``formats`` its first bytes show; the last one refuses what is none of them."""
    chosen = next((item for item in formats if item.matches(data)), formats[-1])
    return chosen, chosen.parse(path, data, like=like)
