"""Training run -> graphs -> checks -> bundle folder. Nothing is left behind unless every check holds."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tagger_training.concepts import load_concepts
from tagger_training.encoders import build_encoder
from tagger_training.run import Run
from tagger_training.systems.prefix import PrefixDecoder
from tagger_training.tag_head import load_tag_head

import tagger
from tagger.captioning import sampler
from tagger.captioning.bundle import FORMAT, MANIFEST, MODEL_CARD, TAGS, VOCABULARY, GenerationSpec, load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.image import load_image, preprocess
from tagger.captioning.tags import Label, format_labels
from tagger.core.errors import RunError
from tagger_export.checks import BEAM_WIDTH, Check, Interface, check_graph, check_tokens, decodings, require
from tagger_export.graphs import OPSET, to_onnx
from tagger_export.quantize import check_quantized, quantize_encoder


@dataclass(frozen=True, slots=True)
class _Part:
    """One graph to be made: the Keras model and its interface."""

    model: Any
    interface: Interface


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Name and version of the bundle, decoding defaults, and photos for the token check besides the made-up ones.

    ``calibration`` photos make the encoder int8; without any it stays float32.
    """

    name: str
    version: str
    generation: GenerationSpec = field(default_factory=GenerationSpec)
    photos: tuple[Path, ...] = ()
    calibration: tuple[Path, ...] = ()


def export_run(run: Run, out: Path, options: ExportOptions, *, report: Callable[[Check], None]) -> Path:
    """Export the best checkpoint of ``run`` as the bundle folder ``out``; every check is given to ``report``.

    Raises RunError for a run that cannot be stepped, and where a check does not hold; then ``out`` does not exist.
    """
    if run.system.form != "teacher-forced":
        raise RunError(f"{run.folder} was trained on padded prefixes, which cannot be stepped", "train teacher-forced")
    if out.exists():
        raise RunError(f"{out} exists already", "choose another folder, or remove it")
    model, encoder = run.best_model(), build_encoder(run.config.encoder_spec, run.weights)
    parts = _parts(run, model, encoder)
    with_tags = "tag_model.onnx" in parts
    checks: list[Check] = []
    graphs: dict[str, bytes] = {}
    for file, part in parts.items():
        integers = part.interface.integers
        inputs = {n: (shape, "int64" if n in integers else "float32") for n, shape in part.interface.inputs.items()}
        graphs[file] = to_onnx(part.model, inputs)
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
        manifest = _manifest(run, options, parts, files, with_tags=with_tags)
        write_manifest(temporary, manifest)
        checks = list(_token_checks(run, temporary, model, encoder, options, report))
        require(checks)
        if options.calibration:
            check = _quantize(temporary, manifest, run, options)
            report(check)
            require([check])
        temporary.rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return out


def _quantize(folder: Path, manifest: dict[str, Any], run: Run, options: ExportOptions) -> Check:
    """Replace the encoder by its int8 form, after everything was compared with Keras in float32."""
    spec = run.config.encoder_spec.image
    pictures = [preprocess(load_image(path, spec), spec) for path in options.calibration]
    path = folder / "encoder_model.onnx"
    original = path.read_bytes()
    quantized = quantize_encoder(original, pictures)
    path.write_bytes(quantized)
    manifest["graphs"]["encoder_model.onnx"] |= {"precision": "int8", "bytes": len(quantized)}
    write_manifest(folder, manifest)
    return check_quantized(original, quantized, pictures[:32])


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``bundle.json`` with the SHA-256 of every other file in the folder."""
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    }
    content = {**manifest, "files": digests}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def add_model_card(folder: Path, card: str, provenance: Mapping[str, Any]) -> None:
    """Put the card into a finished bundle, and what was measured into its manifest."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["provenance"] |= provenance
    (folder / MODEL_CARD).write_text(card, encoding="utf-8")
    write_manifest(folder, manifest)


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
    read = (pooled | grid)[system.reads]
    states = start.interface.outputs
    logits = {"logits": (None, len(run.tokenizer))}
    attention = {"attention": (None, spec.cells)} if "attention" in step.interface.outputs else {}
    following = {f"next.{name}": shape for name, shape in states.items()}
    wanted = {
        "decoder_start.onnx": ({system.reads: read}, states),
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
    options: ExportOptions,
    report: Callable[[Check], None],
) -> Sequence[Check]:
    bundle = load_bundle(folder)
    spec = bundle.image
    made_up = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype=np.uint8)
    made_up = np.repeat(np.repeat(made_up, spec.size // 8 + 1, axis=1), spec.size // 8 + 1, axis=2)
    pictures = [*made_up[:, : spec.size, : spec.size], *(load_image(path, spec) for path in options.photos)]
    pixel_values = preprocess(np.stack(pictures), spec)
    text = bundle.text
    rules = sampler.Rules(
        text.start, text.end, text.max_length, (text.padding, text.unknown), bundle.generation.no_repeat_ngram
    )
    decoder = PrefixDecoder(model, run.system)

    def keras_search(pixels: "NDArray[np.float32]", method: str) -> list[list[sampler.Hypothesis]]:
        features = np.asarray(encoder(pixels, training=False)[run.system.reads])
        width = 1 if method == "greedy" else BEAM_WIDTH
        penalty = 0.0 if method == "greedy" else bundle.generation.length_penalty
        start = decoder.start(features)
        return sampler.beam_search(decoder.step, start, len(features), rules, width=width, length_penalty=penalty)

    captioners = {name: OnnxCaptioner(bundle, decoding=decoding) for name, decoding in decodings().items()}
    checks = []
    for check in check_tokens(captioners, pixel_values, keras_search):
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
                "opset": OPSET,
                "precision": "float32",
                "bytes": len(files[file]),
            }
            for file, part in parts.items()
        },
        "tags": {"labels": len(load_concepts())} if with_tags else None,
        "provenance": {
            "tagger": tagger.__version__,
            "data": config.data,
            "seed": config.seed,
            "encoder_licence": config.encoder_spec.licence,
        },
    }


def _tags_table(run: Run) -> str:
    _, thresholds = load_tag_head(run.folder / "tags")
    by_label = {concept.label: concept for concept in load_concepts()}
    if by_label.keys() != thresholds.keys():
        raise RunError(f"{run.folder}/tags was trained on another table of concepts", "train the tag head again")
    return format_labels(
        [
            Label(label, threshold, by_label[label].parents, by_label[label].synonyms)
            for label, threshold in thresholds.items()
        ]
    )
