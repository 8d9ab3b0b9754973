"""Damage bytes in the ways that break parsers: blindly, and with a sense of what chunks, segments and tags are."""

# ruff: noqa: ARG001, E501 - all mutations are called alike; lists of bytes

import random
import struct
import zlib
from collections.abc import Callable, Sequence

INTERESTING = (0x00, 0x01, 0x7F, 0x80, 0xFF, 0xFE, 0x1C, 0x3C, 0x3E, 0x26, 0x0A, 0x2A)
LENGTHS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
TAGS = (0x010E, 0x9C9E, 0x8769, 0x8825, 0xA005, 0x014A, 0x0111, 0x0117, 0x0201, 0x0202, 0x02BC, 0x83BB, 0x8649, 0x927C)
TAGS += (0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x0115, 0x011C, 0x0144, 0x0145, 0x015B, 0x9003, 0xC612, 0xC634, 0x0000)
TYPES = (1, 2, 3, 4, 5, 7, 9, 10, 12, 13, 16, 129, 0, 255)
WORDS = (
    b"Exif\0\0", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0", b"8BIM\4\4",
    b"8BIM\4\x25", b"MPF\0", b"ICC_PROFILE\0\1\1", b"\xff\xd8", b"\xff\xd9", b"\xff\xda", b"\xff\xe1\0\2", b"\xff\xff",
    b"IHDR", b"IDAT", b"IEND", b"eXIf", b"iTXtXML:com.adobe.xmp\0\0\0\0\0", b"XML:com.adobe.xmp", b"zTXt", b"fdAT",
    b"Raw profile type exif\0", b"RIFF", b"WEBP", b"VP8 ", b"VP8L", b"VP8X", b"ANMF", b"ALPH", b"EXIF", b"XMP ", b"ICCP",
    b"ftypheic", b"ftypavif", b"meta", b"iinf", b"iloc", b"infe", b"Exif", b"mime", b"uuid", b"\x1c\2\x19", b"\x1c\2\x78",
    b"\x1c\2\x19\x80\4\0\0\0\0", b"<?xpacket end='w'?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#x41;",
    b"&amp;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?a b?>", b"<rdf:RDF>", b"</rdf:RDF>", b"<rdf:Description ",
    b"</rdf:Description>", b"rdf:about=''", b"<dc:subject>", b"<rdf:Bag>", b"</rdf:Bag>", b"<rdf:li>", b"</rdf:li>",
    b"<rdf:li xml:lang='x-default'>", b"<tagger:Added>", b"<tagger:State>approved</tagger:State>", b"tagger:Caption='a'",
    b"<lr:hierarchicalSubject>", b"<dc:description>", b"xmlns:dc='urn:other'", b"xmlns='", b"rdf:parseType='Resource'",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"\xed\xa0\x80", b"dog|0.9", b"NaN", b"1e999", b"-1", b"null", b"[", b"{", b"\"",
    b"\t", b";", b"\r\n", b"\\u0000", b"inf", b"[tags]\n", b"= true\n", b"= [", b"*",
)  # fmt: skip

Chance = random.Random


def mutated(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    """Return damaged ``data``; pieces of ``others`` may be put into it."""
    kind = structure_of(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        if kind is not None and chance.random() < 0.5:
            data = kind(data, others, chance)
        else:
            data = chance.choice(BLIND)(data, others, chance)
        if len(data) > 1 << 16:
            data = data[: 1 << 16]
    return data


def structure_of(data: bytes) -> "Callable[[bytes, Sequence[bytes], Chance], bytes] | None":
    """What knows the structure of these bytes; None where nothing does."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return in_png
    if data[:4] == b"RIFF":
        return in_riff
    if data[:2] == b"\xff\xd8":
        return in_jpeg
    if data[4:8] == b"ftyp":
        return in_boxes
    return in_tiff if data[:4] in (b"II*\0", b"MM\0*") else None


# --- blind ---


def _place(data: bytes, chance: Chance) -> int:
    return chance.randrange(len(data)) if data else 0


def flip(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at = _place(data, chance)
    return data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :] if data else data


def set_byte(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at = _place(data, chance)
    return data[:at] + bytes((chance.choice((*INTERESTING, chance.randrange(256))),)) + data[at + 1 :]


def set_number(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at, number = _place(data, chance), chance.choice((*LENGTHS, len(data), chance.randrange(len(data) + 1)))
    order, code = chance.choice("<>"), chance.choice("HIIQ")
    packed = struct.pack(order + code, number % (1 << 8 * struct.calcsize(code)))
    return data[:at] + packed + data[at + len(packed) :]


def truncate(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    return data[: _place(data, chance)]


def insert(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at = _place(data, chance)
    return data[:at] + bytes(chance.choice(INTERESTING) for _ in range(chance.randrange(1, 9))) + data[at:]


def delete(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + chance.choice((1, 1, 2, 4, 16, 200)) :]


def duplicate(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at, to, size = _place(data, chance), _place(data, chance), chance.choice((2, 4, 12, 64, 500))
    return data[:to] + data[at : at + size] + data[to:]


def repeat(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at, size = _place(data, chance), chance.choice((1, 2, 8, 30))
    return data[:at] + data[at : at + size] * chance.choice((3, 30, 300)) + data[at:]


def splice(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    other = chance.choice(others)
    at, start = _place(data, chance), _place(other, chance)
    if chance.random() < 0.3:
        return data[:at] + other[start:]
    piece = other[start : start + chance.choice((4, 16, 100, 1000))]
    return data[:at] + piece + data[at + chance.choice((0, len(piece))) :]


def word(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    at, put = _place(data, chance), chance.choice(WORDS)
    return data[:at] + put + data[at + chance.choice((0, len(put))) :]


BLIND = (
    flip,
    set_byte,
    set_byte,
    set_number,
    set_number,
    truncate,
    insert,
    delete,
    duplicate,
    repeat,
    splice,
    word,
    word,
)


# --- with structure: sizes and checksums are right again afterwards ---

Piece = tuple[bytes, bytes]  # what kind, and its content


def _shuffled(pieces: list[Piece], kinds: Sequence[bytes], others: Sequence[bytes], chance: Chance) -> None:
    """Change, double, drop, swap or rename one of the pieces, in place."""
    at = chance.randrange(len(pieces))
    kind, content = pieces[at]
    how = chance.randrange(8)
    if how < 4:
        tiff = content.find(b"II*\0") if b"II*\0" in content else content.find(b"MM\0*")
        if tiff >= 0 and chance.random() < 0.7:
            content = content[:tiff] + in_tiff(content[tiff:], others, chance)
        elif content:
            content = chance.choice(BLIND)(content, others, chance)
        pieces[at] = (kind, content)
    elif how == 4:
        pieces.insert(chance.randrange(len(pieces) + 1), pieces[at])
    elif how == 5:
        del pieces[at]
    elif how == 6:
        to = chance.randrange(len(pieces))
        pieces[at], pieces[to] = pieces[to], pieces[at]
    else:
        pieces[at] = (chance.choice(kinds), content)


def in_png(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    pieces, pos = [], 8
    while pos + 12 <= len(data):
        size = int.from_bytes(data[pos : pos + 4], "big")
        if pos + 12 + size > len(data):
            break
        pieces.append((data[pos + 4 : pos + 8], data[pos + 8 : pos + 8 + size]))
        pos += 12 + size
    if not pieces:
        return data
    _shuffled(pieces, (b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"IDAT", b"fdAT", b"PLTE", b"tRNS", b"teSt"), others, chance)
    parts = [data[:8]]
    for kind, content in pieces:
        checksum = zlib.crc32(kind + content).to_bytes(4, "big")
        parts.append(len(content).to_bytes(4, "big") + kind + content + checksum)
    return b"".join(parts) + data[pos:]


def in_riff(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    pieces, pos = [], 12
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while pos + 8 <= end:
        size = int.from_bytes(data[pos + 4 : pos + 8], "little")
        if pos + 8 + size > end:
            break
        pieces.append((data[pos : pos + 4], data[pos + 8 : pos + 8 + size]))
        pos += 8 + size + size % 2
    if not pieces:
        return data
    _shuffled(
        pieces, (b"VP8X", b"VP8 ", b"VP8L", b"EXIF", b"XMP ", b"XMP\0", b"ICCP", b"ANIM", b"TEST"), others, chance
    )
    body = b"".join(kind + len(part).to_bytes(4, "little") + part + b"\0" * (len(part) % 2) for kind, part in pieces)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + data[8:12] + body + data[pos:]


def in_jpeg(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    pieces, pos = [], 2
    while pos + 4 <= len(data) and data[pos] == 0xFF and data[pos + 1] != 0xDA:
        size = int.from_bytes(data[pos + 2 : pos + 4], "big")
        pieces.append((data[pos : pos + 2], data[pos + 4 : pos + 2 + size]))
        pos += 2 + max(2, size)
    if not pieces:
        return data
    _shuffled(pieces, (b"\xff\xe1", b"\xff\xe0", b"\xff\xed", b"\xff\xe2", b"\xff\xfe", b"\xff\xc0"), others, chance)
    body = b"".join(kind + min(len(part) + 2, 0xFFFF).to_bytes(2, "big") + part[:0xFFFD] for kind, part in pieces)
    return data[:2] + body + data[pos:]


def in_boxes(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    """The boxes of ISO base media files (HEIC, AVIF, CR3), one level of them or the next."""
    pieces, pos = [], 0
    while pos + 8 <= len(data):
        size = int.from_bytes(data[pos : pos + 4], "big")
        if size < 8 or pos + size > len(data):
            break
        pieces.append((data[pos + 4 : pos + 8], data[pos + 8 : pos + size]))
        pos += size
    if not pieces:
        return data
    at = next((i for i, (kind, _) in enumerate(pieces) if kind == b"meta"), None)
    if at is not None and chance.random() < 0.6:
        pieces[at] = (b"meta", pieces[at][1][:4] + in_boxes(pieces[at][1][4:], others, chance))
    else:
        _shuffled(pieces, (b"ftyp", b"meta", b"mdat", b"iloc", b"iinf", b"iprp", b"moov", b"uuid"), others, chance)
    return b"".join((len(part) + 8).to_bytes(4, "big") + kind + part for kind, part in pieces) + data[pos:]


def in_tiff(data: bytes, others: Sequence[bytes], chance: Chance) -> bytes:
    """One entry of a directory gets another tag, type, count or value; or a directory is pointed elsewhere."""
    order = "<" if data[:2] == b"II" else ">"
    if len(data) < 10:
        return data
    at = struct.unpack_from(order + "I", data, 4)[0]
    if at + 2 > len(data):
        return data
    count = struct.unpack_from(order + "H", data, at)[0]
    for _ in range(chance.choice((0, 0, 1, 2))):  # follow a pointer into Exif, GPS or the next directory
        entries = [at + 2 + 12 * i for i in range(count) if at + 14 + 12 * i <= len(data)]
        pointers = [
            e for e in entries if struct.unpack_from(order + "H", data, e)[0] in (0x8769, 0x8825, 0x014A, 0xA005)
        ]
        if not pointers:
            break
        to = struct.unpack_from(order + "I", data, chance.choice(pointers) + 8)[0]
        if to + 2 > len(data):
            break
        at, count = to, struct.unpack_from(order + "H", data, to)[0]
    entry = at + 2 + 12 * chance.randrange(max(1, count))
    if entry + 16 > len(data) or chance.random() < 0.1:
        where, packed = chance.choice(((at, "H"), (4, "I"), (at + 2 + 12 * count, "I"))), None
        if where[0] + 4 > len(data):
            return data
        packed = struct.pack(order + where[1], chance.choice((*LENGTHS, at, 8)) % (1 << 8 * struct.calcsize(where[1])))
        return data[: where[0]] + packed + data[where[0] + len(packed) :]
    shift, packed = chance.choice(
        (
            (0, struct.pack(order + "H", chance.choice(TAGS))),
            (2, struct.pack(order + "H", chance.choice(TYPES))),
            (4, struct.pack(order + "I", chance.choice((*LENGTHS, 3, 64)))),
            (
                8,
                struct.pack(
                    order + "I", chance.choice((*LENGTHS, at, entry, 8, len(data), chance.randrange(len(data))))
                ),
            ),
        )
    )
    return data[: entry + shift] + packed + data[entry + shift + len(packed) :]
