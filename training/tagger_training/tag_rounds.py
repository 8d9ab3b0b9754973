"""How a tag head learns the concepts: from what captions name, and from what they may have left out.

A photo's captions name a part of what it shows. So a first round of models says what else to expect, each of photos
that it did not see, and a second round learns from both (self-distillation: Furlanello et al., "Born Again Neural
Networks", 2018). Knows no files and no thresholds.
"""

from itertools import combinations

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from tagger_training.tag_layers import Standardise

HIDDEN = 512
EPOCHS = 15
FOLDS = 5
VOICE = 2.0  # captions; 5 gained less


def fit_logits(views: NDArray[np.float32], share: NDArray[np.float32], seed: int) -> keras.Model:
    """Logits model (N, D) -> (N, T) from features (N, V, D); every view of a photo is an example."""
    keras.utils.set_random_seed(seed)
    features = views.reshape(-1, views.shape[2])
    targets = np.repeat(share, views.shape[1], axis=0)
    inputs = layers.Input((features.shape[1],), name="pooled")
    standardise = Standardise()
    x = layers.Dropout(0.6)(standardise(inputs))
    standardise.adapt(features)
    x = layers.Dense(HIDDEN, activation="relu")(x)
    logits = layers.Dense(share.shape[1], bias_initializer=keras.initializers.Constant(-4.0))(layers.Dropout(0.5)(x))
    model = keras.Model(inputs, logits)
    steps = EPOCHS * -(-len(features) // 64)
    warmup = min(100, steps // 5)
    rate = keras.optimizers.schedules.CosineDecay(1e-4, steps - warmup, warmup_target=1.5e-3, warmup_steps=warmup)
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=0.02),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(features, targets, batch_size=64, epochs=EPOCHS, verbose=0)
    return model


class Rounds:
    """Two rounds of training in folds, in which no photo's captions reach the model that judges that photo.

    First round: for every two folds a model of the others, which says what their captions may have left out. So the
    photos that the judge of a fold learns from were completed by models that did not see that fold either.
    """

    def __init__(
        self, views: NDArray[np.float32], share: NDArray[np.float32], counts: NDArray[np.int64], seed: int
    ) -> None:
        self._views, self._share, self._counts, self._seed = views, share, counts, seed
        self._fold = np.random.default_rng(seed).integers(0, FOLDS, len(views))
        self._expected = np.repeat(share[None], FOLDS, axis=0)  # (judge, N, C): what its teachers say of other folds
        for one, other in combinations(range(FOLDS), 2):
            rest = (self._fold != one) & (self._fold != other)
            if rest.any():
                model = fit_logits(views[rest], share[rest], seed)
                for judge, taught in ((one, other), (other, one)):
                    rows = self._fold == taught
                    self._expected[judge, rows] = _sigmoid(_logits(model, views[rows])).mean(axis=1)

    def held_out(self) -> NDArray[np.float32]:
        """Logits (N, V, C) of every photo by the judge that did not see its fold."""
        logits = np.zeros((*self._views.shape[:2], self._share.shape[1]), np.float32)
        for judge in range(FOLDS):
            own = self._fold == judge
            if own.any() and not own.all():
                targets = completed(self._share, self._counts, self._expected[judge])
                model = fit_logits(self._views[~own], targets[~own], self._seed)
                logits[own] = _logits(model, self._views[own])
        return logits

    def targets(self) -> NDArray[np.float32]:
        """What the model that is shipped learns: completed by all teachers that did not see the photo (N, C)."""
        own = self._expected[self._fold, np.arange(len(self._fold))]
        taught = (self._expected.sum(axis=0) - own) / (FOLDS - 1)
        return completed(self._share, self._counts, taught)


def completed(
    share: NDArray[np.float32], captions: NDArray[np.int64], held_out: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What captions say (N, C), and a model that did not see the photo as if it had written ``VOICE`` more of them.

    Captions name a part of what is there, one caption a smaller part than five.
    """
    count = captions[:, None].astype(np.float32)
    return (count * share + VOICE * held_out) / (count + VOICE)


def _logits(model: keras.Model, views: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, V, D) -> (N, V, C)."""
    if not len(views):
        return np.zeros((0, views.shape[1], model.output_shape[-1]), np.float32)
    flat = model.predict(views.reshape(-1, views.shape[2]), batch_size=512, verbose=0)
    return np.asarray(flat).reshape(*views.shape[:2], -1)


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))
