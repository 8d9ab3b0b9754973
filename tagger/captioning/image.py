"""File -> upright RGB at the model's size -> ``pixel_values``. The same code in training and at run time.

JPEG is decoded at a reduced size where that loses nothing visible (libjpeg's scaled DCT), which is most of the
speed of the whole program; HEIC and RAW by libraries of their own, in another process. Knows no model: every number
comes from an ImageSpec.
"""

import contextlib
import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from tagger.captioning import native
from tagger.captioning.bundle import ImageSpec
from tagger.core.errors import PhotoError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tagger.captioning.isolated import Decoder

# A progressive JPEG is held whole as coefficients (about 3 bytes a pixel) whatever size is asked for.
MAX_PIXELS = 400_000_000
MAX_PIXELS_UNREDUCED = 120_000_000
REDUCED = 1.4  # at twice the size the error is 0.3 of 255, and decoding takes a third longer
_OTHER_FORMATS = ("PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "JPEG2000")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def load_image(path: Path, spec: ImageSpec, *, decoder: "Decoder | None" = None) -> "NDArray[np.uint8]":
    """Read one photo upright as RGB, uint8 (size, size, 3), by the resize rule of ``spec``.

    ``decoder`` are the processes that decode HEIC and RAW; without one, such a photo gets a process of its own.
    Raises PhotoError for a file that cannot be read or decoded, and for a picture too large to decode safely.
    """
    return load_images(path, (spec,), decoder=decoder)[0]


def load_images(
    path: Path, specs: Sequence[ImageSpec], *, decoder: "Decoder | None" = None
) -> "list[NDArray[np.uint8]]":
    """Read one photo by several resize rules, decoding it once (HEIC and RAW: each time). Like ``load_image``."""
    try:
        with path.open("rb") as file:
            head = file.read(native.HEAD)
            name = native.kind(head, path)
            content = b"" if name else head + file.read()
    except OSError as error:
        raise _unreadable(path, error) from error
    if name:
        return [_isolated(path, name, spec, path, decoder) for spec in specs]
    return _decode(content, specs, path)


def load_picture(path: Path, longest: int, *, decoder: "Decoder | None" = None) -> "NDArray[np.uint8]":
    """Read one photo upright as RGB, uint8 (height, width, 3), for people to look at, in its own proportions.

    Its longer side has at most ``longest`` pixels; a smaller photo keeps its size. Otherwise like ``load_image``.
    """
    return load_image(path, ImageSpec(longest, resize="fit"), decoder=decoder)


def decode_image(
    content: bytes, spec: ImageSpec, path: Path, *, decoder: "Decoder | None" = None
) -> "NDArray[np.uint8]":
    """Like ``load_image`` from bytes in memory; ``path`` names the photo in errors, and tells RAW from TIFF."""
    name = native.kind(content[: native.HEAD], path)
    return _isolated(content, name, spec, path, decoder) if name else _decode(content, (spec,), path)[0]


def decode_native(source: Path | bytes, name: str, spec: ImageSpec, path: Path) -> "NDArray[np.uint8]":
    """Decode HEIC or RAW in this process, which a damaged file may end. Raises PhotoError."""
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    with _errors_translated(path):
        image, orientation = native.open_picture(content, name, path)
        return _finished(image, orientation, (spec,), path)[0]


def _isolated(
    source: Path | bytes, name: str, spec: ImageSpec, path: Path, decoder: "Decoder | None"
) -> "NDArray[np.uint8]":
    from tagger.captioning.isolated import Decoder

    if decoder is not None:
        return decoder.decode(source, name, spec, path)
    own = Decoder()
    try:
        return own.decode(source, name, spec, path)
    finally:
        own.close()


def _decode(content: bytes, specs: Sequence[ImageSpec], path: Path) -> "list[NDArray[np.uint8]]":
    with _errors_translated(path):
        return _finished(_open(content, path), None, specs, path)


def _finished(
    image: Image.Image, orientation: int | None, specs: Sequence[ImageSpec], path: Path
) -> "list[NDArray[np.uint8]]":
    """Reduce as far as ``specs`` allow, turn upright by ``orientation`` (None: what the EXIF says), resize."""
    with image:
        whole = _reduce(image, max(specs, key=lambda spec: max(spec.size, spec.resized)), path)
        orientation = _orientation(image) if orientation is None else orientation
        rgb = _to_rgb(image)
        resized = [upright(_resize(rgb, spec, whole), orientation) for spec in specs]
    return [
        np.asarray(one if spec.resize == "fit" else _pad(one, spec.size), dtype=np.uint8)
        for one, spec in zip(resized, specs, strict=True)
    ]


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture turned and mirrored as EXIF's orientation says (1 to 8); as it is for any other number."""
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


@contextlib.contextmanager
def _errors_translated(path: Path) -> Iterator[None]:
    """Turn whatever decoders raise for damaged files into PhotoError."""
    try:
        yield
    except PhotoError:
        raise
    except UnidentifiedImageError as error:
        raise PhotoError(path, "is not a picture that can be decoded", "check that it opens elsewhere") from error
    except MemoryError as error:
        raise PhotoError(path, "is too large for the memory of this machine") from error
    # Pillow's decoders report damaged files by all of these (Pillow handbook, "Security"), libheif by RuntimeError too.
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, struct.error, RuntimeError) as error:
        cause = " ".join(str(error).split()) or type(error).__name__
        raise PhotoError(path, f"cannot be decoded: {cause}", "the file may be damaged") from error
    except Image.DecompressionBombError as error:
        raise PhotoError(path, "is too large to decode safely") from error


def _unreadable(path: Path, error: OSError) -> PhotoError:
    return PhotoError(path, f"cannot be read: {error.strerror}", "check that it exists and its rights")


def preprocess(rgb: "NDArray[np.uint8]", spec: ImageSpec) -> "NDArray[np.float32]":
    """RGB uint8 (..., H, W, 3) -> ``pixel_values`` float32 of the same shape, by the numbers of ``spec``."""
    pixels = rgb[..., ::-1] if spec.color_order == "BGR" else rgb
    factor = np.float32(spec.scale) / np.asarray(spec.std, dtype=np.float32)
    offset = np.asarray(spec.mean, dtype=np.float32) / np.asarray(spec.std, dtype=np.float32)
    values = pixels * factor
    values -= offset
    return np.ascontiguousarray(values, dtype=np.float32)


def _open(content: bytes, path: Path) -> Image.Image:
    stream = io.BytesIO(content)
    if not content:
        raise PhotoError(path, "is empty", "restore it from a backup")
    if content[:2] == b"\xff\xd8":
        # Not Image.open: its size limit is global and knows nothing of reduced decoding.
        jpeg = JpegImagePlugin.JpegImageFile(stream)
        jpeg.decodermaxblock = len(content)  # all in one go: the rest of the program waits at every step
        return jpeg
    return Image.open(stream, formats=_OTHER_FORMATS)


def _reduce(image: Image.Image, spec: ImageSpec, path: Path) -> tuple[float, float]:
    """Ask the JPEG decoder for a smaller picture, at least 1.4 times the model's size (mean pixel error 0.6 of 255).

    Returns its width and height before rounding up to whole pixels. Refuses what would take too much memory or time
    even so.
    """
    full = image.width * image.height
    whole: tuple[float, float] = image.size
    if full <= MAX_PIXELS and spec.interpolation != "nearest" and isinstance(image, JpegImagePlugin.JpegImageFile):
        side = round(REDUCED * max(spec.size, spec.resized))
        if drafted := image.draft("RGB", (side, side)):
            whole = drafted[1][2:]
    held = full if image.info.get("progressive") else image.width * image.height
    if full > MAX_PIXELS or held > MAX_PIXELS_UNREDUCED:
        raise PhotoError(path, f"has {full // 1_000_000} megapixels, too many to decode safely")
    return whole


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, struct.error):
        return 1  # a damaged EXIF block says nothing about the pixels
    return value if isinstance(value, int) else 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        # Transparent pixels have arbitrary colours: show them on white, as viewers do.
        rgba = image.convert("RGBA")
        rgb = Image.new("RGB", rgba.size, "white")
        rgb.paste(rgba, mask=rgba.getchannel("A"))
        return rgb
    if image.mode.startswith("I"):
        # 16-bit grey: convert() would clip at 255 instead of scaling.
        return Image.fromarray((np.asarray(image, dtype=np.float32) / 257).clip(0, 255).astype(np.uint8)).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _resize(image: Image.Image, spec: ImageSpec, whole: tuple[float, float]) -> Image.Image:
    """Apply the resize rule, all but the padding, to the part of the picture that is ``whole`` (width, height)."""
    filter_ = Image.Resampling[spec.interpolation.upper()]
    size = (spec.size, spec.size)
    width, height = whole
    if spec.resized:
        return image.resize(size, filter_, box=_centre(spec, width, height))
    if spec.resize == "squash":
        return image.resize(size, filter_, box=(0, 0, width, height))
    if spec.resize == "center_crop":
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        return image.resize(size, filter_, box=(left, top, left + side, top + side))
    factor = spec.size / max(width, height)
    if spec.resize == "fit":
        factor = min(1.0, factor)
    return image.resize(
        (max(1, round(width * factor)), max(1, round(height * factor))), filter_, box=(0, 0, width, height)
    )


def _centre(spec: ImageSpec, width: float, height: float) -> tuple[float, float, float, float]:
    """The part of a picture that is left when it is resized to whole pixels and its centre is cut out of those."""
    across = down = spec.resized
    if spec.resize == "center_crop":
        across = max(across, int(across * width / height))
        down = max(down, int(down * height / width))
    left, top = (across - spec.size) // 2, (down - spec.size) // 2
    x, y = width / across, height / down
    return left * x, top * y, (left + spec.size) * x, (top + spec.size) * y


def _pad(image: Image.Image, size: int) -> Image.Image:
    """Centre on black. The upright picture: an odd border has its larger half right or below."""
    if image.size == (size, size):
        return image
    canvas = Image.new("RGB", (size, size))
    canvas.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return canvas
