"""Inputs that broke a promise once, made small: target, bytes, and what was wrong then."""

import io
import zipfile

import bombs
import jpegs
import targets
from bombs import PNG

from tagger.metadata.policy import CaptionPolicy


def crashers() -> list[tuple[str, bytes, str]]:
    return [
        ("PNG", xmp_amid_the_picture(), "clean said that it would change the picture data, please report"),
        ("PNG", xmp_amid_the_picture(b"fdAT"), "the same in an animation"),
        ("bundle archive", archive_of_a_strange_name(), "UnicodeDecodeError"),
        ("JPEG", bombs.BOMBS["EXIF directory of 4,000 loops"][1], "a minute: every pointer was followed"),
        ("JPEG", caption_that_reads_like_ours(), "a second run took the appended caption out again"),
    ]


def xmp_amid_the_picture(kind: bytes = b"IDAT") -> bytes:
    """An XMP chunk of ours between two runs of the picture's chunks: to take it out joins them."""
    tagged = targets.tagged(PNG)
    start = tagged.index(b"iTXtXML:com.adobe.xmp") - 4
    packet = tagged[start : start + 12 + int.from_bytes(tagged[start : start + 4], "big")]
    data = bombs.chunk(kind, b"data")
    return PNG[:-12] + data + packet + data + PNG[-12:]


def archive_of_a_strange_name() -> bytes:
    """A zip with a name that says that it is UTF-8, and is not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("é", b"")
    return buffer.getvalue().replace("é".encode(), b"\xff\xff")


def caption_that_reads_like_ours() -> bytes:
    """A person's caption that is ours but for a control character, of a length for which the policy is append."""
    block = jpegs.camera_tiff(description=targets.DOG.text.encode() + b"\x1a\0").build()
    jpeg = jpegs.with_segments(jpegs.picture(), jpegs.exif_segment(block))
    append = targets.POLICIES.index(CaptionPolicy.APPEND)
    return jpeg + b"T" * ((append - len(jpeg)) % len(targets.POLICIES))
