"""Textual chunks of a PNG: keyword and text, and the profiles that older programs hid in them.

Knows nothing of the file around them. Source: PNG (third edition) section 11.3.3; ImageMagick's and ExifTool's use of
"Raw profile type ..." (a line with a name, one with the length, the bytes in hexadecimal), which nobody specified.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable, PhotoError
from tagger.metadata import chunks, exif, iptc, xmp
from tagger.metadata.contents import Values
from tagger.metadata.fillers import is_filler

KINDS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
XMP_KEYWORD = b"XML:com.adobe.xmp"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_RAW = b"raw profile type "
_RAW_NAMES = frozenset({b"exif", b"app1", b"xmp", b"iptc", b"8bim"})
_TIFF = (b"II*\0", b"MM\0*")
_MOST_KEYWORD = 79  # bytes
_MOST_PROFILES = 16
_HINT = "a sidecar may serve"


@dataclass(frozen=True, slots=True)
class Text:
    """A textual chunk: ``text`` as it reads, ``head`` what stands before it where it is not compressed."""

    head: bytes
    text: bytes


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles in an old form that stand in the way of ours, one of each kind; ``refusal`` is why, if there are any."""

    exif: bytes | None
    xmp: bytes | None
    photoshop: tuple[bytes, ...]
    refusal: NotEmbeddable | None


@dataclass(frozen=True, slots=True)
class _Profile:
    """One profile: its block, of whatever kind, and whether that holds a description or keywords."""

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    speaks: bool = False


def keyword(payload: bytes) -> bytes:
    """Return the keyword that a textual chunk begins with; empty where there is none."""
    return payload[: _MOST_KEYWORD + 1].partition(b"\0")[0]


def parse(kind: bytes, payload: bytes, path: Path) -> Text:
    """Read a textual chunk. Raises NotEmbeddable where its text is too large or makes no sense."""
    name, zero, rest = payload.partition(b"\0")
    head = name + zero
    if kind == b"tEXt" and zero:
        return Text(head, rest)
    if kind == b"zTXt" and rest[:1] == b"\0":
        return Text(head, _inflated(rest[1:], path))
    if kind == b"iTXt" and rest[:2] in {b"\0\0", b"\0\1", b"\1\0"}:  # compressed?, method
        parts = rest[2:].split(b"\0", 2)  # language, keyword in that language
        if len(parts) == 3:
            head += b"\0" + rest[1:2] + parts[0] + b"\0" + parts[1] + b"\0"
            return Text(head, _inflated(parts[2], path) if rest[0] else parts[2])
    raise NotEmbeddable(path, f"a textual chunk ({name[:_MOST_KEYWORD]!r}) makes no sense", _HINT)


def profiles(texts: Iterable[tuple[bytes, bytes]], *, has_exif: bool, has_xmp: bool, path: Path) -> Profiles:
    """Find what chunks of ours would hide from programs that read a profile in an old form.

    ``texts`` are kind and payload of each textual chunk but the XMP one. An old form is in the way where it holds a
    description or keywords, and where the file has no chunk of the new form yet: readers take that one alone.
    """
    found: list[_Profile] = []
    refusal = None
    for kind, payload in texts:
        name = keyword(payload).lower()
        raw = name.startswith(_RAW) and name.removeprefix(_RAW) in _RAW_NAMES
        if not raw and name != XMP_KEYWORD.lower():
            continue
        if len(found) == _MOST_PROFILES:
            refusal = refusal or NotEmbeddable(path, "the file holds too many profiles in an old form", _HINT)
            break
        title = f"a profile in an old form ({name.decode('latin-1')})"
        try:
            text = parse(kind, payload, path).text
            profile = _profile(name.removeprefix(_RAW) if raw else b"xmp", _unhexed(text, path) if raw else text, path)
        except PhotoError as error:
            refusal = refusal or NotEmbeddable(path, f"{title} cannot be read: {error.cause}", _HINT)
            profile = _Profile()
        if profile.speaks:
            refusal = refusal or NotEmbeddable(path, f"{title} holds a description or keywords", _HINT)
        elif (profile.exif and not has_exif) or (profile.xmp and not has_xmp):
            refusal = refusal or NotEmbeddable(path, f"ours would hide {title} from other programs", _HINT)
        else:
            profile = _Profile()
        found.append(profile)
    return Profiles(
        exif=next((profile.exif for profile in found if profile.exif), None),
        xmp=next((profile.xmp for profile in found if profile.xmp), None),
        photoshop=tuple(profile.iptc for profile in found if profile.iptc)[:1],
        refusal=refusal,
    )


def _inflated(data: bytes, path: Path) -> bytes:
    inflater = zlib.decompressobj()
    try:
        result = inflater.decompress(data, chunks.MOST_BYTES + 1)
    except zlib.error as error:
        raise NotEmbeddable(path, f"compressed text cannot be read ({error})", _HINT) from None
    if len(result) > chunks.MOST_BYTES:
        raise chunks.too_large(path)
    if not inflater.eof:
        raise NotEmbeddable(path, "compressed text ends too early", _HINT)
    return result


def _unhexed(text: bytes, path: Path) -> bytes:
    lines = text.strip().split(b"\n", 2)
    try:
        length, block = int(lines[1]), bytes.fromhex(lines[2].decode("ascii"))
    except (IndexError, ValueError):
        raise PhotoError(path, "it is not in hexadecimal") from None
    if length < 0 or length > len(block):
        raise PhotoError(path, "it ends too early")
    return block[:length]


def _profile(name: bytes, block: bytes, path: Path) -> _Profile:
    """Tell what a profile holds. Raises PhotoError where it makes no sense."""
    if name in {b"exif", b"app1"} and block.startswith((chunks.EXIF_PREFIX, *_TIFF)):
        block = block.removeprefix(chunks.EXIF_PREFIX)
        tiff = exif.parse(block, path)
        return _Profile(exif=block, speaks=tiff is not None and _speaks(tiff.values()))
    if name == b"exif":
        raise PhotoError(path, "it holds no EXIF")
    if name == b"xmp" or block.startswith(_JPEG_XMP):
        block = block.removeprefix(_JPEG_XMP)
        if chunks.is_too_large(block):
            raise chunks.too_large(path)
        packet = xmp.parse(block, path)
        return _Profile(xmp=block, speaks=_speaks(packet.values()) or any(packet.hierarchies().values()))
    if block.startswith(_JPEG_EXTENDED):
        raise PhotoError(path, "it holds extended XMP")
    if name == b"app1":  # of some other program
        return _Profile()
    if not block.startswith(b"8BIM"):  # bare datasets
        block = b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block + b"\0" * (len(block) % 2)
    iim = iptc.parse((block,), path)
    return _Profile(iptc=block, speaks=iim is not None and _speaks(iim.values()))


def _speaks(values: Values) -> bool:
    return bool(values.keywords) or not is_filler(values.description)
