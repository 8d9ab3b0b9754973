"""What one machine found out about one photo, as one line of JSON: written by shards, read by whoever applies them.

A line says which picture it is about, by whom it was captioned and how, and the words; or why there are none. Lines
come from other machines and are not trusted: every value is checked, a path stays inside the library.
Knows neither photos nor libraries. The format is described in docs/more-machines.md.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tagger.core.errors import RunError
from tagger.core.records import Alternative, Caption, OutcomeKind, Tag

FORMAT = 1
MARK = "tagger_results"
"""The first key of every line; its value is the format."""

MAX_LINE = 1 << 20
_LONGEST = {"path": 8192, "model": 500, "settings": 2000, "text": 2000, "label": 200, "reason": 2000}
_LONGEST |= {"scores": 50_000, "features": 10_000}
_MOST = {"alternatives": 100, "tags": 2000, "ancestors": 50}
_IDENTITY = re.compile(r"[0-9a-f]{64}")
_DRIVE = re.compile(r"[A-Za-z]:")
_KINDS = (OutcomeKind.CAPTIONED, OutcomeKind.UNCHANGED, OutcomeKind.SKIPPED, OutcomeKind.FAILED)


@dataclass(frozen=True, slots=True)
class Result:
    """What was found out about the photo ``path``, relative to its library's root, ``/`` between the names.

    Bytes of a name that are no UTF-8 are lone surrogates in ``path``. ``size`` (bytes) and ``mtime_ns`` are those of
    the file that was looked at, ``identity`` its picture data's; ``settings`` is the fingerprint of decoding and
    vocabulary. Without a ``caption``, ``kind`` says whether the photo stays as it is, was skipped or failed, and
    ``reason`` why.
    """

    path: str
    size: int
    mtime_ns: int
    model: str
    settings: str
    identity: str = ""
    kind: OutcomeKind = OutcomeKind.CAPTIONED
    caption: Caption | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read: where it stands, and its bytes; None where it is too long to be one of ours.

    ``whole`` False: the file ends before the line does.
    """

    file: Path
    number: int
    content: bytes | None
    whole: bool = True


def to_line(result: Result) -> bytes:
    """One line, with its line break; ASCII."""
    record: dict[str, Any] = {MARK: FORMAT, "path": result.path, "outcome": result.kind.value}
    record |= {"size": result.size, "mtime_ns": result.mtime_ns, "model": result.model, "settings": result.settings}
    if result.caption is None:
        record["reason"] = result.reason
    else:
        caption = result.caption
        record |= {
            "identity": result.identity,
            "caption": caption.text,
            "log_probability": caption.log_probability,
            "alternatives": [[other.text, other.log_probability] for other in caption.alternatives],
            "tags": [[tag.label, tag.score, tag.ancestors] for tag in caption.tags],
        }
        record |= {} if caption.confidence is None else {"confidence": caption.confidence}
        for name, held in (("scores", caption.scores), ("features", caption.features)):
            record |= {} if held is None else {name: base64.b64encode(held).decode("ascii")}
    return json.dumps(record, separators=(",", ":")).encode() + b"\n"


def from_line(line: Line) -> Result:
    """The inverse of ``to_line``. Raises ValueError that says what is wrong with the line."""
    if line.content is None:
        raise ValueError(f"longer than {MAX_LINE >> 20} MB")
    try:
        record = json.loads(line.content.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ValueError("not JSON" if line.whole else "cut off: run its shard again") from None
    if not isinstance(record, dict) or MARK not in record:
        raise ValueError("not a line of results")
    if record[MARK] != FORMAT or isinstance(record[MARK], bool):
        raise ValueError(f"format {str(record[MARK])[:20]!r}, this version of tagger reads {FORMAT}: update tagger")
    kind = next((kind for kind in _KINDS if kind.value == record.get("outcome")), None)
    if kind is None:
        raise ValueError("outcome is not captioned, unchanged, skipped or failed")
    result = Result(
        path=_path(record),
        size=_whole(record, "size"),
        mtime_ns=_whole(record, "mtime_ns"),
        model=_text(record.get("model"), "model"),
        settings=_text(record.get("settings"), "settings", empty=True),
        kind=kind,
    )
    if kind is not OutcomeKind.CAPTIONED:
        return Result(*_start(result), kind=kind, reason=_text(record.get("reason"), "reason", empty=True))
    identity = record.get("identity")
    if not isinstance(identity, str) or not _IDENTITY.fullmatch(identity):
        raise ValueError("identity is not a SHA-256")
    return Result(*_start(result), identity=identity, caption=_caption(record))


def read_lines(file: Path) -> Iterator[Line]:
    """The lines of a file one by one, however long they and the file are. Raises RunError where it cannot be read."""
    try:
        with file.open("rb") as stream:
            number = 0
            while content := stream.readline(MAX_LINE + 1):
                number += 1
                long = len(content) > MAX_LINE
                while long and not content.endswith(b"\n") and (content := stream.readline(MAX_LINE)):
                    pass
                yield Line(file, number, None if long else content, content.endswith(b"\n"))
    except OSError as error:
        raise RunError(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise RunError(f"cannot read {file}: {error}") from error


def _start(result: Result) -> tuple[str, int, int, str, str]:
    return result.path, result.size, result.mtime_ns, result.model, result.settings


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _path(record: dict[str, Any]) -> str:
    path = record.get("path")
    if not isinstance(path, str) or not path or len(path) > _LONGEST["path"] or "\0" in path:
        raise ValueError("path is not a file name")
    names = path.split("/")
    try:
        path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise ValueError("path is not a file name") from None
    if path.startswith(("/", "\\")) or _DRIVE.match(path) or ".." in names:
        raise ValueError("path leads out of the library")
    if "" in names or "." in names:
        raise ValueError("path is not a file name")
    return path


def _whole(record: dict[str, Any], name: str) -> int:
    value = record.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"{name} is not a whole number")
    return value


def _number(value: object, name: str, *, least: float = -1e300, most: float = 1e300) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} is not a number that can be")
    return float(value)


def _text(value: object, name: str, kind: str = "", *, empty: bool = False) -> str:
    kind = kind or name
    if not isinstance(value, str) or len(value) > _LONGEST[kind] or not (value or empty):
        raise ValueError(f"{name} is not a text of up to {_LONGEST[kind]} letters")
    if not value.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in value):
        raise ValueError(f"{name} holds letters that are none")
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST[name]:
        raise ValueError(f"{name} is not a list of up to {_MOST[name]}")
    return value


def _row(value: object, name: str, length: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != length:
        raise ValueError(f"{name} holds something else")
    return value


def _caption(record: dict[str, Any]) -> Caption:
    alternatives = []
    for entry in _list(record.get("alternatives"), "alternatives"):
        text, log_probability = _row(entry, "alternatives", 2)
        alternatives.append(
            Alternative(_text(text, "alternatives", "text", empty=True), _number(log_probability, "alternatives"))
        )
    tags = []
    for entry in _list(record.get("tags"), "tags"):
        label, score, ancestors = _row(entry, "tags", 3)
        above = tuple(_text(name, "tags", "label") for name in _list(ancestors, "ancestors"))
        tags.append(Tag(_text(label, "tags", "label"), _number(score, "tags", least=0, most=1), above))
    confidence = record.get("confidence")
    return Caption(
        text=_text(record.get("caption"), "caption", "text", empty=True),
        log_probability=_number(record.get("log_probability"), "log_probability"),
        alternatives=tuple(alternatives),
        tags=tuple(tags),
        confidence=None if confidence is None else _number(confidence, "confidence", least=0, most=1),
        scores=_bytes(record, "scores"),
        features=_bytes(record, "features"),
    )


def _bytes(record: dict[str, Any], name: str) -> bytes | None:
    value = record.get(name)
    if value is None:
        return None
    try:
        if not isinstance(value, str) or len(value) > _LONGEST[name]:
            raise ValueError(name)
        return base64.b64decode(value, validate=True)
    except ValueError:
        raise ValueError(f"{name} is not base64 of up to {_LONGEST[name]} letters") from None
