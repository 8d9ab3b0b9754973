"""Heat maps of a caption's words, drawn over the photo side by side. Knows no model."""

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.captioning.bundle import ImageSpec
from tagger.captioning.heatmaps import Explanation, WordMap
from tagger.captioning.image import load_image

if TYPE_CHECKING:
    from PIL import Image

TILE = 240  # pixels on the longer side of each picture
COLUMNS = 4
_TEXT = 26  # pixels under each picture
_GAP = 8
_ORIENTATION = 0x0112


def view(path: Path, spec: ImageSpec) -> "Image.Image":
    """What the model sees of a photo, at the size of a tile, and in the photo's own proportions. Raises PhotoError."""
    from PIL import Image

    seen = Image.fromarray(load_image(path, replace(spec, size=TILE, interpolation="bicubic")))
    if spec.resize != "squash":
        return seen
    try:
        with Image.open(path) as image:
            width, height = image.size
            if image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8):
                width, height = height, width
    except OSError:  # HEIC or RAW, which were decoded elsewhere: square, as the model sees them
        return seen
    factor = TILE / max(width, height)
    return seen.resize((max(1, round(width * factor)), max(1, round(height * factor))), Image.Resampling.BICUBIC)


def draw_sheet(seen: "Image.Image", explanation: Explanation) -> "Image.Image":
    """The photo, then one heat map a word, row by row, each with its word below."""
    from PIL import Image, ImageDraw, ImageFont

    tiles = [(seen, explanation.method), *((_heated(seen, word), word.word) for word in explanation.words)]
    columns = min(COLUMNS, len(tiles))
    wide, high = seen.width + _GAP, seen.height + _TEXT + _GAP
    sheet = Image.new("RGB", (columns * wide + _GAP, math.ceil(len(tiles) / columns) * high + _GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=16)
    for i, (tile, text) in enumerate(tiles):
        left, top = _GAP + i % columns * wide, _GAP + i // columns * high
        sheet.paste(tile, (left, top))
        draw.text((left + 2, top + tile.height + 4), text, fill="black", font=font)
    return sheet


def _heated(seen: "Image.Image", word: WordMap) -> "Image.Image":
    """Red where the word comes from, the stronger the more; darkened where it does not."""
    import numpy as np
    from PIL import Image

    weights = word.weights / max(float(word.weights.max()), 1e-9)
    heat = Image.fromarray((weights * 255).astype(np.uint8)).resize(seen.size, Image.Resampling.BICUBIC)
    dark = Image.blend(seen, Image.new("RGB", seen.size), 0.55)
    red = Image.blend(seen, Image.new("RGB", seen.size, (255, 60, 0)), 0.35)
    return Image.composite(red, dark, heat)
