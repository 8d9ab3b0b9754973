"""A bundle at work: encode once, loop the decoder step, detokenize. Batch in, batch out."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from tagger.captioning import features, sampler
from tagger.captioning.agreement import Agreement
from tagger.captioning.bundle import NGRAM_MODEL, VOCABULARY, Bundle, decoder_files
from tagger.captioning.candidates import Candidate
from tagger.captioning.choosing import Choice, Chooser, open_chooser
from tagger.captioning.decoders import Decoder
from tagger.captioning.generation import View
from tagger.captioning.guiding import Guide
from tagger.captioning.interfaces import TAG_PROBABILITIES, Graphs, check_interfaces, told
from tagger.captioning.quality import Quality, candidates_of, ranks
from tagger.captioning.searching import Searching
from tagger.captioning.selection import Decision, TagSelector, pack, unpack
from tagger.captioning.session import Device, Graph
from tagger.captioning.tags import Label, load_labels
from tagger.captioning.tokenizer import Tokenizer
from tagger.captioning.views import WHOLE, named, pictures_of, read_views, seen, views_of, whole
from tagger.captioning.vocabulary import Vocabulary
from tagger.core.errors import BundleError
from tagger.core.records import Alternative, Caption, Photo, Tag

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Decoding:
    """How captions are searched for. ``None``: as the bundle says. ``quality`` is of the method beam."""

    method: Literal["beam", "greedy", "sample"] = "beam"
    quality: Quality = "default"
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

        self._chooser: Chooser | None = None
        self._ngram_model: Graph | None = None
        self._tag_model = graph("tag_model.onnx") if bundle.tags else None
        self._selector = TagSelector(Vocabulary(load_labels(bundle))) if bundle.tags else None
        self._agreement = Agreement(self.labels)
        self._open(graph)
        self._check_interfaces()

    def _open(self, graph: Callable[[str], Graph]) -> None:
        """Load what makes captions."""
        bundle, text = self._bundle, self._bundle.text
        self._encoder = graph("encoder_model.onnx")
        self._decoders = [Decoder(*map(graph, decoder_files(number))) for number in range(bundle.decoders)]
        try:
            self._tokenizer = Tokenizer(_text(bundle, VOCABULARY).splitlines(), text)
        except ValueError as error:
            raise BundleError(f"bundle {bundle.source}: {VOCABULARY}: {error}", "get the bundle again") from error
        # The grid leaves the encoder only where the decoder reads it.
        self._encoded = tuple(frozenset({"pooled"}).union(*(decoder.reads for decoder in self._decoders)))
        self._ngram_model = graph(NGRAM_MODEL) if NGRAM_MODEL in bundle.files else None
        self._chooser = open_chooser(bundle, self._tokenizer, self.labels, expects=self._ngram_model is not None)
        rules = sampler.Rules(
            start=text.start,
            end=text.end,
            max_length=text.max_length,
            never=(text.padding, text.unknown),
            no_repeat_ngram=bundle.generation.no_repeat_ngram,
        )
        words = self._tokenizer.vocabulary
        guide = Guide(self._chooser.describing.phrases, len(words)) if self._chooser and self._ngram_model else None
        self._searching = Searching(self._decoders, rules, words, guide)

    def speaking(self, vocabulary: Vocabulary) -> "OnnxCaptioner":
        """The same captioner, its graphs shared, whose tags are in the user's words."""
        other = copy.copy(self)
        other._selector = TagSelector(vocabulary) if self._selector else None
        return other

    def at(self, quality: Quality) -> "OnnxCaptioner":
        """The same captioner, its graphs shared, which takes as much trouble as this quality says."""
        other = copy.copy(self)
        other._decoding = replace(self._decoding, quality=quality)
        return other

    @property
    def bundle(self) -> Bundle:
        """What it was made from."""
        return self._bundle

    @property
    def tokenizer(self) -> Tokenizer:
        """The words that the decoder knows."""
        return self._tokenizer

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
        return self._decoders[0].attends

    @property
    def views(self) -> tuple[View, ...]:
        """The views of a photo that this quality looks at."""
        return views_of(self._bundle, self._decoding.quality) if self._decoding.method == "beam" else (WHOLE,)

    def prepare(self, photo: Photo) -> "NDArray[np.float32]":
        """Read a photo into ``pixel_values`` (see ``read_views``). Thread-safe. Raises PhotoError."""
        return read_views(photo.path, self._bundle.image, self.views)

    def generate(self, batch: "Sequence[NDArray[np.float32]]") -> list[Caption]:
        """Caption a batch of ``pixel_values``; same length and order out."""
        if not batch:
            return []
        encoded = self.encode(np.stack(batch))
        looks = features.describe_all(encoded["pooled"], list(map(whole, batch)))
        return [replace(caption, features=own) for caption, own in zip(self.decode(encoded), looks, strict=True)]

    def describe(self, batch: "Sequence[NDArray[np.float32]]") -> list[bytes]:
        """What photos look like to the model (see ``features``), from a batch of ``pixel_values``; says nothing."""
        pictures = list(map(whole, batch))
        return features.describe_all(self.at("fast").encode(np.stack(pictures))["pooled"], pictures) if batch else []

    def encode(self, pixel_values: "NDArray[np.float32]") -> "dict[str, NDArray[np.float32]]":
        """``pixel_values`` of N photos -> ``pooled`` (N, P), ``encoder_hidden_states`` where a decoder reads it.

        Of every view, named as ``views`` names them.
        """
        encoded: dict[str, NDArray[np.float32]] = {}
        for view, pictures in pictures_of(pixel_values, self.views).items():
            encoded |= named(self._encoder.run({"pixel_values": pictures}, self._encoded), view)
        return encoded

    def decode(self, encoded: "dict[str, NDArray[np.float32]]") -> list[Caption]:
        """Captions with their tags for encoded photos; the tags agree with the caption (see ``agreement``)."""
        scores = self.scores(encoded)
        return [self._caption(choice, own) for choice, own in zip(self.choose(encoded, scores), scores, strict=True)]

    def tags(self, scores: bytes) -> tuple[Tag, ...] | None:
        """The tags for the ``scores`` of a caption of this bundle; None where they are of other labels."""
        return self._selector.select_packed(scores) if self._selector else () if not scores else None

    def search(self, encoded: "dict[str, NDArray[np.float32]]") -> list[list[sampler.Hypothesis]]:
        """Captions as token ids for encoded photos, best first."""
        return [choice.hypotheses for choice in self.choose(encoded, self.scores(encoded))]

    def choose(self, encoded: "dict[str, NDArray[np.float32]]", scores: "NDArray[np.float32]") -> list[Choice]:
        """Captions for encoded photos whose labels have the probabilities ``scores`` (N, T)."""
        decoding = self._decoding
        if decoding.method == "greedy":
            return [Choice(each) for each in self._searching.greedy(encoded, scores)]
        if decoding.method == "sample":
            drawn = self._searching.sample(
                encoded,
                scores,
                count=decoding.count,
                temperature=decoding.temperature,
                top_p=decoding.top_p,
                seed=decoding.seed,
            )
            return [Choice(each) for each in drawn]
        expected = self.expected(encoded, scores)
        found = self.candidates(encoded, scores, expected)
        if self._chooser is None:
            return [Choice([candidate.hypothesis for candidate in each]) for each in found]
        return [
            self._chooser.choose(each, own, expected[i] if len(expected) else None, decoding.quality)
            for i, (each, own) in enumerate(zip(found, scores, strict=True))
        ]

    def candidates(
        self,
        encoded: "dict[str, NDArray[np.float32]]",
        scores: "NDArray[np.float32]",
        expected: "NDArray[np.float32]",
    ) -> list[list[Candidate]]:
        """What a beam finds of each encoded photo, best first, then what is drawn of it; each caption once.

        ``scores`` and ``expected`` are of the methods with these names. Where the bundle chooses among them, those that
        name a thing twice are left out, unless all do.
        """
        decoding, generation = self._decoding, self._bundle.generation
        each = self._searching.candidates(
            encoded,
            scores,
            expected,
            candidates_of(generation, decoding.quality, decoding.beam_width),
            length_penalty=generation.length_penalty if decoding.length_penalty is None else decoding.length_penalty,
        )
        return list(map(self._searching.without_repeats, each)) if ranks(generation, decoding.quality) else each

    def expected(
        self, encoded: "dict[str, NDArray[np.float32]]", scores: "NDArray[np.float32]"
    ) -> "NDArray[np.float32]":
        """What people's captions would have of the first K phrases of ``ngrams.tsv`` (N, K), the mean over the views.

        (0, 0) where the bundle has no model of them.
        """
        if self._ngram_model is None:
            return np.zeros((0, 0), np.float32)
        tags = scores[:, : told(self._ngram_model)]
        read = ({"pooled": seen(encoded, view)["pooled"], TAG_PROBABILITIES: tags} for view in self.views)
        found = [self._ngram_model.run(one, ("expected",))["expected"] for one in read]
        return np.asarray(np.mean(found, axis=0, dtype=np.float32))

    def follow(
        self, encoded: "dict[str, NDArray[np.float32]]", token_ids: Sequence[int]
    ) -> "tuple[NDArray[np.float32], NDArray[np.float32] | None]":
        """Let every encoded photo (N) say the same caption of T tokens, whatever it would say itself.

        Returns the natural log of each token's probability (N, T), and where the bundle attends, the weight of each
        cell of the grid for each token (N, T, S).
        """
        decoder = self._decoders[0]
        state = decoder.started(seen(encoded, WHOLE), self.tag_scores(encoded["pooled"]))
        return decoder.follow(state, [self._bundle.text.start, *token_ids])

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that the bundle knows, in the order of ``tag_scores``."""
        return self._selector.vocabulary.labels if self._selector else ()

    def tag_scores(self, pooled: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Probabilities (N, T) of all labels for pooled features (N, P)."""
        if self._tag_model is None:
            return np.zeros((len(pooled), 0), np.float32)
        return self._tag_model.run({"pooled": pooled})["tag_scores"]

    def scores(self, encoded: "dict[str, NDArray[np.float32]]") -> "NDArray[np.float32]":
        """Probabilities (N, T) of all labels for encoded photos: the mean over the views of this quality."""
        found = [self.tag_scores(seen(encoded, view)["pooled"]) for view in self.views]
        return found[0] if len(found) == 1 else np.mean(found, axis=0, dtype=np.float32)

    def explain(self, pixel_values: "NDArray[np.float32]") -> tuple[Decision, ...]:
        """What becomes of every entry of the vocabulary on one photo (H, W, 3), in the vocabulary's order."""
        if self._selector is None:
            return ()
        (caption,) = self.decode(self.encode(np.stack([pixel_values])))
        return self._selector.decide(unpack(caption.scores or b""))

    def detokenize(self, token_ids: Sequence[int]) -> str:
        """Sentence for token ids."""
        return self._tokenizer.decode(token_ids)

    def _caption(self, choice: Choice, scores: "NDArray[np.float32]") -> Caption:
        best, *others = choice.hypotheses
        caption = Caption(
            text=self.detokenize(best.token_ids),
            log_probability=round(best.log_probability, 4),
            alternatives=tuple(
                Alternative(self.detokenize(other.token_ids), round(other.log_probability, 4)) for other in others
            ),
            confidence=None if choice.confidence is None else round(choice.confidence, 4),
        )
        agreed = pack(self._agreement.agreed(scores, caption.text, caption.score))
        return replace(caption, tags=self.tags(agreed) or (), scores=agreed)

    def _check_interfaces(self) -> None:
        check_interfaces(
            self._bundle,
            Graphs(
                self._encoder, [(one.start, one.step) for one in self._decoders], self._tag_model, self._ngram_model
            ),
            tokens=len(self._tokenizer),
            labels=len(self.labels),
            phrases=len(self._chooser.describing.phrases.known) if self._chooser else 0,
        )


def _text(bundle: Bundle, name: str) -> str:
    try:
        return bundle.read(name).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"bundle {bundle.source}: {name} is not UTF-8", "get the bundle again") from error
