"""A folder with the usual ONNX export of an encoder-decoder captioner -> what a bundle needs of it.

Knows the files' names (optimum's, also in a folder ``onnx``) and the JSON that lies beside them (transformers'
``config.json``, ``generation_config.json``, ``preprocessor_config.json``). Runs nothing, opens no graph, and follows
no link out of the folder, but for those of the hub's own cache, whose files are links into its ``blobs``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.captioning.bundle import ImageSpec, Interpolation
from tagger.captioning.hub import (
    CAPTION_DECODER,
    CAPTION_DECODER_MERGED,
    CAPTION_DECODER_WITH_PAST,
    CAPTION_ENCODER,
    HubRules,
)
from tagger.core.errors import RunError

MODEL_TYPES = ("vision-encoder-decoder", "blip")
_MAX_JSON_BYTES = 64 << 20
_EXPORT = "export it with: optimum-cli export onnx --task image-to-text-with-past"
_RESAMPLE: dict[int, Interpolation] = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}
_NEUTRAL: dict[str, tuple[object, ...]] = {
    "num_beam_groups": (1,),
    "diversity_penalty": (0.0,),
    "penalty_alpha": (0, 0.0),
    "renormalize_logits": (False,),
    "encoder_no_repeat_ngram_size": (0,),
    "encoder_repetition_penalty": (1.0,),
    "guidance_scale": (1, 1.0),
    "bad_words_ids": (),
    "sequence_bias": (),
    "force_words_ids": (),
    "constraints": (),
    "exponential_decay_length_penalty": (),
    "stop_strings": (),
    "watermarking_config": (),
    "dola_layers": (),
}
"""Rules of generation that are not followed here, with the values that change nothing (None never does)."""
_TOKENS = ("decoder_start_token_id", "bos_token_id", "eos_token_id", "pad_token_id")


@dataclass(frozen=True, slots=True)
class HubFolder:
    """What was found: ``graphs`` by their names in a bundle, and what the configuration says.

    ``padding`` and ``unknown`` are token ids; ``card`` is the folder's own description, Markdown.
    """

    folder: Path
    model_type: str
    layout: str
    graphs: Mapping[str, Path]
    tokenizer: Path
    image: ImageSpec
    rules: HubRules
    beam_width: int
    length_penalty: float
    padding: int
    card: str


def read_hub_folder(folder: Path) -> HubFolder:
    """Find the files and read the configuration. Raises RunError naming what is missing or not known."""
    if not folder.is_dir():
        raise RunError(f"{folder} is not a folder", "name the folder that an ONNX export was written to")
    config = _json(folder, "config.json")
    kind = config.get("model_type")
    if kind not in MODEL_TYPES:
        raise RunError(
            f"{folder}: config.json says model_type {kind!r}, which is not known here",
            f"known are {', '.join(MODEL_TYPES)}",
        )
    layout, graphs = _graphs(folder)
    generation = _json(folder, "generation_config.json", needed=False)
    readme = _find(folder, "README.md")
    try:
        parts = _generation(str(kind), config, generation)
        image = _image(_json(folder, "preprocessor_config.json"))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise RunError(f"{folder}: its configuration cannot be used: {what}", "correct its JSON files") from error
    rules, width, penalty, padding = parts
    return HubFolder(
        folder,
        str(kind),
        layout,
        graphs,
        _needed(folder, "tokenizer.json", "save the tokenizer in its fast form (tokenizer.json)"),
        image,
        rules,
        width,
        penalty,
        padding,
        readme.read_bytes()[:_MAX_JSON_BYTES].decode("utf-8", "replace") if readme else "",
    )


def inside(folder: Path, path: Path) -> Path:
    """``path`` with its links followed. Raises RunError where that leaves ``folder``, or is no plain file."""
    try:
        real, root = path.resolve(strict=True), folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise RunError(f"{path} is missing", "get the model again") from error
    # In the hub's cache, snapshots/REVISION/FILE is a link to blobs/HASH.
    homes = [root, root.parent.parent / "blobs"] if root.parent.name == "snapshots" else [root]
    if not any(real.is_relative_to(home) for home in homes):
        raise RunError(f"{path} leads out of {folder}", "do not use this model")
    if not real.is_file():
        raise RunError(f"{path} is not a plain file", "get the model again")
    return real


def _graphs(folder: Path) -> tuple[str, dict[str, Path]]:
    found = {CAPTION_ENCODER: _needed(folder, "encoder_model.onnx", _EXPORT)}
    plain, past = _find(folder, "decoder_model.onnx"), _find(folder, "decoder_with_past_model.onnx")
    if plain and past:
        return "with_past", {**found, CAPTION_DECODER: plain, CAPTION_DECODER_WITH_PAST: past}
    if merged := _find(folder, "decoder_model_merged.onnx"):
        return "merged", {**found, CAPTION_DECODER_MERGED: merged}
    if plain:
        return "plain", {**found, CAPTION_DECODER: plain}
    raise RunError(f"{folder} holds neither decoder_model.onnx nor decoder_model_merged.onnx", _EXPORT)


def _find(folder: Path, name: str) -> Path | None:
    path = next((path for path in (folder / name, folder / "onnx" / name) if path.is_file()), None)
    if path is not None:
        inside(folder, path)
    return path


def _needed(folder: Path, name: str, hint: str) -> Path:
    path = _find(folder, name)
    if path is None:
        raise RunError(f"{folder} holds no {name}", hint)
    return path


def _json(folder: Path, name: str, *, needed: bool = True) -> dict[str, Any]:
    path = _needed(folder, name, "copy it from the model's own folder") if needed else _find(folder, name)
    if path is None:
        return {}
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise RunError(f"{path} is too large for a configuration", "do not use this model")
        content = json.loads(path.read_bytes().decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise RunError(f"{path} is not JSON: {error}", "get the model again") from error
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} is not a JSON object", "get the model again")
    return content


def _generation(
    kind: str, config: Mapping[str, Any], generation: Mapping[str, Any]
) -> tuple[HubRules, int, float, int]:
    """Rules, width of the search, length penalty and padding token, as transformers would take them."""
    decoder = config.get("text_config" if kind == "blip" else "decoder") or {}
    if kind == "blip":
        said = _merged(decoder, generation)
    elif generation:
        said = _merged(*({name: part.get(name) for name in _TOKENS} for part in (decoder, config)), generation)
    else:  # an old model, which keeps its rules in config.json
        said = _merged(decoder, config)
    for name, neutral in _NEUTRAL.items():
        if said.get(name) not in (None, *neutral):
            raise ValueError(f"{name} = {said[name]!r} in its rules of generation is not supported")
    if kind == "blip":  # its words begin and end as its text model says, whatever else is said
        start, ends = decoder.get("bos_token_id", 30522), decoder.get("sep_token_id", 102)
        padding = decoder.get("pad_token_id", 0)
    else:
        start = said.get("decoder_start_token_id", said.get("bos_token_id"))
        ends, padding = said.get("eos_token_id"), said.get("pad_token_id")
    if start is None or ends is None:
        raise KeyError("decoder_start_token_id" if start is None else "eos_token_id")
    new = said.get("max_new_tokens")
    rules = HubRules(
        start=int(start),
        ends=_ids(ends),
        max_length=int(said.get("max_length", 20)) if new is None else 1 + int(new),
        min_length=int(said.get("min_length", 0)),
        min_new=int(said.get("min_new_tokens", 0)),
        early_stopping=said.get("early_stopping", False),
        repetition_penalty=float(said.get("repetition_penalty", 1.0)),
        no_repeat_ngram=int(said.get("no_repeat_ngram_size", 0)),
        forced_first=_ids(said.get("forced_bos_token_id")),
        forced_last=_ids(said.get("forced_eos_token_id")),
        suppressed=_ids(said.get("suppress_tokens")),
        suppressed_first=_ids(said.get("begin_suppress_tokens")),
    )
    width = int(said.get("num_beams", 1))
    return rules, width, float(said.get("length_penalty", 1.0)), int(padding) if padding is not None else rules.ends[0]


def _merged(*records: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of all, later ones over earlier ones; None says nothing."""
    return {name: value for record in records for name, value in record.items() if value is not None}


def _ids(value: Any) -> tuple[int, ...]:
    if value is None:
        return ()
    return tuple(int(token) for token in value) if isinstance(value, list) else (int(value),)


def _image(said: Mapping[str, Any]) -> ImageSpec:
    """How a photo becomes pixels, from a preprocessor's configuration. Raises KeyError, TypeError, ValueError."""
    kind = str(said.get("image_processor_type") or said.get("feature_extractor_type") or "")
    if not said.get("do_resize", True):
        raise ValueError("a preprocessor that does not resize is not supported")
    for name in ("do_align_long_axis", "do_thumbnail", "do_pad", "crop_pct"):
        if said.get(name):
            raise ValueError(f"{name} in preprocessor_config.json is not supported")
    normalises = said.get("do_normalize", True)
    resized, shorter = _size(said["size"], kind)
    crops = said.get("do_center_crop", shorter)
    size = _square(said["crop_size"], "crop_size") if crops else resized
    if shorter and not crops:
        raise ValueError("size.shortest_edge without do_center_crop is not supported")
    if size > resized:
        raise ValueError("a crop_size above size is not supported")
    resample = said.get("resample", 2 if kind.startswith("ViT") else 3)
    if resample not in _RESAMPLE:
        raise ValueError(f"resample = {resample!r} in preprocessor_config.json is not supported")
    return ImageSpec(
        size=size,
        resize="center_crop" if shorter else "squash",
        interpolation=_RESAMPLE[resample],
        color_order="RGB",
        scale=float(said.get("rescale_factor", 1 / 255)) if said.get("do_rescale", True) else 1.0,
        mean=_three(said["image_mean"]) if normalises else (0.0, 0.0, 0.0),
        std=_three(said["image_std"]) if normalises else (1.0, 1.0, 1.0),
        resized=resized if shorter or size != resized else 0,
    )


def _size(size: Any, kind: str) -> tuple[int, bool]:
    """The side that photos are resized to, and whether it is the shorter one alone."""
    if isinstance(size, Mapping) and "shortest_edge" in size:
        return int(size["shortest_edge"]), True
    # Before there were names, a number was the shorter side for CLIP's preprocessor, both sides for the others.
    return _square(size, "size"), isinstance(size, int) and kind.startswith("CLIP")


def _square(size: Any, name: str) -> int:
    if isinstance(size, int):
        return size
    height, width = int(size["height"]), int(size["width"])
    if height != width:
        raise ValueError(f"{name} in preprocessor_config.json is {height} x {width}, only squares are supported")
    return height


def _three(values: Any) -> tuple[float, float, float]:
    one, two, three = values
    return float(one), float(two), float(three)
