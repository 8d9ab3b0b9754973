"""An index as a window looks at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from contracts.examples import DOG, LIGHT, entry_of

from tagger.core.errors import RunError
from tagger.core.records import Photo, State
from tagger.storage.browsing import Browsing
from tagger.storage.index import SqliteIndex
from tagger.storage.searching import Order

NAMES = (b"a/1.jpg", b"a/2.jpg", b"a b/3.jpg", b"a0.jpg")
"""As people sort them: what is in a folder stays together."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        for number, name in reversed([*enumerate(NAMES)]):
            path = tmp_path / name.decode()
            tags = (DOG, LIGHT) if number else (DOG,)
            state = State.APPROVED if number == 3 else State.MACHINE
            entry = entry_of(path, f"photo {number}", *tags, state=state, photo=Photo(path, number, 10 * number))
            index.put(entry)
        yield index


def test_select(index: SqliteIndex, tmp_path: Path) -> None:
    browsing = Browsing(index)
    every = browsing.select("")
    assert every.names == list(NAMES)
    assert [entry.photo.path for entry in index.rows(every.ids)] == [tmp_path / name.decode() for name in NAMES]
    assert browsing.select("", descending=True).names == list(reversed(NAMES))
    assert browsing.select('tag:"traffic light"', below="a").names == [b"a/2.jpg"]
    assert browsing.select("photo", below="a").names == [b"a/1.jpg", b"a/2.jpg"]
    with pytest.raises(RunError):
        browsing.select("nothing:x")


def test_select_among_many(tmp_path: Path) -> None:
    with SqliteIndex(tmp_path, tmp_path / "many.db") as index:
        for number in range(5100):  # past the number of names that are looked up one by one
            index.put(entry_of(tmp_path / f"{number:05}.jpg"))
        found = Browsing(index).select("", order=Order.CAPTIONED)
        assert len(found.names) == len(set(found.names)) == 5100
        assert len(Browsing(index).files(found.names)) == 5100


def test_rows_that_are_gone_are_left_out(index: SqliteIndex, tmp_path: Path) -> None:
    ids = Browsing(index).select("").ids
    index.remove(tmp_path / "a/1.jpg")
    assert len(index.rows(ids)) == 3


def test_these_keep_their_order(index: SqliteIndex) -> None:
    assert Browsing(index).these([b"a0.jpg", b"unknown", b"a/1.jpg"]).names == [b"a0.jpg", b"a/1.jpg"]


def test_counts(index: SqliteIndex) -> None:
    browsing = Browsing(index)
    assert browsing.labels() == {"dog": 4, "traffic light": 3}
    assert browsing.labels("", below="a") == {"dog": 2, "traffic light": 1}
    assert browsing.labels('"photo 0"') == {"dog": 1}
    assert browsing.states() == {"machine": 3, "approved": 1}
    assert browsing.states("", below="a") == {"machine": 2}
    assert browsing.folders() == {"": 1, "a": 2, "a b": 1}


@pytest.mark.parametrize("many", [0, 20_000])
def test_counts_of_tags(index: SqliteIndex, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Of few photos, and of so many that every tag is looked at."""
    monkeypatch.setattr("tagger.storage.browsing._MANY", many)
    browsing = Browsing(index)
    assert browsing.labels('tag:"traffic light"') == {"dog": 3, "traffic light": 3}
    assert browsing.labels('-tag:"traffic light"') == {"dog": 1}
    assert browsing.labels('tag:"traffic light" photo -"photo 3"', below="a") == {"dog": 1, "traffic light": 1}
    assert browsing.labels("tag:cat") == {}
    assert browsing.states('tag:"traffic light"') == {"machine": 2, "approved": 1}
    assert browsing.states('tag:"traffic light"', below="a") == {"machine": 1}


def test_files(index: SqliteIndex) -> None:
    browsing = Browsing(index)
    assert browsing.files([b"a/2.jpg", b"unknown"]) == {b"a/2.jpg": (1, 10)}
    assert set(browsing.files()) == set(NAMES)
