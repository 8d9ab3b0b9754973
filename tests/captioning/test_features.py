"""What photos look like, in a few hundred bytes: angles stay, small changes of a picture change few bits."""

import numpy as np
import pytest
from numpy.typing import NDArray

from captioning.pictures import scene
from tagger.captioning import features
from tagger.captioning.features import describe_all, picture_hash, take_apart


def pixels(size: tuple[int, int] = (120, 80)) -> NDArray[np.float32]:
    return np.asarray(scene(size).resize((64, 64)), np.float32) / 255


def differing(one: bytes, other: bytes) -> int:
    return int(np.bitwise_count(np.frombuffer(one, np.uint8) ^ np.frombuffer(other, np.uint8)).sum())


def test_angles_stay() -> None:
    rng = np.random.default_rng(0)
    pooled = np.abs(rng.standard_normal((40, 1280))).astype(np.float32)
    pooled[1] = pooled[0] + 0.2 * rng.standard_normal(1280)
    described = describe_all(pooled, [pixels()] * 40)
    assert {len(one) for one in described} == {2 + 8 + 2 * 160}
    values = take_apart(np.frombuffer(b"".join(described), np.uint8).reshape(40, -1)).values(slice(None))
    cosines = values @ values.T
    real = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    assert np.abs(np.diag(cosines) - 1).max() < 1e-5
    assert np.abs(cosines - real @ real.T)[np.triu_indices(40, 1)].max() < 0.15
    assert cosines[0, 1] == np.sort(cosines[0])[-2]


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 130, 3000])
def test_any_encoder(count: int) -> None:
    pooled = np.random.default_rng(1).standard_normal((3, count)).astype(np.float32)
    described = describe_all(pooled, [pixels()] * 3)
    codes = take_apart(np.frombuffer(b"".join(described), np.uint8).reshape(3, -1))
    assert (codes.count, len(codes)) == (min(count, 2048), 3)
    assert codes.values(slice(None)).shape == (3, codes.count)
    assert codes.distances(codes.signs[1])[1] == 0


def test_the_turn_changes_no_angle() -> None:
    pooled = np.random.default_rng(2).standard_normal((4, 77)).astype(np.float32)
    turned = features._turned(pooled)
    assert turned.shape == (4, 77)
    assert np.allclose(turned @ turned.T, pooled @ pooled.T, atol=1e-3)


def test_what_is_not_a_number_counts_as_nothing() -> None:
    pooled = np.array([[1.0, np.nan, np.inf, -1.0]], np.float32)
    plain = np.array([[1.0, 0.0, 0.0, -1.0]], np.float32)
    assert describe_all(pooled, [pixels()]) == describe_all(plain, [pixels()])


def test_hash_of_versions() -> None:
    picture = pixels()
    same = picture_hash(picture)
    assert len(same) == 8
    assert differing(same, picture_hash(picture * 0.7 + 0.1)) <= 1
    assert differing(same, picture_hash(pixels((60, 40)))) <= 4
    assert differing(same, picture_hash(picture[::-1])) > 14
    assert differing(same, picture_hash(picture[:, ::-1])) > 14


def test_other_bytes_are_refused() -> None:
    for wrong in (b"\x03\0" + bytes(9), b"\0\0" + bytes(8), b"\xff\xff" + bytes(20)):
        with pytest.raises(ValueError, match="are no features"):
            take_apart(np.frombuffer(wrong, np.uint8)[None])


def test_nothing() -> None:
    assert len(take_apart(np.zeros((0, 0), np.uint8))) == 0
