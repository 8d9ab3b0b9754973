"""What of a training run can be exported: a checkpoint that is whole, finite, and can be stepped."""

import json
from typing import Any

import numpy as np
from tagger_training.run import Run

from tagger.core.errors import RunError


def exportable_model(run: Run) -> Any:
    """The Keras decoder at its best epoch.

    Raises RunError for a run that was trained on prefixes, has no finished epoch, or whose weights are not finite.
    """
    if run.system.form == "prefix":
        raise RunError(f"{run.folder} was trained on padded prefixes, which cannot be stepped", "train teacher-forced")
    model = run.best_model()
    for layer in model.layers:
        for weight in layer.weights:
            if not np.isfinite(np.asarray(weight)).all():
                raise RunError(
                    f"{run.best_weights} has weights that are not finite (layer {layer.name})",
                    "train again with a lower --learning-rate",
                )
    return model


def epochs_missing(run: Run) -> str:
    """In words that training was stopped before its end; empty where it was not, or where nothing says so."""
    try:
        state = json.loads((run.folder / "state.json").read_text(encoding="utf-8"))
        done, waited = len(state["history"]), int(state.get("early", {}).get("wait", 0))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    epochs = run.config.all_epochs
    if done >= epochs or waited >= run.config.patience:
        return ""
    return f"training was stopped after {done} of {epochs} epochs"
