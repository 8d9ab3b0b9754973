"""``tagger undo``: put back the bytes from before a run."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tagger import bootstrap, restore
from tagger.cli import output
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import ChangeState, JournalRecord, OutcomeKind, Photo
from tagger.scan import scan
from tagger.stages import is_gone


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    paths = [Path(path).absolute() for path in options.paths]
    places = [options.library] if options.library else paths or [Path.cwd()]
    roots = list(dict.fromkeys(bootstrap.existing_root(path) for path in places))
    counts: Counter[OutcomeKind] = Counter()
    with stop_on_interrupt() as stop:
        for root in roots:
            with bootstrap.open_library(root, bootstrap.settings_for(root)) as library:
                for outcome in restore.recover(library.writer, library.index, library.journal):
                    output.complain(output.outcome_line(outcome))
                records = _chosen(library, options.run, paths)
                for outcome in restore.undo(records, library.writer, library.index, library.journal, stop):
                    counts[outcome.kind] += 1
                    if options.json:
                        print(output.outcome_json(outcome))
                    elif outcome.kind is OutcomeKind.FAILED:
                        output.complain(output.outcome_line(outcome))
                    elif options.verbose:
                        print(output.outcome_line(outcome))
    print(output.totals(counts) or "nothing to undo", file=sys.stderr)
    return 1 if counts[OutcomeKind.FAILED] or stop.is_set() else 0


def _chosen(library: bootstrap.OpenLibrary, run: str | None, paths: Sequence[Path]) -> Iterator[JournalRecord]:
    """Records of one run, of the last change of each photo at or below the paths, or of the last run."""
    journal = library.journal
    if run is None and not paths:
        run = next((summary.run for summary in journal.runs() if summary.undoable), None)
        if run is None:
            return iter(())
    if run is not None and run not in {summary.run for summary in journal.runs()}:
        raise RunError(f"no run {run} in the library {library.root}", "tagger undo without --run takes the last one")
    records = journal.changes(run=run)
    return records if not paths else _last_of_each(records, library, [path.resolve() for path in paths])


def _last_of_each(
    records: Iterable[JournalRecord], library: bootstrap.OpenLibrary, paths: Sequence[Path]
) -> Iterator[JournalRecord]:
    seen: set[Path] = set()
    named = dict(_identities(library, paths))
    for record in records:
        path = record.change.path
        if record.state is ChangeState.COMMITTED and is_gone(path):
            path = named.get(record.change.identity, path)  # renamed since: told by its picture
        below = any(path == given or path.is_relative_to(given) for given in paths)
        if below and record.state is ChangeState.COMMITTED and path not in seen:
            seen.add(path)
            yield replace(record, change=replace(record.change, path=path))


def _identities(library: bootstrap.OpenLibrary, paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """What photos at or below ``paths`` that the journal knows under another name are recognised by."""
    for found in scan(paths):
        if isinstance(found, Photo) and next(library.journal.changes(path=found.path), None) is None:
            with suppress(PhotoError):
                yield library.writer.read(found).identity, found.path


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "undo",
        "Put back the bytes from before a run. A photo that was changed since by another program is reported and "
        "left alone. Without --run and PATH: the last run of the library in the current folder.",
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="photos or folders: the last change of each photo")
    parser.add_argument("--run", metavar="ID", help="every change of this run (with PATH: only there)")
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="the library (default: of PATH, or of here)")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    return parser
