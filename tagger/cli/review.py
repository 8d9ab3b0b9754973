"""``tagger approve``, ``edit``, ``reject``: what a person decides about the words of photos."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tagger import bootstrap, pipeline
from tagger.cli.claims import add_wait
from tagger.cli.main import make_parser
from tagger.cli.runs import Runs
from tagger.core.errors import RunError
from tagger.core.records import Outcome, OutcomeKind, Photo
from tagger.review import Edit, Reviewing
from tagger.scan import scan
from tagger.stages import is_gone

Decide = Callable[[Reviewing, Photo], Outcome]
_TOLD = (OutcomeKind.SKIPPED, OutcomeKind.UNCHANGED)


def approve(arguments: Sequence[str]) -> int:
    """Run ``tagger approve``; returns the exit code."""
    parser = _parser(
        "approve",
        "Say that the words of photos are right. No run changes them any more, neither tag, retag nor watch. The "
        "decision is written into the photos; tagger undo takes it back.",
    )
    parser.add_argument("paths", metavar="PHOTO", nargs="*", help="photos, folders or patterns")
    parser.add_argument("--where", metavar="QUERY", help="the photos that this search finds (see docs/search.md)")
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="of --where (default: of the current folder)")
    options = parser.parse_args(arguments)
    if bool(options.paths) == (options.where is not None):
        parser.error("name photos, or search for them with --where")
    return _run("approve", options, OutcomeKind.APPROVED, Reviewing.approve)


def edit(arguments: Sequence[str]) -> int:
    """Run ``tagger edit``; returns the exit code."""
    parser = _parser(
        "edit",
        "Give a photo other words than the machine's. They are approved by that: no run changes them any more. What "
        "the machine had said stays known. tagger undo takes it back.",
    )
    parser.add_argument("paths", metavar="PHOTO", nargs=1, help="the photo")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--caption", metavar="TEXT", help="the caption, also in the place of one that others wrote")
    which.add_argument("--choose", type=int, metavar="N", help="the N-th of the other captions that tagger show lists")
    parser.add_argument("--add-tag", metavar="TAG", action="append", default=[], help="can be given several times")
    parser.add_argument("--remove-tag", metavar="TAG", action="append", default=[], help="can be given several times")
    options = parser.parse_args(arguments)
    wanted = Edit(options.caption, options.choose, tuple(options.add_tag), tuple(options.remove_tag))
    if wanted == Edit():
        parser.error("say what to change: --caption, --choose, --add-tag or --remove-tag")
    return _run("edit", options, OutcomeKind.EDITED, partial(Reviewing.edit, edit=wanted))


def reject(arguments: Sequence[str]) -> int:
    """Run ``tagger reject``; returns the exit code."""
    parser = _parser(
        "reject",
        "Take our words out of photos for good: no run captions them again. What others wrote is as it was before us. "
        "tagger undo takes it back.",
    )
    parser.add_argument("paths", metavar="PHOTO", nargs="+", help="photos, folders or patterns")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--caption-only", action="store_true", help="the tags stay")
    part.add_argument("--tag", metavar="TAG", action="append", default=[], help="only this tag; several times")
    options = parser.parse_args(arguments)
    tags = tuple(options.tag)
    return _run(
        "reject",
        options,
        OutcomeKind.REJECTED,
        lambda reviewing, photo: reviewing.reject(photo, caption_only=options.caption_only, tags=tags),
    )


def _run(command: str, options: argparse.Namespace, kind: OutcomeKind, decide: Decide) -> int:
    where: str | None = getattr(options, "where", None)
    groups: dict[Path, list[Path]] = {}
    for path in map(Path, options.paths or [options.library or Path()]):
        groups.setdefault(bootstrap.existing_root(path), []).append(path)
    with Runs(command, options, kind, lambda found: found.kind in _TOLD) as runs:
        for root, paths in groups.items():
            settings = bootstrap.settings_for(root)
            with runs.opened(root, settings, writes=not options.dry_run) as (library, _):

                def found(
                    library: bootstrap.OpenLibrary = library, paths: list[Path] = paths
                ) -> Iterator[Photo | Outcome]:
                    return scan(paths) if where is None else _searched(library, where)

                if command == "edit":
                    _require_one(paths[0], found())
                reviewing = Reviewing(
                    library.writer, library.index, library.journal, runs.run, settings.write, options.dry_run
                )
                runs.progress.count(found(), runs.stop)
                runs.take(root, pipeline.each(found(), partial(decide, reviewing), runs.stop))
            if runs.stop.is_set():
                break
    return runs.finish()


def _searched(library: bootstrap.OpenLibrary, query: str) -> Iterator[Photo | Outcome]:
    for row in library.index.search(query):
        if is_gone(row.photo.path):
            yield Outcome(OutcomeKind.SKIPPED, row.photo.path, "is not there any more")
        else:
            yield from scan([row.photo.path])


def _require_one(path: Path, found: Iterable[Photo | Outcome]) -> None:
    """Raise RunError unless there is one photo at ``path``: a caption is for one."""
    photos = list(found)
    if len(photos) != 1:
        raise RunError(f"{path} holds {len(photos)} photos", "name one photo")


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    parser = make_parser(command, description)
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show what would be written")
    parser.add_argument("-v", "--verbose", action="store_true", help="one line a photo")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo, one a line")
    add_wait(parser)
    return parser
