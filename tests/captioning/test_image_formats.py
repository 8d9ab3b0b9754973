"""HEIC, AVIF, RAW, GIF, BMP, JPEG 2000 to upright pixels; damaged ones to one line, whatever the libraries do."""

import io
import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from captioning.raws import COLOURS, dng, pattern
from tagger.captioning import isolated, native
from tagger.captioning.bundle import ImageSpec
from tagger.captioning.image import decode_image, load_image
from tagger.captioning.isolated import Decoder
from tagger.core.errors import PhotoError

HEIC = (Path(__file__).parents[1] / "metadata/assets/pattern.heic").read_bytes()
SPEC = ImageSpec(32)


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    shared = Decoder()
    yield shared
    shared.close()


def saved(image: Image.Image, name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def fields(content: bytes, name: str = "photo.jpg", decoder: Decoder | None = None) -> list[tuple[int, ...]]:
    """The colours in the middle of the four fields."""
    rgb = decode_image(content, SPEC, Path(name), decoder=decoder)
    return [tuple(int(v) for v in rgb[y, x]) for y in (8, 24) for x in (8, 24)]


def close(found: list[tuple[int, ...]], wanted: tuple[tuple[int, ...], ...] = COLOURS) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() < 16)


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize("name", ["GIF", "BMP", "DIB", "JPEG2000", "AVIF", "TIFF", "PNG", "WEBP"])
def test_formats_of_pillow(name: str) -> None:
    assert close(fields(saved(pattern(), name)))


def test_first_frame_of_a_gif() -> None:
    frames = [pattern(), Image.new("RGB", (64, 48), "black")]
    assert close(fields(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])))


def test_avif_is_turned_once() -> None:
    stored = pattern().transpose(Image.Transpose.ROTATE_90)
    content = saved(stored, "AVIF", exif=turned(6).tobytes(), quality=90)
    assert close(fields(content))


def test_heic_is_turned_once(decoder: Decoder) -> None:
    """The file says it twice, as phones write it: by ``irot``, and in EXIF."""
    assert b"irot" in HEIC
    assert close(fields(HEIC, decoder=decoder))


def test_raw_by_its_preview(decoder: Decoder) -> None:
    assert close(fields(dng(), "photo.dng", decoder))
    turned_right = fields(dng(orientation=6), "photo.dng", decoder)
    assert close(turned_right, (COLOURS[2], COLOURS[0], COLOURS[3], COLOURS[1]))


def test_raw_without_a_preview(decoder: Decoder) -> None:
    rgb = decode_image(dng(preview=False), SPEC, Path("photo.dng"), decoder=decoder)
    assert rgb.shape == (32, 32, 3)
    assert rgb.std() > 10


def test_what_a_file_is_says_its_content(decoder: Decoder) -> None:
    assert close(fields(HEIC, "photo.jpg", decoder))
    assert close(fields(saved(pattern(), "PNG"), "photo.heic", decoder))
    assert close(fields(saved(pattern(), "JPEG", quality=95), "photo.cr2", decoder))
    assert close(fields(saved(pattern(), "TIFF"), "photo.dng", decoder))  # a RAW suffix, and no RAW inside


def test_kinds() -> None:
    def kind(head: bytes, name: str = "a.jpg") -> str:
        return native.kind(head.ljust(native.HEAD, b"\0"), Path(name))

    box = b"\0\0\0\x1cftyp"
    assert kind(box + b"heic\0\0\0\0mif1heic") == kind(box + b"mif1\0\0\0\0mif1heic") == "heif"
    assert kind(box + b"avif\0\0\0\0mif1miaf") == kind(box + b"mif1\0\0\0\0avifmiaf") == ""
    assert kind(box + b"crx \0\0\0\x01crx isom") == kind(b"FUJIFILMCCD-RAW 0201") == kind(b"IIRO\x08\0\0\0") == "raw"
    assert kind(b"II*\0\x10\0\0\0CR\2\0") == kind(b"II*\0\x08\0\0\0", "a.NEF") == "raw"
    assert kind(b"II*\0\x08\0\0\0", "a.tif") == kind(b"\xff\xd8\xff\xe1", "a.nef") == kind(b"") == ""


def cause(content: bytes, name: str, decoder: Decoder) -> str:
    with pytest.raises(PhotoError) as caught:
        decode_image(content, SPEC, Path(name), decoder=decoder)
    assert caught.value.path == Path(name)
    assert "\n" not in str(caught.value)
    return caught.value.cause


@pytest.mark.parametrize("name", ["heic", "dng"])
def test_damaged(name: str, decoder: Decoder, capfd: pytest.CaptureFixture[str]) -> None:
    content = {"heic": HEIC, "dng": dng(preview=False)}[name]
    for end in (40, 100, 300, len(content) // 2, len(content) - 40):
        assert cause(content[:end], f"a.{name}", decoder)
    shown = capfd.readouterr()
    assert shown.out + shown.err == ""


def test_damage_that_brings_the_decoder_down(decoder: Decoder, capfd: pytest.CaptureFixture[str]) -> None:
    """Some damage does; whichever it is, the photo fails, and the next one is decoded."""
    random_ = random.Random(3)
    for _ in range(60):
        content = bytearray(HEIC)
        for _ in range(4):
            content[random_.randrange(40, 600)] = random_.choice((0, 255, random_.randrange(256)))
        try:
            decode_image(bytes(content), SPEC, Path("a.heic"), decoder=decoder)
        except PhotoError as error:
            assert error.cause
    assert close(fields(HEIC, decoder=decoder))
    shown = capfd.readouterr()
    assert shown.out + shown.err == ""


def test_a_decoder_that_dies(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = isolated._Worker.ask

    def killed(self: isolated._Worker, request: object, seconds: float) -> object:
        self._process.kill()
        self._process.join()
        return ask(self, request, seconds)

    with monkeypatch.context() as patch:
        patch.setattr(isolated._Worker, "ask", killed)
        assert cause(HEIC, "a.heic", decoder) == "cannot be decoded: the decoder crashed"
    assert close(fields(HEIC, decoder=decoder))


def test_a_decoder_that_hangs() -> None:
    slow = Decoder(seconds=0.001)
    assert cause(HEIC, "a.heic", slow) == "takes more than 0.001 seconds to decode"
    assert slow._idle == []


def test_processes_are_used_again() -> None:
    decoder = Decoder()
    fields(HEIC, decoder=decoder)
    (first,) = decoder._idle
    fields(HEIC, decoder=decoder)
    assert decoder._idle == [first]
    decoder.close()
    assert decoder._idle == []


def test_too_many_pixels(tmp_path: Path) -> None:
    content = bytearray(HEIC)
    at = 0
    while (at := content.find(b"ispe", at + 1)) > 0:
        content[at + 8 : at + 16] = (60000).to_bytes(4, "big") * 2
    decoder = Decoder()
    assert "too many" in cause(bytes(content), "a.heic", decoder) or "cannot be decoded" in cause(
        bytes(content), "a.heic", decoder
    )
    decoder.close()


def test_from_files(tmp_path: Path, decoder: Decoder) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(HEIC)
    shared = load_image(path, SPEC, decoder=decoder)
    assert np.array_equal(load_image(path, SPEC), shared)
    with pytest.raises(PhotoError, match="No such file"):
        load_image(tmp_path / "missing.heic", SPEC, decoder=decoder)
    if os.geteuid() != 0:
        path.chmod(0)
        with pytest.raises(PhotoError, match="cannot be read"):
            load_image(path, SPEC, decoder=decoder)
