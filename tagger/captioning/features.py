"""What a photo looks like, in a few hundred bytes: the encoder's view of it, and a hash of its coarse brightness.

The encoder's pooled features are turned by a fixed orthogonal transform, so that every coordinate says as much as any
other, and each is kept in two bits (a four-level Lloyd-Max quantiser): 1,280 features take 320 bytes, and angles
between photos hardly change. Sources: Charikar, "Similarity estimation techniques from rounding algorithms" (2002);
Max, "Quantizing for minimum distortion" (1960), table I; for the hash Zauner, "Implementation and benchmarking of
perceptual image hash functions" (2010), section 3.2.1. Knows no library; how good it is: docs/similar.md.

Layout: the number of coordinates (2 bytes, little-endian), 8 bytes of hash, then one bit a coordinate for its sign,
then one for its size, each padded to whole bytes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNT_BYTES, HASH_BYTES = 2, 8
MAX_COORDINATES = 2048
SMALL, LARGE = 0.4528, 1.5104
"""The levels of the quantiser, in standard deviations of a coordinate."""
_BETWEEN = 0.9816
_SEED = b"tagger features 1"  # another turn would be another kind of features
_CHUNK = 1 << 16  # photos at a time
_SIDE = 8  # of the square of frequencies that make the hash
_ROWS = 64  # at a time: larger products would wake the threads of BLAS, which the loaders need the cores for


def describe_all(pooled: "NDArray[np.float32]", batch: "Sequence[NDArray[np.float32]]") -> list[bytes]:
    """The features of N photos from ``pooled`` (N, P) and their ``pixel_values`` (H, W, 3) each."""
    finite = np.nan_to_num(pooled, nan=0.0, posinf=0.0, neginf=0.0)
    turned = _turned(finite)
    deviation = np.linalg.norm(finite, axis=1, keepdims=True) / np.sqrt(finite.shape[1])
    signs = np.packbits(turned > 0, axis=1)
    sizes = np.packbits(np.abs(turned) > _BETWEEN * deviation, axis=1)
    count = turned.shape[1].to_bytes(COUNT_BYTES, "little")
    return [
        count + picture_hash(pixel_values) + sign.tobytes() + size.tobytes()
        for pixel_values, sign, size in zip(batch, signs, sizes, strict=True)
    ]


def picture_hash(pixel_values: "NDArray[np.float32]") -> bytes:
    """64 bits that say which low frequencies of the green channel (H, W, 3) are above their median.

    Green stands in for brightness; it is in the middle of RGB and BGR alike, and scale and offset change nothing.
    """
    green = pixel_values[..., 1]
    height, width = green.shape
    down, across = _low_frequencies(height), _low_frequencies(width)
    rows = sum(down[:, top : top + _ROWS] @ green[top : top + _ROWS] for top in range(0, height, _ROWS))
    coefficients = (rows @ across.T).ravel()
    return np.packbits(coefficients > np.median(coefficients[1:])).tobytes()


@dataclass(frozen=True, slots=True)
class Codes:
    """The features of N photos, taken apart: ``hashes`` (N,), ``signs`` and ``sizes`` of C coordinates (N, C bits)."""

    count: int
    hashes: "NDArray[np.uint64]"
    signs: "NDArray[np.uint8]"
    sizes: "NDArray[np.uint8]"

    def __len__(self) -> int:
        return len(self.hashes)

    def values(self, rows: "NDArray[np.intp] | slice") -> "NDArray[np.float32]":
        """The coordinates of some photos as unit vectors (M, C): their inner products are cosines of angles."""
        signs, sizes = (np.unpackbits(bits[rows], axis=1, count=self.count) for bits in (self.signs, self.sizes))
        levels = np.where(sizes, np.float32(LARGE), np.float32(SMALL)) * (2 * signs.astype(np.float32) - 1)
        return np.asarray(levels / np.linalg.norm(levels, axis=1, keepdims=True), dtype=np.float32)

    def distances(self, sign: "NDArray[np.uint8]") -> "NDArray[np.int32]":
        """How many signs are other than ``sign`` (C bits in bytes), for every photo (N,)."""
        found = np.empty(len(self), np.int32)
        for start in range(0, len(self), _CHUNK):
            part = slice(start, start + _CHUNK)
            found[part] = np.bitwise_count(_wide(self.signs[part]) ^ _wide(sign[None])).sum(axis=1, dtype=np.int32)
        return found


def take_apart(vectors: "NDArray[np.uint8]") -> Codes:
    """Features of N photos by one model (N, bytes) as Codes. Raises ValueError where they are none."""
    length = vectors.shape[1]
    count = int.from_bytes(vectors[0, :COUNT_BYTES].tobytes(), "little") if len(vectors) else 0
    width, start = -(-count // 8), COUNT_BYTES + HASH_BYTES
    if len(vectors) and (not count or length != start + 2 * width):
        raise ValueError(f"{length} bytes are no features of {count} coordinates")
    hashes = np.ascontiguousarray(vectors[:, COUNT_BYTES:start]).view(np.uint64).reshape(-1)
    return Codes(count, hashes, vectors[:, start : start + width], vectors[:, start + width :])


def _wide(bits: "NDArray[np.uint8]") -> "NDArray[np.uint64]":
    """The same bits, 64 at a time, with zeros behind."""
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view(np.uint64)


def _turned(pooled: "NDArray[np.float32]") -> "NDArray[np.float64]":
    """Random changes of sign, then the orthonormal real Fourier transform; at most MAX_COORDINATES are kept."""
    count = pooled.shape[1]
    spectrum = np.fft.rfft(pooled * _signs(count), axis=1, norm="ortho")
    paired = (count - 1) // 2  # frequencies of which both the cosine and the sine count
    real = spectrum.real.copy()
    real[:, 1 : 1 + paired] *= np.sqrt(2)
    imaginary = spectrum.imag[:, 1 : 1 + paired] * np.sqrt(2)
    return np.concatenate([real, imaginary], axis=1)[:, :MAX_COORDINATES]


@lru_cache(maxsize=4)
def _signs(count: int) -> "NDArray[np.float32]":
    bits = np.unpackbits(np.frombuffer(hashlib.shake_256(_SEED).digest(-(-count // 8)), np.uint8))[:count]
    return (1 - 2 * bits.astype(np.float32)).astype(np.float32)


@lru_cache(maxsize=16)
def _low_frequencies(length: int) -> "NDArray[np.float32]":
    """The lowest rows of the cosine transform (DCT-II) of ``length`` values (_SIDE, length)."""
    rows = np.cos(np.pi / length * np.outer(np.arange(_SIDE), np.arange(length) + 0.5))
    return np.ascontiguousarray(rows, dtype=np.float32)
