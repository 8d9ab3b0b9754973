"""Whose words win: from what a photo holds and what the model says to what each field shall hold.

Knows no bytes. The rules are in docs/metadata.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tagger.core.records import Caption, Provenance, State, Tag
from tagger.metadata import iptc
from tagger.metadata.contents import SEPARATORS, Contents, Wanted
from tagger.metadata.text import fold, key, legal, one_line, truncate

FILLERS = frozenset(
    {
        "OLYMPUS DIGITAL CAMERA",
        "OLYMPUS CAMERA",
        "MINOLTA DIGITAL CAMERA",
        "KONICA MINOLTA DIGITAL CAMERA",
        "KONICA DIGITAL CAMERA",
        "KODAK DIGITAL STILL CAMERA",
        "CASIO DIGITAL CAMERA",
        "SAMSUNG DIGITAL CAMERA",
        "PENTAX DIGITAL CAMERA",
        "DIGITAL CAMERA",
        "DIGITAL STILL CAMERA",
        "SONY DSC",
        "SAMSUNG",
        "DCIM",
        "DSC",
        "EXIF_JPEG_PICTURE",
        "EXIF JPEG",
        "JPEG_PICTURE",
        "DEFAULT",
        "IMAGE DESCRIPTION",
        "IMAGEDESCRIPTION",
        "<DIGIMAX S800 / KENOX S800>",
        "UNTITLED",
        "NONE",
    }
)
"""Descriptions that cameras write by themselves, in upper case: they count as empty."""


class CaptionPolicy(StrEnum):
    """What becomes of a caption that a person wrote."""

    KEEP = "keep"
    REPLACE = "replace"
    APPEND = "append"


@dataclass(frozen=True, slots=True)
class Origin:
    """What our own record says beside the words: the bundle, the program's version, the run."""

    model: str
    version: str
    run: str


def decide(contents: Contents, caption: Caption, *, policy: CaptionPolicy, origin: Origin) -> Wanted | None:
    """Return what the photo shall hold; None where a person approved what is there: that is not touched."""
    record = contents.provenance
    if record is not None and record.state is State.APPROVED:
        return None
    ours = one_line(caption.text)
    texts = _descriptions(contents)
    wanted = _wanted_descriptions(texts, ours, record.caption if record else "", policy)
    tags = _tags(caption.tags)
    theirs = _without(keywords(contents), record.added if record else ())
    union = _union(theirs, (tag.label for tag in tags))
    hierarchies, added_hierarchy = _hierarchies(contents, tags)
    exif, xmp = wanted["exif"], wanted["xmp"]
    return Wanted(
        exif_description=exif,
        xmp_description=xmp,
        iptc_description=wanted.get("iptc"),
        keywords=union,
        hierarchies=hierarchies,
        provenance=Provenance(
            model=one_line(origin.model),
            version=one_line(origin.version),
            run=one_line(origin.run),
            caption=ours,
            tags=tags,
            added=_without(union, theirs),
        ),
        added_hierarchy=added_hierarchy,
    )


def description(contents: Contents) -> str:
    """Return the description that a reader would show: the first of XMP, EXIF, IPTC that says something."""
    return next((text for text in _descriptions(contents).values() if not is_filler(text)), "")


def keywords(contents: Contents) -> tuple[str, ...]:
    """Return the union of every keyword field; one that IPTC cut short is the same as the whole one elsewhere."""
    union = _union(_clean(contents.xmp.keywords), _clean(contents.exif.keywords))
    known = {iptc.short_key(keyword) for keyword in union}
    short = _clean(contents.iptc.keywords) if contents.iptc else ()
    return _union(union, (keyword for keyword in short if iptc.short_key(keyword) not in known))


def is_filler(text: str) -> bool:
    """Say whether a description is empty or one that a camera writes by itself."""
    folded = fold(text).upper()
    return not folded or folded in FILLERS


def _descriptions(contents: Contents) -> dict[str, str]:
    """Return the description of each block that is there; one that IPTC cut short in full where another has it."""
    texts = {"xmp": contents.xmp.description, "exif": contents.exif.description}
    if contents.iptc is not None:
        short = contents.iptc.description
        record = contents.provenance
        whole = (*texts.values(), record.caption if record else "")
        texts["iptc"] = next((text for text in whole if text and fold(_cut(text)) == fold(short)), short)
    return texts


def _cut(text: str) -> str:
    return truncate(text.encode(), iptc.CAPTION_LIMIT, "utf-8").decode()


def _wanted_descriptions(texts: dict[str, str], ours: str, old: str, policy: CaptionPolicy) -> dict[str, str | None]:
    human = {name: _human_part(text, old) for name, text in texts.items()}
    first = next((text for text in human.values() if text), "")
    wanted: dict[str, str | None] = {}
    for name, text in texts.items():
        own = human[name] or first
        is_ours = bool(old) and fold(text) == fold(old)  # even where a model said what a camera might have written
        if policy is CaptionPolicy.REPLACE and ours:
            wanted[name] = ours
        elif policy is CaptionPolicy.APPEND and ours and own:
            wanted[name] = f"{legal(own)}\n{ours}"
        elif not own:
            wanted[name] = ours if ours or is_ours else None
        elif not is_ours and (
            is_filler(text) or fold(human[name]) == fold(text)
        ):  # empty, or all of it is a person's: stays
            wanted[name] = None
        else:  # ours alone, or ours behind a person's: what the person wrote is what remains
            wanted[name] = legal(own)
    return wanted


def _human_part(text: str, old: str) -> str:
    """Return what a person wrote of a description: all but camera fillers and our caption ``old``."""
    if is_filler(text) or (old and fold(text) == fold(old)):
        return ""
    head, _, last = text.rpartition("\n")
    return head if old and head.strip() and fold(last) == fold(old) else text


def _tags(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return the tags with clean labels, without empty ones and repetitions."""
    clean: dict[str, Tag] = {}
    for tag in tags:
        label = one_line(tag.label)
        if label:
            clean.setdefault(key(label), Tag(label, tag.score, tuple(one_line(a) for a in tag.ancestors)))
    return tuple(clean.values())


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for keyword in (*first, *second):
        found.setdefault(key(keyword), keyword)
    return tuple(found.values())


def _clean(keywords: Iterable[str]) -> tuple[str, ...]:
    """Return keywords as every field can hold them: the packet is XML, whatever a program put into EXIF."""
    return tuple(clean for keyword in keywords if (clean := one_line(keyword)))


def _without(values: Iterable[str], out: Iterable[str]) -> tuple[str, ...]:
    keys = {key(value) for value in out}
    return tuple(value for value in values if key(value) not in keys)


def _hierarchies(contents: Contents, tags: tuple[Tag, ...]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the entries of each hierarchy property that is present, and which of them are ours."""
    wanted, added = {}, []
    for name, have in contents.hierarchies.items():
        before = (entry[len(name) + 1 :] for entry in contents.added_hierarchy if entry.startswith(f"{name} "))
        theirs = _without(have, before)
        wanted[name] = _union(theirs, (_branch(tag, SEPARATORS[name]) for tag in tags))
        added += [f"{name} {entry}" for entry in _without(wanted[name], theirs)]
    return wanted, tuple(added)


def _branch(tag: Tag, separator: str) -> str:
    """Return ``animal|dog``: the ancestors from the root on, then the label."""
    return separator.join(part.replace(separator, " ") for part in (*reversed(tag.ancestors), tag.label) if part)
