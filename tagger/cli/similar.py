"""``tagger similar``: the photos of a library that look most like a given one."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from tagger import bootstrap
from tagger.cli import likeness, output
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.numbers import whole
from tagger.cli.one_photo import one_photo, only


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 1 where Ctrl-C ended the look at the library's photos."""
    options = _parser().parse_args(arguments)
    found = one_photo(options.photo)
    root = bootstrap.existing_root(options.library or found.path)
    with stop_on_interrupt() as stop, likeness.opened("similar", root, options, stop) as looks:
        if stop.is_set():
            return 1
        with only(options.photo):
            features = looks.features(found)
        for neighbour in looks.nearest(features, limit=options.limit, without=found.path):
            if options.json:
                record = json.loads(output.entry_json(neighbour.entry))
                print(json.dumps({"similarity": round(neighbour.similarity, 4)} | record))
            else:
                line = output.caption_line(neighbour.entry.photo.path, neighbour.entry.caption)
                print(f"{neighbour.similarity:.2f}  {line}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "similar",
        "Find the photos of a library that look most like a given one, the most alike first. The number before each "
        "says how alike: 1 is the same picture, above 0.6 the same kind of scene.",
    )
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="a photo, of the library or not")
    parser.add_argument(
        "--library", type=Path, metavar="FOLDER", help="the library to look in (default: the one that holds the photo)"
    )
    parser.add_argument(
        "--limit",
        type=whole(least=1, most=10_000),
        default=10,
        metavar="N",
        help="so many photos (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    likeness.add_options(parser)
    return parser
