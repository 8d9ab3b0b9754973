"""The search language: the user's text -> terms -> an SQL condition with bound values. See docs/search.md.

Terms stand for themselves, so that the tests' in-memory index can apply them without SQL.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tagger.core.errors import RunError
from tagger.storage.text import fold, searchable

MAX_LENGTH = 1000
MAX_TERMS = 100


class Kind(StrEnum):
    """What a term looks at. All but WORD and PHRASE are written before a colon."""

    WORD = "word"
    PHRASE = "phrase"
    TAG = "tag"
    PATH = "path"
    SINCE = "since"
    UNTIL = "until"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. ``value`` is folded for TAG and PATH, a year, month or day for SINCE and UNTIL."""

    kind: Kind
    value: str
    negated: bool = False


_FIELDS = {kind.value: kind for kind in (Kind.TAG, Kind.PATH, Kind.SINCE, Kind.UNTIL)}
_TERM = re.compile(r'(?P<not>-?)(?:(?P<field>[^\W\d_]+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<plain>\S*))')
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")

# Without taken_at the time of captioning stands in. Both are ISO 8601, so that text order is time order.
_WHEN = "substr(coalesce(nullif(photos.taken_at, ''), photos.captioned_at), 1, ?)"
_CONDITIONS = {
    Kind.WORD: "photos.id IN (SELECT rowid FROM words WHERE words MATCH ?)",
    Kind.PHRASE: "photos.id IN (SELECT rowid FROM words WHERE words MATCH ?)",
    Kind.TAG: "photos.id IN (SELECT tags.photo FROM label_names JOIN tags USING (label) WHERE label_names.name = ?)",
    Kind.PATH: "instr(fold(photos.path_text), ?) > 0",
    Kind.SINCE: f"{_WHEN} >= ?",
    Kind.UNTIL: f"{_WHEN} <= ?",
}


def parse(text: str) -> list[Term]:
    """Split a query into terms, which a photo must match all; none for an empty query. Raises RunError."""
    if len(text) > MAX_LENGTH:
        raise RunError("the search text is too long", f"write at most {MAX_LENGTH:,} characters")
    clean = "".join(" " if unicodedata.category(character) == "Cc" else character for character in searchable(text))
    terms: list[Term] = []
    position = 0
    while position < len(clean):
        if clean[position].isspace():
            position += 1
            continue
        match = _TERM.match(clean, position)
        assert match is not None, "every part of the pattern is optional"  # noqa: S101
        position = match.end()
        if match["end"] == "":
            raise RunError(f"{match[0]} has no closing quote", 'write "..." around words that belong together')
        if match["end"] and position < len(clean) and not clean[position].isspace():
            raise RunError(f"something follows the quote of {match[0]}", "put a space between two terms")
        terms.append(_term(match))
    if len(terms) > MAX_TERMS:
        raise RunError("the search has too many terms", f"write at most {MAX_TERMS}")
    return terms


def _term(match: re.Match[str]) -> Term:
    negated = bool(match["not"])
    quoted = match["quoted"] is not None
    value = match["quoted"] if quoted else match["plain"]
    if match["field"] is None:
        if not any(unicodedata.category(character)[0] in "LN" for character in value):
            raise RunError(f"{match[0]} has no letter or digit to search for", 'write a word or a "quoted phrase"')
        return Term(Kind.PHRASE if quoted else Kind.WORD, value, negated)
    kind = _FIELDS.get(match["field"].lower())
    if kind is None:
        close = difflib.get_close_matches(match["field"].lower(), _FIELDS, n=1)
        text = match[0].replace('"', "")
        meant = f"did you mean {close[0]}:? " if close else ""
        raise RunError(
            f"{match['field']}: is not something to search by",
            f'{meant}there are tag:, path:, since: and until:; to search for the text itself, write "{text}"',
        )
    if kind in (Kind.SINCE, Kind.UNTIL):
        return Term(kind, _date(value, match[0], kind), negated)
    if not value.strip():
        raise RunError(f"{match[0]} has no value", f'write {kind}:word or {kind}:"several words"')
    return Term(kind, fold(value.strip() if kind is Kind.TAG else value), negated)


def _date(value: str, term: str, kind: Kind) -> str:
    """``value`` when it is a year, month or day of the calendar."""
    match = _DATE.fullmatch(value)
    if match is not None:
        year, month, day = (int(part or 1) for part in match.groups())
        try:
            date(year, month, day)
        except ValueError:
            pass
        else:
            return value
    raise RunError(f"{term} is not a date", f"write {kind}:2024, {kind}:2024-05 or {kind}:2024-05-01")


def condition(terms: list[Term]) -> tuple[str, list[str | int]]:
    """The SQL condition on ``photos`` for ``terms``, and the values to bind, in order."""
    parts: list[str] = []
    values: list[str | int] = []
    for term in terms:
        sql = _CONDITIONS[term.kind]
        parts.append(f"NOT ({sql})" if term.negated else f"({sql})")
        match term.kind:
            case Kind.WORD | Kind.PHRASE:
                # In FTS5 a string in double quotes has no syntax inside; its own quotes are doubled.
                text = '"' + term.value.replace('"', '""') + '"'
                values.append(text + "*" if term.kind is Kind.WORD else text)
            case Kind.SINCE | Kind.UNTIL:
                values += [len(term.value), term.value]
            case _:
                values.append(term.value)
    return " AND ".join(parts) or "TRUE", values
