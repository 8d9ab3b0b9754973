"""Damaged TIFFs: whatever the bytes, an edit is sound or refused with PhotoError, and soon. Seeded."""

import random
import struct
import time
from pathlib import Path

import pytest
import tiffs
from trial import CAT, DOG, tag

from tagger.core.errors import PhotoError
from tagger.metadata import document, tiff
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.splices import inverse, spliced

SAMPLES = tiffs.samples()
NAMES = [
    "camera big endian",
    "tiles and smaller little endian",
    "pages big endian",
    "iptc in both",
    "xmp as undefined",
    "values that pages share",
    "pages by libtiff",
]
INTERESTING = (0x00, 0x01, 0x02, 0x04, 0x07, 0x08, 0x0D, 0x1C, 0x7F, 0x80, 0xFF)


def mutated(data: bytes, chance: random.Random, places: list[int]) -> bytes:
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        at = chance.choice(places) if places and chance.random() < 0.8 else chance.randrange(4, len(result))
        at = min(at, len(result) - 5)
        kind = chance.randrange(6)
        if kind == 0:
            result[at] = chance.randrange(256)
        elif kind == 1:
            result[at] = chance.choice(INTERESTING)
        elif kind == 2:
            result[at] ^= 1 << chance.randrange(8)
        elif kind == 3:  # a number that is an offset of something
            struct.pack_into(chance.choice(("<I", ">I")), result, at, chance.randrange(len(result) + 40))
        elif kind == 4:
            del result[at : at + chance.randrange(1, 9)]
        else:
            result[at:at] = bytes(chance.choice(INTERESTING) for _ in range(chance.randrange(1, 9)))
    return bytes(result)


def directories(data: bytes) -> list[int]:
    """Every byte of the first directory, and of the second one."""
    parsed = tiff.parse(Path("p"), data).exif
    places = list(range(4, 8))
    for start in (parsed.ifd, parsed.next_ifd):
        if start:
            count = struct.unpack_from(parsed.order + "H", data, start)[0]
            places += range(start, start + 2 + 12 * count + 4)
    return places


@pytest.mark.parametrize("tagged", [False, True], ids=["untouched", "tagged before"])
@pytest.mark.parametrize("name", NAMES)
def test_mutations(name: str, tagged: bool) -> None:
    data = SAMPLES[name]
    if tagged:
        data, _ = tag(data, DOG)
    places = directories(data)
    chance = random.Random(f"{name} {tagged}")
    outcomes = {"refused": 0, "written": 0}
    for _ in range(300):
        damaged = mutated(data, chance, places)[: chance.choice((None, None, None, chance.randrange(len(data))))]
        begin = time.monotonic()
        try:
            after, splices = tag(damaged, CAT, caption_policy=CaptionPolicy.REPLACE)
        except PhotoError as error:
            assert "\n" not in str(error)
            assert "please report" not in str(error)
            outcomes["refused"] += 1
            continue
        finally:
            assert time.monotonic() - begin < 2
        outcomes["written"] += 1
        assert spliced(after, inverse(splices)) == damaged
        assert tag(after, CAT, caption_policy=CaptionPolicy.REPLACE) == (after, ())
        kept = tiff.parse(Path("p"), after).kept
        assert after[8:kept] == damaged[8:kept]
        tagged_again = document.parse(Path("p"), after)
        clean = spliced(after, document.plan_clean(Path("p"), tagged_again))
        document.require_untouched(Path("p"), tagged_again, document.parse(Path("p"), clean))
    assert all(outcomes.values()), outcomes  # mutations that are all refused, or all harmless, would test nothing


def test_noise_behind_a_header() -> None:
    chance = random.Random(7)
    for head in (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        for _ in range(300):
            data = head + bytes((chance.randrange(4), 0)) + chance.randbytes(chance.randrange(300))
            with pytest.raises(PhotoError):
                tag(data, CAT)
