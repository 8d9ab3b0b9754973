"""What the decoder of a run reads of photos: the encoder's outputs, and the tags' probabilities. Knows no captions."""

from collections.abc import Mapping

import keras
import numpy as np
from numpy.typing import NDArray

from tagger_training.run import Run
from tagger_training.tag_head import load_tag_head


class Seeing:
    """Turns pixels, or what an encoder made of them, into what the decoder of ``run`` reads, in its order.

    Raises RunError where the decoder is told tags and the run has no tag head.
    """

    def __init__(self, run: Run, encoder: keras.Model) -> None:
        self._reads, self._encoder = run.system.reads, encoder
        self._concepts = run.system.concepts if "tag_probabilities" in self._reads else 0
        self._head = load_tag_head(run.folder / "tags")[0] if self._concepts else None

    def look(self, pixel_values: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """``pixel_values`` (N, H, W, 3) -> what the decoder reads."""
        return self.complete({k: np.asarray(v) for k, v in self._encoder(pixel_values, training=False).items()})

    def complete(self, encoded: Mapping[str, NDArray[np.float32]]) -> tuple[NDArray[np.float32], ...]:
        """The encoder's outputs by name -> what the decoder reads."""
        seen = dict(encoded)
        if self._head is not None:
            seen["tag_probabilities"] = np.asarray(self._head(encoded["pooled"], training=False))[:, : self._concepts]
        return tuple(seen[name] for name in self._reads)
