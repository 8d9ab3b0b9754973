"""Draws docs/captions.jpg: example photos with the captions and tags that ``tagger tag`` gives them.

``python docs/make_picture.py``, with tagger installed.
"""

import json
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from shutil import copy

from PIL import Image, ImageDraw, ImageFont, ImageOps

ROOT = Path(__file__).resolve().parent.parent
PHOTOS = ("cat.jpg", "pagoda.jpg", "coffee.jpg", "flower.jpg")
SIDE, MARGIN, TEXT_HEIGHT = 300, 16, 110


def main() -> None:
    """Caption copies of the photos, and draw them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        for name in PHOTOS:
            copy(ROOT / "examples/photos" / name, folder)
        command = [sys.executable, "-m", "tagger", "tag", "--json", "--no-write", folder]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    records = {Path(record["path"]).name: record for record in map(json.loads, output.splitlines())}
    width = len(PHOTOS) * (SIDE + MARGIN) + MARGIN
    sheet = Image.new("RGB", (width, SIDE + TEXT_HEIGHT + 2 * MARGIN), "white")
    draw = ImageDraw.Draw(sheet)
    for position, name in enumerate(PHOTOS):
        left = MARGIN + position * (SIDE + MARGIN)
        with Image.open(ROOT / "examples/photos" / name) as photo:
            sheet.paste(ImageOps.fit(ImageOps.exif_transpose(photo).convert("RGB"), (SIDE, SIDE)), (left, MARGIN))
        caption = textwrap.fill(records[name]["caption"], 34)
        tags = textwrap.fill(", ".join(tag["label"] for tag in records[name]["tags"]), 38)
        top = MARGIN + SIDE + 8
        draw.multiline_text((left, top), caption, "black", ImageFont.load_default(17), spacing=5)
        draw.multiline_text((left, top + 58), tags, "#2563a8", ImageFont.load_default(15), spacing=5)
    sheet.save(ROOT / "docs/captions.jpg", quality=88)


if __name__ == "__main__":
    main()
