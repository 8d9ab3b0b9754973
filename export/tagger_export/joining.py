"""Decoders of other bundles beside a bundle's own, so that it can let them speak together (``quality best``)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tagger.captioning.bundle import TAGS, VOCABULARY, Bundle, decoder_files, load_bundle
from tagger.captioning.captioner import OnnxCaptioner
from tagger.captioning.generation import MAX_DECODERS
from tagger.captioning.tags import load_labels
from tagger.core.errors import RunError
from tagger_export.manifest import add_graphs


def join_decoders(folder: Path, others: Sequence[Path]) -> None:
    """Put the decoders of ``others`` into the bundle in ``folder``, after its own.

    Raises RunError for bundles that do not read the same photos, or know other words or labels.
    """
    bundle = load_bundle(folder)
    graphs: dict[str, bytes] = {}
    entries: dict[str, dict[str, object]] = {}
    number = bundle.decoders
    for place in others:
        other = load_bundle(place)
        _check_alike(bundle, other)
        for own in range(other.decoders):
            for source, target in zip(decoder_files(own), decoder_files(number), strict=True):
                graphs[target] = other.read(source)
                entries[target] = dict(other.graphs.get(source, {}))
            number += 1
    if number > MAX_DECODERS:
        raise RunError(f"{number} decoders are too many for one bundle", f"join {MAX_DECODERS} at most")
    add_graphs(folder, graphs, entries)
    OnnxCaptioner(load_bundle(folder))  # graphs that do not fit together are refused


def _check_alike(bundle: Bundle, other: Bundle) -> None:
    def labels(one: Bundle) -> list[str]:
        return [label.label for label in load_labels(one)] if TAGS in one.files else []

    rules: dict[str, Callable[[], bool]] = {
        "is an imported captioner, or that is": lambda: not (bundle.imported or other.imported),
        "is of another system": lambda: bundle.architecture == other.architecture,
        "reads photos in another way": lambda: (bundle.image, bundle.text) == (other.image, other.text),
        "knows other words": lambda: bundle.read(VOCABULARY) == other.read(VOCABULARY),
        "knows other labels": lambda: labels(bundle) == labels(other),
    }
    for what, holds in rules.items():
        if not holds():
            cause = f"{other.source} cannot be joined to {bundle.source}: it {what}"
            raise RunError(cause, "join bundles of one system that were trained on the same data")
