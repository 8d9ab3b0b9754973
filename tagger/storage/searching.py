"""Which rows match a query, in which order, the first of them quickly: a page of 100 out of a million rows.

There are two ways: collect every row that matches and sort them, or walk along the index of the order and stop after
the page. The first is slow where much matches, the second where little does. SQLite cannot know which is the case, so
the parts of the query are counted first, as far as it matters. What tags and years say is known as sets of rows
(``row_sets``); words that many rows have are looked for in the first rows alone (``word_check``).
"""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain, islice

from tagger.core.errors import RunError
from tagger.storage import word_check
from tagger.storage.conditions import WHEN, Condition, condition, full_text, joined, sources, words_and_others
from tagger.storage.row_sets import RowSet, divided
from tagger.storage.terms import Every, Not, Query

FEW = 8_000
"""So few rows are collected and sorted in about 20 ms."""
COMMON, CHECKED = 50_000, (250, 500, 1_000, 2_000)
"""Words that so many rows have are looked for in the first rows, so many at a time, before they are in all."""
WEIGHED = 20_000
"""So many rows at most are compared by relevance, those that came into the index last; 1 microsecond each."""


class Order(StrEnum):
    """By what rows are sorted; equal ones by path, or as they came into the index. Paths as people sort them."""

    PATH = "path"
    DATE = "date"
    CAPTIONED = "captioned"
    SCORE = "score"
    RELEVANCE = "relevance"


_KEYS = {
    Order.PATH: ("photos.sort_key", "photos_by_name"),
    Order.DATE: (WHEN, "photos_by_date"),
    Order.CAPTIONED: ("photos.captioned_at", "photos_by_captioning"),
    Order.SCORE: ("photos.score", "photos_by_score"),
}
_COUNT_WORDS = "SELECT count(*) FROM words WHERE words MATCH ?"


def matching(
    connection: sqlite3.Connection,
    query: Query,
    *,
    order: Order,
    descending: bool,
    limit: int | None,
    few: int = FEW,
    common: int = COMMON,
    weighed: int = WEIGHED,
) -> "array[int]":
    """Ids of the rows that match, the first ``limit`` of them (None: all). Raises RunError.

    RELEVANCE puts the best first (the full-text index's BM25), unless ``descending``; the others the smallest. Up to
    ``few`` rows are collected and sorted; words that ``common`` rows have are looked for in the first rows alone; the
    last ``weighed`` rows are compared by relevance, the others come after them by path.
    """
    if limit is not None and limit <= 0:
        return array("q")
    search = _Search(connection, query, order, descending=descending, limit=limit, few=few, common=common)
    ids = search.by_relevance(weighed) if order is Order.RELEVANCE else search.by_key()
    return array("q", islice(ids, limit))


def count(connection: sqlite3.Connection, query: Query, *, few: int = FEW) -> int:
    """How many rows match."""
    found, rest = divided(connection, query)
    match = full_text(rest)
    unwanted = full_text(rest.part) if isinstance(rest, Not) else None
    if found is None:
        if unwanted is not None:
            return count(connection, Every(())) - _number(connection, _COUNT_WORDS, [unwanted])
        if match is not None:  # the full-text index counts alone, without looking at any row
            return _number(connection, _COUNT_WORDS, [match])
        where = condition(rest)
        return _number(connection, f"SELECT count(*) FROM photos WHERE {where.sql}", where.values)  # noqa: S608
    if rest == Every(()) or not len(found):
        return len(found)
    if match is not None:
        return _with_words(connection, found, match)
    if unwanted is not None:
        return len(found) - _with_words(connection, found, unwanted)
    where = joined(" AND ", [condition(rest), found.condition()])
    if len(found) <= few:
        where = joined(" AND ", [_among(found.source()), condition(rest)])
    return _number(connection, f"SELECT count(*) FROM photos WHERE {where.sql}", where.values)  # noqa: S608


class _Search:
    """One search for the first rows."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        query: Query,
        order: Order,
        *,
        descending: bool,
        limit: int | None,
        few: int,
        common: int,
    ) -> None:
        self._connection = connection
        self._order = order
        self._descending = descending
        self._limit = limit
        self._few, self._common = few, common
        # Along the index of dates SQLite goes straight to a year.
        self._found, self._rest = divided(connection, query, years=order is not Order.DATE)

    def by_key(self, only: Condition | None = None) -> Iterable[int]:
        """Ids in order, of rows for which ``only`` holds too; more than ``limit``, maybe."""
        if self._found is not None and not len(self._found):
            return ()
        key, index = _KEYS[self._order]
        down = " DESC" if self._descending else ""
        by = f"{key}{down}, photos.id{down}"
        inside = [] if self._found is None else [self._found.condition()]
        inside += [] if only is None else [only]
        source = self._smallest()
        if source is None and self._limit is not None:
            checked = self._checked(index, by, inside)
            if checked is not None:
                return checked
            source = self._words_inside()
        if source is not None:
            alone = self._found is None and full_text(self._rest) is not None
            where = joined(" AND ", [_among(source), *([] if alone else [condition(self._rest)]), *inside])
            # A plus sign keeps SQLite from walking along the index of the order.
            return self._ids(f"SELECT photos.id FROM photos WHERE {where.sql} ORDER BY +{by}", where.values)  # noqa: S608
        where = joined(" AND ", [condition(self._rest), *inside])
        if self._limit is None:
            return self._ids(f"SELECT photos.id FROM photos WHERE {where.sql} ORDER BY {by}", where.values)  # noqa: S608
        return self._along(index, by, where)

    def _smallest(self) -> Condition | None:
        """A statement that gives all rows that can match, where they are few."""
        found = [(self._number_of(source, self._few + 1), source) for source in sources(self._rest)]
        rows, source = min(found, key=lambda one: one[0], default=(self._few + 1, None))
        if self._found is not None and len(self._found) <= min(rows, self._few):
            return self._found.source()
        return source if rows <= self._few else None

    def _words_inside(self) -> Condition | None:
        """A statement that gives the rows of the set that have the words, where they are few."""
        words, _ = words_and_others(self._rest)
        if words is None or self._found is None:
            return None
        inside = self._found.condition("rowid")
        source = Condition(
            f"SELECT rowid FROM words WHERE words MATCH ? AND {inside.sql}",  # noqa: S608
            [words, *inside.values],
        )
        return source if self._number_of(source, self._few + 1) <= self._few else None

    def _along(self, index: str, by: str, where: Condition) -> Iterator[int]:
        return self._ids(
            f"SELECT photos.id FROM photos INDEXED BY {index} WHERE {where.sql} ORDER BY {by}",  # noqa: S608
            where.values,
        )

    def _checked(self, index: str, by: str, inside: list[Condition]) -> list[int] | None:
        """The page, from the first rows of the order: the words are looked for in them alone. None: too few match."""
        words, others = words_and_others(self._rest)
        if words is None or self._limit is None or self._limit > max(CHECKED):
            return None
        source = Condition("SELECT rowid FROM words WHERE words MATCH ?", [words])
        if self._number_of(source, self._common) < self._common:
            return None
        rows = self._along(index, by, joined(" AND ", [others, *inside]))
        page: list[int] = []
        for size in CHECKED:
            some = list(islice(rows, size))
            matching = word_check.holding(self._connection, words, some)
            page += [photo for photo in some if photo in matching]
            if len(page) >= self._limit or len(some) < size:
                return page
        return None

    def by_relevance(self, weighed: int) -> Iterable[int]:
        """Ids by BM25, the last ``weighed`` that match; before or after them the others by path."""
        words, others = words_and_others(self._rest)
        if words is None:
            raise RunError("there is no word in the search to say what is relevant", "sort by path or date instead")
        rows = "FROM words"
        where = Condition("words MATCH ?", [words])
        if others.sql != "TRUE":
            rows += " CROSS JOIN photos ON photos.id = words.rowid"
            where = joined(" AND ", [where, others])
        if self._found is not None:
            where = joined(" AND ", [where, self._found.condition("words.rowid")])
        first = self._connection.execute(
            f"SELECT words.rowid {rows} WHERE {where.sql} ORDER BY words.rowid DESC LIMIT 1 OFFSET ?",
            [*where.values, weighed - 1],
        ).fetchone()
        if first is not None:
            where = joined(" AND ", [where, Condition("words.rowid >= ?", [first[0]])])
        down = " DESC" if self._descending else ""
        best = self._ids(
            "SELECT photos.id FROM words CROSS JOIN photos ON photos.id = words.rowid"  # noqa: S608
            f" WHERE {where.sql} ORDER BY bm25(words){down}, photos.sort_key LIMIT ?",
            [*where.values, -1 if self._limit is None else self._limit],
        )
        if first is None:
            return best
        self._order = Order.PATH
        descending, self._descending = self._descending, False
        rest = self.by_key(Condition("photos.id < ?", [first[0]]))
        return chain(rest, best) if descending else chain(best, rest)

    def _number_of(self, source: Condition, most: int) -> int:
        return _number(self._connection, f"SELECT count(*) FROM ({source.sql} LIMIT {most})", source.values)  # noqa: S608

    def _ids(self, sql: str, values: Iterable[str | int | float | bytes]) -> Iterator[int]:
        return (row[0] for row in self._connection.execute(sql, list(values)))


def _among(source: Condition) -> Condition:
    return Condition(f"photos.id IN ({source.sql})", source.values)


def _with_words(connection: sqlite3.Connection, found: RowSet, match: str) -> int:
    inside = found.condition("rowid")
    sql = f"SELECT count(*) FROM words WHERE words MATCH ? AND {inside.sql}"  # noqa: S608
    return _number(connection, sql, [match, *inside.values])


def _number(connection: sqlite3.Connection, sql: str, values: Iterable[str | int | float | bytes]) -> int:
    return int(connection.execute(sql, list(values)).fetchone()[0])
