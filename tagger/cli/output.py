"""How outcomes, captions and errors are shown: lines for people, JSON for programs."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tagger.core.records import Caption, IndexEntry, MetadataChange, Outcome, OutcomeKind, Tag


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


def caption_line(path: Path, caption: Caption) -> str:
    """``path: Caption  [tag, tag]``."""
    tags = ", ".join(tag.label for tag in caption.tags)
    return printable(f"{path}: {caption.text}" + (f"  [{tags}]" if tags else ""))


def outcome_line(outcome: Outcome) -> str:
    """One line for one photo."""
    if outcome.caption is not None and not outcome.reason:
        return caption_line(outcome.path, outcome.caption)
    return printable(f"{outcome.path}: {outcome.kind}" + (f": {outcome.reason}" if outcome.reason else ""))


def totals(counts: Mapping[OutcomeKind, int]) -> str:
    """``3 captioned, 1 failed``; empty where nothing was counted."""
    return ", ".join(f"{counts[kind]} {kind}" for kind in OutcomeKind if counts.get(kind))


def diff_lines(change: MetadataChange) -> list[str]:
    """What a change does, field by field, as a diff."""
    lines = [printable(str(change.path))]
    for field in change.fields:
        lines += [f"  - {field.name}: {printable(field.before)}"] if field.before else []
        lines += [f"  + {field.name}: {printable(field.after)}"] if field.after else []
    return lines


def outcome_json(outcome: Outcome) -> str:
    """One JSON object on one line; file names that are not UTF-8 carry lone surrogates, as in Python."""
    record: dict[str, Any] = {"path": str(outcome.path), "outcome": str(outcome.kind)}
    if outcome.caption is not None:
        record |= caption_record(outcome.caption)
    record["reason"] = outcome.reason
    if outcome.change is not None:
        record["changes"] = [
            {"field": field.name, "before": field.before, "after": field.after} for field in outcome.change.fields
        ]
    return json.dumps(record)


def entry_json(entry: IndexEntry) -> str:
    """One row of the index as one JSON object on one line."""
    record: dict[str, Any] = {"path": str(entry.photo.path)}
    record |= caption_record(entry.caption)
    record |= {"model": entry.model, "state": str(entry.state), "run": entry.run, "written": entry.written}
    record |= {"captioned_at": entry.captioned_at, "taken_at": entry.taken_at}
    return json.dumps(record)


def caption_record(caption: Caption) -> dict[str, Any]:
    """A caption as JSON values."""
    return {
        "caption": caption.text,
        "log_probability": caption.log_probability,
        "alternatives": [
            {"caption": other.text, "log_probability": other.log_probability} for other in caption.alternatives
        ],
        "tags": [_tag_record(tag) for tag in caption.tags],
    }


def _tag_record(tag: Tag) -> dict[str, Any]:
    return {"label": tag.label, "score": round(tag.score, 3), "ancestors": list(tag.ancestors)}
