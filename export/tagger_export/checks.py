"""The named checks that an export must pass: names, axes, shapes, values, tokens, in this order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tagger.captioning import sampler
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.session import Graph
from tagger.core.errors import RunError

TOLERANCE = 1e-4
BEAM_WIDTH = 5


@dataclass(frozen=True, slots=True)
class Interface:
    """What a graph must look like: for each input and output its shape, ``None`` for the batch axis ``N``.

    ``integers`` are the inputs of int64; everything else is float32.
    """

    inputs: Mapping[str, tuple[int | None, ...]]
    outputs: Mapping[str, tuple[int | None, ...]]
    integers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether it holds, and what was seen."""

    name: str
    holds: bool
    seen: str


def check_graph(
    file: str, model: bytes, interface: Interface, reference: Callable[..., Mapping[str, Any]]
) -> Iterator[Check]:
    """Names, axes, shapes and values of one graph against the Keras model that it was made from.

    ``reference`` takes the inputs as arrays in their order and returns the outputs by name.
    """
    graph = Graph(model, name=file)
    for check in check_interface(file, graph, interface):
        yield check
        if check.name.endswith("names") and not check.holds:
            return
    worst = 0.0
    for batch in (1, 3):
        inputs = _random_inputs(interface, batch)
        expected, found = reference(*inputs.values()), graph.run(inputs)
        for name in interface.outputs:
            worst = max(worst, float(np.abs(np.asarray(expected[name]) - found[name]).max()))
    yield Check(f"{file}: values", worst <= TOLERANCE, f"largest difference {worst:.1e}")


def check_interface(file: str, graph: Graph, interface: Interface) -> Iterator[Check]:
    """Names, axes and shapes of one graph; wrong names end the checks."""
    names = sorted(graph.inputs), sorted(graph.outputs)
    wanted = sorted(interface.inputs), sorted(interface.outputs)
    yield Check(f"{file}: names", names == wanted, f"{names}")
    if names != wanted:
        return
    shapes = {**interface.inputs, **interface.outputs}
    axes = {name: graph.shapes[name][0] for name in shapes}
    yield Check(f"{file}: axes", set(axes.values()) == {"N"}, f"{axes}")
    fixed = {name: tuple(graph.shapes[name][1:]) for name in shapes}
    yield Check(f"{file}: shapes", all(fixed[name] == shapes[name][1:] for name in shapes), f"{fixed}")


def check_tokens(
    captioners: Mapping[str, OnnxCaptioner],
    pixel_values: "NDArray[np.float32]",
    keras_search: Callable[["NDArray[np.float32]", str], list[list[sampler.Hypothesis]]],
) -> Iterator[Check]:
    """The same tokens as Keras, which runs the whole prefix for every word, by greedy and by beam search."""
    for method, captioner in captioners.items():
        found = captioner.search(captioner.encode(pixel_values))
        expected = keras_search(pixel_values, method)
        different = [
            i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if a[0].token_ids != b[0].token_ids
        ]
        seen = f"{len(expected) - len(different)} of {len(expected)} photos agree"
        yield Check(f"tokens: {method}", not different, seen)


def decodings() -> dict[str, Decoding]:
    """The searches whose tokens are compared."""
    return {"greedy": Decoding(method="greedy"), "beam": Decoding(beam_width=BEAM_WIDTH)}


def require(checks: Sequence[Check]) -> None:
    """Raise RunError naming the checks that do not hold."""
    if failed := [f"{check.name} ({check.seen})" for check in checks if not check.holds]:
        raise RunError(f"the exported graphs are not what was trained: {'; '.join(failed)}", "nothing was written")


def _random_inputs(interface: Interface, batch: int) -> dict[str, "NDArray[Any]"]:
    rng = np.random.default_rng(batch)
    inputs: dict[str, NDArray[Any]] = {}
    for name, shape in interface.inputs.items():
        full = (batch, *(int(n or 1) for n in shape[1:]))
        if name == "input_ids":
            inputs[name] = rng.integers(0, 4, full, dtype=np.int64)
        elif name in interface.integers:  # positions: every decoder has two
            inputs[name] = rng.integers(0, 2, full, dtype=np.int64)
        elif name in ("pooled", "tag_probabilities"):
            inputs[name] = rng.random(full, dtype=np.float32)
        else:
            inputs[name] = rng.uniform(-1, 1, full).astype(np.float32)
    return inputs
