"""IPTC-IIM inside Photoshop image resources: keep caption and keywords in step where a photo has them.

Source: IPTC-IIM 4.1 sections 1.5 to 1.6, 5, 6; Adobe Photoshop file formats, "Image Resource Blocks"; MWG 2.0.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.metadata.contents import Values
from tagger.metadata.text import fold, key, truncate

CAPTION, KEYWORDS, CHARSET = (2, 120), (2, 25), (1, 90)
CAPTION_LIMIT, KEYWORD_LIMIT = 2000, 64  # bytes, IIM 4.1
UTF8_MARK = b"\x1b%G"
_ENCODINGS = {UTF8_MARK: "utf-8", b"\x1b.A": "latin-1", b"\x1b-A": "latin-1", b"\x1b(B": "ascii"}
_BINARY = {(2, 0), (2, 200), (2, 201), (2, 202)}  # numbers and pictures in record 2
_IPTC, _DIGEST = 0x0404, 0x0425
_SIGNATURES = {b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"}


@dataclass(frozen=True, slots=True)
class DataSet:
    """One IIM dataset: record and number, value, its bytes as they stand; ``extended`` has a length beyond 32767."""

    id: tuple[int, int]
    value: bytes
    raw: bytes
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Iptc:
    """A photo's IPTC: which of the resource blocks holds it, where, its datasets and its ``encoding``.

    ``ascii`` says that no text uses the encoding yet, ``marked`` that the block declares it.
    """

    blocks: tuple[bytes, ...]
    index: int
    start: int
    end: int
    datasets: tuple[DataSet, ...]
    tail: bytes
    encoding: str
    marked: bool
    ascii: bool

    @property
    def data(self) -> bytes:
        """The IIM data as it stands."""
        return self.blocks[self.index][self.start : self.end]

    def values(self) -> Values:
        """Return caption and keywords as text."""
        captions = [self._text(item) for item in self.datasets if item.id == CAPTION]
        keywords = tuple(text for item in self.datasets if item.id == KEYWORDS and (text := self._text(item)))
        return Values(next((text for text in captions if text), ""), keywords)

    def caption_text(self, text: str) -> str:
        """Return ``text`` as this block can hold it: cut at the limit."""
        return truncate(text.encode(), CAPTION_LIMIT, "utf-8").decode()

    def _text(self, item: DataSet) -> str:
        text = item.value.decode(self.encoding, "replace").strip("\0 \t\r\n")
        return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(blocks: tuple[bytes, ...], path: Path) -> Iptc | None:
    """Find the IPTC in the image resources of each segment; None where there is none.

    Raises NotEmbeddable where it is spread over segments, there twice, or cannot be parsed.
    """
    places = [(index, *span) for index, block in enumerate(blocks) for span in _spans(block, _IPTC)]
    broken = [block for block in blocks if _resources(block) is None]
    if broken and b"8BIM\x04\x04" in b"".join(blocks):
        spread = len(blocks) > 1
        cause = "is spread over several segments" if spread else "cannot be parsed: its resources are damaged"
        raise NotEmbeddable(path, f"IPTC {cause}", "a sidecar may serve")
    if not places:
        return None
    if len(places) > 1:
        raise NotEmbeddable(
            path, "the file holds more than one IPTC block", "which one counts is not defined: a sidecar may serve"
        )
    index, start, end = places[0]
    datasets, tail = split(blocks[index][start:end], path)
    texts = _texts(datasets)
    plain = all(text.isascii() for text in texts)
    mark = next((d.value for d in datasets if d.id == CHARSET), None)
    if mark is not None and mark not in _ENCODINGS and not plain:
        raise NotEmbeddable(path, f"IPTC uses a character set that is not known here ({mark!r})", "a sidecar may serve")
    encoding = _guess(texts) if mark is None else _ENCODINGS.get(mark, "ascii")
    return Iptc(blocks, index, start, end, datasets, tail, encoding, mark is not None, plain)


def edit(iptc: Iptc, caption: str | None, keywords: tuple[str, ...], *, limit: int, path: Path) -> tuple[bytes, ...]:
    """Return the resource blocks with another caption (None: as it is) and exactly these keywords.

    All other datasets and resources stay as they are. Raises NotEmbeddable for text that the declared character set
    cannot hold, and when a block would exceed ``limit`` bytes.
    """
    have = iptc.values()
    if caption is not None and fold(iptc.caption_text(caption)) == fold(have.description):
        caption = None
    wanted = {short_key(keyword) for keyword in keywords}
    present = {short_key(keyword) for keyword in have.keywords} - {""}
    if caption is None and wanted == present:
        return iptc.blocks
    if any(item.extended and item.id in {CAPTION, KEYWORDS} for item in iptc.datasets):
        raise NotEmbeddable(path, "IPTC holds caption or keywords in extended datasets", "a sidecar may serve")
    added: dict[str, str] = {}
    for keyword in keywords:
        if short_key(keyword) not in present:
            added.setdefault(short_key(keyword), keyword)
    encoding, mark = _encoding_for(iptc, [*added.values(), caption or ""])
    datasets = list(iptc.datasets)
    if wanted != present:
        datasets = [d for d in datasets if d.id != KEYWORDS or short_key(decoded(iptc, d)) in {*wanted, ""}]
        new = [encoded(KEYWORDS, keyword, encoding, KEYWORD_LIMIT, path) for keyword in added.values()]
        datasets = _inserted(datasets, new, KEYWORDS)
    if caption is not None:
        new = [encoded(CAPTION, caption, encoding, CAPTION_LIMIT, path)] if caption else []
        datasets = with_captions(datasets, new)
    if mark:
        datasets = _inserted(datasets, [_dataset(CHARSET, UTF8_MARK)], CHARSET)
    if not mark:
        require_clear(iptc, datasets, path)
    return rebuilt(iptc, datasets, limit, path)


def require_clear(iptc: Iptc, datasets: Iterable[DataSet], path: Path) -> None:
    """Raise NotEmbeddable where a block without a declared character set would be read in another one than now."""
    texts = _texts(datasets)
    if not iptc.marked and _guess(texts) != iptc.encoding and not is_ascii(datasets):
        cause = "IPTC declares no character set, and what would remain could be read in two ways"
        raise NotEmbeddable(path, cause, "convert it to UTF-8, or use a sidecar")


def is_ascii(datasets: Iterable[DataSet]) -> bool:
    """Say whether no text needs to know the character set."""
    return all(text.isascii() for text in _texts(datasets))


def short_key(keyword: str) -> str:
    """Return the form in which keywords of a block that cuts them at 64 bytes are compared."""
    return key(truncate(keyword.encode(), KEYWORD_LIMIT, "utf-8").decode())


def decoded(iptc: Iptc, item: DataSet) -> str:
    """Return the text of one dataset."""
    return item.value.decode(iptc.encoding, "replace").strip("\0 \t\r\n")


def _encoding_for(iptc: Iptc, texts: list[str]) -> tuple[str, bool]:
    """Choose the encoding of new text, and whether to mark it: only where no other text is concerned."""
    if not iptc.marked and iptc.ascii and not all(text.isascii() for text in texts):
        return "utf-8", True
    return iptc.encoding, False


def encoded(kind: tuple[int, int], text: str, encoding: str, limit: int, path: Path) -> DataSet:
    """Return a dataset with a text, cut at ``limit`` bytes. Raises NotEmbeddable where ``encoding`` cannot hold it."""
    # Cut as UTF-8, whatever the encoding: then both ways of looking at the limit agree.
    try:
        return _dataset(kind, truncate(text.encode(), limit, "utf-8").decode().encode(encoding))
    except UnicodeEncodeError:
        raise NotEmbeddable(
            path,
            f"the photo's IPTC block is in {encoding}, which cannot hold {text!r}",
            "convert it to UTF-8, or use a sidecar",
        ) from None


def with_captions(datasets: list[DataSet], captions: list[DataSet]) -> list[DataSet]:
    """Put captions where the first one is, or where it belongs."""
    first = next((i for i, d in enumerate(datasets) if d.id == CAPTION), None)
    if first is None:
        return _inserted(datasets, captions, CAPTION)
    return [*datasets[:first], *captions, *(d for d in datasets[first:] if d.id != CAPTION)]


def _dataset(kind: tuple[int, int], value: bytes) -> DataSet:
    return DataSet(kind, value, bytes((0x1C, *kind)) + len(value).to_bytes(2, "big") + value)


def _inserted(datasets: list[DataSet], new: list[DataSet], kind: tuple[int, int]) -> list[DataSet]:
    """Put datasets behind the last that is not of a later kind."""
    place = max((i + 1 for i, d in enumerate(datasets) if d.id <= kind), default=0)
    return [*datasets[:place], *new, *datasets[place:]]


def rebuilt(iptc: Iptc, datasets: Iterable[DataSet], limit: int, path: Path) -> tuple[bytes, ...]:
    """Return the resource blocks with these datasets. Raises NotEmbeddable where ``limit`` bytes do not suffice."""
    blocks, data = list(iptc.blocks), b"".join(item.raw for item in datasets) + iptc.tail
    old_digest, new_digest = (hashlib.md5(part, usedforsecurity=False).digest() for part in (iptc.data, data))
    for index, block in enumerate(blocks):
        # A digest that did not fit before says that IPTC was edited without XMP: that stays visible.
        for start, end in _spans(block, _DIGEST):
            if block[start:end] == old_digest:
                blocks[index] = block[:start] + new_digest + block[end:]
    block = blocks[iptc.index]
    before, after = block[: iptc.start - 4], block[iptc.end + (iptc.end - iptc.start) % 2 :]
    blocks[iptc.index] = before + len(data).to_bytes(4, "big") + data + b"\0" * (len(data) % 2) + after
    if len(blocks[iptc.index]) > limit:
        raise NotEmbeddable(path, "no room for our keywords in the IPTC block", "a sidecar may serve")
    return tuple(blocks)


def _spans(block: bytes, wanted: int) -> Iterator[tuple[int, int]]:
    for kind, start, end in _resources(block) or ():
        if kind == wanted:
            yield start, end


def _resources(block: bytes) -> list[tuple[int, int, int]] | None:
    """Return id, start and end of the data of each resource; None where the block is no whole list of them."""
    found, pos, last = [], 0, len(block.rstrip(b"\0"))
    while pos < last:
        name = block[pos + 6 : pos + 7]
        if block[pos : pos + 4] not in _SIGNATURES or not name:
            return None
        start = pos + 6 + (name[0] + 2) // 2 * 2 + 4
        end = start + int.from_bytes(block[start - 4 : start], "big")
        if end > len(block) or start > len(block):
            return None
        found.append((int.from_bytes(block[pos + 4 : pos + 6], "big"), start, end))
        pos = end + (end - start) % 2
    return found


def split(data: bytes, path: Path) -> tuple[tuple[DataSet, ...], bytes]:
    """Split IIM data into datasets and the zero bytes behind them. Raises NotEmbeddable."""
    found, pos, last = [], 0, len(data.rstrip(b"\0"))
    while pos < last:
        size = int.from_bytes(data[pos + 3 : pos + 5], "big")
        start, extended = pos + 5, size >= 0x8000
        if extended:
            start += size & 0x7FFF
            size = int.from_bytes(data[pos + 5 : start], "big")
        if data[pos] != 0x1C or start > len(data) or start + size > len(data):
            raise NotEmbeddable(
                path,
                f"IPTC cannot be parsed: no dataset at byte {pos}",
                "a program that repairs it, or a sidecar, may help",
            )
        found.append(
            DataSet((data[pos + 1], data[pos + 2]), data[start : start + size], data[pos : start + size], extended)
        )
        pos = start + size
    return tuple(found), data[pos:]


def _texts(datasets: Iterable[DataSet]) -> list[bytes]:
    return [item.value for item in datasets if item.id[0] == 2 and item.id not in _BINARY]


def _guess(texts: Iterable[bytes]) -> str:
    """Return the encoding of texts without a declared one: UTF-8 (of which ASCII is part) where they allow it."""
    try:
        for text in texts:
            text.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
