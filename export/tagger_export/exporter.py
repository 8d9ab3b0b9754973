"""Training run -> graphs -> checks -> bundle folder. Nothing is left behind unless every check holds."""

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tagger_training.concepts import load_concepts
from tagger_training.encoders import build_encoder
from tagger_training.run import Run
from tagger_training.seeing import Seeing
from tagger_training.systems.prefix import PrefixDecoder
from tagger_training.tag_head import load_tag_head

import tagger
from tagger.captioning import sampler
from tagger.captioning.bundle import FORMAT, TAGS, VOCABULARY, load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.generation import GenerationSpec
from tagger.captioning.image import load_image, preprocess
from tagger.captioning.tags import format_labels
from tagger.core.errors import PhotoError, RunError
from tagger_export.checkpoint import exportable_model
from tagger_export.checks import BEAM_WIDTH, Check, Interface, check_graph, check_tokens, decodings, require
from tagger_export.graphs import OPSET, to_onnx
from tagger_export.int8 import Trial, make_int8
from tagger_export.manifest import write_manifest
from tagger_export.tag_table import tag_labels

if TYPE_CHECKING:
    from tagger_export.evaluation import Evaluation


GOLDEN_PHOTOS = 28
"""At most so many of the photos are compared token by token: all of them go through the encoder at once."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One graph to be made: the Keras model and its interface."""

    model: Any
    interface: Interface


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Name and version of the bundle, decoding defaults, and photos for the token check besides the made-up ones.

    ``calibration`` photos let its parts become int8; without any it stays float32. ``score`` measures a bundle folder:
    with it, the bundle is scored, and parts whose int8 form costs too much stay float32.
    """

    name: str
    version: str
    generation: GenerationSpec = field(default_factory=GenerationSpec)
    photos: tuple[Path, ...] = ()
    calibration: tuple[Path, ...] = ()
    score: "Callable[[Path], Evaluation] | None" = None
    opset: int = OPSET


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished bundle folder, what int8 did to its parts, and its score where there was something to score it on."""

    folder: Path
    trials: tuple[Trial, ...]
    evaluation: "Evaluation | None"


def export_run(run: Run, out: Path, options: ExportOptions, *, report: Callable[[Check], None]) -> Exported:
    """Export the best checkpoint of ``run`` as the bundle folder ``out``; every check is given to ``report``.

    Raises RunError for a run that cannot be stepped, and where a check does not hold; then ``out`` does not exist.
    """
    if out.exists():
        raise RunError(f"{out} exists already", "choose another folder, or remove it")
    model, encoder = exportable_model(run), build_encoder(run.config.encoder_spec, run.weights)
    parts = _parts(run, model, encoder)
    with_tags = "tag_model.onnx" in parts
    checks: list[Check] = []
    graphs: dict[str, bytes] = {}
    for file, part in parts.items():
        integers = part.interface.integers
        inputs = {n: (shape, "int64" if n in integers else "float32") for n, shape in part.interface.inputs.items()}
        graphs[file] = to_onnx(part.model, inputs, opset=options.opset)
        for check in check_graph(file, graphs[file], part.interface, _reference(part.model)):
            report(check)
            checks.append(check)
    require(checks)
    temporary = out.with_name(out.name + ".unfinished")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        files: dict[str, bytes] = dict(graphs)
        files[VOCABULARY] = "".join(token + "\n" for token in run.tokenizer.vocabulary).encode()
        if with_tags:
            files[TAGS] = _tags_table(run).encode()
        for name, content in files.items():
            (temporary / name).write_bytes(content)
        write_manifest(temporary, _manifest(run, options, parts, files, with_tags=with_tags))
        golden = _golden_pictures(run, options.photos)
        checks = list(_token_checks(run, temporary, model, encoder, golden, report))
        require(checks)
        trials: tuple[Trial, ...] = ()
        evaluation = None
        if options.calibration:
            interfaces = {file: part.interface for file, part in parts.items()}
            pictures = _pictures(run, options.calibration)
            trials, evaluation = make_int8(temporary, interfaces, pictures, golden, score=options.score, report=report)
        elif options.score:
            evaluation = options.score(temporary)
        temporary.rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Exported(out, trials, evaluation)


def _pictures(run: Run, photos: Sequence[Path]) -> "list[NDArray[np.float32]]":
    """``pixel_values`` (H, W, 3) of the photos that can be read."""
    spec = run.config.encoder_spec.image
    pictures = []
    for path in photos:
        with suppress(PhotoError):
            pictures.append(preprocess(load_image(path, spec), spec))
    if not pictures:
        raise RunError("none of the photos that int8 is calibrated on can be read", "name others with --photos")
    return pictures


def _golden_pictures(run: Run, photos: Sequence[Path]) -> "NDArray[np.float32]":
    """``pixel_values`` (N, H, W, 3) on which tokens are compared: made-up pictures and photos, evenly chosen."""
    spec = run.config.encoder_spec.image
    made_up = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    made_up = np.repeat(np.repeat(made_up, spec.size // 8 + 1, axis=1), spec.size // 8 + 1, axis=2)
    chosen = photos[:: max(1, math.ceil(len(photos) / GOLDEN_PHOTOS))]
    pictures = [*made_up[:, : spec.size, : spec.size], *(load_image(path, spec) for path in chosen)]
    return preprocess(np.stack(pictures), spec)


def _parts(run: Run, model: Any, encoder: Any) -> dict[str, _Part]:
    spec, system = run.config.encoder_spec, run.system
    size = spec.image.size
    pooled: dict[str, tuple[int | None, ...]] = {"pooled": (None, spec.width)}
    grid: dict[str, tuple[int | None, ...]] = {"encoder_hidden_states": (None, spec.cells, spec.channels)}
    start, step = _part(system.start(model)), _part(system.step(model))
    parts = {
        "encoder_model.onnx": _Part(encoder, Interface({"pixel_values": (None, size, size, 3)}, pooled | grid)),
        "decoder_start.onnx": start,
        "decoder_step.onnx": step,
    }
    if (run.folder / "tags").is_dir():
        head, thresholds = load_tag_head(run.folder / "tags")
        parts["tag_model.onnx"] = _Part(head, Interface(pooled, {"tag_scores": (None, len(thresholds))}))
    seen = pooled | grid
    if "tag_probabilities" in system.reads:
        if "tag_model.onnx" not in parts:
            raise RunError(f"{run.folder} has no tag head, and its decoder is told the tags", "train it: tagger train")
        seen["tag_probabilities"] = (None, len(load_concepts()))
    states = start.interface.outputs
    logits = {"logits": (None, len(run.tokenizer))}
    attention = {"attention": (None, spec.cells)} if "attention" in step.interface.outputs else {}
    following = {f"next.{name}": shape for name, shape in states.items()}
    wanted = {
        "decoder_start.onnx": ({name: seen[name] for name in system.reads}, states),
        "decoder_step.onnx": ({"input_ids": (None,), **states}, {**logits, **attention, **following}),
    }
    for file, interface in wanted.items():
        found = parts[file].interface
        if (found.inputs, found.outputs) != interface:
            raise RunError(f"{file} of {run.config.decoder} is not as docs/bundle.md wants it", "mend the decoder")
    return parts


def _part(model: Any) -> _Part:
    """A decoder's graph with the interface that its Keras model says it has."""
    inputs = {tensor.name: tuple(tensor.shape) for tensor in model.inputs}
    integers = frozenset(tensor.name for tensor in model.inputs if tensor.dtype == "int64")
    outputs = {name: tuple(tensor.shape) for name, tensor in model.output.items()}
    return _Part(model, Interface(inputs, outputs, integers))


def _reference(model: Any) -> Callable[..., Mapping[str, Any]]:
    def call(*inputs: "NDArray[Any]") -> Mapping[str, Any]:
        outputs = model(list(inputs) if len(inputs) > 1 else inputs[0], training=False)
        return outputs if isinstance(outputs, dict) else {model.output_names[0]: outputs}

    return call


def _token_checks(
    run: Run,
    folder: Path,
    model: Any,
    encoder: Any,
    golden: "NDArray[np.float32]",
    report: Callable[[Check], None],
) -> Sequence[Check]:
    bundle = load_bundle(folder)
    text = bundle.text
    rules = sampler.Rules(
        text.start, text.end, text.max_length, (text.padding, text.unknown), bundle.generation.no_repeat_ngram
    )
    decoder, seeing = PrefixDecoder(model, run.system), Seeing(run, encoder)

    def keras_search(pixels: "NDArray[np.float32]", method: str) -> list[list[sampler.Hypothesis]]:
        width = 1 if method == "greedy" else BEAM_WIDTH
        penalty = 0.0 if method == "greedy" else bundle.generation.length_penalty
        start = decoder.start(*seeing.look(pixels))
        return sampler.beam_search(decoder.step, start, len(pixels), rules, width=width, length_penalty=penalty)

    captioners = {name: OnnxCaptioner(bundle, decoding=decoding) for name, decoding in decodings().items()}
    checks = []
    for check in check_tokens(captioners, golden, keras_search):
        report(check)
        checks.append(check)
    return checks


def _manifest(
    run: Run, options: ExportOptions, parts: Mapping[str, _Part], files: Mapping[str, bytes], *, with_tags: bool
) -> dict[str, Any]:
    config = run.config
    text = run.tokenizer.text
    return {
        "format": FORMAT,
        "name": options.name,
        "version": options.version,
        "architecture": f"{config.encoder}-{config.decoder}",
        "image": asdict(config.encoder_spec.image),
        "text": asdict(text),
        "generation": asdict(options.generation),
        "graphs": {
            file: {
                "inputs": {name: ["N", *shape[1:]] for name, shape in part.interface.inputs.items()},
                "outputs": {name: ["N", *shape[1:]] for name, shape in part.interface.outputs.items()},
                "opset": options.opset,
                "precision": "float32",
                "bytes": len(files[file]),
            }
            for file, part in parts.items()
        },
        "tags": {"labels": files[TAGS].count(b"\n") - 1} if with_tags else None,
        "provenance": {
            "tagger": tagger.__version__,
            "data": config.data,
            "seed": config.seed,
            "encoder_licence": config.encoder_spec.licence,
        },
    }


def _tags_table(run: Run) -> str:
    return format_labels(tag_labels(load_tag_head(run.folder / "tags")[1]))
