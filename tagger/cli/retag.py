"""``tagger retag``: caption photos of a library again, with another model or those that a search finds."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tagger import bootstrap, pipeline
from tagger.cli import output
from tagger.cli.choices import add_choices, captioner_for, settings_of
from tagger.cli.claims import add_wait
from tagger.cli.main import make_parser
from tagger.cli.numbers import whole
from tagger.cli.runs import Runs
from tagger.config import Settings
from tagger.core.errors import RunError
from tagger.core.records import Action, Outcome, OutcomeKind
from tagger.lazy import LazyCaptioner
from tagger.report import open_report, small_jpeg
from tagger.retagging import Extent, Selection, chosen, extent, measured_pace
from tagger.stages import Stages

_ASKED_FROM = 100  # photos; fewer are soon undone
_TRIED_FROM = 50  # photos: for fewer it is not worth finding out how fast the model is
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    groups: dict[Path, list[Path]] = {}
    for path in map(Path, options.paths or [options.library or Path()]):
        groups.setdefault(bootstrap.existing_root(path), []).append(path)
    captioners: dict[tuple[object, ...], LazyCaptioner] = {}
    with ExitStack() as stack:
        runs = Runs("retag", options, OutcomeKind.CAPTIONED, lambda found: found.kind is OutcomeKind.SKIPPED)
        seen: Callable[[Outcome], object] = _nothing
        if options.diff is not None:
            seen = stack.enter_context(open_report(options.diff, thumbnail=small_jpeg)).add
        stack.enter_context(runs)
        for root, paths in groups.items():
            settings = settings_of(root, options)
            captioner = captioner_for(settings, options, captioners)
            selection = _selection(options, tuple(path.resolve() for path in paths) if options.paths else ())
            if _is_wanted(root, settings, captioner, selection, runs):
                _retag(root, settings, captioner, selection, runs, seen)
                runs.progress.note(captioner.device_note)
                runs.progress.note(captioner.quality_note)
            if runs.stop.is_set():
                break
    if options.diff is not None:
        print(f"before and after: {output.printable(str(options.diff))}", file=sys.stderr)
    return runs.finish(nothing="nothing to do")


def _nothing(_outcome: Outcome) -> None:
    """Nobody wants a report."""


def _is_wanted(root: Path, settings: Settings, captioner: LazyCaptioner, selection: Selection, runs: Runs) -> bool:
    """Say how much there is to do in a library; whether there is something, and nobody objects."""
    options = runs.options
    with bootstrap.open_library(root, settings, reading=True) as library:
        stages = _stages(library, settings, captioner, runs)
        found = extent(selection, stages, runs.stop, limit=options.limit)
        if runs.stop.is_set():
            return False
        pace = None
        if found.fresh:
            pace = library.journal.pace((Action.TAG, Action.RETAG))
        if pace is None and found.fresh >= _TRIED_FROM:
            pace = measured_pace(chosen(selection, stages), stages)
    runs.progress.note(_announced(found, root, pace))
    runs.progress.expect(found.due)
    if found.due <= _ASKED_FROM or options.yes or options.dry_run or not sys.stdin.isatty():
        return found.meant > 0
    return runs.progress.ask(f"caption {found.due:,} photos again?")


def _announced(found: Extent, root: Path, pace: float | None) -> str:
    where = output.printable(str(root))
    if not found.meant:
        return f"{where}: no photo matches"
    rest = found.meant - found.due - found.gone
    stay = f"; {rest:,} need nothing, or stay as a person decided" if rest else ""
    stay += f"; {found.gone:,} not there any more" if found.gone else ""
    known = found.due - found.fresh
    spared = f" ({known:,} without asking the model)" if known else ""
    takes = "" if not found.due or (pace is None and found.fresh) else f", {_about(found.seconds(pace or 1.0))}"
    return f"{where}: {found.due:,} of {found.meant:,} photos to caption again{spared}{takes}{stay}"


def _about(seconds: float) -> str:
    if seconds < 90:
        return "less than a minute" if seconds < 45 else "about a minute"
    if seconds < 5400:
        return f"about {round(seconds / 60)} minutes"
    return f"about {seconds / 3600:.1f} hours"


def _retag(
    root: Path,
    settings: Settings,
    captioner: LazyCaptioner,
    selection: Selection,
    runs: Runs,
    seen: Callable[[Outcome], object],
) -> None:
    # What a person wrote since into the place of ours is theirs, even where tag may write over captions.
    kept = settings.replace(caption_policy="keep") if settings.caption_policy == "replace" else settings
    with runs.opened(root, kept, writes=not runs.options.dry_run) as (library, _):
        stages = _stages(library, settings, captioner, runs)

        def noted(outcome: Outcome) -> None:
            seen(outcome)
            if selection.failed and outcome.kind is not OutcomeKind.FAILED and not runs.options.dry_run:
                library.index.forgive(outcome.path)

        photos = chosen(selection, stages, limit=runs.options.limit)
        runs.take(root, pipeline.run(photos, stages, runs.stop), seen=noted)


def _stages(library: bootstrap.OpenLibrary, settings: Settings, captioner: LazyCaptioner, runs: Runs) -> Stages:
    options = runs.options
    stages = library.stages(captioner, settings, run=runs.run, dry_run=options.dry_run)
    run = replace(stages.options, action=Action.RETAG, keep_approved=options.keep_approved)
    return replace(stages, options=run)


def _selection(options: argparse.Namespace, places: tuple[Path, ...]) -> Selection:
    if options.older_than and not _DATE.fullmatch(options.older_than):
        raise RunError(f"{options.older_than} is not a date", "write --older-than 2024, 2024-05 or 2024-05-01")
    selection = Selection(
        where=options.where or "",
        places=places,
        other_model=options.other_model,
        older_than=options.older_than or "",
        missing_caption=options.missing_caption,
        changed=options.changed,
        score_below=options.score_below,
    )
    if options.failed:
        if selection != Selection(places=places):
            raise RunError("--failed goes with no other choice of photos", "what failed may have no row to choose by")
        return Selection(places=places, failed=True)
    return selection


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "retag",
        "Caption photos again that the library knows, with the present model. Only words of ours are replaced that no "
        "person decided about; what others wrote stays. Photos that are as the model says already need nothing, so "
        "running it again does what is left. Without a choice: all photos of the library in the current folder.",
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="only these photos, or those in these folders")
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="the library (default: of PATH, or of here)")
    which = parser.add_argument_group("which photos (all of it must hold)")
    which.add_argument("--where", metavar="QUERY", help="those that this search finds (see docs/search.md)")
    which.add_argument("--other-model", action="store_true", help="made by another model than the present one")
    which.add_argument("--older-than", metavar="DATE", help="captioned before this year, month or day: 2024-05-01")
    which.add_argument("--missing-caption", action="store_true", help="without a caption")
    which.add_argument("--changed", action="store_true", help="whose file is another than we left it")
    which.add_argument(
        "--score-below", type=float, metavar="X", help="whose words are less probable than this (0 to 1)"
    )
    which.add_argument("--failed", action="store_true", help="instead: those that failed")
    which.add_argument("--limit", type=whole(least=1), metavar="N", help="at most so many, the rest another time")
    parser.add_argument(
        "--keep-approved",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="captions that a person approved stay (default); what a person wrote or rejected stays in any case",
    )
    parser.add_argument("--diff", type=Path, metavar="FILE", help="before and after, as a page (.html) or table (.csv)")
    parser.add_argument("--yes", action="store_true", help="do not ask, however many photos there are")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    add_choices(parser)
    add_wait(parser)
    parser.set_defaults(caption_policy=None, no_write=False)
    return parser
