"""Which parts of a bundle become int8: those whose int8 form costs the captions and tags little. Knows no Keras.

One part after the other is made int8, and the bundle is scored with it. A part stays float32 where CIDEr, or the mean
average precision of the tags, falls by 2 % or more below that of the float32 bundle; so no bundle loses more than that.
Without a data set to score on, a part stays float32 where the features change too much.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger.captioning.bundle import load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.session import Graph
from tagger_export.checks import Check, Interface, check_interface, check_tokens, decodings, require
from tagger_export.manifest import replace_graphs
from tagger_export.quantize import check_quantized, quantize_encoder, quantize_products

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tagger_export.evaluation import Evaluation

PARTS = {
    "encoder": ("encoder_model.onnx",),
    "decoder": ("decoder_start.onnx", "decoder_step.onnx"),
    "tags": ("tag_model.onnx",),
}
MOST_LOST = 0.02
"""Share of each score that an int8 bundle has to lose less than."""

_COMPARED = 32  # calibration photos whose features are compared


@dataclass(frozen=True, slots=True)
class Trial:
    """int8 tried on one part: whether it was kept, and what was seen.

    ``scores`` are those of the bundle by name, in float32 and with it; none where there was no data set.
    """

    part: str
    kept: bool
    seen: str
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        scores = {name: {"float32": round(a, 4), "int8": round(b, 4)} for name, (a, b) in self.scores.items()}
        return {"part": self.part, "kept": self.kept, "seen": self.seen, "scores": scores}


def make_int8(
    folder: Path,
    interfaces: Mapping[str, Interface],
    pictures: "Sequence[NDArray[np.float32]]",
    golden: "NDArray[np.float32]",
    *,
    score: "Callable[[Path], Evaluation] | None",
    report: Callable[[Check], None],
) -> "tuple[tuple[Trial, ...], Evaluation | None]":
    """Replace the graphs of the float32 bundle in ``folder`` where that costs little.

    ``pictures`` (H, W, 3) calibrate the encoder. ``golden`` (N, H, W, 3) are those whose tokens were compared with
    Keras: how many still agree is reported. ``score`` measures a bundle folder. Returns what came of each part, and
    the score of the bundle as it is left. Raises RunError for an int8 graph that is not what float32 was.
    """
    said = {method: captioner.search(captioner.encode(golden)) for method, captioner in _captioners(folder).items()}
    reference = left = score(folder) if score else None
    trials = []
    for part, files in PARTS.items():
        if not interfaces.keys() >= set(files):
            continue  # a bundle without tags
        originals = {file: (folder / file).read_bytes() for file in files}
        smaller, similar = _quantize(part, originals, pictures)
        checks = [c for file in files for c in check_interface(file, Graph(smaller[file], name=file), interfaces[file])]
        require(checks)
        replace_graphs(folder, smaller, "int8")
        if score and reference:
            found = score(folder)
            trial = _judge(part, similar, reference, found)
            left = found if trial.kept else left
        elif similar:
            trial = Trial(part, similar.holds, similar.seen)
        else:
            trial = Trial(part, kept=True, seen="not measured")
        if not trial.kept:
            replace_graphs(folder, originals, "float32")
        trials.append(trial)
        what = "int8" if trial.kept else "stays float32"
        report(Check(f"int8: {part}", holds=True, seen=f"{what}: {trial.seen}"))
    if any(trial.kept for trial in trials):
        # int8 may say other words than Keras: that is reported, and CIDEr decides.
        for check in check_tokens(_captioners(folder), golden, lambda _, method: said[method]):
            report(replace(check, name=f"int8: {check.name}", holds=True))
    return tuple(trials), left


def _quantize(
    part: str, originals: Mapping[str, bytes], pictures: "Sequence[NDArray[np.float32]]"
) -> tuple[dict[str, bytes], Check | None]:
    """The int8 graphs of a part; of the encoder also whether its features are still nearly the same."""
    if part != "encoder":
        return {file: quantize_products(content) for file, content in originals.items()}, None
    ((file, original),) = originals.items()
    smaller = quantize_encoder(original, pictures)
    return {file: smaller}, check_quantized(original, smaller, pictures[:_COMPARED])


def _judge(part: str, similar: Check | None, reference: "Evaluation", found: "Evaluation") -> Trial:
    scores = {"CIDEr": (reference.caption_scores.cider, found.caption_scores.cider)}
    if reference.tag_scores and found.tag_scores:
        scores["tags' mean average precision"] = (
            reference.tag_scores.mean_average_precision,
            found.tag_scores.mean_average_precision,
        )
    seen = [similar.seen] if similar else []
    for name, (before, after) in scores.items():
        change = f" ({after / before - 1:+.1%})" if before > 0 else ""
        seen.append(f"{name} {before:.3f} in float32, {after:.3f} with it{change}")
    kept = all(after >= before or before - after < MOST_LOST * before for before, after in scores.values())
    return Trial(part, kept, "; ".join(seen), scores)


def _captioners(folder: Path) -> dict[str, OnnxCaptioner]:
    bundle = load_bundle(folder)
    return {name: OnnxCaptioner(bundle, decoding=decoding) for name, decoding in decodings().items()}
