"""A captioner that was trained elsewhere at work: its graphs under their usual names, its tokenizer, its rules.

Tags come from the bundle's own encoder and tag model, out of the same pixels. Interfaces are those of optimum's export
of encoder-decoder models to ONNX: ``past_key_values.*`` in, ``present.*`` out, ``use_cache_branch`` where one graph
does both. Knows neither how such a bundle is made nor what the model learned.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tagger.captioning import features, hub_search, sampler
from tagger.captioning.bundle import Bundle, ImageSpec
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.choosing import Choice
from tagger.captioning.hub import (
    CAPTION_DECODER,
    CAPTION_DECODER_MERGED,
    CAPTION_DECODER_WITH_PAST,
    CAPTION_ENCODER,
    TOKENIZER,
    HubRules,
)
from tagger.captioning.image import preprocess
from tagger.captioning.quality import candidates_of
from tagger.captioning.session import Graph
from tagger.core.errors import BundleError, RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HIDDEN, _PAST, _PRESENT, _SAID = "encoder_hidden_states", "past_key_values.", "present.", "said"
_KNOWN = {"input_ids", "attention_mask", "encoder_attention_mask", "position_ids", _HIDDEN, "use_cache_branch"}


class ImportedDecoder:
    """The decoder's graphs as one step for the searches: all that is remembered has its rows along axis 0.

    Raises BundleError for graphs with names that are not known, or that do not fit together.
    """

    def __init__(self, layout: str, graph: Callable[[str], Graph]) -> None:
        first, following = {
            "plain": (CAPTION_DECODER, CAPTION_DECODER),
            "with_past": (CAPTION_DECODER, CAPTION_DECODER_WITH_PAST),
            "merged": (CAPTION_DECODER_MERGED, CAPTION_DECODER_MERGED),
        }[layout]
        self._first = graph(first)
        self._following = self._first if following == first else graph(following)
        self._whole = layout == "plain"
        self._check()

    def start(self, hidden: "NDArray[np.float32]") -> "sampler.State":
        """What the first step needs of encoded photos (N, S, D)."""
        return {_HIDDEN: hidden, _SAID: np.zeros((len(hidden), 0), np.int64)}

    def step(
        self, token_ids: "NDArray[np.int64]", state: "sampler.State"
    ) -> "tuple[NDArray[np.float32], sampler.State]":
        """One token a row (R,) -> logits (R, V) of the next, and what is remembered."""
        said = np.concatenate([state[_SAID], token_ids[:, None]], axis=1)
        begins = said.shape[1] == 1
        graph = self._first if begins else self._following
        feed: dict[str, NDArray[Any]] = dict(state)
        feed["input_ids"] = said if self._whole else token_ids[:, None]
        feed["attention_mask"] = np.ones(said.shape, np.int64)
        feed["encoder_attention_mask"] = np.ones(state[_HIDDEN].shape[:2], np.int64)
        places = np.arange(said.shape[1])
        feed["position_ids"] = np.broadcast_to(places if self._whole else places[-1:], feed["input_ids"].shape)
        feed["use_cache_branch"] = np.array([not begins])
        if begins and not self._whole:
            feed |= self._nothing(len(said))
        outputs = graph.run(feed)
        # What is remembered of the photo itself comes with the first step only, or empty afterwards.
        fresh = {
            _PAST + name.removeprefix(_PRESENT): value
            for name, value in outputs.items()
            if name.startswith(_PRESENT) and not self._whole and (begins or ".encoder." not in name)
        }
        return outputs["logits"][:, -1], {**state, **fresh, _SAID: said}

    @property
    def vocabulary(self) -> object:
        """How many tokens there are logits for: a number, or a name where the graph does not say."""
        return self._first.shapes["logits"][-1]

    def _nothing(self, rows: int) -> "dict[str, NDArray[np.float32]]":
        """What is remembered before the first step, for a graph that asks even then."""
        shapes = {name: self._first.shapes[name] for name in self._first.inputs if name.startswith(_PAST)}
        return {name: np.zeros((rows, shape[1], 1, shape[3]), np.float32) for name, shape in shapes.items()}

    def _check(self) -> None:
        for graph in (self._first, self._following):
            unknown = [name for name in graph.inputs if name not in _KNOWN and not name.startswith(_PAST)]
            if unknown:
                raise BundleError(
                    f"{graph.name} wants {', '.join(unknown)}, which is not known here",
                    "export the model with its encoder and decoder apart",
                )
            if "input_ids" not in graph.inputs or "logits" not in graph.outputs:
                raise BundleError(
                    f"{graph.name} does not read input_ids and give logits", "export it as a text decoder"
                )
        if _HIDDEN not in self._first.inputs:
            raise BundleError(
                f"{self._first.name} does not read {_HIDDEN}", "a captioner's decoder looks at the photo: export that"
            )
        past = {name for name in self._following.inputs if name.startswith(_PAST)}
        given = {_PAST + name.removeprefix(_PRESENT) for name in self._first.outputs if name.startswith(_PRESENT)}
        if self._whole and past:
            raise BundleError(
                f"{self._first.name} wants past_key_values at once", "export the decoder without a past, or merged"
            )
        if missing := sorted(past - given):
            raise BundleError(
                f"{self._first.name} does not give {missing[0].replace(_PAST, _PRESENT)}", "export both graphs together"
            )
        for name in past & set(self._first.inputs):
            shape = self._first.shapes[name]
            if len(shape) != 4 or not isinstance(shape[1], int) or not isinstance(shape[3], int):
                raise BundleError(f"{self._first.name}: {name} has an unknown shape", "export the model again")


class ImportedCaptioner(OnnxCaptioner):
    """Captions from a model that was trained elsewhere, tags from ours (implements ``Captioner``).

    Raises BundleError for graphs that do not fit together, RunError where the tokenizers package is missing.
    """

    def _open(self, graph: Callable[[str], Graph]) -> None:
        bundle = self._bundle
        imported = bundle.imported
        if imported is None:
            raise BundleError(f"bundle {bundle.source} was not imported", "open it with open_captioner")
        self._hub_rules: HubRules = imported.rules
        self._tag_image = imported.tag_image
        self._encoder = graph(CAPTION_ENCODER)
        self._tag_encoder = graph("encoder_model.onnx") if bundle.tags else None
        self._decoder = ImportedDecoder(imported.layout, graph)
        self._words = _read_tokenizer(bundle)

    def _check_interfaces(self) -> None:
        if self._encoder.inputs != ("pixel_values",):
            raise BundleError(f"{self._encoder.name} does not read pixel_values alone", "export it as a photo encoder")
        named = {"last_hidden_state", _HIDDEN} & set(self._encoder.outputs)
        if not named:
            raise BundleError(f"{self._encoder.name} does not give last_hidden_state", "export it as a photo encoder")
        self._hidden = named.pop()
        vocabulary = self._decoder.vocabulary
        highest = max(self._hub_rules.tokens)
        if isinstance(vocabulary, int) and highest >= vocabulary:
            raise BundleError(
                f"bundle {self._bundle.source}: its rules name token {highest}, the decoder has {vocabulary}",
                "correct generation_config.json and import it again",
            )
        if self._tag_model and self._tag_model.shapes.get("tag_scores", (None,))[-1] != len(self.labels):
            raise BundleError(
                f"{self._tag_model.name} does not give one score a label of tags.tsv", "get the bundle again"
            )

    @property
    def attends(self) -> bool:
        """Never: such graphs do not say where they look."""
        return False

    def describe(self, batch: "Sequence[NDArray[np.float32]]") -> list[bytes]:
        """What photos look like to the tags' encoder (see ``features``); the captioner's own is not run."""
        return features.describe_all(self._pooled(np.stack(batch)), batch) if batch else []

    def encode(self, pixel_values: "NDArray[np.float32]") -> "dict[str, NDArray[np.float32]]":
        """``pixel_values`` (N, H, W, 3) -> ``pooled`` (N, P) for the tags, ``encoder_hidden_states`` (N, S, D)."""
        channels_first = np.ascontiguousarray(pixel_values.transpose(0, 3, 1, 2))
        hidden = self._encoder.run({"pixel_values": channels_first}, (self._hidden,))[self._hidden]
        return {"pooled": self._pooled(pixel_values), _HIDDEN: hidden}

    def choose(
        self,
        encoded: "dict[str, NDArray[np.float32]]",
        scores: "NDArray[np.float32]",  # noqa: ARG002 - such a model is not told the tags
    ) -> list[Choice]:
        """Captions for encoded photos, as the model's own search ranks them."""
        return [Choice(found) for found in self.search(encoded)]

    def search(self, encoded: "dict[str, NDArray[np.float32]]") -> list[list[sampler.Hypothesis]]:
        """Captions as token ids for encoded photos, best first, by the rules that came with the model."""
        decoding, generation, rules = self._decoding, self._bundle.generation, self._hub_rules
        start, photos, step = self._decoder.start(encoded[_HIDDEN]), len(encoded[_HIDDEN]), self._decoder.step
        if decoding.method == "sample":
            return sampler.sample(
                step,
                start,
                photos,
                sampler.Rules(
                    start=rules.start,
                    end=rules.ends[0],
                    max_length=max(1, rules.max_length - 2),  # here the start and the end count
                    never=(*rules.ends[1:], *rules.suppressed),
                    no_repeat_ngram=rules.no_repeat_ngram,
                ),
                rng=np.random.default_rng(decoding.seed),
                count=decoding.count,
                temperature=decoding.temperature,
                top_p=decoding.top_p,
            )
        wide = candidates_of(generation, decoding.quality, decoding.beam_width).beam_width
        width = 1 if decoding.method == "greedy" else wide
        penalty = generation.length_penalty if decoding.length_penalty is None else decoding.length_penalty
        found = (
            hub_search.greedy(step, start, photos, rules)
            if width == 1
            else hub_search.beam_search(step, start, photos, rules, width=width, length_penalty=penalty)
        )
        if not all(found):
            raise BundleError(f"{self._encoder.name}: a photo gives no caption, only numbers that are none", "drop it")
        # A caption without words says nothing: where others have some, it comes last.
        return [sorted(each, key=lambda one: not self.detokenize(one.token_ids)) for each in found]

    def follow(
        self, encoded: "dict[str, NDArray[np.float32]]", token_ids: Sequence[int]
    ) -> "tuple[NDArray[np.float32], NDArray[np.float32] | None]":
        """Let every encoded photo (N) say the same caption of T tokens, whatever it would say itself.

        Returns the natural log of each token's probability (N, T), and no weights.
        """
        state = self._decoder.start(encoded[_HIDDEN])
        log_probabilities = np.zeros((len(encoded[_HIDDEN]), len(token_ids)), np.float32)
        for t, said in enumerate((self._hub_rules.start, *token_ids[:-1])):
            logits, state = self._decoder.step(np.full(len(log_probabilities), said, np.int64), state)
            log_probabilities[:, t] = sampler.log_softmax(logits)[:, token_ids[t]]
        return log_probabilities, None

    def detokenize(self, token_ids: Sequence[int]) -> str:
        """Sentence for token ids, on one line."""
        text = self._words.decode(list(token_ids), skip_special_tokens=True)
        return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())

    def _pooled(self, pixel_values: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Features (N, P) by the tags' encoder, which wants the pixels at another size and scale."""
        if self._tag_encoder is None or self._tag_image is None:
            return np.zeros((len(pixel_values), 1), np.float32)
        seen = np.stack(list(_as_wanted(pixel_values, self._bundle.image, self._tag_image)))
        return self._tag_encoder.run({"pixel_values": seen}, ("pooled",))["pooled"]


def _as_wanted(
    pixel_values: "NDArray[np.float32]", given: ImageSpec, wanted: ImageSpec
) -> "Iterator[NDArray[np.float32]]":
    """``pixel_values`` (N, H, W, 3) by one spec as those of another: the photo itself is not read again."""
    from PIL import Image

    std, mean = (np.asarray(numbers, np.float32) for numbers in (given.std, given.mean))
    colours = (pixel_values * std + mean) / np.float32(given.scale)
    for pixels in np.rint(colours).clip(0, 255).astype(np.uint8):
        rgb = pixels[..., ::-1] if given.color_order == "BGR" else pixels
        resized = Image.fromarray(rgb).resize((wanted.size, wanted.size), Image.Resampling.BICUBIC)
        yield preprocess(np.asarray(resized), wanted)


def _read_tokenizer(bundle: Bundle) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise RunError(
            f"bundle {bundle.source} needs the package tokenizers, which is not installed",
            "pip install 'tagger-photos[hub]'",
        ) from error
    try:
        return Tokenizer.from_str(bundle.read(TOKENIZER).decode("utf-8"))
    except BundleError:
        raise
    except Exception as error:  # tokenizers raises Exception itself
        raise BundleError(f"bundle {bundle.source}: {TOKENIZER} cannot be read: {error}", "import it again") from error
