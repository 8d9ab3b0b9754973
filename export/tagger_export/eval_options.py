"""What ``tagger eval`` is asked for: its options, and which of them go together. Evaluates nothing."""

import argparse
from pathlib import Path

from tagger_export.outputs import PAGE, check_new

SEED = 7
"""Chooses photos where no other seed is given."""
_JUDGED_ALONE = ("bundles", "gap", "json", "captions", "sample")


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse what does not go together, and files that could not be written in the end. Raises RunError."""
    if (options.model is None) == (options.bundles is None):
        parser.error("name one MODEL, or several with --bundles")
    if options.bundles and options.captions:
        parser.error("--captions is for one model")
    if options.sheet and not options.judge:
        parser.error("--sheet goes with --judge")
    if options.judge:
        for other in _JUDGED_ALONE:
            if getattr(options, other):
                parser.error(f"--judge does not go with --{other}")
        if not options.html and not options.sheet:
            parser.error("--judge needs --html FILE or --sheet FILE")
    if options.gap and (options.bundles or options.html or options.captions):
        parser.error("--gap is of one model, as a table or with --json")
    if options.html:
        check_new(options.html, "--html", PAGE)
    if options.captions:
        check_new(options.captions, "--captions")


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def eval_parser() -> argparse.ArgumentParser:
    """The options of ``tagger eval``."""
    parser = argparse.ArgumentParser(
        prog="tagger eval",
        description="Score the captions and tags of a bundle, or the captions of a training run; compare several; "
        "show photos to a person who judges them. Nothing is written but the files that are named here.",
        allow_abbrev=False,
    )
    names = "its folder or file, or its name in tagger bundle list"
    parser.add_argument("model", nargs="?", type=Path, help=f"bundle ({names}), or folder that tagger train wrote")
    parser.add_argument(
        "--bundles", nargs="+", type=Path, metavar="BUNDLE", help="several instead, on the same photos, side by side"
    )
    parser.add_argument("--data", required=True, help="data set that tagger train reads (folder or address)")
    parser.add_argument("--split", default="val", help="(%(default)s)")
    parser.add_argument("--sample", type=_count, metavar="N", help="only so many photos of the split")
    parser.add_argument(
        "--seed", type=int, default=SEED, help="chooses the photos of --sample, --gap and --judge (%(default)s)"
    )
    parser.add_argument("--method", choices=("beam", "greedy"), default="beam", help="(%(default)s)")
    parser.add_argument(
        "--quality",
        choices=("fast", "default", "best"),
        default="default",
        help="how much trouble is taken over a caption, with --method beam (%(default)s)",
    )
    parser.add_argument(
        "--gap",
        action="store_true",
        help="score as many photos of the split train beside those of the split, with as many captions each",
    )
    parser.add_argument("--captions", type=Path, metavar="FILE", help="write the captions to a new file, one a line")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="a page: best and worst photos; of several models those on which they differ most; with --judge one that "
        "counts what you say; must not exist",
    )
    parser.add_argument("--judge", type=_count, metavar="N", help="show N photos to a person, with --html or --sheet")
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help="with --judge: pictures of 12 photos each")
    return parser
