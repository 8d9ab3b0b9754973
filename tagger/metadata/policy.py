"""Whose words win: from what a photo holds and what the model says to what each field shall hold.

Knows no bytes. The rules are in docs/metadata.md.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from tagger.core.records import Caption, Correction, Provenance, Review, State, Tag
from tagger.metadata import iptc
from tagger.metadata.before import CAPTION_FIELDS, KEYWORD_FIELDS, Before
from tagger.metadata.contents import SEPARATORS, Contents, Wanted
from tagger.metadata.fillers import is_filler
from tagger.metadata.text import fold, key, legal, one_line, truncate


class CaptionPolicy(StrEnum):
    """What becomes of a caption that a person wrote."""

    KEEP = "keep"
    REPLACE = "replace"
    APPEND = "append"


class Hierarchical(StrEnum):
    """Which photos get our tags with their parents into the fields for hierarchies: those that have one, all, none."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Origin:
    """What our own record says beside the words: the bundle, the program's version, the run."""

    model: str
    version: str
    run: str


def decide(
    contents: Contents,
    caption: Caption,
    *,
    policy: CaptionPolicy,
    origin: Origin,
    hierarchical: Hierarchical = Hierarchical.AUTO,
    beside: Contents | None = None,
    review: Review | None = None,
) -> Wanted | None:
    """Return what a document shall hold; None where a person decided about what is there: that is not touched.

    ``beside`` is the other document of the same photo: its sidecar, or for a sidecar the photo. What a person wrote
    into either counts for both, in whichever order they are decided. With a ``review``, that is what a person decides
    now; without, what was corrected earlier is carried along. A caption that waits for a person is not written as one.
    """
    records = _records(contents, beside)
    if review is None and any(record.state.is_decided for record in records):
        return None
    if review is None:
        review = Review(State.MACHINE, next((one.correction for one in records if one.correction), Correction()))
    policy = CaptionPolicy.REPLACE if review.replaces else policy
    ours = one_line(caption.text)
    # What waits for a person stands in our record alone, until they say that it is right.
    said = "" if review.state is State.REVIEW else ours
    wanted, kept = _wanted_descriptions(contents, beside, said, policy)
    tags = _tags(caption.tags)
    theirs = _theirs(contents, beside)
    union = _union(theirs, (tag.label for tag in tags))
    hierarchies, added_hierarchy = _hierarchies(contents, tags, hierarchical)
    exif, xmp = wanted["exif"], wanted["xmp"]
    return Wanted(
        exif_description=exif,
        xmp_description=xmp,
        iptc_description=wanted.get("iptc"),
        keywords=union,
        hierarchies=hierarchies,
        provenance=replace(
            record(origin, review, ours, tags, _without(union, theirs)), confidence=caption.confidence if ours else None
        ),
        added_hierarchy=added_hierarchy,
        before=_before(contents, beside, kept, union, _without(union, theirs)),
    )


def record(
    origin: Origin, review: Review, caption: str = "", tags: tuple[Tag, ...] = (), added: tuple[str, ...] = ()
) -> Provenance:
    """Return our own record; without words it says no more than what was decided."""
    correction = review.correction
    return Provenance(
        model=one_line(origin.model),
        version=one_line(origin.version),
        run=one_line(origin.run),
        caption=caption,
        tags=tags,
        added=added,
        state=review.state,
        correction=Correction(
            one_line(correction.caption),
            _tags(correction.rejected),
            tuple(label for added in correction.added if (label := one_line(added))),
        ),
    )


def description(contents: Contents) -> str:
    """Return the description that a reader would show: the first of XMP, EXIF, IPTC that says something."""
    return next((text for text in _descriptions(contents).values() if not is_filler(text)), "")


def keywords(contents: Contents, beside: Contents | None = None) -> tuple[str, ...]:
    """Return the union of every keyword field; one that IPTC cut short is the same as the whole one elsewhere.

    With ``beside`` it is the union of both documents.
    """
    found = _keywords(contents, beside)
    return _union(found, _keywords(beside, contents)) if beside else found


def _records(*documents: Contents | None) -> list[Provenance]:
    return [found.provenance for found in documents if found is not None and found.provenance is not None]


def _whole_keywords(contents: Contents) -> tuple[str, ...]:
    return _union(_clean(contents.xmp.keywords), _clean(contents.exif.keywords))


def _keywords(contents: Contents, beside: Contents | None) -> tuple[str, ...]:
    """Return the keywords of one document; one that IPTC cut short as it stands in full in either."""
    union = _whole_keywords(contents)
    found = (*union, *_whole_keywords(beside)) if beside else union
    whole = {cut: keyword for keyword in found if (cut := iptc.short_key(keyword)) != key(keyword)}
    short = _clean(contents.iptc.keywords) if contents.iptc else ()
    return _union(union, (whole.get(iptc.short_key(keyword), keyword) for keyword in short))


def _theirs(contents: Contents, beside: Contents | None) -> tuple[str, ...]:
    """Return the keywords that are in either document and that we did not add to it."""
    own = _without(_keywords(contents, beside), contents.provenance.added if contents.provenance else ())
    if beside is None:
        return own
    other = _without(_keywords(beside, contents), beside.provenance.added if beside.provenance else ())
    return _union(own, other)


def _descriptions(contents: Contents, beside: Contents | None = None) -> dict[str, str]:
    """Return the description of each block that is there; one that IPTC cut short in full where another has it."""
    texts = {"xmp": contents.xmp.description, "exif": contents.exif.description}
    if contents.iptc is not None:
        short = contents.iptc.description
        others = (beside.xmp.description, beside.exif.description) if beside else ()
        whole = (*texts.values(), *others, *(record.caption for record in _records(contents, beside)))
        texts["iptc"] = next((text for text in whole if text and fold(_cut(text)) == fold(short)), short)
    return texts


def _cut(text: str) -> str:
    return truncate(text.encode(), iptc.CAPTION_LIMIT, "utf-8").decode()


def ours_in(contents: Contents, name: str) -> str:
    """Return the caption that is ours in the block ``name``; empty where what reads like it there is a person's."""
    kept = CAPTION_FIELDS[name] in contents.before.kept
    return "" if contents.provenance is None or kept else contents.provenance.caption


def _human_parts(contents: Contents, beside: Contents | None) -> dict[str, str]:
    texts = _descriptions(contents, beside)
    return {name: human_part(text, ours_in(contents, name)) for name, text in texts.items()}


def _wanted_descriptions(
    contents: Contents, beside: Contents | None, ours: str, policy: CaptionPolicy
) -> tuple[dict[str, str | None], frozenset[str]]:
    """Return the description for each block, and the fields in which a person's reads like ours."""
    texts, human = _descriptions(contents, beside), _human_parts(contents, beside)
    others = _human_parts(beside, contents).values() if beside else ()
    # Where a document has none of its own, the other's counts: for a photo that is its sidecar's.
    first = next((text for text in (*others, *human.values()) if text), "")
    wanted: dict[str, str | None] = {}
    kept = set()
    for name, text in texts.items():
        own, old = human[name] or first, ours_in(contents, name)
        is_ours = bool(old) and fold(text) == fold(old)  # even where a model said what a camera might have written
        if policy is CaptionPolicy.REPLACE and ours:
            wanted[name] = ours
        elif policy is CaptionPolicy.APPEND and ours and own and fold(legal(own)) != fold(ours):
            wanted[name] = f"{legal(own)}\n{ours}"
        elif not own:
            wanted[name] = ours if ours or is_ours else None
        elif not is_ours and (
            is_filler(text) or fold(human[name]) == fold(text)
        ):  # empty, or all of it is a person's: stays
            wanted[name] = None
        else:  # ours alone, or ours behind a person's: what the person wrote is what remains
            wanted[name] = legal(own)
        stays = fold(wanted[name] or text) == fold(text)
        if ours and fold(wanted[name] or text) == fold(ours) == fold(human[name] if stays else own):
            kept |= {CAPTION_FIELDS[name]} if stays or policy is not CaptionPolicy.REPLACE else set()
    return wanted, frozenset(kept)


def human_part(text: str, old: str) -> str:
    """Return what a person wrote of a description: all but camera fillers and our caption ``old``."""
    if is_filler(text) or (old and fold(text) == fold(old)):
        return ""
    head, _, last = text.rpartition("\n")
    return head if old and head.strip() and fold(last) == fold(old) else text


def _before(
    contents: Contents, beside: Contents | None, kept: frozenset[str], union: tuple[str, ...], added: tuple[str, ...]
) -> Before:
    """Return what the record shall say: which keywords of others we copy into a field, which captions are ``kept``."""
    before, record = contents.before, contents.provenance
    # A keyword that is nowhere but where we copied it has lost its source: from now on it counts as a person's.
    sources = _sources(contents) | (_sources(beside) if beside else set())
    adopted = {key(keyword) for keyword in union if not {key(keyword), iptc.short_key(keyword)} & sources}
    ours_now = {key(keyword) for keyword in added}
    copied = {}
    for name, have, put, form in _keyword_fields(contents):
        copied[KEYWORD_FIELDS[name]] = tuple(
            keyword
            for keyword in union
            if (form(keyword) not in have or form(keyword) in put) and key(keyword) not in ours_now | adopted
        )
    legacy = before.legacy or (record is not None and not before)
    return Before(before.originals, copied, kept, legacy)


def put_by_us(contents: Contents, name: str) -> set[str]:
    """Return the keys of what we put into the keywords of the block ``name``: our tags, and copies of others'."""
    added = contents.provenance.added if contents.provenance else ()
    copied = contents.before.copied.get(KEYWORD_FIELDS[name], ())
    return {_form(name)(keyword) for keyword in (*added, *copied)}


def _form(name: str) -> Callable[[str], str]:
    return iptc.short_key if name == "iptc" else key


def _keyword_fields(contents: Contents) -> Iterator[tuple[str, set[str], set[str], Callable[[str], str]]]:
    """Yield each keyword field: its block, the keys in it, those that we put there, and what makes a key."""
    for name, values in (("xmp", contents.xmp), ("exif", contents.exif), ("iptc", contents.iptc)):
        if values is not None:
            form = _form(name)
            yield name, {form(keyword) for keyword in values.keywords}, put_by_us(contents, name), form


def _sources(contents: Contents) -> set[str]:
    """Return the keys of keywords that stand in any field without having been put there by us."""
    return {found for _, have, put, _ in _keyword_fields(contents) for found in have - put}


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


def _hierarchies(
    contents: Contents, tags: tuple[Tag, ...], mode: Hierarchical
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the entries of each hierarchy property that is present or shall be, and which of them are ours."""
    wanted, added = {}, []
    tags = () if mode is Hierarchical.NEVER else tags
    names = SEPARATORS if mode is Hierarchical.ALWAYS and tags else contents.hierarchies
    for name in names:
        have = contents.hierarchies.get(name, ())
        before = (entry[len(name) + 1 :] for entry in contents.added_hierarchy if entry.startswith(f"{name} "))
        theirs = _without(have, before)
        wanted[name] = _union(theirs, (_branch(tag, SEPARATORS[name]) for tag in tags))
        added += [f"{name} {entry}" for entry in _without(wanted[name], theirs)]
    return wanted, tuple(added)


def _branch(tag: Tag, separator: str) -> str:
    """Return ``animal|dog``: the ancestors from the root on, then the label."""
    return separator.join(part.replace(separator, " ") for part in (*reversed(tag.ancestors), tag.label) if part)
