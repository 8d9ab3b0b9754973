"""What a person said, as the index knows it."""

from dataclasses import replace
from pathlib import Path

import pytest
from contracts.examples import entry_of

from tagger.core.records import Caption, Correction, State, Tag
from tagger.learning.corrections import collect, most_telling
from tagger.storage.index import SqliteIndex


@pytest.fixture
def index(tmp_path: Path):
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        yield index


def put(index: SqliteIndex, root: Path, number: int, **changes: object) -> None:
    picture = changes.pop("picture", number)
    index.put(entry_of(root / f"{number}.jpg", identity=f"{picture:064}", **changes))


CAPTION = Caption("A dog", -1.0, tags=(Tag("dog", 0.9, ("animal",)), Tag("Rex", 1.0)))


def test_what_was_said(index: SqliteIndex, tmp_path: Path) -> None:
    put(index, tmp_path, 1, caption=CAPTION, state=State.APPROVED, correction=Correction(added=("Rex",)))
    put(index, tmp_path, 2, caption=CAPTION, state=State.APPROVED, correction=Correction("A cat", (Tag("cat", 0.8),)))
    put(index, tmp_path, 3, caption=replace(CAPTION, tags=()), correction=Correction(rejected=(Tag("Dog", 0.9),)))
    put(index, tmp_path, 4, caption=CAPTION, state=State.REJECTED)
    put(index, tmp_path, 5, caption=CAPTION)
    put(index, tmp_path, 6, caption=CAPTION, state=State.APPROVED)
    found = collect([index])
    by_number = {int(one.identity): one for one in found.judged}
    assert sorted(by_number) == [1, 2, 3, 6]
    assert by_number[1].added == {"rex"}
    assert by_number[1].right == {"dog", "rex"}
    assert not by_number[1].edited
    assert by_number[2].edited
    assert by_number[2].wrong == {"cat"}
    assert by_number[3].wrong == {"dog"}
    assert not by_number[3].reviewed
    assert by_number[3].caption == ""
    assert by_number[6].caption == "A dog"
    counts = found.counts
    assert (counts.approved, counts.edited, counts.rejected) == (1, 3, 1)
    assert (counts.tags_added, counts.tags_removed) == (1, 2)
    assert found.spelling == {"rex": "Rex"}
    assert [int(identity) for _, identity in found.others] == [5]


def test_a_picture_counts_once_and_is_no_other(index: SqliteIndex, tmp_path: Path) -> None:
    put(index, tmp_path, 1, caption=CAPTION, state=State.APPROVED)
    put(index, tmp_path, 2, caption=CAPTION, state=State.APPROVED, picture=1)
    put(index, tmp_path, 3, caption=CAPTION, picture=1)
    put(index, tmp_path, 4, caption=CAPTION)
    found = collect([index, index])
    assert len(found.judged) == 1
    assert [int(identity) for _, identity in found.others] == [4]


def test_no_more_others_than_asked_for(index: SqliteIndex, tmp_path: Path) -> None:
    for number in range(20):
        put(index, tmp_path, number, caption=CAPTION)
    assert len(collect([index], others=7).others) == 7
    assert collect([index], others=7) == collect([index], others=7)


def test_of_very_many_those_that_were_changed_come_first(index: SqliteIndex, tmp_path: Path) -> None:
    for number in range(12):
        own = Correction(added=("Rex",)) if number % 4 == 0 else Correction()
        put(index, tmp_path, number, caption=CAPTION, state=State.APPROVED, correction=own)
    judged = collect([index]).judged
    assert most_telling(judged, 50) == judged
    assert {int(one.identity) for one in most_telling(judged, 3)} == {0, 4, 8}
    assert len(most_telling(judged, 5)) == 5
