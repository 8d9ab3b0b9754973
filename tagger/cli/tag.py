"""``tagger tag``: caption and tag photos, and write it into them."""

import argparse
from collections.abc import Iterable, Iterator, Sequence

from tagger import bootstrap, pipeline, spread
from tagger.cli import address, spreading
from tagger.cli.choices import add_choices, captioner_for, decoding_of, settings_of
from tagger.cli.claims import add_wait
from tagger.cli.main import make_parser
from tagger.cli.runs import Runs
from tagger.config import Settings
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.lazy import LazyCaptioner


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    addresses, named = address.split(options.paths, options.output)
    spreading.check(options, addresses)
    if options.results:
        root, paths = spreading.only(bootstrap.by_library(named))
        settings = settings_of(root, options)
        return spreading.record(root, paths, settings, captioner_for(settings, options, {}), options)
    captioners: dict[tuple[object, ...], LazyCaptioner] = {}
    terse = not (options.json or options.verbose)
    with Runs(
        "tag", options, OutcomeKind.CAPTIONED, lambda found: found.kind is OutcomeKind.CAPTIONED and options.dry_run
    ) as runs:
        if addresses:
            settings = settings_of(None, options)
            captioner = bootstrap.make_captioner(settings, decoding_of(options, settings))
            writer = bootstrap.make_writer(settings)
            runs.counts += address.tag_addresses(addresses, captioner, writer, options, runs.progress)
        for root, paths in bootstrap.by_library(named).items():
            settings = settings_of(root, options)
            captioner = captioner_for(settings, options, captioners)

            def work(
                library: bootstrap.OpenLibrary,
                photos: Iterable[Photo | Outcome],
                captioner: LazyCaptioner = captioner,
                settings: Settings = settings,
            ) -> Iterator[Outcome]:
                stages = library.stages(captioner, settings, run=runs.run, dry_run=options.dry_run, terse=terse)
                if options.engine == "ray":
                    job = spread.Job(library.root, settings, decoding_of(options, settings))
                    return spreading.over_cluster(library, stages, photos, job, options, runs)
                return pipeline.run(photos, stages, runs.stop)

            runs.over_paths(root, paths, settings, work)
            runs.progress.note(captioner.device_note)
            runs.progress.note(captioner.quality_note)
            if runs.stop.is_set():
                break
    return runs.finish(written=not options.no_write)


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
    add_choices(parser)
    address.add_options(parser)
    spreading.add_options(parser)
    add_wait(parser)
    return parser
