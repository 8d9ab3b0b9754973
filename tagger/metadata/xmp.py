"""XMP: find our properties in a packet and read them, in every form in which programs write them.

Source: XMP specification part 1 (data model, RDF forms), part 2 (Dublin Core), MWG 2.0. Writing is in ``xmp_edit``.
"""

from dataclasses import dataclass
from pathlib import Path

from tagger.core.errors import NotEmbeddable
from tagger.core.records import Correction, Provenance, State, Tag
from tagger.metadata import xmp_tree
from tagger.metadata.before import DESCRIPTION, DIGIKAM, LIGHTROOM, SUBJECT, Before
from tagger.metadata.before import parse as parse_before
from tagger.metadata.contents import Values
from tagger.metadata.xmp_tree import Element

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
TAGGER = "urn:tagger-photos:xmp:1.0:"
NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": RDF,
    "dc": DC,
    "tagger": TAGGER,
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
}
HIERARCHIES = (LIGHTROOM, DIGIKAM)
OURS = (
    "Model", "Version", "Run", "State", "Caption", "Tags", "Added", "AddedHierarchy", "Before",
    "MachineCaption", "RejectedTags", "PersonTags", "Confidence",
)  # fmt: skip
"""Local names of our properties, in the order in which they are written."""

_LANG = "http://www.w3.org/XML/1998/namespace lang"
_CONTAINERS = {f"{RDF} Bag", f"{RDF} Seq", f"{RDF} Alt"}
_ROOTS = {"adobe:ns:meta/ xmpmeta", "adobe:ns:meta/ xapmeta"}
_LI, _VALUE = f"{RDF} li", f"{RDF} value"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an array: its text, its language if any, its element."""

    text: str
    language: str
    element: Element


@dataclass(frozen=True, slots=True)
class Property:
    """One property: an ``element``, or (None) an attribute of ``owner``; ``container`` and ``items`` if an array.

    ``text`` is the value where it is plain. ``odd`` says that the form is none that we can edit.
    """

    owner: Element
    element: Element | None
    text: str
    container: Element | None = None
    items: tuple[Item, ...] = ()
    odd: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The value as a list, also where a program wrote plain text."""
        plain = (self.text,) if self.text else ()
        return tuple(item.text for item in self.items if item.text) if self.container is not None else plain

    @property
    def default_item(self) -> Item | None:
        """The entry for any language; without one the first, which is what readers show."""
        for item in self.items:
            if item.language.lower() == "x-default":
                return item
        return self.items[0] if self.items else None


@dataclass(frozen=True, slots=True)
class Packet:
    """A parsed packet: ``rdf`` and its ``descriptions`` (rdf:Description), our properties by ``prefix:name``."""

    data: bytes
    root: Element | None
    rdf: Element | None
    descriptions: tuple[Element, ...]
    properties: dict[str, Property]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the entries of an array property; none where it is absent."""
        found = self.properties.get(name)
        return found.texts if found else ()

    def text(self, name: str) -> str:
        """Return the value of a plain property; empty where it is absent."""
        return next(iter(self.texts(name)), "")

    def values(self) -> Values:
        """Return description (of any language: x-default) and keywords."""
        found = self.properties.get(DESCRIPTION)
        item = found.default_item if found else None
        text = item.text if item else found.text if found else ""
        return Values(text.strip(), self.texts(SUBJECT))

    def hierarchies(self) -> dict[str, tuple[str, ...]]:
        """Return the entries of each hierarchy property that is present."""
        return {name: self.texts(name) for name in HIERARCHIES if name in self.properties}

    def before(self) -> Before:
        """Return what our record says of the fields before us."""
        return parse_before(self.texts("tagger:Before"))

    def provenance(self) -> Provenance | None:
        """Return what we wrote ourselves; None where none of our properties is there."""
        if not any(f"tagger:{name}" in self.properties for name in OURS):
            return None
        state = self.text("tagger:State")
        return Provenance(
            model=self.text("tagger:Model"),
            version=self.text("tagger:Version"),
            run=self.text("tagger:Run"),
            caption=self.text("tagger:Caption"),
            tags=self._tags("tagger:Tags"),
            added=self.texts("tagger:Added"),
            state=State(state) if state in set(State) else State.MACHINE,
            correction=Correction(
                self.text("tagger:MachineCaption"), self._tags("tagger:RejectedTags"), self.texts("tagger:PersonTags")
            ),
            confidence=_share(self.text("tagger:Confidence")),
        )

    def _tags(self, name: str) -> tuple[Tag, ...]:
        return tuple(tag for entry in self.texts(name) if (tag := _tag(entry)))


def _share(text: str) -> float | None:
    """A number from 0 to 1; None for any other text."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def parse(data: bytes, path: Path) -> Packet:
    """Parse a packet. Raises NotEmbeddable where it is not well-formed UTF-8 XML with at most one rdf:RDF."""
    root = xmp_tree.parse(data, path)
    if root is None:
        return Packet(data, None, None, (), {})
    roots = [element for element in (root, *root.children) if element.name == f"{RDF} RDF"]
    if len(roots) > 1 or (not roots and root.name not in _ROOTS):
        raise xmp_tree.unparsable(path, "it does not hold one rdf:RDF")
    rdf = roots[0] if roots else None
    descriptions = tuple(e for e in rdf.children if e.name == f"{RDF} Description") if rdf else ()
    wanted = {f"{DC} description": DESCRIPTION, f"{DC} subject": SUBJECT}
    wanted |= {f"{TAGGER} {name}": f"tagger:{name}" for name in OURS}
    for name in HIERARCHIES:
        prefix, local = name.split(":")
        wanted[f"{NAMESPACES[prefix]} {local}"] = name
    properties: dict[str, Property] = {}
    for owner in descriptions:
        found = [(name, Property(owner, None, text.strip())) for name, text in owner.attributes.items()]
        found += [(element.name, _property(owner, element)) for element in owner.children]
        for name, prop in found:
            if name not in wanted:
                continue
            if wanted[name] in properties:
                raise NotEmbeddable(
                    path, f"XMP holds {wanted[name]} twice", "a program that repairs XMP, or a sidecar, may help"
                )
            properties[wanted[name]] = prop
    return Packet(data, root, rdf, descriptions, properties)


def _property(owner: Element, element: Element) -> Property:
    if not element.children:
        odd = bool(element.attributes.keys() - {_LANG})
        return Property(owner, element, "" if odd else element.text.strip(), odd=odd)
    container = element.children[0]
    if len(element.children) > 1 or container.name not in _CONTAINERS:
        return Property(owner, element, "", odd=True)
    items = tuple(_item(child) for child in container.children if child.name == _LI)
    odd = len(items) != len(container.children) or bool(element.attributes)
    return Property(owner, element, "", container, items, odd)


def _item(element: Element) -> Item:
    """Read one rdf:li; with qualifiers its text is that of the rdf:value inside."""
    text, language = element.text, element.attributes.get(_LANG, "")
    if element.children:
        nested = element.children
        if len(nested) == 1 and nested[0].name == f"{RDF} Description":
            nested = nested[0].children
        text = next((child.text for child in nested if child.name == _VALUE), "")
    return Item(text.strip(), language, element)


def _tag(entry: str) -> Tag | None:
    """Parse ``label|0.930``."""
    label, _, score = entry.rpartition("|")
    try:
        return Tag(label, float(score)) if label else None
    except ValueError:
        return None
