"""News of sidecars: what another program wrote is noticed, what we wrote is not even read again."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from contracts.examples import change_of, entry_of

from tagger.core.records import ChangeState, IndexEntry, Photo, State
from tagger.sidecar_news import SidecarNews
from tagger.storage.index import SqliteIndex
from tagger.storage.journal import SqliteJournal

RUN = "20200101-000000-abcd"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    with SqliteIndex(tmp_path, tmp_path / "index.db") as index:
        yield index


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path, tmp_path / "journal.db") as journal:
        yield journal


def row(path: Path, **changes: object) -> tuple[Photo, IndexEntry]:
    path.touch()
    entry = entry_of(path, run=RUN, **changes)
    return entry.photo, entry


def written_by_us(photo: Path, content: bytes, journal: SqliteJournal) -> Path:
    sidecar = photo.with_name(photo.name + ".xmp")
    sidecar.write_bytes(content)
    change = replace(change_of(photo), sidecar=sidecar, after_sha256=hashlib.sha256(content).hexdigest())
    journal.resolve(journal.begin(RUN, change, entry_of(photo)), ChangeState.COMMITTED)
    return sidecar


def test_ours_and_others(tmp_path: Path, index: SqliteIndex, journal: SqliteJournal) -> None:
    rows = [row(tmp_path / f"{name}.jpg") for name in "abc"]
    a, b, c = (photo.path for photo, _ in rows)
    sidecar = written_by_us(a, b"ours", journal)
    (tmp_path / "b.xmp").write_bytes(b"somebody's")
    news = SidecarNews(journal, index.sidecar_looks)
    assert news.about(rows) == {b}
    assert set(index.sidecar_looks.known([sidecar, tmp_path / "b.xmp"])) == {sidecar}
    sidecar.write_bytes(b"not ours any more")
    (tmp_path / "c.jpg.xmp").write_bytes(b"new")
    assert SidecarNews(journal, index.sidecar_looks).about(rows) == {a, b, c}


def test_what_looks_the_same_is_not_read(tmp_path: Path, index: SqliteIndex, journal: SqliteJournal) -> None:
    rows = [row(tmp_path / "a.jpg")]
    sidecar = written_by_us(tmp_path / "a.jpg", b"ours", journal)
    news = SidecarNews(journal, index.sidecar_looks)
    news.left(sidecar, hashlib.sha256(b"ours").hexdigest())
    time_read = sidecar.stat().st_atime_ns
    os.utime(sidecar, ns=(0, sidecar.stat().st_mtime_ns))  # only its change time is new: it is read, and still ours
    assert news.about(rows) == set()
    os.utime(sidecar, ns=(0, sidecar.stat().st_mtime_ns))
    info = sidecar.stat()
    index.sidecar_looks.keep({sidecar: (info.st_size, info.st_mtime_ns, info.st_ctime_ns)})
    assert news.about(rows) == set()
    assert sidecar.stat().st_atime_ns == 0 != time_read


def test_nothing_is_kept_of_what_is_not_ours(tmp_path: Path, index: SqliteIndex, journal: SqliteJournal) -> None:
    """Somebody wrote it right after us; or this is a dry run."""
    sidecar = written_by_us(tmp_path / "a.jpg", b"ours", journal)
    sidecar.write_bytes(b"other")
    SidecarNews(journal, index.sidecar_looks).left(sidecar, hashlib.sha256(b"ours").hexdigest())
    sidecar.write_bytes(b"ours")
    dry = SidecarNews(journal, index.sidecar_looks, remember=False)
    dry.left(sidecar, hashlib.sha256(b"ours").hexdigest())
    assert dry.about([row(tmp_path / "a.jpg")]) == set()
    assert index.sidecar_looks.known([sidecar]) == {}


def test_what_is_no_news(tmp_path: Path, index: SqliteIndex, journal: SqliteJournal) -> None:
    """Of photos that a person decided about, and sidecars that were there before the run."""
    rows = [
        row(tmp_path / "a.jpg", state=State.APPROVED),
        row(tmp_path / "b.jpg"),
    ]
    rows[1] = rows[1][0], replace(rows[1][1], run="20990101-000000-abcd")
    for name in "ab":
        (tmp_path / f"{name}.xmp").write_bytes(b"somebody's")
    assert SidecarNews(journal, index.sidecar_looks).about(rows) == set()
    (tmp_path / "a.xmp").unlink()
    (tmp_path / "a.xmp").symlink_to(tmp_path / "nowhere")
    undecided = [row(tmp_path / "a.jpg")] if (tmp_path / "a.jpg").exists() else []
    assert SidecarNews(journal, index.sidecar_looks).about(undecided) == {tmp_path / "a.jpg"}
