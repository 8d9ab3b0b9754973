"""Progress of Keras ``fit`` on the terminal. Knows no data and no model."""

from typing import Any

import keras
from rich.progress import Progress


class FitProgress(keras.callbacks.Callback):
    """One bar over all batches of all epochs; the losses of each epoch are printed above it."""

    def __init__(self, progress: Progress, batches: int) -> None:
        super().__init__()
        self._progress, self._batches = progress, batches
        self._task = progress.add_task("training", total=None, note="")

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Name the epoch."""
        total = self.params["epochs"] * self._batches
        self._progress.update(self._task, total=total, completed=epoch * self._batches)
        self._progress.update(self._task, description=f"epoch {epoch + 1}/{self.params['epochs']}")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """One batch more."""
        self._progress.update(self._task, advance=1, note=f"loss {(logs or {}).get('loss', 0):.3f}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Print the epoch's losses."""
        values = "  ".join(f"{name} {value:.4g}" for name, value in (logs or {}).items())
        self._progress.console.print(f"epoch {epoch + 1}: {values}", highlight=False)
