"""``tagger apply``: write what other machines found out about photos."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from tagger import bootstrap, pipeline
from tagger.cli.claims import add_wait
from tagger.cli.main import make_parser
from tagger.cli.runs import Runs
from tagger.core.errors import RunError
from tagger.core.records import OutcomeKind
from tagger.results import Line, from_line, read_lines
from tagger.shards import local
from tagger.storage.text import RelativePaths


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    root = _root(options.library)
    settings = bootstrap.settings_for(root)
    for file in options.results:  # before anything is written: a misspelt name shall not end a run half way
        next(read_lines(file), None)  # a part may be empty
    writes = not options.dry_run and _is_about(root, options.results)
    with Runs(
        "apply", options, OutcomeKind.CAPTIONED, lambda found: found.kind is OutcomeKind.CAPTIONED and options.dry_run
    ) as runs:
        with runs.opened(root, settings, create=writes, writes=writes) as (library, _):
            applying = library.applying(settings, run=runs.run, dry_run=not writes)
            runs.progress.count(_lines(options.results), runs.stop)
            assigned = applying.assigned(_lines(options.results))
            runs.take(root, pipeline.each(assigned, applying.apply, runs.stop))
        return runs.finish(written=settings.write, nothing="no results found")


def _root(library: Path | None) -> Path:
    if library is None:
        return bootstrap.existing_root(Path.cwd())
    if not library.is_dir():
        raise RunError(f"{library}: no such folder", "give the folder that the shards were told, as seen from here")
    return bootstrap.library_root(library)


def _lines(files: Sequence[Path]) -> Iterator[Line]:
    for file in files:
        yield from read_lines(file)


def _is_about(root: Path, files: Sequence[Path]) -> bool:
    """Whether any line names a file below ``root``: a folder that has nothing to do with them is no library."""
    paths = RelativePaths(root)
    for line in _lines(files):
        try:
            if local(from_line(line).path, paths).exists():
                return True
        except (OSError, ValueError):
            continue
    return False


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "apply",
        "Write the captions and tags that tagger tag --results found, on this machine or on others, into the photos. "
        "A photo whose picture has changed since is left alone. Running it again does what is left; tagger undo takes "
        "it back.",
    )
    parser.add_argument("results", metavar="RESULTS", type=Path, nargs="+", help="files of results, one a part")
    parser.add_argument(
        "--library",
        type=Path,
        metavar="ROOT",
        help="the folder that the results are about, as seen from here (default: the library around this folder)",
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    add_wait(parser)
    return parser
