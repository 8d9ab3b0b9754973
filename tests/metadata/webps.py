"""Builders of small WebPs, chunk by chunk, among them odd ones that are legal; and a variety of them, by name."""

import io
import struct
from collections.abc import Iterator

import pngs
from jpegs import alt, bag, camera_tiff, foreign_packet
from PIL import Image

ICC, ALPHA, EXIF, XMP, ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02


def picture(size: tuple[int, int] = (48, 32), mode: str = "RGB", **options: object) -> bytes:
    """A WebP as Pillow writes it: simple, but for lossy ones with transparency and those with a profile."""
    buffer = io.BytesIO()
    pngs.image(size, mode).save(buffer, "WEBP", **options)
    return buffer.getvalue()


def chunk(kind: bytes, payload: bytes = b"") -> bytes:
    return kind + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def riff(*chunks: bytes, trailer: bytes = b"") -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body + trailer


def parts(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each chunk."""
    pos, last = 12, 8 + int.from_bytes(data[4:8], "little")
    while pos < last:
        length = int.from_bytes(data[pos + 4 : pos + 8], "little")
        yield data[pos : pos + 4], pos, pos + 8 + length + length % 2
        pos += 8 + length + length % 2


def bodies(data: bytes) -> list[bytes]:
    """Each chunk as it stands."""
    return [data[at:end] for _, at, end in parts(data)]


def header(flags: int, size: tuple[int, int] = (48, 32)) -> bytes:
    width, height = ((value - 1).to_bytes(3, "little") for value in size)
    return chunk(b"VP8X", struct.pack("<I", flags) + width + height)


def extended(flags: int, *behind: bytes, webp: bytes | None = None, front: tuple[bytes, ...] = ()) -> bytes:
    """A simple file made an extended one, with chunks before and behind the picture."""
    return riff(header(flags), *front, *bodies(webp or picture()), *behind)


def animated(**options: object) -> bytes:
    frames = [pngs.image((24, 16), mode).convert("RGB") for mode in ("RGB", "L", "1")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=50, **options)
    return buffer.getvalue()


def opened(data: bytes) -> list[bytes]:
    """The pixels of every frame."""
    with Image.open(io.BytesIO(data)) as image:
        frames = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(image.tobytes())
        return frames


def samples() -> dict[str, bytes]:
    camera = {order: camera_tiff(order).build() for order in "<>"}
    words = foreign_packet(bag("dc:subject", "sea", "Sky") + alt("The sea", ("de", "Das Meer")))
    aunt = camera_tiff(description=b"Aunt Mary, 1990\0").build()
    unknown = chunk(b"abcd", b"odd")
    return {
        "lossy": picture(),
        "lossless": picture(lossless=True),
        "lossless with alpha": picture(mode="RGBA", lossless=True),
        "lossy with alpha": picture(mode="RGBA"),
        "odd size": picture((31, 17), quality=63),
        "profile": picture(icc_profile=bytes(201)),
        "animated": animated(),
        "animated with both": animated(exif=camera["<"], xmp=foreign_packet()),
        "unknown chunks": riff(*bodies(picture()), unknown, chunk(b"efgh")),
        "unknown in an extended file": extended(EXIF, unknown, chunk(b"EXIF", camera["<"]), unknown),
        "trailer": picture() + b"SomeTrailer" * 20,
        "extended without need": extended(0),
        "camera little endian": extended(EXIF, chunk(b"EXIF", camera["<"])),
        "camera big endian": extended(EXIF, chunk(b"EXIF", camera[">"]), webp=picture(lossless=True)),
        "prefix": extended(EXIF, chunk(b"EXIF", b"Exif\0\0" + camera["<"])),
        "odd length": extended(EXIF, chunk(b"EXIF", camera["<"] + b"\0"), chunk(b"abcd", b"1")),
        "empty exif": extended(EXIF, chunk(b"EXIF")),
        "foreign xmp": extended(XMP, chunk(b"XMP ", foreign_packet())),
        "old xmp": extended(XMP, chunk(b"XMP\0", words)),
        "xmp before exif": extended(EXIF | XMP, chunk(b"XMP ", words), chunk(b"EXIF", aunt)),
        "in front of the picture": extended(EXIF | XMP, front=(chunk(b"EXIF", camera["<"]), chunk(b"XMP ", words))),
        "flags forgotten": extended(0, chunk(b"EXIF", camera[">"]), chunk(b"XMP ", words)),
        "exif in a simple file": riff(*bodies(picture()), chunk(b"EXIF", camera["<"])),
        "hierarchy": extended(
            XMP,
            chunk(
                b"XMP ",
                foreign_packet(
                    bag("lr:hierarchicalSubject", "place|sea") + bag("digiKam:TagsList", "place/sea", kind="Seq")
                ),
            ),
        ),
    }
