"""What the fields of a photo held before us, as our own record keeps it: written by ``blocks``, read by ``clean``.

Knows no format: a ``form`` is a word between those who record and those who restore. What is read from a photo is
untrusted: a damaged entry counts as none, and sizes are bounded.
"""

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tagger.metadata.text import exif_keyword, fold, one_line

XMP, EXIF = "XMP", "EXIF"
DESCRIPTION, SUBJECT = "dc:description", "dc:subject"
LIGHTROOM, DIGIKAM = "lr:hierarchicalSubject", "digiKam:TagsList"
IMAGE_DESCRIPTION, XP_KEYWORDS = "ImageDescription", "XPKeywords"
CAPTION_ABSTRACT, KEYWORDS, CHARACTER_SET = "Caption-Abstract", "Keywords", "CodedCharacterSet"
CAPTION_FIELDS = MappingProxyType({"xmp": DESCRIPTION, "exif": IMAGE_DESCRIPTION, "iptc": CAPTION_ABSTRACT})
KEYWORD_FIELDS = MappingProxyType({"xmp": SUBJECT, "exif": XP_KEYWORDS, "iptc": KEYWORDS})

ABSENT, TEXT = "absent", "text"
_NAMES = frozenset({XMP, EXIF, CHARACTER_SET, LIGHTROOM, DIGIKAM, *CAPTION_FIELDS.values(), *KEYWORD_FIELDS.values()})
_COPIED, _KEPT, _LEGACY = "copied", "kept", "legacy"
_ENTRIES, _ENTRY = 64, 100_000  # the most of them, and characters in one


@dataclass(frozen=True, slots=True)
class Original:
    """What one field held: ``value`` (bytes, of the EXIF type ``kind``) in the way that ``form`` says.

    ``wrote`` is the digest of the text that we put there last: whatever else is there now, another wrote.
    """

    form: str
    value: bytes = b""
    kind: int = 0
    wrote: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """The facts from before us: the ``originals`` of the fields that we changed, by the field's name.

    ``copied`` are keywords of others that we put into a field to complete it, ``kept`` the fields where a person's own
    caption reads like ours. ``legacy`` says that a version without such a record wrote into the photo first.
    """

    originals: Mapping[str, Original] = field(default_factory=dict)
    copied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    legacy: bool = False

    def __bool__(self) -> bool:
        return bool(self.originals or self.copied or self.kept or self.legacy)

    def with_original(self, name: str, original: Original) -> "Before":
        """Return the same with another original for one field."""
        return replace(self, originals={**self.originals, name: original})

    def with_text(self, name: str, have: str, wrote: str, original: Original) -> "Before":
        """Return the same for a text field that held ``have`` and now gets ``wrote``.

        What was recorded first stays, unless another changed the field after us: then theirs is to be restored.
        """
        known = self.originals.get(name)
        first = known if known is not None and known.wrote == digest(have) else original
        return self.with_original(name, replace(first, wrote=digest(wrote)))

    def with_structure(self, name: str, original: Original | None) -> "Before":
        """Return the same for a block or a list: its ``original`` if none is known, and could be known."""
        if original is None or self.legacy or name in self.originals:
            return self
        return self.with_original(name, original)

    def entries(self) -> tuple[str, ...]:
        """Return the record as lines of text."""
        lines = [f"{name} {_line(original)}" for name, original in sorted(self.originals.items())]
        lists = sorted(self.copied.items())
        lines += [f"{name} {_COPIED} {';'.join(map(exif_keyword, words))}" for name, words in lists if words]
        lines += [f"{name} {_KEPT}" for name in sorted(self.kept)]
        return (*lines, *([_LEGACY] if self.legacy else []))


def parse(entries: Iterable[str]) -> Before:
    """Read lines as ``Before.entries`` makes them; what makes no sense counts as absent."""
    originals: dict[str, Original] = {}
    copied: dict[str, tuple[str, ...]] = {}
    kept = set()
    legacy = False
    for entry in _bounded(entries):
        name, _, rest = entry.partition(" ")
        form, _, value = rest.partition(" ")
        if entry == _LEGACY:
            legacy = True
        elif name not in _NAMES:
            continue
        elif form == _COPIED:
            copied.setdefault(name, tuple(word for part in value.split(";") if (word := part.strip())))
        elif form == _KEPT:
            kept.add(name)
        elif (original := _original(form, value)) is not None:
            originals.setdefault(name, original)
    return Before(originals, copied, frozenset(kept), legacy)


def digest(text: str) -> str:
    """Return a short hash of a text, the same however white space in it was folded."""
    return hashlib.sha256(fold(text).encode(errors="replace")).hexdigest()[:12]


def plain(text: str) -> Original:
    """Return the original of a field that holds nothing but this text; absent for an empty one."""
    return Original(TEXT, text.encode()) if text else Original(ABSENT)


def _bounded(entries: Iterable[str]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if number >= _ENTRIES:
            return
        if len(entry) <= _ENTRY:
            yield entry


def _line(original: Original) -> str:
    """Write ``form wrote kind value``; the value is readable where it is one line of text."""
    head = f"{original.form} {original.wrote or '-'} {original.kind}"
    if not original.value:
        return head
    text = original.value.decode(errors="replace")
    if original.form == TEXT and text == one_line(text) and text.encode() == original.value:
        return f"{head} ={text}"
    return f"{head} {b64encode(original.value).decode('ascii')}"


def _original(form: str, rest: str) -> Original | None:
    wrote, _, rest = rest.partition(" ")
    kind, _, value = rest.partition(" ")
    if not form.isalpha() or not kind.isdecimal() or len(kind) > 3:
        return None
    try:
        data = value[1:].encode() if value.startswith("=") else b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Original(form, data, int(kind), "" if wrote == "-" else wrote)
