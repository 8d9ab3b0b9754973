"""The search language: the user's text -> an expression of terms. See docs/search.md.

The expression stands for itself, so that the tests' in-memory index can apply it without SQL; ``condition`` turns it
into SQL.
"""

import difflib
import re
import unicodedata
from datetime import date

from tagger.core.errors import RunError
from tagger.storage.conditions import condition
from tagger.storage.terms import PROPERTIES, STATES, Either, Every, Kind, Not, Query, Term
from tagger.storage.text import fold, searchable

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_TERMS",
    "Either",
    "Every",
    "Kind",
    "Not",
    "Query",
    "Term",
    "condition",
    "parse",
]

MAX_LENGTH = 1000
MAX_TERMS = 100
MAX_DEPTH = 40

_DATES = (Kind.SINCE, Kind.UNTIL, Kind.CAPTIONED_SINCE, Kind.CAPTIONED_UNTIL)
_FIELDS = {kind.value: kind for kind in (Kind.TAG, Kind.PATH, Kind.MODEL, Kind.STATE, *_DATES, Kind.IS)}
_CHOICES = {Kind.STATE: STATES, Kind.IS: PROPERTIES}
_TERM = re.compile(
    r"(?P<not>-?)(?:(?P<field>captioned-(?:since|until)|[^\W\d_]+):|(?P<score>score[<>]))?"
    r'(?:"(?P<quoted>[^"]*)(?P<end>"?)(?P<star>\*?)|(?P<plain>[^\s()]*))',
    re.IGNORECASE,
)
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_SCORE = re.compile(r"[0-9]{0,9}\.?[0-9]{1,9}")


def parse(text: str) -> Query:
    """Read a query; ``Every(())`` for an empty one. Raises RunError that says what is wrong, and where."""
    if len(text) > MAX_LENGTH:
        raise RunError("the search text is too long", f"write at most {MAX_LENGTH:,} characters")
    clean = "".join(" " if unicodedata.category(character) == "Cc" else character for character in searchable(text))
    return _Reading(clean).query()


class _Reading:
    """A text on its way to a query: recursive descent, OR below NOT below the implicit AND."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._terms = 0

    def query(self) -> Query:
        self._skip()
        if self._done():
            return Every(())
        found = self._either(0)
        if not self._done():  # only a closing bracket ends an expression before the text does
            raise self._wrong(") closes no bracket", 'take it out, or write it in "..."')
        return found

    def _either(self, depth: int) -> Query:
        parts = [self._every(depth)]
        while self._take_word("OR"):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, depth: int) -> Query:
        parts = [self._not(depth)]
        while not (self._done() or self._next() == ")" or self._at_word("OR")):
            self._take_word("AND")
            parts.append(self._not(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _not(self, depth: int) -> Query:
        if depth > MAX_DEPTH:
            raise self._wrong("brackets and NOT go too deep", f"write at most {MAX_DEPTH} inside each other")
        for word in ("AND", "OR"):
            if self._at_word(word):
                raise self._wrong(
                    f"{word} has nothing before it", f"write {word.lower()} to search for the word itself"
                )
        if self._take_word("NOT"):
            return Not(self._not(depth + 1))
        if self._text.startswith("-(", self._at):
            self._at += 1
            return Not(self._bracketed(depth))
        if not self._done() and self._next() == "(":
            return self._bracketed(depth)
        return self._term()

    def _bracketed(self, depth: int) -> Query:
        start, self._at = self._at, self._at + 1
        self._skip()
        found = self._either(depth + 1)
        if self._done():
            self._at = start
            raise self._wrong("( has no closing bracket", 'add ), or write the bracket in "..."')
        self._at += 1
        self._check_space(")")
        return found

    def _term(self) -> Query:
        if self._done() or self._next() == ")":
            raise self._wrong("a term is missing", 'write a word, a "quoted phrase" or tag:NAME here')
        match = _TERM.match(self._text, self._at)
        assert match is not None, "every part of the pattern is optional"  # noqa: S101
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self._wrong("the search has too many terms", f"write at most {MAX_TERMS}")
        if match["end"] == "":
            raise self._wrong(f"{match[0]} has no closing quote", 'write "..." around words that belong together')
        term = self._read(match)
        self._at = match.end()
        self._check_space(match[0])
        return Not(term) if match["not"] else term

    def _read(self, match: re.Match[str]) -> Term:
        quoted = match["quoted"] is not None
        value = match["quoted"] if quoted else match["plain"]
        if match["score"]:
            return self._score(Kind(match["score"].lower()), value, match[0])
        if match["field"] is None:
            if not quoted and value.lower().startswith(("score<", "score>")):
                value = value[6:]
            if not any(unicodedata.category(character)[0] in "LN" for character in value):
                raise self._wrong(
                    f"{match[0]} has no letter or digit to search for", 'write a word or a "quoted phrase"'
                )
            return Term(Kind.PHRASE if quoted and not match["star"] else Kind.WORD, value)
        kind = _FIELDS.get(match["field"].lower())
        if kind is None:
            raise self._unknown(match)
        if kind in _DATES:
            return Term(kind, self._date(value, match[0], kind))
        if not value.strip():
            raise self._wrong(f"{match[0]} has no value", f'write {kind}:word or {kind}:"several words"')
        if kind in _CHOICES:
            return Term(kind, self._choice(kind, value, match[0]))
        return Term(kind, fold(value if kind is Kind.PATH else value.strip()))

    def _unknown(self, match: re.Match[str]) -> RunError:
        close = difflib.get_close_matches(match["field"].lower(), [*_FIELDS, "score"], n=1)
        text = match[0].replace('"', "")
        meant = f"did you mean {'score<0.3' if close == ['score'] else close[0] + ':'}? " if close else ""
        fields = ", ".join(f"{name}:" for name in _FIELDS)
        return self._wrong(
            f"{match['field']}: is not something to search by",
            f'{meant}there are {fields} and score<; to search for the text itself, write "{text}"',
        )

    def _date(self, value: str, term: str, kind: Kind) -> str:
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
        raise self._wrong(f"{term} is not a date", f"write {kind}:2024, {kind}:2024-05 or {kind}:2024-05-01")

    def _score(self, kind: Kind, value: str, term: str) -> Term:
        if not _SCORE.fullmatch(value):
            raise self._wrong(f"{term} is not a score", f"write a number from 0 to 1, as in {kind}0.3")
        return Term(kind, value)

    def _choice(self, kind: Kind, value: str, term: str) -> str:
        wanted, choices = value.strip().lower(), _CHOICES[kind]
        if wanted not in choices:
            raise self._wrong(f"{term} is not known", "write " + " or ".join(f"{kind}:{choice}" for choice in choices))
        return wanted

    def _check_space(self, after: str) -> None:
        """Terms stand apart, so that nobody's ``IMG(1)`` is taken for two."""
        if not (self._done() or self._next().isspace() or self._next() == ")"):
            what = "the quote of " if after.endswith('"') else ""
            raise self._wrong(
                f"something follows {what}{after}",
                'put a space between two terms, or "..." around what belongs together',
            )
        self._skip()

    def _at_word(self, word: str) -> bool:
        end = self._at + len(word)
        return self._text.startswith(word, self._at) and (
            end == len(self._text) or self._text[end].isspace() or self._text[end] in "()"
        )

    def _take_word(self, word: str) -> bool:
        if not self._at_word(word):
            return False
        self._at += len(word)
        self._skip()
        if self._done() or self._next() == ")":
            raise self._wrong(f"{word} has nothing after it", f"write {word.lower()} to search for the word itself")
        return True

    def _skip(self) -> None:
        while not self._done() and self._next().isspace():
            self._at += 1

    def _done(self) -> bool:
        return self._at >= len(self._text)

    def _next(self) -> str:
        return self._text[self._at]

    def _wrong(self, cause: str, hint: str) -> RunError:
        return RunError(f"{cause}, at character {self._at + 1} of the search", hint)
