"""The small picture that a camera puts into a JPEG beside the large one: there at once, if not of the best.

Source: Exif 2.32, 4.8.2 (thumbnail data in the first IFD). Knows no window.
"""

import io
import struct
from pathlib import Path

from PIL import ExifTags, Image, JpegImagePlugin

from tagger.captioning.image import upright

_OFFSET, _LENGTH = 0x0201, 0x0202
_ORIENTATION = 0x0112
_LARGEST = 1024  # pixels a side: whatever is larger is no thumbnail
_ALIKE = 1.25  # an outline that differs more is of the photo before somebody cropped it


def embedded_thumbnail(path: Path) -> Image.Image | None:
    """The thumbnail in a JPEG's EXIF, upright, RGB, in the photo's own proportions; None where there is none of use."""
    try:
        with path.open("rb") as file:
            if file.read(2) != b"\xff\xd8":
                return None
            file.seek(0)
            with JpegImagePlugin.JpegImageFile(file) as photo:
                return _of(photo)
    # By all of these Pillow reports damaged files; whether the photo itself is, decoding it will tell.
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error, Image.DecompressionBombError):
        return None


def _of(photo: Image.Image) -> Image.Image | None:
    exif = photo.getexif()
    first = exif.get_ifd(ExifTags.IFD.IFD1)
    offset, length = first.get(_OFFSET), first.get(_LENGTH)
    block = photo.info.get("exif", b"")
    if not isinstance(offset, int) or not isinstance(length, int) or offset <= 0 or length <= 0:
        return None
    content = block[6 + offset : 6 + offset + length]  # offsets count from behind "Exif\0\0"
    if content[:2] != b"\xff\xd8":
        return None
    with JpegImagePlugin.JpegImageFile(io.BytesIO(content)) as small:
        if max(small.size) > _LARGEST:
            return None
        rgb = _without_bars(small.convert("RGB"), photo.width / photo.height)
    return None if rgb is None else upright(rgb, exif.get(_ORIENTATION, 1))


def _without_bars(small: Image.Image, outline: float) -> Image.Image | None:
    """Cut to the photo's ``outline`` (width by height): thumbnails are 4:3 with black bars, whatever the photo is."""
    own = small.width / small.height
    if max(own, outline) / min(own, outline) > _ALIKE:
        return None
    width, height = min(small.width, round(small.height * outline)), min(small.height, round(small.width / outline))
    left, top = (small.width - width) // 2, (small.height - height) // 2
    return small.crop((left, top, left + width, top + height))
