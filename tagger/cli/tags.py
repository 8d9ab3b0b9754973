"""``tagger tags``: which tags there are and how they would be written; why a photo gets the tags that it gets."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagger import bootstrap
from tagger.captioning.names import fold_name
from tagger.captioning.selection import Decision, Verdict
from tagger.captioning.vocabulary import Entry, EntryState, Rule
from tagger.cli import output
from tagger.cli.main import make_parser
from tagger.cli.one_photo import one_photo, only
from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Photo, PhotoMetadata

if TYPE_CHECKING:
    from tagger.config import Settings
    from tagger.lazy import LazyCaptioner

_WORTH_SHOWING = 0.1  # a probability below which nobody asks why a label was not written
_KEPT = {Verdict.WRITTEN, Verdict.ANCESTOR, Verdict.PARENT, Verdict.TOO_MANY}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.action == "list":
        _list(options)
    else:
        _why(options)
    return 0


def _list(options: argparse.Namespace) -> None:
    root = bootstrap.library_root(options.library)
    captioner = _captioner(bootstrap.settings_for(root).replace(bundle=options.bundle))
    entries = captioner.vocabulary.entries
    written = [entry for entry in entries if entry.state in (EntryState.ON, EntryState.PARENT)]
    shown = entries if options.all else written
    if options.json:
        for entry in shown:
            print(json.dumps(_entry_record(entry)))
        return
    header = ("label", "written as", "parents", "threshold", "state", "why")
    rows = (
        (e.label, e.word, ", ".join(e.ancestors), _threshold(e), str(e.state), _reason(e.rule, root)) for e in shown
    )
    _print_table([header, *rows])
    left_out = len(entries) - len(shown)
    more = f"; {left_out} more are not written by themselves (--all shows them)" if left_out else ""
    print(f"{len(shown)} tags of {captioner.model_id}{more}", file=sys.stderr)


def _why(options: argparse.Namespace) -> None:
    photo = one_photo(options.photo)
    root = bootstrap.library_root(photo.path)
    settings = bootstrap.settings_for(root).replace(bundle=options.bundle)
    captioner = _captioner(settings)
    with only(options.photo):
        decisions = captioner.captioner().explain(captioner.prepare(photo))
    # Surest first; what no score belongs to comes along with the rest.
    decisions = tuple(sorted(decisions, key=lambda decision: (-(decision.score or 0.0), decision.entry.label)))
    shown = decisions if options.all else tuple(d for d in decisions if _is_candidate(d))
    metadata, problem = _read(photo, root, settings)
    if options.json:
        held = _held(metadata) if metadata else {}
        records = [_decision_record(decision, root, settings.tags.max) for decision in shown]
        print(json.dumps({"path": str(photo.path), "tags": records, "keywords": held, "problem": problem}))
        return
    rows = [_decision_row(decision, root, settings.tags.max) for decision in shown]
    print(output.printable(f"{photo.path}, {captioner.model_id}:"))
    _print_table([("label", "probability", "threshold", "what becomes of it"), *rows])
    if problem:
        print(output.printable(f"\nwhat it holds cannot be read: {problem}"))
    elif metadata is not None:
        print("\nkeywords in the photo now:" if metadata.keywords else "\nno keywords in the photo now")
        _print_table(list(_held(metadata).items()))
        if metadata.provenance and metadata.provenance.state.is_decided:
            print(f"{metadata.provenance.state} by a person: tagger leaves them as they are")


def _captioner(settings: "Settings") -> "LazyCaptioner":
    from tagger.captioning.captioner import Decoding

    captioner = bootstrap.make_captioner(settings, Decoding())
    if not captioner.vocabulary.labels:
        raise RunError(f"{captioner.model_id} has no tags", "it writes captions only; use another bundle")
    return captioner


def _read(photo: Photo, root: Path, settings: "Settings") -> tuple[PhotoMetadata | None, str]:
    """What the photo holds, or why that cannot be read. Leaves nothing behind where there is no library."""
    with bootstrap.open_library(root, settings, in_memory=True) as library:
        try:
            return library.writer.read(photo), ""
        except PhotoError as error:
            return None, str(error)


def _held(metadata: PhotoMetadata) -> dict[str, str]:
    """Each keyword of the photo, and who wrote it."""
    record = metadata.provenance
    ours = {fold_name(keyword) for keyword in record.added} if record else set()
    us = f"tagger, in run {record.run}" if record else ""
    return {word: us if fold_name(word) in ours else "a person or another program" for word in metadata.keywords}


def _is_candidate(decision: Decision) -> bool:
    return decision.verdict in _KEPT or (decision.score or 0.0) >= _WORTH_SHOWING


def _decision_row(decision: Decision, root: Path, most: int) -> tuple[str, ...]:
    score = "-" if decision.score is None else f"{decision.score:.2f}"
    return decision.entry.label, score, _threshold(decision.entry), _words(decision, root, most)


def _words(decision: Decision, root: Path, most: int) -> str:
    """The decision as a person would say it."""
    entry, child = decision.entry, decision.child
    as_word = "written" if entry.word == entry.label else f"written as {entry.word}"
    reason = _reason(entry.rule, root)
    match decision.verdict:
        case Verdict.WRITTEN:
            return as_word
        case Verdict.ANCESTOR:
            return f"{as_word}: parent of {child}"
        case Verdict.BELOW if entry.threshold is None:
            return "nothing below it is written"
        case Verdict.BELOW:
            return f"below its threshold {_threshold(entry)}" + (f" ({reason})" if reason else "")
        case Verdict.OFF:
            return "off in the bundle: not reliable"
        case Verdict.DENIED:
            return f"denied by {reason}"
        case Verdict.NOT_ALLOWED:
            return f"not among {reason}"
        case Verdict.PARENT:
            return f"left out: parent of {child}, and write_parents is false"
        case Verdict.TOO_MANY:
            return f"left out: only {most} tags a photo"


def _reason(rule: Rule, root: Path) -> str:
    """``deny "dog" in .tagger/tagger.toml``; empty where the bundle alone decides."""
    if rule.source is None:
        return rule.setting
    source = rule.source.relative_to(root) if rule.source.is_relative_to(root) else rule.source
    return f"{rule.setting} in {source}"


def _threshold(entry: Entry) -> str:
    return "-" if entry.threshold is None or entry.threshold > 1 else f"{entry.threshold:.2f}"


def _entry_record(entry: Entry) -> dict[str, Any]:
    on = entry.threshold is not None and entry.threshold <= 1
    return {
        "label": entry.label,
        "word": entry.word,
        "parents": list(entry.ancestors),
        "threshold": entry.threshold if on else None,
        "state": str(entry.state),
        "rule": entry.rule.setting,
        "file": str(entry.rule.source) if entry.rule.source else None,
    }


def _decision_record(decision: Decision, root: Path, most: int) -> dict[str, Any]:
    found = {"verdict": str(decision.verdict), "reason": _words(decision, root, most)}
    return _entry_record(decision.entry) | {"score": decision.score, "child": decision.child} | found


def _print_table(rows: Sequence[Iterable[str]]) -> None:
    """Rows in columns as wide as their widest cell; the last one is as long as it is."""
    cells = [[output.printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("tags", "Which tags there are and how they would be written; why a photo gets its tags.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    bundle: dict[str, Any] = {"type": Path, "metavar": "PATH", "help": "model bundle (default: as in the settings)"}
    help_list = "every tag of the model, under the word that would be written"
    listing = actions.add_parser("list", help=help_list, description=f"{help_list}.".capitalize(), allow_abbrev=False)
    listing.add_argument("--all", action="store_true", help="those too that are off, denied or not allowed")
    listing.add_argument("--bundle", **bundle)
    listing.add_argument(
        "--library", type=Path, default=Path(), metavar="FOLDER", help="whose settings (default: the current folder's)"
    )
    listing.add_argument("--json", action="store_true", help="one JSON object a tag, one a line")
    help_why = "what becomes of every tag on one photo, and what the photo holds; writes nothing"
    why = actions.add_parser("why", help=help_why, description=f"{help_why}.".capitalize(), allow_abbrev=False)
    why.add_argument("photo", metavar="PHOTO", type=Path, help="a photo, in a library or not")
    why.add_argument("--all", action="store_true", help=f"tags with a probability under {_WORTH_SHOWING} too")
    why.add_argument("--bundle", **bundle)
    why.add_argument("--json", action="store_true", help="one JSON object")
    return parser
