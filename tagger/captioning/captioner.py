"""A bundle at work: encode once, loop the decoder step, detokenize. Batch in, batch out."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from tagger.captioning import features, sampler
from tagger.captioning.bundle import VOCABULARY, Bundle
from tagger.captioning.image import load_image, preprocess
from tagger.captioning.selection import Decision, TagSelector, pack, unpack
from tagger.captioning.session import Device, Graph
from tagger.captioning.tags import Label, load_labels
from tagger.captioning.tokenizer import Tokenizer
from tagger.captioning.vocabulary import Vocabulary
from tagger.core.errors import BundleError
from tagger.core.records import Alternative, Caption, Photo, Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STATE, _NEXT = "state.", "next.state."


@dataclass(frozen=True, slots=True)
class Decoding:
    """How captions are searched for. ``None``: as the bundle says."""

    method: Literal["beam", "greedy", "sample"] = "beam"
    beam_width: int | None = None
    length_penalty: float | None = None
    temperature: float = 1.0
    top_p: float = 0.9
    count: int = 5
    seed: int = 0


class OnnxCaptioner:
    """Captions and tags from a bundle under ONNX Runtime (implements ``Captioner``).

    ``threads`` bounds the cores of one graph call (0: all). Raises BundleError for graphs that do not fit together.
    """

    def __init__(
        self, bundle: Bundle, *, device: Device = "cpu", threads: int = 0, decoding: Decoding | None = None
    ) -> None:
        self._bundle = bundle
        self._decoding = decoding or Decoding()

        def graph(name: str) -> Graph:
            return Graph(bundle.read(name), name=f"bundle {bundle.source}: {name}", device=device, threads=threads)

        self._open(graph)
        self._tag_model = graph("tag_model.onnx") if bundle.tags else None
        self._selector = TagSelector(Vocabulary(load_labels(bundle))) if bundle.tags else None
        self._check_interfaces()

    def _open(self, graph: Callable[[str], Graph]) -> None:
        """Load what makes captions."""
        bundle, text = self._bundle, self._bundle.text
        self._encoder, self._start, self._step = map(
            graph, ("encoder_model.onnx", "decoder_start.onnx", "decoder_step.onnx")
        )
        try:
            self._tokenizer = Tokenizer(_text(bundle, VOCABULARY).splitlines(), text)
        except ValueError as error:
            raise BundleError(f"bundle {bundle.source}: {VOCABULARY}: {error}", "get the bundle again") from error
        # The grid leaves the encoder only where the decoder reads it.
        self._encoded = tuple({"pooled", *self._start.inputs})
        self._rules = sampler.Rules(
            start=text.start,
            end=text.end,
            max_length=text.max_length,
            never=(text.padding, text.unknown),
            no_repeat_ngram=bundle.generation.no_repeat_ngram,
        )

    def speaking(self, vocabulary: Vocabulary) -> "OnnxCaptioner":
        """The same captioner, its graphs shared, whose tags are in the user's words."""
        other = copy.copy(self)
        other._selector = TagSelector(vocabulary) if self._selector else None
        return other

    @property
    def model_id(self) -> str:
        """Name and version of the bundle."""
        return self._bundle.model_id

    @property
    def provider(self) -> str:
        """The ONNX Runtime provider that really runs the encoder."""
        return self._encoder.provider

    @property
    def attends(self) -> bool:
        """Whether the decoder says where it looks (``follow``)."""
        return "attention" in self._step.outputs

    def prepare(self, photo: Photo) -> "NDArray[np.float32]":
        """Read a photo into ``pixel_values`` (H, W, 3). Thread-safe. Raises PhotoError."""
        return preprocess(load_image(photo.path, self._bundle.image), self._bundle.image)

    def generate(self, batch: "Sequence[NDArray[np.float32]]") -> list[Caption]:
        """Caption a batch of ``pixel_values``; same length and order out."""
        if not batch:
            return []
        encoded = self.encode(np.stack(batch))
        seen = features.describe_all(encoded["pooled"], batch)
        return [replace(caption, features=own) for caption, own in zip(self.decode(encoded), seen, strict=True)]

    def describe(self, batch: "Sequence[NDArray[np.float32]]") -> list[bytes]:
        """What photos look like to the model (see ``features``), from a batch of ``pixel_values``; says nothing."""
        return features.describe_all(self.encode(np.stack(batch))["pooled"], batch) if batch else []

    def encode(self, pixel_values: "NDArray[np.float32]") -> "dict[str, NDArray[np.float32]]":
        """``pixel_values`` (N, H, W, 3) -> ``pooled`` (N, P), ``encoder_hidden_states`` where the decoder reads it."""
        return self._encoder.run({"pixel_values": pixel_values}, self._encoded)

    def decode(self, encoded: "dict[str, NDArray[np.float32]]") -> list[Caption]:
        """Captions with their tags for encoded photos."""
        scores = [pack(row) for row in self.tag_scores(encoded["pooled"])]
        return [self._caption(found, own) for found, own in zip(self.search(encoded), scores, strict=True)]

    def tags(self, scores: bytes) -> tuple[Tag, ...] | None:
        """The tags for the ``scores`` of a caption of this bundle; None where they are of other labels."""
        return self._selector.select_packed(scores) if self._selector else () if not scores else None

    def search(self, encoded: "dict[str, NDArray[np.float32]]") -> list[list[sampler.Hypothesis]]:
        """Captions as token ids for encoded photos, best first."""
        decoding, generation = self._decoding, self._bundle.generation
        start = self._start.run(encoded)
        photos = len(encoded["pooled"])
        step = self._decoder_step
        if decoding.method == "sample":
            return sampler.sample(
                step,
                start,
                photos,
                self._rules,
                rng=np.random.default_rng(decoding.seed),
                count=decoding.count,
                temperature=decoding.temperature,
                top_p=decoding.top_p,
            )
        if decoding.method == "greedy":
            return sampler.greedy(step, start, photos, self._rules)
        penalty = generation.length_penalty if decoding.length_penalty is None else decoding.length_penalty
        width = decoding.beam_width or generation.beam_width
        return sampler.beam_search(step, start, photos, self._rules, width=width, length_penalty=penalty)

    def follow(
        self, encoded: "dict[str, NDArray[np.float32]]", token_ids: Sequence[int]
    ) -> "tuple[NDArray[np.float32], NDArray[np.float32] | None]":
        """Let every encoded photo (N) say the same caption of T tokens, whatever it would say itself.

        Returns the natural log of each token's probability (N, T), and where the bundle attends, the weight of each
        cell of the grid for each token (N, T, S).
        """
        state: sampler.State = self._start.run(encoded)
        photos = len(encoded["pooled"])
        log_probabilities = np.zeros((photos, len(token_ids)), np.float32)
        attention = []
        for t, said in enumerate((self._bundle.text.start, *token_ids[:-1])):
            outputs = self._step.run({"input_ids": np.full(photos, said, np.int64), **state})
            shifted = outputs["logits"] - outputs["logits"].max(axis=1, keepdims=True)
            log_probabilities[:, t] = shifted[:, token_ids[t]] - np.log(np.exp(shifted).sum(axis=1))
            attention += [outputs["attention"]] if "attention" in outputs else []
            state = _following(outputs)
        return log_probabilities, np.stack(attention, axis=1) if attention else None

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that the bundle knows, in the order of ``tag_scores``."""
        return self._selector.vocabulary.labels if self._selector else ()

    def tag_scores(self, pooled: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Probabilities (N, T) of all labels for pooled features (N, P)."""
        if self._tag_model is None:
            return np.zeros((len(pooled), 0), np.float32)
        return self._tag_model.run({"pooled": pooled})["tag_scores"]

    def explain(self, pixel_values: "NDArray[np.float32]") -> tuple[Decision, ...]:
        """What becomes of every entry of the vocabulary on one photo (H, W, 3), in the vocabulary's order."""
        scores = self.tag_scores(self.encode(np.stack([pixel_values]))["pooled"])
        return self._selector.decide(unpack(pack(scores[0]))) if self._selector else ()

    def detokenize(self, token_ids: Sequence[int]) -> str:
        """Sentence for token ids."""
        return self._tokenizer.decode(token_ids)

    def _caption(self, hypotheses: Sequence[sampler.Hypothesis], scores: bytes) -> Caption:
        best, *others = hypotheses
        return Caption(
            text=self.detokenize(best.token_ids),
            log_probability=round(best.log_probability, 4),
            alternatives=tuple(
                Alternative(self.detokenize(other.token_ids), round(other.log_probability, 4)) for other in others
            ),
            tags=self.tags(scores) or (),
            scores=scores,
        )

    def _decoder_step(
        self, token_ids: "NDArray[np.int64]", state: "sampler.State"
    ) -> "tuple[NDArray[np.float32], sampler.State]":
        outputs = self._step.run({"input_ids": token_ids, **state})
        return outputs["logits"], _following(outputs)

    def _check_interfaces(self) -> None:
        """Refuse graphs whose names or vocabulary do not fit together, before the first photo."""
        state = {name for name in self._step.inputs if name.startswith(_STATE)}
        carried = {name.removeprefix("next.") for name in self._step.outputs if name.startswith(_NEXT)}
        vocabulary = self._step.shapes.get("logits", (None, None))[-1]
        wrong: dict[str, Callable[[], bool]] = {
            "encoder_model.onnx gives encoder_hidden_states and pooled from pixel_values": lambda: (
                self._encoder.inputs == ("pixel_values",)
                and {"encoder_hidden_states", "pooled"} <= set(self._encoder.outputs)
            ),
            "decoder_start.onnx gives every state of decoder_step.onnx": lambda: state == set(self._start.outputs),
            "decoder_start.onnx reads what the encoder gives": lambda: (
                set(self._start.inputs) <= set(self._encoder.outputs)
            ),
            "decoder_step.onnx passes every state on": lambda: state == carried,
            "decoder_step.onnx reads input_ids and gives logits": lambda: (
                "input_ids" in self._step.inputs and "logits" in self._step.outputs
            ),
            "logits have one column a token of vocabulary.txt": lambda: vocabulary == len(self._tokenizer),
            "tag_model.onnx gives one score a label of tags.tsv": lambda: (
                self._tag_model is None
                or self._selector is None
                or self._tag_model.shapes.get("tag_scores", (None, None))[-1] == len(self.labels)
            ),
        }
        for rule, holds in wrong.items():
            if not holds():
                raise BundleError(f"bundle {self._bundle.source}: it does not hold that {rule}", "get the bundle again")


def _following(outputs: "dict[str, NDArray[np.float32]]") -> "sampler.State":
    """The state for the next step."""
    return {name.removeprefix("next."): value for name, value in outputs.items() if name.startswith(_NEXT)}


def _text(bundle: Bundle, name: str) -> str:
    try:
        return bundle.read(name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"bundle {bundle.source}: {name} is not UTF-8", "get the bundle again") from error
