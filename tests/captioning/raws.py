"""Small RAW files: DNGs with a colour filter array, with and without a preview, byte by byte."""

import io
import struct

from PIL import Image

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
COLOURS = ((200, 60, 30), (30, 60, 200), (240, 240, 240), (20, 160, 40))


def pattern(size: tuple[int, int] = (64, 48)) -> Image.Image:
    """Four coloured fields: red, blue, white, green, as one reads."""
    width, height = size
    image = Image.new("RGB", size)
    for at, colour in enumerate(COLOURS):
        left, top = (at % 2) * width // 2, (at // 2) * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def short(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


def long(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def _directory(rows: list[tuple[int, int, bytes]], at: int) -> bytes:
    rows = sorted(rows)
    place = at + 2 + 12 * len(rows) + 4
    head, tail = short(len(rows)), b""
    for tag, kind, value in rows:
        raw = value.ljust(4, b"\0")
        if len(value) > 4:
            raw = long(place + len(tail))
            tail += value + b"\0" * (len(value) % 2)
        head += struct.pack("<HHI", tag, kind, len(value) // SIZES[kind]) + raw
    return head + long(0) + tail


def dng(*, preview: bool = True, orientation: int = 1, extra: tuple[tuple[int, int, bytes], ...] = ()) -> bytes:
    """A DNG of 64 x 48 pixels: noise as sensor data, the pattern as its preview. ``extra`` are rows of IFD0."""
    width, height = 64, 48
    buffer = io.BytesIO()
    pattern().save(buffer, "JPEG", quality=95)
    jpeg = buffer.getvalue()
    sensor = b"".join(short((i * 97) % 4096) for i in range(width * height))
    matrix = b"".join(struct.pack("<II", value, 10000) for value in (10000, 0, 0, 0, 10000, 0, 0, 0, 10000))

    def build(at_jpeg: int, at_sensor: int, at_sub: int) -> tuple[bytes, tuple[int, int, int]]:
        first = [
            (271, 2, b"Test\0"),
            (272, 2, b"Test Camera\0"),
            (274, 3, short(orientation)),
            (330, 4, long(at_sub)),
            (50706, 1, bytes((1, 4, 0, 0))),
            (50707, 1, bytes((1, 1, 0, 0))),
            (50708, 2, b"Test Camera\0"),
            (50721, 5, matrix),
            (50728, 5, struct.pack("<IIIIII", 1, 1, 1, 1, 1, 1)),
            (50778, 3, short(21)),
            *extra,
        ]
        if preview:
            first += [
                (254, 4, long(1)), (256, 4, long(width)), (257, 4, long(height)), (258, 3, short(8, 8, 8)),
                (259, 3, short(7)), (262, 3, short(6)), (273, 4, long(at_jpeg)), (277, 3, short(3)),
                (278, 4, long(height)), (279, 4, long(len(jpeg))),
            ]  # fmt: skip
        below = [
            (254, 4, long(0)), (256, 4, long(width)), (257, 4, long(height)), (258, 3, short(16)), (259, 3, short(1)),
            (262, 3, short(32803)), (273, 4, long(at_sensor)), (277, 3, short(1)), (278, 4, long(height)),
            (279, 4, long(len(sensor))), (33421, 3, short(2, 2)), (33422, 1, bytes((0, 1, 1, 2))),
            (50714, 3, short(0)), (50717, 3, short(4095)),
        ]  # fmt: skip
        head = b"II*\0" + long(8) + _directory(first, 8)
        head += b"\0" * (len(head) % 2)
        sub = _directory(below, len(head))
        parts = [head + sub, jpeg + b"\0" * (len(jpeg) % 2) if preview else b"", sensor]
        return b"".join(parts), (len(parts[0]), len(parts[0]) + len(parts[1]), len(head))

    return build(*build(0, 0, 0)[1])[0]
