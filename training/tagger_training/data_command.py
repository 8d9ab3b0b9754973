"""``tagger data``: look at a data set, or load one whose photos are addresses."""

import argparse
import json
import os
import random
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tagger.fetch import fetch
from tagger_training import download
from tagger_training.datasets import DataSet, load_dataset
from tagger_training.inspection import Report, inspect
from tagger_training.progress import progress_bar

_SHOWN = 5


def data(arguments: Sequence[str]) -> int:
    """Run ``tagger data check`` or ``tagger data download``; returns the exit code."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _check(options: argparse.Namespace) -> int:
    found = load_dataset(options.folder)
    with progress_bar() as progress:
        task = progress.add_task("photos", total=None, note="")
        report = inspect(
            found,
            jobs=options.jobs,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if options.json:
        print(json.dumps(_record(found, report)))
    else:
        _print_report(found, report, options.show)
    return 1 if report.missing or report.broken or report.leaks else 0


def _print_report(found: DataSet, report: Report, show: int) -> None:
    print(f"data set {found.name}")
    for name, part in report.splits.items():
        print(
            f"  {name}: {part.photos} photos, {part.captions} captions "
            f"({part.captions / max(1, part.photos):.1f} a photo, {part.shortest} to {part.longest} words), "
            f"{part.words} distinct words"
        )
    print(f"  missing photos: {report.missing}, empty captions: {report.empty}, broken photos: {len(report.broken)}")
    for error in report.broken[:_SHOWN]:
        print(f"    {error.path.name}: {error}")
    print(f"  photos that are there twice: {len(report.doubled)}")
    for paths in report.doubled[:_SHOWN]:
        print("    " + ", ".join(path.name for path in paths))
    print(f"  pictures in two splits: {len(report.leaks)}")
    for one, other, bits in report.leaks[:_SHOWN]:
        print(f"    {one.name}, {other.name}" + (f" (nearly: {bits} of 256 bits)" if bits else ""))
    if report.leaks:
        print("  warning: figures measured on a split that leaks are too good; take these photos out of one of them")
    members = [photo for part in found.splits.values() for photo in part]
    for photo in random.Random(1).sample(members, min(show, len(members))):
        print(f"{photo.path}")
        for caption in photo.captions:
            print(f"    {caption}")


def _record(found: DataSet, report: Report) -> dict[str, object]:
    return {
        "name": found.name,
        "splits": {
            name: {
                "photos": part.photos,
                "captions": part.captions,
                "words": part.words,
                "shortest": part.shortest,
                "longest": part.longest,
            }
            for name, part in report.splits.items()
        },
        "missing": report.missing,
        "empty": report.empty,
        "broken": [{"path": str(error.path), "cause": error.cause} for error in report.broken],
        "doubled": [[str(path) for path in paths] for paths in report.doubled],
        "leaks": [{"paths": [str(one), str(other)], "bits": bits} for one, other, bits in report.leaks],
    }


def _download(options: argparse.Namespace) -> int:
    total = sum(1 for _ in download.read_table(options.table))
    stop = threading.Event()
    with _interruptible(stop), progress_bar() as progress:
        task = progress.add_task("addresses", total=min(total, options.limit or total), note="")
        counts = download.download(
            options.table,
            options.out,
            fetch=partial(
                fetch,
                max_bytes=options.max_megabytes << 20,
                timeout=options.timeout,
                allow_private=options.allow_private,
            ),
            split=options.split,
            jobs=options.jobs,
            limit=options.limit,
            progress=lambda done, seen: progress.update(
                task, completed=done, note=f"{seen['loaded']} loaded, {done - seen['loaded']} not"
            ),
            stop=stop.is_set,
        )
    print(f"{counts['loaded']} photos in {options.out}", file=sys.stderr)
    for cause, number in counts.most_common():
        if cause != "loaded":
            print(f"  {number}: {cause}", file=sys.stderr)
    if stop.is_set():
        print("stopped; run the same command again to do what is left", file=sys.stderr)
    return 1 if stop.is_set() else 0


@contextmanager
def _interruptible(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C asks to stop, the second interrupts."""

    def ask(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tagger data", description="Look at data sets of photos with captions.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="count photos, captions and what is wrong with them",
        description="Count photos and captions, find missing, broken and doubled photos and pictures that are in two "
        "splits, and show a few. Exit code 1 where photos are missing or broken or splits leak.",
    )
    check.add_argument("folder", metavar="DIR", type=Path, help="a data set in one of the published layouts")
    check.add_argument("--show", type=int, default=3, metavar="N", help="photos to show (%(default)s)")
    check.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="photos read at once")
    check.add_argument("--json", action="store_true", help="one JSON object")
    check.set_defaults(run=_check)
    load = commands.add_parser(
        "download",
        help="load the photos of a table of captions and addresses",
        description="Load the photos of a table of captions and addresses (Conceptual Captions: caption, tab, address) "
        "into a data set. Run it again to go on; addresses that gave nothing are not tried again.",
    )
    load.add_argument("table", metavar="TABLE", type=Path, help="the tab-separated table")
    load.add_argument("out", metavar="DIR", type=Path, help="folder of the data set to make")
    load.add_argument("--split", default="train", choices=("train", "val", "test"), help="(%(default)s)")
    load.add_argument("--limit", type=int, metavar="N", help="only the first N addresses")
    load.add_argument("--jobs", type=int, default=16, metavar="N", help="addresses at once (%(default)s)")
    load.add_argument("--timeout", type=float, default=20.0, metavar="SECONDS", help="for each (%(default)g)")
    load.add_argument("--max-megabytes", type=int, default=20, metavar="N", help="larger files are left (%(default)s)")
    load.add_argument("--allow-private", action="store_true", help="addresses inside your own network too")
    load.set_defaults(run=_download)
    return parser
