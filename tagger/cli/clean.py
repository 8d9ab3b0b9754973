"""``tagger clean``: take out of photos everything that tagger ever wrote into them."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tagger import bootstrap, pipeline
from tagger.cli.claims import add_wait
from tagger.cli.main import make_parser
from tagger.cli.runs import Runs
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.upkeep import Cleaning


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    with Runs("clean", options, OutcomeKind.CLEANED, lambda found: found.kind is OutcomeKind.SKIPPED) as runs:

        def work(library: bootstrap.OpenLibrary, photos: Iterable[Photo | Outcome]) -> Iterator[Outcome]:
            cleaning = Cleaning(
                library.writer,
                library.index,
                library.journal,
                runs.run,
                approved=options.approved,
                dry_run=options.dry_run,
            )
            return pipeline.each(photos, cleaning.clean, runs.stop)

        for root, paths in bootstrap.by_library([Path(path) for path in options.paths]).items():
            runs.over_paths(root, paths, bootstrap.settings_for(root), work)
            if runs.stop.is_set():
                break
    return runs.finish()


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "clean",
        "Take out of photos, and of their sidecars, everything that tagger ever wrote into them, whichever run it was; "
        "what others wrote stays. A photo's own record says what is ours: no journal is needed. tagger undo takes it "
        "back.",
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="photos, folders, or patterns such as '2024/*.jpg'")
    parser.add_argument(
        "--recursive", action=argparse.BooleanOptionalAction, default=True, help="folders within folders too (default)"
    )
    parser.add_argument("--approved", action="store_true", help="also what a person approved")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be taken out")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    add_wait(parser)
    return parser
