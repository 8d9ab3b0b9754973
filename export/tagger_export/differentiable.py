"""A bundle's ``decoder_step.onnx`` as TensorFlow runs it, operator by operator, so that its weights can be trained.

The weights are the graph's own constants: nothing is translated back, so whatever system a decoder was, it learns in
the form in which it runs. Int8 products become float32 ones first. Source: onnx.ai/onnx/operators for what each
operator does. Knows neither photos nor words.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper

from tagger.core.errors import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

INPUT, LOGITS = "input_ids", "logits"
STATE, NEXT = "state.", "next.state."
_TYPES = {1: tf.float32, 6: tf.int32, 7: tf.int64, 9: tf.bool}


class StepGraph:
    """A step graph in float32: its constants by name, those that can be trained, and how it is run.

    Raises RunError naming an operator that is not known here.
    """

    def __init__(self, content: bytes) -> None:
        self.model = _float(onnx.load_model_from_string(content))
        graph = self.model.graph
        self.constants: dict[str, NDArray[Any]] = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        for node in [node for node in graph.node if node.op_type == "Constant"]:
            self.constants[node.output[0]] = numpy_helper.to_array(_attributes(node)["value"])
        self._nodes = [node for node in graph.node if node.op_type != "Constant"]
        unknown = sorted({node.op_type for node in self._nodes} - set(_OPERATORS))
        if unknown:
            raise RunError(
                f"captions cannot learn: the bundle's decoder has the operator {unknown[0]}, not known here",
                "its tags can: add --tags-only",
            )
        self.states = [value.name for value in graph.input if value.name.startswith(STATE)]
        self._kept = {name for name in self.states if self._is_kept(name)}
        self.trained = [
            name for name, v in self.constants.items() if v.dtype == np.float32 and v.size > 1 and np.isfinite(v).all()
        ]

    def run(self, weights: Mapping[str, tf.Tensor], inputs: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Outputs by name; ``weights`` stand in for constants of their names."""
        known: dict[str, Any] = {**self.constants, **weights, **inputs}
        for node in self._nodes:
            given = [known[name] if name else None for name in node.input]
            found = _OPERATORS[node.op_type](given, _attributes(node), len(node.output))
            known.update(zip(node.output, found if isinstance(found, list) else [found], strict=False))
        return {value.name: known[value.name] for value in self.model.graph.output}

    def logits(self, weights: Mapping[str, tf.Tensor], state: Mapping[str, tf.Tensor], tokens: tf.Tensor) -> tf.Tensor:
        """Logits (N, T, V) of the words that follow each of the tokens (N, T), from the state before the first."""
        found, now = [], dict(state)
        for t in range(int(tokens.shape[1])):
            outputs = self.run(weights, {INPUT: tokens[:, t], **now})
            found.append(outputs[LOGITS])
            following = {f"{STATE}{n.removeprefix(NEXT)}": v for n, v in outputs.items() if n.startswith(NEXT)}
            now |= {name: value for name, value in following.items() if name not in self._kept}
        return tf.stack(found, axis=1)

    def grow(self, vocabulary: int, more: int) -> None:
        """Make room for ``more`` words behind those that are there; each begins as an average word, seldom said."""
        gathered = {node.input[0] for node in self._nodes if node.op_type == "Gather"}
        shapes = {node.input[1] for node in self._nodes if node.op_type == "Reshape"}
        rng = np.random.default_rng(0)
        for name, values in self.constants.items():
            if name in shapes and values.dtype == np.int64:
                self.constants[name] = np.where(values == vocabulary, vocabulary + more, values)
                continue
            if values.dtype != np.float32:
                continue
            grown = values
            if name in gathered and values.shape[0] == vocabulary:
                grown = np.concatenate([grown, _average(grown, more, 0, rng)], axis=0)
            if values.ndim and values.shape[-1] == vocabulary and not (name in gathered and values.ndim == 1):
                new = np.full(more, np.quantile(values, 0.05)) if values.ndim == 1 else _average(grown, more, -1, rng)
                grown = np.concatenate([grown, new.astype(np.float32)], axis=-1)
            self.constants[name] = np.ascontiguousarray(grown, np.float32)

    def written(self, weights: "Mapping[str, NDArray[np.float32]]") -> bytes:
        """The graph with these constants and weights in it, as bytes of ONNX."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        values = {**self.constants, **weights}
        del model.graph.initializer[:]
        model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), name) for name, v in values.items())
        kept = [node for node in model.graph.node if node.op_type != "Constant"]
        del model.graph.node[:]
        model.graph.node.extend(kept)
        del model.graph.value_info[:]
        width = max(v.shape[-1] for n, v in values.items() if n in self._last_widths())
        for value in model.graph.output:
            if value.name == LOGITS:
                value.type.tensor_type.shape.dim[1].dim_value = width
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())

    def _is_kept(self, state: str) -> bool:
        """Whether a state is handed on as it is: what a photo looks like, of which one copy is enough."""
        maker = next((n for n in self._nodes if NEXT + state.removeprefix(STATE) in n.output), None)
        if maker is None or state not in maker.input or maker.op_type not in ("Identity", "Add"):
            return False
        return all(not np.any(self.constants.get(name, 1)) for name in maker.input if name != state)

    def _last_widths(self) -> set[str]:
        """Constants that the logits are made of last: their width is the vocabulary's."""
        makers = {name: node for node in self._nodes for name in node.output}
        front = [LOGITS]
        found: set[str] = set()
        while front and not found:
            inputs = [name for made in front if made in makers for name in makers[made].input]
            found = {n for n in inputs if n in self.constants and self.constants[n].dtype == np.float32
                     and self.constants[n].ndim and self.constants[n].shape[-1] > 1}  # fmt: skip
            front = inputs
        return found


def _average(values: "NDArray[np.float32]", more: int, axis: int, rng: np.random.Generator) -> "NDArray[np.float32]":
    """``more`` entries along an axis that are the mean of those there, and a little apart from each other."""
    mean = values.mean(axis=axis, keepdims=True)
    new = np.repeat(mean, more, axis=axis)
    return np.asarray(new + rng.normal(0, 0.1 * float(values.std()) + 1e-6, new.shape), np.float32)


def _float(model: Any) -> Any:
    """The same graph with float32 products in place of int8 ones, by ``quantize.py`` or ONNX Runtime's own."""
    graph = model.graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    readers = {name: node for node in graph.node for name in node.input}
    for node in [node for node in graph.node if node.op_type == "MatMulInteger"]:
        quantised, weights, _, zero = node.input
        cast = readers[node.output[0]]
        last = readers[cast.output[0]]
        scales = next(name for name in last.input if name != cast.output[0])
        if scales in constants:  # the weights' scale, and then the rows'
            scale, last = constants[scales], readers[last.output[0]]
        else:
            scale = next(constants[name] for name in makers[scales].input if name in constants)
        read = makers[quantised]
        while read.op_type in ("Cast", "Add"):  # to where a row is divided by its scale
            read = makers[read.input[0]]
        name = weights.removesuffix("_quantized") + "_float"
        values = (constants[weights].astype(np.float32) - constants[zero].astype(np.float32)) * scale
        graph.initializer.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        last.CopyFrom(onnx.helper.make_node("MatMul", [read.input[0], name], [last.output[0]]))
    wanted = {value.name for value in graph.output}
    kept = []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
    tensors = [tensor for tensor in graph.initializer if tensor.name in wanted]
    kept.reverse()
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(tensors)
    return model


def _attributes(node: Any) -> dict[str, Any]:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _ints(values: Any) -> list[int]:
    return [int(value) for value in np.asarray(values).ravel()]


def _axes(given: Sequence[Any], attributes: Mapping[str, Any]) -> list[int] | None:
    if len(given) > 1 and given[1] is not None:
        return _ints(given[1])
    return list(attributes["axes"]) if "axes" in attributes else None


def _reduce(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduce(given: Sequence[Any], attributes: Mapping[str, Any], _count: int) -> Any:
        return function(given[0], axis=_axes(given, attributes), keepdims=bool(attributes.get("keepdims", 1)))

    return reduce


def _slice(given: Sequence[Any], _attributes: Mapping[str, Any], _count: int) -> Any:
    values = given[0]
    starts, ends = _ints(given[1]), _ints(given[2])
    axes = _ints(given[3]) if len(given) > 3 and given[3] is not None else list(range(len(starts)))
    steps = _ints(given[4]) if len(given) > 4 and given[4] is not None else [1] * len(starts)
    parts = [slice(None)] * len(values.shape)
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        parts[axis] = slice(start, None if abs(end) > 1 << 30 else end, step)
    return values[tuple(parts)]


def _reshape(given: Sequence[Any], _attributes: Mapping[str, Any], _count: int) -> Any:
    wanted = given[1]
    if isinstance(wanted, np.ndarray):
        shape = tf.shape(given[0])
        return tf.reshape(given[0], [shape[i] if size == 0 else int(size) for i, size in enumerate(wanted)])
    return tf.reshape(given[0], wanted)


def _squeeze(given: Sequence[Any], attributes: Mapping[str, Any], _count: int) -> Any:
    return tf.squeeze(given[0], axis=_axes(given, attributes))


def _unsqueeze(given: Sequence[Any], attributes: Mapping[str, Any], _count: int) -> Any:
    values = given[0]
    for axis in sorted(_axes(given, attributes) or []):
        values = tf.expand_dims(values, axis)
    return values


def _split(given: Sequence[Any], attributes: Mapping[str, Any], count: int) -> Any:
    sizes = _ints(given[1]) if len(given) > 1 and given[1] is not None else attributes.get("split", count)
    return list(tf.split(given[0], sizes, axis=attributes.get("axis", 0)))


def _gemm(given: Sequence[Any], attributes: Mapping[str, Any], _count: int) -> Any:
    product = tf.matmul(
        given[0], given[1], transpose_a=bool(attributes.get("transA")), transpose_b=bool(attributes.get("transB"))
    )
    product = product * attributes.get("alpha", 1.0)
    return product + attributes.get("beta", 1.0) * given[2] if len(given) > 2 else product


def _fold(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def fold(given: Sequence[Any], _attributes: Mapping[str, Any], _count: int) -> Any:
        found = tf.convert_to_tensor(given[0])
        for other in given[1:]:
            found = function(found, other)
        return found

    return fold


def _each(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda given, _attributes, _count: function(*(tf.convert_to_tensor(value) for value in given))


_OPERATORS: dict[str, Callable[..., Any]] = {
    "Add": _fold(lambda a, b: a + b),
    "Sub": _fold(lambda a, b: a - b),
    "Mul": _fold(lambda a, b: a * b),
    "Div": _fold(lambda a, b: a / b),
    "Max": _fold(tf.maximum),
    "Min": _fold(tf.minimum),
    "And": _each(tf.logical_and),
    "Not": _each(tf.logical_not),
    "Less": _each(tf.less),
    "Greater": _each(tf.greater),
    "Equal": _each(tf.equal),
    "LessOrEqual": _each(tf.less_equal),
    "GreaterOrEqual": _each(tf.greater_equal),
    "Where": _each(tf.where),
    "Pow": _each(tf.pow),
    "Sqrt": _each(tf.sqrt),
    "Exp": _each(tf.exp),
    "Erf": _each(tf.math.erf),
    "Neg": _each(tf.negative),
    "Reciprocal": _each(tf.math.reciprocal),
    "Tanh": _each(tf.tanh),
    "Sigmoid": _each(tf.sigmoid),
    "Relu": _each(tf.nn.relu),
    "Identity": _each(tf.identity),
    "MatMul": _each(tf.matmul),
    "Gemm": _gemm,
    "Softmax": lambda given, attributes, _: tf.nn.softmax(given[0], axis=attributes.get("axis", -1)),
    "Cast": lambda given, attributes, _: tf.cast(given[0], _TYPES[attributes["to"]]),
    "Concat": lambda given, attributes, _: tf.concat(given, axis=attributes["axis"]),
    "Gather": lambda given, attributes, _: tf.gather(given[0], given[1], axis=attributes.get("axis", 0)),
    "Transpose": lambda given, attributes, _: tf.transpose(given[0], attributes.get("perm")),
    "Shape": lambda given, _attributes, _: tf.shape(given[0], out_type=tf.int64),
    "Expand": lambda given, _attributes, _: given[0] + tf.zeros(given[1], tf.convert_to_tensor(given[0]).dtype),
    "ReduceMean": _reduce(tf.reduce_mean),
    "ReduceSum": _reduce(tf.reduce_sum),
    "ReduceMax": _reduce(tf.reduce_max),
    "Slice": _slice,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Split": _split,
}
