"""Builders of small JPEGs and of the blocks inside them, byte by byte, so that the tests know what is where."""

import hashlib
import io
import struct
from dataclasses import dataclass, field

from PIL import Image

XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
NAMES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" '
    'xmlns:tagger="urn:tagger-photos:xmp:1.0:" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"'
)
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def picture(size: tuple[int, int] = (48, 32), mode: str = "RGB", **options: object) -> bytes:
    """A JPEG as Pillow writes it: JFIF (but for CMYK) and picture data."""
    image = Image.new(mode, size)
    image.putdata([_pixel(mode, i) for i in range(size[0] * size[1])])
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80, **options)
    return buffer.getvalue()


def _pixel(mode: str, i: int) -> int | tuple[int, ...]:
    value = (i * 37) % 256
    return value if mode == "L" else tuple((value * k) % 256 for k in range(1, len(mode) + 1))


def segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Put segments behind SOI and JFIF."""
    at = 2
    while jpeg[at : at + 2] == b"\xff\xe0":
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return jpeg[:at] + b"".join(segments) + jpeg[at:]


@dataclass
class Tiff:
    """A TIFF block: rows are (tag, type, value bytes); each directory's values follow it."""

    order: str = "<"
    ifd0: list[tuple[int, int, bytes]] = field(default_factory=list)
    exif: list[tuple[int, int, bytes]] = field(default_factory=list)
    thumbnail: bytes = b""
    maker_note: "MakerNote | None" = None

    def build(self) -> bytes:
        o = self.order
        data = bytearray((b"II*\0" if o == "<" else b"MM\0*") + struct.pack(o + "I", 8))
        rows = list(self.ifd0)
        exif_rows = [(*row, None) for row in self.exif]
        if self.maker_note:
            exif_rows.append((0x927C, 7, b"", self.maker_note))
        size0 = self._size(rows) + (12 if exif_rows else 0)
        exif_at = 8 + size0
        if exif_rows:
            rows.append((0x8769, 4, struct.pack(o + "I", exif_at)))
        exif_bytes = self._directory([r for r in exif_rows if r[0]], exif_at, 0) if exif_rows else b""
        ifd1_at = exif_at + len(exif_bytes) if self.thumbnail else 0
        data += self._directory([(*row, None) for row in rows], 8, ifd1_at)
        assert len(data) == exif_at
        data += exif_bytes
        if self.thumbnail:
            rows1 = [
                (0x0103, 3, struct.pack(o + "H", 6), None),
                (0x011A, 5, struct.pack(o + "II", 72, 1), None),
                (0x011B, 5, struct.pack(o + "II", 72, 1), None),
                (0x0128, 3, struct.pack(o + "H", 2), None),
                (0x0201, 4, struct.pack(o + "I", ifd1_at + 2 + 12 * 6 + 4 + 16), None),
                (0x0202, 4, struct.pack(o + "I", len(self.thumbnail)), None),
            ]
            data += self._directory(rows1, ifd1_at, 0) + self.thumbnail
        return bytes(data)

    @staticmethod
    def _size(rows: list) -> int:
        out_of_line = (len(row[2]) + len(row[2]) % 2 for row in rows if len(row[2]) > 4)
        return 2 + 12 * len(rows) + 4 + sum(out_of_line)

    def _directory(self, rows: list, at: int, following: int) -> bytes:
        rows = sorted(rows, key=lambda row: row[0])
        pos = at + 2 + 12 * len(rows) + 4
        head, tail = struct.pack(self.order + "H", len(rows)), b""
        for tag, kind, plain, note in rows:
            value = note.build(self.order, pos + len(tail)) if note else plain
            count = len(value) // SIZES.get(kind, 1)
            raw = value.ljust(4, b"\0")
            if len(value) > 4:
                raw = struct.pack(self.order + "I", pos + len(tail))
                tail += value + b"\0" * (len(value) % 2)
            head += struct.pack(self.order + "HHI", tag, kind, count) + raw
        return head + struct.pack(self.order + "I", following) + tail


@dataclass
class MakerNote:
    """A maker note with offsets that count from the TIFF header, as Canon and Sony write them."""

    prefix: bytes = b""
    rows: tuple[tuple[int, int, bytes], ...] = ((0x0006, 2, b"IMG:Test JPEG\0"), (0x0007, 2, b"Firmware 1.0.0\0"))
    preview: tuple[int, int] | None = None  # offset from the TIFF header, length

    def build(self, order: str, at: int) -> bytes:
        rows = list(self.rows)
        count = len(rows) + (self.preview is not None)
        pos = at + len(self.prefix) + 2 + 12 * count + 4
        head, tail = struct.pack(order + "H", count), b""
        for tag, kind, value in rows:
            head += struct.pack(order + "HHII", tag, kind, len(value) // SIZES[kind], pos + len(tail))
            tail += value + b"\0" * (len(value) % 2)
        if self.preview is not None:
            head += struct.pack(order + "HHII", 0x2001, 7, self.preview[1], self.preview[0])
        return self.prefix + head + b"\0\0\0\0" + tail


def camera_tiff(order: str = "<", *, description: bytes = b"OLYMPUS DIGITAL CAMERA\0", note: bool = True) -> Tiff:
    """What a camera writes: make, maker note with absolute offsets, date, thumbnail, an unknown tag of an odd type."""
    short = struct.Struct(order + "H")
    ifd0 = [
        (0x010F, 2, b"Canon\0"),
        (0x0110, 2, b"Canon EOS Test\0"),
        (0x0112, 3, short.pack(1)),
        (0x011A, 5, struct.pack(order + "II", 300, 1)),
        (0x011B, 5, struct.pack(order + "II", 300, 1)),
        (0x0128, 3, short.pack(2)),
        (0x0213, 3, short.pack(1)),
        (0xC0DE, 11, struct.pack(order + "fff", 1.5, 2.5, 3.5)),
    ]
    if description:
        ifd0.append((0x010E, 2, description))
    exif = [
        (0x9000, 7, b"0232"),
        (0x9003, 2, b"2024:05:06 07:08:09\0"),
        (0x9101, 7, b"\1\2\3\0"),
        (0xA000, 7, b"0100"),
        (0xA001, 3, short.pack(1)),
        (0xA002, 3, short.pack(48)),
        (0xA003, 3, short.pack(32)),
    ]
    return Tiff(order, ifd0, exif, picture((16, 12)), MakerNote() if note else None)


def exif_segment(block: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + block)


def xmp_segment(packet: bytes) -> bytes:
    return segment(0xE1, XMP_HEADER + packet)


def packet(body: str, *, padding: int = 300, wrap: bool = True) -> bytes:
    """An XMP packet; ``body`` is what stands inside rdf:RDF."""
    inner = f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Test">\n<rdf:RDF {NAMES}>\n{body}\n</rdf:RDF>\n</x:xmpmeta>'
    if not wrap:
        return inner.encode()
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    return (head + inner + "\n" + " " * padding + '\n<?xpacket end="w"?>').encode()


FOREIGN = """ <!-- a comment that stays -->
 <rdf:Description rdf:about="uuid:faf5" xmp:Rating="4" crs:Version="11.0"
    crs:Exposure2012='+0.35'>
  <crs:ToneCurve><rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li>255, 255</rdf:li></rdf:Seq></crs:ToneCurve>
  <dc:creator><rdf:Seq><rdf:li>A. &amp; B.</rdf:li></rdf:Seq></dc:creator>
  %s
 </rdf:Description>"""


def foreign_packet(inner: str = "", **options: object) -> bytes:
    return packet(FOREIGN % inner, **options)


def bag(name: str, *entries: str, kind: str = "Bag") -> str:
    items = "".join(f"\n    <rdf:li>{entry}</rdf:li>" for entry in entries)
    return f"<{name}>\n   <rdf:{kind}>{items}\n   </rdf:{kind}>\n  </{name}>"


def alt(text: str, *others: tuple[str, str]) -> str:
    more = "".join(f'<rdf:li xml:lang="{language}">{other}</rdf:li>' for language, other in others)
    return f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li>{more}</rdf:Alt></dc:description>'


def dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value


def resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    pascal = bytes((len(name),)) + name
    pascal += b"\0" * (len(pascal) % 2)
    return b"8BIM" + struct.pack(">H", number) + pascal + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


def photoshop_segment(*resources: bytes) -> bytes:
    return segment(0xED, b"Photoshop 3.0\0" + b"".join(resources))


def iim(*keywords: bytes, caption: bytes = b"", utf8: bool = False, byline: bytes = b"Jane") -> bytes:
    parts = [dataset(1, 90, b"\x1b%G")] if utf8 else []
    parts += [dataset(2, 0, b"\0\4")]
    parts += [dataset(2, 25, keyword) for keyword in keywords]
    parts += [dataset(2, 80, byline)]
    parts += [dataset(2, 120, caption)] if caption else []
    return b"".join(parts)


def iptc_segment(data: bytes, *, digest: bool = True) -> bytes:
    parts = [resource(0x03ED, bytes(16), b"res"), resource(0x0404, data)]
    if digest:
        parts.append(resource(0x0425, hashlib.md5(data, usedforsecurity=False).digest()))
    return photoshop_segment(*parts, resource(0x040A, b"\1"))


def mpf_file(*before: bytes, after: tuple[bytes, ...] = ()) -> tuple[bytes, bytes]:
    """A primary picture and a second one that the MPF block points to; returns the file and the second picture.

    ``before`` and ``after`` are segments in front of and behind the MPF segment.
    """
    second = picture((24, 16), "L")

    def build(size: int, offset: int) -> bytes:
        entries = struct.pack("<IIIHH", 0x20030000, size, 0, 0, 0) + struct.pack("<IIIHH", 0, len(second), offset, 0, 0)
        rows = [(0xB000, 7, 4, b"0100"), (0xB001, 4, 1, struct.pack("<I", 2)), (0xB002, 7, 32, struct.pack("<I", 50))]
        ifd = struct.pack("<H", 3) + b"".join(struct.pack("<HHI4s", *row) for row in rows) + bytes(4)
        mpf = segment(0xE2, b"MPF\0" + b"II*\0" + struct.pack("<I", 8) + ifd + entries)
        return with_segments(picture(), *before, mpf, *after)

    draft = build(0, 0)
    base = draft.index(b"MPF\0") + 4
    primary = build(len(draft), len(draft) - base)
    return primary + second, second
