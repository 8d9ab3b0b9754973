"""The model bundle: what crosses from training to the runtime. Standard library only.

A bundle is a folder (or the same folder zipped, ``NAME.taggerbundle``) with a manifest ``bundle.json``, ONNX
graphs and text files. It is data from whoever made it, so nothing in it is trusted: names stay inside the
folder, every file has its SHA-256 in the manifest, an unknown format is refused by name. Knows no ONNX.
The format is described in docs/bundle.md; format 2 is that of captioners trained elsewhere (docs/models.md).
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from tagger.captioning.generation import MAX_DECODERS, GenerationSpec, generation_rules, parse_generation
from tagger.captioning.hub import CAPTION_ENCODER, LAYOUTS, TOKENIZER, HubRules
from tagger.captioning.members import read_member
from tagger.core.errors import BundleError

FORMAT = 1
IMPORTED_FORMAT = 2
MANIFEST = "bundle.json"
VOCABULARY = "vocabulary.txt"
TAGS = "tags.tsv"
MODEL_CARD = "MODEL_CARD.md"
RERANKER = "reranker.json"
NGRAMS = "ngrams.tsv"
NGRAM_MODEL = "ngram_model.onnx"
GRAPHS = ("encoder_model.onnx", "decoder_start.onnx", "decoder_step.onnx", "tag_model.onnx")
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Resize = Literal["squash", "center_crop", "pad", "fit"]  # "fit" is for people's eyes: no bundle may ask for it
Interpolation = Literal["bicubic", "nearest", "bilinear", "lanczos"]


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """How a photo becomes ``pixel_values``: ``(RGB or BGR pixels 0..255 * scale - mean) / std`` at size x size.

    ``resized`` is the side (squash) or shorter side (center_crop) before the centre is cut out; 0: ``size``.
    """

    size: int
    resize: Resize = "squash"
    interpolation: Interpolation = "bicubic"
    color_order: Literal["RGB", "BGR"] = "RGB"
    scale: float = 1 / 255
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    resized: int = 0


@dataclass(frozen=True, slots=True)
class TextSpec:
    """Token ids with a meaning, the longest caption in words, and how tokens become a sentence."""

    padding: int = 0
    start: int = 1
    end: int = 2
    unknown: int = 3
    max_length: int = 20
    case: Literal["sentence", "lower"] = "sentence"


@dataclass(frozen=True, slots=True)
class Imported:
    """A captioner trained elsewhere: the kind of its model, the ``layout`` of its decoder's graphs (see ``LAYOUTS``).

    ``rules`` are those that its captions are searched by. ``tag_image`` is how the tags' own encoder,
    ``encoder_model.onnx``, wants a photo.
    """

    model_type: str
    layout: str
    rules: HubRules
    tag_image: ImageSpec | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle. ``source`` is its folder or zip file; ``files`` maps name to SHA-256 (hex)."""

    source: Path
    name: str
    version: str
    architecture: str
    image: ImageSpec
    text: TextSpec
    generation: GenerationSpec
    files: Mapping[str, str]
    graphs: Mapping[str, Mapping[str, Any]]
    tags: Mapping[str, Any]
    provenance: Mapping[str, Any]
    imported: Imported | None = None

    @property
    def model_id(self) -> str:
        """Name and version, as photos and index record them."""
        return f"{self.name} {self.version}"

    @property
    def decoders(self) -> int:
        """How many decoders it has, which know the same words; 0 for an imported captioner."""
        return next(number for number in range(MAX_DECODERS + 1) if not {*decoder_files(number)} <= self.files.keys())

    def read(self, name: str) -> bytes:
        """Content of one file, checked against its SHA-256. Raises BundleError."""
        expected = self.files.get(name)
        if expected is None:
            raise BundleError(f"bundle {self.source}: {name} is not in its manifest", "get the bundle again")
        content = read_member(self.source, name)
        if hashlib.sha256(content).hexdigest() != expected:
            raise BundleError(
                f"bundle {self.source}: {name} is damaged (its SHA-256 is not the manifest's)", "get the bundle again"
            )
        return content


def decoder_files(number: int) -> tuple[str, str]:
    """Names of the start and step graphs of a bundle's decoders, counted from 0."""
    which = f"_{number + 1}" if number else ""
    return f"decoder_start{which}.onnx", f"decoder_step{which}.onnx"


def load_bundle(source: Path) -> Bundle:
    """Read and check the manifest of a bundle folder or ``.taggerbundle`` file; the files are checked when read.

    Raises BundleError naming what is wrong.
    """
    try:
        manifest = json.loads(read_member(source, MANIFEST).decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BundleError(f"bundle {source}: {MANIFEST} is not JSON: {error}", "get the bundle again") from error
    if not isinstance(manifest, dict):
        raise BundleError(f"bundle {source}: {MANIFEST} is not a JSON object", "get the bundle again")
    if manifest.get("format") not in (FORMAT, IMPORTED_FORMAT):
        raise BundleError(
            f"bundle {source}: unknown format {manifest.get('format')!r}, "
            f"this version of tagger reads {FORMAT} and {IMPORTED_FORMAT}",
            "update tagger, or get the bundle in the format that it reads",
        )
    try:
        return _from_manifest(source, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise BundleError(f"bundle {source}: {MANIFEST} is incomplete: {what}", "get the bundle again") from error


def _from_manifest(source: Path, manifest: Mapping[str, Any]) -> Bundle:
    text, generation = manifest["text"], manifest["generation"]
    imported = _imported(manifest) if manifest["format"] == IMPORTED_FORMAT else None
    bundle = Bundle(
        source=source,
        name=_line(manifest["name"]),
        version=_line(manifest["version"]),
        architecture=_line(manifest["architecture"]),
        image=_image(manifest["image"]),
        text=TextSpec(
            **{k: int(text[k]) for k in ("padding", "start", "end", "unknown", "max_length")}, case=text["case"]
        ),
        generation=parse_generation(generation),
        files={name: str(digest) for name, digest in manifest["files"].items()},
        graphs=dict(manifest["graphs"]),
        tags=dict(manifest.get("tags") or {}),
        provenance=dict(manifest.get("provenance") or {}),
        imported=imported,
    )
    _check_values(bundle)
    for name in bundle.files:
        if not _SAFE_NAME.fullmatch(name):
            raise BundleError(f"bundle {source}: file name {name!r} could leave its folder", "do not use this bundle")
    needed = {VOCABULARY, "encoder_model.onnx", "decoder_start.onnx", "decoder_step.onnx"}
    if imported:
        needed = {CAPTION_ENCODER, TOKENIZER, *LAYOUTS[imported.layout]}
    if bundle.tags:
        needed |= {TAGS, "tag_model.onnx", "encoder_model.onnx"}
    if bundle.generation.candidates:
        needed.add(RERANKER)
    if missing := sorted(needed - bundle.files.keys()):
        raise BundleError(f"bundle {source}: {', '.join(missing)} is not in its manifest", "get the bundle again")
    return bundle


def _image(image: Mapping[str, Any]) -> ImageSpec:
    spec = ImageSpec(
        size=int(image["size"]),
        resize=image["resize"],
        interpolation=image.get("interpolation", "bicubic"),
        color_order=image["color_order"],
        scale=float(image["scale"]),
        mean=_triple(image["mean"]),
        std=_triple(image["std"]),
        resized=int(image.get("resized", 0)),
    )
    _check_image(spec)
    return spec


def _imported(manifest: Mapping[str, Any]) -> Imported:
    record = manifest["imported"]
    if record["layout"] not in LAYOUTS:
        raise ValueError(f"imported.layout is one of {', '.join(LAYOUTS)}")
    tag_image = _image(record["tag_image"]) if manifest.get("tags") else None
    rules = HubRules.of(manifest["generation"]["rules"])
    return Imported(_line(record["model_type"]), record["layout"], rules, tag_image)


def _check_image(image: ImageSpec) -> None:
    """Refuse numbers that would exhaust memory or make no sense, before anything is allocated by them."""
    checks = {
        "image.size is 16 to 2048": 16 <= image.size <= 2048,
        "image.resize is known": image.resize in ("squash", "center_crop", "pad"),
        "image.interpolation is known": image.interpolation in get_args(Interpolation),
        "image.resized is 0, or image.size to 2048, and not with pad": image.resized == 0
        or (image.size <= image.resized <= 2048 and image.resize != "pad"),
        "image.color_order is known": image.color_order in ("RGB", "BGR"),
        "image.scale, image.mean and image.std are finite": all(
            map(math.isfinite, (image.scale, *image.mean, *image.std))
        ),
        "image.std is not zero": all(value != 0 for value in image.std),
    }
    _hold(checks)


def _check_values(bundle: Bundle) -> None:
    """Refuse, of the rest, what _check_image refuses of pictures."""
    text, generation = bundle.text, bundle.generation
    checks = {
        "text.max_length is 1 to 512": 1 <= text.max_length <= 512,
        "text.case is known": text.case in ("sentence", "lower"),
    } | generation_rules(generation, bundle.decoders, expects=NGRAM_MODEL in bundle.files)
    _hold(checks)


def _hold(checks: Mapping[str, bool]) -> None:
    for rule, holds in checks.items():
        if not holds:
            raise ValueError(f"it breaks the rule that {rule}")


def _line(value: object) -> str:
    """A name from a stranger: one printable line of bounded length, because it goes into photos and terminals."""
    if not isinstance(value, str) or not value or len(value) > 100 or not value.isprintable():
        raise ValueError("name, version and architecture are one printable line of at most 100 characters")
    return value


def _triple(values: object) -> tuple[float, float, float]:
    if not isinstance(values, list) or len(values) != 3:
        raise ValueError("image.mean and image.std have three numbers each")
    return cast("tuple[float, float, float]", tuple(float(value) for value in values))
