"""XML with byte offsets: a small tree whose every element knows where it stands, so that edits can be splices.

Knows nothing of XMP beyond namespaces. Parsed by expat without entities, DTDs or network.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape as _escape

from tagger.core.errors import NotEmbeddable

_TAG_STEP = re.compile(rb"[\"'>]")
# From the first of a run of white space only, so that long ones cost no more than their length.
_ATTRIBUTE = re.compile(rb"(?<!\s)(\s++)([^\s=]++)\s*+=\s*+(\"[^\"]*+\"|'[^']*+')")
_SPACE = b" \t\r\n"
_MAX_DEPTH = 200
_MAX_ELEMENTS = 300_000  # a raw developer's brush strokes are some ten thousand
_MAX_ATTRIBUTES = 200_000  # of all elements together
_MAX_PREFIXES = 1_000  # declared at once


@dataclass(slots=True, eq=False)
class Element:
    """One element: ``data[start:end]``, whose content is ``data[open_end:close_start]``.

    Names are ``uri local`` (or ``local`` without a namespace), as are the keys of ``attributes``. ``scope`` maps
    the prefixes that hold here to namespace URIs. A self-closing element has ``close_start == end == open_end``.
    """

    name: str
    attributes: dict[str, str]
    scope: dict[str, str]
    start: int
    open_end: int
    close_start: int = 0
    end: int = 0
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    @property
    def self_closing(self) -> bool:
        """Whether the element is written as ``<a/>``."""
        return self.open_end == self.end


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """``data[start:end]`` becomes ``new``."""

    start: int
    end: int
    new: bytes


def parse(data: bytes, path: Path) -> Element | None:
    """Parse UTF-8 XML into its root element; None where there is no element at all. Raises NotEmbeddable."""
    content = data.rstrip(b"\0")  # some writers pad with zero bytes
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise unparsable(path, "it is not UTF-8") from None
    if "\0" in text:
        raise unparsable(path, "it holds zero bytes")
    if not _has_element(text):
        return None
    if content.count(b"<") > 2 * _MAX_ELEMENTS or content.count(b"=") > _MAX_ATTRIBUTES:
        raise unparsable(path, "it holds more than any photo's does")
    builder = _Builder(content, path)
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise unparsable(path, str(error)) from None
    return builder.root


def _has_element(text: str) -> bool:
    """Say whether there is more than processing instructions and comments; what is not closed counts as more."""
    pos = text.find("<")
    while pos != -1:
        end = {"<?": "?>", "<!": "-->"}.get(text[pos : pos + 2])
        close = text.find(end, pos) if end and (end == "?>" or text.startswith("<!--", pos)) else -1
        if close == -1:
            return True
        pos = text.find("<", close)
    return False


def unparsable(path: Path, cause: str) -> NotEmbeddable:
    """Make the error for a packet that we cannot edit safely."""
    return NotEmbeddable(path, f"XMP cannot be parsed: {cause}", "a program that repairs XMP, or a sidecar, may help")


class _Builder:
    def __init__(self, data: bytes, path: Path) -> None:
        self.root: Element | None = None
        self._data = data
        self._path = path
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._scope: dict[str, str] = {"xml": "http://www.w3.org/XML/1998/namespace"}
        self._declared: dict[str, str] = {}
        self.parser = expat.ParserCreate("UTF-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartNamespaceDeclHandler = self._declare
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.XmlDeclHandler = self._declaration

    def _doctype(self, *_: object) -> None:
        raise unparsable(self._path, "it declares a document type")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "utf8", "us-ascii"}:
            raise unparsable(self._path, f"it declares itself to be {encoding}")

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix or ""] = uri or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise unparsable(self._path, f"its elements nest more than {_MAX_DEPTH} deep")
        outer = self._open[-1].scope if self._open else self._scope
        scope = outer | self._declared if self._declared else outer
        if len(scope) > _MAX_PREFIXES:
            raise unparsable(self._path, f"it declares more than {_MAX_PREFIXES} prefixes")
        self._declared = {}
        start = self.parser.CurrentByteIndex
        element = Element(name, attributes, scope, start, _tag_end(self._data, start))
        if self._open:
            self._open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        if self._data[element.open_end - 2 : element.open_end] == b"/>":
            element.close_start = element.end = element.open_end
        else:
            index = self.parser.CurrentByteIndex
            element.close_start, element.end = index, self._data.index(b">", index) + 1

    def _text(self, text: str) -> None:
        if self._open:
            self._texts[-1].append(text)


def _tag_end(data: bytes, start: int) -> int:
    """Return the offset behind the ``>`` of the well-formed tag at ``start``, past quoted values."""
    pos = start
    while match := _TAG_STEP.search(data, pos):
        if match[0] == b">":
            return match.end()
        pos = data.index(match[0], match.end()) + 1
    return len(data)


def attribute_ranges(data: bytes, element: Element) -> Iterator[tuple[str, int, int]]:
    """Yield name (``uri local``) and byte range of each attribute, with the white space before it."""
    for match in _ATTRIBUTE.finditer(data, element.start, element.open_end):
        prefix, colon, local = match[2].decode().rpartition(":")
        if not colon:
            yield local, match.start(), match.end()
        elif prefix != "xmlns" and prefix in element.scope:
            yield f"{element.scope[prefix]} {local}", match.start(), match.end()


def without(data: bytes, element: Element) -> Edit:
    """Remove an element and the white space before it."""
    return Edit(_before_space(data, element.start), element.end, b"")


def indent(data: bytes, element: Element) -> bytes:
    """Return the white space that stands before an element."""
    return data[_before_space(data, element.start) : element.start]


def _before_space(data: bytes, pos: int) -> int:
    while pos and data[pos - 1] in _SPACE:
        pos -= 1
    return pos


def append_child(data: bytes, element: Element, content: bytes) -> Edit:
    """Put ``content`` behind the last child of ``element``, opening a self-closing one."""
    if not element.self_closing:
        place = element.children[-1].end if element.children else element.close_start
        return Edit(place, place, content)
    tag = data[element.start : element.end].rstrip(b">").rstrip(b"/").rstrip(_SPACE)
    return Edit(element.start, element.end, tag + b">" + content + b"</" + qname(data, element) + b">")


def replace_text(data: bytes, element: Element, text: str) -> Edit:
    """Give an element another text content."""
    new = escape(text).encode()
    if not element.self_closing:
        return Edit(element.open_end, element.close_start, new)
    return append_child(data, element, new)


def qname(data: bytes, element: Element) -> bytes:
    """Return the element's name as written, with its prefix."""
    match = re.compile(rb"<([^\s/>]+)").match(data, element.start)
    return match[1] if match else b""


def escape(text: str) -> str:
    """Escape text for element content and for double-quoted attributes."""
    return _escape(text, {'"': "&quot;"})


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Make the edits, which must not overlap. Raises ValueError where they do (a bug)."""
    parts: list[bytes] = []
    pos = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < pos:
            raise ValueError(f"edits overlap at byte {edit.start}")
        parts += (data[pos : edit.start], edit.new)
        pos = edit.end
    return b"".join((*parts, data[pos:]))
