"""A trained model as a decoder for the sampler, without start and step: the whole prefix again for every word."""

from collections.abc import Mapping

import keras
import numpy as np
from numpy.typing import NDArray

from tagger_training.systems.system import Decoder


class PrefixDecoder:
    """The Keras model as a decoder for the sampler: runs the whole prefix again for every word.

    Slow, and independent of the start and step graphs: what they are checked against, and the only way to decode
    a model trained in the prefix form.
    """

    def __init__(self, model: keras.Model, system: Decoder, *, padding: int = 0) -> None:
        self._model, self._system, self._padding = model, system, padding

    def start(self, *seen: NDArray[np.float32]) -> dict[str, NDArray]:
        """State before the first token, for what the system reads (N, ...), in its order."""
        return {f"seen.{i}": part for i, part in enumerate(seen)} | {"prefix": np.zeros((len(seen[0]), 0), np.int32)}

    def step(
        self, token_ids: NDArray[np.int64], state: Mapping[str, NDArray]
    ) -> tuple[NDArray[np.float32], dict[str, NDArray]]:
        """Logits (R, V) of the word after ``token_ids`` (R,)."""
        prefix = np.concatenate([state["prefix"], token_ids[:, None].astype(np.int32)], axis=1)
        seen = [part for name, part in state.items() if name.startswith("seen.")]
        if self._system.takes_rows:
            seen.append(np.arange(len(prefix), dtype=np.int32))
        prefixed = self._system.form == "prefix"
        length = self._system.max_length + (0 if prefixed else 1)
        # What follows the last word changes nothing before it, and one length needs one graph.
        tokens = pad_left(prefix, length, self._padding) if prefixed else pad_right(prefix, length, self._padding)
        logits = self._model.predict_on_batch([*seen, tokens])
        logits = logits[: len(tokens)]  # a model on several devices gives the answer of each, one after the other
        last = logits if prefixed else logits[:, prefix.shape[1] - 1]
        return last, {**state, "prefix": prefix}


def pad_left(tokens: NDArray[np.int32], length: int, padding: int) -> NDArray[np.int32]:
    """Prefixes (N, t) -> (N, length): padding first, the oldest tokens cut off where they do not fit."""
    kept = tokens[:, -length:]
    return np.pad(kept, ((0, 0), (length - kept.shape[1], 0)), constant_values=padding)


def pad_right(tokens: NDArray[np.int32], length: int, padding: int) -> NDArray[np.int32]:
    """Prefixes (N, t) of at most ``length`` tokens -> (N, length): padding last."""
    return np.pad(tokens, ((0, 0), (0, length - tokens.shape[1])), constant_values=padding)
