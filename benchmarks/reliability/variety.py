"""Small photos of every format, by name, as cameras and programs write them. Made here; nothing is downloaded."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, PngImagePlugin, TiffImagePlugin

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "metadata")]

import jpegs  # noqa: E402 - the tests' own builders
import samples  # noqa: E402

PACKET = jpegs.foreign_packet(jpegs.bag("dc:subject", "sea", "sand") + jpegs.alt("The sea"))
TIFF = jpegs.camera_tiff("<", description=b"Aunt Mary, 1990\0").build()
EXIF = b"Exif\0\0" + TIFF
SIDECAR = jpegs.foreign_packet(jpegs.bag("dc:subject", "holiday") + jpegs.alt("At the sea"), padding=0)


@dataclass(frozen=True, slots=True)
class Format:
    """One file format: its suffix, and a function that makes the samples (name -> bytes)."""

    name: str
    suffix: str
    make: Callable[[], dict[str, bytes]]


def formats() -> tuple[Format, ...]:
    """Every format that can be made on this machine."""
    found = (
        Format("JPEG", ".jpg", samples.samples),
        Format("PNG", ".png", pngs),
        Format("WebP", ".webp", webps),
        Format("TIFF", ".tif", tiffs),
        Format("GIF", ".gif", lambda: {"GIF": saved(picture("P"), "GIF"), "animated GIF": frames("GIF")}),
        Format("BMP", ".bmp", lambda: {"BMP": saved(picture(), "BMP")}),
        Format("AVIF", ".avif", avifs),
        Format("HEIC", ".heic", heics),
        Format("DNG", ".dng", dngs),
    )
    return tuple(item for item in found if item.make())


def picture(mode: str = "RGB", size: tuple[int, int] = (24, 16)) -> Image.Image:
    """A small picture without repetition."""
    grey = Image.frombytes("L", size, bytes((i * 37 + i // 7) % 256 for i in range(size[0] * size[1])))
    return grey.convert("RGB").convert(mode) if mode != "I;16" else grey.convert("I;16")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a picture as Pillow writes them."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def frames(kind: str) -> bytes:
    """Two frames."""
    turned = picture().transpose(Image.Transpose.ROTATE_180)
    return saved(picture(), kind, save_all=True, append_images=[turned], duration=100)


def pngs() -> dict[str, bytes]:
    def chunk(kind: str, *, packed: bool = False) -> PngImagePlugin.PngInfo:
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", PACKET.decode(), zip=packed)
        info.add_text("Software", kind)
        return info

    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "made by hand", zip=True)
    return {
        "PNG": saved(picture(), "PNG", dpi=(300, 300)),
        "PNG palette": saved(picture("P"), "PNG", transparency=3),
        "PNG 16 bit": saved(picture("I;16"), "PNG"),
        "PNG text": saved(picture("RGBA"), "PNG", pnginfo=text),
        "PNG exif": saved(picture("L"), "PNG", exif=EXIF),
        "PNG xmp": saved(picture(), "PNG", pnginfo=chunk("a")),
        "PNG packed xmp and exif": saved(picture("LA"), "PNG", pnginfo=chunk("b", packed=True), exif=EXIF),
        "APNG": frames("PNG"),
        "PNG trailer": saved(picture(), "PNG") + b"SomeTrailer" * 9,
    }


def webps() -> dict[str, bytes]:
    return {
        "WebP": saved(picture(), "WEBP"),
        "WebP lossless": saved(picture(), "WEBP", lossless=True),
        "WebP alpha": saved(picture("RGBA"), "WEBP", lossless=True),
        "WebP exif": saved(picture(), "WEBP", exif=EXIF),
        "WebP xmp": saved(picture(), "WEBP", xmp=PACKET),
        "WebP both": saved(picture("RGBA"), "WEBP", exif=EXIF, xmp=PACKET, icc_profile=bytes(129)),
        "WebP animated": frames("WEBP"),
        "WebP trailer": saved(picture(), "WEBP") + b"SomeTrailer" * 9,
    }


def tiffs() -> dict[str, bytes]:
    def tags(**more: bytes) -> TiffImagePlugin.ImageFileDirectory_v2:
        directory = TiffImagePlugin.ImageFileDirectory_v2()
        directory[271] = "Canon"
        if "xmp" in more:
            directory[700] = more["xmp"]
            directory.tagtype[700] = 1
        if "text" in more:
            directory[270] = more["text"].decode()
        if "iptc" in more:
            directory[33723] = more["iptc"]
            directory.tagtype[33723] = 7
        if "photoshop" in more:
            directory[34377] = more["photoshop"]
            directory.tagtype[34377] = 7
        return directory

    iim = jpegs.iim(b"sea", caption=b"The sea")
    pages = saved(picture(), "TIFF", save_all=True, append_images=[picture("L"), picture("1")])
    return {
        "TIFF": saved(picture(), "TIFF"),
        "TIFF lzw": saved(picture(), "TIFF", compression="tiff_lzw"),
        "TIFF jpeg": saved(picture("L"), "TIFF", compression="jpeg"),
        "TIFF text": saved(picture(), "TIFF", tiffinfo=tags(text=b"Aunt Mary, 1990")),
        "TIFF program": saved(picture("L"), "TIFF", tiffinfo=tags(text=b"ImageJ=1.53t\nimages=1\n")),
        "TIFF xmp": saved(picture(), "TIFF", tiffinfo=tags(xmp=PACKET)),
        "TIFF iptc": saved(picture(), "TIFF", tiffinfo=tags(iptc=iim)),
        "TIFF photoshop": saved(picture(), "TIFF", tiffinfo=tags(photoshop=jpegs.resource(0x0404, iim))),
        "TIFF pages": pages,
    }


def avifs() -> dict[str, bytes]:
    try:
        return {
            "AVIF": saved(picture(), "AVIF"),
            "AVIF exif and xmp": saved(picture(), "AVIF", exif=EXIF, xmp=PACKET),
        }
    except (KeyError, OSError):  # Pillow without libavif
        return {}


def heics() -> dict[str, bytes]:
    files = sorted((TESTS / "metadata/assets").glob("*.hei[cf]"))
    return {f"HEIC {file.stem}": file.read_bytes() for file in files}


def dngs() -> dict[str, bytes]:
    """A TIFF that says it is a DNG: a preview, and the tags that make it RAW."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[50706] = bytes((1, 4, 0, 0))
    directory.tagtype[50706] = 1
    directory[50708] = "Test Camera"
    directory[700] = PACKET
    directory.tagtype[700] = 1
    return {"DNG": saved(picture(), "TIFF", tiffinfo=directory)}
