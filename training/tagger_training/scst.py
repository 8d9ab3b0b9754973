"""Self-critical sequence training: a decoder that can say captions learns to say those that people's agree with.

Of every photo some captions are drawn from the model; each is rewarded by its CIDEr-D, and made likelier by as much
as it is better than the mean of the others of its photo. A share of cross-entropy keeps the language sound. Drawing
and rewarding use the step function that every system has, so there is one implementation for all of them.

Sources: Rennie et al., "Self-critical Sequence Training for Image Captioning" (2017); Luo, "A Better Variant of
Self-Critical Sequence Training" (2020), whose baseline this is; Wortsman et al., "Robust fine-tuning of zero-shot
models" (2022), weights between two stages. The end marker counts as a word of the reward.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tagger.core.errors import RunError
from tagger_training.caption_score import Validation, word_numbers
from tagger_training.cider import CiderD
from tagger_training.devices import enough_memory
from tagger_training.feature_store import Seen, as_parts
from tagger_training.fit import has_finite_weights, seed_dropout
from tagger_training.losses import WordCrossEntropy
from tagger_training.run import Run
from tagger_training.sequences import names_a_side
from tagger_training.speaking import Speaker, said_words
from tagger_training.standing import Row, Standing, is_finite, replace_whole

CLIP = 0.5  # largest norm of all gradients together
_WARM_UP = 30  # steps until the learning rate is reached
_HISTORY = ["epoch", "reward", "cross_entropy", "val_cider"]
_CAPTIONS = 2  # of people, a photo and step, for the cross-entropy


@dataclass(frozen=True, slots=True)
class ScstConfig:
    """Everything that shapes the second stage of a run.

    ``samples`` captions are drawn of each of ``batch_size`` photos a step; ``cross_entropy`` is its share of the loss;
    ``averaging`` is the share of the old in a running mean of the weights that is measured and kept, 0 for none, and
    ``way`` the share of the way from the first stage's weights to those that is gone for it, 1 for all;
    ``references``: photos with fewer captions are left out; ``falling``: so much of the learning rate is lost, step by
    step, until the last epoch. ``patience`` is in epochs without a better CIDEr-D.
    """

    data: str
    samples: int = 5
    learning_rate: float = 6e-5
    cross_entropy: float = 0.15
    averaging: float = 0.0
    way: float = 1.0
    references: int = 1
    falling: float = 0.0
    batch_size: int = 32
    epochs: int = 10
    patience: int = 3
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Captioned:
    """Photos to train on: what the system reads of them, and the captions of each."""

    seen: Seen
    captions: Sequence[Sequence[str]]


Told = Callable[[int, int, float], None]
"""Called after every step with the steps done and of all in this epoch, and the mean reward so far."""


class Scst:
    """The second stage of ``run``, in its folder ``scst``. Raises RunError for a system that cannot be stepped.

    It starts from the best weights of the first stage, or goes on where an earlier call stopped.
    """

    def __init__(self, run: Run, config: ScstConfig, train: Captioned, val: Captioned) -> None:
        if run.system.form != "teacher-forced":
            raise RunError(f"{run.folder} was trained on prefixes, which cannot be stepped", "train teacher-forced")
        if len(train.captions) < 2:
            raise RunError("CIDEr-D cannot be measured on a single photo", "put more photos into the split 'train'")
        keras.utils.set_random_seed(config.seed)
        self._run, self._config = run, config
        self._text, tokenizer = run.tokenizer.text, run.tokenizer
        self._model = run.model_at(run.first_weights)
        self._weights = self._model.trainable_variables
        self._first = [np.asarray(weight) for weight in self._weights] if config.way < 1 else []
        self._optimizer = keras.optimizers.Adam(config.learning_rate)
        self._optimizer.build(self._weights)
        self._averaged = [tf.Variable(weight) for weight in self._weights] if config.averaging else []
        self._language = WordCrossEntropy(run.config.label_smoothing)
        self._speaker = Speaker(run.system, self._model, self._text, len(tokenizer))
        self._validation = Validation(val.seen, val.captions, tokenizer)
        self._seen = as_parts(train.seen)
        self._photos = np.array([i for i, own in enumerate(train.captions) if len(own) >= config.references], np.int64)
        if len(self._photos) < 2:
            raise RunError(f"fewer than two photos have {config.references} captions", "lower --scst-references")
        captions = [train.captions[photo] for photo in self._photos]
        self._rewards = CiderD(word_numbers(captions, tokenizer, end=self._text.end))
        self._encoded = [[ids for text in texts if (ids := tokenizer.encode(text))] for texts in captions]
        self._sided = np.array([any(map(names_a_side, texts)) for texts in captions])
        self._chosen = np.array([1.0] * self._text.max_length + [0.0], np.float32)
        words = tf.TensorSpec((None, self._text.max_length + 1), tf.int32)
        each = [words, tf.TensorSpec((None,), tf.float32), tf.TensorSpec((None,), tf.int32), words, words]
        self._update = tf.function(self._traced, input_signature=[self._speaker.reads, *each])
        self._folder = run.scst_folder
        self.standing = Standing(self._folder, _HISTORY, ".npz")
        if self.standing.epoch:
            self._restore(self.standing.checkpoint)

    @property
    def steps(self) -> int:
        """Steps an epoch."""
        return -(-len(self._photos) // self._config.batch_size)

    @property
    def finished(self) -> bool:
        """Nothing is left to train: all epochs are done, or none was better for as long as the patience lasts."""
        scores = [row["val_cider"] for row in self.standing.history]
        if len(scores) >= self._config.epochs:
            return True
        best = max(range(len(scores)), key=scores.__getitem__, default=0)
        return len(scores) - 1 - best >= self._config.patience

    def start_score(self) -> float:
        """CIDEr-D on the validation photos before the first step of this stage."""
        known = self.standing.kept("start")
        return float(known["val_cider"]) if known else self._score()

    def epoch(self, told: Told = lambda *_: None) -> Row:
        """Train one epoch, which is on disk when this returns; returns its row of the history.

        Raises RunError for a loss that is not finite, and for a batch that does not fit into memory; then the best
        weights so far and the last whole epoch are kept.
        """
        number, start = self.standing.epoch, self.start_score()
        rng = np.random.default_rng([self._config.seed, number])
        seed_dropout(self._model, self._config.seed, number)
        order = rng.permutation(len(self._photos))
        rewards, losses = [], []
        with enough_memory(self._config.batch_size):
            for step in range(self.steps):
                photos = np.sort(order[step * self._config.batch_size : (step + 1) * self._config.batch_size])
                reward, loss = self._step(photos, rng, (self._config.seed, number * self.steps + step))
                rewards.append(reward)
                losses.append(loss)
                told(step + 1, self.steps, float(np.mean(rewards)))
            with self._kept_weights():
                row: Row = {"epoch": number, "reward": float(np.mean(rewards)), "cross_entropy": float(np.mean(losses))}
                if not (is_finite(row) and has_finite_weights(self._model)):
                    raise RunError(
                        "the loss is not finite any more", "lower --learning-rate; the last good checkpoint is kept"
                    )
                row["val_cider"] = self._score()
                if row["val_cider"] > max([start, *(before["val_cider"] for before in self.standing.history)]):
                    replace_whole(self._folder / "best.weights.h5", self._model.save_weights)
        self.standing.keep(row, self._save, start={"val_cider": start})
        return row

    def _step(self, photos: NDArray[np.int64], rng: np.random.Generator, seed: tuple[int, int]) -> tuple[float, float]:
        """One step on ``photos`` (positions); returns the mean reward of the drawn captions, and the cross-entropy."""
        mirror = (rng.random(len(photos)) < 0.5) & ~self._sided[photos]
        crop = np.random.default_rng(seed).random(len(photos)) < self._run.config.crop
        seen = [part.views(self._photos[photos], mirror, crop) for part in self._seen]
        drawn = self._speaker.drawn(*seen, count=self._config.samples, seed=seed)
        said = [[*words, self._text.end] for words in said_words(drawn, self._text)]
        rewards = self._rewards.score(said, np.repeat(photos, self._config.samples).tolist())
        by_photo = rewards.reshape(len(photos), self._config.samples)
        others = (by_photo.sum(axis=1, keepdims=True) - by_photo) / (self._config.samples - 1)
        advantage = (by_photo - others).reshape(-1).astype(np.float32)
        done = int(self._optimizer.iterations)
        left = 1.0 - self._config.falling * min(1.0, done / (self._config.epochs * self.steps))
        self._optimizer.learning_rate.assign(self._config.learning_rate * min(1.0, (done + 1) / _WARM_UP) * left)
        rows, tokens, targets = self._of_people(photos, rng)
        parts = [tf.constant(part) for part in seen]
        loss = self._update(parts, *map(tf.constant, (drawn, advantage, rows, tokens, targets)))
        return float(rewards.mean()), float(loss)

    def _of_people(
        self, photos: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Captions of people for the photos: their row in the batch (M,), tokens and targets (M, T + 1)."""
        drawn = [
            (row, self._encoded[photo][i])
            for row, photo in enumerate(photos.tolist())
            for i in rng.permutation(len(self._encoded[photo]))[:_CAPTIONS]
        ]
        tokens = np.full((len(drawn), self._text.max_length + 1), self._text.padding, np.int32)
        targets = tokens.copy()
        for i, (_, ids) in enumerate(drawn):
            tokens[i, : len(ids) + 1] = [self._text.start, *ids]
            targets[i, : len(ids) + 1] = [*ids, self._text.end]
        return np.array([row for row, _ in drawn], np.int32), tokens, targets

    def _traced(
        self,
        seen: list[tf.Tensor],
        drawn: tf.Tensor,
        advantage: tf.Tensor,
        rows: tf.Tensor,
        tokens: tf.Tensor,
        targets: tf.Tensor,
    ) -> tf.Tensor:
        """One step of the optimizer; returns the cross-entropy."""
        before = tf.concat([tf.ones_like(drawn[:, :1]) * self._text.start, drawn[:, :-1]], axis=1)
        # The end of a caption of the longest length was not the model's choice.
        chosen = tf.cast(drawn != self._text.padding, tf.float32) * self._chosen
        with tf.GradientTape() as tape:
            every = tf.repeat(tf.range(tf.shape(seen[0])[0]), self._config.samples)
            logits = self._model(self._inputs(seen, every, before), training=False) + self._speaker.forbidden
            likely = tf.gather(tf.nn.log_softmax(logits), drawn, batch_dims=2)
            loss = -tf.reduce_sum(likely * advantage[:, None] * chosen) / tf.reduce_sum(chosen)
            language = tf.constant(0.0)
            if self._config.cross_entropy:
                logits = self._model(self._inputs(seen, rows, tokens), training=True)
                language = self._language(targets, logits, tf.cast(targets != self._text.padding, tf.float32))
                loss += self._config.cross_entropy * language
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, self._weights), CLIP)
        self._optimizer.apply(gradients, self._weights)
        for mean, weight in zip(self._averaged, self._weights if self._averaged else [], strict=True):
            mean.assign(self._config.averaging * mean + (1 - self._config.averaging) * weight)
        return language + 0.0 * loss  # not finite where either is not

    def _inputs(self, seen: list[tf.Tensor], rows: tf.Tensor, tokens: tf.Tensor) -> list[tf.Tensor]:
        """Inputs of the model for captions (M, T) of the photos ``rows`` (M,)."""
        if self._run.system.takes_rows:
            return [*seen, rows, tokens]
        return [*(tf.gather(part, rows) for part in seen), tokens]

    def _score(self) -> float:
        return self._validation.cider(self._validation.said(self._speaker))

    @contextmanager
    def _kept_weights(self) -> Iterator[None]:
        """The model with the weights that are measured and kept: their running mean, a share of the way to it."""
        own = [np.asarray(weight) for weight in self._weights]
        kept = [np.asarray(mean) for mean in self._averaged] or own
        if self._first:
            kept = [old + self._config.way * (new - old) for old, new in zip(self._first, kept, strict=True)]
        for weight, value in zip(self._weights, kept, strict=True):
            weight.assign(value)
        try:
            yield
        finally:
            for weight, value in zip(self._weights, own, strict=True):
                weight.assign(value)

    def _state(self) -> dict[str, list[Any]]:
        return {"model": self._model.weights, "optimizer": self._optimizer.variables, "averaged": self._averaged}

    def _save(self, path: Path) -> None:
        arrays = {f"{part}{i}": np.asarray(v) for part, state in self._state().items() for i, v in enumerate(state)}
        np.savez(path, **arrays)

    def _restore(self, path: Path) -> None:
        try:
            with np.load(path) as arrays:
                for part, state in self._state().items():
                    for i, variable in enumerate(state):
                        variable.assign(arrays[f"{part}{i}"])
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise RunError(f"{path} is not a checkpoint of this stage: {error}", "begin anew: --restart") from error
