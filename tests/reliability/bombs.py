"""Files made to exhaust memory, time or stack, or to lead elsewhere: small on disk, by name."""

import struct
import zlib

import jpegs
from variety import EXIF, picture, saved

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
ENTITIES = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>'
HUGE = 0xFFFFFFFF
PNG, GIF = saved(picture(), "PNG"), saved(picture("P"), "GIF")


def packet(declared: str, inner: str) -> bytes:
    return f'<?xml version="1.0"?>{declared}'.encode() + jpegs.packet(inner, wrap=False)


def said(text: str) -> str:
    return f'<rdf:Description rdf:about="">{jpegs.alt(text)}</rdf:Description>'


def deep(levels: int) -> bytes:
    """An element in an element in an element."""
    start = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    return (start + "<rdf:Description>" * levels + "</rdf:Description>" * levels + "</rdf:RDF></x:xmpmeta>").encode()


def wide(attributes: int) -> bytes:
    """One element with very many attributes."""
    many = " ".join(f'xmp:a{i}=""' for i in range(attributes))
    return jpegs.packet(f'<rdf:Description rdf:about="" {many}/>', wrap=False)


XMP = {
    "entities": packet(ENTITIES, said("&l11;")),
    "external entity": packet(EXTERNAL, said("&l11;")),
    "deep": deep(100_000),
    "deep and open": deep(100_000)[: 17 * 100_000],
    "wide": wide(50_000),
}


def in_jpeg(xmp: bytes) -> bytes:
    return jpegs.with_segments(jpegs.picture(), jpegs.xmp_segment(xmp[:65_000]))


def chunk(kind: bytes, content: bytes, size: int | None = None) -> bytes:
    length = (len(content) if size is None else size).to_bytes(4, "big")
    return length + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def in_png(*chunks: bytes) -> bytes:
    return PNG[:33] + b"".join(chunks) + PNG[33:]


def inflated(size: int) -> bytes:
    """So many bytes of spaces, deflated a thousand times smaller."""
    squeeze = zlib.compressobj(9)
    block = b" " * (1 << 20)
    return b"".join(squeeze.compress(block) for _ in range(size >> 20)) + squeeze.flush()


def itxt(content: bytes, *, packed: bool) -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes((packed, 0)) + b"\0\0" + content)


def riff(*chunks: tuple[bytes, bytes, int | None], size: int | None = None) -> bytes:
    body = b"WEBP"
    for kind, content, told in chunks:
        body += kind + struct.pack("<I", len(content) if told is None else told) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def tiff(*rows: tuple[int, int, int, int], following: int = 0) -> bytes:
    """A TIFF block of one directory: rows are tag, type, count, value or offset."""
    entries = b"".join(struct.pack("<HHII", *row) for row in sorted(rows))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(rows)) + entries + struct.pack("<I", following)


def exif(block: bytes) -> bytes:
    return jpegs.with_segments(jpegs.picture(), jpegs.exif_segment(block))


def tiff_picture(*rows: tuple[int, int, int, int], following: int = 0) -> bytes:
    """One white strip of 8 x 8 pixels at the end, and whatever else there shall be."""
    own = ((256, 3, 1, 8), (257, 3, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (278, 3, 1, 8))
    tags = {row[0] for row in rows}
    places = [(273, 4, 1, 8 + 2 + 12 * (len(own) + 2 + len(rows)) + 4), (279, 4, 1, 64)]
    kept = [row for row in (*own, *places) if row[0] not in tags]
    return tiff(*kept, *rows, following=following) + b"\xff" * 200


def boxes(*content: tuple[bytes, bytes, int | None]) -> bytes:
    return b"".join(
        struct.pack(">I", len(inner) + 8 if size is None else size) + kind + inner for kind, inner, size in content
    )


WEBP = saved(picture(), "WEBP")
FTYP = (b"ftyp", b"heic\0\0\0\0mif1heic", None)
CROWD = tiff(*[(0x8769, 4, 1, 8)] * 4000)

BOMBS: dict[str, tuple[str, bytes]] = {
    **{f"xmp {name} in a JPEG": (".jpg", in_jpeg(content)) for name, content in XMP.items()},
    **{f"xmp {name} in a PNG": (".png", in_png(itxt(content, packed=False))) for name, content in XMP.items()},
    **{
        f"xmp {name} in a WebP": (".webp", riff((b"VP8X", b"\4\0\0\0\x17\0\0\x0f\0\0", None),
                                                 (b"VP8 ", WEBP[20:], None), (b"XMP ", content, None)))
        for name, content in XMP.items()
    },
    "zip bomb in PNG iTXt": (".png", in_png(itxt(inflated(1 << 29), packed=True))),
    "zip bomb in PNG zTXt": (".png", in_png(chunk(b"zTXt", b"Raw profile type exif\0\0" + inflated(1 << 29)))),
    "zip bomb in PNG iCCP": (".png", in_png(chunk(b"iCCP", b"a\0\0" + inflated(1 << 29)))),
    "10,000 zip bombs in a PNG": (".png", in_png(*[itxt(inflated(1 << 20), packed=True)] * 10_000)),
    "PNG chunk of 4 GB": (".png", PNG[:33] + chunk(b"eXIf", b"II*\0", HUGE) + PNG[33:]),
    "PNG chunk of 2 GB": (".png", PNG[:33] + chunk(b"iTXt", b"XML", 0x7FFFFFFF) + PNG[33:]),
    "100,000 chunks in a PNG": (".png", in_png(chunk(b"teSt", b"") * 100_000)),
    "WebP of 4 GB": (".webp", riff((b"VP8 ", WEBP[20:], None), size=HUGE)),
    "WebP chunk of 4 GB": (".webp", riff((b"VP8 ", WEBP[20:], None), (b"EXIF", b"II*\0", HUGE))),
    "JPEG segment past the end": (".jpg", b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0"),
    "EXIF count of 4 G": (".jpg", exif(tiff((0x010E, 2, HUGE, 8), (0x9C9E, 1, HUGE, 8)))),
    "EXIF count that overflows": (".jpg", exif(tiff((0x010E, 12, 0x20000001, 8), (0x010F, 5, 0x80000000, 8)))),
    "EXIF directory in itself": (".jpg", exif(tiff((0x8769, 4, 1, 8), (0x8825, 4, 1, 8), following=8))),
    "EXIF directory of 4,000 loops": (".jpg", exif(CROWD)),
    "EXIF directory past the end": (".jpg", exif(b"II*\0\xff\xff\xff\xff" + bytes(20))),
    "EXIF directory of 65,535 entries": (".jpg", exif(b"II*\0\x08\0\0\0\xff\xff" + bytes(2000))),
    "MPF of 4 G pictures": (
        ".jpg",
        jpegs.with_segments(
            jpegs.picture(), jpegs.segment(0xE2, b"MPF\0" + tiff((0xB001, 4, 1, HUGE), (0xB002, 7, HUGE, 8)))
        ),
    ),
    "TIFF directory in itself": (".tif", tiff_picture(following=8)),
    "TIFF SubIFD in itself": (".tif", tiff_picture((330, 4, 1, 8))),
    "TIFF SubIFDs, 4 G of them": (".tif", tiff_picture((330, 4, HUGE, 8))),
    "TIFF strips, 4 G of them": (".tif", tiff_picture((273, 4, HUGE, 8), (279, 4, HUGE, 8))),
    "TIFF strip of 4 GB": (".tif", tiff_picture((279, 4, 1, HUGE))),
    "TIFF XMP of 4 GB": (".tif", tiff_picture((700, 1, HUGE, 8))),
    "TIFF ring of two": (".tif", tiff_picture(following=122) + tiff()[8:10] + bytes(200)),
    "HEIC box of 4 GB": (".heic", boxes(FTYP, (b"meta", bytes(4), HUGE))),
    "HEIC box of 16 EB": (".heic", boxes(FTYP, (b"meta", b"\xff" * 8 + bytes(100), 1))),
    "HEIC boxes in boxes": (".heic", boxes(FTYP) + b"\0\0\xff\xffmeta\0\0\0\0" * 5000),
    "HEIC box of no size": (".heic", boxes(FTYP, (b"meta", bytes(1000), 0))),
    "HEIC of 4 G extents": (
        ".heic",
        boxes(FTYP, (b"meta", bytes(4) + boxes((b"iloc", b"\2\0\0\0\x44\0" + b"\xff" * 4000, None)), None)),
    ),
    "DNG directory in itself": (".dng", tiff_picture((50706, 1, 4, 0x00000401), (330, 4, 1, 8), following=8)),
    "AVIF box of 4 GB": (".avif", boxes((b"ftyp", b"avif\0\0\0\0avif", None), (b"meta", bytes(4), HUGE))),
    "PNG in name only": (".png", EXIF),
}  # fmt: skip
