"""Damaged PNGs and WebPs: whatever the bytes, an edit is sound or refused with PhotoError. Seeded."""

import random
import time

import pngs
import pytest
from chunked import SAMPLES
from trial import CAT, tag

from tagger.core.errors import PhotoError
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.splices import inverse, spliced

FUZZED = [
    "png both",
    "png animated with both",
    "png compressed xmp",
    "png screenshot with both",
    "png old profile beside the new",
    "webp animated with both",
    "webp flags forgotten",
    "webp lossy",
    "webp unknown in an extended file",
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        if len(result) < 5:
            break
        at, kind = chance.randrange(4, len(result)), chance.randrange(6)
        if kind == 0:
            result[at] = chance.randrange(256)
        elif kind == 1:
            result[at] = chance.choice((0, 0xFF, 0x7F, 0x80, 0x3C, 1))
        elif kind == 2:
            result[at] ^= 1 << chance.randrange(8)
        elif kind == 3:
            del result[at : at + chance.randrange(1, 9)]
        elif kind == 4:
            result[at:at] = chance.randbytes(chance.randrange(1, 9))
        else:
            result[at:] = bytes(chance.randrange(8, 20))
    return bytes(result)


def mended(data: bytes) -> bytes:
    """Make lengths and checksums fit again, so that damage reaches what lies inside the chunks."""
    if data[:4] == b"RIFF":
        return data[:4] + max(0, len(data) - 8).to_bytes(4, "little") + data[8:]
    result, pos = data[:8], 8
    while pos + 12 <= len(data):
        end = pos + 12 + int.from_bytes(data[pos : pos + 4], "big")
        result += pngs.chunk(data[pos + 4 : pos + 8], data[pos + 8 : end - 4]) if end <= len(data) else data[pos:]
        pos = end
    return result


@pytest.mark.parametrize("name", FUZZED)
def test_mutations(name: str) -> None:
    chance = random.Random(name)
    outcomes = {"refused": 0, "written": 0}
    for _ in range(500):
        damaged = mutated(SAMPLES[name], chance)
        if chance.random() < 0.7:
            damaged = mended(damaged)
        began = time.perf_counter()
        try:
            after, splices = tag(damaged, CAT, caption_policy=CaptionPolicy.REPLACE)
        except PhotoError as error:
            assert "\n" not in str(error)
            assert "please report" not in str(error)
            outcomes["refused"] += 1
        else:
            outcomes["written"] += 1
            assert spliced(after, inverse(splices)) == damaged
            assert tag(after, CAT, caption_policy=CaptionPolicy.REPLACE) == (after, ())
        assert time.perf_counter() - began < 2
    assert all(outcomes.values()), outcomes


@pytest.mark.parametrize("name", FUZZED)
def test_cuts(name: str) -> None:
    """Cut anywhere: refused, never half a file written."""
    data = SAMPLES[name]
    for length in range(0, len(data), 7):
        with pytest.raises(PhotoError):
            tag(data[:length])
