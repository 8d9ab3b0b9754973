"""Parsers of what is no photo, as targets of the fuzzer: bundles, tags, vocabularies, settings."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
from target import Broken, Target

from tagger.captioning.bundle import TextSpec, load_bundle
from tagger.captioning.selection import TagSelector
from tagger.captioning.tags import Label, format_labels, parse_labels
from tagger.captioning.tokenizer import Tokenizer
from tagger.captioning.vocabulary import Vocabulary
from tagger.config import load_settings
from tagger.core.errors import BundleError, RunError


def text_targets(scratch: Path) -> tuple[Target, ...]:
    """Every target of this file; files go into ``scratch``."""
    bundle = scratch / "bundle"
    manifest, archive, (tags, words) = _bundle(bundle)
    return (
        Target("bundle manifest", 2, [manifest], _Manifest(bundle)),
        Target("bundle archive", 1, [archive], _Archive(scratch)),
        Target("tags.tsv", 1, [tags], _labels),
        Target("vocabulary.txt", 1, [words], _vocabulary),
        Target("tagger.toml", 2, _settings(), _Toml(scratch)),
    )


def _bundle(folder: Path) -> tuple[bytes, bytes, tuple[bytes, bytes]]:
    """A small bundle's manifest, the bundle zipped, its tables; the files themselves are not looked into here."""
    tags = b"label\tthreshold\tparents\tsynonyms\ndog\t0.5\tpet;animal\thound\npet\t0.5\t\t\nanimal\t1.1\t\t\n"
    words = "<pad>\n<start>\n<end>\n<unk>\na\ndog\n猫\n".encode()
    names = ("encoder_model.onnx", "decoder_start.onnx", "decoder_step.onnx", "tag_model.onnx")
    contents = {"vocabulary.txt": words, "tags.tsv": tags, **dict.fromkeys(names, b"graph")}
    manifest = {
        "format": 1, "name": "tiny", "version": "1", "architecture": "markov",
        "image": {"size": 16, "resize": "squash", "color_order": "RGB", "scale": 0.1}
        | {"mean": [0, 0, 0], "std": [1, 1, 1]},
        "text": {"padding": 0, "start": 1, "end": 2, "unknown": 3, "max_length": 12, "case": "sentence"},
        "generation": {"beam_width": 3, "length_penalty": 0.7, "no_repeat_ngram": 3},
        "graphs": {"encoder_model.onnx": {"inputs": {}}}, "tags": {"count": 3}, "provenance": {"data": "none"},
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, indent=1).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"bundle.json": text, **contents}.items():
            (folder / name).write_bytes(content)
            archive.writestr(name, content)
    return text, packed.getvalue(), (tags, words)


class _Manifest:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, data: bytes) -> bool:
        (self._folder / "bundle.json").write_bytes(data)
        return _loaded(self._folder)


class _Archive:
    def __init__(self, scratch: Path) -> None:
        self._file = scratch / "fuzzed.taggerbundle"

    def __call__(self, data: bytes) -> bool:
        self._file.write_bytes(data)
        return _loaded(self._file)


def _loaded(source: Path) -> bool:
    try:
        bundle = load_bundle(source)
        for name in bundle.files:
            bundle.read(name)
    except BundleError as error:
        _said(error)
        return False
    return True


def _labels(data: bytes) -> bool:
    try:
        labels = parse_labels(data.decode("utf-8", "replace"))
        _selected(Vocabulary(labels))
    except RunError as error:
        _said(error)
        return False
    parse_labels(format_labels(labels))
    return True


def _selected(vocabulary: Vocabulary) -> None:
    found = TagSelector(vocabulary).select(np.full(len(vocabulary.labels), 0.75, np.float32))
    if any(not tag.label.isprintable() for tag in found):
        raise Broken("a label that is not one printable line")


def _vocabulary(data: bytes) -> bool:
    try:
        tokenizer = Tokenizer(data.decode("utf-8", "replace").splitlines(), TextSpec())
    except ValueError:  # which the captioner reports as a bundle's fault
        return False
    tokenizer.decode(range(len(tokenizer)))
    return True


def _settings() -> list[bytes]:
    texts = [
        'caption_policy = "keep"\nwrite = true\nbundle = "~/models/a"\nbatch_size = 16\njobs = 2\n',
        'device = "cpu"\nsidecar = "auto"\nsidecar_name = "ext"\nhard_links = "replace"\njournal_days = 30\n',
        '[tags]\nallow = ["dog", "anim*"]\ndeny = ["cat"]\nmax = 5\nprefix = "ai/"\ncase = "lower"\n'
        '[tags.synonyms]\ndog = "Hund"\n[tags.hierarchy]\ndog = ["pet", "animal"]\n[tags.thresholds]\n"*" = 0.5\n',
    ]
    return [text.encode() for text in texts]


class _Toml:
    def __init__(self, scratch: Path) -> None:
        self._file = scratch / "tagger.toml"

    def __call__(self, data: bytes) -> bool:
        self._file.write_bytes(data)
        try:
            settings = load_settings([self._file])
            labels = (Label("dog", 0.5, ("pet", "animal"), ("hound",)), Label("pet", 0.5), Label("animal", 0.9))
            _selected(Vocabulary(labels, settings.tags))
        except RunError as error:
            _said(error)
            return False
        return True


def _said(error: RunError) -> None:
    if not str(error).strip():
        raise Broken("an error without words")
