"""XMP: write our properties into a packet as byte splices; everything else, padding included, stays byte-identical.

Source: XMP specification part 1 section 7 (serialisation), part 3 section 1.1.3 (size in a JPEG).
"""

from collections.abc import Iterator
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.core.records import Provenance, Tag
from tagger.metadata import xmp_tree
from tagger.metadata.before import DESCRIPTION, DIGIKAM, SUBJECT
from tagger.metadata.contents import Wanted
from tagger.metadata.text import fold, key
from tagger.metadata.xmp import HIERARCHIES, NAMESPACES, OURS, Packet, Property, parse
from tagger.metadata.xmp_tree import Edit, Element, escape

_PADDING = (" " * 100 + "\n") * 20
_EMPTY_RDF = f'<rdf:RDF xmlns:rdf="{NAMESPACES["rdf"]}">\n </rdf:RDF>'
FRESH = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="{NAMESPACES["x"]}">\n {_EMPTY_RDF}\n</x:xmpmeta>\n{_PADDING}<?xpacket end="w"?>'
).encode()
"""A packet that holds nothing yet."""

_SPACE = b" \t\r\n"


def edit(packet: Packet | None, wanted: Wanted, *, limit: int, force: bool, path: Path) -> bytes | None:
    """Return the packet with what is ``wanted``, or what it was where nothing changes (None without a packet).

    Our own record alone (its run and version) is no reason to change a packet, unless ``force``: another block changed.
    Raises NotEmbeddable for a property in a form that cannot be edited, or when ``limit`` bytes do not suffice.
    """
    if packet and not force and not changed(packet, wanted) and not _record_differs(packet, wanted):
        return packet.data
    if packet is None or packet.root is None:
        packet = parse(FRESH, path)
    elif packet.rdf is None:
        inserted = b"\n " + _EMPTY_RDF.encode() + b"\n"
        packet = parse(xmp_tree.apply(packet.data, [xmp_tree.append_child(packet.data, packet.root, inserted)]), path)
    edits = list(_edits(packet, wanted, path))
    new_properties = list(_missing(packet, wanted))
    record = _record(wanted)
    ours = [prop for name in OURS if (prop := packet.properties.get(f"tagger:{name}"))]
    elements = [prop for prop in ours if prop.element is not None]
    names = {f"tagger:{name}" for name in OURS}
    edits += [edit for owner in packet.descriptions for edit in attribute_removals(packet.data, owner, names)]
    if elements:
        first = min(elements, key=lambda prop: prop.element.start if prop.element else 0)
        edits += [removal(packet.data, prop) for prop in elements if prop is not first]
        if first.element is not None:
            scope = first.owner.scope
            edits.append(Edit(first.element.start, first.element.end, "\n   ".join(_scoped(record, scope)).encode()))
    else:
        new_properties += record
    if new_properties and packet.rdf is not None:
        edits.append(_new_description(packet, packet.rdf, new_properties))
    return _fitting(xmp_tree.apply(packet.data, edits), limit, path)


def changed(packet: Packet | None, wanted: Wanted) -> set[str]:
    """Return the names of the properties that do not hold what is ``wanted``, our own record aside."""
    have = packet.properties if packet else {}
    names = set()
    text, found = wanted.xmp_description, have.get(DESCRIPTION)
    shown = packet.values().description if packet else ""
    if text is not None and (fold(shown) != fold(text) if found else text):
        names.add(DESCRIPTION)
    for name, entries in _lists(wanted).items():
        prop = have.get(name)
        if not _same(prop.texts, entries) if prop else entries:
            names.add(name)
    return names


def _lists(wanted: Wanted) -> dict[str, tuple[str, ...]]:
    return {SUBJECT: wanted.keywords, **wanted.hierarchies}


def _edits(packet: Packet, wanted: Wanted, path: Path) -> Iterator[Edit]:
    """Yield what changes in properties that are present."""
    for name in sorted(changed(packet, wanted) & packet.properties.keys()):
        prop = packet.properties[name]
        if name == DESCRIPTION:
            yield from set_description(packet.data, prop, wanted.xmp_description or "", path)
        else:
            yield from set_array(packet.data, prop, name, _lists(wanted)[name], path)


def _same(have: tuple[str, ...], want: tuple[str, ...]) -> bool:
    return {key(text) for text in have} == {key(text) for text in want}


def _missing(packet: Packet, wanted: Wanted) -> Iterator[str]:
    """Yield new properties, as XML, for what is wanted and not there in any form, or only as an attribute."""
    names = changed(packet, wanted)
    for name in (DESCRIPTION, SUBJECT, *HIERARCHIES):
        prop = packet.properties.get(name)
        if name not in names or (prop is not None and prop.element is not None):
            continue
        if name == DESCRIPTION and wanted.xmp_description:
            yield _alt(wanted.xmp_description)
        elif name != DESCRIPTION and _lists(wanted)[name]:
            yield _bag(name, _lists(wanted)[name])


def set_description(data: bytes, prop: Property, text: str, path: Path) -> Iterator[Edit]:
    """Yield what gives a description another text; none removes it. Raises NotEmbeddable for an odd form."""
    if prop.element is None:
        yield from attribute_removals(data, prop.owner, {DESCRIPTION})
        return
    if prop.odd:
        raise odd(path, DESCRIPTION)
    item = prop.default_item
    if item is None:
        new = "".join(_scoped([_alt(text)], prop.owner.scope)).encode()
        yield Edit(prop.element.start, prop.element.end, new) if text else xmp_tree.without(data, prop.element)
    elif not text:
        yield xmp_tree.without(data, prop.element if len(prop.items) == 1 else item.element)
    elif item.language and item.language.lower() != "x-default":  # other languages only: ours goes before them
        new = "".join(_scoped([_li(text, ' xml:lang="x-default"')], item.element.scope)).encode()
        yield Edit(item.element.start, item.element.start, new + xmp_tree.indent(data, item.element))
    elif item.element.children:
        raise odd(path, DESCRIPTION)
    else:
        yield xmp_tree.replace_text(data, item.element, text)


def set_array(data: bytes, prop: Property, name: str, entries: tuple[str, ...], path: Path) -> Iterator[Edit]:
    """Take out what is not wanted and put the rest behind the last entry; entries that stay are not touched.

    Raises NotEmbeddable for a form that cannot be edited.
    """
    if prop.element is None:
        yield from attribute_removals(data, prop.owner, {name})
        return
    if prop.odd:
        raise odd(path, name)
    want = {key(entry) for entry in entries}
    have = {key(text) for text in prop.texts}
    if not prop.items or not entries:
        new = "".join(_scoped([_bag(name, entries)], prop.owner.scope)).encode()
        keep = entries or name in HIERARCHIES  # a hierarchy property says: keep me up to date
        yield Edit(prop.element.start, prop.element.end, new) if keep else xmp_tree.without(data, prop.element)
        return
    last = prop.items[-1].element
    for item in prop.items:
        if item.text and key(item.text) not in want:
            yield xmp_tree.without(data, item.element)
    added = [_li(entry) for entry in entries if key(entry) not in have]
    if added:
        space = xmp_tree.indent(data, last)
        yield Edit(last.end, last.end, b"".join(space + li.encode() for li in _scoped(added, last.scope)))


def attribute_removals(data: bytes, owner: Element, names: set[str]) -> Iterator[Edit]:
    """Yield the removal of the attributes with these names (``prefix:local``, in our prefixes)."""
    full = {f"{NAMESPACES[prefix]} {local}" for prefix, local in (name.split(":") for name in names)}
    for found, start, end in xmp_tree.attribute_ranges(data, owner):
        if found in full:
            yield Edit(start, end, b"")


def removal(data: bytes, prop: Property) -> Edit:
    """Remove the element of a property."""
    return xmp_tree.without(data, prop.element or prop.owner)


def odd(path: Path, name: str) -> NotEmbeddable:
    """Make the error for a property that we would break."""
    return NotEmbeddable(path, f"XMP holds {name} in a form that cannot be edited", "a sidecar may serve")


def _record_differs(packet: Packet, wanted: Wanted) -> bool:
    """Say whether our own record says something else, its run and version aside."""
    have = packet.provenance()
    return (
        have is None
        or _essence(have) != _essence(wanted.provenance)
        or packet.texts("tagger:AddedHierarchy") != wanted.added_hierarchy
    )


def _essence(record: Provenance) -> tuple[object, ...]:
    added = tuple(fold(keyword) for keyword in record.added)
    corrected = record.correction
    said = fold(corrected.caption), _scores(corrected.rejected), tuple(fold(label) for label in corrected.added)
    return record.model, fold(record.caption), _scores(record.tags), added, record.state, said


def _scores(tags: tuple[Tag, ...]) -> tuple[str, ...]:
    return tuple(f"{fold(tag.label)}|{tag.score:.3f}" for tag in tags)


def _record(wanted: Wanted) -> list[str]:
    """Return our properties as XML; empty ones are left out."""
    record = wanted.provenance
    plain = {"Model": record.model, "Version": record.version, "Run": record.run, "State": record.state.value}
    plain |= {"Caption": record.caption, "MachineCaption": record.correction.caption}
    plain["Confidence"] = "" if record.confidence is None else f"{record.confidence:.3f}"
    bags = {"Tags": _scores(record.tags), "Added": record.added, "AddedHierarchy": wanted.added_hierarchy}
    bags |= {"RejectedTags": _scores(record.correction.rejected), "PersonTags": record.correction.added}
    bags["Before"] = wanted.before.entries()
    result = [f"<tagger:{name}>{escape(text)}</tagger:{name}>" for name, text in plain.items() if text]
    return result + [_bag(f"tagger:{name}", entries) for name, entries in bags.items() if entries]


def _li(text: str, attributes: str = "") -> str:
    return f"<rdf:li{attributes}>{escape(text)}</rdf:li>"


def _bag(name: str, entries: tuple[str, ...]) -> str:
    items = "".join(f"\n     {_li(entry)}" for entry in entries)
    kind = "Seq" if name == DIGIKAM else "Bag"
    return f"<{name}>\n    <rdf:{kind}>{items}\n    </rdf:{kind}>\n   </{name}>"


def _alt(text: str) -> str:
    item = _li(text, ' xml:lang="x-default"')
    return f"<{DESCRIPTION}>\n    <rdf:Alt>\n     {item}\n    </rdf:Alt>\n   </{DESCRIPTION}>"


def new_description(packet: Packet, text: str) -> Iterator[Edit]:
    """Yield what adds a description to a packet that has none."""
    if packet.rdf is not None:
        yield _new_description(packet, packet.rdf, [_alt(text)])


def _scoped(properties: list[str], scope: dict[str, str]) -> list[str]:
    """Declare on each property the prefixes that mean something else, or nothing, where it will stand."""
    result = []
    for xml in properties:
        names = xml[1:].replace(">", " ", 1).split(" ", 1)[0]
        prefixes = [names.split(":")[0], *(["rdf"] if "<rdf:" in xml else [])]
        missing = [prefix for prefix in dict.fromkeys(prefixes) if scope.get(prefix) != NAMESPACES[prefix]]
        declared = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in missing)
        result.append(xml.replace(f"<{names}", f"<{names}{declared}", 1))
    return result


def _new_description(packet: Packet, rdf: Element, properties: list[str]) -> Edit:
    """Put properties into an rdf:Description of their own, about the same thing as the first one."""
    attributes = packet.descriptions[0].attributes if packet.descriptions else {}
    about = attributes.get(f"{NAMESPACES['rdf']} about", attributes.get("about", ""))
    names = {xml[1:].split(":")[0] for xml in properties} | {"rdf"}
    used = [prefix for prefix in NAMESPACES if prefix in names and rdf.scope.get(prefix) != NAMESPACES[prefix]]
    declared = "".join(f'\n    xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in used)
    body = "".join(f"\n   {xml}" for xml in properties)
    text = f'<rdf:Description rdf:about="{escape(about)}"{declared}>{body}\n  </rdf:Description>'
    return xmp_tree.append_child(packet.data, rdf, b"\n  " + text.encode())


def _fitting(data: bytes, limit: int, path: Path) -> bytes:
    """Return ``data``, shortened inside the padding at its end where it exceeds ``limit`` bytes."""
    excess = len(data) - limit
    if excess <= 0:
        return data
    end = data.rfind(b"<?xpacket end")
    end = len(data) if end == -1 else end
    padding = end - len(data[:end].rstrip(_SPACE))
    if padding < excess:
        raise NotEmbeddable(path, "no room for our properties in the XMP block", "a sidecar may serve")
    return data[: end - excess] + data[end:]
