"""How many pixels a photo has, from the head of its file alone."""

import struct
import warnings
from pathlib import Path

from PIL import Image, JpegImagePlugin, UnidentifiedImageError


def dimensions(path: Path) -> tuple[int, int] | None:
    """Width and height in pixels, as stored; None where the file cannot be read or its format does not tell easily."""
    try:
        with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
            is_jpeg = file.read(2) == b"\xff\xd8"
            file.seek(0)
            # Not Image.open for JPEG: its size limit is global, and nothing is decoded here.
            with JpegImagePlugin.JpegImageFile(file) if is_jpeg else Image.open(file) as image:
                return image.size
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error, RuntimeError):
        return None
    except (UnidentifiedImageError, Image.DecompressionBombError):
        return None
