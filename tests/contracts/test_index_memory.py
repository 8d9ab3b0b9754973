"""What an Index remembers besides rows: failures, what persons corrected, what models said. Fake and SQLite alike."""

import math
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeIndex

from contracts.examples import DOG, LIGHT, entry_of
from tagger.core.records import Alternative, Caption, Correction, Failure, IndexEntry, Photo, State
from tagger.storage import results
from tagger.storage.index import SqliteIndex

AnIndex = FakeIndex | SqliteIndex
ROOT = Path("/photos")
PATH = ROOT / "a.jpg"
SAID = Caption("a dog", -1.5, (Alternative("a cat", -2.5),), (DOG,), b"\x01\x02" * 380)


@pytest.fixture(params=["fake", "sqlite"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnIndex]:
    if request.param == "fake":
        yield FakeIndex(ROOT)
    else:
        with SqliteIndex(ROOT, tmp_path / "index.db") as real:
            yield real


def fresh(path: Path = PATH, caption: Caption = SAID, **changes: object) -> IndexEntry:
    return replace(entry_of(path), caption=caption, settings="beam 3#abc|keep", **changes)


class TestCorrections:
    @pytest.mark.parametrize(
        "correction",
        [Correction(), Correction("what it said"), Correction("\udce9", (LIGHT, DOG), ("Rex", "猫"))],
        ids=["none", "caption", "all"],
    )
    @pytest.mark.parametrize("state", State)
    def test_round_trip(self, index: AnIndex, correction: Correction, state: State) -> None:
        entry = replace(entry_of(PATH), correction=correction, state=state)
        index.put(entry)
        assert index.get(PATH) == entry
        index.put(entry_of(PATH))
        assert index.get(PATH) == entry_of(PATH)


class TestFailures:
    def test_remembered_until_it_is_put(self, index: AnIndex) -> None:
        odd = Path(os.fsdecode(b"/photos/caf\xe9.jpg"))
        failures = [
            Failure(Photo(path, 7, 8), f"cannot read {path.name}", "2024-05-01T00:00:00+00:00") for path in (PATH, odd)
        ]
        for failure in reversed(failures):
            index.fail(failure)
        assert list(index.failures()) == failures
        index.put(entry_of(PATH))
        assert list(index.failures()) == failures[1:]
        index.forgive(odd)
        index.forgive(odd)
        assert list(index.failures()) == []

    def test_the_latest_counts(self, index: AnIndex) -> None:
        for cause in ("first", "second"):
            index.fail(Failure(Photo(PATH, 7, 8), cause, "2024-05-01T00:00:00+00:00"))
        assert [failure.cause for failure in index.failures()] == ["second"]


class TestResults:
    def test_what_a_model_said(self, index: AnIndex) -> None:
        assert index.result("ab" * 32, "default 1", "beam 3") is None
        index.put(fresh(identity="ab" * 32, model="default 1"))
        found = index.result("ab" * 32, "default 1", "beam 3")
        assert found is not None
        assert (found, found.scores) == (replace(SAID, tags=()), SAID.scores)
        for other in (
            ("cd" * 32, "default 1", "beam 3"),
            ("ab" * 32, "x", "beam 3"),
            ("ab" * 32, "default 1", "greedy"),
        ):
            assert index.result(*other) is None

    def test_rows_do_not_carry_scores(self, index: AnIndex) -> None:
        index.put(fresh())
        found = index.get(PATH)
        assert found is not None
        assert found.caption.scores is None

    def test_it_outlives_the_row_and_its_changes(self, index: AnIndex) -> None:
        index.put(fresh())
        index.put(fresh(caption=replace(SAID, text="mine", log_probability=math.nan, scores=None)))
        index.remove(PATH)
        found = index.result(fresh().identity, fresh().model, "beam 3")
        assert found is not None
        assert found.text == "a dog"

    def test_a_bundle_without_labels(self, index: AnIndex) -> None:
        index.put(fresh(caption=replace(SAID, scores=b"", tags=())))
        found = index.result(fresh().identity, fresh().model, "beam 3")
        assert found is not None
        assert found.scores == b""


def test_results_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_TRIM_EVERY", 10)
    with SqliteIndex(ROOT, tmp_path / "index.db", results=15) as index:
        for number in range(100):
            index.put(fresh(ROOT / f"{number}.jpg", identity=f"{number:064}"))
        with index.reading() as connection:
            (count,) = connection.execute("SELECT count(*) FROM results").fetchone()
        assert 15 <= count < 25
        assert index.result(f"{99:064}", fresh().model, "beam 3") is not None
        assert index.count() == 100
    with SqliteIndex(ROOT, tmp_path / "none.db", results=0) as index:
        index.put(fresh())
        assert index.result(fresh().identity, fresh().model, "beam 3") is None


def test_the_cache_may_be_emptied_or_damaged(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    with SqliteIndex(ROOT, file) as index:
        index.put(fresh())
    for damage in ("UPDATE results SET words = x'00'", "UPDATE results SET words = '[1, 2]'", "DELETE FROM results"):
        with sqlite3.connect(file) as connection:
            connection.execute(damage)
        connection.close()
        with SqliteIndex(ROOT, file) as index:
            assert index.result(fresh().identity, fresh().model, "beam 3") is None
            assert index.get(PATH) is not None
            index.put(fresh())  # and it fills again
            assert index.result(fresh().identity, fresh().model, "beam 3") is not None


def test_row_and_result_come_together_or_not_at_all(tmp_path: Path) -> None:
    with SqliteIndex(ROOT, tmp_path / "index.db") as index:
        with index.reading() as connection:
            connection.execute(
                "CREATE TEMP TRIGGER full BEFORE INSERT ON results BEGIN SELECT raise(ABORT, 'full'); END"
            )
        with pytest.raises(sqlite3.IntegrityError):
            index.put(fresh())
        assert index.get(PATH) is None


def test_a_library_of_before(tmp_path: Path) -> None:
    """An index of version 0.1 gets the new columns and tables; its rows are as they were."""
    from tagger.storage.migrations import INDEX_STEPS, migrate

    file = tmp_path / "index.db"
    connection = sqlite3.connect(file, isolation_level=None)
    migrate(connection, file, INDEX_STEPS[:2])
    connection.execute(
        "INSERT INTO photos (path, path_text, size, mtime_ns, identity, caption, model, settings, run, captioned_at,"
        " state, written) VALUES (x'612e6a7067', 'a.jpg', 1, 2, 'ab', 'a dog', 'm', 's', 'r', '2024', 'approved', 1)"
    )
    connection.close()
    with SqliteIndex(ROOT, file) as index:
        found = index.get(PATH)
    assert found is not None
    assert (found.caption.text, found.state, found.correction) == ("a dog", State.APPROVED, Correction())
