"""Damaged files: whatever the bytes, an edit is sound or refused with PhotoError. Seeded."""

import random
from pathlib import Path

import pytest
from samples import samples
from trial import CAFE, CAT, tag

from tagger.core.errors import PhotoError
from tagger.metadata import document
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.splices import inverse, spliced

SAMPLES = samples()
NAMES = [
    "camera big endian",
    "camera little endian",
    "foreign xmp",
    "all three",
    "mpf before exif and xmp",
    "sony preview",
]
INTERESTING = (0x00, 0xFF, 0x7F, 0x80, 0x3C, 0x3E, 0x1C, 0x01)


def mutated(data: bytes, chance: random.Random, end: int) -> bytes:
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        at = chance.randrange(2, min(end, len(result)))
        kind = chance.randrange(5)
        if kind == 0:
            result[at] = chance.randrange(256)
        elif kind == 1:
            result[at] = chance.choice(INTERESTING)
        elif kind == 2:
            result[at] ^= 1 << chance.randrange(8)
        elif kind == 3:
            del result[at : at + chance.randrange(1, 9)]
        else:
            result[at:at] = bytes(chance.choice(INTERESTING) for _ in range(chance.randrange(1, 9)))
    return bytes(result)


@pytest.mark.parametrize("name", NAMES)
def test_mutations_of_the_header(name: str) -> None:
    data = SAMPLES[name]
    start_of_scan = data.index(b"\xff\xc0") if b"\xff\xc0" in data else len(data)
    chance = random.Random(name)
    outcomes = {"refused": 0, "written": 0}
    for _ in range(500):
        damaged, caption = mutated(data, chance, start_of_scan), chance.choice((CAT, CAFE))
        try:
            after, splices = tag(damaged, caption, caption_policy=CaptionPolicy.REPLACE)
        except PhotoError as error:
            assert "\n" not in str(error)
            assert "please report" not in str(error)
            outcomes["refused"] += 1
            continue
        outcomes["written"] += 1
        assert spliced(after, inverse(splices)) == damaged
        assert tag(after, caption, caption_policy=CaptionPolicy.REPLACE) == (after, ())
        shown = document.parse(Path("p"), after).contents
        assert shown.xmp.description
        assert {key.casefold() for key in shown.exif.keywords} >= {"grass"} or {"café", "猫"} <= set(
            shown.exif.keywords
        )
    assert all(outcomes.values()), outcomes  # mutations that are all refused, or all harmless, would test nothing


@pytest.mark.parametrize("name", NAMES)
def test_mutations_anywhere_and_cuts(name: str) -> None:
    data = SAMPLES[name]
    chance = random.Random(name + "!")
    for _ in range(200):
        damaged = mutated(data, chance, len(data))[: chance.choice((None, chance.randrange(len(data))))]
        try:
            after, splices = tag(damaged, CAT)
        except PhotoError:
            continue
        assert spliced(after, inverse(splices)) == damaged


def test_blocks_of_noise() -> None:
    import jpegs

    chance = random.Random(5)
    for prefix, marker in (
        (b"Exif\0\0II*\0\x08\0\0\0", 0xE1),
        (b"Exif\0\0MM\0*\0\0\0\x08", 0xE1),
        (jpegs.XMP_HEADER, 0xE1),
        (b"Photoshop 3.0\0008BIM\4\4\0\0", 0xED),
        (b"MPF\0II*\0\x08\0\0\0", 0xE2),
    ):
        for _ in range(100):
            noise = chance.randbytes(chance.randrange(200))
            data = jpegs.with_segments(SAMPLES["mpf"], jpegs.segment(marker, prefix + noise))
            try:
                after, splices = tag(data, CAT)
            except PhotoError:
                continue
            assert spliced(after, inverse(splices)) == data
