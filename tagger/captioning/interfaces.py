"""Whether the graphs of a bundle fit together: names and widths, before the first photo. Runs nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tagger.captioning.bundle import Bundle, decoder_files
from tagger.captioning.session import Graph
from tagger.captioning.stepping import NEXT, STATE
from tagger.core.errors import BundleError

TAG_PROBABILITIES = "tag_probabilities"
"""What a decoder, or a model of phrases, reads that is told the tags: the first columns of the tag model's scores."""


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of one bundle: of each decoder start and step; ``tags`` and ``phrases`` where it has them."""

    encoder: Graph
    decoders: Sequence[tuple[Graph, Graph]]
    tags: Graph | None
    phrases: Graph | None


def check_interfaces(bundle: Bundle, graphs: Graphs, *, tokens: int, labels: int, phrases: int) -> None:
    """Refuse graphs whose names, or numbers of tokens, labels and phrases, do not fit together. Raises BundleError."""
    _hold(
        bundle,
        {
            "encoder_model.onnx gives encoder_hidden_states and pooled from pixel_values": lambda: (
                graphs.encoder.inputs == ("pixel_values",)
                and {"encoder_hidden_states", "pooled"} <= set(graphs.encoder.outputs)
            ),
            "tag_model.onnx gives one score a label of tags.tsv": lambda: (
                graphs.tags is None or _width(graphs.tags, "tag_scores") == labels
            ),
            "ngram_model.onnx gives what is expected of phrases of ngrams.tsv, from pooled and tags": lambda: (
                graphs.phrases is None
                or (
                    set(graphs.phrases.inputs) <= {"pooled", TAG_PROBABILITIES}
                    and 0 < _width(graphs.phrases, "expected") <= phrases
                    and told(graphs.phrases) <= labels
                )
            ),
        },
    )
    for number, (start, step) in enumerate(graphs.decoders):
        _check_decoder(bundle, number, start, step, graphs.encoder, tokens=tokens, labels=labels)


def _check_decoder(
    bundle: Bundle, number: int, start: Graph, step: Graph, encoder: Graph, *, tokens: int, labels: int
) -> None:
    first, following = decoder_files(number)
    state = {name for name in step.inputs if name.startswith(STATE)}
    carried = {name.removeprefix("next.") for name in step.outputs if name.startswith(NEXT)}
    _hold(
        bundle,
        {
            f"{first} gives every state of {following}": lambda: state == set(start.outputs),
            f"{first} reads what the encoder gives": lambda: set(start.inputs) <= {*encoder.outputs, TAG_PROBABILITIES},
            f"tag_model.onnx knows the tags that {first} is told": lambda: told(start) <= labels,
            f"{following} passes every state on": lambda: state == carried,
            f"{following} reads input_ids and gives logits": lambda: (
                "input_ids" in step.inputs and "logits" in step.outputs
            ),
            f"logits of {following} have one column a token of vocabulary.txt": lambda: (
                _width(step, "logits") == tokens
            ),
        },
    )


def _hold(bundle: Bundle, rules: Mapping[str, Callable[[], bool]]) -> None:
    for rule, holds in rules.items():
        if not holds():
            raise BundleError(f"bundle {bundle.source}: it does not hold that {rule}", "get the bundle again")


def told(graph: Graph) -> int:
    """How many tags' probabilities a graph reads; 0 for one that is not told."""
    if TAG_PROBABILITIES not in graph.inputs:
        return 0
    width = _width(graph, TAG_PROBABILITIES)
    return width if width > 0 else 1 << 62  # a width that is not stated fits nothing


def _width(graph: Graph, name: str) -> int:
    """The columns of an input or output; -1 where there is none, or its width is not stated."""
    width = graph.shapes.get(name, (None,))[-1]
    return width if isinstance(width, int) else -1
