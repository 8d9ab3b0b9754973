"""``tagger learn``: teach the bundle the words of the person who corrected it. Writes into no photo."""

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tagger import bootstrap
from tagger.captioning.bundle import load_bundle
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.output import printable
from tagger.cli.settings_line import set_bundle
from tagger.config import library_config_file, load_settings, user_config_file, user_models_folder
from tagger.core.errors import RunError

if TYPE_CHECKING:
    from tagger.learning.captions import Tell


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    roots = list(dict.fromkeys(bootstrap.existing_root(path) for path in options.libraries or [Path()]))
    if options.undo:
        return _undo(roots, options)
    if not 0 < len(options.name or "model") <= 80 or not (options.name or "model").isprintable():
        raise RunError(f"{options.name!r} is no name for a bundle", "name it with --name, in at most 80 characters")
    return _learn(roots, options)


def _learn(roots: list[Path], options: argparse.Namespace) -> int:
    from tagger.learning.card import counts_line, report_lines
    from tagger.learning.learning import Wanted, gathered, learn, require_enough, share_features

    corrections, settings = gathered(roots)
    print(printable(counts_line(corrections.counts)), file=sys.stderr)
    require_enough(corrections)
    wanted = Wanted(tags_only=options.tags_only, name=options.name or "", data=options.data, dry_run=options.dry_run)
    with stop_on_interrupt() as stop, _progress(enabled=not options.json) as tell:
        learned = learn(corrections, settings, user_models_folder(), wanted, tell, stop)
    if learned is None:
        print("stopped; nothing was kept but what photos look like: run it again", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(learned.as_json()))
    else:
        for line in report_lines(learned):
            print(printable(line))
        if learned.unreadable:
            print(f"left out: {learned.unreadable} photos that cannot be read now", file=sys.stderr)
    if learned.source is None:
        print("nothing was kept: this was a dry run", file=sys.stderr)
        return 0
    _use(roots, learned.source)
    share_features(roots, learned)
    where = " ".join(shlex.quote(str(root)) for root in options.libraries)
    print(printable(f"{learned.model} is in {learned.source}, and is used from now on"), file=sys.stderr)
    print("to caption photos again with it: tagger retag --other-model", file=sys.stderr)
    print(printable(f"to take it back: tagger learn --undo {where}".rstrip()), file=sys.stderr)
    return 0


def _undo(roots: list[Path], options: argparse.Namespace) -> int:
    from tagger.learning.versions import before

    used = {bootstrap.settings_for(root).bundle for root in roots}
    if len(used) > 1:
        raise RunError("these libraries use different bundles", "name one of them")
    current = load_bundle(used.pop() or bootstrap.DEFAULT_BUNDLE)
    source = before(current, user_models_folder())
    if not options.dry_run:
        _use(roots, source)
    now = load_bundle(source or bootstrap.DEFAULT_BUNDLE)
    if options.json:
        print(json.dumps({"before": current.model_id, "model": now.model_id, "bundle": str(now.source)}))
    else:
        would = "would be" if options.dry_run else "is"
        print(printable(f"{now.model_id} {would} used again; {current.model_id} stays in {current.source}"))
    return 0


def _use(roots: Sequence[Path], source: Path | None) -> None:
    """Have the settings of these libraries name a bundle, in the file that names one now; None is the embedded one."""
    own = [file for root in roots if load_settings([file := library_config_file(root)]).bundle is not None]
    for file in own or [user_config_file()]:
        set_bundle(file, source)
    wanted = (source or bootstrap.DEFAULT_BUNDLE).resolve()
    for root in roots:
        if (bootstrap.settings_for(root).bundle or bootstrap.DEFAULT_BUNDLE).resolve() != wanted:
            set_bundle(library_config_file(root), wanted)


@contextmanager
def _progress(*, enabled: bool) -> Iterator["Tell"]:
    """A bar for what is being done, with rate and time left; where there is no terminal, a line for each new thing."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
    rate = TaskProgressColumn(show_speed=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), rate, TimeLeft(),
        console=console, disable=not (enabled and console.is_terminal),
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
            if bar.disable and enabled:
                print(f"{what} ...", file=sys.stderr, flush=True)
        bar.update(tasks[what], completed=done, total=total)

    with bar:
        yield tell


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "learn",
        "Teach the bundle your words, from photos whose captions or tags you approved or corrected: new tags from as "
        "few as 5 photos, known tags put right, and with the extra [train] the words of your captions. Writes a new "
        "version of the bundle beside the others and uses it; photos are not touched.",
    )
    parser.add_argument(
        "libraries", metavar="LIBRARY", nargs="*", type=Path, help="whose corrections (default: the current folder's)"
    )
    parser.add_argument("--dry-run", action="store_true", help="learn and measure, and keep nothing of it")
    parser.add_argument("--tags-only", action="store_true", help="leave captions as they are; takes seconds")
    parser.add_argument("--name", help="what to call the new bundle (default: as the old one, with +learned)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data set on whose split val is measured what was forgotten"
    )
    parser.add_argument("--undo", action="store_true", help="use the version from before again; nothing is deleted")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser
