"""Builders of small PNGs, chunk by chunk, among them odd ones that are legal; and a variety of them, by name."""

import io
import struct
import zlib
from collections.abc import Iterator

from jpegs import alt, bag, camera_tiff, foreign_packet
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = b"XML:com.adobe.xmp"


def image(size: tuple[int, int] = (48, 32), mode: str = "RGB") -> Image.Image:
    made = Image.new("RGB", size)
    made.putdata([(i * 37 % 256, i * 11 % 256, i * 5 % 256) for i in range(size[0] * size[1])])
    if mode in {"RGBA", "LA"}:
        made.putalpha(made.getchannel("G"))
    return made.convert(mode)


def picture(size: tuple[int, int] = (48, 32), mode: str = "RGB", **options: object) -> bytes:
    """A PNG as Pillow writes it."""
    buffer = io.BytesIO()
    image(size, mode).save(buffer, "PNG", **options)
    return buffer.getvalue()


def chunk(kind: bytes, payload: bytes = b"", *, crc: int | None = None) -> bytes:
    check = zlib.crc32(kind + payload) if crc is None else crc
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", check)


def parts(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each chunk."""
    pos = 8
    while pos < len(data):
        end = pos + 12 + int.from_bytes(data[pos : pos + 4], "big")
        kind = data[pos + 4 : pos + 8]
        yield kind, pos, end
        if kind == b"IEND":
            return
        pos = end


def start(data: bytes, kind: bytes) -> int:
    return next(at for found, at, _ in parts(data) if found == kind)


def with_chunks(png: bytes, *chunks: bytes, before: bytes = b"IDAT") -> bytes:
    """Put chunks before the first one of a kind."""
    at = start(png, before)
    return png[:at] + b"".join(chunks) + png[at:]


def exif_chunk(block: bytes) -> bytes:
    return chunk(b"eXIf", block)


def xmp_chunk(packet: bytes, *, compressed: bool = False, language: bytes = b"", translated: bytes = b"") -> bytes:
    text = zlib.compress(packet) if compressed else packet
    return chunk(b"iTXt", XMP + bytes((0, compressed, 0)) + language + b"\0" + translated + b"\0" + text)


def raw_profile(name: bytes, block: bytes, *, kind: bytes = b"zTXt", line: bytes | None = None) -> bytes:
    """A profile as ImageMagick keeps it in a textual chunk."""
    digits = block.hex().encode()
    rows = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = b"\n" + (line or name) + b"\n%8d\n" % len(block) + rows + b"\n"
    keyword = b"Raw profile type " + name + b"\0"
    heads = {
        b"tEXt": keyword + text,
        b"zTXt": keyword + b"\0" + zlib.compress(text),
        b"iTXt": keyword + bytes(4) + text,
    }
    return chunk(kind, heads[kind])


def split(png: bytes, size: int) -> bytes:
    """Cut the picture data into IDAT chunks of ``size`` bytes, an empty one among them."""
    spans = [(at, end) for kind, at, end in parts(png) if kind == b"IDAT"]
    stream = b"".join(png[at + 8 : end - 4] for at, end in spans)
    pieces = [chunk(b"IDAT", stream[at : at + size]) for at in range(0, len(stream), size)]
    return png[: spans[0][0]] + b"".join([*pieces[:1], chunk(b"IDAT"), *pieces[1:]]) + png[spans[-1][1] :]


def interlaced(width: int = 13, height: int = 9) -> bytes:
    """Grey pixels in the seven passes of Adam7."""
    rows = b""
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for y in range(y0, height, dy):
            row = bytes((x * 17 + y * 5) % 256 for x in range(x0, width, dx))
            rows += b"\0" + row if row else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND")


def animated() -> bytes:
    """Three frames, the first of them the picture that others show."""
    frames = [image((24, 16), mode) for mode in ("RGB", "L", "1")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=[f.convert("RGB") for f in frames[1:]], duration=50)
    return buffer.getvalue()


def screenshot() -> bytes:
    """As Apple's systems write it: iDOT counts the bytes from itself to the first and to a later IDAT chunk."""
    stream = zlib.compressobj()
    made = image((16, 20), "L").tobytes()
    rows = [b"\0" + made[at : at + 16] for at in range(0, len(made), 16)]
    first = stream.compress(b"".join(rows[:10])) + stream.flush(zlib.Z_FULL_FLUSH)
    second = stream.compress(b"".join(rows[10:])) + stream.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 20, 8, 0, 0, 0, 0))
    density = chunk(b"pHYs", struct.pack(">IIB", 5669, 5669, 1))
    pointers = chunk(b"iDOT", struct.pack(">7I", 2, 0, 10, 40, 10, 10, 40 + 12 + len(first)))
    pictures = chunk(b"IDAT", first) + chunk(b"IDAT", second)
    return SIGNATURE + header + density + pointers + pictures + chunk(b"IEND")


def samples() -> dict[str, bytes]:
    camera = {order: camera_tiff(order).build() for order in "<>"}
    words = foreign_packet(bag("dc:subject", "sea", "Sky") + alt("The sea", ("de", "Das Meer")))
    damaged = chunk(b"tEXt", b"Comment\0made by hand", crc=7)
    both = exif_chunk(camera[">"]) + xmp_chunk(foreign_packet())
    return {
        "bare": picture(),
        "grey": picture(mode="L"),
        "bits": picture(mode="1"),
        "16 bits": picture(mode="I;16"),
        "palette": picture(mode="P", transparency=3),
        "alpha": picture(mode="RGBA"),
        "grey with alpha": picture(mode="LA"),
        "interlaced": interlaced(),
        "animated": animated(),
        "animated with both": with_chunks(animated(), both),
        "many pieces": split(picture((64, 64)), 11),
        "density": picture(dpi=(300, 300)),
        "colour": with_chunks(
            picture(), chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"sRGB", b"\0"), before=b"IDAT"
        ),
        "profile": picture(icc_profile=bytes(200)),
        "times and texts": with_chunks(
            picture(), chunk(b"tIME", bytes((7, 210, 1, 2, 3, 4, 5))), chunk(b"tEXt", b"Comment\0made by hand"), damaged
        ),
        "unknown chunks": with_chunks(
            with_chunks(picture(), chunk(b"prVt", b"\0\1\2"), chunk(b"vpAg", bytes(9))), chunk(b"zzZz"), before=b"IEND"
        ),
        "trailer": picture() + b"SomeTrailer" * 20,
        "screenshot": screenshot(),
        "screenshot with both": with_chunks(screenshot(), both, before=b"iDOT"),
        "camera little endian": with_chunks(picture(), exif_chunk(camera["<"])),
        "camera big endian": with_chunks(picture(), exif_chunk(camera[">"])),
        "camera behind the picture": with_chunks(picture(), both, before=b"IEND"),
        "prefix": with_chunks(picture(), exif_chunk(b"Exif\0\0" + camera["<"])),
        "empty exif": with_chunks(picture(), exif_chunk(b"")),
        "foreign xmp": with_chunks(picture(), xmp_chunk(foreign_packet())),
        "compressed xmp": with_chunks(picture(), xmp_chunk(words, compressed=True)),
        "xmp with a translated keyword": with_chunks(picture(), xmp_chunk(words, translated=b"XMP")),
        "both": with_chunks(
            picture(), xmp_chunk(words), exif_chunk(camera_tiff(description=b"Aunt Mary, 1990\0").build())
        ),
        "hierarchy": with_chunks(
            picture(),
            xmp_chunk(
                foreign_packet(
                    bag("lr:hierarchicalSubject", "place|sea") + bag("digiKam:TagsList", "place/sea", kind="Seq")
                )
            ),
        ),
        "old profile beside the new": with_chunks(
            picture(), exif_chunk(camera["<"]), raw_profile(b"exif", b"Exif\0\0" + camera["<"])
        ),
    }
