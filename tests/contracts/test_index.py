"""What every Index promises: the same tests for the fake and for SQLite."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeIndex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.examples import CAFE, DOG, LIGHT, entries, entry_of
from tagger.core.errors import RunError
from tagger.core.records import IndexEntry, Photo, State
from tagger.storage.index import SqliteIndex
from tagger.storage.searching import Order

AnIndex = FakeIndex | SqliteIndex
ROOT = Path("/photos")
shared_index = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(params=["fake", "sqlite"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnIndex]:
    if request.param == "fake":
        yield FakeIndex(ROOT)
    else:
        with SqliteIndex(ROOT, tmp_path / "index.db") as real:
            yield real


@pytest.fixture
def library(index: AnIndex) -> AnIndex:
    """Three photos to search in."""
    index.put(entry_of(ROOT / "Holiday/b.jpg", "a dog runs along a sandy beach", DOG, taken_at="2023-12-31T23:59:59"))
    index.put(entry_of(ROOT / "Holiday/a.jpg", 'a red "traffic" light at night', LIGHT, taken_at="2024-05-01T08:00:00"))
    index.put(entry_of(ROOT / "straße/c.jpg", "people at a café, 7 o'clock", CAFE, DOG))
    return index


class TestIndex:
    def test_unknown_path(self, index: AnIndex) -> None:
        assert index.get(ROOT / "a.jpg") is None
        assert index.find("ab" * 32) == []
        assert list(index.search("")) == []
        index.remove(ROOT / "a.jpg")

    def test_round_trip(self, index: AnIndex) -> None:
        entry = entry_of(ROOT / "a.jpg", "a dog", DOG, LIGHT, DOG)
        index.put(entry)
        assert index.get(entry.photo.path) == entry

    @shared_index
    @given(entry=entries(ROOT))
    def test_any_round_trip(self, index: AnIndex, entry: IndexEntry) -> None:
        index.put(entry)
        path = entry.photo.path
        assert index.get(path) == entry
        assert entry in index.find(entry.identity)
        index.remove(path)
        assert index.get(path) is None

    def test_put_replaces(self, index: AnIndex) -> None:
        path = ROOT / "a.jpg"
        index.put(entry_of(path, "a horse", DOG, LIGHT))
        newer = entry_of(path, "a cow", CAFE, run="run-2", written=False)
        index.put(newer)
        assert index.get(path) == newer
        assert index.count() == 1
        assert list(index.search("horse")) == list(index.search("tag:dog")) == list(index.search("traffic")) == []
        assert list(index.search("cow tag:café")) == [newer]

    def test_remove(self, library: AnIndex) -> None:
        library.remove(ROOT / "Holiday/b.jpg")
        assert library.get(ROOT / "Holiday/b.jpg") is None
        assert names(library, "beach") == []
        assert names(library, "tag:dog") == ["c"]
        assert library.count() == 2

    def test_find_by_picture_data(self, index: AnIndex) -> None:
        first, second = entry_of(ROOT / "a.jpg"), entry_of(ROOT / "b/a.jpg")
        index.put(second)
        index.put(first)
        index.put(entry_of(ROOT / "c.jpg", identity="00" * 32))
        assert index.find("ab" * 32) == [first, second]

    def test_known(self, library: AnIndex) -> None:
        """Many rows at once, those that there are; with their words, or with everything else."""
        paths = [ROOT / "straße/c.jpg", ROOT / "nowhere.jpg", ROOT / "Holiday/a.jpg"]
        rows = {path: library.get(path) for path in (paths[0], paths[2])}
        assert library.known(paths) == rows
        assert library.known([]) == {}
        for path, entry in library.known(paths, words=False).items():
            whole = rows[path]
            assert whole is not None
            assert (entry.caption.text, entry.caption.tags, entry.caption.alternatives) == ("", (), ())
            assert replace(entry, caption=whole.caption) == whole
        assert set(library.known(paths, words=False)) == set(rows)

    def test_known_by_names_that_are_no_text(self, index: AnIndex) -> None:
        entry = entry_of(Path(os.fsdecode(b"/photos/caf\xe9\n \xff.jpg")), sidecar=ROOT / "a.xmp", state=State.APPROVED)
        index.put(entry)
        assert index.known([entry.photo.path]) == {entry.photo.path: entry}
        assert index.known([entry.photo.path], words=False)[entry.photo.path].sidecar == ROOT / "a.xmp"

    def test_known_outside_the_library(self, tmp_path: Path) -> None:
        with SqliteIndex(ROOT, tmp_path / "index.db") as index, pytest.raises(RunError):
            index.known([Path("/elsewhere/a.jpg")])

    def test_names_that_are_no_text(self, index: AnIndex) -> None:
        entry = entry_of(Path(os.fsdecode(b"/photos/caf\xe9\n \xff.jpg")))
        index.put(entry)
        assert index.get(entry.photo.path) == entry
        assert list(index.search(r"path:\xe9")) == [entry]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", "abc"),
            ("dog", "bc"),
            ("DOG sand", "b"),
            ("sand -run", ""),
            ("-dog", "a"),
            ('"sandy beach"', "b"),
            ('"sandy bea"', ""),
            ('-"sandy beach"', "ac"),
            ('"light street"', ""),  # no phrase across two tags
            ("cafe", "c"),
            ("o'clock", "c"),
            ("animal", "bc"),
            ("tag:dog", "bc"),
            ("tag:DOG", "bc"),
            ("tag:do", ""),
            ("tag:animal", "bc"),
            ("-tag:animal", "a"),
            ('tag:"traffic light"', "a"),
            ("TAG:CAFÉ", "c"),
            ("path:holiday", "ab"),
            ("path:HOLIDAY/B", "b"),
            ("path:STRASSE", "c"),
            ("-path:holiday", "c"),
            ('path:"holiday/a"', "a"),
            ("path:%", ""),
            ("path:_", ""),
            ("since:2024", "ac"),
            ("since:2024-05-02", "c"),
            ("since:2025", ""),
            ("until:2023", "b"),
            ("until:2024-05", "abc"),
            ("until:2024-05-01", "ab"),
            ("-until:2024-05-01", "c"),
            ("since:2024-05 until:2024-05-01", "a"),
            ("\tdog\n  sand\0", "b"),
            ("dog OR light", "abc"),
            ("dog OR light NOT night", "bc"),
            ("(dog OR light) -sand", "ac"),
            ("NOT (dog sand)", "ac"),
            ("-dog -light", ""),
            ("tag:dog OR path:holiday/a", "abc"),
            ("-tag:dog OR cafe", "ac"),
            ('"sandy bea"*', "b"),
            ("model:coco", "abc"),
            ("MODEL:C -dog", "a"),
            ("-model:coco", ""),
            ("model:oco", ""),
            ("state:machine dog", "bc"),
            ("state:approved", ""),
            ("is:written", "abc"),
            ("is:failed", ""),
            ("is:uncaptioned", ""),
            ("score<0.9", "abc"),
            ("score<0.3", ""),
            ("score>0.82", "b"),
            ("captioned-since:2024-05-02 captioned-until:2024-05", "abc"),
            ("captioned-until:2024-05-01", ""),
            ("path:li", "ab"),
            ("path:y/a.j", "a"),
            ('path:"y/ "', ""),
            ("NOT", None),
            ("(dog", None),
            ("caption:", None),
            ("(dog)", "bc"),
            ("do*", "bc"),
            ('5"', ""),
            ("7", "c"),
        ],
    )
    def test_search(self, library: AnIndex, query: str, found: str | None) -> None:
        if found is None:
            with pytest.raises(RunError):
                library.search(query)
        else:
            assert "".join(names(library, query)) == found

    def test_count(self, library: AnIndex) -> None:
        assert [library.count(query) for query in ("", "dog", "tag:dog -sand", "nothing")] == [3, 2, 1, 0]

    def test_order(self, library: AnIndex) -> None:
        for order, found in ((Order.PATH, "abc"), (Order.DATE, "bac"), (Order.SCORE, "acb")):
            assert "".join(e.photo.path.stem for e in library.search("", order=order)) == found
            assert "".join(e.photo.path.stem for e in library.search("", order=order, limit=2)) == found[:2]
            down = library.search("", order=order, descending=True)
            assert "".join(e.photo.path.stem for e in down) == found[::-1]

    def test_limit(self, library: AnIndex) -> None:
        assert len(list(library.search("", limit=2))) == 2
        assert list(library.search("", limit=0)) == []

    def test_rows_may_change_while_a_search_is_read(self, index: AnIndex) -> None:
        for number in range(500):
            index.put(entry_of(ROOT / f"{number:03}.jpg"))
        seen = 0
        for entry in index.search("dog"):
            index.put(replace(entry, run="again"))
            index.remove(ROOT / "499.jpg")
            seen += 1
        assert seen == 499
        assert index.count() == 499

    @shared_index
    @given(query=st.text() | st.text(alphabet='ab -":*^(){}+~tagpthsinceul012\0\ud800é\U0001f600'))
    def test_no_query_is_a_bug(self, library: AnIndex, query: str) -> None:
        try:
            list(library.search(query))
        except RunError as error:
            assert error.hint

    def test_threads(self, index: AnIndex) -> None:
        wrong: list[object] = []

        def read() -> None:
            for number in range(200):
                entry = index.get(ROOT / f"{number}.jpg")
                if entry is not None and (entry.photo.size != number or len(entry.caption.tags) != 2):
                    wrong.append(entry)
                index.find(f"{number:064}")

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(200):
            path = ROOT / f"{number}.jpg"
            index.put(entry_of(path, "a dog", DOG, LIGHT, photo=Photo(path, number, 1), identity=f"{number:064}"))
        for reader in readers:
            reader.join()
        assert wrong == []
        assert index.count() == 200


def names(index: AnIndex, query: str) -> list[str]:
    return [entry.photo.path.stem for entry in index.search(query)]
