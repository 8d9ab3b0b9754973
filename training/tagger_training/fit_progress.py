"""Progress of Keras ``fit`` on the terminal. Knows no data and no model."""

from collections.abc import Sequence
from typing import Any

import keras
from rich.progress import Progress


class FitProgress(keras.callbacks.Callback):
    """One bar over all batches of all epochs; the losses of each epoch are printed above it."""

    def __init__(self, progress: Progress, parts: Sequence[tuple[int, int]]) -> None:
        """``parts`` of the training: epochs, and batches an epoch."""
        super().__init__()
        self._progress = progress
        self._batches = [batches for epochs, batches in parts for _ in range(epochs)]
        self._task = progress.add_task("training", total=None, note="")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Name the epoch."""
        done = sum(self._batches[:epoch])
        self._progress.update(self._task, total=sum(self._batches), completed=done)
        self._progress.update(self._task, description=f"epoch {epoch + 1}/{len(self._batches)}")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """One batch more."""
        self._progress.update(self._task, advance=1, note=f"loss {(logs or {}).get('loss', 0):.3f}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Print the epoch's losses."""
        values = "  ".join(f"{name} {value:.4g}" for name, value in (logs or {}).items())
        self._progress.console.print(f"epoch {epoch + 1}: {values}", highlight=False)
