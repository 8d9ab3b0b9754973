"""What a search of the library's view finds: index, survey of the folder and failures together."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from contracts.examples import DOG, LIGHT, entry_of

from tagger.core.errors import RunError
from tagger.core.records import Photo, State
from tagger.storage.browsing import Browsing
from tagger.storage.index import SqliteIndex
from tagger.storage.searching import Order

pytest.importorskip("PySide6")

from tagger_gui.library.searching import count, find
from tagger_gui.library.survey import Survey, look_again, look_around, name_of
from tagger_gui.library.wanted import Wanted
from tagger_gui.theme import PhotoState

NEW, MACHINE, APPROVED, OUTSIDE = PhotoState.NEW, PhotoState.MACHINE, PhotoState.APPROVED, PhotoState.OUTSIDE


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    """Three photos with rows: two dogs, one of them approved and in a folder, and a light."""
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        for name, text, tag, state in (
            ("a.jpg", "a dog on a beach", DOG, State.MACHINE),
            ("sub/b.jpg", "a dog in a park", DOG, State.APPROVED),
            ("c.jpg", "a red light", LIGHT, State.MACHINE),
        ):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"photo")
            info = path.stat()
            index.put(entry_of(path, text, tag, state=state, photo=Photo(path, info.st_size, info.st_mtime_ns)))
        yield index


def found(index: SqliteIndex, wanted: Wanted, survey: Survey | None = None) -> list[bytes]:
    return find(Browsing(index), wanted, survey or Survey()).photos.names


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), [b"a.jpg", b"c.jpg", b"sub/b.jpg"]),
        (Wanted(descending=True), [b"sub/b.jpg", b"c.jpg", b"a.jpg"]),
        (Wanted(text="dog"), [b"a.jpg", b"sub/b.jpg"]),
        (Wanted(text="light OR beach", tags=("dog",)), [b"a.jpg"]),
        (Wanted(tags=("pet", "dog")), [b"a.jpg", b"sub/b.jpg"]),
        (Wanted(states=frozenset({APPROVED})), [b"sub/b.jpg"]),
        (Wanted(states=frozenset({APPROVED, MACHINE}), text="dog"), [b"a.jpg", b"sub/b.jpg"]),
        (Wanted(text="light OR dog", states=frozenset({APPROVED})), [b"sub/b.jpg"]),
        (Wanted(folder="sub"), [b"sub/b.jpg"]),
        (Wanted(folder="su"), []),
        (Wanted(since="2024-05", until="2024-05-02"), [b"a.jpg", b"c.jpg", b"sub/b.jpg"]),
        (Wanted(since="2024-06"), []),
        (Wanted(tags=('odd " name',)), []),
    ],
)
def test_finds(index: SqliteIndex, wanted: Wanted, names: list[bytes]) -> None:
    assert found(index, wanted) == names


def test_query_is_what_the_index_understands(index: SqliteIndex) -> None:
    wanted = Wanted(text="dog OR light", states=frozenset({APPROVED, MACHINE}), tags=("dog",), since="2020")
    assert wanted.query == '(dog OR light) tag:"dog" since:2020 (state:machine OR state:approved)'
    assert len(list(index.search(wanted.query))) == 2


def test_open_quote_does_not_swallow_the_tags(index: SqliteIndex) -> None:
    with pytest.raises(RunError, match="no closing quote"):
        found(index, Wanted(text='"dog', tags=("dog",)))


def test_new_photos_come_first(index: SqliteIndex, tmp_path: Path) -> None:
    survey = Survey(new=(b"sub/new.jpg",))
    assert found(index, Wanted(), survey) == [b"sub/new.jpg", b"a.jpg", b"c.jpg", b"sub/b.jpg"]
    assert found(index, Wanted(states=frozenset({NEW})), survey) == [b"sub/new.jpg"]
    assert found(index, Wanted(states=frozenset({MACHINE})), survey) == [b"a.jpg", b"c.jpg"]
    assert found(index, Wanted(folder="sub"), survey) == [b"sub/new.jpg", b"sub/b.jpg"]
    assert found(index, Wanted(text="dog"), survey) == [b"a.jpg", b"sub/b.jpg"]


def test_photo_captioned_since_the_survey_is_not_new(index: SqliteIndex) -> None:
    survey = Survey(new=(b"a.jpg",))
    assert found(index, Wanted(), survey) == [b"a.jpg", b"c.jpg", b"sub/b.jpg"]
    assert found(index, Wanted(states=frozenset({NEW})), survey) == []


def test_changed_outside_is_a_state_beside_the_others(index: SqliteIndex) -> None:
    survey = Survey(outside=frozenset({b"c.jpg"}))
    assert found(index, Wanted(states=frozenset({OUTSIDE})), survey) == [b"c.jpg"]
    assert found(index, Wanted(states=frozenset({OUTSIDE, APPROVED})), survey) == [b"c.jpg", b"sub/b.jpg"]
    assert found(index, Wanted(states=frozenset({OUTSIDE}), text="dog"), survey) == []
    answer = find(Browsing(index), Wanted(), survey)
    assert answer.state(b"c.jpg", "machine") is OUTSIDE
    assert answer.state(b"a.jpg", "machine") is MACHINE
    assert answer.state(b"other.jpg", None) is NEW


def test_sorts(index: SqliteIndex, tmp_path: Path) -> None:
    for name, taken in (("a.jpg", "2020-01-01T00:00:00"), ("c.jpg", "2024-01-01T00:00:00")):
        entry = index.get(tmp_path / name)
        assert entry is not None
        index.put(entry_of(entry.photo.path, taken_at=taken, photo=entry.photo))
    assert found(index, Wanted(order=Order.DATE)) == [b"a.jpg", b"c.jpg", b"sub/b.jpg"]
    assert found(index, Wanted(order=Order.DATE, descending=True)) == [b"sub/b.jpg", b"c.jpg", b"a.jpg"]


def test_similar_photos_keep_their_order(index: SqliteIndex) -> None:
    answer = find(Browsing(index), Wanted(), Survey(), [b"sub/b.jpg", b"unknown.jpg", b"a.jpg"])
    assert answer.photos.names == [b"sub/b.jpg", b"a.jpg"]


def test_counts(index: SqliteIndex) -> None:
    survey = Survey(new=(b"sub/new.jpg", b"n.jpg"), outside=frozenset({b"a.jpg"}))
    counts = count(Browsing(index), Wanted(), survey)
    assert counts.labels == {"dog": 2, "traffic light": 1}
    assert counts.states == {MACHINE: 2, APPROVED: 1, NEW: 2, OUTSIDE: 1, PhotoState.FAILED: 0}
    assert counts.folders == {"": 3, "sub": 2}
    counts = count(Browsing(index), Wanted(folder="sub", states=frozenset({APPROVED})), survey)
    assert counts.labels == {"dog": 1}
    assert counts.states[NEW] == 1
    counts = count(Browsing(index), Wanted(text="light"), survey)
    assert counts.labels == {"traffic light": 1}
    assert counts.states == {MACHINE: 1}


def test_survey_sees_new_changed_and_gone(index: SqliteIndex, tmp_path: Path) -> None:
    (tmp_path / "new.jpg").write_bytes(b"new")
    (tmp_path / "a.jpg").write_bytes(b"another size")
    (tmp_path / "c.jpg").unlink()
    survey = look_around(tmp_path, Browsing(index), lambda: False)
    assert survey == Survey((b"new.jpg",), frozenset({b"a.jpg", b"c.jpg"}))


def test_survey_of_an_empty_root_calls_nothing_gone(index: SqliteIndex, tmp_path: Path) -> None:
    for path in tmp_path.rglob("*.jpg"):
        path.unlink()
    assert look_around(tmp_path, Browsing(index), lambda: False) == Survey()


def test_survey_can_be_stopped(index: SqliteIndex, tmp_path: Path) -> None:
    (tmp_path / "new.jpg").write_bytes(b"new")
    assert look_around(tmp_path, Browsing(index), lambda: True) == Survey()


def test_look_again(index: SqliteIndex, tmp_path: Path) -> None:
    browsing = Browsing(index)
    (tmp_path / "new.jpg").write_bytes(b"new")
    before = Survey((b"was new.jpg", b"other.jpg"), frozenset({b"c.jpg", b"sub/b.jpg"}))
    names = [b"new.jpg", b"was new.jpg", b"c.jpg", b"a.jpg"]
    os.utime(tmp_path / "a.jpg", (1, 1))
    after = look_again(tmp_path, browsing, before, names)
    assert after == Survey((b"other.jpg", b"new.jpg"), frozenset({b"a.jpg", b"sub/b.jpg"}))


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = name_of(tmp_path, tmp_path / os.fsdecode(b"\xff.jpg"))
    assert name == b"\xff.jpg"
    with closing(SqliteIndex(tmp_path, tmp_path / "index.db")) as index:
        index.put(entry_of(tmp_path / os.fsdecode(name)))
        assert found(index, Wanted()) == [name]
