"""``tagger search``: find photos in the index."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.main import make_parser
from tagger.stages import is_gone


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 also where nothing is found."""
    options = _parser().parse_args(arguments)
    root = bootstrap.existing_root(options.library)
    query = " ".join(options.words)
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        for entry in library.index.search(query, limit=options.limit):
            if options.json:
                print(output.entry_json(entry))
            elif options.paths:
                print(output.printable(str(entry.photo.path)))
            else:
                missing = "  (missing)" if is_gone(entry.photo.path) else ""
                print(output.caption_line(entry.photo.path, entry.caption) + missing)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "search",
        'Find photos: words (as prefixes), "phrases", tag:dog, path:holiday, since:2024-05, until:2024; '
        "-TERM leaves out (put -- before the terms then). All terms must hold.",
    )
    parser.add_argument("words", metavar="WORDS", nargs="+", help="what to look for")
    parser.add_argument(
        "--library", type=Path, default=Path(), metavar="FOLDER", help="the library (default: of the current folder)"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="at most so many photos")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    parser.add_argument("--paths", action="store_true", help="paths only")
    return parser
