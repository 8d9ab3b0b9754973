"""The checks that an export must pass, on graphs made by hand: each must be able to fail."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from tagger_export.checks import Check, Interface, check_graph, require

from tagger.core.errors import RunError


def doubling(*, name: str = "y", axis: str = "N", width: int = 3, factor: float = 2.0) -> bytes:
    nodes = [
        helper.make_node("Constant", [], ["factor"], value=helper.make_tensor("f", TensorProto.FLOAT, [1], [factor])),
        helper.make_node("Mul", ["x", "factor"], [name]),
    ]
    graph = helper.make_graph(
        nodes,
        "doubling",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [axis, width])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [axis, width])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return model.SerializeToString()


def pooling(*, negative: bool = False) -> bytes:
    """pixel_values (N, H, W, 3) -> pooled (N, 3), or its negative."""
    nodes = [
        helper.make_node("Constant", [], ["axes"], value=helper.make_tensor("a", TensorProto.INT64, [2], [1, 2])),
        helper.make_node("ReduceMean", ["pixel_values", "axes"], ["mean"], keepdims=0),
        helper.make_node("Neg" if negative else "Identity", ["mean"], ["pooled"]),
    ]
    graph = helper.make_graph(
        nodes,
        "pooling",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["N", 4, 4, 3])],
        [helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["N", 3])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString()


INTERFACE = Interface({"x": (None, 3)}, {"y": (None, 3)})


def results(model: bytes) -> dict[str, bool]:
    checks = check_graph("g.onnx", model, INTERFACE, lambda x: {"y": 2 * x})
    return {check.name.removeprefix("g.onnx: "): check.holds for check in checks}


def test_a_graph_as_it_should_be_passes_all() -> None:
    assert results(doubling()) == {"names": True, "axes": True, "shapes": True, "values": True}


def test_another_name_fails_and_ends_the_checks() -> None:
    assert results(doubling(name="z")) == {"names": False}


def test_another_axis_fails() -> None:
    assert results(doubling(axis="batch"))["axes"] is False


def test_another_value_fails() -> None:
    assert results(doubling(factor=2.001)) == {"names": True, "axes": True, "shapes": True, "values": False}


def test_the_tolerance_is_a_ten_thousandth() -> None:
    assert results(doubling(factor=2.00005))["values"]
    assert not results(doubling(factor=2.0004))["values"]


def test_require_names_what_failed() -> None:
    require([Check("values", True, "0")])
    with pytest.raises(RunError, match=r"values \(largest difference 1\).*nothing was written"):
        require([Check("names", True, "x"), Check("values", False, "largest difference 1")])


def test_arrays_of_another_shape_fail() -> None:
    wrong = Interface({"x": (None, 3)}, {"y": (None, 4)})
    checks = check_graph("g.onnx", doubling(), wrong, lambda x: {"y": np.zeros((len(x), 3))})
    assert not next(check for check in checks if check.name.endswith("shapes")).holds
