"""``tagger history``: what was done in a library, run by run or photo by photo; and forgetting the oldest of it."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger import bootstrap
from tagger.cli import output
from tagger.cli.claims import add_wait, claim
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.numbers import whole
from tagger.cli.renamed import renamed
from tagger.core.errors import RunError
from tagger.core.records import JournalRecord
from tagger.past import changes_of
from tagger.stages import is_gone

if TYPE_CHECKING:
    from tagger.storage.journal import RunSummary


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    if arguments[:1] == ["prune"]:
        return _prune(arguments[1:])
    options = _parser().parse_args(arguments)
    paths = [Path(path).absolute() for path in options.paths]
    root = bootstrap.existing_root(options.library or (paths[0] if paths else Path.cwd()))
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        if not paths and options.run is None:
            _show_runs(library, options)
            return 0
        for record in islice(_records(library, options.run, paths), options.limit):
            if options.json:
                print(json.dumps(_record(record)))
            else:
                _show_record(record, fields=bool(paths) or options.verbose)
    return 0


def _show_runs(library: bootstrap.OpenLibrary, options: argparse.Namespace) -> None:
    runs = library.journal.runs()
    for summary in islice(runs, options.limit):
        print(json.dumps(_run_record(summary)) if options.json else _run_line(summary))
    left = {summary.run for summary in runs}
    for gone in library.journal.forgotten() if options.verbose or options.json else ():
        if options.json:
            record = {"run": gone.run, "pruned": gone.changes, "pruned_at": gone.forgotten_at}
            print(json.dumps(record))
        else:
            what = "of its changes were" if gone.run in left else "changes, all"
            print(
                output.printable(f"{gone.run}  {gone.changes} {what} pruned on {output.local_day(gone.forgotten_at)}")
            )


def _run_line(summary: "RunSummary") -> str:
    states = ", ".join(f"{count} {state}" for state, count in summary.states.items())
    when = output.local_time(summary.begun_at)
    counts = f"{summary.changes:>6} changes, {summary.undoable} can be undone"
    return output.printable(f"{summary.run}  {summary.action:<7}  {when}  {counts}  ({states})")


def _run_record(summary: "RunSummary") -> dict[str, Any]:
    return {
        "run": summary.run,
        "action": str(summary.action),
        "begun_at": summary.begun_at,
        "changes": summary.changes,
        "undoable": summary.undoable,
        "states": {str(state): count for state, count in summary.states.items()},
    }


def _records(library: bootstrap.OpenLibrary, run: str | None, paths: Sequence[Path]) -> Iterator[JournalRecord]:
    """Changes of a run, of photos (under any name they had), or of both together, newest first."""
    journal = library.journal
    if run is not None and run not in {summary.run for summary in journal.runs()}:
        raise RunError(f"no run {run} in the library {library.root}", "tagger history lists the runs")
    if not paths:
        yield from journal.changes(run=run)
        return
    places = [path.resolve() for path in paths]
    pictures = set(_pictures(library, places))
    if not any(place.is_dir() for place in places):  # a few photos: no need to go through the whole journal
        yield from changes_of(journal, places, pictures, run=run)
        return
    for record in journal.changes(run=run):
        path = record.change.path
        below = any(path == place or path.is_relative_to(place) for place in places)
        if below or (record.change.identity in pictures and is_gone(path)):
            yield record


def _pictures(library: bootstrap.OpenLibrary, places: Iterable[Path]) -> Iterator[str]:
    """What the photos named are recognised by under another name; of a folder, its photos that are not known there."""
    for place in places:
        if not place.is_dir():
            yield from (record.change.identity for record in library.journal.changes(path=place))
        yield from (identity for identity, _ in renamed(library, [place]))


def _show_record(record: JournalRecord, *, fields: bool) -> None:
    when, change = output.local_time(record.begun_at), record.change
    head = f"{when}  {record.run}  {record.intent.action}: {record.state}"
    print(output.printable(f"{head}  {change.target}"))
    if fields:
        for line in output.diff_lines(change)[1:]:
            print(line)


def _record(record: JournalRecord) -> dict[str, Any]:
    change = record.change
    return {
        "path": str(change.path),
        "file": str(change.target),
        "run": record.run,
        "action": str(record.intent.action),
        "state": str(record.state),
        "at": record.begun_at,
        "identity": change.identity,
        "fields": [{"field": one.name, "before": one.before, "after": one.after} for one in change.fields],
    }


def _prune(arguments: Sequence[str]) -> int:
    options = _prune_parser().parse_args(arguments)
    root = bootstrap.existing_root(options.library)
    settings = bootstrap.settings_for(root)
    given = options.older_than is not None or options.keep_megabytes is not None
    days = options.older_than if given else settings.journal_days
    megabytes = options.keep_megabytes if given else settings.journal_megabytes
    with stop_on_interrupt() as stop:
        held = claim("history prune", options, stop, output.complain)
        with bootstrap.open_library(root, settings, claim=held) as library:
            done = library.journal.prune(
                older_than=None if days is None else timedelta(days=days),
                keep_bytes=None if megabytes is None else megabytes << 20,
                compact=True,
            )
            size = library.journal.size()
    freed, left = done.freed / 1e6, size / 1e6
    print(
        f"{done.changes} changes of {done.runs} runs pruned, {freed:.1f} MB given back; the journal has {left:.1f} MB",
        file=sys.stderr,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "history",
        "What was done in a library: its runs, newest first; with --run the changes of one, with PATH those of photos, "
        "also under names that they had before. tagger history prune forgets the oldest.",
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="photos or folders (./prune for one of that name)")
    parser.add_argument("--run", metavar="ID", help="the changes of this run")
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="the library (default: of PATH, or of here)")
    parser.add_argument("--limit", type=whole(), metavar="N", help="at most so many runs or changes")
    parser.add_argument("-v", "--verbose", action="store_true", help="fields before and after; runs that were pruned")
    parser.add_argument("--json", action="store_true", help="one JSON object a run or change, one a line")
    return parser


def _prune_parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "history prune",
        "Forget the oldest changes and give their room back to the disk; they cannot be undone any more. Without "
        "options: what exceeds journal_days and journal_megabytes of the settings, as every tagger tag does.",
    )
    parser.add_argument("--older-than", type=whole(), metavar="DAYS", help="runs that ended longer ago")
    parser.add_argument("--keep-megabytes", type=whole(), metavar="N", help="as much of the rest as exceeds this")
    parser.add_argument(
        "--library", type=Path, default=Path(), metavar="FOLDER", help="the library (default: of the current folder)"
    )
    add_wait(parser)
    return parser
