"""Where one stage of a training stands, on disk: its history, and the checkpoint of its last whole epoch.

``state.json`` names the checkpoint that belongs to it and is replaced in one step, so the two always agree, whenever
a training is interrupted. Knows no model: how a checkpoint is written is said by the caller.
"""

import csv
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tagger.core.errors import RunError

STATE, HISTORY = "state.json", "history.csv"
Row = dict[str, float]


class Standing:
    """The state of a stage in ``folder``. ``columns`` are always in ``history.csv``, others where a row has them."""

    def __init__(self, folder: Path, columns: Sequence[str], suffix: str) -> None:
        self.folder, self._columns, self._suffix = folder, columns, suffix
        path = folder / STATE
        try:
            self._state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            self.history: list[Row] = self._state.setdefault("history", [])
        except (OSError, ValueError, AttributeError) as error:
            raise RunError(f"{path} is damaged: {error}", "begin anew: --restart") from error

    @property
    def epoch(self) -> int:
        """The number of whole epochs so far, which is the number of the next one."""
        return len(self.history)

    @property
    def checkpoint(self) -> Path:
        """The checkpoint of the last whole epoch. Raises RunError where it is gone."""
        path = self.folder / self._state.get("model", "")
        if not path.is_file():
            raise RunError(f"{self.folder} has lost the checkpoint that its {STATE} names", "begin anew: --restart")
        return path

    def kept(self, name: str) -> dict[str, Any]:
        """What ``keep`` was given under this name."""
        return dict(self._state.get(name, {}))

    def keep(self, row: Row, save: Callable[[Path], None], **kept: Mapping[str, Any]) -> None:
        """Add an epoch: write its checkpoint by ``save(path)``, then the state that names it, then ``history.csv``."""
        self.history.append(row)
        self._state |= kept
        previous, self._state["model"] = self._state.get("model"), f"last-{len(self.history) - 1}{self._suffix}"
        save(self.folder / self._state["model"])
        replace_whole(self.folder / STATE, lambda path: path.write_text(json.dumps(self._state), encoding="utf-8"))
        if previous and previous != self._state["model"]:
            (self.folder / previous).unlink(missing_ok=True)
        self.write_history()

    def write_history(self) -> None:
        """Write ``history.csv`` from the state."""
        more = sorted({name for row in self.history for name in row} - set(self._columns))
        with (self.folder / HISTORY).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*self._columns, *more])
            writer.writeheader()
            writer.writerows(self.history)


def replace_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside ``path`` by ``write(file)`` and put it in its place, whole or not at all."""
    temporary = path.with_name(f".part.{path.name}")  # the end of the name stays: Keras goes by it
    write(temporary)
    temporary.replace(path)


def is_finite(row: Row) -> bool:
    """Whether every number of an epoch is one."""
    return all(math.isfinite(value) for value in row.values())
