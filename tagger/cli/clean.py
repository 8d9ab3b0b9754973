"""``tagger clean``: take out of photos everything that tagger ever wrote into them."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tagger import bootstrap, pipeline, restore
from tagger.cli import output
from tagger.cli.claims import add_wait, claim, covered
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.progress import RunProgress
from tagger.cli.tag import by_library
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.scan import scan
from tagger.upkeep import Cleaning


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    counts: Counter[OutcomeKind] = Counter()
    run = bootstrap.new_run_id()
    changed: list[Path] = []
    with stop_on_interrupt() as stop, RunProgress(enabled=not options.json) as progress:
        for root, paths in by_library([Path(path) for path in options.paths]).items():
            before, dry_run = counts[OutcomeKind.CLEANED], options.dry_run
            settings = bootstrap.settings_for(root)
            # A misspelt name, or a folder without photos, shall not become a library.
            for_nothing = dry_run or not any(isinstance(i, Photo) for i in scan(paths, recursive=options.recursive))
            held = None if for_nothing else claim("clean", options, stop, progress.note)
            with bootstrap.open_library(
                root, settings, create=not for_nothing, in_memory=for_nothing, claim=held
            ) as library:
                if held is not None:
                    for outcome in restore.recover(library.writer, library.index, library.journal):
                        progress.note(output.outcome_line(outcome))
                cleaning = Cleaning(
                    library.writer, library.index, library.journal, run, approved=options.approved, dry_run=dry_run
                )
                progress.count(scan(paths, recursive=options.recursive), stop)
                photos = scan(paths, recursive=options.recursive)
                photos = photos if dry_run else covered(photos, held)
                for outcome in pipeline.each(photos, cleaning.clean, stop):
                    counts[outcome.kind] += 1
                    _show(outcome, options, progress)
            if counts[OutcomeKind.CLEANED] > before:
                changed.append(root)
            if stop.is_set():
                break
    return _finish(counts, options, run, changed, interrupted=stop.is_set())


def _show(outcome: Outcome, options: argparse.Namespace, progress: RunProgress) -> None:
    progress.advance(outcome)
    if options.json:
        print(output.outcome_json(outcome), flush=True)
    elif outcome.kind is OutcomeKind.FAILED:
        progress.complain(output.outcome_line(outcome))
    elif options.dry_run and outcome.changes:
        for line in (line for change in outcome.changes for line in output.diff_lines(change)):
            progress.print(line)
    elif options.verbose or outcome.kind is OutcomeKind.SKIPPED:
        progress.print(output.outcome_line(outcome))


def _finish(
    counts: Counter[OutcomeKind], options: argparse.Namespace, run: str, roots: Sequence[Path], *, interrupted: bool
) -> int:
    total = output.totals(counts) or "no photos found"
    print("would be: " + total if options.dry_run else total, file=sys.stderr)
    if not options.dry_run:
        output.tell_undo(run, roots)
    if interrupted:
        print("stopped; run the same command again to do what is left", file=sys.stderr)
    return 1 if interrupted or counts[OutcomeKind.FAILED] else 0


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
