"""XMP as it was before us: what our properties looked like, and the packet without what we put in.

What is told of the time before us comes out of the photo and is untrusted: it goes back only where it is one property
of that very name, or plain text.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.metadata import xmp, xmp_edit, xmp_tree
from tagger.metadata.before import ABSENT, DESCRIPTION, TEXT, Original
from tagger.metadata.text import key, legal, one_line
from tagger.metadata.xmp import NAMESPACES, OURS, Item, Packet, Property
from tagger.metadata.xmp_tree import Edit, Element

_PRESENT, _BLANK = "present", "blank"  # the packet
_ATTRIBUTE, _ELEMENT, _ITEM, _LANGUAGES = "attribute", "element", "item", "languages"  # a property
_MOST_BLANK = 4096  # bytes
_OWN_INDENT = b"\n  "  # what stands before a description of ours
_ATTRIBUTE_FORM = re.compile(rb"""\s+[^\s=:"'<>/]+:[^\s=:"'<>/]+\s*=\s*("[^"<]*"|'[^'<]*')""")
_ABOUT = {f"{xmp.RDF} about", "about"}


def place(packet: Packet | None) -> Original:
    """Return whether there is a packet; the bytes of one that holds nothing but white space."""
    if packet is None:
        return Original(ABSENT)
    return Original(_PRESENT) if packet.root else Original(_BLANK, packet.data[:_MOST_BLANK])


def original(packet: Packet | None, name: str) -> Original | None:
    """Return what a property looks like; None for a list with entries, out of which ours can be taken again."""
    prop = packet.properties.get(name) if packet else None
    if packet is None or prop is None:
        return Original(ABSENT)
    if prop.element is None:
        return Original(_ATTRIBUTE, _attribute(packet.data, prop.owner, name))
    item = prop.default_item
    if name != DESCRIPTION or item is None:
        whole = Original(_ELEMENT, packet.data[prop.element.start : prop.element.end])
        return None if prop.items else whole
    if _is_translation(item):
        return Original(_LANGUAGES)
    if item.element.self_closing:
        return Original(_ELEMENT, packet.data[prop.element.start : prop.element.end])
    inner = packet.data[item.element.open_end : item.element.close_start]
    is_plain = item.text == one_line(item.text) and xmp_tree.escape(item.text).encode() == inner
    return Original(TEXT, item.text.encode()) if is_plain and inner else Original(_ITEM, inner)


def default_text(packet: Packet | None) -> str:
    """Return the description for any language, the one that we write; empty where there are others only."""
    prop = packet.properties.get(DESCRIPTION) if packet else None
    if packet is None or prop is None or (prop.default_item is not None and _is_translation(prop.default_item)):
        return ""
    return packet.values().description


def _is_translation(item: Item) -> bool:
    return item.language.lower() not in {"", "x-default"}


def cleaned(
    packet: Packet,
    description: Original | None,
    lists: Mapping[str, tuple[tuple[str, ...], Original | None]],
    place: Original | None,
    path: Path,
) -> bytes | None:
    """Return the packet without our record and with the properties as told; None where all of it was ours.

    ``description`` is what to put back (None: it stays as it is), ``lists`` the entries that remain of each list that
    changes and what the list looked like, ``place`` what the record says of the packet.
    Raises NotEmbeddable for a property that another program gave a form that cannot be edited.
    """
    edits = list(_record(packet))
    found = packet.properties.get(DESCRIPTION)
    if description is not None and found is not None:
        edits += _description(packet, found, description, path)
    elif description is not None and (text := _text(packet, description)):
        edits += xmp_edit.new_description(packet, text)
    for name, (entries, before) in lists.items():
        if (prop := packet.properties.get(name)) is not None:
            edits += _list(packet, prop, name, entries, before, path)
    after = xmp.parse(xmp_tree.apply(packet.data, edits), path)
    both = zip(packet.descriptions, after.descriptions, strict=False)  # a new one comes last
    emptied = [now for was, now in both if _is_empty(now) and (not _is_empty(was) or _is_left(after.data, now))]
    data = xmp_tree.apply(after.data, _without_empty(after, emptied))
    return _rest(xmp.parse(data, path), place, path)


def _record(packet: Packet) -> Iterator[Edit]:
    names = {f"tagger:{name}" for name in OURS}
    for owner in packet.descriptions:
        yield from xmp_edit.attribute_removals(packet.data, owner, names)
    for name in names & packet.properties.keys():
        if packet.properties[name].element is not None:
            yield xmp_edit.removal(packet.data, packet.properties[name])


def _description(packet: Packet, prop: Property, before: Original, path: Path) -> list[Edit]:
    item, text = prop.default_item, _text(packet, before)
    if prop.element is None and before.form != ABSENT:
        raise xmp_edit.odd(path, DESCRIPTION)
    if before.form == _LANGUAGES and item is not None:
        following = prop.items[prop.items.index(item) + 1 :]
        if following:  # ours was put before them, with the white space behind it
            return [Edit(item.element.start, following[0].element.start, b"")]
    elif before.form == _ITEM:
        plain = item.element if item is not None else None
        if text and plain is not None and not plain.self_closing and not plain.children:
            return [Edit(plain.open_end, plain.close_start, before.value)]
    elif len(prop.items) <= 1 and _held(packet, prop.owner, DESCRIPTION, before) is not None:
        return list(_put_back(packet, prop, before))
    return list(xmp_edit.set_description(packet.data, prop, text, path))


def _text(packet: Packet, before: Original) -> str:
    """Return the description that an original stands for; empty where it makes no sense."""
    if before.form == TEXT:
        return legal(before.value.decode(errors="replace"))
    if before.form == _ITEM:
        return _item_text(before.value) or ""
    owner = packet.descriptions[0] if packet.descriptions else None
    held = _held(packet, owner, DESCRIPTION, before) if owner is not None else None
    return held.values().description if held is not None else ""


def _list(
    packet: Packet, prop: Property, name: str, entries: tuple[str, ...], before: Original | None, path: Path
) -> list[Edit]:
    if before is not None and prop.element is not None:
        if before.form == ABSENT and not entries:
            return [xmp_edit.removal(packet.data, prop)]
        held = _held(packet, prop.owner, name, before)
        if held is not None and {key(entry) for entry in entries} == {key(entry) for entry in held.texts(name)}:
            return list(_put_back(packet, prop, before))
    return list(xmp_edit.set_array(packet.data, prop, name, entries, path))


def _put_back(packet: Packet, prop: Property, before: Original) -> Iterator[Edit]:
    """Yield what puts the old bytes of a property, known to be sound, in the place of the present ones."""
    if prop.element is None:
        return
    if before.form == _ELEMENT:
        yield Edit(prop.element.start, prop.element.end, before.value)
        return
    yield xmp_edit.removal(packet.data, prop)
    owner = packet.descriptions[0]
    tag = packet.data[owner.start : owner.open_end].rstrip(b">").rstrip(b"/").rstrip()
    yield Edit(owner.start + len(tag), owner.start + len(tag), before.value)


def _held(packet: Packet, owner: Element, name: str, before: Original) -> Packet | None:
    """Parse the old bytes of a property as they would stand in the packet; None where they are not just that."""
    if before.form == _ELEMENT:
        scope, parts = owner.scope, (b"<r:Description>", b"</r:Description>")
    elif before.form == _ATTRIBUTE and _ATTRIBUTE_FORM.fullmatch(before.value):
        scope, parts = packet.descriptions[0].scope, (b"<r:Description", b"/>")
    else:
        return None
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{xmp_tree.escape(uri)}"'
        for prefix, uri in {**scope, "r": xmp.RDF}.items()
        if prefix != "xml" and (uri or not prefix)
    )
    head = f"<r:RDF{declared}>".encode() + parts[0]
    try:
        held = xmp.parse(head + before.value + parts[1] + b"</r:RDF>", Path())
    except NotEmbeddable:
        return None
    (only, *others) = held.descriptions or (None,)
    found = held.properties.get(name)
    if only is None or others or found is None or found.odd or held.properties.keys() != {name}:
        return None
    if before.form == _ATTRIBUTE:
        return held if len(only.attributes) == 1 and found.element is None else None
    spans = [(child.start, child.end) for child in only.children]
    whole = [(len(head), len(head) + len(before.value))]
    return held if spans == whole and not only.attributes else None


def _item_text(inner: bytes) -> str | None:
    """Return the text of an entry's content; None where it is more than text."""
    try:
        root = xmp_tree.parse(b"<a>" + inner + b"</a>", Path())
    except NotEmbeddable:
        return None
    sound = root is not None and not root.children and root.end == len(inner) + 7
    return root.text.strip() if root is not None and sound else None


def _attribute(data: bytes, owner: Element, name: str) -> bytes:
    prefix, local = name.split(":")
    full = f"{NAMESPACES[prefix]} {local}"
    return next((data[start:end] for found, start, end in xmp_tree.attribute_ranges(data, owner) if found == full), b"")


def _is_empty(description: Element) -> bool:
    return not description.children and description.attributes.keys() <= _ABOUT


def _is_left(data: bytes, description: Element) -> bool:
    """Say whether an empty description has the form of what an earlier run left of one of ours."""
    own = data[: description.start].endswith(_OWN_INDENT) and not description.self_closing
    return own and data[description.open_end : description.close_start] == _OWN_INDENT


def _without_empty(packet: Packet, emptied: list[Element]) -> Iterator[Edit]:
    """Yield the removal of descriptions that hold nothing more; one that alone says what it is about stays."""
    data = packet.data
    for element in emptied:
        others = [other.attributes for other in packet.descriptions if other not in emptied]
        about = element.attributes
        blank = not data[element.open_end : element.close_start].strip()
        known = not any(about.values()) or any(about.items() <= other.items() for other in others)
        if not blank or not known:
            continue
        own = data[: element.start].endswith(_OWN_INDENT)
        indented = Edit(element.start - len(_OWN_INDENT), element.end, b"")
        yield indented if own else xmp_tree.without(data, element)


def _rest(packet: Packet, place: Original | None, path: Path) -> bytes | None:
    """Return the packet; None, or the white space that it was, where it came from us and holds nothing any more."""
    data = packet.data
    if place is None:
        return None if data == xmp_edit.FRESH else data
    if packet.root is None or packet.rdf is None or b"<!--" in data:
        return data
    others = len(packet.rdf.children) != len(packet.descriptions) or len(packet.root.children) > 1
    if others or not all(_is_empty(e) and not any(e.attributes.values()) for e in packet.descriptions):
        return data
    if place.form == _BLANK and xmp.parse(place.value, path).root is None:
        return place.value
    return None if place.form == ABSENT else data
