"""How outcomes, captions and errors are shown: lines for people, JSON for programs."""

import json
import math
import shlex
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tagger.core.changes import MetadataChange
from tagger.core.records import Caption, IndexEntry, Outcome, OutcomeKind, Tag
from tagger.stages import is_gone


def printable(text: str) -> str:
    r"""Text that cannot steer a terminal: control characters and undecodable bytes as ``\xNN``."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def complain(cause: str, hint: str = "") -> None:
    """One line on standard error."""
    print(f"tagger: {printable(f'{cause} ({hint})' if hint else cause)}", file=sys.stderr)


def caption_line(where: Path | str, caption: Caption) -> str:
    """``path: Caption  [tag, tag]``."""
    tags = ", ".join(tag.label for tag in caption.tags)
    return printable(f"{where}: {caption.text}" + (f"  [{tags}]" if tags else ""))


def outcome_line(outcome: Outcome) -> str:
    """One line for one photo."""
    told = outcome.kind is not OutcomeKind.REJECTED and (not outcome.reason or outcome.kind is OutcomeKind.CAPTIONED)
    if outcome.caption is not None and told:
        line = caption_line(outcome.path, outcome.caption)
        return f"{line}  ({printable(outcome.reason)})" if outcome.reason else line
    return printable(f"{outcome.path}: {outcome.kind}" + (f": {outcome.reason}" if outcome.reason else ""))


def totals(counts: Mapping[OutcomeKind, int]) -> str:
    """``3 captioned, 1 failed``; empty where nothing was counted."""
    return ", ".join(f"{counts[kind]} {kind}" for kind in OutcomeKind if counts.get(kind))


def tell_undo(run: str, roots: Iterable[Path]) -> None:
    """How to take a run back, on standard error; ``roots`` are the libraries in which it changed something."""
    for root in roots:
        print(
            f"to take it back: tagger undo --run {run} --library {printable(shlex.quote(str(root)))}", file=sys.stderr
        )


def tell_waiting(waiting: Mapping[Path, int]) -> None:
    """How many captions wait for a person, and where to see them, on standard error; ``waiting`` is by library."""
    for root, count in waiting.items():
        where = printable(shlex.quote(str(root)))
        print(f"{count} not sure, waiting for you: tagger search state:review --library {where}", file=sys.stderr)


def local_time(moment: str) -> str:
    """A moment (ISO 8601) in the user's own time, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


def local_day(moment: str) -> str:
    """A moment (ISO 8601) as a day in the user's own time."""
    return local_time(moment)[:10]


def diff_lines(change: MetadataChange) -> list[str]:
    """What a change does, field by field, as a diff."""
    lines = [printable(str(change.target))]
    for field in change.fields:
        lines += [f"  - {field.name}: {printable(field.before)}"] if field.before else []
        lines += [f"  + {field.name}: {printable(field.after)}"] if field.after else []
    return lines


def outcome_json(outcome: Outcome) -> str:
    """One JSON object on one line; file names that are not UTF-8 carry lone surrogates, as in Python."""
    record: dict[str, Any] = {"path": str(outcome.path), "outcome": str(outcome.kind)}
    if outcome.caption is not None:
        record |= caption_record(outcome.caption)
    if outcome.kind is OutcomeKind.CAPTIONED and outcome.state is not None:
        record["state"] = str(outcome.state)
    record["reason"] = outcome.reason
    if outcome.changes:
        record["changes"] = [
            {"file": str(change.target), "field": field.name, "before": field.before, "after": field.after}
            for change in outcome.changes
            for field in change.fields
        ]
    return json.dumps(record)


def entry_json(entry: IndexEntry) -> str:
    """One row of the index as one JSON object on one line."""
    record: dict[str, Any] = {"path": str(entry.photo.path)}
    record |= caption_record(entry.caption)
    record |= {"model": entry.model, "state": str(entry.state), "run": entry.run, "written": entry.written}
    record |= {"captioned_at": entry.captioned_at, "taken_at": entry.taken_at}
    record["missing"] = is_gone(entry.photo.path)
    return json.dumps(record)


def caption_record(caption: Caption) -> dict[str, Any]:
    """A caption as JSON values."""
    return {
        "caption": caption.text,
        "log_probability": None if math.isnan(caption.log_probability) else caption.log_probability,
        "score": None if math.isnan(caption.score) else round(caption.score, 4),
        "alternatives": [
            {"caption": other.text, "log_probability": other.log_probability} for other in caption.alternatives
        ],
        "tags": [_tag_record(tag) for tag in caption.tags],
    }


def _tag_record(tag: Tag) -> dict[str, Any]:
    return {"label": tag.label, "score": round(tag.score, 3), "ancestors": list(tag.ancestors)}
