"""Which rows match a query, in which order, the first of them quickly: a page of 100 out of a million rows.

SQLite has two ways: collect every row that matches and sort them, or walk along the index of the order and stop after
the page. The first is slow where much matches, the second where little does. SQLite cannot know which is the case, so
the parts of the query are counted first, as far as it matters.
"""

import sqlite3
from array import array
from enum import StrEnum

from tagger.core.errors import RunError
from tagger.storage.conditions import WHEN, Condition, condition, full_text, sources, tags_of_each
from tagger.storage.terms import Kind, Query

FEW, COMMON, WINDOW = 8_000, 100_000, 10_000
"""So few rows are collected and sorted in about 20 ms; a list of so many takes longer than looking at each of the
first so many."""


class Order(StrEnum):
    """By what rows are sorted; equal ones by path, or as they came into the index."""

    PATH = "path"
    DATE = "date"
    CAPTIONED = "captioned"
    SCORE = "score"
    RELEVANCE = "relevance"


_KEYS = {
    Order.PATH: ("photos.path", "sqlite_autoindex_photos_1"),
    Order.DATE: (WHEN, "photos_by_date"),
    Order.CAPTIONED: ("photos.captioned_at", "photos_by_captioning"),
    Order.SCORE: ("photos.score", "photos_by_score"),
}


def matching(
    connection: sqlite3.Connection,
    query: Query,
    *,
    order: Order,
    descending: bool,
    limit: int | None,
    few: int = FEW,
) -> "array[int]":
    """Ids of the rows that match, the first ``limit`` of them (None: all). Raises RunError.

    RELEVANCE puts the best first (the full-text index's BM25), unless ``descending``; the others the smallest.
    Up to ``few`` rows are collected and sorted.
    """
    if limit is not None and limit <= 0:
        return array("q")
    where = condition(query)
    if order is Order.RELEVANCE:
        sql, values = _by_relevance(query, where, descending=descending)
    else:
        sql, values = _by_key(connection, query, where, order, descending=descending, limit=limit, few=few)
    rows = connection.execute(f"{sql} LIMIT ?", [*values, -1 if limit is None else limit])
    return array("q", (row[0] for row in rows))


def count(connection: sqlite3.Connection, query: Query) -> int:
    """How many rows match."""
    match = full_text(query)
    if match is not None:  # the full-text index counts alone, without looking at any row
        rows = connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", [match])
    else:
        where = condition(query)
        rows = connection.execute(f"SELECT count(*) FROM photos WHERE {where.sql}", where.values)  # noqa: S608
    return int(rows.fetchone()[0])


def _by_key(
    connection: sqlite3.Connection,
    query: Query,
    where: Condition,
    order: Order,
    *,
    descending: bool,
    limit: int | None,
    few: int,
) -> tuple[str, list[str | int | float]]:
    key, index = _KEYS[order]
    down = " DESC" if descending else ""
    by = f"{key}{down}, photos.id{down}"
    found = [(_counted(connection, source, few + 1), source, term) for source, term in sources(query)]
    rows, source, _ = min(found, key=lambda one: one[0], default=(few + 1, where, None))
    if rows <= few:
        rest = Condition("TRUE", []) if full_text(query) is not None else where
        # A plus sign keeps SQLite from walking along the index of the order.
        return (
            f"SELECT photos.id FROM photos WHERE photos.id IN ({source.sql}) AND ({rest.sql}) ORDER BY +{by}",  # noqa: S608
            [*source.values, *rest.values],
        )
    if limit is None:
        return f"SELECT photos.id FROM photos WHERE {where.sql} ORDER BY {by}", where.values  # noqa: S608
    tagged = [(source, term) for _, source, term in found if term is not None and term.kind is Kind.TAG]
    common = [term for source, term in tagged if _counted(connection, source, COMMON) == COMMON]
    each = tags_of_each(query, common)
    if each != where and _is_enough(connection, each, key, by, index, descending=descending, limit=limit):
        where = each
    return f"SELECT photos.id FROM photos INDEXED BY {index} WHERE {where.sql} ORDER BY {by}", where.values  # noqa: S608


def _is_enough(
    connection: sqlite3.Connection, each: Condition, key: str, by: str, index: str, *, descending: bool, limit: int
) -> bool:
    """Whether looking at rows one by one comes to an end early: the page fills within the first WINDOW rows."""
    (bound,) = connection.execute(
        f"SELECT {key} FROM photos INDEXED BY {index} ORDER BY {by} LIMIT 1 OFFSET ?",  # noqa: S608
        (WINDOW,),
    ).fetchone() or (None,)
    if bound is None:  # there are no more rows than that, or they have no score
        return True
    (found,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM photos INDEXED BY {index}"  # noqa: S608
        f" WHERE {key} {'>' if descending else '<'} ? AND ({each.sql}) LIMIT ?)",
        [bound, *each.values, limit],
    ).fetchone()
    return bool(found == limit)


def _counted(connection: sqlite3.Connection, source: Condition, most: int) -> int:
    """How many rows a source has, up to ``most``."""
    rows = connection.execute(f"SELECT count(*) FROM ({source.sql} LIMIT {most})", source.values)  # noqa: S608
    return int(rows.fetchone()[0])


def _by_relevance(query: Query, where: Condition, *, descending: bool) -> tuple[str, list[str | int | float]]:
    match = full_text(query, partly=True)
    if match is None:
        raise RunError("there is no word in the search to say what is relevant", "sort by path or date instead")
    down = " DESC" if descending else ""
    rest = "" if full_text(query) is not None else f" AND ({where.sql})"
    return (
        f"SELECT photos.id FROM words JOIN photos ON photos.id = words.rowid WHERE words MATCH ?{rest}"  # noqa: S608
        f" ORDER BY words.rank{down}, photos.path",
        [match, *(where.values if rest else [])],
    )
