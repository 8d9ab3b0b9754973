"""The tags, years and folders of a query, as one set of rows; its other parts are left for SQL."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_

from tagger.storage import path_parts, postings
from tagger.storage.conditions import Condition
from tagger.storage.terms import Either, Every, Kind, Not, Query, Term

_YEARS = (Kind.SINCE, Kind.UNTIL)


@dataclass(frozen=True, slots=True)
class RowSet:
    """Rows, of which ids go up to ``last``."""

    rows: int
    last: int

    def __len__(self) -> int:
        return self.rows.bit_count()

    def condition(self, column: str = "photos.id") -> Condition:
        """True of the rows in the set: SQLite takes one byte out of many."""
        return Condition(f"substr(?, {column} + 1, 1) = x'01'", [postings.flags(self.rows, self.last)])

    def source(self) -> Condition:
        """A statement that gives the ids; for small sets."""
        return Condition("SELECT value FROM json_each(?)", [json.dumps(postings.members(self.rows).tolist())])


def divided(connection: sqlite3.Connection, query: Query, *, years: bool = True) -> tuple[RowSet | None, Query]:
    """The rows that the tags, folders and, with ``years``, years of ``query`` leave; and what else has to hold of them.

    None where the query says nothing of them, or only together with other things.
    """
    parts = query.parts if isinstance(query, Every) else (query,)
    answered = [part for part in parts if _is_answered(part, years=years)]
    if not answered:
        return None, query
    rest = tuple(part for part in parts if part not in answered)
    wanted = Every(tuple(answered))
    sets, every = _sets(connection, set(_terms(wanted)))
    return RowSet(_rows(wanted, sets, every), every.bit_length()), rest[0] if len(rest) == 1 else Every(rest)


def _sets(connection: sqlite3.Connection, terms: Collection[Term]) -> tuple[dict[Term, int], int]:
    """The set of each term, and that of all rows."""
    known = postings.years(connection) if any(term.kind in _YEARS for term in terms) else []
    names = {term: _names(term, known) for term in terms if term.kind is not Kind.PATH}
    read = postings.read(connection, {postings.EVERY, *chain.from_iterable(names.values())})
    sets: dict[Term, int] = {}
    for term in terms:
        if term.kind is Kind.PATH:
            sql, values = path_parts.find(term.value)
            sets[term] = postings.set_of(photo for (photo,) in connection.execute(sql, values))
        else:
            sets[term] = reduce(or_, (read[name] for name in names[term]), 0)
    return sets, read[postings.EVERY]


def _is_answered(query: Query, *, years: bool) -> bool:
    if isinstance(query, Every) and not query.parts:
        return False
    return all(
        term.kind is Kind.TAG
        or (term.kind is Kind.PATH and path_parts.is_of_folders(term.value))
        or (years and term.kind in _YEARS and len(term.value) == len("2024"))
        for term in _terms(query)
    )


def _terms(query: Query) -> Iterator[Term]:
    match query:
        case Term():
            yield query
        case Not():
            yield from _terms(query.part)
        case Every() | Either():
            for part in query.parts:
                yield from _terms(part)


def _names(term: Term, years: list[str]) -> list[str]:
    match term.kind:
        case Kind.SINCE:
            return [postings.year(year) for year in years if year >= term.value]
        case Kind.UNTIL:
            return [postings.year(year) for year in years if year[:4] <= term.value]
    return [postings.tag(term.value)]


def _rows(query: Query, sets: Mapping[Term, int], every: int) -> int:
    match query:
        case Term():
            return sets[query]
        case Not():
            return every & ~_rows(query.part, sets, every)
        case Every():
            rows = every
            for part in query.parts:
                rows &= _rows(part, sets, every)
            return rows
        case Either():
            rows = 0
            for part in query.parts:
                rows |= _rows(part, sets, every)
            return rows
