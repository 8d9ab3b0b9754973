"""What a model says of one photo after every epoch: how far it is, for people to read."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from tagger.captioning import sampler
from tagger_training.run import Run
from tagger_training.systems.prefix import PrefixDecoder

TEMPERATURES = (0.0, 0.5, 1.0)


class Spoken(keras.callbacks.Callback):
    """Says a caption of what is ``seen`` (1, ...) at each temperature after every epoch; 0 takes the likeliest word."""

    def __init__(self, run: Run, seen: Sequence[NDArray[np.float32]], say: Callable[[str], None]) -> None:
        super().__init__()
        self._run, self._seen, self._say = run, seen, say

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Say them."""
        for temperature in TEMPERATURES:
            self._say(f"  temperature {temperature:g}: {self.caption(temperature, epoch)}")

    def caption(self, temperature: float, epoch: int) -> str:
        """The caption at one temperature; the draw depends on seed and epoch alone."""
        tokenizer = self._run.tokenizer
        text = tokenizer.text
        rules = sampler.Rules(text.start, text.end, text.max_length, (text.padding, text.unknown))
        decoder = PrefixDecoder(self.model, self._run.system)
        start = decoder.start(*self._seen)
        if temperature == 0:
            found = sampler.greedy(decoder.step, start, 1, rules)
        else:
            rng = np.random.default_rng([self._run.config.seed, epoch])
            found = sampler.sample(decoder.step, start, 1, rules, rng=rng, temperature=temperature)
        return tokenizer.decode(found[0][0].token_ids)
