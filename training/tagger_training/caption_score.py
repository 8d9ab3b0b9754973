"""CIDEr-D of what a model says of the validation photos, in the middle of a training. Knows no layer."""

from collections.abc import Sequence

import keras
import numpy as np

from tagger.captioning.tokenizer import Tokenizer, words
from tagger.core.errors import RunError
from tagger_training.cider import CiderD
from tagger_training.feature_store import Seen, as_parts
from tagger_training.run import Run
from tagger_training.speaking import Speaker, said_words

_BATCH = 64


class Validation:
    """Photos that a model is measured on: what it reads of them, and their ``captions``.

    Raises RunError for fewer than two.
    """

    def __init__(self, seen: Seen, captions: Sequence[Sequence[str]], tokenizer: Tokenizer) -> None:
        if len(captions) < 2:
            raise RunError("CIDEr-D cannot be measured on a single validation photo", "put more into the split 'val'")
        self._seen, self._tokenizer = as_parts(seen), tokenizer
        self._scores = CiderD(word_numbers(captions, tokenizer))

    def said(self, speaker: Speaker) -> list[list[int]]:
        """The likeliest caption of every photo, as token ids."""
        found = []
        photos = len(self._seen[0])
        for start in range(0, photos, _BATCH):
            batch = np.arange(start, min(start + _BATCH, photos))
            found += said_words(speaker.greedy(*(part[batch] for part in self._seen)), self._tokenizer.text)
        return found

    def cider(self, said: Sequence[Sequence[int]]) -> float:
        """Mean CIDEr-D of a caption for every photo, as ``tagger eval`` measures it."""
        return float(self._scores.score(said, range(len(said))).mean())


class CiderEachEpoch(keras.callbacks.Callback):
    """Adds ``val_cider`` to what is known of an epoch."""

    def __init__(self, run: Run, validation: Validation) -> None:
        super().__init__()
        self._run, self._validation = run, validation
        self._speaker: Speaker | None = None

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Caption the validation photos."""
        if self._speaker is None:
            run = self._run
            self._speaker = Speaker(run.system, self.model, run.tokenizer.text, len(run.tokenizer))
        if logs is not None:
            logs["val_cider"] = self._validation.cider(self._validation.said(self._speaker))


def word_numbers(
    captions: Sequence[Sequence[str]], tokenizer: Tokenizer, *, end: int | None = None
) -> list[list[list[int]]]:
    """The words of every caption as numbers: token ids, and numbers above them for words outside the vocabulary.

    Every caption ends in ``end`` where that is given.
    """
    numbers = {token: i for i, token in enumerate(tokenizer.vocabulary)}
    marker = [] if end is None else [end]
    return [[[numbers.setdefault(word, len(numbers)) for word in words(text)] + marker for text in t] for t in captions]
