"""What a record of the journal holds, small: texts compressed, new bytes as what differs from the old ones.

Source: zlib's preset dictionaries, RFC 1950 section 2.2. Knows nothing of photos.
"""

import zlib

_WINDOW = 1 << 15  # bytes of a dictionary that deflate can reach
_HAS_DICTIONARY = 0x20  # in the second byte of a zlib stream


def pack(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """Both compressed; ``new`` with the end of ``old`` as its dictionary where that is shorter."""
    alone = zlib.compress(new)
    if not old or not new:
        return zlib.compress(old), alone
    compressor = zlib.compressobj(zdict=old[-_WINDOW:])
    beside = compressor.compress(new) + compressor.flush()
    return zlib.compress(old), min(alone, beside, key=len)


def unpack(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """The inverse of ``pack``. Raises ValueError or TypeError for anything else."""
    try:
        before = zlib.decompress(old)
        if len(new) > 1 and new[1] & _HAS_DICTIONARY:
            decompressor = zlib.decompressobj(zdict=before[-_WINDOW:])
            after = decompressor.decompress(new)
            if not decompressor.eof:
                raise ValueError("the compressed bytes end too early")
            return before, after
        return before, zlib.decompress(new)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def pack_text(text: str) -> bytes:
    """ASCII compressed."""
    return zlib.compress(text.encode("ascii"))


def unpack_text(value: str | bytes) -> str:
    """The inverse of ``pack_text``; version 0.1 stored the text itself. Raises ValueError or TypeError."""
    if isinstance(value, str):
        return value
    try:
        return zlib.decompress(value).decode("ascii")
    except zlib.error as error:
        raise ValueError(str(error)) from error
