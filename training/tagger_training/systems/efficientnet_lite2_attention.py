"""``efficientnet-lite2-attention``: EfficientNet-Lite2 -> a two-layer attention LSTM that is told the tags.

What it remembers of a photo: one token for the whole picture (pooled features, what the encoder's ImageNet classes say,
probabilities of the tags), one for each of the 20 likeliest tags, one for each cell of the grid (square root, the 384
main directions of the training photos, where it is); all 256 wide. For each word, a first LSTM reads
[word before, whole picture, second LSTM]; its state asks the memory by 4 heads; a second LSTM reads what they saw and
the first; Dense 256; one logit a word by the word's own embedding. Sources: Anderson et al., "Bottom-Up and Top-Down
Attention" (2018), the two LSTMs; Vaswani et al. (2017), the heads; Press and Wolf (2017), the tied embedding.

Square roots, means, directions and ImageNet classes are fixed before training (``adapt``), and all that is linear in
between is one product once it is trained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from tagger_training.systems.system import ClassHead, Form, Reads, Recipe, TrainingPhotos
from tagger_training.systems.told_attention import STATES, FixedDense, LookAndSay, OpenForget, Places, TagTokens, Words
from tagger_training.tag_layers import Standardise

RECIPE = Recipe(
    "efficientnet-lite2-attention",
    "efficientnet-lite2",
    "told-attention-lstm",
    {
        "by_photo": True,
        "batch_size": 48,
        "epochs": 10,
        "optimizer": "adamw",
        "learning_rate": 1e-3,
        "weight_decay": 0.01,
        "clip": 1.0,
        "schedule": "cosine",
        "warm_up": 0.15,
        "averaging": 0.99,
        "dropout": 0.3,
        "label_smoothing": 0.1,
        "flip": True,
        "crop": 0.3,
        "max_length": 19,
        "keep": "last",
        "patience": 16,
        "fine": {
            "epochs": 6,
            "batch_size": 16,
            "learning_rate": 6e-4,
            "dropout": 0.35,
            "averaging": 0.997,
            "warm_up": 0.1,
        },
    },
    {"epochs": 5, "patience": 5, "averaging": 0.98, "way": 0.5, "references": 5, "falling": 0.7},
)

Tensor = keras.KerasTensor
_MINUS_INFINITY = -1e9
_FORGET = 0.15  # share of the memory's tokens that a training step does not see


@dataclass(frozen=True, slots=True)
class ToldAttentionLstm:
    """Shape of one model: grid of ``cells`` (S) by ``features`` (D), ``pooled`` (P), ``concepts`` (C), ``vocabulary``
    (V), ``classes`` of the encoder's own head (0: it has none), ``max_length`` in words, dropout.

    ``untold``: the tags are left out, for comparison.
    """

    title: ClassVar[str] = "Attention LSTM told the tags"
    form: ClassVar[Form] = "teacher-forced"
    takes_rows: ClassVar[bool] = True
    features: int
    pooled: int
    cells: int
    concepts: int
    classes: int
    vocabulary: int
    max_length: int
    dropout: float = 0.3
    units: int = 384
    embedding: int = 256
    heads: int = 4
    directions: int = 384
    top: int = 20
    untold: bool = False

    @property
    def reads(self) -> tuple[Reads, ...]:
        """All of the encoder's, and the probabilities of the tags."""
        seen: tuple[Reads, ...] = ("pooled", "encoder_hidden_states")
        return seen if self.untold else (*seen, "tag_probabilities")

    def build(self, counts: NDArray[np.int64] | None = None) -> keras.Model:
        """Keras model: what it reads (N, ...), rows (M,), tokens (M, T) -> logits (M, T, V). ``counts`` are not used.

        ``rows`` says which of the N photos each of M captions is of: a photo is remembered once for all of them.
        """
        made = {layer.name: layer for layer in self._layers()}
        seen = self._inputs()
        rows = layers.Input((), dtype="int32", name="rows")
        tokens = layers.Input((None,), dtype="int32", name="tokens")
        whole, memory = self._remember(made.__getitem__, seen)
        memory = made["memory_dropout"](memory)
        present = made["forget"](ops.ones_like(memory[:, 1:, 0]))
        hidden = ops.pad(ops.where(present > 0, 0.0, _MINUS_INFINITY), ((0, 0), (1, 0)))
        whole = made["whole"](ops.tanh(made["whole_dropout"](whole)))
        photo = (whole, *self._keys_and_values(made.__getitem__, memory), hidden)
        words = made["words_dropout"](made["words"](tokens))
        said = made["decoder"](words, *(ops.take(part, rows, axis=0) for part in photo))
        said = made["output_dropout"](made["output"](made["said_dropout"](said)))
        logits = made["logits"](made["words"](said, reverse=True))
        return keras.Model([*seen, rows, tokens], logits, name="told_attention_lstm")

    def adapt(self, model: keras.Model, photos: TrainingPhotos, head: ClassHead | None) -> None:
        """Fix what is not trained: means, deviations and directions of training photos, the encoder's own classes."""
        roots = np.sqrt(np.maximum(photos.pooled, 0.0))
        model.get_layer("pooled_root").set_weights([roots.mean(axis=0), roots.std(axis=0) + 1e-3])
        cells = np.sqrt(np.maximum(photos.cells, 0.0))
        mean = cells.mean(axis=0)
        variances, vectors = np.linalg.eigh(np.cov((cells - mean).T))
        vectors = vectors[:, ::-1][:, : self._directions] / np.sqrt(variances[::-1][: self._directions].mean() + 1e-9)
        model.get_layer("cells").fix(vectors, -mean @ vectors)
        if self.classes and head is not None:
            logits = photos.pooled @ head.kernel + head.bias
            share = 0.5 / (logits.std(axis=0) + 1e-6)
            model.get_layer("classes").fix(head.kernel * share, (head.bias - logits.mean(axis=0)) * share)

    def start(self, model: keras.Model) -> keras.Model:
        """What it reads -> ``state.h1``, ``state.c1``, ``state.h2``, ``state.c2``, and what is remembered:
        ``state.whole`` (N, 4 * units), ``state.keys`` and ``state.values`` of each head for all 1 + top + S tokens."""
        seen = self._inputs()
        whole, memory = self._remember(model.get_layer, seen)
        whole = model.get_layer("whole")(ops.tanh(whole))
        nothing = ops.zeros_like(whole[:, : self.units])
        outputs = {f"state.{name}": nothing + 0.0 for name in STATES} | {"state.whole": whole}
        keys, values = self._keys_and_values(model.get_layer, memory)
        outputs |= {"state.keys": keys, "state.values": values}
        return keras.Model(seen, outputs, name="decoder_start")

    def step(self, model: keras.Model) -> keras.Model:
        """``input_ids`` (N,) and the states -> ``logits`` (N, V), ``attention`` (N, S) and ``next.state.*``.

        The attention is the mean of the heads, of the cells alone.
        """
        input_ids = layers.Input((), dtype="int64", name="input_ids")
        states = {name: layers.Input((self.units,), name=f"state.{name}") for name in STATES}
        remembered = {
            "whole": layers.Input((4 * self.units,), name="state.whole"),
            "keys": layers.Input((self.heads, self._head, self._tokens), name="state.keys"),
            "values": layers.Input((self.heads, self._tokens, self._head), name="state.values"),
        }
        words = model.get_layer("words")
        said, following, weights = model.get_layer("decoder").step(
            words(input_ids), list(states.values()), *remembered.values()
        )
        outputs = {f"next.state.{name}": state for name, state in zip(STATES, following, strict=True)}
        outputs |= {f"next.state.{name}": value + 0.0 for name, value in remembered.items()}
        cells = ops.mean(weights, axis=1)[:, self._tokens - self.cells :]
        outputs["attention"] = layers.Reshape((self.cells,))(cells / ops.sum(cells, axis=1, keepdims=True))
        logits = model.get_layer("logits")(words(model.get_layer("output")(said), reverse=True))
        outputs["logits"] = layers.Reshape((self.vocabulary,))(logits)
        return keras.Model([input_ids, *states.values(), *remembered.values()], outputs, name="decoder_step")

    @property
    def _told(self) -> int:
        return 0 if self.untold else min(self.top, self.concepts)

    @property
    def _directions(self) -> int:
        return min(self.directions, self.features)

    @property
    def _tokens(self) -> int:
        return 1 + self._told + self.cells

    @property
    def _head(self) -> int:
        return self.embedding // self.heads

    def _inputs(self) -> list[Tensor]:
        shapes = {"pooled": (self.pooled,), "encoder_hidden_states": (self.cells, self.features)}
        return [layers.Input(shapes.get(name, (self.concepts,)), name=name) for name in self.reads]

    def _layers(self) -> list[layers.Layer]:
        """Every layer with weights or randomness, by its name."""
        wide = self.embedding
        made: list[layers.Layer] = [
            Standardise(name="pooled_root"),
            layers.Dense(wide, name="pooled_token"),
            FixedDense(self._directions, wide, name="cells"),
            Places(name="places"),
            layers.LayerNormalization(epsilon=1e-5, name="norm"),
            layers.Dense(4 * self.units, bias_initializer=OpenForget(), name="whole"),
            layers.Dense(wide, name="keys"),
            layers.Dense(wide, name="values"),
            Words(self.vocabulary, wide, name="words"),
            LookAndSay(self.units, wide, self.heads, self.dropout, name="decoder"),
            layers.Dense(wide, name="output"),
            layers.Activation("linear", dtype="float32", name="logits"),
            layers.Dropout(_FORGET, name="forget"),
        ]
        if self.classes:
            made.append(FixedDense(self.classes, wide, name="classes"))
        if not self.untold:
            made += [layers.Dense(wide, use_bias=False, name="told"), TagTokens(self._told, wide, name="tags")]
        for place in ("memory", "whole", "words", "said", "output"):
            made.append(layers.Dropout(self.dropout, name=f"{place}_dropout"))
        return made

    def _remember(self, layer: Any, seen: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """The whole picture (N, embedding), and the memory (N, 1 + top + S, embedding) that begins with it."""
        pooled, grid, *told = seen
        whole = layer("pooled_token")(layer("pooled_root")(pooled))
        if self.classes:
            whole = whole + layer("classes")(pooled)
        tokens = []
        for probabilities in told:
            roots = ops.sqrt(ops.maximum(probabilities, 0.0))
            whole = whole + layer("told")(roots)
            tokens.append(layer("tags")(roots))
        cells = layer("places")(layer("cells")(ops.sqrt(ops.maximum(grid, 0.0))))
        memory = ops.concatenate([layers.Reshape((1, self.embedding))(whole), *tokens, cells], axis=1)
        return whole, layer("norm")(memory)

    def _keys_and_values(self, layer: Any, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (N, heads, E / heads, n) and values (N, heads, n, E / heads) of the memory's n tokens."""
        shape = (self._tokens, self.heads, self._head)
        keys, values = (layers.Reshape(shape)(layer(name)(memory)) for name in ("keys", "values"))
        return ops.transpose(keys, (0, 2, 3, 1)), ops.transpose(values, (0, 2, 1, 3))
