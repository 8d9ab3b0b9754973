"""``tagger search``: find photos in the index."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from tagger import bootstrap
from tagger.cli import output, tables
from tagger.cli.main import make_parser
from tagger.cli.numbers import whole
from tagger.core.records import IndexEntry
from tagger.stages import is_gone
from tagger.storage.searching import Order

_FIRST_PAGE = 100


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 0 also where nothing is found."""
    options = _parser().parse_args(arguments)
    root = bootstrap.existing_root(options.library)
    query = " ".join(options.words)
    # A person reads the first page; a program wants it all.
    page = options.limit is None and options.format == "table" and sys.stdout.isatty()
    limit = _FIRST_PAGE + 1 if page else options.limit or None
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        if options.count:
            print(library.index.count(query))
            return 0
        found = library.index.search(query, limit=limit, order=Order(options.sort), descending=options.reverse)
        _show(islice(found, _FIRST_PAGE) if page else found, options)
        if page and next(found, None) is not None:
            total = library.index.count(query)
            print(f"the first {_FIRST_PAGE} of {total} photos; --limit 0 shows all", file=sys.stderr)
    return 0


def _show(found: Iterable[IndexEntry], options: argparse.Namespace) -> None:
    if options.format == "csv":
        tables.write_csv(found, sys.stdout)
        return
    for entry in found:
        if options.null:
            sys.stdout.buffer.write(os.fsencode(entry.photo.path) + b"\0")
        elif options.format == "json":
            print(output.entry_json(entry))
        elif options.format == "paths":
            print(output.printable(str(entry.photo.path)))
        else:
            missing = "  (missing)" if is_gone(entry.photo.path) else ""
            print(output.caption_line(entry.photo.path, entry.caption) + missing)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "search",
        'Find photos: words (as prefixes), "phrases", tag:dog, path:holiday, since:2024-05, until:2024, model:, '
        "state:, is:written, score<0.3; OR, NOT and brackets; -TERM leaves out (put -- before the terms then). "
        "docs/search.md says more.",
    )
    parser.add_argument("words", metavar="WORDS", nargs="+", help="what to look for")
    parser.add_argument(
        "--library", type=Path, default=Path(), metavar="FOLDER", help="the library (default: of the current folder)"
    )
    parser.add_argument(
        "--sort",
        choices=[str(order) for order in Order],
        default=str(Order.PATH),
        help="by path (default), date taken, date captioned, score (the least sure first), or relevance (best first)",
    )
    parser.add_argument("--reverse", action="store_true", help="the other way round")
    parser.add_argument(
        "--limit", type=whole(), metavar="N",
        help=f"at most so many photos; 0: all (default: {_FIRST_PAGE} on a terminal, else all)",
    )  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format", choices=("table", "json", "paths", "csv"), default="table",
        help="lines for people (default), one JSON object a line, paths, or a table for spreadsheets",
    )  # fmt: skip
    form.add_argument("--json", dest="format", action="store_const", const="json", help="like --format json")
    form.add_argument("--paths", dest="format", action="store_const", const="paths", help="like --format paths")
    form.add_argument("-0", "--null", action="store_true", help="paths as they are, to the byte, each ended by NUL")
    form.add_argument("--count", action="store_true", help="only how many there are")
    return parser
