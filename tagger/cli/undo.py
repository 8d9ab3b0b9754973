"""``tagger undo``: put back what was there before a run."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tagger import bootstrap, restore
from tagger.cli import output
from tagger.cli.claims import add_wait, claim
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.renamed import renamed
from tagger.core.errors import RunError
from tagger.core.records import Action, ChangeState, JournalRecord, OutcomeKind
from tagger.stages import is_gone


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    paths = [Path(path).absolute() for path in options.paths]
    groups: dict[Path, list[Path]] = {}
    for place in [options.library] if options.library else paths or [Path.cwd()]:
        groups.setdefault(bootstrap.existing_root(place), []).append(place)
    counts: Counter[OutcomeKind] = Counter()
    with stop_on_interrupt() as stop:
        for root, places in groups.items():
            held = claim("undo", options, stop, output.complain)
            with bootstrap.open_library(root, bootstrap.settings_for(root), claim=held) as library:
                for outcome in library.recover():
                    output.complain(output.outcome_line(outcome))
                chosen = [path.resolve() for path in (paths if options.library else places)] if paths else []
                named = dict(renamed(library, chosen))
                outcomes = restore.undo(
                    _chosen(library, options.run, chosen, named),
                    library.writer,
                    library.index,
                    library.journal,
                    stop,
                    run=bootstrap.new_run_id(),
                    places=named,
                    with_later=options.with_later,
                )
                for outcome in outcomes:
                    counts[outcome.kind] += 1
                    if options.json:
                        print(output.outcome_json(outcome))
                    elif outcome.kind is OutcomeKind.FAILED:
                        output.complain(output.outcome_line(outcome))
                    elif options.verbose or outcome.reason:
                        print(output.outcome_line(outcome))
    print(output.totals(counts) or "nothing to undo", file=sys.stderr)
    return 1 if counts[OutcomeKind.FAILED] or stop.is_set() else 0


def _chosen(
    library: bootstrap.OpenLibrary, run: str | None, paths: Sequence[Path], named: dict[str, Path]
) -> Iterator[JournalRecord]:
    """Records of one run, of the last change of each photo at or below the paths, or of the last run."""
    journal = library.journal
    if run is None and not paths:
        runs = (summary for summary in journal.runs() if summary.action is not Action.UNDO)
        run = next((summary.run for summary in runs if summary.undoable), None)
        if run is None:
            return iter(())
    if run is not None:
        _require_run(library, run)
    records = journal.changes(run=run)
    return records if not paths else _last_of_each(records, paths, named, undos=run is not None)


def _require_run(library: bootstrap.OpenLibrary, run: str) -> None:
    """Raise RunError for a run that the journal does not know, or not any more; say so where it is a part."""
    pruned = next((gone for gone in library.journal.forgotten() if gone.run == run), None)
    if run in {summary.run for summary in library.journal.runs()}:
        if pruned is not None:
            output.complain(
                f"{pruned.changes} changes of run {run} were pruned on {output.local_day(pruned.forgotten_at)}"
            )
        return
    if pruned is not None:
        raise RunError(
            f"run {run} was pruned on {output.local_day(pruned.forgotten_at)} to save space",
            "tagger clean takes our words out without the journal",
        )
    raise RunError(f"no run {run} in the library {library.root}", "tagger history lists the runs")


def _last_of_each(
    records: Iterable[JournalRecord], paths: Sequence[Path], named: dict[str, Path], *, undos: bool
) -> Iterator[JournalRecord]:
    """The newest change of each photo that still stands; an undo itself only where its run was named."""
    seen: set[Path] = set()
    for record in records:
        path = record.change.path
        if record.state is not ChangeState.COMMITTED or (record.intent.action is Action.UNDO and not undos):
            continue
        if is_gone(path):
            path = named.get(record.change.identity, path)  # renamed since: told by its picture
        if path not in seen and any(path == given or path.is_relative_to(given) for given in paths):
            seen.add(path)
            yield record


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "undo",
        "Put back what was there before a run: to the byte where nobody else changed the photo since, else our words "
        "go and what others changed stays. Without --run and PATH: the last run of the library in the current folder.",
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="photos or folders: the last change of each photo")
    parser.add_argument("--run", metavar="ID", help="every change of this run (with PATH: only there)")
    parser.add_argument(
        "--with-later", action="store_true", help="undo what later runs did to the same photos too, where it must be"
    )
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="the library (default: of PATH, or of here)")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    add_wait(parser)
    return parser
