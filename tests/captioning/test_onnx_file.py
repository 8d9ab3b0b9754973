"""A tag model with a learned part behind it: what it says, and what happens to bytes that are no graph."""

import numpy as np
import onnx
import pytest
import tiny_bundle
from hypothesis import given
from hypothesis import strategies as st

from tagger.captioning.onnx_file import TagExtension, extend_tag_model, logits_of, numbers_of
from tagger.captioning.session import Graph
from tagger.core.errors import BundleError

LABELS, NEW = 6, 2
POOLED = np.random.default_rng(1).random((5, 3), dtype=np.float32)


def extension(changed: tuple[int, ...], new: int, *, labels: int = LABELS, seed: int = 0) -> TagExtension:
    rng = np.random.default_rng(seed)
    read = 3 + labels

    def numbers(*shape: int) -> "np.ndarray":
        return rng.normal(size=shape).astype(np.float32)

    deviation = 1 + rng.random(read).astype(np.float32)
    moved = len(changed)
    positions = np.array(changed, np.int64)
    return TagExtension(
        numbers(read), deviation, positions, numbers(read, moved), numbers(moved), numbers(read, new), numbers(new)
    )


def scores(model: bytes) -> "np.ndarray":
    return Graph(model, name="tags").run({"pooled": POOLED})["tag_scores"]


def expected(before: "np.ndarray", e: TagExtension) -> "np.ndarray":
    read = (numbers_of(POOLED, before) - e.mean) / e.deviation
    after = before.copy()
    if len(e.changed):
        after[:, e.changed] = sigmoid(logits_of(before[:, e.changed]) + read @ e.shift + e.shift_bias)
    return np.concatenate([after, sigmoid(read @ e.weights + e.bias)], axis=1)


def sigmoid(values: "np.ndarray") -> "np.ndarray":
    return 1 / (1 + np.exp(-values))


@pytest.mark.parametrize(("changed", "new"), [((), NEW), ((1, 4), 0), ((0, 5), NEW)])
def test_it_says_what_was_learned(changed: tuple[int, ...], new: int) -> None:
    e = extension(changed, new)
    model = extend_tag_model(tiny_bundle.tag_model(), e, LABELS, name="tags")
    onnx.checker.check_model(onnx.load_model_from_string(model), full_check=True)
    before, after = scores(tiny_bundle.tag_model()), scores(model)
    assert Graph(model, name="tags").shapes["tag_scores"] == ("N", LABELS + new)
    np.testing.assert_allclose(after, expected(before, e), atol=1e-5)
    same = [i for i in range(LABELS) if i not in changed]
    assert (after[:, same] == before[:, same]).all()  # to the last bit


def test_it_can_be_extended_again() -> None:
    once = extend_tag_model(tiny_bundle.tag_model(), extension((1,), NEW), LABELS, name="tags")
    e = extension((0, LABELS), 1, labels=LABELS + NEW, seed=2)
    twice = extend_tag_model(once, e, LABELS + NEW, name="tags")
    np.testing.assert_allclose(scores(twice), expected(scores(once), e), atol=1e-4)


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, tiny_bundle.decoder_start()])
def test_what_is_no_tag_model_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match="some tags cannot be extended"):
        extend_tag_model(content, extension((), 1), LABELS, name="some tags")


@given(st.integers(0, len(tiny_bundle.tag_model()) - 1), st.integers(0, 255))
def test_damaged_bytes_are_refused_or_kept(at: int, byte: int) -> None:
    content = bytearray(tiny_bundle.tag_model())
    content[at] = byte
    for damaged in (bytes(content), bytes(content[:at])):
        try:
            extend_tag_model(damaged, extension((1,), 1), LABELS, name="tags")
        except BundleError:
            continue
