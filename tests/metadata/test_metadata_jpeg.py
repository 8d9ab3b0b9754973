"""The container: segments, identity, pointers to further pictures, speed."""

import io
import random
import struct
import time
from pathlib import Path

import jpegs
import pytest
from jpegs import (
    camera_tiff,
    exif_segment,
    foreign_packet,
    iim,
    iptc_segment,
    mpf_file,
    picture,
    with_segments,
    xmp_segment,
)
from PIL import Image
from samples import samples
from trial import CAT, DOG, tag

from tagger.metadata import jpeg
from tagger.metadata.policy import CaptionPolicy
from tagger.metadata.splices import inverse, spliced

PATH = Path("photo.jpg")


@pytest.mark.parametrize("name", samples())
def test_size_identity_and_pixels(name: str) -> None:
    data = samples()[name]
    parsed = jpeg.parse(PATH, data)
    image = Image.open(io.BytesIO(data))
    assert (parsed.width, parsed.height) == image.size
    after, _ = tag(data, DOG)
    assert jpeg.parse(PATH, after).identity() == parsed.identity()
    assert Image.open(io.BytesIO(after)).tobytes() == image.tobytes()


def test_identity_is_of_the_picture_alone() -> None:
    base = jpeg.parse(PATH, picture()).identity()
    extra = with_segments(picture(), jpegs.segment(0xFE, b"x"), jpegs.segment(0xE5, b"y")) + b"trailer"
    assert jpeg.parse(PATH, extra).identity() == base
    for at in (len(picture()) - 5, picture().index(b"\xff\xdb") + 10):
        changed = bytearray(picture())
        changed[at] ^= 1
        assert jpeg.parse(PATH, bytes(changed)).identity() != base


def test_tables_between_scans_may_look_like_markers() -> None:
    data = picture((64, 64), progressive=True)
    scan = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)  # before the second scan
    comment = jpegs.segment(0xFE, b"\xff\xd9 no end \xff\xda")
    parsed = jpeg.parse(PATH, data[:scan] + comment + data[scan:])
    assert parsed.picture_end == len(data) + len(comment)


def test_fill_bytes_between_segments() -> None:
    data = picture()
    at = data.index(b"\xff\xdb")
    filled = data[:at] + b"\xff\xff\xff" + data[at:]
    assert jpeg.parse(PATH, filled).identity() == jpeg.parse(PATH, data).identity()
    after, splices = tag(filled, DOG)
    assert spliced(after, inverse(splices)) == filled


EXIF, XMP, IPTC = exif_segment(camera_tiff().build()), xmp_segment(foreign_packet()), iptc_segment(iim(b"sea"))


@pytest.mark.parametrize(
    ("before", "after"),
    [((), ()), ((EXIF, XMP), ()), ((), (EXIF, XMP)), ((EXIF,), (IPTC,)), ((XMP,), (EXIF,)), ((IPTC,), (XMP,))],
)
def test_the_second_picture_is_still_found(before: tuple[bytes, ...], after: tuple[bytes, ...]) -> None:
    data, second = mpf_file(*before, after=after)
    for caption in (DOG, CAT):
        data, _ = tag(data, caption, caption_policy=CaptionPolicy.REPLACE)
        base = data.index(b"MPF\0") + 4
        size, offset = (
            struct.unpack_from("<4xI4x4x4xI", data, base + 50)[0],
            struct.unpack_from("<I", data, base + 74)[0],
        )
        assert data[base + offset :] == second
        assert size == len(data) - len(second) == jpeg.parse(PATH, data).picture_end
    image = Image.open(io.BytesIO(data))
    assert image.n_frames == 2
    image.seek(1)
    assert image.size == (24, 16)


def test_previews_of_maker_notes_are_still_found() -> None:
    data = samples()["sony preview"]
    preview = data[jpeg.parse(PATH, data).picture_end :]
    after, splices = tag(data, DOG)
    entry = after.index(struct.pack("<HHI", 0x2001, 7, len(preview)))
    base = after.index(b"Exif\0\0") + 6
    offset = struct.unpack_from("<I", after, entry + 8)[0]
    assert after[base + offset :] == preview
    assert spliced(after, inverse(splices)) == data


def test_splice_refuses_other_bytes() -> None:
    _, splices = tag(picture(), DOG)
    after = spliced(picture(), splices)
    with pytest.raises(ValueError, match="not those of the splice"):
        spliced(picture(), inverse(splices))
    assert spliced(after, inverse(splices)) == picture()


def test_five_megabytes_take_milliseconds() -> None:
    head, scan = picture().split(b"\xff\xda", 1)
    noise = random.Random(1).randbytes(5_000_000).replace(b"\xff", b"\xff\0")
    data = head + b"\xff\xda" + scan[:-2] + noise + b"\xff\xd9"
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        jpeg.parse(PATH, data).identity()
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.1  # about 0.005 here; ten times that and more would be a walk over the bytes in Python
