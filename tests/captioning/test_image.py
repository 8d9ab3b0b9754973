"""Files to upright pixels."""

import contextlib
import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from captioning.pictures import ORIENTATIONS, encoded, jpeg, plain, scene, with_frame
from tagger.captioning.bundle import ImageSpec
from tagger.captioning.image import decode_image, load_image, preprocess
from tagger.core.errors import PhotoError

NAME = Path("photo.jpg")
# Pillow warns of damaged EXIF; the command line keeps such warnings from the user (tests/cli/test_main.py).
odd_exif = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
RULES = ("squash", "center_crop", "pad")


def decode(content: bytes, size: int = 32, **options) -> np.ndarray:
    rgb = decode_image(content, ImageSpec(size, **options), NAME)
    assert rgb.shape == (size, size, 3)
    assert rgb.dtype == np.uint8
    return rgb


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def cause(content: bytes) -> str:
    with pytest.raises(PhotoError) as caught:
        decode_image(content, ImageSpec(16), NAME)
    assert caught.value.path == NAME
    assert "\n" not in str(caught.value)
    return caught.value.cause


@pytest.mark.parametrize("resize", RULES)
@pytest.mark.parametrize("size", [(120, 80), (80, 121), (600, 333)], ids=str)
def test_every_orientation_is_the_same_upright_picture(resize: str, size: tuple[int, int]) -> None:
    upright = decode(jpeg(scene(size)), resize=resize)
    # Reduced decoding rounds the last row and column up, at whichever edge the file has them.
    limit = 3 if size == (600, 333) else 1
    for orientation in ORIENTATIONS:
        assert difference(decode(jpeg(scene(size), orientation), resize=resize), upright) < limit, orientation


def test_orientation_is_not_ignored() -> None:
    """What the test above relies on: the stored pictures do differ."""
    stored = [decode(jpeg(scene(), orientation).replace(b"Exif\0\0", b"Exof\0\0")) for orientation in ORIENTATIONS]
    assert all(difference(stored[0], other) > 20 for other in stored[1:])


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_orientation_that_means_nothing(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    assert difference(decode(jpeg(scene(), exif=exif.tobytes())), decode(jpeg(scene()))) == 0


@odd_exif
def test_damaged_exif_block() -> None:
    damaged = jpeg(scene(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(10))
    assert difference(decode(damaged), decode(jpeg(scene()))) == 0


def test_resize_rules() -> None:
    image = Image.new("RGB", (90, 30), "white")
    image.paste((255, 0, 0), (0, 0, 30, 30))
    image.paste((0, 0, 255), (60, 0, 90, 30))
    content = jpeg(image, quality=100)
    squashed, cropped, padded = (decode(content, resize=rule).astype(int) for rule in RULES)
    assert np.abs(squashed[16, [2, 16, 29]] - [(255, 0, 0), (255, 255, 255), (0, 0, 255)]).max() < 12
    assert cropped[:, 2:30].min() > 240  # the white middle alone
    assert padded[:10].max() == padded[22:].max() == 0
    assert np.abs(padded[16, [2, 16, 29]] - [(255, 0, 0), (255, 255, 255), (0, 0, 255)]).max() < 12


@pytest.mark.parametrize("size", [(640, 480), (1999, 1501), (3000, 200)], ids=str)
def test_reduced_decoding_loses_nothing_visible(size: tuple[int, int]) -> None:
    content = jpeg(scene(size))
    whole = Image.open(io.BytesIO(content)).convert("RGB").resize((32, 32), Image.Resampling.BICUBIC)
    assert difference(decode(content), np.asarray(whole)) < 1


def test_reduced_decoding_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    resize = Image.Image.resize
    monkeypatch.setattr(
        Image.Image, "resize", lambda self, *args, **box: sizes.append(self.size) or resize(self, *args, **box)
    )
    decode(jpeg(scene((1600, 1200))))
    decode(jpeg(scene((1600, 1200))), interpolation="nearest")
    assert sizes == [(200, 150), (1600, 1200)]


def test_odd_sizes() -> None:
    for size in ((1, 1), (1, 700), (5000, 1), (20000, 20)):
        for rule in RULES:
            decode(jpeg(Image.new("RGB", size, (200, 30, 30))), resize=rule)


def test_colour_modes() -> None:
    colour = plain((200, 60, 30))
    for content in (
        jpeg(colour),
        jpeg(colour, progressive=True),
        jpeg(colour.convert("CMYK")),
        encoded(colour, "PNG"),
        encoded(colour.convert("P", palette=Image.Palette.ADAPTIVE), "PNG"),
        encoded(colour, "WEBP", quality=95),
        encoded(colour, "TIFF"),
        encoded(colour, "BMP"),
        encoded(colour, "GIF"),
    ):
        assert np.abs(decode(content).mean(axis=(0, 1)) - (200, 60, 30)).max() < 8
    grey = decode(jpeg(colour.convert("L")))
    assert np.ptp(grey, axis=2).max() == 0
    assert abs(grey.mean() - 98) < 3


def test_sixteen_bits() -> None:
    """Half as bright as can be stays so: 16-bit grey is scaled, not cut off."""
    content = encoded(Image.fromarray(np.full((20, 30), 0x8080, np.uint16)), "PNG")
    assert set(decode(content).flat) == {0x80}


def test_transparent_is_white() -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert decode(encoded(image, "PNG")).min() == 255
    palette = Image.new("P", (20, 20), 0)
    assert decode(encoded(palette, "PNG", transparency=0)).min() == 255


def test_bad_content() -> None:
    good = jpeg(scene((400, 300)))
    assert cause(b"") == "is empty"
    assert cause(b"GIF89a"[:3]) == "is not a picture that can be decoded"
    assert cause(b"hello, I am no picture") == "is not a picture that can be decoded"
    assert cause(b"%PDF-1.7\n") == "is not a picture that can be decoded"
    for damaged in (good[:2], good[:100], good[: len(good) // 2], good[:-1000], b"\xff\xd8" + bytes(500)):
        assert cause(damaged).startswith("cannot be decoded")
    assert cause(with_frame(good, bits=12)).startswith("cannot be decoded")
    assert cause(encoded(scene(), "PNG")[:200]).startswith("cannot be decoded")


def test_decompression_bombs() -> None:
    good = jpeg(scene((400, 300)))
    assert cause(with_frame(good, width=65500, height=65500)) == "has 4290 megapixels, too many to decode safely"
    assert "megapixels" in cause(with_frame(jpeg(scene(), progressive=True), width=12000, height=12000))
    png = encoded(scene(), "PNG")
    header = b"IHDR" + (60000).to_bytes(4, "big") * 2 + png[24:29]
    bomb = png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:]
    assert cause(bomb) == "is too large to decode safely"


@odd_exif
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damage_never_escapes(data: st.DataObject) -> None:
    """Whatever happens to a file, the result is a picture or a PhotoError."""
    content = bytearray(jpeg(scene((64, 48)), data.draw(st.sampled_from([1, 6])), progressive=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PhotoError):
        decode(bytes(content[: data.draw(st.integers(0, len(content)))]))


def test_load_image(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg(scene()))
    assert difference(load_image(path, ImageSpec(32)), decode(jpeg(scene()))) == 0
    with pytest.raises(PhotoError, match="No such file"):
        load_image(tmp_path / "missing.jpg", ImageSpec(32))
    with pytest.raises(PhotoError, match="cannot be read"):
        load_image(tmp_path, ImageSpec(32))


def test_preprocess() -> None:
    rgb = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10
    spec = ImageSpec(16, scale=1 / 255, mean=(0.1, 0.2, 0.3), std=(0.5, 0.25, 2.0))
    expected = (rgb / 255 - np.array(spec.mean)) / np.array(spec.std)
    values = preprocess(rgb, spec)
    assert values.dtype == np.float32
    assert values.flags.c_contiguous
    assert np.allclose(values, expected, atol=1e-6)
    turned = preprocess(rgb, ImageSpec(16, color_order="BGR", scale=1.0))
    assert np.array_equal(turned, rgb[..., ::-1])
    assert turned.flags.c_contiguous
    assert np.array_equal(preprocess(rgb[None], spec)[0], values)
