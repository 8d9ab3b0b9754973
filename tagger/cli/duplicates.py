"""``tagger duplicates``: photos of which a library has several copies or versions. Lists them, nothing else."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger import bootstrap
from tagger.cli import likeness, output
from tagger.cli.interrupt import stop_on_interrupt
from tagger.cli.main import make_parser
from tagger.cli.progress import RunProgress
from tagger.stages import is_gone

if TYPE_CHECKING:
    from tagger.alike import Group, Likeness, Member
    from tagger.core.protocols import StopEvent


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code: 1 where Ctrl-C ended it early."""
    options = _parser().parse_args(arguments)
    root = bootstrap.existing_root(options.library)
    options.update = options.update and options.near
    groups = photos = spare = 0
    with (
        stop_on_interrupt() as stop,
        likeness.opened("duplicates", root, options, stop, quiet=not options.near) as looks,
    ):
        found = _versions(looks, options, stop) if options.near else looks.copies()
        for group in found:
            there = [member for member in group.members if not is_gone(member.entry.photo.path)]
            if len(there) < 2 or stop.is_set():
                continue
            groups, photos = groups + 1, photos + len(there)
            spare += sum(member.entry.photo.size for member in there[1:])
            print(json.dumps(_record(group, there)) if options.json else _text(groups, group, there))
        if stop.is_set():
            print("stopped: there may be more", file=sys.stderr)
            return 1
    if not groups:
        print("no duplicates found" if options.near else "no copies found (--near finds versions too)", file=sys.stderr)
    else:
        print(f"{groups} groups of {photos} photos; all but the largest take {_size(spare)}", file=sys.stderr)
    return 0


def _versions(looks: "Likeness", options: argparse.Namespace, stop: "StopEvent") -> "Iterator[Group]":
    with RunProgress(enabled=not options.json) as progress:
        progress.expect(100)
        for item in looks.versions(stop):
            if isinstance(item, float):
                progress.advance_to(round(100 * item), "% of the pairs compared")
            else:
                yield item


def _text(number: int, group: "Group", members: "Sequence[Member]") -> str:
    what = "same picture" if group.exact else "versions"
    lines = [f"{number}. {len(members)} photos, {what}"]
    for place, member in enumerate(members):
        entry = member.entry
        pixels = "x".join(map(str, member.dimensions)) if member.dimensions else "?"
        when = (entry.taken_at or "")[:10] or "no date"
        mark = (
            "largest"
            if not place
            else "same"
            if entry.identity == members[0].entry.identity
            else f"{member.similarity:.2f}"
        )
        lines.append(
            f"   {mark:<8}{pixels:>11} {_size(entry.photo.size):>9}  {output.printable(when)}"
            f"  {output.printable(str(entry.photo.path))}"
        )
    return "\n".join(lines)


def _record(group: "Group", members: "Sequence[Member]") -> dict[str, Any]:
    return {
        "exact": group.exact,
        "largest": str(members[0].entry.photo.path),
        "photos": [
            {
                "path": str(member.entry.photo.path),
                "identity": member.entry.identity,
                "similarity": round(member.similarity, 4),
                "size": member.entry.photo.size,
                "width": member.dimensions[0] if member.dimensions else None,
                "height": member.dimensions[1] if member.dimensions else None,
                "taken_at": member.entry.taken_at,
            }
            for member in members
        ],
    }


def _size(count: int) -> str:
    """Bytes for people."""
    return (
        f"{count / 1e9:.1f} GB"
        if count >= 1e9
        else f"{count / 1e6:.1f} MB"
        if count >= 1e5
        else f"{count / 1e3:.1f} kB"
    )


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "duplicates",
        "List photos of which a library has several, grouped, the largest first. Nothing is deleted or changed. A copy "
        "is a photo with the same compressed picture data, whatever its name and metadata.",
    )
    parser.add_argument(
        "library", metavar="LIBRARY", nargs="?", type=Path, default=Path(),
        help="the library (default: of the current folder)",
    )  # fmt: skip
    parser.add_argument(
        "--near", action="store_true",
        help="also versions: another size or compression, brighter or darker, slightly cropped",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object a group, one a line")
    likeness.add_options(parser)
    return parser
