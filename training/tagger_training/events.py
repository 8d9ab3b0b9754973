"""Events for TensorBoard, written into the folder of a run. TensorBoard is a package of its own."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from tagger.core.errors import RunError


def require_tensorboard() -> None:
    """Raise RunError where the package is missing."""
    if find_spec("tensorboard") is None:
        raise RunError("--tensorboard needs the package tensorboard", "pip install tensorboard")


def epoch_events(run: Path) -> keras.callbacks.Callback:
    """Writes what is known of every epoch of Keras ``fit`` into ``logs/train`` and ``logs/validation``."""
    return keras.callbacks.TensorBoard(run / "logs", write_graph=False, profile_batch=0)


class StageEvents:
    """Writes the epochs of the second stage into ``logs/scst``."""

    def __init__(self, run: Path) -> None:
        self._writer: Any = tf.summary.create_file_writer(str(run / "logs" / "scst"))

    def write(self, row: Mapping[str, float]) -> None:
        """One row of the history."""
        with self._writer.as_default(step=int(row["epoch"])):
            for name, value in row.items():
                if name != "epoch":
                    tf.summary.scalar(f"scst_{name}", value)
        self._writer.flush()
