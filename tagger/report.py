"""What a run changed, photo by photo, as a page for a browser or a table: caption and tags before and after.

Written row by row, so that its memory does not grow with the photos. File names and captions are untrusted: a page
holds them as text only, and no cell of a table is a formula.
"""

import csv
import html
import io
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tagger.core.errors import PhotoError, RunError
from tagger.core.records import Caption, Outcome, OutcomeKind

THUMBNAIL = 160  # pixels on the longer side
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = ("photo", "caption before", "caption after", "tags before", "tags after", "model before")
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tagger: before and after</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .6rem; text-align: left; vertical-align: top; }
th { position: sticky; top: 0; background: Canvas; }
td:first-child { width: 11rem; }
img { display: block; max-width: 10rem; }
small { color: #888; overflow-wrap: anywhere; }
del { color: #b3261e; } ins { color: #1b7f3b; text-decoration: none; font-weight: 600; }
@media (prefers-color-scheme: dark) { del { color: #ff8a80; } ins { color: #7ddc93; } }
</style>
</head>
<body>
<h1>Before and after</h1>
<table>
<thead><tr><th>Photo</th><th>Before</th><th>After</th></tr></thead>
<tbody>
"""

Thumbnail = Callable[[Path], bytes | None]
"""A small JPEG of a photo; None where there is none to be had."""


class Report(ABC):
    """A file that takes one photo after the other; a context manager that completes it."""

    def __init__(self, file: IO[str], thumbnail: Thumbnail) -> None:
        self._file, self._thumbnail = file, thumbnail
        self._rows = 0

    def __enter__(self) -> Self:
        self._write(self._head())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._file:
            self._write(self._foot())

    def add(self, outcome: Outcome) -> None:
        """Put down what became of a photo, if it was captioned: others are as they were."""
        if outcome.kind is OutcomeKind.CAPTIONED and outcome.caption is not None:
            self._rows += 1
            self._write(self._row(outcome, outcome.caption))

    @abstractmethod
    def _head(self) -> str: ...

    @abstractmethod
    def _row(self, outcome: Outcome, after: Caption) -> str: ...

    def _foot(self) -> str:
        return ""

    def _write(self, text: str) -> None:
        try:
            self._file.write(text)
        except OSError as error:
            raise RunError(f"cannot write {self._file.name}: {error.strerror}", "is the disk full?") from error


class Table(Report):
    """A table for spreadsheets, UTF-8 with a mark that they know it by."""

    def _head(self) -> str:
        return "\ufeff" + _line(_COLUMNS)

    def _row(self, outcome: Outcome, after: Caption) -> str:
        row = outcome.before
        before = row.caption if row is not None else Caption("", 0.0)
        return _line(
            (
                str(outcome.path),
                before.text,
                after.text,
                "; ".join(_labels(before)),
                "; ".join(_labels(after)),
                row.model if row is not None else "",
            )
        )


class Page(Report):
    """A page that needs nothing beside it: pictures are inside."""

    def _head(self) -> str:
        return _HEAD

    def _row(self, outcome: Outcome, after: Caption) -> str:
        before = outcome.before.caption if outcome.before is not None else Caption("", 0.0)
        was, now = set(_labels(before)), set(_labels(after))
        picture = self._thumbnail(outcome.path)
        shown = f'<img alt="" src="data:image/jpeg;base64,{b64encode(picture).decode("ascii")}">' if picture else ""
        changed = before.text != after.text
        return (
            f"<tr><td>{shown}<small>{_text(str(outcome.path))}</small></td>"
            f"<td>{_marked('del' if changed else '', before.text)}"
            f"<br>{', '.join(_marked('' if label in now else 'del', label) for label in _labels(before))}</td>"
            f"<td>{_marked('ins' if changed else '', after.text)}"
            f"<br>{', '.join(_marked('' if label in was else 'ins', label) for label in _labels(after))}</td></tr>\n"
        )

    def _foot(self) -> str:
        return f"</tbody>\n</table>\n<p>{self._rows:,} photos</p>\n</body>\n</html>\n"


def open_report(path: Path, *, thumbnail: Thumbnail) -> Report:
    """A new report, a page (``.html``) or a table (``.csv``). Raises RunError; a file that is there stays as it is."""
    kinds: dict[str, type[Report]] = {".html": Page, ".htm": Page, ".csv": Table}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise RunError(f"{path}: a report is a page or a table", "call it something.html or something.csv")
    try:
        # Names that are no text stand as \udcNN.
        file = path.open("x", encoding="utf-8", errors="backslashreplace", newline="")
    except FileExistsError as error:
        raise RunError(f"{path} is there already", "name another file") from error
    except OSError as error:
        raise RunError(
            f"cannot write {path}: {error.strerror}", "is there such a folder, may you write there?"
        ) from error
    return kind(file, thumbnail)


def small_jpeg(path: Path) -> bytes | None:
    """A thumbnail of a photo of any format that can be read."""
    from PIL import Image

    from tagger.captioning.image import load_picture

    try:
        picture = Image.fromarray(load_picture(path, THUMBNAIL))
    except PhotoError:
        return None
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=70, optimize=True)
    return content.getvalue()


def harmless(text: str) -> str:
    """``text`` for a cell that no spreadsheet takes for a formula: an apostrophe goes before what one begins with.

    Source: OWASP, "CSV Injection".
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(text) for text in cells])
    return line.getvalue()


def _labels(caption: Caption) -> list[str]:
    return [tag.label for tag in caption.tags]


def _marked(mark: str, text: str) -> str:
    return f"<{mark}>{_text(text)}</{mark}>" if mark and text else _text(text)


def _text(text: str) -> str:
    """Text as HTML holds it; control characters, which may not stand there, as a sign of their own."""
    return html.escape("".join(c if c.isprintable() or c == " " else "\ufffd" for c in text))
