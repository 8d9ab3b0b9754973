"""``tagger index``: upkeep of what search looks in. The index is a cache: the photos themselves say all of it."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from tagger import bootstrap, pipeline, restore
from tagger.cli import output
from tagger.cli.claims import add_wait, claim
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.progress import RunProgress
from tagger.core.errors import RunError
from tagger.core.records import IndexEntry, OutcomeKind
from tagger.scan import scan
from tagger.stages import is_gone
from tagger.upkeep import Reindexing


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    root = bootstrap.existing_root(options.library)
    work: Callable[[Path, argparse.Namespace], int] = options.work
    return work(root, options)


def _rebuild(root: Path, options: argparse.Namespace) -> int:
    settings = bootstrap.settings_for(root)
    counts: Counter[OutcomeKind] = Counter()
    with stop_on_interrupt() as stop, RunProgress(enabled=not options.json) as progress:
        held = claim("index rebuild", options, stop, progress.note)
        with bootstrap.rebuilding_library(root, settings, claim=held) as rebuilding:
            library = rebuilding.library
            for outcome in restore.recover(library.writer, library.index, library.journal):
                progress.note(output.outcome_line(outcome))
            reindexing = Reindexing(library.writer, library.index, library.journal, rebuilding.settings, rebuilding.old)
            progress.count(scan([root]), stop)
            for outcome in pipeline.each(scan([root]), reindexing.take_in, stop):
                counts[outcome.kind] += 1
                progress.advance(outcome)
                if options.json:
                    print(output.outcome_json(outcome), flush=True)
                elif outcome.kind is OutcomeKind.FAILED:
                    progress.complain(output.outcome_line(outcome))
                elif options.verbose:
                    progress.print(output.outcome_line(outcome))
            if not stop.is_set():
                rebuilding.swap()
    print(output.totals(counts) or "no photos found", file=sys.stderr)
    if stop.is_set():
        print("stopped; the index is as it was", file=sys.stderr)
    return 1 if stop.is_set() or counts[OutcomeKind.FAILED] else 0


def _verify(root: Path, options: argparse.Namespace) -> int:
    counts: Counter[str] = Counter()
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        for entry in library.index.search(""):
            found = _compared(entry)
            counts[found] += 1
            if options.json:
                print(json.dumps({"path": str(entry.photo.path), "found": found}))
            elif found != "as recorded":
                print(output.printable(f"{entry.photo.path}: {found}"))
    total = ", ".join(f"{counts[found]} {found}" for found in sorted(counts))
    print(total or "the index is empty", file=sys.stderr)
    return 1 if counts.total() > counts["as recorded"] else 0


def _compared(entry: IndexEntry) -> str:
    path = entry.photo.path
    if is_gone(path):
        return "missing"
    try:
        info = path.stat()
    except OSError as error:
        return f"cannot be looked at ({(error.strerror or str(error)).lower()})"
    if (info.st_size, info.st_mtime_ns) != (entry.photo.size, entry.photo.mtime_ns):
        return "changed since"
    return "without its sidecar" if entry.sidecar is not None and is_gone(entry.sidecar) else "as recorded"


def _stats(root: Path, options: argparse.Namespace) -> int:
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        statistics = asdict(library.index.statistics())
    if options.json:
        print(json.dumps(statistics))
        return 0
    for name, value in statistics.items():
        counts = value if isinstance(value, dict) else {}
        text = ", ".join(f"{what} {count}" for what, count in counts.items()) if counts else str(value or 0)
        print(f"{name:<10} {output.printable(text)}")
    return 0


def _prune(root: Path, options: argparse.Namespace) -> int:
    with stop_on_interrupt() as stop:
        held = claim("index prune", options, stop, output.complain)
        with bootstrap.open_library(root, bootstrap.settings_for(root), claim=held) as library:
            total, gone = 0, []
            for entry in library.index.search(""):
                total += 1
                if is_gone(entry.photo.path):
                    gone.append(entry.photo.path)
            if 2 * len(gone) > total and not options.yes:
                raise RunError(
                    f"{len(gone)} of {total} photos are missing: is a drive not connected?",
                    "tagger index prune --yes removes their rows nevertheless",
                )
            for path in gone:
                library.index.remove(path)
                if options.json:
                    print(json.dumps({"path": str(path)}))
                elif options.verbose:
                    print(output.printable(str(path)))
    print(f"{len(gone)} rows removed, {total - len(gone)} left", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "index",
        "Upkeep of what tagger search looks in. It is a cache: whatever happens to it, rebuild makes it again from the "
        "photos.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, work, what in (
        ("rebuild", _rebuild, "read every photo of the library, and make a new index of what they say"),
        ("verify", _verify, "compare every row with its file: missing, changed since, without its sidecar"),
        ("stats", _stats, "count photos, models, tags"),
        ("prune", _prune, "remove the rows of photos that are gone"),
    ):
        command = commands.add_parser(name, help=what, description=what.capitalize() + ".", allow_abbrev=False)
        command.set_defaults(work=work)
        command.add_argument(
            "library", metavar="LIBRARY", nargs="?", type=Path, default=Path(),
            help="the library (default: of the current folder)",
        )  # fmt: skip
        command.add_argument("--json", action="store_true", help="one JSON object a line")
        if name in ("rebuild", "prune"):
            command.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
            add_wait(command)
        if name == "prune":
            command.add_argument("--yes", action="store_true", help="even where more than half are missing")
    return parser
