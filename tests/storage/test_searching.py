"""Searches mean what they say: any query over any rows, by SQLite in both of its ways and by a plain evaluator."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from contracts.examples import DOG, LIGHT, entry_of
from fakes import FakeIndex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagger.core.errors import RunError
from tagger.core.records import Caption, IndexEntry, State, Tag
from tagger.storage import checking, migrations, path_parts, postings, searching
from tagger.storage.index import SqliteIndex
from tagger.storage.query import parse
from tagger.storage.searching import Order

ROOT = Path("/photos")
WORDS = ("dog", "doghouse", "café", "a", "red", "snow white")
TAGS = (DOG, LIGHT, Tag("Café", 0.7), Tag("snow", 0.5, ("weather",)))

rows = st.builds(
    entry_of,
    st.sampled_from(["a.jpg", "b/a.jpg", "b/c d.jpg", "2024/é.jpg", "2024/DOG.jpg", "2024/x/y.jpg"]).map(ROOT.joinpath),
    caption=st.builds(
        Caption,
        st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
        st.sampled_from([-0.1, -1.0, -4.0, float("nan")]),
        tags=st.lists(st.sampled_from(TAGS), unique=True, max_size=2).map(tuple),
    ),
    model=st.sampled_from(["default 1", "Default 2", "other"]),
    captioned_at=st.sampled_from(["2023-12-31T23:00:00+00:00", "2024-05-02T10:00:00+00:00"]),
    taken_at=st.sampled_from([None, "", "2023-01-01T00:00:00", "2024-02-29T12:00:00"]),
    state=st.sampled_from(State),
    written=st.booleans(),
)
terms = st.sampled_from(
    [
        *("dog", '"dog"', "do*", "house", '"a red"', '"snow wh"*', "CAFE", "weather", "x"),
        *("tag:dog", "tag:animal", 'tag:"traffic light"', "tag:CAFÉ", "tag:do"),
        *("path:2024/", "path:dog", "path:a.jpg", "path:é", 'path:"c d"', "path:2", "path:zzzz"),
        *("model:default", "model:default\u00a01", "state:machine", "state:review", "state:rejected"),
        *("path:2024/x/", "path:b/", "path:/x/", "tag:nothing"),
        *(
            "since:2024",
            "since:2023",
            "until:2023",
            "until:2024",
            "since:2024-02-29",
            "until:2024-02",
            "captioned-since:2024-01",
        ),
        *(
            "captioned-until:2023-12-31",
            "score<0.5",
            "score>0.5",
            "score<1",
            "is:written",
            "is:uncaptioned",
            "is:failed",
        ),
    ]
)
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        inner.map("-({})".format),
        inner.map("NOT ({})".format),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " ".join(parts) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " OR ".join(parts) + ")"),
    ),
    max_leaves=8,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index.db"


@pytest.fixture
def index(file: Path) -> Iterator[SqliteIndex]:
    with SqliteIndex(ROOT, file) as real:
        yield real


def take_in(file: Path) -> None:
    """What otherwise happens after many rows: those that wait go into the sets and the full-text index."""
    with closing(sqlite3.connect(file)) as raw, raw:
        postings.settle(raw, at_least=1)
        assert postings.wrong(raw) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    entries=st.lists(rows, min_size=1, max_size=6),
    later=st.lists(rows, max_size=3),
    wanted=st.lists(queries, min_size=1, max_size=4),
    order=st.sampled_from([Order.DATE, Order.CAPTIONED, Order.SCORE]),
)
def test_every_query_finds_what_it_says(
    index: SqliteIndex,
    file: Path,
    entries: list[IndexEntry],
    later: list[IndexEntry],
    wanted: list[str],
    order: Order,
) -> None:
    plain = FakeIndex(ROOT)
    for row in list(index.search("")):
        index.remove(row.photo.path)
    for entry in entries:
        plain.put(entry)
        index.put(entry)
    take_in(file)
    for entry in later:  # beside rows whose sets are in the file
        plain.put(entry)
        index.put(entry)
    for query in wanted:
        by_order = [entry.photo.path for entry in index.search(query, order=order)]
        assert sorted(by_order) == sorted(entry.photo.path for entry in plain.search(query)), query
        for few, common in ((-1, 0), (-1, 10**6), (10**6, 0)):
            with index.reading() as connection:
                found = searching.matching(
                    connection, parse(query), order=order, descending=False, limit=4, few=few, common=common
                )
                number = searching.count(connection, parse(query), few=few)
            assert [entry.photo.path for entry in index.rows(found)] == by_order[:4], query
            assert number == len(by_order), query
        expected = [entry.photo.path for entry in plain.search(query)]
        assert [entry.photo.path for entry in index.search(query)] == expected, query
        assert [entry.photo.path for entry in index.search(query, limit=3)] == expected[:3], query
        assert index.count(query) == len(expected), query
        for few, common in ((-1, 0), (-1, 10**6), (10**6, 0)):  # walking in two ways, and collecting
            with index.reading() as connection:
                found = searching.matching(
                    connection, parse(query), order=Order.PATH, descending=True, limit=2, few=few, common=common
                )
            assert [entry.photo.path for entry in index.rows(found)] == expected[::-1][:2], query


def test_relevance(index: SqliteIndex) -> None:
    for name, text in (("a", "a dog and a very long story about it and much else"), ("b", "dog dog"), ("c", "a cat")):
        index.put(entry_of(ROOT / f"{name}.jpg", text))
    found = [entry.photo.path.stem for entry in index.search("dog", order=Order.RELEVANCE)]
    assert found == ["b", "a"]
    assert [e.photo.path.stem for e in index.search("dog -path:b.jpg", order=Order.RELEVANCE)] == ["a"]
    assert [e.photo.path.stem for e in index.search("dog", order=Order.RELEVANCE, descending=True)] == ["a", "b"]
    with pytest.raises(RunError, match="no word in the search"):
        index.search("tag:dog", order=Order.RELEVANCE)


def test_relevance_of_many(index: SqliteIndex) -> None:
    """The last ones are compared; the others come after them by path, whatever the page."""
    for number in range(10):
        index.put(entry_of(ROOT / f"{9 - number}.jpg", "dog " * (number % 3 + 1) + "and a story", DOG))
    index.put(entry_of(ROOT / "cat.jpg", "a cat"))

    def found(query: str, limit: int | None, *, descending: bool = False) -> str:
        with index.reading() as connection:
            ids = searching.matching(
                connection, parse(query), order=Order.RELEVANCE, descending=descending, limit=limit, weighed=4
            )
        return "".join(entry.photo.path.stem for entry in index.rows(ids))

    assert found("dog", None) == "1203" + "456789"
    assert [found("dog", limit) for limit in (3, 6)] == ["120", "120345"]
    assert found("dog", None, descending=True) == "456789" + "0321"
    assert found("dog -path:1.jpg", None) == "4203" + "56789"
    assert found("dog tag:animal until:2025 -path:1.jpg", 3) == "420"
    assert found("cat", None) == "cat"


def test_failed_photos(index: SqliteIndex) -> None:
    from tagger.core.records import Failure

    entry = entry_of(ROOT / "a.jpg")
    index.put(entry)
    index.put(entry_of(ROOT / "b.jpg"))
    index.fail(Failure(entry.photo, "cannot be read", "2024-05-01T00:00:00+00:00"))
    assert [row.photo.path.stem for row in index.search("is:failed")] == ["a"]
    assert [row.photo.path.stem for row in index.search("-is:failed")] == ["b"]


def test_parts_of_paths_keep_step(tmp_path: Path) -> None:
    """Rows that wait and rows that do not, removed and put again, are found all the same."""
    file = tmp_path / "index.db"
    count = path_parts.BATCH + 20
    with SqliteIndex(ROOT, file) as index:
        for number in range(count):
            index.put(entry_of(ROOT / f"Folder{number % 7}/{number:05}.jpg"))
        for number in (1, 2, count - 1, count - 2):
            index.remove(ROOT / f"Folder{number % 7}/{number:05}.jpg")
        index.put(entry_of(ROOT / "folder1/again.jpg"))
        index.put(replace(entry_of(ROOT / "folder1/again.jpg"), run="2"))
        everything = [entry.photo.path for entry in index.search("")]
        for part in ("folder1", "folder1/", "0000", "00002.jpg", "again", "00274", "/00275"):
            expected = [path for path in everything if part in str(path).lower().removeprefix("/photos/")]
            assert [entry.photo.path for entry in index.search(f"path:{part}")] == expected, part
    with closing(sqlite3.connect(file)) as raw:
        assert raw.execute("SELECT count(*) FROM paths_waiting").fetchone()[0] < path_parts.BATCH
        raw.execute("INSERT INTO paths (paths) VALUES ('integrity-check')")


def test_a_sound_index_has_no_problems(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    with SqliteIndex(ROOT, file) as index:
        index.put(entry_of(ROOT / "a.jpg", "a \0 caf\u00e9 \ud800", DOG))
        index.put(entry_of(ROOT / "b.jpg", "a \0 dog"))
        assert index.problems() == []
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        raw.execute("DELETE FROM photos WHERE id = 2")
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as raw:
        assert list(checking.problems(_Open(raw))) == [
            "1 rows in the index of words that belong to no photo",
            "1 paths that wait for no photo",
        ]


@dataclass
class _Open:
    connection: sqlite3.Connection

    def reading(self) -> closing[sqlite3.Connection] | nullcontext[sqlite3.Connection]:
        return nullcontext(self.connection)


def test_plans_at_scale(tmp_path: Path) -> None:
    """The first page of much is read along the index of the order; little is looked up."""
    with SqliteIndex(ROOT, tmp_path / "index.db") as index:
        index.put(entry_of(ROOT / "a.jpg", "a dog"))
        with index.reading() as connection:
            seen: list[str] = []
            connection.set_trace_callback(seen.append)
            for few in (-1, 10):
                searching.matching(connection, parse("dog"), order=Order.DATE, descending=False, limit=5, few=few)
            connection.set_trace_callback(None)
    last = [sql for sql in seen if sql.startswith("SELECT photos.id")]
    assert "INDEXED BY photos_by_date" in last[0]
    assert "INDEXED BY" not in last[1]


def test_sets_keep_step(index: SqliteIndex, file: Path) -> None:
    """Rows that are put, changed and removed, far more than wait at once."""
    count = 2 * postings.BATCH + 100
    index.put_all([entry_of(ROOT / f"{n % 3}/{n}.jpg", "a dog", DOG if n % 3 else LIGHT) for n in range(count)])
    assert index.count("tag:animal") == index.count("tag:dog -tag:light") == count - index.count("-tag:dog") > 0
    assert index.count("path:1/") == len(range(1, count, 3))
    index.put_all([entry_of(ROOT / f"1/{n}.jpg", "a light", LIGHT) for n in range(1, count, 3)])
    for number in range(0, 300, 3):
        index.remove(ROOT / f"0/{number}.jpg")
    assert index.count("tag:dog") == len(range(2, count, 3))
    assert index.count('tag:"traffic light"') == count - len(range(2, count, 3)) - 100
    assert index.count("path:0/") == len(range(0, count, 3)) - 100
    assert [entry.photo.path.parent.name for entry in index.search("tag:dog", limit=2)] == ["2", "2"]
    assert index.problems() == []
    with closing(sqlite3.connect(file)) as raw, raw:
        assert raw.execute("SELECT count(*) FROM postings_waiting").fetchone()[0] < postings.BATCH
        raw.execute("UPDATE tags SET label = 1 + (label = 1) WHERE photo = 6")
    assert index.problems() == ["1 blocks of rows that are found by other tags, or in other years, than their own"]
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE postings SET rows = x'00'")
    with pytest.raises(RunError, match="damaged"):
        index.count("tag:dog")


def test_an_interrupted_migration_starts_again(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    before = migrations.INDEX_STEPS[: migrations.INDEX_STEPS.index(migrations.m006_add_postings)]

    def stopped(connection: sqlite3.Connection) -> None:
        migrations.m006_add_postings(connection)
        raise KeyboardInterrupt

    stopped.__name__ = "m006_add_postings"
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        with pytest.raises(KeyboardInterrupt):
            migrations.migrate(raw, file, (*before, stopped))
        assert raw.execute("SELECT count(*) FROM migrations").fetchone() == (len(before),)
        assert not raw.execute("SELECT 1 FROM sqlite_master WHERE name LIKE 'posting%'").fetchall()
    with SqliteIndex(ROOT, file) as index:
        index.put(entry_of(ROOT / "a.jpg", "a dog", DOG))
        assert index.count("tag:dog") == 1


def test_impossible_numbers_of_rows(index: SqliteIndex, file: Path) -> None:
    """A library may come from somebody else: it shall not take all the memory."""
    index.put(entry_of(ROOT / "a.jpg", "a dog", DOG))
    for number in (-1, 2**40, 2**62):
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("DELETE FROM postings_waiting")
            raw.execute("INSERT INTO postings_waiting VALUES (?)", (number,))
        with pytest.raises(RunError, match="impossible numbers"):
            index.count("tag:dog")
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("DELETE FROM postings_waiting")
        raw.execute("INSERT INTO postings VALUES (?, x'00')", (2**62,))
    with pytest.raises(RunError, match="impossible numbers"):
        index.count("tag:dog")


def test_rows_of_an_older_version_are_found(tmp_path: Path) -> None:
    """The new columns and indexes are filled from what was there."""
    file = tmp_path / "index.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        migrations.migrate(
            raw, file, migrations.INDEX_STEPS[: migrations.INDEX_STEPS.index(migrations.m004_add_lookups)]
        )
        raw.execute(
            "INSERT INTO photos (path, path_text, size, mtime_ns, identity, caption, log_probability, model, settings,"
            " run, captioned_at, state, written) VALUES (CAST('2024/Straße/a.jpg' AS BLOB), '2024/Straße/a.jpg', 1, 1,"
            " 'ab', 'a red dog', -3, 'old 1', '', 'run', '2024-05-01T00:00:00+00:00', 'machine', 1)"
        )
        raw.execute("INSERT INTO words (rowid, caption, tags) VALUES (1, 'a red dog', 'dog')")
        raw.execute("INSERT INTO labels VALUES (1, 'dog', '[]')")
        raw.execute("INSERT INTO label_names VALUES ('dog', 1)")
        raw.execute("INSERT INTO tags VALUES (1, 0, 1, 0.5)")
    with SqliteIndex(ROOT, file) as index:
        for query in (
            "path:strasse/a",
            "score<0.37",
            "score>0.36",
            "since:2024",
            "model:old",
            "dog",
            "tag:dog",
            "path:straße/",
        ):
            assert index.count(query) == len(list(index.search(query, limit=5))) == 1, query
        assert len(index.features.missing("eyes 1")) == 1
        index.remove(ROOT / "2024/Straße/a.jpg")
        assert index.problems() == []
