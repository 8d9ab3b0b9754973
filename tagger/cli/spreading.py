"""What of ``tagger tag`` spreads over machines: ``--shard`` and ``--results``, ``--engine`` and ``--address``."""

import argparse
import shlex
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tagger import bootstrap, pipeline, spread
from tagger.cli import output
from tagger.cli.runs import Runs
from tagger.config import Settings
from tagger.core.errors import RunError
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.lazy import LazyCaptioner
from tagger.scan import scan
from tagger.shards import ResultsFile, Shard
from tagger.stages import Stages
from tagger.storage.text import RelativePaths

_DECIDED_LATER = ("caption_policy", "sidecar", "sidecar_name", "hard_links", "no_write", "dry_run")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "--shard", type=_shard, metavar="I/N", help="only the I-th of N parts of the photos, the same on every machine"
    )
    parser.add_argument(
        "--results",
        type=Path,
        metavar="FILE",
        help="write what is found into this file only, neither into photos nor index; tagger apply takes it from there",
    )
    parser.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="what the model runs on: this machine (default), or all machines of a Ray cluster",
    )
    parser.add_argument("--address", metavar="ADDR", help="of the Ray cluster (default: one on this machine alone)")


def check(options: argparse.Namespace, addresses: list[str]) -> None:
    """Refuse what does not go together. Raises RunError."""
    if options.shard and not options.results:
        raise RunError("--shard needs --results FILE", "a part is written into a file; tagger apply brings it home")
    if options.address and options.engine != "ray":
        raise RunError("--address needs --engine ray")
    if options.results and options.engine == "ray":
        raise RunError("--results and --engine ray exclude each other", "with Ray, results are written at once")
    if addresses and (options.results or options.engine == "ray"):
        raise RunError(f"{addresses[0]}: addresses are not spread over machines", "name photos or folders")
    for name in _DECIDED_LATER:
        if options.results and getattr(options, name):
            raise RunError(
                f"--{name.replace('_', '-')} and --results exclude each other",
                "nothing is written now: tagger apply decides how",
            )


def only(libraries: Mapping[Path, list[Path]]) -> tuple[Path, list[Path]]:
    """The one library, and the paths in it, that results are about. Raises RunError where there are several."""
    if len(libraries) > 1:
        raise RunError(f"--results: {len(libraries)} libraries are named", "a file of results is about one library")
    return next(iter(libraries.items()))


def record(
    root: Path, paths: list[Path], settings: Settings, captioner: LazyCaptioner, options: argparse.Namespace
) -> int:
    """Caption the photos of one part, into a file; returns the exit code."""
    shard = options.shard or Shard()

    def found() -> Iterator[Photo | Outcome]:
        return scan(paths, recursive=options.recursive)

    with Runs("tag", options, OutcomeKind.CAPTIONED) as runs:
        with (
            bootstrap.recording(root, settings, captioner, lambda result: file.append(result)) as stages,
            ResultsFile(
                options.results,
                RelativePaths(root),
                model=stages.captioner.model_id,
                settings=stages.options.words,
            ) as file,
        ):
            if len(file):
                runs.progress.note(f"{len(file)} photos are in {output.printable(str(options.results))} already")
            runs.progress.count(file.left(found(), shard), runs.stop)
            runs.take(root, pipeline.run(file.left(found(), shard), stages, runs.stop))
        runs.progress.note(captioner.device_note)
        code = runs.finish(written=False, nothing="no photos left to do" if len(file) else "no photos found")
    if not runs.stop.is_set():
        file_name, folder = (output.printable(shlex.quote(str(path))) for path in (options.results, root))
        print(f"to write them into the photos: tagger apply {file_name} --library {folder}", file=sys.stderr)
    return code


def over_cluster(
    library: bootstrap.OpenLibrary,
    stages: Stages,
    photos: Iterable[Photo | Outcome],
    job: spread.Job,
    options: argparse.Namespace,
    runs: Runs,
) -> Iterator[Outcome]:
    """Caption what needs it on a Ray cluster, and write here what comes back, as ``tagger apply`` does."""
    passed: deque[Outcome] = deque()

    def wanted() -> Iterator[Photo]:
        for item in pipeline.settled(photos, stages, runs.stop):
            if isinstance(item, Photo):
                yield item
            else:
                passed.append(item)

    with spread.cluster(options.address):
        applying = library.applying(job.settings, run=runs.run, dry_run=stages.options.dry_run)
        lines = spread.spread(wanted(), job, runs.stop)
        for outcome in pipeline.each(applying.assigned(lines), applying.apply, runs.stop):
            while passed:
                yield passed.popleft()
            yield outcome
    yield from passed


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
