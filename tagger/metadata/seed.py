"""What a new sidecar begins with: what the photo itself says, because readers may look at the sidecar alone.

That is the photo's whole packet, plus description and keywords that the photo has in EXIF or IPTC only. Nothing is
invented, no date either. Pure: the same photo gives the same bytes, so that a sidecar that holds no more can go again.
"""

from collections.abc import Iterator
from pathlib import Path

from tagger.core.errors import PhotoError
from tagger.metadata import policy, xmp, xmp_tree
from tagger.metadata.before import DESCRIPTION, SUBJECT
from tagger.metadata.blocks import Parsed
from tagger.metadata.text import key, legal
from tagger.metadata.xmp import NAMESPACES
from tagger.metadata.xmp_tree import Edit, Element, escape

EMPTY = (
    f'<x:xmpmeta xmlns:x="{NAMESPACES["x"]}">\n <rdf:RDF xmlns:rdf="{xmp.RDF}">\n </rdf:RDF>\n</x:xmpmeta>\n'
).encode()
_POINTER = "http://ns.adobe.com/xmp/note/ HasExtendedXMP"


def packet(photo: Parsed, path: Path) -> bytes:
    """Return the content of a new sidecar for a photo that holds the blocks ``photo``."""
    base = _bare(photo, path)
    found = xmp.parse(base, path)
    if found.rdf is None:
        return EMPTY
    properties = list(_missing(photo, found))
    if not properties:
        return base
    about = found.descriptions[0].attributes.get(f"{xmp.RDF} about", "") if found.descriptions else ""
    body = "".join(f"\n   {text}" for text in properties)
    scope = found.rdf.scope
    missing = [name for name in ("rdf", "dc") if scope.get(name) != NAMESPACES[name]]
    names = "".join(f' xmlns:{name}="{NAMESPACES[name]}"' for name in missing)
    description = f'\n  <rdf:Description rdf:about="{escape(about)}"{names}>{body}\n  </rdf:Description>'
    return xmp_tree.apply(base, [xmp_tree.append_child(base, found.rdf, description.encode())])


def same(one: bytes, other: bytes, path: Path) -> bool:
    """Say whether two packets hold the same, whatever the white space and the padding."""
    first, second = xmp_tree.parse(one, path), xmp_tree.parse(other, path)
    return (first is None) == (second is None) and _shape(first) == _shape(second)


def _bare(photo: Parsed, path: Path) -> bytes:
    """Return the photo's packet without wrapper and padding; an empty one where it has none with an rdf:RDF."""
    data = photo.blocks.xmp
    if data is None or photo.xmp is None or photo.xmp.root is None or photo.xmp.rdf is None:
        return EMPTY
    root = photo.xmp.root
    bare = data[root.start : root.end] + b"\n"
    try:
        if xmp.parse(bare, path).rdf is None:
            return EMPTY
    except PhotoError:
        return EMPTY
    extended = photo.blocks.extended_xmp.rstrip(b"\0")
    return _with_extended(bare, extended, path) if extended else bare


def _with_extended(base: bytes, extended: bytes, path: Path) -> bytes:
    """Return the packet with what a JPEG had no room for in one segment, and without the pointer to it."""
    try:
        main, more = xmp.parse(base, path), xmp.parse(extended, path)
        if main.rdf is None:
            return base
        text = b"".join(b"\n  " + _standalone(extended, owner) for owner in more.descriptions)
        edits = [xmp_tree.append_child(base, main.rdf, text)]
        for owner in main.descriptions:
            edits += [xmp_tree.without(base, child) for child in owner.children if child.name == _POINTER]
            edits += [Edit(a, b, b"") for name, a, b in xmp_tree.attribute_ranges(base, owner) if name == _POINTER]
        whole = xmp_tree.apply(base, edits)
        xmp.parse(whole, path)
    except PhotoError:
        return base
    return whole


def _standalone(data: bytes, element: Element) -> bytes:
    """Return an element as it stands, with every prefix declared that its surroundings declared for it."""
    name = xmp_tree.qname(data, element)
    rest = data[element.start + 1 + len(name) : element.end]
    opening = data[element.start : element.open_end]
    prefixes = {
        f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in element.scope.items() if prefix != "xml"
    }
    missing = (f' {key}="{escape(uri)}"' for key, uri in prefixes.items() if f"{key}=".encode() not in opening)
    return b"<" + name + "".join(missing).encode() + rest


def _missing(photo: Parsed, found: xmp.Packet) -> Iterator[str]:
    """Yield description and keywords, as XML, where the packet lacks them and the photo has them elsewhere."""
    contents, record = photo.contents, photo.contents.provenance
    text = policy.description(contents)
    ours = record.caption if record else ""
    if DESCRIPTION not in found.properties and text and text != ours:
        item = f'<rdf:li xml:lang="x-default">{escape(legal(text))}</rdf:li>'
        yield f"<{DESCRIPTION}>\n    <rdf:Alt>\n     {item}\n    </rdf:Alt>\n   </{DESCRIPTION}>"
    added = {key(keyword) for keyword in record.added} if record else set()
    keywords = [keyword for keyword in policy.keywords(contents) if key(keyword) not in added]
    if SUBJECT not in found.properties and keywords:
        items = "".join(f"\n     <rdf:li>{escape(keyword)}</rdf:li>" for keyword in keywords)
        yield f"<{SUBJECT}>\n    <rdf:Bag>{items}\n    </rdf:Bag>\n   </{SUBJECT}>"


def _shape(element: Element | None) -> object:
    if element is None:
        return None
    text = "" if element.children else element.text.strip()
    return element.name, sorted(element.attributes.items()), text, [_shape(child) for child in element.children]
