"""The photos that are selected: a sequence of paths that are made when somebody looks at them.

A hundred thousand paths take a third of a second to make; to select all photos must not.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload

from tagger_gui.library.survey import path_of


class Chosen(Sequence[Path]):
    """Paths by their names relative to ``root``."""

    def __init__(self, root: Path, names: Iterable[bytes] = ()) -> None:
        self._root, self._names = root, list(names)

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> "Chosen": ...
    def __getitem__(self, index: int | slice) -> "Path | Chosen":
        if isinstance(index, slice):
            return Chosen(self._root, self._names[index])
        return path_of(self._root, self._names[index])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(a == b for a, b in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]
