"""What a search asks for -> an SQL condition on ``photos`` with bound values.

Words and phrases that stand together become one full-text query, because the full-text index combines its lists of
rows as it reads them; everything else is looked up in an index of its own where there is one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tagger.storage import path_parts
from tagger.storage.terms import STATES, Either, Every, Kind, Not, Query, Term

Values = list[str | int | float | bytes]

WHEN = "coalesce(nullif(photos.taken_at, ''), photos.captioned_at)"
"""When a photo was taken, or else captioned. ISO 8601, so that text order is time order."""

_TAGGED_IDS = "SELECT tags.photo FROM label_names JOIN tags USING (label) WHERE label_names.name = ?"
_MATCHING = "photos.id IN (SELECT rowid FROM words WHERE words MATCH ?)"
_TAGGED = f"photos.id IN ({_TAGGED_IDS})"
_IN_PATH = "instr(fold(photos.path_text), ?) > 0"
_PROPERTIES = {
    "failed": "photos.path IN (SELECT path FROM failures)",
    "uncaptioned": "photos.caption = ''",
    "written": "photos.written",
}


_INDEXED = (
    Kind.MODEL,
    Kind.SINCE,
    Kind.UNTIL,
    Kind.CAPTIONED_SINCE,
    Kind.CAPTIONED_UNTIL,
    Kind.SCORE_BELOW,
    Kind.SCORE_ABOVE,
)
_STATED = {
    # Said twice: only then does SQLite see that the partial index will do.
    state: f"photos.state = '{state}'" + ("" if state == "machine" else " AND photos.state <> 'machine'")
    for state in STATES
}
# The few models of a library, by one jump along the index each.
_MODELS = (
    "WITH RECURSIVE names (model) AS (SELECT min(model) FROM photos UNION ALL"
    " SELECT (SELECT min(model) FROM photos WHERE model > names.model) FROM names WHERE names.model IS NOT NULL)"
    " SELECT model FROM names WHERE model IS NOT NULL AND CASE typeof(model)"
    " WHEN 'text' THEN (instr(fold(model), ?) = 1) = {wanted} ELSE NOT {wanted} END"
)


@dataclass(frozen=True, slots=True)
class _FullText:
    """A part that the full-text index answers alone: a query in FTS5's own language."""

    match: str


class Condition(NamedTuple):
    """SQL, and the values to bind, in order."""

    sql: str
    values: Values


def condition(query: Query) -> Condition:
    """The SQL condition on ``photos`` for ``query``."""
    return _plain(_compiled(query))


def full_text(query: Query) -> str | None:
    """The query that the full-text index answers alone; None where it does not."""
    compiled = _compiled(query)
    return compiled.match if isinstance(compiled, _FullText) else None


def words_and_others(query: Query) -> tuple[str | None, Condition]:
    """What the full-text index has to find, and what else has to hold; None where it finds nothing alone."""
    compiled = _compiled(query)
    if isinstance(compiled, _FullText):
        return compiled.match, Condition("TRUE", [])
    if isinstance(query, Every):
        text, others = _divided(query)
        return (None if text is None else text.match), joined(" AND ", others)
    return None, compiled


def sources(query: Query) -> list[Condition]:
    """Statements that each give the ids of all rows that can match, and more; from an index, so that it is quick."""
    found: list[Condition] = []
    match, _ = words_and_others(query)
    if match is not None:
        found.append(Condition("SELECT rowid FROM words WHERE words MATCH ?", [match]))
    parts = query.parts if isinstance(query, Every) else (query,)
    for part in parts:
        if isinstance(part, Not) and isinstance(part.part, Term) and part.part.kind is Kind.MODEL:
            compiled = _made_by(part.part.value, wanted=False)
            found.append(Condition(f"SELECT photos.id FROM photos WHERE {compiled.sql}", compiled.values))  # noqa: S608
        elif isinstance(part, Term) and part.kind is Kind.PATH and _has_index(part):
            found.append(Condition(*path_parts.find(part.value)))
        elif isinstance(part, Term) and _has_index(part):
            compiled = _plain(_term(part))
            found.append(Condition(f"SELECT photos.id FROM photos WHERE {compiled.sql}", compiled.values))  # noqa: S608
    return found


def _has_index(term: Term) -> bool:
    """Whether an index leads to the rows of a term, where they are few."""
    match term.kind:
        case Kind.PATH:
            return len(term.value) >= path_parts.SHORTEST
        case Kind.STATE:
            return term.value != "machine"
        case Kind.IS:
            return term.value == "failed"
    return term.kind in _INDEXED


def _compiled(query: Query) -> _FullText | Condition:
    match query:
        case Term():
            return _term(query)
        case Not(Term(Kind.MODEL, name)):
            return _made_by(name, wanted=False)
        case Not():
            part = _plain(_compiled(query.part))
            return Condition(f"NOT ({part.sql})", part.values)
        case Every():
            return _every(query)
        case Either():
            parts = [_compiled(part) for part in query.parts]
            texts = [part for part in parts if isinstance(part, _FullText)]
            others = [part for part in parts if isinstance(part, Condition)]
            together = [_FullText(" OR ".join(f"({text.match})" for text in texts))] if texts else []
            if not others:
                return together[0]
            return joined(" OR ", [*map(_plain, together), *others])


def _every(query: Every) -> _FullText | Condition:
    text, others = _divided(query)
    if text is not None and not others:
        return text
    return joined(" AND ", [*([] if text is None else [_plain(text)]), *others])


def _divided(query: Every) -> tuple[_FullText | None, list[Condition]]:
    """What holds together. What is not wanted leaves the full-text index only beside something that is."""
    wanted: list[str] = []
    unwanted: list[str] = []
    others: list[Condition] = []
    for part in query.parts:
        compiled = _compiled(part.part if isinstance(part, Not) else part)
        if isinstance(compiled, _FullText):
            (unwanted if isinstance(part, Not) else wanted).append(f"({compiled.match})")
        else:
            others.append(_plain(_compiled(part)))
    if wanted:
        text = " AND ".join(wanted)
        return _FullText(f"({text}) NOT ({' OR '.join(unwanted)})" if unwanted else text), others
    if unwanted:
        none_of_them = _plain(_FullText(" OR ".join(unwanted)))
        others.append(Condition(f"NOT ({none_of_them.sql})", none_of_them.values))
    return None, others


def joined(operator: str, parts: Sequence[Condition]) -> Condition:
    """Conditions as one; TRUE where there are none."""
    if len(parts) == 1:
        return parts[0]
    sql = operator.join(f"({part.sql})" for part in parts) or "TRUE"
    return Condition(sql, [value for part in parts for value in part.values])


def _plain(part: _FullText | Condition) -> Condition:
    return Condition(_MATCHING, [part.match]) if isinstance(part, _FullText) else part


def _term(term: Term) -> _FullText | Condition:
    value = term.value
    match term.kind:
        case Kind.WORD | Kind.PHRASE:
            # In FTS5 a string in double quotes has no syntax inside; its own quotes are doubled.
            text = '"' + value.replace('"', '""') + '"'
            return _FullText(text + " *" if term.kind is Kind.WORD else text)
        case Kind.TAG:
            return Condition(_TAGGED, [value])
        case Kind.PATH:
            if len(value) < path_parts.SHORTEST:
                return Condition(_IN_PATH, [value])
            inside = Condition(*path_parts.find(value))
            return Condition(f"photos.id IN ({inside.sql})", inside.values)
        case Kind.MODEL:
            return _made_by(value, wanted=True)
        case Kind.STATE:
            return Condition(_STATED[value], [])
        case Kind.IS:
            return Condition(_PROPERTIES[value], [])
        case Kind.SINCE:
            return Condition(f"{WHEN} >= ?", [value])
        case Kind.UNTIL:
            return Condition(f"{WHEN} < ?", [_after(value)])
        case Kind.CAPTIONED_SINCE:
            return Condition("photos.captioned_at >= ?", [value])
        case Kind.CAPTIONED_UNTIL:
            return Condition("photos.captioned_at < ?", [_after(value)])
        case Kind.SCORE_BELOW:
            return Condition("(photos.score IS NOT NULL AND photos.score < ?)", [_logarithm(value)])
        case Kind.SCORE_ABOVE:
            return Condition("(photos.score IS NOT NULL AND photos.score > ?)", [_logarithm(value)])


def _made_by(name: str, *, wanted: bool) -> Condition:
    """By a model whose name begins so, or by another one."""
    return Condition(f"photos.model IN ({_MODELS.format(wanted=str(wanted).upper())})", [name])


def _after(period: str) -> str:
    """The first text that is later than all that begin with ``period``, a year, month or day."""
    return period[:-1] + chr(ord(period[-1]) + 1)


def _logarithm(score: str) -> float:
    """Infinities become the largest numbers: no row has a score beyond them."""
    value = float(score)
    return math.log(value) if value > 0 else -1e308
