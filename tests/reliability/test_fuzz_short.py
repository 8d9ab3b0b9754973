"""A few thousand damaged inputs for every parser, and those that broke a promise once."""

import fuzz
import harness
import pytest
from crashers import crashers
from mutations import BLIND, in_boxes, in_jpeg, in_png, in_riff, in_tiff, mutated
from target import Target
from targets import scratch_folder, targets

INPUTS = 4000


def test_a_few_thousand() -> None:
    result = harness.run(lambda: fuzz.fuzz(INPUTS, seed=7))  # in a process of its own: its memory is bounded
    assert [finding.shown() for finding in result.findings.values()] == []
    assert result.inputs.total() == INPUTS
    for name, count in result.inputs.items():
        assert count > 30, name
    # What refuses everything, or accepts everything, was not tested.
    for name in ("JPEG", "PNG", "WebP", "TIFF", "sidecar", "vocabulary.txt"):
        assert 0 < result.accepted[name] < result.inputs[name], name


@pytest.mark.parametrize("number", range(len(crashers())), ids=[what for _, _, what in crashers()])
def test_crasher(number: int) -> None:
    name, data, _ = crashers()[number]

    def work() -> tuple[bool, str]:
        fuzz.prepare()
        with scratch_folder() as scratch:
            (target,) = (target for target in targets(scratch) if target.name == name)
            accepted, _, finding = fuzz.attempt(target, data)
        return accepted, finding

    assert harness.run(work)[1] == ""


def takes(data: bytes) -> bool:
    """A parser with a bug of each kind."""
    if b"loop" in data:
        while True:
            pass
    if b"large" in data:
        return bool(bytearray(2 << 30))
    if b"deep" in data:
        return takes(data)
    if b"crash" in data:
        raise IndexError("out of range")
    return True


@pytest.mark.parametrize("bug", ["loop", "large", "deep", "crash"])
def test_finds_bugs_and_makes_them_small(bug: str) -> None:
    target = Target("broken", 1, [], takes)

    def work() -> tuple[str, bytes]:
        fuzz.prepare()
        data = b"x" * 50 + bug.encode() + b"y" * 50
        finding = fuzz.attempt(target, data)[2]
        return finding, fuzz.smaller(target, data, finding) if bug != "loop" else data

    finding, data = harness.run(work)
    names = {"loop": "processor time", "large": "MemoryError", "deep": "RecursionError", "crash": "IndexError"}
    assert names[bug] in finding
    assert bug == "loop" or (bug.encode() in data and len(data) < 30)


@pytest.mark.parametrize("mutate", [*BLIND, in_png, in_riff, in_jpeg, in_boxes, in_tiff, mutated])
def test_mutations_mutate_and_never_fail(mutate: object) -> None:
    import random

    import variety

    chance, samples = random.Random(3), [b"", b"a", *variety.pngs().values(), *variety.tiffs().values()]
    samples += [*variety.webps().values(), *variety.avifs().values(), variety.samples.samples()["all three"]]
    changed = 0
    for data in samples * 5:
        changed += mutate(data, samples, chance) != data  # type: ignore[operator]
    assert changed >= 3
