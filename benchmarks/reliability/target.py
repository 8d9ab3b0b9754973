"""What every target of the fuzzer is: a function of bytes that accepts them, refuses them in words, or is broken."""

from collections.abc import Callable
from dataclasses import dataclass, field


class Broken(AssertionError):
    """A promise does not hold."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser: samples to begin with, and what takes bytes to it. ``share`` of all inputs, relative.

    ``takes`` returns True where the bytes are accepted (and everything that is promised of them was checked), False
    where they are refused with an error that is meant for users. Anything else that it raises is a finding.
    """

    name: str
    share: int
    samples: list[bytes] = field(repr=False)
    takes: Callable[[bytes], bool]
