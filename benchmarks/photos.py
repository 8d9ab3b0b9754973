"""Makes 12-megapixel JPEGs from the example photos: enlarged, with noise, so that they weigh what a camera's do."""

from pathlib import Path

import numpy as np
from PIL import Image

EXAMPLES = Path(__file__).resolve().parent.parent / "examples" / "photos"
SIZE = (4000, 3000)


def make_photos(folder: Path, count: int, *, size: tuple[int, int] = SIZE) -> list[Path]:
    """``count`` JPEGs of ``size``: a few pictures over and over, yet no file has another's picture data."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = sorted(EXAMPLES.glob("*.jpg"))
    encoded: dict[Path, bytes] = {}
    paths = []
    for i in range(count):
        source = sources[i % len(sources)]
        if source not in encoded:
            encoded[source] = _enlarge(source, size, folder / "one.jpg")
        path = folder / f"photo{i:05}.jpg"
        path.write_bytes(_distinct(encoded[source], i))
        paths.append(path)
    return paths


def _enlarge(source: Path, size: tuple[int, int], scratch: Path) -> bytes:
    with Image.open(source) as image:
        pixels = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BICUBIC), np.int16)
    noise = np.random.default_rng(1).normal(0, 4, pixels.shape[:2]).astype(np.int16)
    Image.fromarray((pixels + noise[..., None]).clip(0, 255).astype(np.uint8)).save(scratch, quality=90)
    content = scratch.read_bytes()
    scratch.unlink()
    return content


def _distinct(jpeg: bytes, number: int) -> bytes:
    """The same picture with other picture data: a quantisation table for a component that is not used."""
    table = b"\xff\xdb\x00\x43\x03" + number.to_bytes(4, "big").replace(b"\0", b"\1") + bytes([1]) * 60
    return jpeg[:2] + table + jpeg[2:]
