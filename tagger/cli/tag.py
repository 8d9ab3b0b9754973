"""``tagger tag``: caption and tag photos, and write it into them."""

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tagger import bootstrap, pipeline, restore
from tagger.cli import address, output
from tagger.cli.claims import add_wait, claim, covered
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.progress import RunProgress
from tagger.config import Settings
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.lazy import LazyCaptioner
from tagger.scan import scan
from tagger.stages import is_gone
from tagger.storage.library import FOLDER_NAME

if TYPE_CHECKING:
    from tagger.captioning.captioner import Decoding


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    addresses, named = address.split(options.paths, options.output)
    groups = by_library(named)
    captioners: dict[tuple[object, ...], LazyCaptioner] = {}
    counts: Counter[OutcomeKind] = Counter()
    run = bootstrap.new_run_id()
    changed: list[Path] = []
    with stop_on_interrupt() as stop, RunProgress(enabled=not options.json) as progress:
        if addresses:
            settings = _settings(None, options)
            captioner = bootstrap.make_captioner(settings, _decoding(options, settings.beam_width))
            writer = bootstrap.make_writer(settings)
            counts += address.tag_addresses(addresses, captioner, writer, options, progress)
        for root, paths in groups.items():
            before = counts[OutcomeKind.CAPTIONED]
            settings = _settings(root, options)
            wanted = (settings.bundle, settings.device, settings.beam_width)
            if wanted not in captioners:
                captioners[wanted] = bootstrap.make_captioner(settings, _decoding(options, settings.beam_width))
            captioner, dry_run = captioners[wanted], options.dry_run
            # A misspelt name, or a folder without photos, shall not become a library.
            for_nothing = dry_run or not any(isinstance(i, Photo) for i in scan(paths, recursive=options.recursive))
            held = None if for_nothing else claim("tag", options, stop, progress.note)
            with bootstrap.open_library(
                root, settings, create=not for_nothing, in_memory=for_nothing, claim=held
            ) as library:
                if held is not None:
                    for outcome in restore.recover(library.writer, library.index, library.journal):
                        progress.note(output.outcome_line(outcome))
                stages = library.stages(captioner, settings, run=run, dry_run=dry_run)
                progress.count(scan(paths, recursive=options.recursive), stop)
                photos = scan(paths, recursive=options.recursive)
                photos = photos if dry_run else covered(photos, held)
                for outcome in pipeline.run(photos, stages, stop):
                    counts[outcome.kind] += 1
                    _show(outcome, options, progress)
            if counts[OutcomeKind.CAPTIONED] > before:
                changed.append(root)
            progress.note(captioner.device_note)
            if stop.is_set():
                break
    return _finish(counts, options, run, changed, interrupted=stop.is_set())


def _settings(root: Path | None, options: argparse.Namespace) -> Settings:
    """The settings of a library, or of none, overridden by the command line."""
    return bootstrap.settings_for(root).replace(
        caption_policy=options.caption_policy,
        write=False if options.no_write else None,
        bundle=options.bundle,
        device=options.device,
        batch_size=options.batch_size,
        jobs=options.jobs,
        beam_width=options.beam_width,
        sidecar=options.sidecar,
        sidecar_name=options.sidecar_name,
        hard_links=options.hard_links,
    )


def by_library(paths: Iterable[Path]) -> dict[Path, list[Path]]:
    """Paths by the library that they belong to, or that this run will make: then the outermost folder named."""
    roots = [(path, bootstrap.library_root(_anchor(path))) for path in paths]
    groups: dict[Path, list[Path]] = {}
    for path, root in roots:
        outer = [other for _, other in roots if root.is_relative_to(other)]
        new = not (root / FOLDER_NAME).is_dir()
        groups.setdefault(min(outer, key=lambda folder: len(folder.parts)) if new else root, []).append(path)
    return groups


def _anchor(path: Path) -> Path:
    """The nearest thing that exists at or above a path: a missing one, or a pattern, still has a library."""
    return next((part for part in (path, *path.absolute().parents) if not is_gone(part)), path)


def _decoding(options: argparse.Namespace, beam_width: int) -> "Decoding":
    from tagger.captioning.captioner import Decoding

    return Decoding(
        method=options.decoding,
        beam_width=beam_width or None,
        temperature=options.temperature,
        top_p=options.top_p,
        seed=options.seed,
    )


def _show(outcome: Outcome, options: argparse.Namespace, progress: RunProgress) -> None:
    progress.advance(outcome)
    if options.json:
        print(output.outcome_json(outcome), flush=True)
    elif outcome.kind is OutcomeKind.FAILED:
        progress.complain(output.outcome_line(outcome))
    elif options.dry_run and outcome.changes:
        for line in (line for change in outcome.changes for line in output.diff_lines(change)):
            progress.print(line)
    elif options.verbose or (options.dry_run and outcome.kind is OutcomeKind.CAPTIONED):
        progress.print(output.outcome_line(outcome))


def _finish(
    counts: Counter[OutcomeKind], options: argparse.Namespace, run: str, roots: Sequence[Path], *, interrupted: bool
) -> int:
    """Say what happened, and how to go on or back; ``roots`` are the libraries with captions written."""
    total = output.totals(counts) or "no photos found"
    print("would be: " + total if options.dry_run else total, file=sys.stderr)
    if not options.dry_run and not options.no_write:
        output.tell_undo(run, roots)
    if interrupted:
        print("stopped; run the same command again to do what is left", file=sys.stderr)
    return 1 if interrupted or counts[OutcomeKind.FAILED] else 0


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("tag", "Caption and tag photos, and write it into them. Running it again does what is left.")
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="photos, folders, patterns such as '2024/*.jpg', or https:// addresses"
    )
    parser.add_argument(
        "--recursive", action=argparse.BooleanOptionalAction, default=True, help="folders within folders too (default)"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("--no-write", action="store_true", help="into the index only, not into the photos")
    parser.add_argument(
        "--caption-policy",
        choices=("keep", "replace", "append"),
        help="what to do with a caption that a person wrote (default: keep it)",
    )
    parser.add_argument(
        "--sidecar",
        choices=("auto", "always", "never"),
        help="XMP files beside photos: only where needed or there already (auto, default), for every photo, or never",
    )
    parser.add_argument(
        "--sidecar-name", choices=("ext", "stem"), help="call a new one photo.jpg.xmp (default) or photo.xmp"
    )
    parser.add_argument(
        "--hard-links",
        choices=("sidecar", "replace"),
        help="a photo with several names gets a sidecar (default), or is replaced, which separates the names",
    )
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="model bundle (default: the embedded one)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), help="where the model runs (default: auto)")
    parser.add_argument("--batch-size", type=int, metavar="N", help="photos captioned at once (default: 16)")
    parser.add_argument("--jobs", type=int, metavar="N", help="photos read at once (default: one a core)")
    parser.add_argument(
        "--decoding",
        choices=("beam", "greedy", "sample"),
        default="beam",
        help="how captions are searched (%(default)s)",
    )
    parser.add_argument("--beam-width", type=int, metavar="N", help="width of --decoding beam (default: bundle's)")
    parser.add_argument("--temperature", type=_positive, default=1.0, help="of --decoding sample (%(default)s)")
    parser.add_argument("--top-p", type=_share, default=0.9, help="of --decoding sample (%(default)s)")
    parser.add_argument("--seed", type=_whole, default=0, help="of --decoding sample (%(default)s)")
    address.add_options(parser)
    add_wait(parser)
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be above 0 and finite")
    return value


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be below 0")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1")
    return value
