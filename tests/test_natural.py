"""Names in the order in which people look for them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from contracts.examples import entry_of
from hypothesis import given
from hypothesis import strategies as st

from tagger.core.natural import natural_key
from tagger.core.records import Photo
from tagger.scan import scan
from tagger.storage import migrations
from tagger.storage.index import SqliteIndex
from tagger.storage.searching import Order


@pytest.mark.parametrize(
    "names",
    [
        ["IMG_2.jpg", "IMG_10.jpg", "IMG_100.jpg"],
        ["IMG_9.jpg", "img_10.jpg", "IMG_11.jpg"],
        ["2.jpg", "010.jpg", "100.jpg"],
        ["a/1.jpg", "a/b/1.jpg", "a b/1.jpg", "a1.jpg"],
        ["Arm.jpg", "Ärmel.jpg", "Zoo.jpg"],
        ["20240101_1.jpg", "20240101_2.jpg", "20240101_10.jpg", "20240102_1.jpg"],
        ["1" * 300 + ".jpg", "2" * 300 + ".jpg"],
        ["part.jpg", "part1.jpg", "parts.jpg"],
    ],
)
def test_order(names: list[str]) -> None:
    assert sorted(sorted(names), key=lambda name: natural_key(name.encode())) == names


@given(st.binary(), st.integers(0, 10**30), st.integers(0, 10**30))
def test_numbers_count_whatever_is_around_them(around: bytes, one: int, other: int) -> None:
    keys = [natural_key(around + b"_%d." % number + around) for number in (one, other)]
    assert (keys[0] < keys[1], keys[0] == keys[1]) == (one < other, one == other)


_NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1)


@given(_NAMES, _NAMES, _NAMES)
def test_what_is_in_a_folder_stays_together(one: str, other: str, more: str) -> None:
    keys = [natural_key(f"x/{name}".encode(errors="replace")) for name in (one, other)]
    beside = natural_key(f"x{more}".encode(errors="replace"))
    assert beside > max(keys)  # whatever begins as the folder does


def test_the_index_sorts_so(tmp_path: Path) -> None:
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        for name in ("IMG_10.jpg", "IMG_9.jpg", "img_1.jpg", "b/IMG_2.jpg", "b/IMG_11.jpg"):
            index.put(entry_of(tmp_path / name))
        found = ["b/IMG_2.jpg", "b/IMG_11.jpg", "img_1.jpg", "IMG_9.jpg", "IMG_10.jpg"]
        for limit in (None, 5):
            rows = index.search("", limit=limit, order=Order.PATH)
            assert [entry.photo.path.relative_to(tmp_path).as_posix() for entry in rows] == found
        assert [entry.photo.path.name for entry in index.search("", limit=2, descending=True)] == [
            "IMG_10.jpg",
            "IMG_9.jpg",
        ]


def test_rows_of_an_older_version_are_sorted_too(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        migrations.migrate(
            raw, file, migrations.INDEX_STEPS[: migrations.INDEX_STEPS.index(migrations.m005_add_sort_keys)]
        )
        for name in ("IMG_10.jpg", "IMG_2.jpg"):
            raw.execute(
                "INSERT INTO photos (path, path_text, size, mtime_ns, identity, caption, model, settings, run,"
                " captioned_at, state, written) VALUES (CAST(? AS BLOB), ?, 1, 1, 'ab', 'a dog', 'old 1', '', 'run',"
                " '2024-05-01T00:00:00+00:00', 'machine', 1)",
                (name, name),
            )
    with SqliteIndex(tmp_path, file) as index:
        index.put(entry_of(tmp_path / "img_9.jpg"))
        assert [entry.photo.path.name for entry in index.search("")] == ["IMG_2.jpg", "img_9.jpg", "IMG_10.jpg"]


def test_a_walk_through_a_folder_goes_the_same_way(tmp_path: Path) -> None:
    for name in ("IMG_10.jpg", "img_9.jpg", "IMG_2.jpg"):
        (tmp_path / name).write_bytes(b"")
    found = [one.path.name for one in scan([tmp_path]) if isinstance(one, Photo)]
    assert found == ["IMG_2.jpg", "img_9.jpg", "IMG_10.jpg"]
