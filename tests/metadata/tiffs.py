"""Builders of small TIFFs, byte by byte and as Pillow writes them, so that the tests know what is where."""

import hashlib
import io
import struct
from dataclasses import dataclass, field

import jpegs
from jpegs import SIZES
from PIL import Image

Row = tuple[int, int, bytes]


@dataclass
class Page:
    """One directory: rows are (tag, type, value); ``parts`` are its strips or tiles, ``subs`` hang on it."""

    rows: list[Row] = field(default_factory=list)
    parts: tuple[bytes, ...] = ()
    tiled: bool = False
    subs: tuple["Page", ...] = ()
    exif: list[Row] = field(default_factory=list)
    gps: list[Row] = field(default_factory=list)


class Builder:
    """Lays a file out: header, data, values, directories, so that the directories lie behind what they point to."""

    def __init__(self, order: str = "<", *, odd: bool = False) -> None:
        self.order = order
        self._odd = odd
        self.data = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4))
        self.shared: dict[bytes, int] | None = None

    def build(self, *pages: Page, trailing: bytes = b"") -> bytes:
        following = 0
        for page in reversed(pages):
            following = self.page(page, following)
        struct.pack_into(self.order + "I", self.data, 4, following)
        return bytes(self.data) + trailing

    def longs(self, *values: int) -> bytes:
        return struct.pack(f"{self.order}{len(values)}I", *values)

    def shorts(self, *values: int) -> bytes:
        return struct.pack(f"{self.order}{len(values)}H", *values)

    def put(self, value: bytes) -> int:
        """Append bytes at an even offset (or always at an odd one); returns where. May share equal values."""
        if self.shared is not None and value in self.shared:
            return self.shared[value]
        self.data += b"\0" * ((len(self.data) % 2) ^ self._odd)
        if self.shared is not None:
            self.shared[value] = len(self.data)
        self.data += value
        return len(self.data) - len(value)

    def page(self, page: Page, following: int = 0) -> int:
        rows = list(page.rows)
        if page.parts:
            offsets, sizes = (324, 325) if page.tiled else (273, 279)
            rows.append((offsets, 4, self.longs(*(self.put(part) for part in page.parts))))
            rows.append((sizes, 4, self.longs(*(len(part) for part in page.parts))))
        if page.subs:
            rows.append((330, 13, self.longs(*(self.page(sub) for sub in page.subs))))
        if page.exif:
            rows.append((34665, 4, self.longs(self.directory(page.exif, 0))))
        if page.gps:
            rows.append((34853, 4, self.longs(self.directory(page.gps, 0))))
        return self.directory(rows, following)

    def directory(self, rows: list[Row], following: int) -> int:
        packed = [struct.pack(self.order + "H", len(rows))]
        for tag, kind, value in sorted(rows, key=lambda row: row[0]):
            raw = value.ljust(4, b"\0") if len(value) <= 4 else self.longs(self.put(value))
            packed.append(struct.pack(self.order + "HHI", tag, kind, len(value) // SIZES[kind]) + raw)
        return self.put(b"".join(packed) + self.longs(following))


def grey(order: str = "<", size: tuple[int, int] = (16, 12), *, strips: int = 3, seed: int = 0, **options) -> Page:
    """An uncompressed grey page in several strips."""
    width, height = size
    pixels = bytes((seed + i * 7) % 256 for i in range(width * height))
    rows = height // strips
    short = struct.Struct(order + "H")
    page = Page(
        [
            (256, 3, short.pack(width)),
            (257, 4, struct.pack(order + "I", height)),
            (258, 3, short.pack(8)),
            (259, 3, short.pack(1)),
            (262, 3, short.pack(1)),
            (277, 3, short.pack(1)),
            (278, 3, short.pack(rows)),
            (282, 5, struct.pack(order + "II", 300, 1)),
            (283, 5, struct.pack(order + "II", 300, 1)),
            (296, 3, short.pack(2)),
        ],
        tuple(pixels[at : at + width * rows] for at in range(0, len(pixels), width * rows)),
    )
    for name, value in options.items():
        setattr(page, name, page.rows + value if name == "rows" else value)
    return page


def simple(order: str = "<", rows: tuple[Row, ...] = (), **options) -> bytes:
    """A file of one grey page with more rows."""
    return Builder(order, **options).build(grey(order, rows=list(rows)))


def tiled(order: str = "<") -> Page:
    """A page of four tiles of 16 by 16."""
    page = grey(order, (32, 32), strips=1)
    page.rows = [row for row in page.rows if row[0] != 278]
    page.rows += [(322, 3, struct.pack(order + "H", 16)), (323, 3, struct.pack(order + "H", 16))]
    page.parts = tuple(bytes((k * 50 + i) % 256 for i in range(256)) for k in range(4))
    page.tiled = True
    return page


def reduced(page: Page, order: str) -> Page:
    """The same page as a smaller version of another one."""
    page.rows.append((254, 4, struct.pack(order + "I", 1)))
    return page


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 30), **options) -> bytes:
    """A TIFF as Pillow and libtiff write it."""
    buffer = io.BytesIO()
    image(mode, size).save(buffer, "TIFF", **options)
    return buffer.getvalue()


def image(mode: str = "RGB", size: tuple[int, int] = (40, 30), seed: int = 0) -> Image.Image:
    plain = Image.new("RGB", size)
    plain.putdata([((seed + i * 3) % 256, (i * 5) % 256, (i // 7) % 256) for i in range(size[0] * size[1])])
    if mode.startswith("I;16"):
        return Image.frombytes(mode, size, bytes((seed + i * 11) % 256 for i in range(2 * size[0] * size[1])))
    return plain.convert(mode)


def frames(data: bytes) -> list[tuple[str, tuple[int, int], bytes]]:
    """Every page's pixels, as Pillow decodes them."""
    found = []
    with Image.open(io.BytesIO(data)) as file:
        for number in range(getattr(file, "n_frames", 1)):
            file.seek(number)
            found.append((file.mode, file.size, file.tobytes()))
    return found


def pages(**options) -> bytes:
    """Three pages of different sizes in one file, as Pillow writes them."""
    buffer = io.BytesIO()
    more = [image("RGB", (20, 10), seed=5), image("L", (31, 17), seed=9)]
    image().save(buffer, "TIFF", save_all=True, append_images=more, **options)
    return buffer.getvalue()


def swapped(iim: bytes) -> bytes:
    """IPTC in words of four bytes in the other byte order, as old writers put it into a field of LONGs."""
    padded = iim + b"\0" * (-len(iim) % 4)
    return b"".join(padded[at : at + 4][::-1] for at in range(0, len(padded), 4))


def samples() -> dict[str, bytes]:
    """A variety of TIFFs, by name: what cameras, scanners and programs write."""
    iim = jpegs.iim(b"sea", b"sand", caption=b"The sea")
    iim += b"\0" * (-len(iim) % 4)
    resources = jpegs.resource(0x03ED, bytes(16), b"res")
    digest = jpegs.resource(0x0425, hashlib.md5(iim, usedforsecurity=False).digest())
    xmp = jpegs.foreign_packet(jpegs.bag("dc:subject", "sea", "Sky") + jpegs.alt("The sea", ("de", "Das Meer")))
    found = {}
    for name, order in (("little endian", "<"), ("big endian", ">")):
        short = struct.Struct(order + "H")
        exif = [(0x9003, 2, b"2024:05:06 07:08:09\0"), (0x927C, 7, bytes(range(60))), (0x9000, 7, b"0232")]
        gps = [(0, 1, b"\2\3\0\0"), (1, 2, b"N\0"), (2, 5, struct.pack(order + "6I", 48, 1, 8, 1, 0, 1))]
        camera = [(0x010F, 2, b"Maker\0"), (0x0112, 3, short.pack(6)), (0xC0DE, 11, struct.pack(order + "3f", 1, 2, 3))]
        found[f"scanner {name}"] = simple(order)
        found[f"camera {name}"] = Builder(order).build(grey(order, rows=camera, exif=exif, gps=gps))
        found[f"pages {name}"] = Builder(order).build(*(grey(order, seed=k, strips=k + 1) for k in range(4)))
        subs = (reduced(grey(order, (8, 6), strips=1), order),)
        pyramid = tiled(order)
        pyramid.subs = subs
        found[f"tiles and smaller {name}"] = Builder(order).build(pyramid, grey(order))
        found[f"odd offsets {name}"] = Builder(order, odd=True).build(grey(order, exif=exif), grey(order, seed=3))
        found[f"iptc {name}"] = simple(order, ((33723, 7, iim),))
        found[f"iptc as longs {name}"] = simple(order, ((33723, 4, iim),))
        found[f"iptc as swapped longs {name}"] = simple(order, ((33723, 4, swapped(iim)),))
    sharing = Builder()
    sharing.shared = {}
    same = (0x010E, 2, b"Scanned by Aunt Mary\0")
    found["values that pages share"] = sharing.build(grey(rows=[same]), grey(rows=[same]))
    first = Builder()
    first.put(bytes(50))
    found["gaps"] = first.build(grey())
    found["trailing bytes"] = Builder().build(grey(), trailing=b"SomeTrailer" * 5)
    found["xmp"] = simple(rows=((700, 1, xmp),))
    found["xmp as undefined"] = simple(">", ((700, 7, xmp + b"\0" * 9),))
    hierarchy = jpegs.foreign_packet(jpegs.bag("lr:hierarchicalSubject", "place|sea"))
    found["hierarchy"] = simple(rows=((700, 1, hierarchy),))
    found["iptc with its digest"] = simple(rows=((33723, 7, iim), (34377, 7, resources + digest), (700, 1, xmp)))
    in_resources = resources + jpegs.resource(0x0404, iim) + digest
    unpadded = jpegs.resource(0x0425, hashlib.md5(iim.rstrip(b"\0"), usedforsecurity=False).digest())
    found["iptc as longs with its digest"] = simple(rows=((33723, 4, iim), (34377, 7, resources + digest)))
    found["iptc as longs, digest unpadded"] = simple(rows=((33723, 4, iim), (34377, 7, resources + unpadded)))
    found["iptc in resources"] = simple(rows=((34377, 1, in_resources),))
    found["iptc in both"] = simple(rows=((33723, 4, iim), (34377, 7, in_resources), (700, 1, xmp)))
    found["iptc in both, swapped"] = simple(">", ((33723, 4, swapped(iim)), (34377, 1, in_resources)))
    found["resources without iptc"] = simple(rows=((34377, 7, resources),))
    found["person's caption"] = simple(rows=((0x010E, 2, b"Aunt Mary, 1990\0"),))
    found["filler"] = simple(rows=((0x010E, 2, b"OLYMPUS DIGITAL CAMERA\0"),))
    for mode, compression in (
        ("RGB", None), ("RGB", "tiff_lzw"), ("RGB", "jpeg"), ("RGB", "tiff_adobe_deflate"), ("RGBA", "tiff_lzw"),
        ("L", "packbits"), ("1", "group4"), ("1", "group3"), ("P", "tiff_lzw"), ("CMYK", None), ("I;16", None),
        ("I;16B", None), ("F", None),
    ):  # fmt: skip
        found[f"{mode} {compression}"] = picture(mode, compression=compression)
    found["described by pillow"] = picture(tiffinfo={270: "A house by the sea", 305: "Pillow"})
    found["pages by pillow"] = pages()
    found["pages by libtiff"] = pages(compression="tiff_lzw")
    return found
