"""Whether the graphs of a bundle fit together: names and widths, before the first photo. Runs nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from tagger.captioning.bundle import Bundle
from tagger.captioning.session import Graph
from tagger.captioning.stepping import NEXT, STATE
from tagger.core.errors import BundleError

TAG_PROBABILITIES = "tag_probabilities"
"""What a decoder, or a model of phrases, reads that is told the tags: the first columns of the tag model's scores."""


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of one bundle; ``tags`` and ``phrases`` where it has them."""

    encoder: Graph
    start: Graph
    step: Graph
    tags: Graph | None
    phrases: Graph | None


def check_interfaces(bundle: Bundle, graphs: Graphs, *, tokens: int, labels: int, phrases: int) -> None:
    """Refuse graphs whose names, or numbers of tokens, labels and phrases, do not fit together. Raises BundleError."""
    state = {name for name in graphs.step.inputs if name.startswith(STATE)}
    carried = {name.removeprefix("next.") for name in graphs.step.outputs if name.startswith(NEXT)}
    wrong: dict[str, Callable[[], bool]] = {
        "encoder_model.onnx gives encoder_hidden_states and pooled from pixel_values": lambda: (
            graphs.encoder.inputs == ("pixel_values",)
            and {"encoder_hidden_states", "pooled"} <= set(graphs.encoder.outputs)
        ),
        "decoder_start.onnx gives every state of decoder_step.onnx": lambda: state == set(graphs.start.outputs),
        "decoder_start.onnx reads what the encoder gives": lambda: (
            set(graphs.start.inputs) <= {*graphs.encoder.outputs, TAG_PROBABILITIES}
        ),
        "tag_model.onnx knows the tags that decoder_start.onnx is told": lambda: told(graphs.start) <= labels,
        "decoder_step.onnx passes every state on": lambda: state == carried,
        "decoder_step.onnx reads input_ids and gives logits": lambda: (
            "input_ids" in graphs.step.inputs and "logits" in graphs.step.outputs
        ),
        "logits have one column a token of vocabulary.txt": lambda: _width(graphs.step, "logits") == tokens,
        "tag_model.onnx gives one score a label of tags.tsv": lambda: (
            graphs.tags is None or _width(graphs.tags, "tag_scores") == labels
        ),
        "ngram_model.onnx gives probabilities of phrases of ngrams.tsv, from pooled and tag_probabilities": lambda: (
            graphs.phrases is None
            or (
                set(graphs.phrases.inputs) <= {"pooled", TAG_PROBABILITIES}
                and 0 < _width(graphs.phrases, "probabilities") <= phrases
                and told(graphs.phrases) <= labels
            )
        ),
    }
    for rule, holds in wrong.items():
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
