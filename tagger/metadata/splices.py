"""Splices: made, taken back, and found as the small differences between two runs of bytes. Knows no format."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

from tagger.core.changes import Splice

_CHUNK = 32  # bytes; differences closer than this become one splice


def spliced(data: bytes, edits: Sequence[Splice]) -> bytes:
    """Return ``data`` with ``edits`` made. Raises ValueError where the old bytes are not as the edits say."""
    view = memoryview(data)  # a whole file: copied once
    parts: list[bytes | memoryview] = []
    pos = 0
    for edit in edits:
        if edit.offset < pos or data[edit.offset : edit.offset + len(edit.old)] != edit.old:
            raise ValueError(f"the bytes at {edit.offset} are not those of the splice")
        parts += (view[pos : edit.offset], edit.new)
        pos = edit.offset + len(edit.old)
    parts.append(view[pos:])
    return b"".join(parts)


def inverse(edits: Sequence[Splice]) -> tuple[Splice, ...]:
    """Return the splices that take ``edits`` back, relative to the file after them."""
    shifts = accumulate((len(edit.new) - len(edit.old) for edit in edits), initial=0)
    return tuple(Splice(edit.offset + shift, edit.new, edit.old) for edit, shift in zip(edits, shifts, strict=False))


def trimmed(offset: int, old: bytes, new: bytes) -> Iterator[Splice]:
    """Yield one splice without what both begin and end with; none where they are equal."""
    if old == new:
        return
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    yield Splice(offset + head, old[head : len(old) - tail], new[head : len(new) - tail])


def differences(offset: int, old: bytes, new: bytes) -> Iterator[Splice]:
    """Yield splices for blocks whose bytes mostly stay at their place: small ones inside, one for the end."""
    shared = min(len(old), len(new)) // _CHUNK * _CHUNK
    for at in range(0, shared, _CHUNK):
        yield from trimmed(offset + at, old[at : at + _CHUNK], new[at : at + _CHUNK])
    yield from trimmed(offset + shared, old[shared:], new[shared:])


def merged(parts: Iterator[Splice]) -> Iterator[Splice]:
    """Join splices that touch, so that their offsets are distinct."""
    last: Splice | None = None
    for part in parts:
        if last is not None and last.offset + len(last.old) == part.offset:
            last = Splice(last.offset, last.old + part.old, last.new + part.new)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last
