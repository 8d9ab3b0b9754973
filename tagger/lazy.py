"""A captioner that loads ONNX Runtime and the model only when the first photo needs them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from tagger.captioning.bundle import RERANKER, Bundle
from tagger.captioning.quality import candidates_of, ranks
from tagger.captioning.selection import TagSelector
from tagger.captioning.tags import load_labels
from tagger.captioning.vocabulary import TagRules, Vocabulary
from tagger.captioning.wording import Wording, neutral_rules
from tagger.config import Settings
from tagger.core.records import Caption, Photo, Tag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tagger.captioning.captioner import Decoding, OnnxCaptioner
    from tagger.captioning.isolated import Decoder


class LazyCaptioner:
    """A captioner that is built when the first photo needs it: a run that finds nothing to do loads no model.

    ``threads`` bounds the cores that the model uses (0: all). Raises RunError where the user's vocabulary does not fit
    the bundle.
    """

    def __init__(
        self,
        bundle: Bundle,
        settings: Settings,
        decoding: "Decoding",
        *,
        threads: int = 0,
        model: "_Model | None" = None,
    ) -> None:
        self.bundle = bundle
        labels = load_labels(bundle)
        rules = neutral_rules(settings.tags, [label.label for label in labels]) if settings.neutral else settings.tags
        self.vocabulary = Vocabulary(labels, rules, bundle=bundle.model_id)
        self._wording = Wording(settings.caption_style, settings.neutral)
        self._settings, self._decoding = settings, decoding
        self._model = model or _Model(threads)
        self._speaking: OnnxCaptioner | None = None
        self._selector: TagSelector | None = None

    def under(self, rules: TagRules) -> "LazyCaptioner":
        """A captioner with these rules for its tags, which shares its model with this one. Raises RunError."""
        if rules == self._settings.tags:
            return self
        return LazyCaptioner(self.bundle, self._settings.replace(tags=rules), self._decoding, model=self._model)

    @property
    def model_id(self) -> str:
        """Name and version of the bundle."""
        return self.bundle.model_id

    @property
    def fingerprint(self) -> str:
        """Everything besides the model that shapes a caption."""
        d, g = self._decoding, self.bundle.generation
        penalty = g.length_penalty if d.length_penalty is None else d.length_penalty
        if d.method == "sample":
            search = f"sample t{d.temperature:g} p{d.top_p:g} n{d.count} s{d.seed}"
        elif d.method == "beam":
            spec = candidates_of(g, d.quality, d.beam_width)
            search = f"beam {spec.beam_width} {penalty:g}"
            if RERANKER in self.bundle.files:  # the same bundle may have learned anew to choose
                search = f"{d.quality} {search} s{spec.samples} {self.bundle.files[RERANKER][:8]}"
        else:
            search = d.method
        return " ".join(filter(None, (search, self._wording.fingerprint)))

    @property
    def unsure_below(self) -> float:
        """The confidence under which the bundle would have captions wait for a person; 0 where the user says it."""
        if self._settings.review_below is not None or self._decoding.method != "beam":
            return 0.0
        return self.bundle.generation.review_below.get(self._decoding.quality, 0.0)

    @property
    def quality_note(self) -> str:
        """What to tell a user who asked for the best of a bundle that cannot choose; empty otherwise."""
        decoding, generation = self._decoding, self.bundle.generation
        if decoding.quality != "best" or decoding.method != "beam" or ranks(generation, "best"):
            return ""
        width = candidates_of(generation, "best", decoding.beam_width).beam_width
        return f"{self.model_id} did not learn to choose among captions: best is a beam of {width} here"

    @property
    def device_note(self) -> str:
        """What to tell a user who asked for CUDA and does not get it; empty otherwise or while nothing is loaded."""
        built = self._model.built
        if self._settings.device == "cuda" and built and not built.provider.startswith("CUDA"):
            return "CUDA was asked for but is not there: running on the CPU (tagger doctor says more)"
        return ""

    @property
    def provider(self) -> str:
        """Where the model runs; empty while it is not loaded."""
        return self._model.built.provider if self._model.built else ""

    def prepare(self, photo: Photo) -> "NDArray[np.float32]":
        """Read one photo into ``pixel_values``; needs no model."""
        from tagger.captioning.views import read_views, views_of

        views = views_of(self.bundle, self._decoding.quality) if self._decoding.method == "beam" else ()
        return read_views(photo.path, self.bundle.image, views, decoder=self._decoder())

    def _decoder(self) -> "Decoder":
        from tagger.captioning.isolated import Decoder

        with self._model.lock:
            self._model.decoder = self._model.decoder or Decoder()
            return self._model.decoder

    def generate(self, batch: "Sequence[NDArray[np.float32]]") -> list[Caption]:
        """Caption a batch, building the captioner first where that is still to do."""
        return [self._wording.worded(caption) for caption in self.captioner().generate(batch)]

    def tags(self, scores: bytes) -> tuple[Tag, ...] | None:
        """The tags for the ``scores`` of a caption of this bundle, no model needed; None where they are of others."""
        if not self.bundle.tags:
            return () if not scores else None
        with self._model.lock:
            self._selector = self._selector or TagSelector(self.vocabulary)
        return self._selector.select_packed(scores)

    def describe(self, batch: "Sequence[NDArray[np.float32]]") -> list[bytes]:
        """What photos look like to the model, from a batch of ``pixel_values``."""
        return self.captioner().describe(batch)

    def captioner(self) -> "OnnxCaptioner":
        """The real captioner. Raises BundleError, RunError."""
        from tagger.captioning.opening import open_captioner

        with self._model.lock:
            if self._model.built is None:
                self._model.built = open_captioner(
                    self.bundle, device=self._settings.device, threads=self._model.threads, decoding=self._decoding
                )
            if self._speaking is None:
                self._speaking = self._model.built.speaking(self.vocabulary)
            return self._speaking


@dataclass(slots=True)
class _Model:
    """A loaded bundle and the processes that decode, shared by captioners whose vocabularies differ."""

    threads: int = 0
    built: "OnnxCaptioner | None" = None
    decoder: "Decoder | None" = None
    lock: Lock = field(default_factory=Lock)
