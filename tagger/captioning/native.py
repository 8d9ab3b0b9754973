"""HEIC and RAW -> an upright-able picture, by libheif and LibRaw. Called in a process of its own: see ``isolated``.

Knows no model and no photo but the one at hand. The libraries are loaded when the first such photo is met.
"""

import io
import re
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin

from tagger.core.errors import PhotoError
from tagger.core.formats import RAW_SUFFIXES, suffix

HEAD = 128  # bytes of a file that ``kind`` looks at
_HEIF = re.compile(rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif[12]|msf1)", re.DOTALL)
_AVIF = re.compile(rb".{4}ftyp.{8}(?:.{4}){0,16}?avi[fs]", re.DOTALL)
_RAW = re.compile(
    rb".{4}ftypcrx |FUJIFILMCCD-RAW |IIR[OS]|MMOR|IIU\0|(?:II\*\0|MM\0\*).{4}CR|(?:II|MM).{4}HEAPCCDR|FOVb|\0MR[MI]",
    re.DOTALL,
)
_TIFF = re.compile(rb"II[*+]\0|MM\0[*+]")
_ORIENTATION = 0x0112
_FLIPS = {0: 1, 1: 2, 2: 4, 3: 3, 4: 5, 5: 8, 6: 6, 7: 7}  # LibRaw's code -> EXIF Orientation
MAX_PIXELS = 120_000_000


def kind(head: bytes, path: Path) -> str:
    """Return ``heif`` or ``raw`` where a file that begins with ``head`` is one of those, else nothing."""
    if _RAW.match(head) or (_TIFF.match(head) and suffix(path.name) in RAW_SUFFIXES):
        return "raw"
    return "heif" if _HEIF.match(head) and not _AVIF.match(head) else ""


def open_picture(content: bytes, name: str, path: Path) -> tuple[Image.Image, int | None]:
    """Return the picture and the EXIF orientation that is still to be applied (None: what its own EXIF says).

    Raises PhotoError for one that is too large, and whatever the libraries raise for damaged files.
    """
    return _heif(content, path) if name == "heif" else _raw(content, path)


def _heif(content: bytes, path: Path) -> tuple[Image.Image, int]:
    import pi_heif

    opened = pi_heif.open_heif(io.BytesIO(content))
    _require_size(path, *opened.size)
    # libheif turns the picture as the file says (irot, imir); what EXIF says of it besides is not to be applied.
    return opened.to_pillow(), 1


def _raw(content: bytes, path: Path) -> tuple[Image.Image, int | None]:
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(content)) as raw:
            upright = _FLIPS.get(raw.sizes.flip, 1)
            preview = _preview(rawpy, raw)
            if preview is not None:
                known = preview.getexif().get(_ORIENTATION)
                return preview, known if known in range(1, 9) else upright
            _require_size(path, raw.sizes.raw_width, raw.sizes.raw_height)
            return Image.fromarray(raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8)), 1
    except rawpy.LibRawFileUnsupportedError:
        # A RAW suffix and a TIFF inside, as scanners write them; or nothing that anybody could read.
        return Image.open(io.BytesIO(content), formats=("TIFF",)), None
    except rawpy.LibRawError as error:
        text = error.args[0] if error.args else ""
        raise OSError(text.decode(errors="replace") if isinstance(text, bytes) else str(text)) from error


def _preview(rawpy: Any, raw: Any) -> Image.Image | None:
    """Return the largest preview that the camera put into the file; None where there is none that can be read."""
    try:
        preview = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if preview.format == rawpy.ThumbFormat.JPEG:
        return JpegImagePlugin.JpegImageFile(io.BytesIO(preview.data))
    return Image.fromarray(preview.data)


def _require_size(path: Path, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoError(path, f"has {width * height // 1_000_000} megapixels, too many to decode safely")
