"""What the commands share that compare what photos look like: a library of which every photo was looked at."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.claims import add_wait, claim
from tagger.cli.progress import RunProgress
from tagger.core.records import OutcomeKind

if TYPE_CHECKING:
    from tagger.alike import Likeness
    from tagger.core.protocols import StopEvent


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of every such command."""
    parser.add_argument(
        "--no-update",
        dest="update",
        action="store_false",
        help="leave out photos that were not looked at yet (captioned by an older version, or by another model)",
    )
    parser.add_argument("--bundle", type=Path, metavar="BUNDLE", help="the model that looks (default: as for tag)")
    add_wait(parser)


@contextmanager
def opened(
    command: str, root: Path, options: argparse.Namespace, stop: "StopEvent", *, quiet: bool = False
) -> Iterator["Likeness"]:
    """What the photos of a library look like, after a look at those where it is not known. Raises RunError.

    ``quiet``: it does not matter to the command whether all were looked at.
    """
    from tagger.alike import Likeness
    from tagger.captioning.captioner import Decoding

    settings = bootstrap.settings_for(root)
    settings = settings.replace(bundle=options.bundle) if options.bundle else settings
    captioner = bootstrap.make_captioner(settings, Decoding())
    jobs = settings.jobs or min(8, os.cpu_count() or 1)
    with bootstrap.open_library(root, settings, reading=True) as library:
        likeness = Likeness(root, library.index, captioner, jobs=jobs)
        rows = [] if quiet else likeness.missing()
        if not (rows and options.update):
            if rows:
                print(f"{len(rows)} photos were not looked at yet and are left out", file=sys.stderr)
            yield likeness
            return
    with RunProgress(enabled=not options.json) as progress:
        progress.note(f"{len(rows)} photos have to be looked at first (Ctrl-C ends it, and what is done is kept)")
        held = claim(command, options, stop, progress.note)
        with bootstrap.open_library(root, settings, claim=held) as library:
            likeness = Likeness(root, library.index, captioner, jobs=jobs)
            progress.expect(len(rows))
            for outcome in likeness.update(rows, stop):
                progress.advance(outcome)
                if outcome.kind is not OutcomeKind.INDEXED:
                    progress.complain(output.outcome_line(outcome))
    with bootstrap.open_library(root, settings, reading=True) as library:
        yield Likeness(root, library.index, captioner, jobs=jobs)
