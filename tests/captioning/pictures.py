"""Small pictures for the tests, as bytes: in every orientation, colour mode and state of decay."""

import io
import struct
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

ORIENTATIONS = range(1, 9)
# How the stored picture comes from the upright one (EXIF 2.32, 4.6.4 A: where row 0 and column 0 are).
_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
SOF = {0xC0, 0xC1, 0xC2}


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (24, 16), *, seed: int = 0) -> Image.Image:
    """One colour with a little noise, so that no two seeds give the same file."""
    noise = np.random.default_rng(seed).integers(-6, 7, (size[1], size[0], 3))
    return Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8))


def scene(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """A picture without any symmetry: red left top, green right top, blue left bottom, a white spot."""
    width, height = size
    image = Image.new("RGB", size, "grey")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2, height // 3), fill=(220, 20, 20))
    draw.rectangle((width // 2, 0, width, height // 3), fill=(20, 200, 20))
    draw.rectangle((0, 2 * height // 3, width // 3, height), fill=(20, 20, 220))
    draw.ellipse((width // 2, height // 2, width // 2 + width // 4, height // 2 + height // 4), fill="white")
    return image


def jpeg(image: Image.Image, orientation: int | None = None, **options: Any) -> bytes:
    """JPEG bytes. With an ``orientation`` the picture is stored turned, and the EXIF entry says how."""
    if orientation is not None:
        image = image.transpose(_STORED[orientation]) if orientation in _STORED else image
        exif = Image.Exif()
        exif[0x0112] = orientation
        options["exif"] = exif.tobytes()
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **{"quality": 92, "subsampling": 0} | options)
    return buffer.getvalue()


def photo(colour: tuple[int, int, int], *, seed: int = 0, size: tuple[int, int] = (24, 16)) -> bytes:
    return jpeg(plain(colour, size, seed=seed))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_frame(data: bytes, *, width: int | None = None, height: int | None = None, bits: int | None = None) -> bytes:
    """The same JPEG, whose frame header claims another size or sample precision."""
    at = 2
    while data[at + 1] not in SOF:
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    old_bits, old_height, old_width = struct.unpack_from(">BHH", data, at + 4)
    header = struct.pack(">BHH", bits or old_bits, height or old_height, width or old_width)
    return data[: at + 4] + header + data[at + 9 :]
