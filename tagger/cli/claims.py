"""The claim of a command that writes in a library: the option ``--wait``, and who is told of the waiting."""

import argparse
import math
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from tagger import bootstrap
from tagger.cli import output
from tagger.core.records import Outcome, OutcomeKind, Photo

if TYPE_CHECKING:
    from tagger.core.protocols import StopEvent


def add_wait(parser: argparse.ArgumentParser) -> None:
    """The option that every command has that writes in a library."""
    parser.add_argument(
        "--wait",
        type=_seconds,
        default=bootstrap.WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait while another tagger writes in the library (default: %(default)g)",
    )


def claim(
    command: str, options: argparse.Namespace, stop: "StopEvent", say: Callable[[str], object]
) -> bootstrap.Claim:
    """The claim of ``command``; ``say`` gets the line that tells whom it waits for."""
    return bootstrap.Claim(command, options.wait, lambda line: say(output.printable(line)), stop.is_set)


def covered(found: Iterable[Photo | Outcome], held: bootstrap.Claim | None) -> Iterator[Photo | Outcome]:
    """What may be written in a run that holds this claim: without one there is no journal on the disk, and no photo.

    Photos that appeared between the look that found none and the run fail: the next run has them.
    """
    for item in found:
        late = held is None and isinstance(item, Photo)
        yield Outcome(OutcomeKind.FAILED, item.path, "was not there when the run began (run again)") if late else item


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError("must not be below 0, and finite")
    return value
