"""Learning the words of a person's captions: a bundle's decoder trained a little further, so that it forgets little.

What is learned are the words that follow each other (``decoder_step.onnx``), and which phrases are expected of a photo
(``phrase_lesson.py``); how a photo is read stays. New words that a person used at least twice enter the vocabulary. In
every step the person's captions stand beside the decoder's own captions of photos that nobody corrected
(``distilling.py``). In the end the weights go as much of the way from the old to the new ones as loses less than a
limit (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tagger_training.caption_score import word_numbers
from tagger_training.cider import CiderD
from tagger_training.datasets import load_dataset
from tagger_training.feature_store import photo_key
from tagger_training.metrics import score_captions

from tagger.captioning.bundle import NGRAM_MODEL, VOCABULARY, Bundle, load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.session import Graph
from tagger.captioning.tokenizer import Tokenizer
from tagger.core.errors import PhotoError
from tagger.core.records import Photo
from tagger.learning.captions import CaptionLesson, Forgotten, HeldBack, LearnedCaptions, Said, Tell
from tagger.learning.versions import write_version
from tagger_export.differentiable import StepGraph
from tagger_export.distilling import made_step
from tagger_export.lessons import mean, new_words, parts_to_hold_back, rounds, word_overlap
from tagger_export.phrase_lesson import learned_phrases
from tagger_export.quantize import quantize_products

if TYPE_CHECKING:
    from tagger.core.protocols import StopEvent

START, STEP = "decoder_start.onnx", "decoder_step.onnx"
MOST_LOST = 0.05
"""Share of the CIDEr on a data set that may be lost."""
_AIM = 0.04  # what is aimed at, of that
_SAME = 0.4  # without a data set: so many captions of others stay word for word, at least, or less of the way is gone
_SHARES = (1.0, 0.9, 0.8, 0.7, 0.55, 0.4, 0.2)
_OWN, _OTHERS = 8, 32  # captions a step
_RATE = 1e-3
_PASSES, _LEAST_STEPS, _MOST_STEPS = 40, 150, 800
_REPLAY, _MEASURED = 240, 120  # photos that nobody corrected: trained beside, and measured
_FROM_DATA = 240
_BATCH = 32

Array = NDArray[np.float32]
Seen = Mapping[str, Mapping[str, NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class _Captions:
    """Captions as tokens (N, T + 2), from start to end marker and then padding, of photos by ``keys``."""

    keys: tuple[str, ...]
    tokens: NDArray[np.int64]


def learn_captions(lesson: CaptionLesson, tell: Tell, stop: "StopEvent") -> LearnedCaptions | None:
    """The decoder of ``lesson.bundle`` as it learned; None where ``stop`` ended it.

    Raises RunError where it has an operator that is not known, or the data set cannot be used.
    """
    work = _Work(lesson, tell, stop)
    held = work.held_back()
    if held is None:
        return None
    weights = work.trained(lesson.said, "learning captions")
    if weights is None:
        return None
    return work.finished(weights, held)


class _Work:
    """One learning: what is known before it begins."""

    def __init__(self, lesson: CaptionLesson, tell: Tell, stop: "StopEvent") -> None:
        self._lesson, self._tell, self._stop = lesson, tell, stop
        bundle = lesson.bundle
        self._text = bundle.text
        old = bundle.read(VOCABULARY).decode("utf-8").splitlines()
        self._new = new_words(lesson.said, set(old))
        self._tokenizer = Tokenizer([*old, *self._new], self._text)
        self._known = len(old)
        content = bundle.read(STEP)
        self._is_int8 = bundle.graphs.get(STEP, {}).get("precision") == "int8"
        self._graph, self._teacher = StepGraph(content), StepGraph(content)
        self._graph.grow(self._known, len(self._new))
        self._before = {name: self._graph.constants[name] for name in self._graph.trained}
        self._start = Graph(bundle.read(START), name=f"bundle {bundle.source}: {START}")
        self._base, self._captioner = OnnxCaptioner(lesson.base), OnnxCaptioner(bundle)
        others = list(lesson.others)
        self._seen: dict[str, Mapping[str, Array]] = dict(lesson.seen)
        self._measured, replay = others[:_MEASURED][: len(others) // 3 or None], []
        replay = others[len(self._measured) :][:_REPLAY] or others
        replay += [one.key for one in lesson.said if not one.edited]  # approved as they were: to be kept as they are
        self._val: list[tuple[str, tuple[str, ...]]] = []
        if lesson.data is not None:
            self._val, more = self._from_data(lesson.data)
            replay += more
        self._replay = self._own_captions(replay)
        self._step = made_step(self._graph, self._teacher, self._text, self._known)

    def held_back(self) -> HeldBack | None:
        """Learn without some of the captions, and measure on those; None where it was stopped."""
        edited = [one for one in self._lesson.said if one.edited]
        parts = parts_to_hold_back(edited)
        found: list[tuple[Said, str, str]] = []
        for number, part in enumerate(parts):
            kept = [one for one in self._lesson.said if one not in part]
            label = "measuring on captions held back" + (f" ({number + 1} of {len(parts)})" if len(parts) > 1 else "")
            weights = self.trained(kept, label)
            if weights is None:
                return None
            keys = [one.key for one in part]
            with tempfile.TemporaryDirectory() as folder:
                after = self._say(self._bundle(Path(folder), self._files(weights, kept)), keys)
            found += list(zip(part, self._captions_of(self._base, keys), after, strict=True))
        wanted = [one.text for one, _, _ in found]
        before, after = [said for _, said, _ in found], [said for _, _, said in found]
        references = [[text] for text in (*wanted, *self._base_captions, *before)]
        scores = CiderD(word_numbers(references, self._tokenizer))
        measured = [
            float(scores.score([self._tokenizer.encode(text) for text in said], range(len(said))).mean())
            for said in (before, after)
        ]
        return HeldBack(
            len(found),
            mean(word_overlap(a, b) for a, b in zip(before, wanted, strict=True)),
            mean(word_overlap(a, b) for a, b in zip(after, wanted, strict=True)),
            *measured,
        )

    def trained(self, said: Sequence[Said], what: str) -> dict[str, Array] | None:
        """The weights after learning these captions; None where it was stopped."""
        own = self._as_tokens([(one.key, one.text) for one in said if one.edited])
        variables = {name: tf.Variable(values) for name, values in self._before.items()}
        slots = {name: (tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for name, v in variables.items()}
        steps = int(np.clip(_PASSES * -(-len(own.keys) // _OWN), _LEAST_STEPS, _MOST_STEPS))
        rng = np.random.default_rng(0)
        own_order, other_order = rounds(len(own.keys), rng), rounds(len(self._replay.keys), rng)
        for number in range(steps):
            if self._stop.is_set():
                return None
            self._tell(what, number, steps)
            first = [next(own_order) for _ in range(_OWN)]
            second = [next(other_order) for _ in range(_OTHERS)] if self._replay.keys else first
            rate = _RATE * min(1.0, (number + 1) / 5, 0.05 + 1.5 * (1 - number / steps))
            feed = self._feed(own, first), self._feed(self._replay if self._replay.keys else own, second)
            self._step(variables, slots, *feed, tf.constant(rate), tf.constant(float(number + 1)))
        self._tell(what, steps, steps)
        return {name: np.asarray(variable) for name, variable in variables.items()}

    def finished(self, weights: Mapping[str, Array], held: HeldBack) -> LearnedCaptions | None:
        """As much of the way to ``weights`` as loses little, with what was lost."""
        cider = self._cider(self._base) if self._val else 0.0
        chosen: tuple[float, dict[str, bytes], Forgotten] | None = None
        for number, share in enumerate(_SHARES):
            if self._stop.is_set():
                return None
            self._tell("measuring what was forgotten", number, len(_SHARES))
            files = self._files(self.mixed(weights, share), self._lesson.said, share)
            with tempfile.TemporaryDirectory() as folder:
                bundle = self._bundle(Path(folder), files)
                now = self._say(bundle, self._measured)
                same = mean(a == b for a, b in zip(now, self._base_captions, strict=True)) if now else 1.0
                after = self._cider(OnnxCaptioner(bundle)) if self._val else 0.0
            chosen = share, files, Forgotten(len(now), same, len(self._val), cider, after)
            if after >= (1 - _AIM) * cider if self._val else same >= _SAME:
                break
        self._tell("measuring what was forgotten", len(_SHARES), len(_SHARES))
        assert chosen is not None  # noqa: S101 - there are shares
        share, files, forgotten = chosen
        graphs = {STEP: self._entry(files[STEP])}
        return LearnedCaptions(files, graphs, len(self._lesson.said), tuple(self._new), held, forgotten, share)

    def mixed(self, weights: Mapping[str, Array], share: float) -> dict[str, Array]:
        """Weights ``share`` of the way from the old to the new ones; new words, which were nowhere, go all of it."""
        found = {
            name: self._before[name] + np.float32(share) * (new - self._before[name]) for name, new in weights.items()
        }
        for name, values in found.items():
            for axis, size in enumerate(values.shape):
                if size != self._teacher.constants[name].shape[axis]:
                    part = [slice(None)] * values.ndim
                    part[axis] = slice(self._known, None)
                    values[tuple(part)] = weights[name][tuple(part)]
        return found

    def _from_data(self, folder: Path) -> tuple[list[tuple[str, tuple[str, ...]]], list[str]]:
        """Keys and captions of the split val, and keys of photos of train, whose own captions are not looked at."""
        data = load_dataset(folder)
        keys: dict[str, list[tuple[Photo, str, tuple[str, ...]]]] = {"val": [], "train": []}
        train = data.splits.get("train", ())
        for split, photos in (("val", data.split("val")), ("train", train[:: max(1, len(train) // _FROM_DATA)])):
            for photo in photos[: None if split == "val" else _FROM_DATA]:
                try:
                    keys[split].append((Photo(photo.path, 0, 0), photo_key(photo.path), photo.captions))
                except PhotoError:
                    continue  # it cannot be read: nothing is measured on it
        pictures = [(photo, key) for rows in keys.values() for photo, key, _ in rows]
        self._seen |= self._lesson.look(pictures, "looking at the data set")
        val = [(key, captions) for _, key, captions in keys["val"] if key in self._seen]
        return val, [key for _, key, _ in keys["train"] if key in self._seen]

    def _own_captions(self, keys: Sequence[str]) -> _Captions:
        """What the decoder says itself of photos: of those that are measured too, which are not learned from."""
        rows, self._base_captions = [], []
        wanted = [*self._measured, *keys]
        for start in range(0, len(wanted), _BATCH):
            if self._stop.is_set():
                break
            self._tell("captioning as before", start, len(wanted))
            page = wanted[start : start + _BATCH]
            for key, found in zip(page, self._base.search(self._encoded(page)), strict=True):
                text = self._base.detokenize(found[0].token_ids)
                if key in self._measured:
                    self._base_captions.append(text)
                else:
                    rows.append((key, text))
        self._tell("captioning as before", len(wanted), len(wanted))
        return self._as_tokens(rows)

    def _as_tokens(self, rows: Sequence[tuple[str, str]]) -> _Captions:
        text = self._text
        tokens = np.full((len(rows), text.max_length + 2), text.padding, np.int64)
        for row, (_, caption) in enumerate(rows):
            ids = [text.start, *self._tokenizer.encode(caption)[: text.max_length], text.end]
            tokens[row, : len(ids)] = ids
        return _Captions(tuple(key for key, _ in rows), tokens)

    def _encoded(self, keys: Sequence[str]) -> dict[str, Array]:
        names = self._seen[keys[0]]
        return {name: np.stack([self._seen[key][name] for key in keys]).astype(np.float32) for name in names}

    def _feed(self, captions: _Captions, rows: Sequence[int]) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """States before the first word, and tokens, of some captions."""
        encoded = self._encoded([captions.keys[row] for row in rows])
        given: dict[str, Any] = {name: encoded[name] for name in self._start.inputs if name in encoded}
        for name in set(self._start.inputs) - set(given):  # probabilities of the first labels, for those told the tags
            scores = self._captioner.tag_scores(encoded["pooled"])
            given[name] = scores[:, : int(self._start.shapes[name][-1])]
        state = {name: tf.constant(values) for name, values in self._start.run(given).items()}
        return state, tf.constant(captions.tokens[list(rows)])

    def _files(self, weights: Mapping[str, Array], said: Sequence[Said], share: float = 1.0) -> dict[str, bytes]:
        """The bundle's files with these weights, and so much of what these captions say of phrases."""
        content = self._graph.written(weights)
        vocabulary = "".join(f"{word}\n" for word in self._tokenizer.vocabulary).encode()
        files = {STEP: quantize_products(content) if self._is_int8 else content, VOCABULARY: vocabulary}
        edited = [one for one in said if one.edited]
        if not edited or NGRAM_MODEL not in self._lesson.bundle.files:
            return files
        encoded = self._encoded([one.key for one in edited])
        others = np.stack([self._seen[key]["pooled"] for key in dict.fromkeys(self._replay.keys)])
        expected = self._captioner.expected(encoded, self._captioner.scores(encoded))
        return files | learned_phrases(
            self._lesson.bundle,
            [one.text for one in edited],
            frozenset(self._tokenizer.vocabulary),
            encoded["pooled"],
            others,
            expected,
            share,
        )

    def _entry(self, content: bytes) -> dict[str, Any]:
        """What the manifest says of the step graph."""
        entry = dict(self._lesson.bundle.graphs.get(STEP, {}))
        if "outputs" in entry:
            entry["outputs"] = {**entry["outputs"], "logits": ["N", len(self._tokenizer)]}
        return {**entry, "bytes": len(content)}

    def _bundle(self, folder: Path, files: Mapping[str, bytes]) -> Bundle:
        base = self._lesson.bundle
        write_version(folder, base, name=base.name, version=base.version, files=files, changes={})
        return load_bundle(folder)

    def _say(self, bundle: Bundle, keys: Sequence[str]) -> list[str]:
        return self._captions_of(OnnxCaptioner(bundle), keys)

    def _captions_of(self, captioner: OnnxCaptioner, keys: Sequence[str]) -> list[str]:
        said: list[str] = []
        for start in range(0, len(keys), _BATCH):
            found = captioner.search(self._encoded(keys[start : start + _BATCH]))
            said += [captioner.detokenize(own[0].token_ids) for own in found]
        return said

    def _cider(self, captioner: OnnxCaptioner) -> float:
        said = self._captions_of(captioner, [key for key, _ in self._val])
        return score_captions(said, [captions for _, captions in self._val]).cider
