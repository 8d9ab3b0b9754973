"""``tagger index``: upkeep of what search looks in. The index is a cache: the photos themselves say all of it."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from tagger import bootstrap, pipeline
from tagger.cli import output, tables
from tagger.cli.claims import add_wait, claim
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.progress import RunProgress
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import IndexEntry, Outcome, OutcomeKind
from tagger.metadata.writer import PhotoWriter
from tagger.scan import scan
from tagger.stages import is_gone
from tagger.upkeep import Reindexing

_READERS = 3  # files at a time: drives are slow to answer
_PAGE = 500


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    root = bootstrap.existing_root(options.library)
    work: Callable[[Path, argparse.Namespace], int] = options.work
    return work(root, options)


def _rebuild(root: Path, options: argparse.Namespace) -> int:
    settings = bootstrap.settings_for(root)
    counts: Counter[OutcomeKind] = Counter()
    with stop_on_interrupt() as stop, RunProgress(enabled=not options.json) as progress:
        held = claim("index rebuild", options, stop, progress.note)
        with bootstrap.rebuilding_library(root, settings, claim=held) as rebuilding:
            library = rebuilding.library
            for outcome in library.recover():
                progress.note(output.outcome_line(outcome))
            reindexing = Reindexing(library.writer, library.index, library.journal, rebuilding.settings, rebuilding.old)
            progress.count(scan([root]), stop)
            for outcome in pipeline.each(scan([root]), reindexing.take_in, stop):
                counts[outcome.kind] += 1
                progress.advance(outcome)
                if options.json:
                    print(output.outcome_json(outcome), flush=True)
                elif outcome.kind is OutcomeKind.FAILED:
                    progress.complain(output.outcome_line(outcome))
                elif options.verbose:
                    progress.print(output.outcome_line(outcome))
            if not stop.is_set():
                rebuilding.swap()
    print(output.totals(counts) or "no photos found", file=sys.stderr)
    if stop.is_set():
        print("stopped; the index is as it was", file=sys.stderr)
    return 1 if stop.is_set() or counts[OutcomeKind.FAILED] else 0


def _verify(root: Path, options: argparse.Namespace) -> int:
    counts: Counter[str] = Counter()
    with (
        stop_on_interrupt() as stop,
        bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library,
        RunProgress(enabled=not options.json) as progress,
    ):
        problems = library.index.problems()
        for problem in problems:
            print(json.dumps({"index": problem}) if options.json else output.printable(f"the index: {problem}"))
        progress.expect(library.index.count())

        def compare(entry: IndexEntry) -> Outcome:
            found = _compared(entry) or (_read_again(entry, library.writer) if options.deep else "")
            return Outcome(OutcomeKind.FAILED if found else OutcomeKind.UNCHANGED, entry.photo.path, found)

        with ThreadPoolExecutor(_READERS if options.deep else 1, "tagger-verify") as readers:
            rows = iter(library.index.search(""))
            while not stop.is_set() and (page := list(islice(rows, _PAGE))):
                for outcome in readers.map(compare, page):
                    found = outcome.reason or "as recorded"
                    counts[found] += 1
                    progress.advance(outcome)
                    if options.json:
                        print(json.dumps({"path": str(outcome.path), "found": found}))
                    elif outcome.reason:
                        progress.print(output.printable(f"{outcome.path}: {found}"))
    total = ", ".join(f"{counts[found]} {found}" for found in sorted(counts))
    print(total or "the index is empty", file=sys.stderr)
    if problems:
        print("tagger index rebuild makes the index anew from the photos", file=sys.stderr)
    if stop.is_set():
        print("stopped: the rest was not looked at", file=sys.stderr)
    return 1 if problems or stop.is_set() or counts.total() > counts["as recorded"] else 0


def _compared(entry: IndexEntry) -> str:
    """How the file differs from its row, by a look at it from outside; empty: not at all."""
    path = entry.photo.path
    if is_gone(path):
        return "missing"
    try:
        info = path.stat()
    except OSError as error:
        return f"cannot be looked at ({(error.strerror or str(error)).lower()})"
    if (info.st_size, info.st_mtime_ns) != (entry.photo.size, entry.photo.mtime_ns):
        return "changed since"
    return "without its sidecar" if entry.sidecar is not None and is_gone(entry.sidecar) else ""


def _read_again(entry: IndexEntry, writer: PhotoWriter) -> str:
    """How what is in the file differs from its row; empty: not at all."""
    try:
        metadata = writer.read(entry.photo)
    except PhotoError as error:
        return f"cannot be read ({error.cause})"
    if metadata.identity != entry.identity:
        return "holds another picture"
    record = metadata.provenance
    if entry.written and entry.sidecar is None and record is None:
        return "without our words"
    if record is not None and record.caption != entry.caption.text:
        return "holds another caption of ours"
    return ""


def _stats(root: Path, options: argparse.Namespace) -> int:
    with bootstrap.open_library(root, bootstrap.settings_for(root), reading=True) as library:
        statistics = asdict(library.index.statistics())
    if options.json:
        print(json.dumps(statistics))
        return 0
    for name, value in statistics.items():
        counts = value if isinstance(value, dict) else {}
        text = ", ".join(f"{what} {count}" for what, count in counts.items()) if counts else str(value or 0)
        print(f"{name:<10} {output.printable(text)}")
    return 0


def _prune(root: Path, options: argparse.Namespace) -> int:
    with stop_on_interrupt() as stop:
        held = claim("index prune", options, stop, output.complain)
        with bootstrap.open_library(root, bootstrap.settings_for(root), claim=held) as library:
            total, gone = 0, []
            for entry in library.index.search(""):
                total += 1
                if is_gone(entry.photo.path):
                    gone.append(entry.photo.path)
            if 2 * len(gone) > total and not options.yes:
                raise RunError(
                    f"{len(gone)} of {total} photos are missing: is a drive not connected?",
                    "tagger index prune --yes removes their rows nevertheless",
                )
            empty: Counter[Path] = Counter()
            for path in gone:
                if not options.yes and (folder := _empty_folder(path, root)) is not None:
                    empty[folder] += 1
                    continue
                library.index.remove(path)
                if options.json:
                    print(json.dumps({"path": str(path)}))
                elif options.verbose:
                    print(output.printable(str(path)))
            library.index.features.prune()
    for folder, count in empty.items():
        output.complain(f"{folder} is empty, {count} rows kept: is a drive not connected there?", "--yes removes them")
    removed = len(gone) - empty.total()
    print(f"{removed} rows removed, {total - removed} left", file=sys.stderr)
    return 1 if empty else 0


def _empty_folder(path: Path, root: Path) -> Path | None:
    """The folder that would hold a missing photo, where it is there and empty: a drive may belong there."""
    for folder in path.parents:
        if folder == root or not folder.is_relative_to(root):
            return None
        try:
            return None if next(folder.iterdir(), None) else folder
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return folder
    return None


def _export(root: Path, options: argparse.Namespace) -> int:
    settings = bootstrap.settings_for(root)
    with bootstrap.open_library(root, settings, reading=True) as library:
        rows = library.index.search(options.where)
        if str(options.file) == "-":
            if options.format == "parquet":
                raise RunError("Parquet does not go to the terminal", "name a file")
            (tables.write_csv if options.format == "csv" else tables.write_json)(rows, sys.stdout)
            return 0
        count = _write(options.file, options.format, rows)
    print(output.printable(f"{options.file}: {count} photos"), file=sys.stderr)
    return 0


def _write(path: Path, form: str, rows: Iterator[IndexEntry]) -> int:
    """Write a new file, whole or not at all; returns how many rows."""
    try:
        with path.open("xb") as binary:  # whatever is there may be somebody's photo
            try:
                if form == "parquet":
                    return tables.write_parquet(rows, binary)
                with TextIOWrapper(binary, encoding="utf-8", newline="") as file:
                    return tables.write_csv(rows, file) if form == "csv" else tables.write_json(rows, file)
            except BaseException:
                with suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError as error:
        raise RunError(f"{path} exists already", "choose another name, or remove it") from error
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}", "choose another place") from error


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "index",
        "Upkeep of what tagger search looks in. It is a cache: whatever happens to it, rebuild makes it again from the "
        "photos.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, work, what in (
        ("rebuild", _rebuild, "read every photo of the library, and make a new index of what they say"),
        (
            "verify",
            _verify,
            "check the index, and compare every row with its file: missing, changed, without its sidecar",
        ),
        ("stats", _stats, "count photos, models, tags, states, years, failures"),
        ("prune", _prune, "remove the rows of photos that are gone"),
        ("export", _export, "write all rows, or those that a search finds, as a table for other programs"),
    ):
        command = commands.add_parser(name, help=what, description=what.capitalize() + ".", allow_abbrev=False)
        command.set_defaults(work=work)
        if name == "export":
            command.add_argument("file", metavar="FILE", type=Path, help="the file to make; - is the terminal")
            command.add_argument("--format", choices=tables.FORMATS, default="csv", help="default: %(default)s")
            command.add_argument("--where", metavar="QUERY", default="", help="only what this search finds")
        command.add_argument(
            "library", metavar="LIBRARY", nargs="?", type=Path, default=Path(),
            help="the library (default: of the current folder)",
        )  # fmt: skip
        if name != "export":
            command.add_argument("--json", action="store_true", help="one JSON object a line")
        if name in ("rebuild", "prune"):
            command.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
            add_wait(command)
        if name == "verify":
            command.add_argument("--deep", action="store_true", help="read every photo, and compare what is in it")
        if name == "prune":
            command.add_argument(
                "--yes", action="store_true", help="even where more than half are missing, or a folder is empty"
            )
    return parser
