"""Which photos have a tag, or are of a year, as sets of bits: searches combine and count whole sets at once.

A set is an int with bit n set for the row with id n. In the file it lies in blocks of ``BLOCK`` rows; rows that are
new or changed wait in a list until there are ``BATCH``, and a search asks the tables about those. Knows no query.
"""

import json
import sqlite3
import zlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import compress, groupby

from tagger.core.errors import RunError

BLOCK = 8000
"""So many rows make 1,000 bytes: four of them fill a page of the file."""
BATCH = 512
EVERY = "photo"
"""The term that every row has."""

_SPARSE = 300  # so few rows of a block are compressed: more take no less room
_MOST = 100_000_000  # ids are smaller
_TERMS = 2**32  # a block's number is multiplied by this, and the term's added
_BITS = bytes.maketrans(b"01", b"\0\1")
_WHEN = "coalesce(nullif(taken_at, ''), captioned_at)"


def tag(name: str) -> str:
    """The term of the rows that have a tag, or one below it; ``name`` is folded."""
    return f"tag:{name}"


def year(text: str) -> str:
    """The term of the rows whose time begins with these four letters."""
    return f"year:{text}"


def create(connection: sqlite3.Connection) -> None:
    """Make the tables and fill them from the rows that there are."""
    for statement in (
        "CREATE TABLE posting_terms (id INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE)",
        "CREATE TABLE postings (id INTEGER PRIMARY KEY, rows BLOB NOT NULL)",  # see postings.py
        "CREATE TABLE postings_waiting (photo INTEGER PRIMARY KEY)",
        "INSERT INTO postings_waiting (photo) SELECT id FROM photos",
    ):
        connection.execute(statement)
    settle(connection, at_least=1)


def mark(connection: sqlite3.Connection, photo: int) -> None:
    """A row is new, has changed or is going."""
    connection.execute("INSERT OR IGNORE INTO postings_waiting (photo) VALUES (?)", (photo,))


def settle(connection: sqlite3.Connection, *, at_least: int = BATCH) -> None:
    """Take the rows that wait into the sets, where there are so many."""
    (number,) = connection.execute("SELECT count(*) FROM postings_waiting").fetchone()
    if number < at_least:
        return
    waiting = [photo for (photo,) in connection.execute("SELECT photo FROM postings_waiting ORDER BY photo")]
    names = _names_of_labels(connection)
    numbers = {term: number for number, term in connection.execute("SELECT id, term FROM posting_terms")}
    for block, photos in groupby(waiting, lambda photo: photo // BLOCK):
        _settle_block(connection, block, list(photos), names, numbers)
    connection.execute("DELETE FROM postings_waiting")


def _settle_block(
    connection: sqlite3.Connection,
    block: int,
    photos: list[int],
    names: dict[int, list[str]],
    numbers: dict[str, int],
) -> None:
    start, first = block * BLOCK, block * _TERMS
    stale = set_of(photo - start for photo in photos)
    added: dict[int, int] = {}
    for term, having in _terms_of(connection, names, _WAITING, photos[0], photos[-1]).items():
        if term not in numbers:
            rows = connection.execute("INSERT INTO posting_terms (term) VALUES (?) RETURNING id", (term,))
            numbers[term] = rows.fetchone()[0]
        added[numbers[term]] = set_of(photo - start for photo in having)
    before = _block(connection, block)
    changed: list[tuple[int, bytes]] = []
    emptied: list[tuple[int]] = []
    for number in before.keys() | added.keys():
        old = before.get(number, 0)
        new = old & ~stale | added.get(number, 0)
        if new and new != old:
            changed.append((first + number, _packed(new)))
        elif not new:
            emptied.append((first + number,))
    connection.executemany("INSERT OR REPLACE INTO postings (id, rows) VALUES (?, ?)", sorted(changed))
    connection.executemany("DELETE FROM postings WHERE id = ?", emptied)


def read(connection: sqlite3.Connection, terms: Collection[str]) -> dict[str, int]:
    """The set of each term."""
    (last,) = connection.execute("SELECT max(id) FROM postings").fetchone()
    blocks = 0 if last is None else last // _TERMS + 1
    if blocks * BLOCK > _MOST + BLOCK:
        raise _damaged("its rows have impossible numbers")
    found: dict[str, int] = {}
    for term in terms:
        number = connection.execute("SELECT id FROM posting_terms WHERE term = ?", (term,)).fetchone()
        whole = bytearray(blocks * BLOCK // 8)
        if number is not None:
            keys = json.dumps([block * _TERMS + number[0] for block in range(blocks)])
            for key, packed in connection.execute(
                "SELECT id, rows FROM postings WHERE id IN (SELECT value FROM json_each(?))", (keys,)
            ):
                at = key // _TERMS * BLOCK // 8
                whole[at : at + BLOCK // 8] = _unpacked(packed)
        found[term] = int.from_bytes(whole, "little")
    waiting = [photo for (photo,) in connection.execute("SELECT photo FROM postings_waiting ORDER BY photo")]
    if waiting:
        kept = ~set_of(waiting)
        having = _terms_of(connection, _names_of_labels(connection), _WAITING, waiting[0], waiting[-1])
        found = {term: rows & kept | set_of(having.get(term, ())) for term, rows in found.items()}
    return found


def years(connection: sqlite3.Connection) -> list[str]:
    """The years that rows may be of, in order; four letters or fewer, whatever photos say."""
    known = {
        term for (term,) in connection.execute("SELECT term FROM posting_terms WHERE term BETWEEN 'year:' AND 'year;'")
    }
    for (when,) in connection.execute(
        f"SELECT {_WHEN} FROM postings_waiting CROSS JOIN photos ON photos.id = postings_waiting.photo"  # noqa: S608
    ):
        known.add(_year_of(when))
    return sorted(term.removeprefix("year:") for term in known)


def set_of(numbers: Iterable[int]) -> int:
    """The set of these ids, in any order."""
    having = array("q", numbers)
    if not having:
        return 0
    if min(having) < 0 or max(having) >= _MOST:  # an index from elsewhere shall not take all the memory
        raise _damaged("its rows have impossible numbers")
    whole = bytearray(max(having) // 8 + 1)
    for number in having:
        whole[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(whole, "little")


def flags(rows: int, size: int) -> bytes:
    """A set as one byte a row, 0 or 1, for ids up to ``size``."""
    return f"{rows:0{size + 1}b}".encode()[::-1].translate(_BITS)


def members(rows: int) -> "array[int]":
    """The ids in a set, in order."""
    return array("q", compress(range(rows.bit_length()), flags(rows, rows.bit_length())))


def wrong(connection: sqlite3.Connection) -> int:
    """How many blocks of sets do not say what the rows say: a check, 10 microseconds a row."""
    names = _names_of_labels(connection)
    terms = dict(connection.execute("SELECT id, term FROM posting_terms").fetchall())
    waiting = set_of(photo for (photo,) in connection.execute("SELECT photo FROM postings_waiting"))
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM photos").fetchone()
    (packed,) = connection.execute("SELECT coalesce(max(id), 0) FROM postings").fetchone()
    found = 0
    for block in range(max(last // BLOCK, packed // _TERMS) + 1):
        start = block * BLOCK
        settled = ~(waiting >> start)
        said = _terms_of(connection, names, _ALL, start, start + BLOCK - 1)
        rows = {term: set_of(photo - start for photo in having) & settled for term, having in said.items()}
        kept = {terms.get(number, ""): bits & settled for number, bits in _block(connection, block).items()}
        found += {term: bits for term, bits in rows.items() if bits} != {
            term: bits for term, bits in kept.items() if bits
        }
    return found


def _block(connection: sqlite3.Connection, block: int) -> dict[int, int]:
    """Part of every set, by the numbers of the terms."""
    first = block * _TERMS
    rows = connection.execute("SELECT id, rows FROM postings WHERE id >= ? AND id < ?", (first, first + _TERMS))
    return {number - first: int.from_bytes(_unpacked(packed), "little") for number, packed in rows}


_WAITING = "postings_waiting"
_ALL = "(SELECT id AS photo FROM photos)"


def _terms_of(
    connection: sqlite3.Connection, names: dict[int, list[str]], those: str, first: int, last: int
) -> dict[str, list[int]]:
    """What the tables say of rows, from ``first`` to ``last``; an id may stand twice."""
    found: dict[str, list[int]] = defaultdict(list)
    by_label: dict[int, list[int]] = defaultdict(list)
    between = f"FROM {those} AS those CROSS JOIN {{}} = those.photo WHERE those.photo BETWEEN ? AND ?"
    for photo, when in connection.execute(
        f"SELECT photo, {_WHEN} " + between.format("photos ON photos.id"), (first, last)
    ):
        found[EVERY].append(photo)
        found[_year_of(when)].append(photo)
    for photo, label in connection.execute(
        "SELECT tags.photo, tags.label " + between.format("tags ON tags.photo"), (first, last)
    ):
        by_label[label].append(photo)
    for label, photos in by_label.items():
        for name in names.get(label, ()):
            found[name].extend(photos)
    return found


def _names_of_labels(connection: sqlite3.Connection) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for label, name in connection.execute("SELECT label, name FROM label_names"):
        found[label].append(tag(name))
    return found


def _year_of(when: str | bytes) -> str:
    # Bytes are no text to SQLite, and come after every text.
    return year(when[:4] if isinstance(when, str) else "\U0010ffff")


def _packed(rows: int) -> bytes:
    whole = rows.to_bytes(BLOCK // 8, "little")
    return zlib.compress(whole, 1) if rows.bit_count() <= _SPARSE else whole


def _unpacked(packed: bytes) -> bytes:
    try:
        whole = packed if len(packed) == BLOCK // 8 else zlib.decompress(packed)
        if len(whole) == BLOCK // 8:
            return whole
    except (zlib.error, TypeError):
        pass
    raise _damaged("a set of photos cannot be read")


def _damaged(what: str) -> RunError:
    return RunError(f"the index is damaged: {what}", "it is only a cache: run tagger index rebuild")
