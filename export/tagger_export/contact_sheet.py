"""Photos with caption and tags under them on sheets (PNG), to look through without a browser. Knows no model."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from tagger.cli.output import printable
from tagger_export.markup import WIDTH, thumbnail
from tagger_export.outputs import new_file
from tagger_export.sureness import confidence

if TYPE_CHECKING:
    from tagger_export.answers import Answers

COLUMNS, ROWS = 4, 3
_GAP, _PHOTO, _TEXT = 10, 250, 120  # pixels: between cells, height of a photo, height of what is under it
_LINE = 18

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def sheet_names(out: Path, photos: int) -> list[Path]:
    """The files for so many photos, 12 on each: ``out`` itself, or ``out-1``, ``out-2`` ... where it takes several."""
    sheets = max(1, -(-photos // (COLUMNS * ROWS)))
    return [out] if sheets == 1 else [out.with_stem(f"{out.stem}-{number}") for number in range(1, sheets + 1)]


def write_sheets(out: Path, answers: "Answers", progress: Callable[[], None]) -> list[Path]:
    """Write the sheets, photos numbered in their order; returns the files. ``progress`` is called after every photo.

    Raises RunError where one cannot be written; a file that is there stays.
    """
    names = sheet_names(out, len(answers.photos))
    on_each = COLUMNS * ROWS
    for page, name in enumerate(names):
        numbers = range(page * on_each, min((page + 1) * on_each, len(answers.photos)))
        sheet = _sheet(answers, numbers, progress)
        with new_file(name, "--sheet") as file:
            sheet.save(file, "PNG")
    return names


def _sheet(answers: "Answers", numbers: range, progress: Callable[[], None]) -> Image.Image:
    across = min(COLUMNS, len(numbers))
    wide, high = WIDTH + _GAP, _PHOTO + _TEXT + _GAP
    sheet = Image.new("RGB", (across * wide + _GAP, -(-len(numbers) // COLUMNS) * high + _GAP), "white")
    draw = ImageDraw.Draw(sheet)
    bold, plain = ImageFont.load_default(size=16), ImageFont.load_default(size=13)
    for place, i in enumerate(numbers):
        left, top = _GAP + place % COLUMNS * wide, _GAP + place // COLUMNS * high
        photo, caption = answers.photos[i], answers.captions[i]
        small = thumbnail(photo.path)
        if small is not None:
            small.thumbnail((WIDTH, _PHOTO))
            sheet.paste(small, (left + (WIDTH - small.width) // 2, top + (_PHOTO - small.height) // 2))
        said = f"{i + 1}. {caption.text} ({confidence(caption):.0%})"
        tags = ", ".join(tag.label for tag in caption.tags)
        lines = [(line, bold, "black") for line in _wrapped(said, bold)]
        lines += [(line, plain, "#555") for line in _wrapped(tags, plain)]
        for row, (line, font, colour) in enumerate(lines[: _TEXT // _LINE]):
            draw.text((left, top + _PHOTO + 4 + row * _LINE), line, fill=colour, font=font)
        progress()
    return sheet


def _wrapped(text: str, font: _Font) -> list[str]:
    """The text in lines that fit under a photo."""
    lines: list[str] = []
    for word in printable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
